//! What changed between a payload and an entity, or between two payloads.
//!
//! # Theory
//!
//! What Stripe returns is rarely what was sent letter by letter: a test token becomes a
//! payment method's id, `USD` becomes `usd`, a reference comes back expanded. Comparing
//! the payload with the entity would find drift for ever. So drift is judged against the
//! entity as it was after our own last write: a configured value has drifted when Stripe
//! now answers something else there than it did then, and that is not what was asked for.

use serde_json::{Map, Value as Json};

use crate::connector::record::scalar;

/// `payload` with every value that has drifted replaced by what Stripe holds now.
/// `None` when nothing has.
pub fn drifted(payload: &Map<String, Json>, then: &Json, now: &Json) -> Option<Map<String, Json>> {
    let mut found = payload.clone();
    for (name, wanted) in &mut found {
        *wanted = drifted_value(wanted, field(then, name), field(now, name));
    }
    (found != *payload).then_some(found)
}

fn drifted_value(wanted: &Json, then: &Json, now: &Json) -> Json {
    match wanted {
        Json::Object(params) if then.is_object() && now.is_object() => {
            let values = params.iter();
            values
                .map(|(name, w)| (name.clone(), drifted_value(w, field(then, name), field(now, name))))
                .collect()
        }
        _ if same(then, now) || matches(wanted, now) => wanted.clone(),
        Json::Array(items) => elements(now).map_or_else(
            || now.clone(),
            |elements| elements.iter().map(|element| reduced(element, items)).collect(),
        ),
        Json::Object(_) => now.clone(),
        _ => reference(now).clone(),
    }
}

/// An element of a list as far as the payload speaks of its elements.
fn reduced(element: &Json, items: &[Json]) -> Json {
    let named = |name: &String| items.iter().any(|item| item.get(name).is_some());
    match element {
        Json::Object(members) if items.iter().any(Json::is_object) => {
            let known = members.iter().filter(|(name, _)| named(name));
            known.map(|(name, value)| (name.clone(), reference(value).clone())).collect()
        }
        _ => reference(element).clone(),
    }
}

/// The elements of a list, or of the first page of one.
pub(super) fn elements(value: &Json) -> Option<&[Json]> {
    let is_page = value.get("object").is_some_and(|object| object == "list");
    let list = if is_page { value.get("data")? } else { value };
    list.as_array().map(Vec::as_slice)
}

/// True when every value of `payload` that the entity shows is already what it shows.
/// What the entity does not show (a param without a field) counts as fulfilled.
pub fn fulfilled(payload: &Map<String, Json>, entity: &Json) -> bool {
    payload.iter().all(|(name, wanted)| entity.get(name).is_none_or(|now| matches(wanted, now)))
}

/// Whether an entity's value is what a payload asks for, in any of Stripe's spellings.
fn matches(wanted: &Json, now: &Json) -> bool {
    match (wanted, now) {
        (Json::Object(params), Json::Object(_)) => {
            params.iter().all(|(name, wanted)| matches(wanted, field(now, name)))
        }
        (Json::Array(wanted), Json::Null) => wanted.is_empty(),
        (Json::Array(wanted), now) => elements(now).is_some_and(|now| {
            wanted.len() == now.len() && wanted.iter().all(|w| now.iter().any(|n| matches(w, n)))
        }),
        (Json::String(text), Json::Null) => text.is_empty(),
        (Json::Null, _) => true,
        (wanted, now) => same(wanted, now),
    }
}

/// Equal as Stripe sees it: `"1500"` and `1500`, an id and the object that has it.
fn same(a: &Json, b: &Json) -> bool {
    // Two whole objects may have one id and differ all the same.
    let both_whole = a.is_object() && b.is_object();
    match if both_whole { (a, b) } else { (reference(a), reference(b)) } {
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| same(v, w)))
        }
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (a, b) => a == b || scalar(a).is_some_and(|a| scalar(b).is_some_and(|b| a.eq_ignore_ascii_case(&b))),
    }
}

/// The id of an expanded object, else the value itself.
pub(super) fn reference(value: &Json) -> &Json {
    match (value.get("object"), value.get("id")) {
        (Some(_), Some(id)) => id,
        _ => value,
    }
}

fn field<'a>(entity: &'a Json, name: &str) -> &'a Json {
    entity.get(name).unwrap_or(&Json::Null)
}

/// What to send so that an entity made from `before` becomes one made from `after`.
#[derive(Debug, Default, PartialEq)]
pub struct Change {
    /// Params to send, with what removed ones are cleared by.
    pub params: Map<String, Json>,
    /// Top-level params that were removed; `params` clears those that can be.
    pub removed: Vec<String>,
}

/// The params that differ between two payloads. Maps such as `metadata` are compared key
/// by key, because Stripe merges them; a removed value is cleared by the empty text.
pub fn change(before: &Map<String, Json>, after: &Map<String, Json>) -> Change {
    let mut change = Change::default();
    for (name, wanted) in after {
        match (before.get(name), wanted) {
            (Some(old), wanted) if same(old, wanted) => {}
            (Some(Json::Object(old)), Json::Object(new)) => {
                let mut merged = new.clone();
                for gone in old.keys().filter(|key| !new.contains_key(*key)) {
                    merged.insert(gone.clone(), Json::String(String::new()));
                }
                change.params.insert(name.clone(), Json::Object(merged));
            }
            _ => {
                change.params.insert(name.clone(), wanted.clone());
            }
        }
    }
    for (name, old) in before.iter().filter(|(name, _)| !after.contains_key(*name)) {
        change.removed.push(name.clone());
        change.params.insert(name.clone(), cleared(old));
    }
    change
}

/// What clears a value: every key of a map for itself, else the empty text.
fn cleared(old: &Json) -> Json {
    match old {
        Json::Object(keys) => keys.keys().map(|key| (key.clone(), Json::String(String::new()))).collect(),
        _ => Json::String(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value as Json, json};

    use super::{change, drifted, fulfilled};

    fn map(value: &Json) -> Map<String, Json> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn what_stripe_spells_otherwise_is_no_drift() {
        let payload = map(&json!({"currency": "USD", "payment_method": "pm_card_visa", "amount": "1500"}));
        let entity = json!({"currency": "usd", "payment_method": "pm_1", "amount": 1500});
        assert_eq!(drifted(&payload, &entity, &entity), None);
    }

    #[test]
    fn a_value_changed_behind_our_back_is_drift() {
        let payload = map(&json!({"name": "A", "metadata": {"team": "x"}, "address": {"city": "Bern"}}));
        let then =
            json!({"name": "A", "metadata": {"team": "x"}, "address": {"city": "Bern", "line1": null}});
        let now = json!({"name": "B", "metadata": {}, "address": {"city": "Bern", "line1": "x"}});
        let found = drifted(&payload, &then, &now).unwrap();
        assert_eq!(
            Json::Object(found),
            json!({"name": "B", "metadata": {"team": null}, "address": {"city": "Bern"}})
        );
    }

    #[test]
    fn a_reference_that_was_expanded_since_is_no_drift() {
        let payload = map(&json!({"customer": "cus_1"}));
        let now = json!({"customer": {"id": "cus_1", "object": "customer"}});
        assert_eq!(drifted(&payload, &json!({"customer": "cus_1"}), &now), None);
    }

    #[test]
    fn a_page_of_items_is_compared_as_the_list_it_is() {
        let payload = map(&json!({"items": [{"price": "price_1", "quantity": 7}]}));
        let page = |quantity: u32, end: u32| {
            json!({"items": {"object": "list", "data": [{
                "id": "si_1", "current_period_end": end, "quantity": quantity,
                "price": {"id": "price_1", "object": "price"}
            }]}})
        };
        assert_eq!(drifted(&payload, &page(7, 1), &page(7, 2)), None, "a new period is no drift");
        let found = drifted(&payload, &page(7, 1), &page(8, 1)).unwrap();
        assert_eq!(Json::Object(found), json!({"items": [{"quantity": 8, "price": "price_1"}]}));
        assert!(fulfilled(&payload, &page(7, 1)) && !fulfilled(&payload, &page(8, 1)));
    }

    #[test]
    fn an_imported_entity_fulfils_a_payload_that_says_what_it_is() {
        let entity = json!({"name": "A", "amount": 5, "tags": ["b", "a"], "phone": null});
        assert!(fulfilled(
            &map(&json!({"name": "A", "amount": "5", "tags": ["a", "b"], "phone": ""})),
            &entity
        ));
        assert!(fulfilled(&map(&json!({"confirm": true})), &entity));
        assert!(!fulfilled(&map(&json!({"name": "B"})), &entity));
    }

    #[test]
    fn a_change_sends_what_differs_and_clears_what_is_gone() {
        let before =
            map(&json!({"name": "A", "email": "a@b.c", "metadata": {"x": "1", "y": "2"}, "phone": "1"}));
        let after = map(&json!({"name": "A", "email": "c@b.c", "metadata": {"x": "1", "z": "3"}}));
        let found = change(&before, &after);
        let expected = json!({"email": "c@b.c", "metadata": {"x": "1", "y": "", "z": "3"}, "phone": ""});
        assert_eq!(Json::Object(found.params), expected);
        assert_eq!(found.removed, ["phone"]);
    }
}
