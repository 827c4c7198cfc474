//! Plans and runs the end of a resource's object, with warnings about what remains in Stripe.

use serde_json::Value as Json;

use crate::catalog;
use crate::connection::Connection;
use crate::connector::{Connector, Error, id_at, id_of};
use crate::engine::{
    Change, DestroyOptions, EndOutcome, EndedField, Object, OnDestroy, Params, Predecessor, Restores,
    StayReason,
};
use crate::provider::explain::explain_connector;
use crate::provider::messages::{ends, payload};
use crate::provider::object::account::on_way_to;
use crate::provider::object::private_data::PrivateData;
use crate::provider::object::readiness;
use crate::provider::object::responses::{lacks_handle, named, stored, unchanged, unplanned};
use crate::provider::object::usage::in_use;
use crate::provider::runtime::{Runtime, WaitingObject};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, PlanRequest, PlanResponse, StateResponse};
use crate::terraform::schema::{Attribute, Rule};
use crate::terraform::value::{Type, Value};

/// The attributes that control how the object ends.
pub(in crate::provider) fn end_attributes() -> [Attribute; 2] {
    [
            Attribute::optional("on_destroy", Type::String, "What a destroy or a replacement does with the entity in Stripe: `delete`, `archive` or `keep`, as far as its type allows. Default: see [entity types](../guides/entity-types.md). A destroy uses the value that was applied before.")
                .rule(Rule::one_of(OnDestroy::ALL.map(OnDestroy::word))),
            Attribute::optional("allow_destroy_in_livemode", Type::Bool, "Whether a live entity that cannot be restored, such as a customer or an account, may be destroyed. Default `false`: its destroy is refused. A destroy uses the value that was applied before."),
    ]
}

/// Reports an error if the type does not support the chosen end.
pub(in crate::provider) fn check_end(entity: &catalog::Entity, config: &Value) -> Option<Diagnostic> {
    let wished = OnDestroy::of_word(config.get("on_destroy").as_str()?)?;
    let choices = OnDestroy::choices(entity);
    let words: Vec<String> = choices.iter().map(|way| format!("`{}`", way.word())).collect();
    (!choices.contains(&wished)).then(|| {
        payload::no_such_end(wished.word(), &entity.name, &words.join(" or ")).at_attribute("on_destroy")
    })
}

/// Reads from a state how its entity ends.
pub(super) fn destroy_options(state: &Value) -> DestroyOptions {
    DestroyOptions {
        on_destroy: state.get("on_destroy").as_str().and_then(OnDestroy::of_word),
        allow_in_livemode: state.get("allow_destroy_in_livemode").as_bool().unwrap_or(false),
    }
}

/// Refuses an end that cannot be undone; returns None if it is allowed, or in test mode.
pub(super) async fn without_consent(
    object: &Object,
    state: &Value,
    connection: &Connection,
) -> Option<Diagnostic> {
    let shown = object.body.get("livemode").and_then(Json::as_bool);
    let livemode = shown.or(connection.identity().await.livemode);
    object.lacks_consent(destroy_options(state), livemode).then(|| {
        ends::live_is_protected(&object.entity.name, &object.locator)
            .at_attribute("allow_destroy_in_livemode")
    })
}

/// Says how the provider knows that an entity has ended, as a sentence up to its final mark.
pub(super) fn end_sentence(object: &Object, end: &EndedField, mark: &str) -> String {
    let Object { entity, locator, .. } = object;
    format!(
        "{} {locator} has ended in Stripe without a destroy (its `{}` is `{}`){mark}",
        entity.name, end.field, end.value
    )
}

/// Diagnostics of a planned destroy: that it is refused, or what remains in Stripe.
pub(in crate::provider) async fn end_diagnostics(
    runtime: &Runtime,
    object: &Object,
    state: &Value,
    private: &PrivateData,
) -> Diagnostics {
    let connector = match private.connector(runtime) {
        Ok(connector) => connector,
        Err(invalid) => return vec![invalid],
    };
    if let Some(refused) = without_consent(object, state, connector.connection()).await {
        return vec![refused];
    }
    let options = destroy_options(state);
    let stays = object.stays_because(options).map(|why| stays(&why, &why.of(object)));
    let mut diagnostics: Diagnostics = stays.into_iter().collect();
    if options.on_destroy != Some(OnDestroy::Keep) {
        diagnostics.extend(in_use(runtime, object, &connector).await);
    }
    diagnostics
}

/// Diagnostics of a planned replacement: that the new object would be created in another account, or what
/// the end of the old one leaves behind.
pub(in crate::provider) async fn replacement_diagnostics(
    runtime: &Runtime,
    object: &Object,
    (prior, config): (&Value, &Value),
    private: &PrivateData,
) -> Diagnostics {
    let mut diagnostics: Diagnostics = lacks_handle(private, object, config).into_iter().collect();
    diagnostics.extend(end_diagnostics(runtime, object, prior, private).await);
    diagnostics
}

/// The plan of an end. `encode` adds what a resource type keeps beside the common private data.
pub(in crate::provider) async fn planned_end(
    runtime: &Runtime,
    request: PlanRequest,
    object: &Object,
    private: &PrivateData,
    encode: impl FnOnce(PrivateData) -> Vec<u8> + Send,
) -> PlanResponse {
    match plan_object_end(runtime, object, &request.prior, private).await {
        Ok((private, diagnostics)) => {
            PlanResponse { private: encode(private), diagnostics, ..PlanResponse::default() }
        }
        Err(elsewhere) => unplanned(request, vec![elsewhere]),
    }
}

/// Returns the private data and the warnings of a planned end.
async fn plan_object_end(
    runtime: &Runtime,
    object: &Object,
    state: &Value,
    private: &PrivateData,
) -> Result<(PrivateData, Diagnostics), Diagnostic> {
    let private = on_way_to(runtime, private, stored(object, state)).await?;
    let mut diagnostics = end_diagnostics(runtime, object, state, &private).await;
    let private = PrivateData { announced: !diagnostics.is_empty(), ..private };
    diagnostics.extend(readiness::check(runtime, &Value::Null, private.handle.as_deref()).await);
    Ok((private, diagnostics))
}

/// Says what a plan does about an entity that has ended in Stripe without a destroy.
pub(in crate::provider) fn ended_note(object: &Object, change: &Change) -> Option<Diagnostic> {
    let restores = change.restores?;
    let end = end_sentence(object, &object.end_outside()?, ":");
    Some(match restores {
        Restores::Update => ends::brought_back(&end, "the update"),
        Restores::Call(action) => ends::brought_back(&end, action),
        Restores::Replace => ends::made_anew(&end),
    })
}

/// Reports what the plan could not say about an end: why the object stays, and what happened to its
/// leftovers.
pub(super) fn ended(object: &Object, outcome: &EndOutcome, told: Option<&StayReason>) -> Option<Diagnostic> {
    let EndOutcome::Stays { why, left } = outcome else { return None };
    let reason = (told != Some(why)).then(|| why.of(object));
    let sentences: Vec<String> = reason.into_iter().chain(left.iter().map(|left| left.of(object))).collect();
    (!sentences.is_empty()).then(|| stays(why, &sentences.join(" ")))
}

/// The warning that an object stays. An object that goes on although its end was wanted has a title of its
/// own, because Terraform shows only the first of several warnings with the same title and counts the
/// others.
fn stays(why: &StayReason, told: &str) -> Diagnostic {
    let warning = if why.is_unwanted() { ends::goes_on } else { ends::stays };
    warning(told)
}

/// Reports why an object could not be ended, with its name: Terraform does not say whose destroy failed.
fn not_ended(object: &Object, error: &Error) -> Diagnostic {
    let diagnostic = explain_connector(error, "id");
    Diagnostic { detail: format!("{} was not destroyed. {}", named(object), diagnostic.detail), ..diagnostic }
}

/// Ends the object of a destroyed resource, through the connection that leads to it.
pub(in crate::provider) async fn end(
    runtime: &Runtime,
    request: ApplyRequest,
    object: &Object,
    mut private: PrivateData,
) -> StateResponse {
    private.handle = private.replaced_handle.take().or(private.handle);
    let announced = private.announced;
    let found = match on_way_to(runtime, &private, stored(object, &request.prior)).await {
        Ok(private) => private.connector(runtime),
        Err(elsewhere) => Err(elsewhere),
    };
    let connector = match found {
        Ok(connector) => connector,
        Err(diagnostic) => return unchanged(request, vec![diagnostic]),
    };
    if let Some(refused) = without_consent(object, &request.prior, connector.connection()).await {
        return unchanged(request, vec![refused]);
    }
    let options = destroy_options(&request.prior);
    let successor = private.successor.map(|successor| {
        let (state, private) = (request.prior.clone(), request.private.clone());
        let state = StateResponse { state, private, diagnostics: Diagnostics::new() };
        (successor, state)
    });
    match end_in_order(runtime, object, options, &connector, (successor, &private.lost_names)).await {
        Err(error) => unchanged(request, vec![not_ended(object, &error)]),
        Ok((outcome, note)) => {
            let told = object.stays_because(options).filter(|_| announced);
            let about = ended(object, &outcome, told.as_ref());
            StateResponse { diagnostics: about.into_iter().chain(note).collect(), ..StateResponse::default() }
        }
    }
}

/// Ends an object. If another object holds it, it ends when its successor has replaced it. That successor
/// was already created in this run, or will be and then finds the object waiting, or was created by an
/// earlier run.
async fn end_in_order(
    runtime: &Runtime,
    object: &Object,
    options: DestroyOptions,
    connector: &Connector,
    (successor, lost_names): (Option<(String, StateResponse)>, &Params),
) -> Result<(EndOutcome, Option<Diagnostic>), Error> {
    let ended = object.end(connector, options).await?;
    if !ended.is_held() {
        return Ok((ended, None));
    }
    let object = object.clone().shown(connector).await?;
    let old = Predecessor { object: &object, options };
    if let Some(made) = runtime.successions.successor(connector.connection(), &object) {
        return Ok((old.hand_over(connector, &made.body).await?.unwrap_or(ended), None));
    }
    if let Some((successor, state)) = successor {
        // An object that now has the old one's names was not created in its place.
        let waiting = WaitingObject { object, options, state };
        runtime.successions.waits(connector.connection(), successor, waiting);
        return Ok((ended, None));
    }
    let Some(heir) = object.heir(connector, lost_names).await else { return Ok((ended, None)) };
    match old.hand_over(connector, &heir).await? {
        Some(handed) => Ok((handed, inherited(&object, &heir, lost_names))),
        None => Ok((ended, None)),
    }
}

/// Reports that an object has replaced an ended one because it has its names: no configuration says so.
fn inherited(old: &Object, heir: &Json, lost_names: &Params) -> Option<Diagnostic> {
    let rule = old.entity.ends_with.as_ref()?;
    let holder = format!("{} {}", rule.object, id_at(heir, &rule.field)?);
    let names: Vec<String> = lost_names.keys().map(|name| format!("`{name}`")).collect();
    let held_as = rule.held_as.as_deref()?;
    Some(ends::inherited(id_of(heir, ""), held_as, &holder, &old.locator, &names.join(" and ")))
}
