//! Moves objects from and to other resource types.

use crate::connector::own_id;
use crate::provider::object::MovedObject;
use crate::provider::typed::answered::{METADATA_ALL, OUTPUT};
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::surface::Surface;
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::provider::StateResponse;
use crate::terraform::schema::Presence;
use crate::terraform::value::Value;

impl Surface {
    /// Gives an object of this type away as it is, whatever type it becomes. If another provider wrote the
    /// state, nobody knows what was written: the object counts as imported until the next apply.
    pub(super) fn move_out(&self, state: &Value, mut private_state: TypedPrivateData) -> MovedObject {
        private_state.common.imported |= private_state.body.is_null();
        MovedObject {
            entity: self.entity,
            locator: self.locator(state, &private_state),
            private: private_state.common,
            params: private_state.params,
            default_metadata: private_state.default_metadata,
            body: private_state.body,
            state: state.clone(),
            types: self.slots.iter().map(|slot| (slot.name.clone(), slot.shown_type())).collect(),
        }
    }

    /// Returns the state of an object that comes from another type: the written params in this type's
    /// form, and Stripe's last response.
    pub(super) fn move_in(&self, moved: MovedObject) -> StateResponse {
        let MovedObject { locator, private, params, default_metadata, body, state: was, types, .. } = moved;
        let locator = Some(locator);
        let private_state =
            TypedPrivateData { common: private, locator, params, default_metadata, planned: None, body };
        let locator = private_state.locator.as_deref().unwrap_or_default();
        let mut state = self.settings_of(&was);
        for slot in &self.slots {
            let value = match private_state.params.get(&slot.member) {
                _ if types.get(&slot.name) == Some(&slot.shown_type()) => was.get(&slot.name).clone(),
                _ if private_state.body.is_null() => slot.nothing(),
                Some(param) if slot.is_argument() => {
                    slot.unanswered(&slot.of_param(&Value::Null, Some(param)))
                }
                _ => Value::Unknown,
            };
            state.set(&slot.name, value);
        }
        if private_state.body.is_null() {
            state.set("id", own_id(self.entity, locator).into());
        } else {
            state = self.answered(&state, &private_state, locator);
        }
        StateResponse { state, private: private_state.encode(), diagnostics: Diagnostics::new() }
    }

    /// Returns the settings in a state besides the object: the connection, and how the object may end.
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
