//! Plans an object of a typed resource: reads its arguments and shows a change of them.

use crate::engine::{Object, Restores};
use crate::provider::object::{self, ObjectChange, ObjectPlan, PrivateData};
use crate::provider::runtime::Runtime;
use crate::provider::typed::answered::{METADATA_ALL, OUTPUT};
use crate::provider::typed::config_params::{ConfigParams, keeps_metadata};
use crate::provider::typed::planning::Planning;
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::schema::REPLACE_IN_PLACE;
use crate::provider::typed::surface::{Slot, SlotSyntax, Surface};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{PlanRequest, PlanResponse};
use crate::terraform::value::{Path, Value};

/// Plans a change from the state to the configuration. The first surface is the state's, the second the
/// configuration's; they differ if the object gets another parent, or loses it.
pub(super) async fn plan(
    (current, target): (&Surface, &Surface),
    runtime: &Runtime,
    request: PlanRequest,
    private_state: TypedPrivateData,
) -> PlanResponse {
    let private = private_state.common.clone();
    let plan = ArgumentsPlan { current, target, runtime, private_state };
    object::plan(&plan, runtime, request, private).await
}

/// The plan of an object written as arguments.
struct ArgumentsPlan<'r> {
    current: &'r Surface,
    target: &'r Surface,
    runtime: &'r Runtime,
    private_state: TypedPrivateData,
}

impl ObjectPlan for ArgumentsPlan<'_> {
    type Desired = ConfigParams;

    fn object(&self, state: &Value, _: &PrivateData) -> Result<Object, Diagnostic> {
        Ok(self.current.object(state, &self.private_state))
    }

    fn encode(&self, private: PrivateData, desired: Option<ConfigParams>) -> Vec<u8> {
        let planned = desired.map(|desired| desired.own);
        TypedPrivateData { common: private, planned, ..self.private_state.clone() }.encode()
    }

    fn set_unanswered(&self, planned: &mut Value, config: &Value) {
        self.target.set_unknown(planned, config);
        self.target.keep_out(planned, (&Value::Null, config));
    }

    fn check_create(&self, config: &Value) -> (Option<String>, Diagnostics) {
        let surface = self.target;
        let mut found: Diagnostics = surface.dropped_secret(config).into_iter().collect();
        match surface.create_config_params(self.runtime, config) {
            Ok(config_params) => (config_params.desired.mark(surface.entity), found),
            Err(error) => {
                found.extend(surface.explain(&error));
                (None, found)
            }
        }
    }

    /// An object whose parent changes, or is removed, becomes another type.
    fn other_type(&self, _: &Value, _: &mut Value) -> Vec<Path> {
        let Self { current, target, .. } = self;
        if target.entity.key == current.entity.key {
            return Vec::new();
        }
        current.places().chain(target.places()).map(Path::attribute).collect()
    }

    fn desired(&self, request: &PlanRequest, object: &Object) -> Result<Option<ConfigParams>, Diagnostics> {
        let Self { target: surface, runtime, private_state, .. } = self;
        let config_params = surface.config_params(runtime, &request.config, &request.prior, private_state);
        let mut config_params = config_params.map_err(|error| surface.explain(&error))?;
        if object.imported {
            config_params.desired.gone = surface.taken_away(&request.prior, &request.proposed);
        }
        Ok(Some(config_params))
    }

    fn replaces_in_place(&self, config: &Value) -> bool {
        config.get(REPLACE_IN_PLACE).as_bool() == Some(true)
    }

    fn show(&self, change: &ObjectChange<'_>, config_params: &ConfigParams, answer: &mut PlanResponse) {
        let ObjectChange { request, object, change } = *change;
        let (surface, written) = (self.target, &self.private_state.params);
        let planning = Planning { surface, request, object, written, config_params, change };
        planning.arguments(&mut answer.state);
        planning.answers(&mut answer.state);
        surface.keep_out(&mut answer.state, (&request.prior, &request.config));
        answer.requires_replace = planning.replaces();
        answer.diagnostics = planning.notes();
        if !answer.requires_replace.is_empty() || change.restores == Some(Restores::Replace) {
            answer.diagnostics.extend(planning.gap());
        }
    }
}

impl Surface {
    /// Marks everything as unknown that only Stripe's response tells.
    pub(super) fn set_unknown(&self, planned: &mut Value, config: &Value) {
        for slot in &self.slots {
            planned.set(&slot.name, slot.unanswered(config.get(&slot.name)));
        }
        if self.has_output() {
            planned.set(OUTPUT, Value::Unknown);
        }
        if keeps_metadata(self.entity) {
            planned.set(METADATA_ALL, Value::Unknown);
        }
    }
}

impl Slot {
    /// Returns the value with everything unknown that only Stripe's response tells.
    pub(super) fn unanswered(&self, value: &Value) -> Value {
        match &self.form {
            SlotSyntax::Attribute(_) if self.presence.is_computed() && value.is_null() => Value::Unknown,
            SlotSyntax::Attribute(_) => value.clone(),
            SlotSyntax::Block(..) if value.is_unknown() => Value::Unknown,
            SlotSyntax::Block(_, members) => {
                let block = |block: &Value| {
                    Value::map(
                        members
                            .iter()
                            .map(|slot| (slot.name.clone(), slot.unanswered(block.get(&slot.name)))),
                    )
                };
                Value::List(value.items().iter().map(block).collect())
            }
        }
    }
}
