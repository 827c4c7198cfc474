//! Flattens an object into a map of texts.

use serde_json::Value as Json;

use crate::catalog::names::join_path;
use crate::catalog::{Kind, Member};

/// What a record shows for an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrays {
    /// Null, as in the connector's output of an action.
    Null,
    /// The array as JSON text.
    Text,
}

/// An object as a flat map with dotted keys: `id` and `object` first, then alphabetically. Every value is a
/// string or null. Empty objects do not appear.
pub fn record(body: &Json, arrays: Arrays) -> Vec<(String, Option<String>)> {
    record_of(&[], body, arrays)
}

/// Like [`record`] for an object with these fields: if an object inside is null, the keys of its members are
/// present with null.
pub fn record_of(fields: &[Member], body: &Json, arrays: Arrays) -> Vec<(String, Option<String>)> {
    let mut pairs = Vec::new();
    flatten("", body, arrays, &mut pairs);
    missing("", fields, body, &mut pairs);
    pairs.sort_by(|(a, _), (b, _)| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    pairs
}

/// Adds a null for each scalar member of an object that is null.
fn missing(place: &str, fields: &[Member], body: &Json, pairs: &mut Vec<(String, Option<String>)>) {
    for field in fields {
        let key = join_path(place, &field.name);
        match (body.get(&field.name), &field.shape.kind) {
            (Some(inside @ (Json::Object(_) | Json::Null)), Kind::Object(members)) => {
                missing(&key, members, inside, pairs);
            }
            (None, Kind::Object(members)) if body.is_null() => missing(&key, members, body, pairs),
            (None, _) if body.is_null() => pairs.push((key, None)),
            _ => {}
        }
    }
}

fn rank(key: &str) -> u8 {
    match key {
        "id" => 0,
        "object" => 1,
        _ => 2,
    }
}

fn flatten(key: &str, value: &Json, arrays: Arrays, pairs: &mut Vec<(String, Option<String>)>) {
    let shown = match value {
        Json::Object(fields) => {
            for (name, value) in fields {
                let key = join_path(key, name);
                flatten(&key, value, arrays, pairs);
            }
            return;
        }
        Json::Array(_) => (arrays == Arrays::Text).then(|| value.to_string()),
        value => scalar(value),
    };
    pairs.push((key.to_owned(), shown));
}

/// A scalar as text. Returns `None` for null, and for values that are not scalars.
pub fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(truth) => Some(truth.to_string()),
        Json::Number(number) => Some(number.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Arrays, record, record_of};
    use crate::catalog::catalog;

    fn text(pairs: &[(String, Option<String>)]) -> Vec<String> {
        pairs.iter().map(|(key, value)| format!("{key}={}", value.as_deref().unwrap_or("null"))).collect()
    }

    #[test]
    fn a_record_is_flat_sorted_and_made_of_text() {
        let body = json!({
            "status": "paid", "object": "invoice", "id": "in_1", "amount": 1500, "metadata": {}, "paid": true,
            "lines": {"data": [{"id": "il_1"}], "has_more": false}, "charge": null, "rate": 0.5
        });
        let expected = [
            "id=in_1",
            "object=invoice",
            "amount=1500",
            "charge=null",
            "lines.data=null",
            "lines.has_more=false",
            "paid=true",
            "rate=0.5",
            "status=paid",
        ];
        assert_eq!(text(&record(&body, Arrays::Null)), expected);
    }

    #[test]
    fn what_is_inside_an_object_that_is_null_has_its_keys() {
        let fields = &catalog().entity("Customer").unwrap().fields;
        let shown = text(&record_of(fields, &json!({"id": "cus_1", "address": null}), Arrays::Null));
        assert!(shown.contains(&"address.city=null".to_owned()), "{shown:?}");
        assert!(shown.contains(&"address=null".to_owned()) && !shown.contains(&"email=null".to_owned()));
        let body = json!({"id": "cus_1", "address": {"city": "Bern"}});
        assert_eq!(text(&record_of(fields, &body, Arrays::Null)), ["id=cus_1", "address.city=Bern"]);
    }

    #[test]
    fn arrays_can_be_shown_as_text() {
        let body = json!({"id": "prod_1", "images": ["https://a.test/1"]});
        assert_eq!(text(&record(&body, Arrays::Text)), ["id=prod_1", r#"images=["https://a.test/1"]"#]);
    }
}
