use super::*;

fn read() -> Table {
    toml::from_str(include_str!("../answers.toml")).unwrap()
}

fn field_at<'f>(fields: &'f [Member], path: &str) -> Option<&'f Shape> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let shape = &find(fields, name)?.shape;
    let Some(rest) = rest else { return Some(shape) };
    let inner = shape.item().or_else(|| shape.map_value()).unwrap_or(shape);
    field_at(inner.members()?, rest)
}

/// Whether a field accepts the value, including the values in an object's fields.
fn takes(kind: &Kind, value: &Json) -> bool {
    match (kind, value) {
        (Kind::Object(fields), Json::Object(members)) => members
            .iter()
            .all(|(name, value)| find(fields, name).is_some_and(|field| takes(&field.shape.kind, value))),
        (Kind::Enum(values), Json::String(text)) => values.contains(text),
        (kind, value) => shape::holds(kind, value),
    }
}

#[test]
fn every_answer_is_what_its_field_takes() {
    let mut wrong = Vec::new();
    for (object, answers) in read().answers {
        let entity = catalog().by_key(&object).unwrap_or_else(|| panic!("there is no {object}"));
        let strange = answers.iter().filter(|(path, value)| {
            field_at(&entity.fields, path).is_none_or(|field| !takes(&field.kind, value))
        });
        wrong.extend(strange.map(|(path, value)| format!("{object} does not take {path} = {value}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_answer_says_what_the_facts_say() {
    let mut needless = Vec::new();
    for (object, answers) in read().answers {
        let entity = catalog().by_key(&object).unwrap();
        let certain = |path: &str, value: &Json| {
            let field = field_at(&entity.fields, path).filter(|_| value.is_object() || value.is_array());
            field.is_some_and(|field| field.is_required() && shape::least(&field.kind) == *value)
        };
        let said = answers.iter().filter(|(path, value)| certain(path, value));
        needless.extend(said.map(|(path, _)| format!("{object} {path}")));
    }
    assert!(needless.is_empty(), "{}", needless.join("\n"));
}

#[test]
fn what_is_left_out_may_be_missing() {
    for (object, paths) in read().left_out {
        let entity = catalog().by_key(&object).unwrap_or_else(|| panic!("there is no {object}"));
        for path in paths {
            let field = field_at(&entity.fields, &path).unwrap_or_else(|| panic!("{object} has no {path}"));
            assert!(field.presence == Presence::Nullable, "{object} {path} is never null, or never there");
        }
    }
}

#[test]
fn an_object_gets_what_it_always_has_and_loses_nulls_that_are_never_shown() {
    let mut body =
        json!({"object": "charge", "review": null, "transfer": null, "outcome": {"type": "authorized"}});
    let body = body.as_object_mut().unwrap();
    complete(body);
    assert_eq!(body["metadata"], json!({}));
    assert_eq!(body["radar_options"], json!({}));
    assert!(body["billing_details"]["address"].is_object());
    assert_eq!((body.get("transfer"), &body["review"]), (None, &Json::Null));
    assert_eq!((body["outcome"].get("rule"), &body["outcome"]["reason"]), (None, &Json::Null));
    let stub = json!({"object": "customer", "id": "cus_1", "deleted": true});
    let mut kept = stub.as_object().unwrap().clone();
    complete(&mut kept);
    assert_eq!(Json::Object(kept), stub);
}
