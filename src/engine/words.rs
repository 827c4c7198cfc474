//! Words that params take and for which Stripe answers null: the last tier of a price goes up to `inf`.

use serde_json::Value as Json;

use crate::catalog::Entity;

/// An answer with those words in the place of null.
pub(super) fn with_words(entity: &Entity, body: &Json) -> Json {
    let mut worded = body.clone();
    for (path, word) in &entity.null_words {
        put(&mut worded, path, word);
    }
    worded
}

/// Puts a word where there is null, in every item of lists and under every key that `*` stands for.
fn put(value: &mut Json, path: &str, word: &str) {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    match value {
        Json::Array(items) => items.iter_mut().for_each(|item| put(item, path, word)),
        Json::Object(members) if name == "*" => {
            members.values_mut().for_each(|member| put(member, rest.unwrap_or_default(), word));
        }
        Json::Object(members) => match (members.get_mut(name), rest) {
            (Some(member), Some(rest)) => put(member, rest, word),
            (Some(member @ Json::Null), None) => *member = word.into(),
            _ => {}
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::with_words;
    use crate::connector::entity;

    #[test]
    fn the_last_tier_goes_up_to_inf() {
        let body = json!({"tiers": [{"up_to": 10}, {"up_to": null}],
            "currency_options": {"eur": {"tiers": [{"up_to": null}]}}, "nickname": null});
        let expected = json!({"tiers": [{"up_to": 10}, {"up_to": "inf"}],
            "currency_options": {"eur": {"tiers": [{"up_to": "inf"}]}}, "nickname": null});
        assert_eq!(with_words(entity("Price").unwrap(), &body), expected);
    }
}
