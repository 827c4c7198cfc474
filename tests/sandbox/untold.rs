//! Every kind of event that Stripe has is told, or stands in `untold.toml` with the reason why not.

use std::collections::BTreeMap;

use stripe_provider::catalog::{OperationKind, catalog};

/// Whether a kind of event is told: it says that an object is made, changed or deleted, or names one of its
/// states, or stands in the table.
fn is_told(kind: &str, table: &toml::Table) -> bool {
    let rows = |name: &str| table[name].as_array().unwrap().iter().filter_map(toml::Value::as_table);
    let (prefix, what) = kind.rsplit_once('.').unwrap();
    let begins = |object: &str| {
        let mut own = rows("prefixes").filter(|row| row["of"].as_str() == Some(object)).peekable();
        let usual = own.peek().is_none() || own.clone().all(|row| row.contains_key("has"));
        own.any(|row| row["prefix"].as_str() == Some(prefix))
            || (usual && object.replace("issuing.", "issuing_") == prefix)
    };
    let mut of =
        catalog().entities().filter_map(|name| catalog().entity(name)).filter(|one| begins(&one.object));
    let names = |values: &[String]| values.is_empty() || values.iter().any(|value| value == what);
    rows("moments").any(|row| row["event"].as_str() == Some(kind))
        || of.any(|entity| {
            ["created", "updated", "deleted"].contains(&what)
                || entity.field("status").is_some_and(|status| names(status.values()))
        })
}

#[test]
fn every_kind_of_event_is_told_or_has_a_reason_not_to_be() {
    let table: toml::Table = include_str!("../../src/sandbox/event/kind.toml").parse().unwrap();
    let untold: BTreeMap<String, Vec<String>> = toml::from_str(include_str!("untold.toml")).unwrap();
    let untold: Vec<&String> = untold.values().flatten().collect();
    let endpoint = catalog().by_object("webhook_endpoint").unwrap();
    let kinds = endpoint.operation(OperationKind::Create).unwrap().param("enabled_events").unwrap().values();
    let kinds: Vec<&String> = kinds.iter().filter(|kind| kind.contains('.')).collect();
    let wrong: Vec<_> = kinds.iter().filter(|kind| is_told(kind, &table) == untold.contains(kind)).collect();
    assert!(wrong.is_empty(), "told and on the list, or neither: {wrong:#?}");
    assert!(untold.iter().all(|kind| kinds.contains(kind)), "the list has kinds that there are not");
}
