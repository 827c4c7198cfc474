//! No message repeats a secret of a payload, whatever is wrong with it: over every param of the catalog.

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Kind, Member, Shape, catalog};
use stripe_provider::connector;
use stripe_provider::engine::{ActionInput, WrittenParams, parse};

/// What is written in place of each secret.
const NEEDLE: &str = "n33dle";

/// Every path to a secret among these params, with the shapes on the way.
fn secrets<'m>(params: &'m [Member], above: &[&'m str], found: &mut Vec<Vec<&'m str>>) {
    for Member { name, shape } in params {
        let path = [above, &[name.as_str()]].concat();
        below(shape, &path, found);
    }
}

fn below<'m>(shape: &'m Shape, path: &[&'m str], found: &mut Vec<Vec<&'m str>>) {
    if shape.sensitive {
        found.push(path.to_vec());
    }
    match &shape.kind {
        Kind::Object(members) => secrets(members, path, found),
        Kind::List(item) | Kind::Set(item) => below(item, path, found),
        Kind::Union(shapes) => shapes.iter().for_each(|shape| below(shape, path, found)),
        _ => {}
    }
}

/// A payload with this value at a path, as a practitioner nests it.
fn at(path: &[&str], value: Json) -> Map<String, Json> {
    let nested = path.iter().rev().fold(value, |value, name| json!({ *name: value }));
    nested.as_object().unwrap().clone()
}

/// Payloads that are wrong at a secret, or at what the secret stands in.
fn wrong(path: &[&str]) -> Vec<Map<String, Json>> {
    let mut payloads = vec![
        at(path, json!([NEEDLE])),
        at(path, json!({"x": NEEDLE})),
        at(path, json!(NEEDLE.repeat(2_000))),
    ];
    payloads.extend((1..path.len()).map(|end| at(&path[..end], json!(NEEDLE))));
    payloads
}

/// The faults of these payloads, and how many there were; every fault is without the secret.
fn check(params: &[Member], parse: &dyn Fn(&WrittenParams) -> Vec<String>) -> usize {
    let mut paths = Vec::new();
    secrets(params, &[], &mut paths);
    let mut refused = 0;
    for path in &paths {
        for members in wrong(path) {
            let faults = parse(&WrittenParams { members, unknown: Vec::new() });
            refused += faults.len();
            assert!(!faults.join("\n").contains(NEEDLE), "{path:?}: {faults:?}");
        }
    }
    refused
}

#[test]
fn a_secret_of_the_wrong_kind_is_refused_and_not_repeated() {
    let sentences = |faults: Vec<stripe_provider::engine::ParamError>| {
        faults.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let mut refused = 0;
    for name in catalog().entities() {
        let params = connector::entity(name).unwrap().params();
        refused +=
            check(params, &|written| parse(written, params).map_err(sentences).err().unwrap_or_default());
    }
    for (name, _) in catalog().actions() {
        let action = connector::action(name).unwrap();
        refused += check(&action.action.params, &|written| {
            ActionInput::parse(action, written).map_err(sentences).err().unwrap_or_default()
        });
    }
    assert!(refused > 300, "{refused} faults");
}

/// An answer with everything that a shape may hold, whole objects too, and the needle wherever a
/// name says that a secret stands there.
fn answer(name: &str, shape: &Shape, depth: usize) -> Json {
    let secret = ["secret", "password", "private_key"].iter().any(|part| name.ends_with(part));
    match &shape.kind {
        Kind::Object(members) => object(members, depth),
        Kind::List(item) | Kind::Set(item) => json!([answer(name, item, depth)]),
        Kind::Map(value) => json!({"some_key": answer("", value, depth)}),
        Kind::Union(shapes) => shapes.iter().map(|shape| answer(name, shape, depth)).collect(),
        Kind::Page(object) => json!({"object": "list", "data": [whole(object, depth)]}),
        Kind::Id(objects) => objects.first().map_or(json!("x"), |object| whole(object, depth)),
        Kind::Whole(object) => whole(object, depth),
        Kind::Text { .. } if secret => json!(NEEDLE),
        _ => json!("x"),
    }
}

fn object(members: &[Member], depth: usize) -> Json {
    let values = members.iter().map(|Member { name, shape }| (name.clone(), answer(name, shape, depth)));
    Json::Object(values.collect())
}

fn whole(object_name: &str, depth: usize) -> Json {
    match catalog().by_key(object_name).filter(|_| depth > 0) {
        Some(entity) => object(&entity.fields, depth - 1),
        None => json!("x"),
    }
}

#[test]
fn no_record_shows_a_secret_of_any_object_at_any_depth() {
    let mut with_secrets = 0;
    for name in catalog().entities() {
        let entity = connector::entity(name).unwrap();
        let body = object(&entity.fields, 2);
        with_secrets += usize::from(body.to_string().contains(NEEDLE));
        let record = connector::record(&entity.without_secrets(&body), connector::Arrays::Text);
        let shown: Vec<_> = record
            .iter()
            .filter(|(_, value)| value.as_deref().unwrap_or_default().contains(NEEDLE))
            .collect();
        assert!(shown.is_empty(), "{name}: {:?}", shown.iter().map(|(key, _)| key).collect::<Vec<_>>());
    }
    assert!(with_secrets > 40, "{with_secrets} types of objects");
}

#[test]
fn a_card_number_in_the_wrong_place_is_not_shown() {
    let members = at(&["card"], json!("4242424242424242"));
    let params = connector::entity("PaymentMethod").unwrap().params();
    let faults = parse(&WrittenParams { members, unknown: Vec::new() }, params).unwrap_err();
    assert_eq!(faults[0].to_string(), r#""card" must be an object, not a value that is not shown"#);
}
