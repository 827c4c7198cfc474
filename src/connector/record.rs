//! Objects as flat maps.

use serde_json::Value as Json;

/// What a record shows of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrays {
    /// Null: the connector's way in the output of an action.
    Null,
    /// The array as JSON text.
    Text,
}

/// An object as a flat map: `id` and `object` first, then alphabetically; dotted keys; every
/// value a string or null. Empty objects do not appear.
pub fn record(body: &Json, arrays: Arrays) -> Vec<(String, Option<String>)> {
    let mut pairs = Vec::new();
    flatten("", body, arrays, &mut pairs);
    pairs.sort_by(|(a, _), (b, _)| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    pairs
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
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                flatten(&key, value, arrays, pairs);
            }
            return;
        }
        Json::Array(_) => (arrays == Arrays::Text).then(|| value.to_string()),
        value => scalar(value),
    };
    pairs.push((key.to_owned(), shown));
}

/// A single value as text; none where it is null, or no single value.
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

    use super::{Arrays, record};

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
    fn arrays_can_be_shown_as_text() {
        let body = json!({"id": "prod_1", "images": ["https://a.test/1"]});
        assert_eq!(text(&record(&body, Arrays::Text)), ["id=prod_1", r#"images=["https://a.test/1"]"#]);
    }
}
