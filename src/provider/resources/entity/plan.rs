//! What a plan of an entity comes to: nothing, a create, an update, a new entity, an end.

use std::sync::atomic::Ordering;

use super::{
    COMPUTED, connection, creatable, end_wish, entity_of, object_of, record, stored, wanted, without_consent,
};
use crate::catalog;
use crate::engine::{Change, Foreseen, Object};
use crate::provider::resources::account::{Configured, configured, on_way_to};
use crate::provider::resources::payload::{Private, keep_equal_handle};
use crate::provider::resources::readiness;
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{PlanRequest, PlanResponse};
use crate::terraform::value::{Path, Value};

pub(super) async fn plan(runtime: &Runtime, request: PlanRequest) -> PlanResponse {
    let private = Private::decode(&request.private);
    if request.config.is_null() {
        return plan_end(runtime, request, private).await;
    }
    if request.prior.is_null() {
        return plan_create(runtime, request, private).await;
    }
    let configured = match object_of(&request.prior) {
        Ok(object) => {
            let handle = request.config.get("connection_handle");
            configured(runtime, &private, stored(&object, &request.prior), handle).await
        }
        Err(unknown) => Err(unknown),
    };
    match configured {
        Ok(Configured::Same(private)) => plan_existing(runtime, request, private).await,
        Ok(Configured::Moved(private)) => plan_move(runtime, request, &private).await,
        Err(refused) => unplanned(request, vec![refused]),
    }
}

/// Another payload, another type, or nothing.
async fn plan_existing(runtime: &Runtime, request: PlanRequest, private: Private) -> PlanResponse {
    let mut planned = request.proposed;
    keep_equal_handle(&mut planned, &request.prior);
    let same_type = keep_equal_type(&mut planned, &request.prior);
    let mut answer = PlanResponse::default();
    if same_type {
        match plan_change(runtime, &request.prior, &mut planned) {
            Ok(change) => answer = change,
            Err(diagnostics) => answer.diagnostics = diagnostics,
        }
    } else {
        set_unknown(&mut planned, &COMPUTED);
        answer.requires_replace.push(Path::attribute("entity"));
    }
    if !answer.requires_replace.is_empty()
        && let Ok(object) = object_of(&request.prior)
    {
        answer.diagnostics.extend(end_told(runtime, &object, &request.prior, &private).await);
    }
    if planned != request.prior {
        set_unknown(&mut planned, &["output_payload"]);
        answer
            .diagnostics
            .extend(readiness::check(runtime, &request.config, private.handle.as_deref()).await);
    }
    PlanResponse { state: planned, private: private.encode(), ..answer }
}

/// A connection to another account makes the entity there, and ends the one it has here.
async fn plan_move(runtime: &Runtime, request: PlanRequest, private: &Private) -> PlanResponse {
    let diagnostics = match object_of(&request.prior) {
        Ok(object) => {
            let old = private.on(private.leaves.clone());
            end_told(runtime, &object, &request.prior, &old).await
        }
        Err(unknown) => vec![unknown],
    };
    let mut planned = request.proposed;
    set_unknown(&mut planned, &COMPUTED);
    // The stored handle may be as new as the configured one, so the id must change too.
    let requires_replace = ["connection_handle", "id"].map(Path::attribute).to_vec();
    PlanResponse { state: planned, requires_replace, private: private.encode(), diagnostics }
}

async fn plan_end(runtime: &Runtime, request: PlanRequest, private: Private) -> PlanResponse {
    let object = match object_of(&request.prior) {
        Ok(object) => object,
        Err(unknown) => return unplanned(request, vec![unknown]),
    };
    match on_way_to(runtime, &private, stored(&object, &request.prior)).await {
        Ok(private) => {
            let mut diagnostics = end_told(runtime, &object, &request.prior, &private).await;
            diagnostics.extend(readiness::check(runtime, &Value::Null, private.handle.as_deref()).await);
            PlanResponse { private: private.encode(), diagnostics, ..PlanResponse::default() }
        }
        Err(elsewhere) => unplanned(request, vec![elsewhere]),
    }
}

/// Nothing is planned, for these reasons.
fn unplanned(request: PlanRequest, diagnostics: Diagnostics) -> PlanResponse {
    PlanResponse { state: request.prior, private: request.private, diagnostics, ..PlanResponse::default() }
}

async fn plan_create(runtime: &Runtime, request: PlanRequest, private: Private) -> PlanResponse {
    let mut planned = request.proposed;
    set_unknown(&mut planned, &COMPUTED);
    let checked = if planned.get("entity").is_unknown() {
        Ok(())
    } else {
        let entity = entity_of(&planned).map_err(|unknown| vec![unknown]);
        entity.and_then(|entity| creatable(entity, &request.config).map(drop))
    };
    let handle = request.config.get("connection_handle").as_str().map(str::to_owned);
    let mut diagnostics = checked.err().unwrap_or_default();
    diagnostics.extend(readiness::check(runtime, &request.config, handle.as_deref()).await);
    PlanResponse {
        state: planned,
        private: Private { handle, ..private }.with_key().encode(),
        diagnostics,
        ..PlanResponse::default()
    }
}

/// What another payload means for the entity: nothing, an update, or a new entity.
fn plan_change(runtime: &Runtime, prior: &Value, planned: &mut Value) -> Result<PlanResponse, Diagnostics> {
    let object = object_of(prior).map_err(|unknown| vec![unknown])?;
    let Some(wanted) = wanted(object.entity, planned)? else {
        // Which param changes is not known: the apply updates the entity, or makes another.
        set_unknown(planned, &COMPUTED);
        return Ok(PlanResponse::default());
    };
    let change = object.change_to(&wanted);
    if change.is_nothing() {
        planned.set("input_payload", prior.get("input_payload").clone());
        return Ok(PlanResponse::default());
    }
    // An apply plans again what was planned as an update, because its payload was unknown then:
    // Terraform takes no replacement any more, so the apply makes it.
    if !change.replaces.is_empty() && runtime.applies.load(Ordering::Relaxed) {
        set_unknown(planned, &COMPUTED);
        return Ok(PlanResponse::default());
    }
    planned.set("record", object.foresee(&change).map_or(Value::Unknown, |after| foreseen(&object, &after)));
    let replaces = (!change.replaces.is_empty()).then(|| Path::attribute("input_payload"));
    let diagnostics = notes(object.entity, &change);
    Ok(PlanResponse {
        requires_replace: replaces.into_iter().collect(),
        diagnostics,
        ..PlanResponse::default()
    })
}

/// The record after an update, with what is known after it only.
fn foreseen(object: &Object, after: &Foreseen) -> Value {
    let mut shown = record(object.entity, &after.body);
    for field in &after.unknown {
        shown.set(field, Value::Unknown);
    }
    shown
}

/// What the practitioner should know of a change beside the change itself.
fn notes(entity: &catalog::Entity, change: &Change) -> Diagnostics {
    // What stays of an entity that is replaced goes with it.
    let stays = change.stays.iter().filter(|_| change.replaces.is_empty()).map(|param| {
        let detail = format!(
            "`{param}` was removed from the payload, but Stripe has no call that clears it: the {} keeps its value.",
            entity.name
        );
        Diagnostic::warning("Value Stays In Stripe", detail).at_attribute("input_payload")
    });
    stays.collect()
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

fn set_unknown(planned: &mut Value, names: &[&str]) {
    for name in names {
        planned.set(name, Value::Unknown);
    }
}

/// What there is to say of an end before it is asked for: that it is refused, or what stays.
async fn end_told(runtime: &Runtime, object: &Object, state: &Value, private: &Private) -> Diagnostics {
    let refused = match connection(runtime, private) {
        Ok(connection) => without_consent(object, state, &connection).await,
        Err(invalid) => Some(invalid),
    };
    let stays = || object.what_stays(end_wish(state));
    let warning = || stays().map(|detail| Diagnostic::warning("Entity Stays In Stripe", detail));
    refused.or_else(warning).into_iter().collect()
}
