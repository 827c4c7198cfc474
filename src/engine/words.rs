//! Translates answers that use other words than params: a price's last tier goes up to `inf`, which is
//! answered as null, and a webhook endpoint that is `disabled` shows that in its `status`.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Words};

/// An answer in the words of the params.
pub(super) fn with_words<'b>(entity: &Entity, body: &'b Json) -> Cow<'b, Json> {
    // Most types have no such words, and a plan calls this for every object.
    let Words { null, told_by, .. } = &entity.words;
    if null.is_empty() && told_by.is_empty() {
        return Cow::Borrowed(body);
    }
    let mut worded = body.clone();
    for (path, word) in null {
        at_places(&mut worded, path, &mut |members, name| {
            if let Some(member @ Json::Null) = members.get_mut(name) {
                *member = word.as_str().into();
            }
        });
    }
    for (param, tells) in told_by {
        let told = body.get(&tells.field).and_then(Json::as_str).map(|value| value == tells.value);
        if let (Some(told), Json::Object(members)) = (told, &mut worded) {
            members.insert(param.clone(), told.into());
        }
    }
    Cow::Owned(worded)
}

/// An answer in the words of the params that would create the object, including those that it only implies.
pub(super) fn with_implied<'b>(entity: &Entity, body: &'b Json) -> Cow<'b, Json> {
    let mut worded = with_words(entity, body);
    for path in &entity.words.implied {
        at_places(worded.to_mut(), path, &mut |members, name| {
            members.entry(name).or_insert(Json::Bool(true));
        });
    }
    worded
}

/// Calls `act` for every object that holds the last step of a path: in every item of lists, and under every
/// key for which `*` stands. A text in the place of an object, which shows only a status of its members, is
/// replaced by an empty object.
fn at_places(value: &mut Json, path: &str, act: &mut impl FnMut(&mut Map<String, Json>, &str)) {
    if let Json::Array(items) = value {
        return items.iter_mut().for_each(|item| at_places(item, path, act));
    }
    if value.is_string() {
        *value = Json::Object(Map::new());
    }
    let Json::Object(members) = value else { return };
    match path.split_once('.') {
        None => act(members, path),
        Some(("*", rest)) => members.values_mut().for_each(|member| at_places(member, rest, act)),
        Some((name, rest)) => {
            if let Some(member) = members.get_mut(name) {
                at_places(member, rest, act);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{with_implied, with_words};
    use crate::connector::entity;

    #[test]
    fn the_last_tier_goes_up_to_inf() {
        let body = json!({"tiers": [{"up_to": 10}, {"up_to": null}],
            "currency_options": {"eur": {"tiers": [{"up_to": null}]}}, "nickname": null});
        let expected = json!({"tiers": [{"up_to": 10}, {"up_to": "inf"}],
            "currency_options": {"eur": {"tiers": [{"up_to": "inf"}]}}, "nickname": null});
        assert_eq!(*with_words(entity("Price").unwrap(), &body), expected);
    }

    #[test]
    fn a_status_tells_what_a_param_has_set() {
        let told = |status: &str| {
            let body = json!({"status": status});
            with_words(entity("WebhookEndpoint").unwrap(), &body)["disabled"].clone()
        };
        assert_eq!([told("disabled"), told("enabled")], [json!(true), json!(false)]);
    }

    #[test]
    fn what_is_answered_implies_what_makes_it() {
        let body = json!({"custom_unit_amount": {"minimum": 100}, "currency_options": {"eur": {"custom_unit_amount": null}}});
        let expected = json!({"custom_unit_amount": {"minimum": 100, "enabled": true},
            "currency_options": {"eur": {"custom_unit_amount": null}}});
        assert_eq!(*with_implied(entity("Price").unwrap(), &body), expected);
        let body = json!({"capabilities": {"transfers": "inactive"}});
        let expected = json!({"capabilities": {"transfers": {"requested": true}}});
        assert_eq!(*with_implied(entity("Account").unwrap(), &body), expected);
    }
}
