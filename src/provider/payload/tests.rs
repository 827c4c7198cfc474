use serde_json::{Value as Json, json};

use super::{rewritten, written};
use crate::terraform::value::{Number, Type, Value};

fn text(json: String) -> Value {
    payload(Type::String, json.into())
}

fn payload(ty: Type, value: Value) -> Value {
    Value::Dynamic(Box::new((ty, value)))
}

fn people() -> Value {
    let ty = Type::object([
        ("Name", Type::String),
        ("Metadata", Type::map(Type::String)),
        ("Tags", Type::Tuple(vec![Type::String])),
        ("Balance", Type::Number),
    ]);
    let value = Value::map([
        ("Name", Value::from("Ada")),
        ("Metadata", Value::map([("a", Value::from("1"))])),
        ("Tags", Value::List(vec!["x".into()])),
        ("Balance", Value::Number(Number::parse("1.50").unwrap())),
    ]);
    payload(ty, value)
}

#[test]
fn an_object_and_its_json_are_the_same_payload() {
    let json = json!({"Name": "Ada", "Metadata": {"a": "1"}, "Tags": ["x"], "Balance": 1.5});
    let members = |payload: &Value| Json::Object(written(payload).unwrap().unwrap().members);
    assert_eq!(members(&people())["Name"], json["Name"]);
    assert_eq!(members(&text(json.to_string()))["Tags"], members(&people())["Tags"]);
}

#[test]
fn unknown_members_are_named_by_their_paths() {
    let ty = Type::object([("A", Type::object([("b", Type::Dynamic)])), ("L", Type::Dynamic)]);
    let value = Value::map([
        ("A", Value::map([("b", Value::Unknown)])),
        ("L", Value::List(vec![Value::from("x"), Value::Unknown])),
    ]);
    let written = written(&payload(ty, value)).unwrap().unwrap();
    assert_eq!(written.unknown, [vec!["A".to_owned(), "b".to_owned()], vec!["L".to_owned(), "1".to_owned()]]);
    assert_eq!(Json::Object(written.members), json!({"A": {}}));
}

#[test]
fn what_is_no_object_is_refused() {
    for value in [Value::from("[]"), Value::from("{"), Value::from(true), Value::List(Vec::new())] {
        assert!(written(&payload(Type::Dynamic, value.clone())).is_err(), "{value:?}");
    }
    let twice = written(&text(r#"{"a": {"b": 1, "b": 2}}"#.to_owned())).unwrap_err();
    assert!(twice.detail.contains(r#""b""#), "{}", twice.detail);
}

#[test]
fn drift_keeps_the_types_that_were_written() {
    let members = json!({"Name": "Eve", "Metadata": {"a": "2", "b": "3"}, "Tags": ["x", "y"], "Balance": 2});
    let Value::Dynamic(inner) = rewritten(&people(), members.as_object().unwrap().clone()) else { panic!() };
    let Type::Object(types) = &inner.0 else { panic!("{:?}", inner.0) };
    assert_eq!(types["Metadata"], Type::map(Type::String));
    assert_eq!(types["Tags"], Type::Tuple(vec![Type::String, Type::String]));
    assert_eq!(types["Balance"], Type::Number);
    assert_eq!(inner.1.get("Name").as_str(), Some("Eve"));
    let in_text = rewritten(&text("{}".to_owned()), members.as_object().unwrap().clone());
    assert!(in_text.as_str().unwrap().contains("Eve"));
}
