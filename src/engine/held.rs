//! Objects whose end depends on others: Stripe refuses to end some while another object holds them, and
//! leaves some behind when the other object ends.

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Removal, catalog};
use crate::connector::{self, Connector, Error, id_at};
use crate::engine::object::current;
use crate::engine::{EndOutcome, LeftObject, Object, StayReason};

/// Interprets Stripe's refusal to end an object that another one may use.
pub(super) async fn refused(
    object: &Object,
    connector: &Connector,
    refusal: Error,
) -> Result<EndOutcome, Error> {
    let Some(rule) = &object.entity.ends_with else { return Err(refusal) };
    let Some(now) = current(connector, object.entity, &object.locator).await? else {
        return Ok(EndOutcome::AlreadyGone);
    };
    let holder = id_at(&now, &rule.field).zip(catalog().by_key(&rule.object));
    let Some((id, entity)) = holder else { return Err(refusal) };
    let Some(holder) = current(connector, entity, id).await? else { return Ok(EndOutcome::AlreadyGone) };
    let status = holder.get("status").and_then(Json::as_str).unwrap_or_default();
    let why = match &rule.held_as {
        Some(field) if id_at(&holder, field) == Some(&object.locator) => {
            StayReason::HeldAs { field, entity: &entity.name, id: id.to_owned() }
        }
        None if !rule.unless.iter().any(|free| free == status) => {
            StayReason::EndsWith { holder: format!("{} {id}", entity.name) }
        }
        _ => return Err(refusal),
    };
    Ok(EndOutcome::stays(why))
}

/// Whether Stripe is known to refuse to delete an object: it refers to an object that would be archived with
/// it, or an object seen in this run refers to it.
pub(super) fn has_dependents(object: &Object, connector: &Connector) -> bool {
    let id = connector::id_of(&object.body, &object.locator);
    let names = object.entity.takes_along.iter().any(|field| id_at(&object.body, field).is_some());
    names || connector.has_dependents(id)
}

/// Archives the objects that were left behind by an object that was just archived, as in `archived`.
pub(super) async fn take_along(
    entity: &'static Entity,
    connector: &Connector,
    archived: &Json,
) -> Vec<LeftObject> {
    let mut left = Vec::new();
    for field in &entity.takes_along {
        let named = entity.field(field).and_then(|shape| catalog().by_key(shape.objects().first()?));
        let Some((entity, id)) = named.zip(id_at(archived, field)) else { continue };
        let Removal::Archive { param, value } = &entity.removal else { continue };
        let archived = archive(connector, entity, id, (param, value)).await;
        let refused = archived.err().map(|error| error.to_string());
        left.push(LeftObject { field, id: id.to_owned(), refused });
    }
    left
}

/// The param that archives an object, and its value: `active`, `false`.
pub(super) type ArchiveParam = (&'static str, &'static Json);

/// Archives an object and returns Stripe's answer.
pub(super) async fn archive(
    connector: &Connector,
    entity: &'static Entity,
    locator: &str,
    (param, value): ArchiveParam,
) -> Result<Json, Error> {
    let params = Map::from_iter([(param.to_owned(), value.clone())]);
    connector.update(entity, locator, params).await
}
