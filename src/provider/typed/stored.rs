//! The object that a state and its private data describe.

use crate::engine::Object;
use crate::provider::metadata_rules::with_defaults;
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::surface::Surface;
use crate::terraform::value::Value;

impl Surface {
    /// The object that a state and its private data describe.
    pub(super) fn object(&self, state: &Value, private_state: &TypedPrivateData) -> Object {
        let params = with_defaults(private_state.params.clone(), &private_state.default_metadata);
        let object =
            Object::new(self.entity, self.locator(state, private_state), params, private_state.body.clone());
        private_state.common.known(object)
    }

    /// Returns the place of the object.
    pub(super) fn locator(&self, state: &Value, private_state: &TypedPrivateData) -> String {
        private_state.locator.clone().unwrap_or_else(|| self.locator_of(state))
    }

    /// Returns the locator of an object known only from a state that another provider wrote: the ids of
    /// its parents and its own.
    pub(super) fn locator_of(&self, state: &Value) -> String {
        let text = |slot: &str| state.get(slot).as_str().unwrap_or_default().to_owned();
        let parents = self.entity.parents().into_iter().map(|name| {
            let slot = self.slots.iter().find(|slot| slot.member == name);
            slot.map_or_else(String::new, |slot| text(&slot.name))
        });
        let ids: Vec<String> = parents.chain([text("id")]).collect();
        if ids.iter().any(String::is_empty) { text("id") } else { ids.join("/") }
    }
}
