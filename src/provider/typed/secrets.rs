//! Keeps secrets that Stripe answers once in the state or out of it, and renews them.

use serde_json::Value as Json;

use crate::engine::put;
use crate::provider::messages::payload;
use crate::provider::payload::text_at;
use crate::provider::runtime::Runtime;
use crate::provider::typed::surface::{Slot, SlotSyntax, Surface};
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::schema::Attribute;
use crate::terraform::value::{Type, Value};

/// Whether the secret is dropped.
const KEEP_OUT: &str = "keep_secret_out_of_state";
/// Another value of it makes a new object, with a new secret.
pub(super) const ROTATE_WHEN: &str = "rotate_when";

impl Surface {
    /// Whether Stripe answers a secret of it when it is created, and never again.
    pub(super) fn answers_secret_once(&self) -> bool {
        !self.entity.answered_once.is_empty()
    }

    /// The attributes that say what becomes of such a secret.
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

    /// Puts nothing where no plan may hold a value: write-only values, and secrets that are dropped.
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

    /// The part of an answer that is stored: without foreign metadata, and without a secret that is not kept.
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
    /// What the state shows of an answer: without what is secret inside its fields, except for what Stripe shows once
    /// and an attribute of its own keeps.
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

    /// A secret that Stripe showed once is in the state alone if another provider wrote that state.
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

/// Whether a path leads, through blocks, to an attribute.
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

/// Puts nothing at a path.
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
        // What stands inside a dynamic argument is never shown.
        (SlotSyntax::Attribute(_), _) => {}
    }
}
