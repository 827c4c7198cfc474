//! Nested params as Stripe reads them: `metadata[order]=7&items[0][price]=price_1`.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json};

/// The params as a form. Nulls are left out, empty text is sent (it unsets), numbers keep
/// their digits, and an empty list or object is sent as empty text.
pub fn encode(params: &Map<String, Json>) -> String {
    let mut form = String::new();
    for (name, value) in params {
        write(&mut form, &escaped(name), value);
    }
    form
}

fn write(form: &mut String, name: &str, value: &Json) {
    match value {
        Json::Null => {}
        Json::Object(members) if members.is_empty() => pair(form, name, ""),
        Json::Object(members) => {
            members.iter().for_each(|(key, value)| write(form, &format!("{name}[{}]", escaped(key)), value));
        }
        Json::Array(items) if items.is_empty() => pair(form, name, ""),
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| write(form, &format!("{name}[{at}]"), item));
        }
        Json::String(text) => pair(form, name, text),
        Json::Bool(truth) => pair(form, name, if *truth { "true" } else { "false" }),
        Json::Number(number) => pair(form, name, &number.to_string()),
    }
}

fn pair(form: &mut String, name: &str, value: &str) {
    if !form.is_empty() {
        form.push('&');
    }
    form.push_str(name);
    form.push('=');
    form.push_str(&escaped(value));
}

/// Everything but the unreserved characters of a URL is percent-encoded.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
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
