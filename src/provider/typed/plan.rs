//! The plan of a typed resource.

use crate::engine::{Object, Restores};
use crate::provider::connection_schema::keep_equal_handle;
use crate::provider::messages::found;
use crate::provider::resources::{
    Configured, PrivateData, check_readiness, configured, end_told, forced_by_move, named, planned_end,
    replacement_told, stored, unplanned,
};
use crate::provider::runtime::Runtime;
use crate::provider::typed::answered::{METADATA_ALL, OUTPUT};
use crate::provider::typed::asked::keeps_metadata;
use crate::provider::typed::memory::PrivateState;
use crate::provider::typed::planning::Planning;
use crate::provider::typed::surface::{Slot, SlotSyntax, Surface};
use crate::terraform::provider::{PlanRequest, PlanResponse};
use crate::terraform::value::{Path, Value};

/// Plans what the configuration asks for of the object that is there; the surfaces differ where its place changes.
pub(super) async fn plan(
    (there, asked): (&Surface, &Surface),
    runtime: &Runtime,
    request: PlanRequest,
    memory: PrivateState,
) -> PlanResponse {
    if request.is_destroy() {
        return plan_end(there, runtime, request, memory).await;
    }
    if request.is_create() {
        return plan_create(asked, runtime, request, memory).await;
    }
    let object = there.object(&request.prior, &memory);
    if memory.body.is_null() {
        return unplanned(request, vec![found::not_read_yet(&named(&object))]);
    }
    let handle = request.config.get("connection_handle");
    match configured(runtime, &memory.private, stored(&object, &request.prior), handle).await {
        Ok(Configured::Same(private)) if asked.entity.key != there.entity.key => {
            let memory = PrivateState { private, ..memory };
            plan_other_place((there, asked), runtime, request, &object, memory).await
        }
        Ok(Configured::Same(private)) => {
            plan_existing(there, runtime, request, &object, PrivateState { private, ..memory }).await
        }
        Ok(Configured::Moved(private)) => {
            plan_move(asked, runtime, request, &object, PrivateState { private, ..memory }).await
        }
        Err(refused) => unplanned(request, vec![refused]),
    }
}

async fn plan_existing(
    surface: &Surface,
    runtime: &Runtime,
    request: PlanRequest,
    object: &Object,
    memory: PrivateState,
) -> PlanResponse {
    let mut asked = match surface.asked(runtime, &request.config, &request.prior, &memory) {
        Ok(asked) => asked,
        Err(error) => return unplanned(request, surface.explain(&error)),
    };
    if object.imported {
        asked.wanted.gone = surface.taken_away(&request.prior, &request.proposed);
    }
    let mut planned = request.proposed.clone();
    keep_equal_handle(&mut planned, &request.prior);
    let change = object.change_to(&asked.wanted);
    let planning = Planning { surface, request: &request, object, written: &memory.params, change, asked };
    if planning.change.needs_new() && planning.replaces_in_place() {
        let memory = PrivateState { planned: Some(planning.asked.own.clone()), ..memory.clone() };
        return plan_in_place(surface, runtime, &request, object, memory).await;
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
        let states = (&request.prior, &request.config);
        diagnostics.extend(replacement_told(runtime, object, states, &memory.private).await);
    }
    let asked = (planned != request.prior).then(|| planning.asked.own.clone());
    if asked.is_some() {
        diagnostics.extend(check_readiness(runtime, &request.config, memory.private.handle.as_deref()).await);
    }
    let memory = PrivateState { planned: asked, ..memory };
    PlanResponse { state: planned, requires_replace, private: memory.encode(), diagnostics }
}

/// A new object takes the place of the old one in one update: the old one ends when the new one is there.
async fn plan_in_place(
    surface: &Surface,
    runtime: &Runtime,
    request: &PlanRequest,
    object: &Object,
    memory: PrivateState,
) -> PlanResponse {
    let mut planned = request.proposed.clone();
    keep_equal_handle(&mut planned, &request.prior);
    surface.set_unanswered(&mut planned, &request.config);
    planned.set("id", Value::Unknown);
    let mut diagnostics = end_told(runtime, object, &request.prior, &memory.private).await;
    diagnostics.extend(check_readiness(runtime, &request.config, memory.private.handle.as_deref()).await);
    let refused = surface.asked_to_create(runtime, &request.config).err();
    diagnostics.extend(refused.iter().flat_map(|error| surface.explain(error)));
    let private = memory.encode();
    PlanResponse { state: planned, private, diagnostics, requires_replace: Vec::new() }
}

/// A connection to another account makes the object there, and ends the one it has here.
async fn plan_move(
    surface: &Surface,
    runtime: &Runtime,
    request: PlanRequest,
    object: &Object,
    memory: PrivateState,
) -> PlanResponse {
    let old = memory.private.on(memory.private.leaves.clone());
    let diagnostics = end_told(runtime, object, &request.prior, &old).await;
    let mut planned = request.proposed;
    surface.set_unanswered(&mut planned, &request.config);
    planned.set("id", Value::Unknown);
    let requires_replace = forced_by_move();
    PlanResponse { state: planned, requires_replace, private: memory.encode(), diagnostics }
}

/// An object whose parent changes, or is removed, is recreated in its new place.
async fn plan_other_place(
    (there, asked): (&Surface, &Surface),
    runtime: &Runtime,
    request: PlanRequest,
    object: &Object,
    memory: PrivateState,
) -> PlanResponse {
    let states = (&request.prior, &request.config);
    let diagnostics = replacement_told(runtime, object, states, &memory.private).await;
    let mut planned = request.proposed;
    asked.set_unanswered(&mut planned, &request.config);
    let requires_replace = there.places().chain(asked.places()).map(Path::attribute).collect();
    PlanResponse { state: planned, requires_replace, private: memory.encode(), diagnostics }
}

async fn plan_end(
    surface: &Surface,
    runtime: &Runtime,
    request: PlanRequest,
    memory: PrivateState,
) -> PlanResponse {
    let object = surface.object(&request.prior, &memory);
    let private = memory.private.clone();
    planned_end(runtime, request, &object, &private, |private| PrivateState { private, ..memory }.encode())
        .await
}

/// A plan of a new object: what is not written is known after the apply.
async fn plan_create(
    surface: &Surface,
    runtime: &Runtime,
    request: PlanRequest,
    memory: PrivateState,
) -> PlanResponse {
    let mut planned = request.proposed;
    surface.set_unanswered(&mut planned, &request.config);
    let handle = request.config.get("connection_handle").as_str().map(str::to_owned);
    let mut diagnostics = check_readiness(runtime, &request.config, handle.as_deref()).await;
    diagnostics.extend(surface.dropped_secret(&request.config));
    // Where this replaces an object, its end finds it by the same private data.
    let successor = match surface.asked_to_create(runtime, &request.config) {
        Ok(asked) => asked.wanted.mark(surface.entity),
        Err(error) => {
            diagnostics.extend(surface.explain(&error));
            None
        }
    };
    let private = PrivateData { handle, successor, ..memory.private };
    PlanResponse {
        state: planned,
        private: PrivateState { private, ..memory }.encode(),
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
