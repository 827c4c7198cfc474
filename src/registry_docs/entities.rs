//! The page of entity types: what Stripe can do with each, what it belongs to, how it ends.

use crate::catalog::{Entity, OperationKind, Removal, catalog};

const HEAD: &str = "---
page_title: \"Entity types\"
description: |-
  Every entity type of the connector: its operations, what it belongs to, and what destroying one does.
---

# Entity types

What `entity` of `stripe_entity`, `stripe_entities` and the data source `stripe_entity` takes. A name may also be
written in the plural or as Stripe writes the object. **Operations**: list, get, create, update, delete, search; an
update in brackets is what creates a thing that exists already. **Belongs to** names the keys that the payload must
have, and the filter of a list. **Destroy** says what `terraform destroy` does in Stripe; where something stays, the
plan says so.

| Entity type | Operations | Belongs to | Destroy |
|---|---|---|---|
";

/// The whole page.
pub(super) fn page() -> String {
    let entities = catalog().entities().filter_map(|name| catalog().entity(name));
    entities.fold(HEAD.to_owned(), |page, entity| page + &row(entity))
}

fn row(entity: &'static Entity) -> String {
    let parents = entity.parents().into_iter().map(|parent| format!("`{parent}`")).collect::<Vec<_>>();
    let ends = if entity.create_operation().is_some() { end(&entity.removal) } else { String::new() };
    format!("| `{}` | {} | {} | {ends} |\n", entity.name, operations(entity), parents.join(", "))
}

fn operations(entity: &Entity) -> String {
    let adopts = !entity.creates() && entity.create_operation().is_some();
    let names = entity.operations.iter().map(|operation| match operation.kind {
        OperationKind::List => "list",
        OperationKind::Get => "get",
        OperationKind::Create => "create",
        OperationKind::Update if adopts => "(update)",
        OperationKind::Update => "update",
        OperationKind::Delete => "delete",
        OperationKind::Search => "search",
    });
    names.collect::<Vec<_>>().join(", ")
}

fn end(removal: &Removal) -> String {
    match removal {
        Removal::Delete => "deleted".to_owned(),
        Removal::Archive { param, value } => format!("stays, with `{param} = {value}`"),
        Removal::DeleteOrArchive { param, value } => {
            format!("deleted; stays with `{param} = {value}` where Stripe refuses")
        }
        Removal::Call { action, stays: true, .. } => format!("stays, after `{action}`"),
        Removal::Call { action, otherwise: Some(other), .. } => format!("`{action}`, else `{other}`"),
        Removal::Call { action, when, .. } => format!("`{action}`{}", states(when)),
        Removal::CallWhileSet { action, field } => format!("`{action}` while it has a `{field}`"),
        Removal::DeleteOrCall { delete_when, action, when, .. } => {
            format!("deleted{}; `{action}`{}", states(delete_when), states(when))
        }
        Removal::Forget => "stays as it is".to_owned(),
    }
}

fn states(states: &[String]) -> String {
    let named: Vec<String> = states.iter().map(|state| format!("`{state}`")).collect();
    if named.is_empty() { String::new() } else { format!(" while {}", named.join(", ")) }
}
