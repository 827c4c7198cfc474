//! What a plan of an entity comes to: nothing, a create, an update, a new entity, an end.

use super::{change_of, find, locator_of, output, updatable};
use crate::catalog;
use crate::connector;
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
    let (Some(name), false) = (planned.get("entity").as_str(), planned.get("input_payload").is_unknown())
    else {
        return Ok(Some(PlanResponse::default()));
    };
    if planned.get("entity") != prior.get("entity") {
        return Ok(Some(PlanResponse::default()));
    }
    let entity = find(name)?;
    let change = change_of(entity, prior, planned)?;
    if change.params.is_empty() {
        return Ok(None);
    }
    let must_replace =
        change.params.keys().any(|param| !updatable(entity, param) && !change.removed.contains(param));
    let requires_replace = if must_replace { vec![Path::attribute("input_payload")] } else { Vec::new() };
    let kept = change.removed.iter().filter(|param| !updatable(entity, param));
    let diagnostics = kept.map(|param| stays(entity, param)).collect();
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
    let entity = prior.get("entity").as_str().and_then(|name| find(name).ok());
    let stays = entity.and_then(|entity| connector::what_stays(entity, locator_of(prior), &output(prior)));
    stays.map(|detail| Diagnostic::warning("Entity Stays In Stripe", detail)).into_iter().collect()
}
