//! Reads the object of a typed resource, and imports one.

use serde_json::Value as Json;

use crate::connector::own_id;
use crate::engine::{Object, Params, export_beside, export_whole, sound_params};
use crate::provider::metadata_rules::{with_defaults, without_defaults};
use crate::provider::object::{self, Reading, comparable};
use crate::provider::payload::known_part;
use crate::provider::runtime::Runtime;
use crate::provider::typed::answered::{METADATA_ALL, OUTPUT};
use crate::provider::typed::config_params::keeps_metadata;
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::surface::{Slot, SlotSyntax, Surface};
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::provider::StateResponse;
use crate::terraform::schema::Presence;
use crate::terraform::value::Value;

pub(super) async fn read(
    surface: &Surface,
    runtime: &Runtime,
    state: Value,
    mut private_state: TypedPrivateData,
) -> StateResponse {
    private_state.common.imported |= private_state.body.is_null();
    let object = surface.object(&state, &private_state);
    let is_import = private_state.body.is_null() && surface.says_only_where(&state);
    let private = private_state.common.clone();
    let stored = StateResponse { state, private: private_state.encode(), diagnostics: Diagnostics::new() };
    object::read(runtime, stored, &object, &private, |state, Reading { body, private }| {
        let body = surface.kept_body(runtime, &state, body);
        let compared = comparable(runtime, &object, &body, &private);
        let locator = Some(object.locator.clone());
        let private_state = TypedPrivateData { common: private, locator, ..private_state };
        surface.now(&state, ReadResult { private_state, body, compared, is_import }, &object)
    })
    .await
}

/// The result of a read.
struct ReadResult {
    private_state: TypedPrivateData,
    /// The current object.
    body: Json,
    /// The object to compare with to detect drift.
    compared: Json,
    /// Whether the state contains only the object's place.
    is_import: bool,
}

impl Surface {
    /// Returns the state of a listed object, as in the first read of its import.
    pub(super) fn first_seen(&self, runtime: &Runtime, private_state: TypedPrivateData, body: Json) -> Value {
        let own = private_state.locator.as_deref().map(|place| own_id(self.entity, place));
        let state = Value::map([("id", Value::from(own))]);
        let object = self.object(&state, &private_state);
        let body = self.kept_body(runtime, &state, body);
        let found = ReadResult { private_state, compared: body.clone(), body, is_import: true };
        self.now(&state, found, &object).state
    }

    /// Returns the state with what Stripe holds now: drifted values of written params, and computed
    /// values.
    fn now(&self, state: &Value, found: ReadResult, object: &Object) -> StateResponse {
        let ReadResult { mut private_state, body, compared, is_import } = found;
        let mut shown = self.kept(state, &private_state);
        let params = if object.imported {
            self.said_params(state, &object.locator, &body)
        } else {
            object.drifted(&compared).unwrap_or_else(|| object.params.clone())
        };
        let was = with_defaults(private_state.params.clone(), &private_state.default_metadata);
        let (params, default_metadata) = if params == was {
            (private_state.params.clone(), private_state.default_metadata.clone())
        } else {
            without_defaults(params, &private_state.params, &private_state.default_metadata)
        };
        for slot in self.arguments() {
            let param = params.get(&slot.member);
            if private_state.params.get(&slot.member) != param {
                shown.set(&slot.name, slot.of_param(state.get(&slot.name), param));
            }
        }
        private_state.params = params.into_iter().filter(|(_, value)| !value.is_null()).collect();
        private_state.default_metadata = default_metadata;
        private_state.body = body;
        let mut now = self.answered(&shown, &private_state, &object.locator);
        if is_import {
            self.leave_unset(&mut now, &private_state);
        }
        StateResponse { state: now, private: private_state.encode(), diagnostics: Diagnostics::new() }
    }

    /// Clears what a configuration need not set. After an import, Terraform generates a configuration from
    /// the state, so it omits second spellings of a value, values that change by themselves, and blocks
    /// that only set defaults. The next read shows the rest.
    fn leave_unset(&self, state: &mut Value, private_state: &TypedPrivateData) {
        let locator = private_state.locator.as_deref().unwrap_or_default();
        let writable = export_whole(self.entity, locator, &private_state.body);
        let unset = self.arguments().filter(|slot| !private_state.params.contains_key(&slot.member));
        for slot in unset.filter(|slot| slot.presence != Presence::Required && !self.is_place(slot)) {
            let is_answered = matches!(slot.form, SlotSyntax::Attribute(_)) && slot.presence.is_computed();
            if !is_answered || !writable.contains_key(&slot.member) {
                state.set(&slot.name, slot.nothing());
            }
        }
    }

    /// Returns whether an argument is part of the object's place.
    fn is_place(&self, slot: &Slot) -> bool {
        self.entity.parents().contains(&slot.member.as_str()) || slot.member == "id"
    }

    /// Returns whether a state is that of an import whose object has not been read yet.
    fn says_only_where(&self, state: &Value) -> bool {
        self.slots.iter().filter(|slot| !self.is_place(slot)).all(|slot| slot.is_unset(state.get(&slot.name)))
    }

    /// Returns the params of an import, plus those written in another provider's state that an export
    /// cannot tell: values that Stripe never returns, and blocks that only set defaults.
    fn said_params(&self, state: &Value, locator: &str, body: &Json) -> Params {
        let written = sound_params(self.entity, &self.written(&known_part(state))).params;
        let is_block =
            |name: &str| self.argument(name).is_some_and(|it| matches!(it.form, SlotSyntax::Block(..)));
        export_beside(self.entity, (locator, body), &written, is_block)
    }

    /// Returns a state without the values that Stripe returns.
    fn kept(&self, state: &Value, private_state: &TypedPrivateData) -> Value {
        let mut kept = state.clone();
        for slot in &self.slots {
            if !private_state.params.contains_key(&slot.member) && slot.retired.is_none() {
                kept.set(&slot.name, Value::Unknown);
            }
        }
        if self.has_output() {
            kept.set(OUTPUT, Value::Unknown);
        }
        if keeps_metadata(self.entity) {
            kept.set(METADATA_ALL, Value::Unknown);
        }
        kept
    }
}
