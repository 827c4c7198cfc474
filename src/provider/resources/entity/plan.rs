//! Plans an entity: reads its payload and shows a change of it.

use crate::catalog;
use crate::engine::{Change, DesiredParams, Object, PredictedObject, parse};
use crate::provider::messages::ends;
use crate::provider::object::{self, ObjectChange, ObjectPlan, PrivateData, ended_note, unplanned};
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
    match PrivateData::decode(&request.private) {
        Ok(private) => object::plan(&PayloadPlan { runtime }, runtime, request, private).await,
        Err(unreadable) => unplanned(request, vec![unreadable]),
    }
}

/// The plan of an entity written as a payload.
struct PayloadPlan<'r> {
    runtime: &'r Runtime,
}

impl ObjectPlan for PayloadPlan<'_> {
    type Desired = DesiredParams;

    fn object(&self, state: &Value, private: &PrivateData) -> Result<Object, Diagnostic> {
        object_of(state, private)
    }

    /// The plan itself contains the payload.
    fn encode(&self, private: PrivateData, _: Option<DesiredParams>) -> Vec<u8> {
        private.encode()
    }

    fn set_unanswered(&self, planned: &mut Value, _: &Value) {
        planned.set_unknown(&COMPUTED);
    }

    fn check_create(&self, config: &Value) -> (Option<String>, Diagnostics) {
        if config.get("entity").is_unknown() {
            return (None, Diagnostics::new());
        }
        let entity = entity_of(config).map_err(|unknown| vec![unknown]);
        match entity.and_then(|entity| Ok(creatable(entity, config)?.mark(entity))) {
            Ok(mark) => (mark, Diagnostics::new()),
            Err(faults) => (None, faults),
        }
    }

    fn other_type(&self, prior: &Value, planned: &mut Value) -> Vec<Path> {
        match (entity_of(prior), entity_of(planned)) {
            (Ok(was), Ok(is)) if was.name == is.name => {
                planned.set("entity", prior.get("entity").clone());
                Vec::new()
            }
            _ => vec![Path::attribute("entity")],
        }
    }

    fn desired(&self, request: &PlanRequest, object: &Object) -> Result<Option<DesiredParams>, Diagnostics> {
        desired(object.entity, &request.proposed)
    }

    /// If the payload was unknown, an update was planned, and the apply plans again: Terraform no longer
    /// accepts a replacement then, so the apply makes it.
    fn replaces_in_place(&self, _: &Value) -> bool {
        self.runtime.walk.is_apply()
    }

    fn show(&self, change: &ObjectChange<'_>, _: &DesiredParams, answer: &mut PlanResponse) {
        let ObjectChange { request: PlanRequest { prior, config, .. }, object, change } = *change;
        let planned = &mut answer.state;
        if change.is_nothing() {
            keep_equal_payloads(object, prior, planned);
            planned.set("record", hidden(planned).left_out(planned.get("record").clone()));
        } else {
            let after = object.predict(change).map_or(Value::Unknown, |after| foreseen(object, &after));
            planned.set("record", hidden(planned).left_out(after));
            answer.requires_replace = forcing(prior, planned, object.entity, change);
            answer.diagnostics = notes(object, change);
        }
        if planned != prior {
            if object.imported {
                // From this apply on, the configured payload counts as the written one.
                planned.set("input_payload", config.get("input_payload").clone());
            }
            planned.set_unknown(&["output_payload"]);
        }
    }
}

/// Returns the paths of the params that require a new entity: at their keys in an HCL object, where
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

/// Keeps each stored payload if the configured one means the same in another spelling. Moving a secret
/// from one attribute to the other changes both.
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

/// Returns the record after an update; values that are known only afterwards are unknown.
fn foreseen(object: &Object, after: &PredictedObject) -> Value {
    let mut shown = record(object.entity, &after.body);
    for field in &after.unknown {
        shown.set(field, Value::Unknown);
    }
    shown
}

/// Tells the practitioner what the plan itself does not show of a change: one warning of each kind,
/// because Terraform shows only the first of several with the same summary.
fn notes(object: &Object, change: &Change) -> Diagnostics {
    let name = &object.entity.name;
    // Params that cannot be unset disappear with a replaced entity.
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
