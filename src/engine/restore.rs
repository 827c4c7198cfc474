//! Plans the restoration of an object that has ended in Stripe without a destroy.
//!
//! # Theory
//!
//! An object that was canceled, voided or archived outside its configuration has drifted as a whole: its next
//! change would fail. Whether it has ended is determined from the object alone, by the states that its
//! removal rule names, so that no run has to remember it. A practitioner who writes the end into the
//! configuration (`active = false`) asked for it.

use serde_json::Value as Json;

use crate::catalog::{Entity, Removal, Restoration};
use crate::connector::scalar;
use crate::engine::{Change, DesiredParams, Object, Params, Restores};

/// The field that shows that an object has ended, and its value as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedField {
    /// The field: `status`.
    pub field: String,
    /// Its value: `canceled`.
    pub value: String,
}

impl Object {
    /// The field that shows that the object has ended in Stripe without its configuration asking for that.
    pub fn end_outside(&self) -> Option<EndedField> {
        end(self.entity, &self.body).filter(|end| self.imported || !asks_for(self.entity, &self.params, end))
    }

    /// The field that shows that the object has ended since it was last written or read, without its params
    /// asking for that.
    pub fn ended_since(&self, now: &Json) -> Option<EndedField> {
        // An object that had ended when an import first read it has not ended since.
        let is_news = !self.body.is_null() && end(self.entity, &self.body).is_none();
        end(self.entity, now).filter(|end| is_news && !asks_for(self.entity, &self.params, end))
    }

    /// Adds to a change what is needed to restore the object.
    pub(super) fn restored(&self, desired: &DesiredParams, mut change: Change) -> Change {
        let ended = end(self.entity, &self.body);
        let Some(ended) = ended.filter(|end| !asks_for(self.entity, &desired.params, end)) else {
            return change;
        };
        // An object that was over when it was imported has not drifted: the import asks for nothing, and a
        // successor of one that was canceled long ago would be billed. Removing the param that the import
        // wrote to record the end asks to restore the object.
        let is_taken_away =
            params_telling_of(self.entity, &ended).any(|param| says(&self.params, param, "true"));
        if self.ended_at_import && change.is_nothing() && !is_taken_away {
            return change;
        }
        // An object that was ended by a call takes no more updates; one that
        // was archived or has expired does.
        let by_call = matches!(self.entity.removal, Removal::Call { .. } | Removal::DeleteOrCall { .. });
        let is_refused = by_call && (change.unknown || !change.update.is_empty());
        change.restores = match &self.entity.restoration {
            Restoration::Update { param, value } => {
                if !desired.unknown.iter().any(|path| path.first() == Some(param)) {
                    change.update.entry(param.clone()).or_insert_with(|| value.clone());
                }
                Some(Restores::Update)
            }
            Restoration::Call(action) => Some(Restores::Call(action)),
            Restoration::Replace => Some(Restores::Replace),
            Restoration::Nothing => is_refused.then_some(Restores::Replace),
        };
        change
    }
}

/// Whether the params themselves ask for the end, by its field or by the param that the field reports.
fn asks_for(entity: &Entity, params: &Params, end: &EndedField) -> bool {
    says(params, &end.field, &end.value)
        || params_telling_of(entity, end).any(|param| says(params, param, "true"))
}

/// The params that are true once an object has ended in this way; the object shows them only through a field.
fn params_telling_of<'e>(entity: &'e Entity, end: &EndedField) -> impl Iterator<Item = &'e String> {
    let tells = entity.words.told_by.iter();
    tells.filter(|(_, it)| it.field == end.field && it.value == end.value).map(|(param, _)| param)
}

fn says(params: &Params, name: &str, wanted: &str) -> bool {
    params.get(name).and_then(scalar).is_some_and(|it| it == wanted)
}

/// Whether an object has ended and its params ask for that.
pub(super) fn asks_for_end(entity: &Entity, params: &Params, body: &Json) -> bool {
    end(entity, body).is_some_and(|end| asks_for(entity, params, &end))
}

/// Whether an object has ended, by any cause: archived, canceled, voided, deactivated.
pub fn has_ended(entity: &Entity, body: &Json) -> bool {
    end(entity, body).is_some()
}

/// Whether an object is in the state in which a destroy leaves it. Objects that a destroy deletes never are,
/// even if they are disabled.
pub(super) fn is_over(entity: &Entity, body: &Json) -> bool {
    entity.removal != Removal::Delete && has_ended(entity, body)
}

/// The field that shows that an object has ended.
fn end(entity: &Entity, body: &Json) -> Option<EndedField> {
    let is = |field: &str, value: &str| {
        let text = body.get(field).and_then(scalar)?;
        (value == "*" || text == value).then(|| EndedField { field: field.to_owned(), value: text })
    };
    let by_removal = match &entity.removal {
        Removal::Archive { param, value } | Removal::DeleteOrArchive { param, value } => {
            scalar(value).and_then(|value| is(param, &value))
        }
        Removal::Call { ended, .. } | Removal::DeleteOrCall { ended, .. } => {
            ended.iter().find_map(|status| is("status", status))
        }
        Removal::CallWhileSet { .. } | Removal::Delete | Removal::Forget => None,
    };
    by_removal.or_else(|| entity.ended.iter().find_map(|(field, value)| is(field, value)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::connector::entity;
    use crate::engine::{Change, DesiredParams, Object, Restores};

    fn change(name: &str, params: &Json, body: &Json, desired: &Json) -> Change {
        let map = |json: &Json| json.as_object().unwrap().clone();
        let (entity, locator) = (entity(name).unwrap(), "id_1".to_owned());
        let object = Object::new(entity, locator, map(params), body.clone());
        object.change_to(&DesiredParams { params: map(desired), ..DesiredParams::default() })
    }

    #[test]
    fn what_was_archived_is_brought_back_unless_that_is_asked_for() {
        let (params, body) = (json!({"name": "A"}), json!({"name": "A", "active": false}));
        let back = change("Product", &params, &body, &params);
        assert_eq!(
            (Json::Object(back.update), back.restores),
            (json!({"active": true}), Some(Restores::Update))
        );
        let archived = json!({"name": "A", "active": false});
        assert!(change("Product", &archived, &body, &archived).is_nothing());
        assert!(change("Product", &params, &json!({"name": "A", "active": true}), &params).is_nothing());
    }

    #[test]
    fn what_was_canceled_is_made_anew_or_brought_back_by_its_call() {
        let (params, body) = (json!({"customer": "cus_1"}), json!({"status": "canceled"}));
        let anew = change("Subscription", &params, &body, &params);
        assert!(anew.needs_new() && anew.replaces.is_empty());
        let meter = json!({"display_name": "A"});
        let back = change("BillingMeter", &meter, &json!({"status": "inactive"}), &meter);
        assert_eq!(back.restores, Some(Restores::Call("ReactivateBillingMeter")));
    }

    #[test]
    fn what_was_disabled_is_enabled_unless_that_is_asked_for() {
        let body = json!({"url": "https://a.test", "enabled_events": ["*"], "status": "disabled"});
        let params = json!({"url": "https://a.test", "enabled_events": ["*"]});
        let back = change("WebhookEndpoint", &params, &body, &params);
        assert_eq!(
            (Json::Object(back.update), back.restores),
            (json!({"disabled": false}), Some(Restores::Update))
        );
        let mut off = params.clone();
        off["disabled"] = json!(true);
        assert!(change("WebhookEndpoint", &off, &body, &off).is_nothing());
        let on = change("WebhookEndpoint", &off, &body, &params);
        assert_eq!(Json::Object(on.update), json!({"disabled": false}), "it is no longer asked for");
        let (bus, body) = (json!({"name": "A"}), json!({"name": "A", "status": "disabled"}));
        let back = change("V2CoreEventDestination", &bus, &body, &bus);
        assert_eq!(back.restores, Some(Restores::Call("EnableV2CoreEventDestination")));
    }

    #[test]
    fn what_ends_by_itself_is_made_anew_only_when_it_is_changed() {
        let (before, body) = (json!({"mode": "payment"}), json!({"status": "expired"}));
        assert!(change("CheckoutSession", &before, &body, &before).is_nothing());
        let after = json!({"mode": "payment", "metadata": {"a": "1"}});
        assert!(change("CheckoutSession", &before, &body, &after).needs_new());
        let (code, edited) = (json!({"code": "A"}), json!({"code": "A", "metadata": {"a": "1"}}));
        let found = change("PromotionCode", &code, &json!({"active": false}), &edited);
        let metadata = json!({"metadata": {"a": "1"}});
        assert_eq!((Json::Object(found.update), found.restores), (metadata, None), "it takes updates");
    }
}
