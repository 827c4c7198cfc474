//! Keeps secrets that Stripe returns only once in the state or out of it, and renews them.

use serde_json::Value as Json;

use crate::engine::put;
use crate::provider::messages::payload;
use crate::provider::payload::text_at;
use crate::provider::runtime::Runtime;
use crate::provider::typed::surface::{Slot, SlotSyntax, Surface};
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::schema::Attribute;
use crate::terraform::value::{Type, Value};

/// The attribute that drops the secret.
const KEEP_OUT: &str = "keep_secret_out_of_state";
/// The attribute whose change creates a new object, with a new secret.
pub(super) const ROTATE_WHEN: &str = "rotate_when";

impl Surface {
    /// Returns whether Stripe returns a secret on create, and never again.
    pub(super) fn answers_secret_once(&self) -> bool {
        !self.entity.answered_once.is_empty()
    }

    /// The attributes that say what happens to such a secret.
    pub(super) fn secret_attributes(&self) -> Vec<Attribute> {
        if !self.answers_secret_once() {
            return Vec::new();
        }
        let names = self.entity.answered_once.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>();
        let secret = names.join(", ");
        vec![
            Attribute::optional(
                KEEP_OUT,
                Type::Bool,
                format!(
                    "Whether {secret}, which Stripe shows once, is kept out of the state. It cannot be read later. Default `false`."
                ),
            ),
            Attribute::optional(
                ROTATE_WHEN,
                Type::Dynamic,
                format!("Any value, such as a date; a change creates a new object with a new {secret}."),
            ),
        ]
    }

    /// The warning in the plan of a new object whose secret is not kept.
    pub(super) fn dropped_secret(&self, config: &Value) -> Option<Diagnostic> {
        (self.answers_secret_once() && keeps_out(config)).then(|| {
            let secrets = self.entity.answered_once.join(", ");
            payload::secret_dropped(&secrets, &self.entity.name, KEEP_OUT).at_attribute(KEEP_OUT)
        })
    }

    /// Removes values that no plan may hold: write-only values, and dropped secrets.
    pub(super) fn keep_out(&self, planned: &mut Value, (prior, config): (&Value, &Value)) {
        self.forget_write_only(planned, (prior, config));
        if !self.answers_secret_once() || !keeps_out(planned) {
            return;
        }
        for path in &self.entity.answered_once {
            let steps: Vec<&str> = path.split('.').collect();
            clear(&self.slots, planned, &steps);
        }
    }

    /// Returns the part of a response that is stored: without metadata of others, and without a secret
    /// that is not kept.
    pub(super) fn kept_body(&self, runtime: &Runtime, state: &Value, mut body: Json) -> Json {
        runtime.metadata.hide(&mut body);
        self.retain_shown_once(state, &mut body);
        if self.answers_secret_once() && keeps_out(state) {
            for path in &self.entity.answered_once {
                if let Some(secret) = body.pointer_mut(&pointer(path)) {
                    *secret = Json::Null;
                }
            }
        }
        body
    }
}

impl Surface {
    /// Returns the part of a response that the state shows: without secrets inside its fields, except for
    /// one that Stripe shows once and that has its own attribute.
    pub(super) fn shown_body(&self, body: &Json) -> Json {
        let mut shown = self.entity.without_nested_secrets(body);
        for path in &self.entity.answered_once {
            let steps: Vec<&str> = path.split('.').collect();
            if let Some(secret) = body.pointer(&pointer(path)).filter(|_| has_attribute(&self.slots, &steps))
            {
                shown.as_object_mut().into_iter().for_each(|shown| put(shown, path, secret.clone()));
            }
        }
        shown
    }

    /// Keeps a secret that Stripe showed once: if another provider wrote the state, only the state has it.
    fn retain_shown_once(&self, state: &Value, body: &mut Json) {
        for path in &self.entity.answered_once {
            let steps: Vec<&str> = path.split('.').collect();
            let lost = body.pointer(&pointer(path)).is_none_or(Json::is_null);
            if let Some(kept) = text_at(state, &steps).filter(|_| lost) {
                body.as_object_mut().into_iter().for_each(|body| put(body, path, kept.into()));
            }
        }
    }
}

/// Returns whether a path leads, through blocks, to an attribute.
fn has_attribute(slots: &[Slot], path: &[&str]) -> bool {
    let Some((first, rest)) = path.split_first() else { return false };
    let slot = slots.iter().find(|slot| slot.member == *first);
    slot.is_some_and(|slot| match &slot.form {
        SlotSyntax::Attribute(_) => rest.is_empty(),
        SlotSyntax::Block(_, members) => has_attribute(members, rest),
    })
}

fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

fn keeps_out(state: &Value) -> bool {
    state.get(KEEP_OUT).as_bool() == Some(true)
}

/// Clears the value at a path.
fn clear(slots: &[Slot], value: &mut Value, path: &[&str]) {
    let Some((first, rest)) = path.split_first() else { return };
    let Some(slot) = slots.iter().find(|slot| slot.member == *first) else { return };
    match (&slot.form, rest) {
        (_, []) => value.set(&slot.name, Value::Null),
        (SlotSyntax::Block(_, members), rest) => {
            let blocks = value.get(&slot.name).items().iter().cloned();
            let cleared = blocks.map(|mut block| {
                clear(members, &mut block, rest);
                block
            });
            let cleared = Value::List(cleared.collect());
            value.set(&slot.name, cleared);
        }
        // Values inside a dynamic argument are never shown.
        (SlotSyntax::Attribute(_), _) => {}
    }
}
