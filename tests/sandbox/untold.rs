//! Every kind of event that Stripe has is told, or stands in `untold.toml` with the reason why not.

use std::collections::BTreeMap;

use stripe_provider::catalog::{OperationKind, Shape, catalog};

/// Whether a kind of event is told: it says that an object is made, changed or deleted, or names one of its
/// states, or stands in the table. None where the states of the object are not known.
fn is_told(kind: &str, table: &toml::Table) -> Option<bool> {
    let rows = |name: &str| table[name].as_array().unwrap().iter().filter_map(toml::Value::as_table);
    let (prefix, what) = kind.rsplit_once('.').unwrap();
    if rows("moments").any(|row| row["event"].as_str() == Some(kind)) {
        return Some(true);
    }
    let begins = |object: &str| {
        let own: Vec<_> = rows("prefixes").filter(|row| row["of"].as_str() == Some(object)).collect();
        own.iter().any(|row| row["prefix"].as_str() == Some(prefix))
            || (own.iter().all(|row| row.contains_key("has"))
                && object.replace("issuing.", "issuing_") == prefix)
    };
    let named = rows("prefixes").filter_map(|row| row["of"].as_str());
    let named = named.filter_map(|object| catalog().by_key(object));
    let all = catalog().entities().filter_map(|name| catalog().entity(name)).chain(named);
    let mut told = Some(false);
    for entity in all.filter(|entity| begins(&entity.object)) {
        let states = entity.field("status").map(Shape::values);
        let is_state = states.is_some_and(|states| states.iter().any(|state| state == what));
        if is_state || ["created", "updated", "deleted"].contains(&what) {
            return Some(true);
        }
        if states.is_some_and(<[String]>::is_empty) {
            told = None;
        }
    }
    told
}

#[test]
fn every_kind_of_event_is_told_or_has_a_reason_not_to_be() {
    let table: toml::Table = include_str!("../../src/sandbox/event/kind.toml").parse().unwrap();
    let untold: BTreeMap<String, Vec<String>> = toml::from_str(include_str!("untold.toml")).unwrap();
    let untold: Vec<&String> = untold.values().flatten().collect();
    let endpoint = catalog().by_key("webhook_endpoint").unwrap();
    let kinds = endpoint.operation(OperationKind::Create).unwrap().param("enabled_events").unwrap().values();
    let kinds: Vec<&String> = kinds.iter().filter(|kind| kind.contains('.')).collect();
    let wrong: Vec<_> =
        kinds.iter().filter(|kind| is_told(kind, &table) == Some(untold.contains(kind))).collect();
    assert!(wrong.is_empty(), "told and on the list, or neither: {wrong:#?}");
    assert!(untold.iter().all(|kind| kinds.contains(kind)), "the list has kinds that there are not");
}
