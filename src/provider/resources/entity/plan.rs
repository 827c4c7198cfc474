//! Plans an entity: no change, a create, an update, a replacement or an end.

use crate::catalog;
use crate::engine::{Change, Object, PredictedObject, Restores, parse};
use crate::provider::connection_settings::keep_equal_handle;
use crate::provider::messages::{ends, found};
use crate::provider::object::{
    ConfiguredConnection, PrivateData, check_readiness, configured, end_diagnostics, ended_note,
    forced_by_move, named, planned_end, replacement_diagnostics, unplanned,
};
use crate::provider::payload;
use crate::provider::resources::entity::state::{
    COMPUTED, creatable, desired, entity_of, hidden, object_of, record,
};
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::{self, PAYLOADS};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{PlanRequest, PlanResponse};
use crate::terraform::value::{Path, Value};

pub(super) async fn plan(runtime: &Runtime, request: PlanRequest) -> PlanResponse {
    let private = match PrivateData::decode(&request.private) {
        Ok(private) => private,
        Err(unreadable) => return unplanned(request, vec![unreadable]),
    };
    if request.config.is_null() {
        return plan_end(runtime, request, private).await;
    }
    if request.prior.is_null() {
        return plan_create(runtime, request, private).await;
    }
    let configured = match object_of(&request.prior, &private) {
        Ok(object) if object.body.is_null() => Err(found::not_read_yet(&named(&object))),
        Ok(object) => configured(runtime, &object, &request, &private).await,
        Err(unknown) => Err(unknown),
    };
    match configured {
        Ok(ConfiguredConnection::Same(private)) => plan_existing(runtime, request, private).await,
        Ok(ConfiguredConnection::Moved(private)) => plan_move(runtime, request, &private).await,
        Err(refused) => unplanned(request, vec![refused]),
    }
}

/// Another payload, another type, or nothing.
async fn plan_existing(runtime: &Runtime, request: PlanRequest, private: PrivateData) -> PlanResponse {
    let mut planned = request.proposed;
    keep_equal_handle(&mut planned, &request.prior);
    let same_type = keep_equal_type(&mut planned, &request.prior);
    let mut answer = PlanResponse::default();
    if same_type {
        match plan_change(runtime, &request.prior, &private, &mut planned) {
            Ok(change) => answer = change,
            Err(diagnostics) => answer.diagnostics = diagnostics,
        }
    } else {
        planned.set_unknown(&COMPUTED);
        answer.requires_replace.push(Path::attribute("entity"));
    }
    if !answer.requires_replace.is_empty()
        && let Ok(object) = object_of(&request.prior, &private)
    {
        let states = (&request.prior, &request.config);
        answer.diagnostics.extend(replacement_diagnostics(runtime, &object, states, &private).await);
    }
    if planned != request.prior {
        if private.imported {
            // From this apply on, what is configured is what was written.
            planned.set("input_payload", request.config.get("input_payload").clone());
        }
        planned.set_unknown(&["output_payload"]);
        answer.diagnostics.extend(check_readiness(runtime, &request.config, private.handle.as_deref()).await);
    }
    PlanResponse { state: planned, private: private.encode(), ..answer }
}

/// A connection to another account makes the entity there, and ends the one it has here.
async fn plan_move(runtime: &Runtime, request: PlanRequest, private: &PrivateData) -> PlanResponse {
    let diagnostics = match object_of(&request.prior, private) {
        Ok(object) => {
            let old = private.on(private.replaced_handle.clone());
            end_diagnostics(runtime, &object, &request.prior, &old).await
        }
        Err(unknown) => vec![unknown],
    };
    let mut planned = request.proposed;
    planned.set_unknown(&COMPUTED);
    let requires_replace = forced_by_move();
    PlanResponse { state: planned, requires_replace, private: private.encode(), diagnostics }
}

async fn plan_end(runtime: &Runtime, request: PlanRequest, private: PrivateData) -> PlanResponse {
    let object = match object_of(&request.prior, &private) {
        Ok(object) => object,
        Err(unknown) => return unplanned(request, vec![unknown]),
    };
    planned_end(runtime, request, &object, &private, |private| private.encode()).await
}

async fn plan_create(runtime: &Runtime, request: PlanRequest, private: PrivateData) -> PlanResponse {
    let mut planned = request.proposed;
    planned.set_unknown(&COMPUTED);
    let checked = if planned.get("entity").is_unknown() {
        Ok(None)
    } else {
        let entity = entity_of(&planned).map_err(|unknown| vec![unknown]);
        entity.and_then(|entity| Ok(creatable(entity, &request.config)?.mark(entity)))
    };
    let handle = request.config.get("connection_handle").as_str().map(str::to_owned);
    let (successor, mut diagnostics) = match checked {
        Ok(successor) => (successor, Diagnostics::new()),
        Err(faults) => (None, faults),
    };
    diagnostics.extend(check_readiness(runtime, &request.config, handle.as_deref()).await);
    PlanResponse {
        state: planned,
        private: PrivateData { handle, successor, ..private }.encode(),
        diagnostics,
        ..PlanResponse::default()
    }
}

/// What another payload means for the entity: nothing, an update, or a new entity.
fn plan_change(
    runtime: &Runtime,
    prior: &Value,
    private: &PrivateData,
    planned: &mut Value,
) -> Result<PlanResponse, Diagnostics> {
    let object = object_of(prior, private).map_err(|unknown| vec![unknown])?;
    let Some(desired) = desired(object.entity, planned)? else {
        // Which param changes is not known: the apply updates the entity, or makes another.
        planned.set_unknown(&COMPUTED);
        return Ok(PlanResponse::default());
    };
    let change = object.change_to(&desired);
    if change.is_nothing() {
        keep_equal_payloads(&object, prior, planned);
        planned.set("record", hidden(planned).left_out(planned.get("record").clone()));
        return Ok(PlanResponse::default());
    }
    // An apply plans again what was planned as an update, because its payload was unknown then:
    // Terraform takes no replacement any more, so the apply makes it.
    if change.needs_new() && runtime.walk.is_apply() {
        planned.set_unknown(&COMPUTED);
        return Ok(PlanResponse::default());
    }
    let after = object.predict(&change).map_or(Value::Unknown, |after| foreseen(&object, &after));
    let after = hidden(planned).left_out(after);
    planned.set("record", after);
    let mut requires_replace = forcing(prior, planned, object.entity, &change);
    let diagnostics = notes(&object, &change);
    if change.restores == Some(Restores::Replace) {
        planned.set("id", Value::Unknown);
        requires_replace.push(Path::attribute("id"));
    }
    Ok(PlanResponse { requires_replace, diagnostics, ..PlanResponse::default() })
}

/// Where the params that make a new entity necessary stand: at their keys in an HCL object, where
/// Terraform 1.0 marks them, else at the payload.
fn forcing(prior: &Value, planned: &Value, entity: &catalog::Entity, change: &Change) -> Vec<Path> {
    let attribute = Path::attribute("input_payload");
    let path = |state: &Value, param: &String| {
        payload::path_of(state.get("input_payload"), &attribute, entity.params(), param)
    };
    let is_object = planned.get("input_payload").as_map().is_some();
    let is_secret = |param: &str| {
        [prior, planned].into_iter().any(|state| secret_payload::has(state, entity.params(), param))
    };
    let places = change.replaces.iter().map(|param| {
        if is_secret(param) {
            return Path::attribute(secret_payload::SECRET);
        }
        let before = || path(prior, param).filter(|_| is_object);
        path(planned, param).or_else(before).unwrap_or_else(|| attribute.clone())
    });
    places.collect()
}

/// Keeps each stored payload where the configured one means the same in another spelling. A secret
/// that only moved from one attribute to the other is a change of both.
fn keep_equal_payloads(object: &Object, prior: &Value, planned: &mut Value) {
    let parsed = |state: &Value, name: &str| {
        let written = payload::opened(state.get(name), object.entity.params()).ok()??;
        parse(&written, object.entity.params()).ok()
    };
    let alone = [prior, &*planned].iter().all(|state| state.get(secret_payload::SECRET).is_null());
    for name in PAYLOADS {
        let set = !prior.get(name).is_null() && !planned.get(name).is_null();
        let equal = || {
            let (was, is) = (parsed(prior, name)?, parsed(planned, name)?);
            Some(Object { params: was.params, ..object.clone() }.change_to(&is).is_nothing())
        };
        if set && (alone || equal() == Some(true)) {
            planned.set(name, prior.get(name).clone());
        }
    }
}

/// The record after an update, with what is known after it only.
fn foreseen(object: &Object, after: &PredictedObject) -> Value {
    let mut shown = record(object.entity, &after.body);
    for field in &after.unknown {
        shown.set(field, Value::Unknown);
    }
    shown
}

/// What the practitioner should know of a change beside the change itself: one warning of each
/// kind, because Terraform shows the first of several with one summary.
fn notes(object: &Object, change: &Change) -> Diagnostics {
    let name = &object.entity.name;
    // What stays of an entity that is replaced goes with it.
    let (uncleared, at_creation) =
        if change.needs_new() { (&[][..], &[][..]) } else { (&*change.uncleared, &*change.at_creation) };
    let (kept, unseen): (Vec<&String>, Vec<&String>) =
        uncleared.iter().partition(|param| object.entity.field_at(param).is_some());
    let note = |params: &[&String], message: fn(&str, &str) -> Diagnostic| {
        let named: Vec<String> = params.iter().map(|param| format!("`{param}`")).collect();
        (!params.is_empty()).then(|| message(&named.join(", "), name).at_attribute("input_payload"))
    };
    let notes = [
        note(&kept, ends::removed_but_kept),
        note(&unseen, ends::removed_and_unseen),
        note(&at_creation.iter().collect::<Vec<_>>(), ends::acts_at_creation),
        note(&change.replaces.iter().collect::<Vec<_>>(), ends::is_replaced),
        ended_note(object, change),
    ];
    notes.into_iter().flatten().collect()
}

/// Keeps the stored name of the entity type where the configured one names the same type; false
/// where it names another.
fn keep_equal_type(planned: &mut Value, prior: &Value) -> bool {
    let same = match (entity_of(prior), entity_of(planned)) {
        (Ok(was), Ok(is)) => was.name == is.name,
        _ => planned.get("entity") == prior.get("entity"),
    };
    if same {
        planned.set("entity", prior.get("entity").clone());
    }
    same
}
