//! What a plan of an entity comes to: nothing, a create, an update, a new entity, an end.

use std::sync::atomic::Ordering;

use super::{COMPUTED, creatable, end_sentence, entity_of, object_of, record, wanted};
use crate::catalog;
use crate::engine::{Change, Foreseen, Object, Restores};
use crate::provider::payload;
use crate::provider::resources::payload::{Private, keep_equal_handle, moves};
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{PlanRequest, PlanResponse};
use crate::terraform::value::{Path, Value};

pub(super) fn plan(runtime: &Runtime, request: PlanRequest) -> PlanResponse {
    let private = Private::decode(&request.private);
    let stored = request.prior.get("connection_handle");
    if request.config.is_null() {
        let diagnostics = end_warning(&request.prior, &private);
        let private = private.on(runtime, &Value::Null, stored).encode();
        return PlanResponse { private, diagnostics, ..PlanResponse::default() };
    }
    let private = private.on(runtime, request.config.get("connection_handle"), stored);
    if request.prior.is_null() {
        return plan_create(request, private);
    }
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
        set_unknown(&mut planned, &COMPUTED);
        answer.requires_replace.push(Path::attribute("entity"));
    }
    if planned != request.prior {
        if private.imported {
            // From this apply on, what is configured is what was written.
            planned.set("input_payload", request.config.get("input_payload").clone());
        }
        set_unknown(&mut planned, &["output_payload"]);
    }
    if moves(runtime, &request.prior, &planned) {
        answer.requires_replace.push(Path::attribute("connection_handle"));
    }
    PlanResponse { state: planned, private: private.encode(), ..answer }
}

fn plan_create(request: PlanRequest, private: Private) -> PlanResponse {
    let mut planned = request.proposed;
    set_unknown(&mut planned, &COMPUTED);
    let checked = if planned.get("entity").is_unknown() {
        Ok(())
    } else {
        let entity = entity_of(&planned).map_err(|unknown| vec![unknown]);
        entity.and_then(|entity| creatable(entity, &request.config).map(drop))
    };
    PlanResponse {
        state: planned,
        private: private.with_key().encode(),
        diagnostics: checked.err().unwrap_or_default(),
        ..PlanResponse::default()
    }
}

/// What another payload means for the entity: nothing, an update, or a new entity.
fn plan_change(
    runtime: &Runtime,
    prior: &Value,
    private: &Private,
    planned: &mut Value,
) -> Result<PlanResponse, Diagnostics> {
    let object = object_of(prior, private).map_err(|unknown| vec![unknown])?;
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
    if change.needs_new() && runtime.applies.load(Ordering::Relaxed) {
        set_unknown(planned, &COMPUTED);
        return Ok(PlanResponse::default());
    }
    planned.set("record", object.foresee(&change).map_or(Value::Unknown, |after| foreseen(&object, &after)));
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
    let places = change.replaces.iter().map(|param| {
        let before = || path(prior, param).filter(|_| is_object);
        path(planned, param).or_else(before).unwrap_or_else(|| attribute.clone())
    });
    places.collect()
}

/// The record after an update, with what is known after it only.
fn foreseen(object: &Object, after: &Foreseen) -> Value {
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
    let stays = if change.needs_new() { &[][..] } else { &change.stays };
    let (kept, unseen): (Vec<&String>, Vec<&String>) =
        stays.iter().partition(|param| object.entity.field_at(param).is_some());
    let note = |summary: &str, params: &[&String], sentence: &dyn Fn(&str) -> String| {
        let params: Vec<String> = params.iter().map(|param| format!("`{param}`")).collect();
        let told = Diagnostic::warning(summary, sentence(&params.join(", "))).at_attribute("input_payload");
        (!params.is_empty()).then_some(told)
    };
    let notes = [
        note("Value Stays In Stripe", &kept, &|params| {
            format!(
                "Removed from the payload, but kept by the {name}, because no call of Stripe clears it: {params}."
            )
        }),
        note("Value May Stay In Stripe", &unseen, &|params| {
            format!(
                "Removed from the payload, for which nothing is sent; the {name} does not show whether it keeps it: {params}."
            )
        }),
        note("Entity Is Replaced", &change.replaces.iter().collect::<Vec<_>>(), &|params| {
            format!("Stripe takes another {params} for a new {name} only: this one is replaced.")
        }),
        ended_note(object, change),
    ];
    notes.into_iter().flatten().collect()
}

/// What becomes of an entity that has ended outside of Terraform.
fn ended_note(object: &Object, change: &Change) -> Option<Diagnostic> {
    let (summary, what) = match change.restores? {
        Restores::Update => ("Entity Is Brought Back", "the update brings it back".to_owned()),
        Restores::Call(action) => ("Entity Is Brought Back", format!("{action} brings it back")),
        Restores::Replace => ("Entity Is Made Anew", "a new one takes its place".to_owned()),
    };
    let end = object.end_outside()?;
    Some(Diagnostic::warning(summary, format!("{} {what}.", end_sentence(object, &end, ":"))))
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

/// What a destroy will not do, said before it is asked for.
fn end_warning(prior: &Value, private: &Private) -> Diagnostics {
    let stays = object_of(prior, private).ok().and_then(|object| object.what_stays());
    stays.map(|detail| Diagnostic::warning("Entity Stays In Stripe", detail)).into_iter().collect()
}
