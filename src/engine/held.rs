//! Objects that end with others: Stripe refuses to end some while another one holds them, and
//! leaves some behind when the other one ends.

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Removal, catalog};
use crate::connector::{self, Connector, Error, id_at};
use crate::engine::object::current;
use crate::engine::{EndOutcome, Object};

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
    let (name, at) = (&object.entity.name, &object.locator);
    match &rule.held_as {
        Some(held_as) if id_at(&holder, held_as) == Some(at) => Ok(EndOutcome::Held(format!(
            "{name} {at} stays in Stripe as it is: it is the `{held_as}` of {} {id}, and Stripe ends it only after {id} has ended or has another one.",
            entity.name
        ))),
        None if !rule.unless.iter().any(|free| free == status) => Ok(EndOutcome::Stays(format!(
            "{name} {at} stays in Stripe as it is: it belongs to {} {id} and ends with it.",
            entity.name
        ))),
        _ => Err(refusal),
    }
}

/// Whether Stripe is known to refuse to delete an object: it names what is archived with it, or something that was
/// seen in this run names it.
pub(super) fn has_dependents(object: &Object, connector: &Connector) -> bool {
    let id = connector::id_of(&object.body, &object.locator);
    let names = object.entity.takes_along.iter().any(|field| id_at(&object.body, field).is_some());
    names || connector.has_dependents(id)
}

/// Archives what an object leaves behind that was just archived and answered; a sentence for each.
pub(super) async fn take_along(entity: &Entity, connector: &Connector, archived: &Json) -> String {
    let mut told = Vec::new();
    for field in &entity.takes_along {
        let left = entity.field(field).and_then(|shape| catalog().by_key(shape.objects().first()?));
        let Some((entity, id)) = left.zip(id_at(archived, field)) else { continue };
        told.push(match archive(connector, entity, id).await {
            Ok(()) => format!(" Its `{field}` {id} is archived with it."),
            Err(error) => format!(" Its `{field}` {id} stays as it is: {error}."),
        });
    }
    told.concat()
}

/// Archives an object as the rule of its type says.
async fn archive(connector: &Connector, entity: &'static Entity, id: &str) -> Result<(), Error> {
    if let Removal::Archive { param, value } = &entity.removal {
        let params = Map::from_iter([(param.clone(), Json::String(value.clone()))]);
        connector.update(entity, id, params).await?;
    }
    Ok(())
}
