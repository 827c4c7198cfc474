//! Values that Stripe does not answer: fields that another API version does not know, and params that no
//! answer shows.
//!
//! In the catalog's API version, a field that is not answered is unset. Another version may not know the
//! field at all, so a field that it does not answer counts as unchanged.

use serde_json::Value as Json;

use crate::catalog::{Member, find};
use crate::engine::Params;

/// An answer in which missing fields have their earlier values, at every level of objects. Missing keys of
/// maps are not added, because keys may come and go.
pub fn with_unanswered(known: &[Member], now: &Json, before: &Json) -> Json {
    let (Json::Object(answered), Json::Object(earlier)) = (now, before) else { return now.clone() };
    let mut whole = answered.clone();
    for (name, was) in earlier {
        let shape = find(known, name).map(|member| &member.shape);
        match whole.get_mut(name) {
            None => drop(whole.insert(name.clone(), was.clone())),
            Some(is) if shape.is_none_or(|shape| shape.map_value().is_none()) => {
                let inside = shape.and_then(|shape| shape.members()).unwrap_or_default();
                *is = with_unanswered(inside, is, was);
            }
            Some(_) => {}
        }
    }
    Json::Object(whole)
}

/// The part of a value that Stripe does not answer. Returns `None` if Stripe answers all of it.
pub(super) fn unanswered(said: &Json, now: Option<&Json>) -> Option<Json> {
    let Some(now) = now else { return Some(said.clone()) };
    let members = said.as_object().filter(|_| now.is_object())?.iter();
    let left: Params =
        members.filter_map(|(name, said)| Some((name.clone(), unanswered(said, now.get(name))?))).collect();
    (!left.is_empty()).then_some(Json::Object(left))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::with_unanswered;
    use crate::connector::entity;

    #[test]
    fn what_is_not_answered_is_as_it_was_and_what_is_null_is_unset() {
        let known = &entity("Customer").unwrap().fields;
        let before = json!({"name": "A", "phone": "1", "email": "x", "metadata": {"a": "1", "b": "2"},
            "address": {"city": "Bern", "line1": "x"}});
        let now = json!({"name": "B", "email": null, "metadata": {"a": "1"}, "address": {"city": "Basel"}});
        let expected = json!({"name": "B", "email": null, "metadata": {"a": "1"}, "phone": "1",
            "address": {"city": "Basel", "line1": "x"}});
        assert_eq!(with_unanswered(known, &now, &before), expected);
    }
}
