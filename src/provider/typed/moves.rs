//! Objects that come from another resource type, and that go to one.

use crate::provider::moves::Leaving;
use crate::provider::typed::answered::{METADATA_ALL, OUTPUT};
use crate::provider::typed::memory::PrivateState;
use crate::provider::typed::surface::Surface;
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::provider::StateResponse;
use crate::terraform::schema::Presence;
use crate::terraform::value::Value;

impl Surface {
    /// An object of this type as it is, whatever type it becomes. Of the state of another provider nobody knows
    /// what was written: it counts as imported, until the next apply.
    pub(super) fn leaves(&self, state: &Value, mut memory: PrivateState) -> Leaving {
        memory.private.imported |= memory.body.is_null();
        Leaving {
            entity: self.entity,
            locator: self.locator(state, &memory),
            private: memory.private,
            params: memory.params,
            default_metadata: memory.default_metadata,
            body: memory.body,
            state: state.clone(),
            types: self.slots.iter().map(|slot| (slot.name.clone(), slot.shown_type())).collect(),
        }
    }

    /// The state of an object that comes from another type: what was written, as it is written here, and what
    /// Stripe answered last.
    pub(super) fn arrives(&self, leaving: Leaving) -> StateResponse {
        let Leaving { locator, private, params, default_metadata, body, state: was, types, .. } = leaving;
        let locator = Some(locator);
        let memory = PrivateState { private, locator, params, default_metadata, planned: None, body };
        let locator = memory.locator.as_deref().unwrap_or_default();
        let mut state = self.settings_of(&was);
        for slot in &self.slots {
            let value = match memory.params.get(&slot.member) {
                _ if types.get(&slot.name) == Some(&slot.shown_type()) => was.get(&slot.name).clone(),
                _ if memory.body.is_null() => slot.nothing(),
                Some(param) if slot.is_argument() => {
                    slot.unanswered(&slot.of_param(&Value::Null, Some(param)))
                }
                _ => Value::Unknown,
            };
            state.set(&slot.name, value);
        }
        if memory.body.is_null() {
            state.set("id", locator.rsplit('/').next().unwrap_or(locator).into());
        } else {
            state = self.answered(&state, &memory, locator);
        }
        StateResponse { state, private: memory.encode(), diagnostics: Diagnostics::new() }
    }

    /// What a state says beside the object: the connection, and how the object may end.
    fn settings_of(&self, was: &Value) -> Value {
        let is_slot = |name: &str| self.slots.iter().any(|slot| slot.name == name);
        let schema = self.schema();
        let settings = schema.block.attributes.iter().filter(|it| !it.write_only && !is_slot(&it.name));
        let settings = settings.map(|it| {
            let answered =
                it.presence == Presence::Computed && [OUTPUT, METADATA_ALL].contains(&it.name.as_ref());
            (it.name.to_string(), if answered { Value::Unknown } else { was.get(&it.name).clone() })
        });
        Value::map(settings)
    }
}
