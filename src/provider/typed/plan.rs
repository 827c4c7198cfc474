//! Plans a typed resource: create, update, replace or destroy.

use crate::engine::{Object, Restores};
use crate::provider::connection_settings::keep_equal_handle;
use crate::provider::messages::found;
use crate::provider::object::{
    ConfiguredConnection, PrivateData, check_readiness, configured, end_diagnostics, forced_by_move, named,
    planned_end, replacement_diagnostics, unplanned,
};
use crate::provider::runtime::Runtime;
use crate::provider::typed::answered::{METADATA_ALL, OUTPUT};
use crate::provider::typed::config_params::{ConfigParams, keeps_metadata};
use crate::provider::typed::planning::Planning;
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::surface::{Slot, SlotSyntax, Surface};
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::provider::{PlanRequest, PlanResponse};
use crate::terraform::value::{Path, Value};

/// Plans a change from the state to the configuration. The first surface is that of the state, the second that of the
/// configuration; they differ where the object gets another parent, or none.
pub(super) async fn plan(
    (current, target): (&Surface, &Surface),
    runtime: &Runtime,
    request: PlanRequest,
    private_state: TypedPrivateData,
) -> PlanResponse {
    if request.is_destroy() {
        return plan_end(current, runtime, request, private_state).await;
    }
    if request.is_create() {
        return plan_create(target, runtime, request, private_state).await;
    }
    let object = current.object(&request.prior, &private_state);
    if private_state.body.is_null() {
        return unplanned(request, vec![found::not_read_yet(&named(&object))]);
    }
    let (private, is_elsewhere) = match configured(runtime, &object, &request, &private_state.common).await {
        Ok(ConfiguredConnection::Same(private)) => (private, false),
        Ok(ConfiguredConnection::Moved(private)) => (private, true),
        Err(refused) => return unplanned(request, vec![refused]),
    };
    let private_state = TypedPrivateData { common: private, ..private_state };
    let existing = ExistingObject { surface: current, runtime, request, object, private_state };
    if is_elsewhere {
        existing.plan_account_move(target).await
    } else if target.entity.key == current.entity.key {
        existing.plan_change().await
    } else {
        existing.plan_parent_move(target).await
    }
}

/// An object that is there, and what is planned for it.
struct ExistingObject<'p> {
    surface: &'p Surface,
    runtime: &'p Runtime,
    request: PlanRequest,
    object: Object,
    private_state: TypedPrivateData,
}

impl ExistingObject<'_> {
    /// No change, an update, or a replacement.
    async fn plan_change(self) -> PlanResponse {
        let config_params = match self.config_params() {
            Ok(config_params) => config_params,
            Err(faults) => return unplanned(self.request, faults),
        };
        let Self { surface, request, object, private_state, .. } = &self;
        let change = object.change_to(&config_params.desired);
        let planning =
            Planning { surface, request, object, written: &private_state.params, change, config_params };
        let mut planned = request.proposed.clone();
        keep_equal_handle(&mut planned, &request.prior);
        if planning.change.needs_new() && planning.replaces_in_place() {
            return self.plan_replacement_in_place(planned, &planning).await;
        }
        planning.arguments(&mut planned);
        planning.answers(&mut planned);
        surface.keep_out(&mut planned);
        let (mut requires_replace, mut diagnostics) = (planning.replaces(), planning.notes());
        if planning.change.restores == Some(Restores::Replace) {
            planned.set("id", Value::Unknown);
            requires_replace.push(Path::attribute("id"));
        }
        if !requires_replace.is_empty() {
            diagnostics.extend(planning.gap());
            diagnostics.extend(self.replacement_diagnostics().await);
        }
        if planned == request.prior {
            let private = TypedPrivateData { planned: None, ..private_state.clone() }.encode();
            return PlanResponse { state: planned, requires_replace, private, diagnostics };
        }
        diagnostics.extend(self.readiness().await);
        let private = self.private_with(&planning);
        PlanResponse { state: planned, requires_replace, private, diagnostics }
    }

    /// What the configuration asks for.
    fn config_params(&self) -> Result<ConfigParams, Diagnostics> {
        let Self { surface, runtime, request, object, private_state } = self;
        let config_params = surface.config_params(runtime, &request.config, &request.prior, private_state);
        let mut config_params = config_params.map_err(|error| surface.explain(&error))?;
        if object.imported {
            config_params.desired.gone = surface.taken_away(&request.prior, &request.proposed);
        }
        Ok(config_params)
    }

    /// A new object takes the place of the old one in one update: the old one ends when the new one is there.
    async fn plan_replacement_in_place(&self, mut planned: Value, planning: &Planning<'_>) -> PlanResponse {
        let Self { surface, runtime, request, object, private_state } = self;
        surface.set_unanswered(&mut planned, &request.config);
        planned.set("id", Value::Unknown);
        let mut diagnostics = end_diagnostics(runtime, object, &request.prior, &private_state.common).await;
        diagnostics.extend(self.readiness().await);
        let refused = surface.create_config_params(runtime, &request.config).err();
        diagnostics.extend(refused.iter().flat_map(|error| surface.explain(error)));
        let private = self.private_with(planning);
        PlanResponse { state: planned, private, diagnostics, requires_replace: Vec::new() }
    }

    /// A connection to another account makes the object there, and ends the one it has here.
    async fn plan_account_move(self, target: &Surface) -> PlanResponse {
        let Self { runtime, request, object, private_state, .. } = self;
        let old = private_state.common.on(private_state.common.replaced_handle.clone());
        let diagnostics = end_diagnostics(runtime, &object, &request.prior, &old).await;
        let mut planned = request.proposed;
        target.set_unanswered(&mut planned, &request.config);
        planned.set("id", Value::Unknown);
        let requires_replace = forced_by_move();
        PlanResponse { state: planned, requires_replace, private: private_state.encode(), diagnostics }
    }

    /// An object whose parent changes, or is removed, is recreated in its new place.
    async fn plan_parent_move(self, target: &Surface) -> PlanResponse {
        let diagnostics = self.replacement_diagnostics().await;
        let requires_replace = self.surface.places().chain(target.places()).map(Path::attribute).collect();
        let Self { request, private_state, .. } = self;
        let mut planned = request.proposed;
        target.set_unanswered(&mut planned, &request.config);
        PlanResponse { state: planned, requires_replace, private: private_state.encode(), diagnostics }
    }

    async fn replacement_diagnostics(&self) -> Diagnostics {
        let Self { runtime, request, object, private_state, .. } = self;
        let states = (&request.prior, &request.config);
        replacement_diagnostics(runtime, object, states, &private_state.common).await
    }

    async fn readiness(&self) -> Diagnostics {
        let handle = self.private_state.common.handle.as_deref();
        check_readiness(self.runtime, &self.request.config, handle).await
    }

    /// The private data with what the plan asks for.
    fn private_with(&self, planning: &Planning<'_>) -> Vec<u8> {
        let planned = Some(planning.config_params.own.clone());
        TypedPrivateData { planned, ..self.private_state.clone() }.encode()
    }
}

async fn plan_end(
    surface: &Surface,
    runtime: &Runtime,
    request: PlanRequest,
    private_state: TypedPrivateData,
) -> PlanResponse {
    let object = surface.object(&request.prior, &private_state);
    let private = private_state.common.clone();
    planned_end(runtime, request, &object, &private, |private| {
        TypedPrivateData { common: private, ..private_state }.encode()
    })
    .await
}

/// A plan of a new object: what is not written is known after the apply.
async fn plan_create(
    surface: &Surface,
    runtime: &Runtime,
    request: PlanRequest,
    private_state: TypedPrivateData,
) -> PlanResponse {
    let mut planned = request.proposed;
    surface.set_unanswered(&mut planned, &request.config);
    let handle = request.config.get("connection_handle").as_str().map(str::to_owned);
    let mut diagnostics = check_readiness(runtime, &request.config, handle.as_deref()).await;
    diagnostics.extend(surface.dropped_secret(&request.config));
    // Where this replaces an object, its end finds it by the same private data.
    let successor = match surface.create_config_params(runtime, &request.config) {
        Ok(config_params) => config_params.desired.mark(surface.entity),
        Err(error) => {
            diagnostics.extend(surface.explain(&error));
            None
        }
    };
    let private = PrivateData { handle, successor, ..private_state.common };
    PlanResponse {
        state: planned,
        private: TypedPrivateData { common: private, ..private_state }.encode(),
        diagnostics,
        ..PlanResponse::default()
    }
}

impl Surface {
    /// Makes everything unknown that only Stripe's answer tells, and nothing of what no plan may hold.
    fn set_unanswered(&self, planned: &mut Value, config: &Value) {
        self.set_unknown(planned, config);
        self.keep_out(planned);
    }

    /// Makes everything unknown that only Stripe's answer tells.
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
    /// The value with everything that only Stripe's answer tells unknown.
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
