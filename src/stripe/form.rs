//! Encodes nested params as a form: `metadata[order]=7&items[0][price]=price_1`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value as Json};

/// The characters that are percent-encoded: all except the unreserved ones of a URL.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Encodes the params as a form. Nulls are left out, empty texts are sent (Stripe unsets the param), numbers
/// keep their digits, and an empty list or object is sent as an empty text.
pub fn encode(params: &Map<String, Json>) -> String {
    let pairs = pairs(params, percent_encode).into_iter();
    pairs.map(|(name, value)| format!("{name}={}", percent_encode(&value))).collect::<Vec<_>>().join("&")
}

/// Returns names with brackets, and unchanged values; every part of a name is passed through `escape`.
pub(super) fn pairs(params: &Map<String, Json>, escape: fn(&str) -> String) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in params {
        collect(&mut pairs, escape(name), value, escape);
    }
    pairs
}

fn collect(pairs: &mut Vec<(String, String)>, name: String, value: &Json, escape: fn(&str) -> String) {
    match value {
        Json::Null => {}
        Json::Object(members) if members.is_empty() => pairs.push((name, String::new())),
        Json::Object(members) => {
            for (key, value) in members {
                collect(pairs, format!("{name}[{}]", escape(key)), value, escape);
            }
        }
        Json::Array(items) if items.is_empty() => pairs.push((name, String::new())),
        Json::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                collect(pairs, format!("{name}[{at}]"), item, escape);
            }
        }
        Json::String(text) => pairs.push((name, text.clone())),
        Json::Bool(truth) => pairs.push((name, truth.to_string())),
        Json::Number(number) => pairs.push((name, number.to_string())),
    }
}

/// Percent-encodes everything in a text except the unreserved characters of a URL.
pub fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::encode;

    #[track_caller]
    fn assert_form(params: &Json, expected: &str) {
        assert_eq!(encode(params.as_object().unwrap()), expected);
    }

    #[test]
    fn nested_params_are_written_with_brackets() {
        assert_form(&json!({"metadata": {"order": "7", "a b": "c"}}), "metadata[order]=7&metadata[a%20b]=c");
        assert_form(
            &json!({"items": [{"price": "price_1", "quantity": 2}, {"price": "price_2"}]}),
            "items[0][price]=price_1&items[0][quantity]=2&items[1][price]=price_2",
        );
    }

    #[test]
    fn scalars_keep_their_text() {
        assert_form(
            &json!({"a": true, "b": false, "c": 1500, "d": null, "e": ""}),
            "a=true&b=false&c=1500&e=",
        );
        let exact: Json = serde_json::from_str(r#"{"d": 0.1000000000000000055511151231257827}"#).unwrap();
        assert_form(&exact, "d=0.1000000000000000055511151231257827");
    }

    #[test]
    fn what_has_a_meaning_in_forms_is_escaped() {
        assert_form(&json!({"q": "a&b=c+d e%[x]é"}), "q=a%26b%3Dc%2Bd%20e%25%5Bx%5D%C3%A9");
    }

    #[test]
    fn empty_collections_unset() {
        assert_form(&json!({"metadata": {}, "items": []}), "metadata=&items=");
    }
}
