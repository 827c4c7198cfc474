//! Renders the page of entity types: their operations, their parents, and how each type ends.

use crate::catalog::{Entity, OperationKind, Removal, catalog};

const HEAD: &str = "---
page_title: \"Entity types\"
description: |-
  Every entity type of the connector: its operations, what it belongs to, and what destroying one does.
---

# Entity types

The argument `entity` of `stripe_entity`, `stripe_entities` and the data source `stripe_entity` takes one of these types.
You can also write a type in the plural, or as Stripe writes the object.

- **Operations** are what Stripe can do; `(update)` means that the object exists already, and a create changes it.
- **Belongs to** names the keys that the payload and the filter of a list must have.
- **Destroy** says what `terraform destroy` does in Stripe, unless `on_destroy` is set. If something stays, the plan warns.

| Entity type | Operations | Belongs to | Destroy |
|---|---|---|---|
";

/// Renders the page as Markdown.
pub(super) fn page() -> String {
    let entities = catalog().entities().filter_map(|name| catalog().entity(name));
    entities.fold(HEAD.to_owned(), |page, entity| page + &row(entity))
}

fn row(entity: &'static Entity) -> String {
    let parents = entity.parents().into_iter().map(|parent| format!("`{parent}`")).collect::<Vec<_>>();
    let ends = if entity.create_operation().is_some() {
        end(&entity.removal) + &beside(entity)
    } else {
        String::new()
    };
    format!("| `{}` | {} | {} | {ends} |\n", entity.name, operations(entity), parents.join(", "))
}

fn operations(entity: &Entity) -> String {
    let adopts = !entity.creates() && entity.create_operation().is_some();
    let names = entity.operations.iter().map(|operation| match operation.kind {
        OperationKind::Update if adopts => "(update)",
        kind => kind.word(),
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

/// Returns further notes on an end: what it requires, what it depends on, and what else it ends.
fn beside(entity: &Entity) -> String {
    let consent =
        entity.irrevocable.then(|| "; in live mode with `allow_destroy_in_livemode` only".to_owned());
    let held = entity.ends_with.as_ref().map(|rule| match &rule.held_as {
        Some(held_as) => format!("; not while it is the `{held_as}` of its `{}`", rule.field),
        None => format!("; with its `{}` where Stripe refuses", rule.field),
    });
    let along = entity.takes_along.iter().map(|field| format!("; its `{field}` too"));
    consent.into_iter().chain(held).chain(along).collect()
}

fn states(states: &[String]) -> String {
    let named: Vec<String> = states.iter().map(|state| format!("`{state}`")).collect();
    if named.is_empty() { String::new() } else { format!(" while {}", named.join(", ")) }
}
