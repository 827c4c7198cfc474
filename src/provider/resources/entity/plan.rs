//! What a plan of an entity comes to: nothing, a create, an update, a new entity, an end.

use super::{object_of, params_of};
use crate::catalog;
use crate::provider::resources::payload::{Private, keep_equal_handle, moves};
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{PlanRequest, PlanResponse};
use crate::terraform::value::{Path, Value};

pub(super) fn plan(runtime: &Runtime, request: PlanRequest) -> PlanResponse {
    let private = Private::decode(&request.private);
    if request.config.is_null() {
        let private = private.on(runtime, &Value::Null, request.prior.get("connection_handle")).encode();
        return PlanResponse { private, diagnostics: end_warning(&request.prior), ..PlanResponse::default() };
    }
    let private =
        private.on(runtime, request.config.get("connection_handle"), request.prior.get("connection_handle"));
    let mut planned = request.proposed;
    if request.prior.is_null() {
        for name in ["id", "entity_id", "record", "output_payload"] {
            planned.set(name, Value::Unknown);
        }
        return PlanResponse {
            state: planned,
            private: private.with_key().encode(),
            ..PlanResponse::default()
        };
    }
    keep_equal_handle(&mut planned, &request.prior);
    let mut answer = match planned_change(&request.prior, &planned) {
        Ok(Some(change)) => change,
        Ok(None) => {
            planned.set("input_payload", request.prior.get("input_payload").clone());
            PlanResponse::default()
        }
        Err(diagnostic) => PlanResponse { diagnostics: vec![diagnostic], ..PlanResponse::default() },
    };
    if planned != request.prior {
        planned.set("record", Value::Unknown);
        planned.set("output_payload", Value::Unknown);
    }
    answer.requires_replace.push(Path::attribute("entity"));
    if moves(runtime, &request.prior, &planned) {
        answer.requires_replace.push(Path::attribute("connection_handle"));
    }
    PlanResponse { state: planned, private: private.encode(), ..answer }
}

/// What a new payload means for the entity: nothing, an update, or a new entity.
fn planned_change(prior: &Value, planned: &Value) -> Result<Option<PlanResponse>, Diagnostic> {
    if planned.get("entity") != prior.get("entity") || planned.get("input_payload").is_unknown() {
        return Ok(Some(PlanResponse::default()));
    }
    let object = object_of(prior)?;
    let change = object.change_to(&params_of(object.entity, planned)?);
    if change.is_nothing() {
        return Ok(None);
    }
    let replaces = (!change.replaces.is_empty()).then(|| Path::attribute("input_payload"));
    let diagnostics = change.stays.iter().map(|param| stays(object.entity, param)).collect();
    let requires_replace = replaces.into_iter().collect();
    Ok(Some(PlanResponse { requires_replace, diagnostics, ..PlanResponse::default() }))
}

fn stays(entity: &catalog::Entity, param: &str) -> Diagnostic {
    let detail = format!(
        "`{param}` was removed from the payload, but Stripe has no call that clears it: the {} keeps its value.",
        entity.name
    );
    Diagnostic::warning("Value Stays In Stripe", detail).at_attribute("input_payload")
}

/// What a destroy will not do, said before it is asked for.
fn end_warning(prior: &Value) -> Diagnostics {
    let stays = object_of(prior).ok().and_then(|object| object.what_stays());
    stays.map(|detail| Diagnostic::warning("Entity Stays In Stripe", detail)).into_iter().collect()
}
