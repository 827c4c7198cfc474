//! Parses JSON text in the place of an object, a list or a map, for practitioners who can only write text.

use serde_json::{Map, Value as Json};

use super::unique_json;
use crate::catalog::names::resolve;
use crate::catalog::{Kind, Member, Shape};

/// Parses the JSON texts in the places of params that take more than a single value. A text that cannot be
/// parsed stays as it is: the check of its param reports it.
pub fn open_json_texts(written: &mut Map<String, Json>, known: &[Member]) {
    for (key, value) in written {
        if let Some(shape) = resolve(key, known).ok().and_then(|found| found.shape) {
            open(value, shape);
        }
    }
}

fn open(value: &mut Json, shape: &Shape) {
    let text = value.as_str().filter(|_| takes_many(shape));
    if let Some(Ok(read)) = text.and_then(read_json) {
        *value = read;
    }
    match (value, shape.members(), shape.map_value(), shape.item()) {
        (Json::Object(written), Some(members), ..) => open_json_texts(written, members),
        (Json::Object(written), None, Some(entry), _) => {
            for value in written.values_mut() {
                open(value, entry);
            }
        }
        (Json::Array(items), .., Some(item)) => {
            for value in items {
                open(value, item);
            }
        }
        _ => {}
    }
}

/// Whether a shape takes an object, a list or a map, possibly among other kinds.
fn takes_many(shape: &Shape) -> bool {
    match &shape.kind {
        Kind::List(_) | Kind::Map(_) | Kind::Object(_) | Kind::Set(_) => true,
        Kind::Union(shapes) => shapes.iter().any(takes_many),
        _ => false,
    }
}

/// Parses a text that begins like a JSON object or list, or says what is wrong with it.
pub(super) fn read_json(text: &str) -> Option<Result<Json, String>> {
    text.trim_start().starts_with(['{', '[']).then(|| unique_json::value(text))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::open_json_texts;
    use crate::connector::entity;
    use crate::engine::params::{WrittenParams, parse, with_original_keys};

    fn opened(name: &str, given: &Json) -> Json {
        let mut written = given.as_object().unwrap().clone();
        open_json_texts(&mut written, entity(name).unwrap().params());
        Json::Object(written)
    }

    #[test]
    fn a_json_text_is_read_where_an_object_a_list_or_a_map_belongs() {
        let address = json!({"City": "Bern"}).to_string();
        let given =
            json!({"MetadataAggregate": " {\"a\":\"1\"}", "Shipping": {"Address": address}, "Name": "{}"});
        let read =
            json!({"MetadataAggregate": {"a": "1"}, "Shipping": {"Address": {"City": "Bern"}}, "Name": "{}"});
        assert_eq!(opened("Customer", &given), read);
        let items = json!({"ItemsAggregate": json!([{"Price": "price_1", "Metadata": "{}"}]).to_string()});
        let read = json!({"ItemsAggregate": [{"Price": "price_1", "Metadata": {}}]});
        assert_eq!(opened("Subscription", &items), read);
    }

    #[test]
    fn what_is_wrong_with_a_json_text_is_told_at_its_param() {
        let told = |given: &Json| {
            let members = opened("Customer", given).as_object().unwrap().clone();
            let written = WrittenParams { members, unknown: Vec::new() };
            let faults = parse(&written, entity("Customer").unwrap().params()).unwrap_err();
            faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        };
        let cut = told(&json!({"Metadata": "{\"a\":"}));
        assert!(
            cut.starts_with(r#""metadata" must be a map, not JSON text that cannot be read: EOF"#),
            "{cut}"
        );
        let twice = told(&json!({"Metadata": r#"{"a":"1","a":"2"}"#}));
        assert!(twice.ends_with(r#"the key "a" stands twice in one object"#), "{twice}");
        let inside = told(&json!({"Address": r#"{"Ctiy":"Bern"}"#}));
        assert!(inside.starts_with(r#"unknown param "address.Ctiy""#), "{inside}");
        assert_eq!(told(&json!({"Metadata": "[]"})), r#""metadata" must be a map, not []"#);
    }

    #[test]
    fn what_drifts_in_a_json_text_is_written_as_one() {
        let params = entity("Customer").unwrap().params();
        let map = |json: Json| json.as_object().unwrap().clone();
        let (before, after) = (json!({"metadata": {"a": "1"}}), json!({"metadata": {"a": "2"}}));
        let written = map(json!({"Metadata": r#"{"a":"1"}"#}));
        let now = with_original_keys(&written, params, &map(before), &map(after));
        assert_eq!(Json::Object(now), json!({"Metadata": r#"{"a":"2"}"#}));
    }
}
