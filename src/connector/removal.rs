//! The end of an entity, as far as Stripe has one.

use http::Method;
use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, OperationKind, Removal};
use crate::connector::entities::{is_gone, operation};
use crate::connector::{Connector, Error, actions, asked, locator, path};
use crate::stripe::Kind;

/// What became of an entity that was to be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// Stripe deleted it.
    Deleted,
    /// A call ended it: cancelled, voided, detached.
    Called,
    /// It had ended or did not exist.
    AlreadyGone,
    /// It is inactive and stays in Stripe; the sentence says so.
    Archived(String),
    /// It stays in Stripe as it is; the sentence says why.
    Kept(String),
}

/// How an entity in a certain state can be ended.
enum Way<'e> {
    Delete,
    Archive(&'e str, &'e str),
    DeleteOrArchive(&'e str, &'e str),
    Call(Ending<'e>),
    Nothing,
    Keep(String),
}

/// A call that ends an entity.
#[derive(Clone, Copy)]
struct Ending<'e> {
    action: &'e str,
    /// The action to try where Stripe refuses the first.
    otherwise: Option<&'e str>,
    /// Fields that are sent along.
    with: &'e [String],
    /// The entity stays in Stripe all the same.
    stays: bool,
}

/// What will stay in Stripe when the entity is removed, as a sentence; none if nothing will.
/// `body` is the entity as last seen, or null.
pub fn what_stays(entity: &Entity, id: &str, body: &Json) -> Option<String> {
    if body.is_null() && depends_on_state(&entity.removal) {
        return None;
    }
    match way(entity, id, body) {
        Way::Keep(why) => Some(why),
        Way::Archive(param, value) => Some(archived(entity, id, param, value)),
        Way::Call(ending) if ending.stays => Some(called(entity, id, ending.action)),
        Way::Delete | Way::DeleteOrArchive(..) | Way::Call(_) | Way::Nothing => None,
    }
}

impl Connector {
    /// Ends the entity in Stripe as its removal rule says. `known` is the entity as last seen.
    pub async fn delete(&self, entity: &'static Entity, id: &str, known: &Json) -> Result<Removed, Error> {
        let work = async {
            let removed = match self.current(entity, id, known).await {
                Ok(body) if is_gone(&body) => Ok(Removed::AlreadyGone),
                Ok(body) => self.end(entity, id, &body).await,
                Err(error) => Err(error),
            };
            match removed {
                Err(error) if error.is_gone() => Ok(Removed::AlreadyGone),
                other => other,
            }
        };
        let rows = |removed: &Removed| usize::from(*removed != Removed::AlreadyGone);
        self.connection.operation(asked("Delete", entity, Some(id)), work, rows).await
    }

    /// The entity as it is now, where its state decides how it ends and Stripe shows it.
    async fn current(&self, entity: &'static Entity, id: &str, known: &Json) -> Result<Json, Error> {
        let shown = entity.operation(OperationKind::Get).is_some();
        if shown && depends_on_state(&entity.removal) {
            self.get(entity, id).await
        } else {
            Ok(known.clone())
        }
    }

    async fn end(&self, entity: &'static Entity, id: &str, body: &Json) -> Result<Removed, Error> {
        match way(entity, id, body) {
            Way::Delete => self.send_delete(entity, id).await,
            Way::Archive(param, value) => self.archive(entity, id, param, value).await,
            Way::DeleteOrArchive(param, value) => match self.send_delete(entity, id).await {
                Err(error) if is_refusal(&error) => self.archive(entity, id, param, value).await,
                other => other,
            },
            Way::Call(ending) => self.call_to_end(entity, id, body, ending).await,
            Way::Nothing => Ok(Removed::AlreadyGone),
            Way::Keep(why) => Ok(Removed::Kept(why)),
        }
    }

    async fn call_to_end(
        &self,
        entity: &'static Entity,
        id: &str,
        body: &Json,
        ending: Ending<'_>,
    ) -> Result<Removed, Error> {
        let told = ending.with.iter().filter_map(|name| Some((name.clone(), body.get(name)?.clone())));
        let told: Map<String, Json> = told.collect();
        let first = self.send_action(ending.action, id, told.clone()).await;
        match (first, ending.otherwise) {
            (Err(error), Some(otherwise)) if is_refusal(&error) => {
                self.send_action(otherwise, id, told).await?;
            }
            (first, _) => first?,
        }
        Ok(if ending.stays { Removed::Archived(called(entity, id, ending.action)) } else { Removed::Called })
    }

    async fn send_action(&self, name: &str, id: &str, params: Map<String, Json>) -> Result<(), Error> {
        let found = actions::action(name)?;
        let method = found.action.method.parse().unwrap_or(Method::POST);
        let call = path::call(method, &found.action.path, &locator::ids(found.entity, id)?).params(params);
        self.connection.send(call).await?;
        Ok(())
    }

    async fn send_delete(&self, entity: &'static Entity, id: &str) -> Result<Removed, Error> {
        let operation = operation(entity, OperationKind::Delete)?;
        self.connection.send(path::operation(operation, &locator::ids(entity, id)?)).await?;
        Ok(Removed::Deleted)
    }

    async fn archive(
        &self,
        entity: &'static Entity,
        id: &str,
        param: &str,
        value: &str,
    ) -> Result<Removed, Error> {
        let params = Map::from_iter([(param.to_owned(), Json::String(value.to_owned()))]);
        self.update(entity, id, params).await?;
        Ok(Removed::Archived(archived(entity, id, param, value)))
    }
}

fn depends_on_state(removal: &Removal) -> bool {
    matches!(removal, Removal::Call { .. } | Removal::CallWhileSet { .. } | Removal::DeleteOrCall { .. })
}

/// Stripe understood, and will not.
fn is_refusal(error: &Error) -> bool {
    error.stripe().is_some_and(|error| error.kind() == Kind::InvalidRequest)
}

fn way<'e>(entity: &'e Entity, id: &str, body: &Json) -> Way<'e> {
    let status = body.get("status").and_then(Json::as_str).unwrap_or_default();
    let is_one = |states: &[String]| states.iter().any(|state| state == status);
    match &entity.removal {
        Removal::Delete => Way::Delete,
        Removal::Archive { param, value } => Way::Archive(param, value),
        Removal::DeleteOrArchive { param, value } => Way::DeleteOrArchive(param, value),
        Removal::DeleteOrCall { delete_when, .. } if is_one(delete_when) => Way::Delete,
        Removal::Call { ended, .. } | Removal::DeleteOrCall { ended, .. } if is_one(ended) => Way::Nothing,
        Removal::Call { when, .. } | Removal::DeleteOrCall { when, .. }
            if !when.is_empty() && !is_one(when) =>
        {
            Way::Keep(format!(
                "Stripe cannot end {} {id} while its status is `{status}`: it stays in Stripe as it is.",
                entity.name
            ))
        }
        Removal::Call { action, otherwise, with, stays, .. } => {
            Way::Call(Ending { action, otherwise: otherwise.as_deref(), with, stays: *stays })
        }
        Removal::DeleteOrCall { action, .. } => Way::Call(Ending::of(action)),
        Removal::CallWhileSet { action, field } => match body.get(field) {
            None | Some(Json::Null) => Way::Nothing,
            Some(_) => Way::Call(Ending::of(action)),
        },
        Removal::Forget => Way::Keep(format!(
            "Stripe has no call that ends a {}: {id} stays in Stripe and leaves the state only.",
            entity.name
        )),
    }
}

impl<'e> Ending<'e> {
    fn of(action: &'e str) -> Self {
        Self { action, otherwise: None, with: &[], stays: false }
    }
}

fn called(entity: &Entity, id: &str, action: &str) -> String {
    format!("Stripe cannot delete {} {id}: {action} is run, and it stays in Stripe.", entity.name)
}

fn archived(entity: &Entity, id: &str, param: &str, value: &str) -> String {
    format!(
        "Stripe cannot delete {} {id}: it is archived (`{param} = {value}`) and stays in Stripe.",
        entity.name
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::what_stays;
    use crate::connector::entity;

    fn stays(name: &str, body: &Json) -> Option<String> {
        what_stays(entity(name).unwrap(), "id_1", body)
    }

    #[test]
    fn what_can_be_deleted_leaves_nothing() {
        assert_eq!(stays("Customer", &Json::Null), None);
        assert_eq!(stays("Product", &Json::Null), None);
        assert_eq!(stays("Invoice", &json!({"status": "draft"})), None);
    }

    #[test]
    fn what_can_only_be_archived_is_announced() {
        let expected =
            "Stripe cannot delete Price id_1: it is archived (`active = false`) and stays in Stripe.";
        assert_eq!(stays("Price", &Json::Null).unwrap(), expected);
    }

    #[test]
    fn the_state_decides_what_stays() {
        assert_eq!(stays("PaymentIntent", &json!({"status": "requires_capture"})), None);
        assert_eq!(stays("PaymentIntent", &json!({"status": "canceled"})), None);
        let expected = "Stripe cannot end PaymentIntent id_1 while its status is `succeeded`: it stays in Stripe as it is.";
        assert_eq!(stays("PaymentIntent", &json!({"status": "succeeded"})).unwrap(), expected);
        assert!(stays("Invoice", &json!({"status": "paid"})).unwrap().contains("Invoice id_1"));
        assert_eq!(stays("PaymentMethod", &json!({"customer": null})), None);
    }

    #[test]
    fn what_has_no_end_is_announced() {
        assert!(stays("Refund", &Json::Null).unwrap().contains("leaves the state only"));
    }
}
