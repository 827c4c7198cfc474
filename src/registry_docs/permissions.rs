//! The section of a page on restricted keys: the calls that a type makes, and the permission that covers
//! them.
//!
//! Stripe publishes no table of permissions. The calls follow from the catalog. The name of the row in
//! Stripe's form is data, if Stripe documents it; in any case, Stripe's refusal of a call names it.

use std::fmt::Write as _;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::catalog::embedded::embedded_table;
use crate::catalog::{Entity, Operation, OperationKind, Removal, Restoration, catalog, find};

/// How the type on a page uses Stripe's objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Only reads them.
    Read,
    /// A resource that creates, changes and ends an object.
    Write,
    /// An ephemeral resource that creates an object.
    Open,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Permissions {
    row: Vec<Row>,
}

/// One row of Stripe's form for restricted keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    label: String,
    name: String,
    objects: Vec<String>,
}

fn permissions() -> &'static Permissions {
    static PERMISSIONS: OnceLock<Permissions> = OnceLock::new();
    PERMISSIONS.get_or_init(|| embedded_table!("registry_docs/permissions.toml"))
}

/// Builds the section for a resource or a data source.
pub(super) fn section(entity: &'static Entity, access: Access) -> String {
    listed(entity, access, &calls(entity, access))
}

/// Builds the section for an action, which makes one call.
pub(super) fn section_of_call(entity: &'static Entity, (method, path): (&str, &str)) -> String {
    listed(entity, Access::Write, &[(method, path, "invocation")])
}

fn listed(entity: &'static Entity, access: Access, calls: &[(&str, &str, &str)]) -> String {
    let (level, suffix) = match access {
        Access::Read => ("Read", "read"),
        Access::Write | Access::Open => ("Write", "write"),
    };
    let row = permissions().row.iter().find(|row| row.objects.contains(&entity.key));
    let covers = if calls.len() == 1 { "covers this call" } else { "covers these calls" };
    let name = match row {
        Some(row) => format!("**{}** (`rak_{}_{suffix}`)", row.label, row.name),
        None => format!("the row of Stripe's form that {covers}"),
    };
    let needed = format!("A restricted key needs *{level}* on {name}");
    let mut text = format!(
        "\n## Permissions\n\n{needed}. Where it lacks a permission, the error shows the name that Stripe gives.\n\n| call | when |\n|---|---|\n"
    );
    for (method, path, when) in calls {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| `{method} {path}` | {when} |");
    }
    text
}

/// Returns method, path and occasion of every call.
fn calls(entity: &'static Entity, access: Access) -> Vec<(&'static str, &'static str, &'static str)> {
    let call =
        |operation: &'static Operation, when| (operation.method.as_str(), operation.path.as_str(), when);
    let read = |kind, when| entity.operation(kind).map(|operation| call(operation, when));
    let by_id = match access {
        Access::Read => "what is found by its id",
        Access::Write | Access::Open => "refresh, and what is found by its id",
    };
    let reads = [read(OperationKind::Get, by_id), read(OperationKind::List, "what is found otherwise")];
    let reads = reads.into_iter().flatten();
    match access {
        Access::Read => return reads.collect(),
        Access::Open => return opens(entity).collect(),
        Access::Write => {}
    }
    let updates = entity.operation(OperationKind::Update);
    let creates = entity.create_operation().map(|create| call(create, "create"));
    let update = updates.filter(|update| entity.create_operation() != Some(update));
    let when = if archives(&entity.removal) { "update, destroy" } else { "update" };
    creates.into_iter().chain(update.map(|it| call(it, when))).chain(ends(entity)).chain(reads).collect()
}

/// Returns the calls that create an ephemeral object: a create, and an update if only the update has some of
/// the params.
fn opens(entity: &'static Entity) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let update = entity.operation(OperationKind::Update).filter(|update| {
        update.params.iter().any(|param| find(entity.create_params(), &param.name).is_none())
    });
    let calls = [
        entity.create_operation().map(|it| (it, "each plan and each apply")),
        update.map(|it| (it, "what a create does not take")),
    ];
    calls.into_iter().flatten().map(|(it, when)| (it.method.as_str(), it.path.as_str(), when))
}

fn archives(removal: &Removal) -> bool {
    matches!(removal, Removal::Archive { .. } | Removal::DeleteOrArchive { .. })
}

/// Returns the calls that end an object, and those that restore it.
fn ends(entity: &'static Entity) -> Vec<(&'static str, &'static str, &'static str)> {
    let (deletes, actions) = match &entity.removal {
        Removal::Delete | Removal::DeleteOrArchive { .. } => (true, vec![]),
        Removal::Call { action, otherwise, .. } => {
            (false, [Some(action), otherwise.as_ref()].into_iter().flatten().collect())
        }
        Removal::CallWhileSet { action, .. } => (false, vec![action]),
        Removal::DeleteOrCall { action, .. } => (true, vec![action]),
        Removal::Archive { .. } | Removal::Forget => (false, vec![]),
    };
    let delete = entity.operation(OperationKind::Delete).filter(|_| deletes);
    let delete = delete.map(|delete| (delete.method.as_str(), delete.path.as_str(), "destroy"));
    let restores = match &entity.restoration {
        Restoration::Call(action) => Some((action, "what ended elsewhere is brought back")),
        _ => None,
    };
    let named = actions.into_iter().map(|action| (action, "destroy")).chain(restores);
    let called = named.filter_map(|(action, when)| {
        let (_, action) = catalog().action(action)?;
        Some((action.method.as_str(), action.path.as_str(), when))
    });
    delete.into_iter().chain(called).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_of_a_row_is_in_the_catalog_and_in_no_other_row() {
        let read: Permissions = toml::from_str(include_str!("permissions.toml")).unwrap();
        let mut seen = Vec::new();
        for object in read.row.iter().flat_map(|row| &row.objects) {
            assert!(catalog().by_key(object).is_some(), "{object}");
            assert!(!seen.contains(&object), "{object} stands in two rows");
            seen.push(object);
        }
        assert!(seen.len() > 30, "{} objects", seen.len());
    }

    #[test]
    fn a_page_names_the_permission_and_the_calls() {
        let price = section(catalog().entity("Price").unwrap(), Access::Write);
        assert!(price.contains("*Write* on **Prices** (`rak_plan_write`)"), "{price}");
        assert!(price.contains("| `POST /v1/prices/{id}` | update, destroy |"), "{price}");
        let meter = section(catalog().entity("BillingMeter").unwrap(), Access::Write);
        assert!(meter.contains("/deactivate` | destroy |") && meter.contains("/reactivate` |"), "{meter}");
        let read = section(catalog().entity("TaxCode").unwrap(), Access::Read);
        assert!(!read.contains("POST") && read.contains("| `GET /v1/tax_codes` |"), "{read}");
    }
}
