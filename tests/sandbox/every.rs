//! Every type of object that can be made.

use serde_json::{Value as Json, json};
use stripe_provider::catalog::{Entity, Kind, OperationKind, catalog};

use crate::calls::Stripe;
use crate::params::Setups;
use crate::shape::faults;

pub fn creatable() -> impl Iterator<Item = &'static Entity> {
    catalog().entities().filter_map(|name| catalog().entity(name)).filter(|entity| entity.creates())
}

/// A new object, or why it could not be made.
pub fn made(stripe: &Stripe, setups: &Setups, entity: &Entity) -> Result<Json, String> {
    let create = entity.operation(OperationKind::Create).unwrap();
    let params = setups.params(stripe, entity);
    if entity.key == "file" {
        return Ok(stripe.upload(&create.path, &json!({"purpose": "dispute_evidence"})));
    }
    let (status, answer) = stripe.call("POST", &setups.path(stripe, entity, &create.path, ""), &params);
    if status == 200 { Ok(answer) } else { Err(format!("{}: {params}: {answer}", entity.key)) }
}

/// The type whose fields an answer has: a service may answer with one of several objects.
fn shown_as(entity: &'static Entity, body: &Json) -> &'static Entity {
    let object = body["object"].as_str().unwrap_or_default();
    if object == entity.object { entity } else { catalog().by_key(object).unwrap_or(entity) }
}

/// The fields that hold an id, and those that are shown only when they are expanded.
fn expandable(entity: &Entity, body: &Json) -> Vec<String> {
    let ids = entity.fields.iter().filter(|field| matches!(field.shape.kind, Kind::Id(_)));
    let ids = ids.map(|field| &field.name).filter(|name| body[name.as_str()].is_string());
    let expandable = ids.chain(entity.omitted.iter().filter(|path| !path.contains('.'))).cloned();
    if entity.is_v2() { Vec::new() } else { expandable.collect() }
}

#[test]
fn what_is_made_has_every_field_of_its_kind() {
    let (stripe, setups) = (Stripe::new(), Setups::read());
    setups.before(&stripe);
    let mut wrong = Vec::new();
    let mut count = 0;
    for entity in creatable().filter(|entity| !setups.missing(&entity.key, "Create")) {
        match made(&stripe, &setups, entity) {
            Ok(body) => wrong.extend(faults(shown_as(entity, &body), &body)),
            Err(why) => wrong.push(why),
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 100, "{count}");
}

#[test]
fn what_is_made_is_found_listed_changed_and_deleted() {
    let (stripe, setups) = (Stripe::new(), Setups::read());
    setups.before(&stripe);
    for entity in creatable().filter(|entity| !setups.missing(&entity.key, "Create")) {
        let Ok(body) = made(&stripe, &setups, entity) else { continue };
        let Some(id) = body["id"].as_str() else { continue };
        setups.after(&stripe, entity, id);
        let at = |kind| {
            let operation =
                entity.operation(kind).filter(|_| !setups.missing(&entity.key, &format!("{kind:?}")));
            operation.map(|operation| setups.path(&stripe, entity, &operation.path, id))
        };
        if let Some(path) = at(OperationKind::Get) {
            assert_eq!(stripe.done("GET", &path, &json!({}))["id"], id, "{path}");
        }
        if let Some(path) = at(OperationKind::Get) {
            for field in expandable(shown_as(entity, &body), &body) {
                let read = stripe.done("GET", &path, &json!({ "expand": [field] }));
                assert!(read.get(&field).is_some(), "{path} {field}");
            }
        }
        if let Some(path) = at(OperationKind::Update) {
            assert_eq!(stripe.done("POST", &path, &json!({}))["id"], id, "{path}");
        }
        if let Some(path) = at(OperationKind::Delete) {
            assert_eq!(stripe.done("DELETE", &path, &json!({}))["id"], id, "{path}");
            let (status, answer) = stripe.call("DELETE", &path, &json!({}));
            assert_eq!(status, 404, "{path}: {answer}");
        }
    }
}
