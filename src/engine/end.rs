//! Ends an object: deletes, archives or cancels it, as far as Stripe supports that.

use serde_json::{Map, Value as Json};

use crate::catalog::{OperationKind, Removal, Shape};
use crate::connector::{self, Connector, Error};
use crate::engine::held::{self, ArchiveParam};
use crate::engine::object::current;
use crate::engine::restore::{has_ended, is_over};
use crate::engine::{DestroyOptions, EndOutcome, Object, OnDestroy, StayReason};
use crate::stripe::ErrorKind;

/// How an object can be ended in its current state.
enum RemovalPlan {
    Delete,
    Archive(ArchiveParam),
    DeleteOrArchive(ArchiveParam),
    Call(EndCall),
    Nothing,
    Keep(StayReason),
}

/// A call that ends an object.
#[derive(Clone, Copy)]
struct EndCall {
    action: &'static str,
    /// The action to try if Stripe refuses the first one.
    otherwise: Option<&'static str>,
    /// The names of the object's fields to send along.
    with: &'static [String],
    /// Whether the object stays in Stripe after the call.
    stays: bool,
}

impl Object {
    /// Why the object will stay in Stripe when it ends. Returns `None` if it will not stay.
    pub fn stays_because(&self, options: DestroyOptions) -> Option<StayReason> {
        if self.body.is_null() && self.ends_by_state(options) {
            return None;
        }
        match self.removal_plan(options) {
            RemovalPlan::Keep(why) => Some(why),
            RemovalPlan::Archive((param, value)) => Some(StayReason::Archived { param, value }),
            RemovalPlan::Call(call) if call.stays => Some(StayReason::Called(call.action)),
            RemovalPlan::Delete
            | RemovalPlan::DeleteOrArchive(..)
            | RemovalPlan::Call(_)
            | RemovalPlan::Nothing => None,
        }
    }

    /// Ends the object in Stripe as the configuration asks, otherwise by its removal rule.
    pub async fn end(&self, connector: &Connector, options: DestroyOptions) -> Result<EndOutcome, Error> {
        let work = async {
            match self.carry_out_as_known(connector, options).await {
                Err(error) if error.is_gone() => Ok(EndOutcome::AlreadyGone),
                Err(error) if is_refusal(&error) => held::refused(self, connector, error).await,
                other => other,
            }
        };
        let rows = |ended: &EndOutcome| usize::from(*ended != EndOutcome::AlreadyGone);
        connector.end_operation(self.entity, &self.locator, work, rows).await
    }

    /// Whether Stripe shows that the object has ended, or no longer shows it.
    pub async fn is_over(&self, connector: &Connector) -> bool {
        let now = current(connector, self.entity, &self.locator).await;
        now.is_ok_and(|now| now.is_none_or(|now| is_over(self.entity, &now)))
    }

    /// Ends the object based on the state that this run's refresh found. If no call is needed in that state,
    /// or Stripe refuses the call, the state may have changed since: the object is read, and ended based on
    /// its current state.
    async fn carry_out_as_known(
        &self,
        connector: &Connector,
        options: DestroyOptions,
    ) -> Result<EndOutcome, Error> {
        let shown = self.entity.operation(OperationKind::Get).is_some();
        if !shown || !self.ends_by_state(options) {
            return self.carry_out(connector, options).await;
        }
        let calls = matches!(self.removal_plan(options), RemovalPlan::Delete | RemovalPlan::Call(_));
        if calls && !self.body.is_null() {
            match self.carry_out(connector, options).await {
                Err(error) if is_refusal(&error) && !error.is_gone() => {}
                other => return other,
            }
        }
        match current(connector, self.entity, &self.locator).await? {
            Some(body) => Self { body, ..self.clone() }.carry_out(connector, options).await,
            None => Ok(EndOutcome::AlreadyGone),
        }
    }

    async fn carry_out(&self, connector: &Connector, options: DestroyOptions) -> Result<EndOutcome, Error> {
        match self.removal_plan(options) {
            RemovalPlan::Delete => self.delete(connector).await,
            RemovalPlan::Archive(param) => self.archive(connector, param).await,
            RemovalPlan::DeleteOrArchive(param) if held::has_dependents(self, connector) => {
                self.archive(connector, param).await
            }
            RemovalPlan::DeleteOrArchive(param) => match self.delete(connector).await {
                Err(error) if is_refusal(&error) => self.archive(connector, param).await,
                other => other,
            },
            RemovalPlan::Call(call) => self.call(connector, call).await,
            RemovalPlan::Nothing => Ok(EndOutcome::AlreadyGone),
            RemovalPlan::Keep(why) => Ok(EndOutcome::stays(why)),
        }
    }

    async fn call(&self, connector: &Connector, call: EndCall) -> Result<EndOutcome, Error> {
        let fields = call.with.iter().filter_map(|name| Some((name.clone(), self.body.get(name)?.clone())));
        let fields: Map<String, Json> = fields.collect();
        let send = |name: &str, params| {
            connector::action(name).map(|action| connector.call_action(action, &self.locator, params))
        };
        match (send(call.action, fields.clone())?.await, call.otherwise) {
            (Err(error), Some(otherwise)) if is_refusal(&error) => send(otherwise, fields)?.await?,
            (first, _) => first?,
        }
        let stays = call.stays.then(|| EndOutcome::stays(StayReason::Called(call.action)));
        Ok(stays.unwrap_or(EndOutcome::Ended))
    }

    async fn delete(&self, connector: &Connector) -> Result<EndOutcome, Error> {
        connector.delete(self.entity, &self.locator).await?;
        Ok(EndOutcome::Ended)
    }

    async fn archive(&self, connector: &Connector, archiving: ArchiveParam) -> Result<EndOutcome, Error> {
        let (param, value) = archiving;
        let archived = held::archive(connector, self.entity, &self.locator, archiving).await?;
        let left = held::take_along(self.entity, connector, &archived).await;
        Ok(EndOutcome::Stays { why: StayReason::Archived { param, value }, left })
    }

    fn ends_by_state(&self, options: DestroyOptions) -> bool {
        let by_state = matches!(
            self.entity.removal,
            Removal::Call { .. } | Removal::CallWhileSet { .. } | Removal::DeleteOrCall { .. }
        );
        by_state && options.on_destroy != Some(OnDestroy::Keep)
    }

    fn removal_plan(&self, options: DestroyOptions) -> RemovalPlan {
        match (options.on_destroy, &self.entity.removal) {
            (Some(OnDestroy::Keep), _) => RemovalPlan::Keep(StayReason::Configured),
            (Some(OnDestroy::Delete), Removal::DeleteOrArchive { .. }) => RemovalPlan::Delete,
            (Some(OnDestroy::Archive), Removal::DeleteOrArchive { param, value }) => {
                RemovalPlan::Archive((param, value))
            }
            _ => self.usual_plan(),
        }
    }

    fn usual_plan(&self) -> RemovalPlan {
        let entity = self.entity;
        let status = self.body.get("status").and_then(Json::as_str).unwrap_or_default();
        let is_one = |states: &[String]| states.iter().any(|state| state == status);
        let is_documented = |status: &str| {
            let known = entity.field("status").map(Shape::values).unwrap_or_default();
            known.iter().any(|it| it == status)
        };
        match &entity.removal {
            Removal::Delete => RemovalPlan::Delete,
            Removal::Archive { param, value } => RemovalPlan::Archive((param, value)),
            Removal::DeleteOrArchive { param, value } => RemovalPlan::DeleteOrArchive((param, value)),
            Removal::DeleteOrCall { delete_when, .. } if is_one(delete_when) => RemovalPlan::Delete,
            Removal::Call { .. } | Removal::DeleteOrCall { .. } if has_ended(entity, &self.body) => {
                RemovalPlan::Nothing
            }
            // Only Stripe knows what an undocumented status allows: the call is
            // sent, and Stripe may refuse it.
            Removal::Call { when, .. } | Removal::DeleteOrCall { when, .. }
                if !when.is_empty() && !is_one(when) && is_documented(status) =>
            {
                RemovalPlan::Keep(StayReason::Status(status.to_owned()))
            }
            Removal::Call { action, otherwise, with, stays, .. } => {
                RemovalPlan::Call(EndCall { action, otherwise: otherwise.as_deref(), with, stays: *stays })
            }
            Removal::DeleteOrCall { action, .. } => RemovalPlan::Call(EndCall::of(action)),
            Removal::CallWhileSet { action, field } => match self.body.get(field) {
                None | Some(Json::Null) => RemovalPlan::Nothing,
                Some(_) => RemovalPlan::Call(EndCall::of(action)),
            },
            Removal::Forget => RemovalPlan::Keep(StayReason::NoCall),
        }
    }
}

impl EndCall {
    fn of(action: &'static str) -> Self {
        Self { action, otherwise: None, with: &[], stays: false }
    }
}

/// Whether Stripe understood the request and refused it.
fn is_refusal(error: &Error) -> bool {
    error.stripe().is_some_and(|error| error.kind() == ErrorKind::InvalidRequest)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::connector::entity;
    use crate::engine::{DestroyOptions, Object, OnDestroy, Params, StayReason};

    fn stays(name: &str, body: &Json) -> Option<String> {
        let object = object(name, body);
        object.stays_because(DestroyOptions::default()).map(|why| why.of(&object))
    }

    fn object(name: &str, body: &Json) -> Object {
        let (entity, locator) = (entity(name).unwrap(), "id_1".to_owned());
        Object::new(entity, locator, Params::new(), body.clone())
    }

    #[test]
    fn a_wish_comes_before_the_rule() {
        let options =
            |on_destroy| DestroyOptions { on_destroy: Some(on_destroy), ..DestroyOptions::default() };
        let product = object("Product", &json!({"id": "id_1"}));
        let archived = StayReason::Archived { param: "active", value: &Json::Bool(false) };
        assert_eq!(product.stays_because(options(OnDestroy::Archive)), Some(archived));
        assert_eq!(product.stays_because(options(OnDestroy::Delete)), None);
        let open = object("Invoice", &json!({"status": "open"}));
        assert_eq!(open.stays_because(options(OnDestroy::Keep)), Some(StayReason::Configured));
        assert_eq!(OnDestroy::choices(open.entity), [OnDestroy::Keep]);
        assert_eq!(OnDestroy::choices(product.entity), OnDestroy::ALL);
    }

    #[test]
    fn what_cannot_be_taken_back_needs_consent_in_live_mode_only() {
        let allowed = DestroyOptions { allow_in_livemode: true, ..DestroyOptions::default() };
        for name in ["Account", "v2.core.account", "Customer"] {
            let object = object(name, &Json::Null);
            assert!(object.lacks_consent(DestroyOptions::default(), Some(true)), "{name}");
            assert!(!object.lacks_consent(allowed, Some(true)) && object.stays_because(allowed).is_none());
            assert!(!object.lacks_consent(DestroyOptions::default(), Some(false)), "{name}");
        }
        assert!(!object("Coupon", &Json::Null).lacks_consent(DestroyOptions::default(), Some(true)));
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

    /// Stripe adds statuses. A subscription that was only removed from the state would continue to bill.
    #[test]
    fn what_is_in_a_status_that_is_not_documented_is_ended_all_the_same() {
        for body in [json!({"status": "on_ice"}), json!({"status": null}), json!({"id": "id_1"})] {
            assert_eq!(stays("Subscription", &body), None, "{body}");
            assert_eq!(stays("PaymentIntent", &body), None, "{body}");
        }
    }

    #[test]
    fn what_has_no_end_is_announced() {
        assert!(stays("Refund", &Json::Null).unwrap().contains("only removed from the state"));
    }
}
