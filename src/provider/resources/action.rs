//! `stripe_action`: runs an action when it is created, and again when its input changes.

use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use crate::connector::{self, ActionRef};
use crate::engine::{ActionInput, SendFailure};
use crate::provider::connection_settings::{connection_attribute, keep_equal_handle};
use crate::provider::explain::{explain_connector, explain_failure, explain_made, explain_unlisted};
use crate::provider::managed::Resource;
use crate::provider::messages::{found, journal};
use crate::provider::object::{PrivateData, check_readiness, unplanned};
use crate::provider::payload;
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::{self, Hidden, SECRET};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, PlanRequest, PlanResponse, StateResponse};
use crate::terraform::schema::{Attribute, Rule, Schema};
use crate::terraform::value::{Path, Type, Value};

/// The attributes whose change runs the action again.
const RUNS_AGAIN: [&str; 4] = ["action", "input_payload", SECRET, "triggers"];
/// The attributes that a run sets.
const RESULTS: [&str; 3] = ["id", "output_payload", "result"];

/// The resource `stripe_action`.
#[derive(Debug)]
pub(in crate::provider) struct ActionResource;

impl Resource for ActionResource {
    fn schema(&self) -> Schema {
        let attributes = vec![
            connection_attribute(),
            Attribute::required(
                "action",
                Type::String,
                "Action, such as `ConfirmPaymentIntent`. A change runs the new action.",
            )
            .rule(Rule::NotEmpty),
            Attribute::optional(
                "input_payload",
                Type::Dynamic,
                "The action's input: an object (`{ PaymentIntentId = … }`), or its JSON text. A change runs the action again.",
            ),
            secret_payload::attribute(),
            Attribute::optional(
                "triggers",
                Type::map(Type::String),
                "Arbitrary values; a change runs the action again.",
            ),
            Attribute::computed("id", Type::String, "Id of the run."),
            Attribute::computed(
                "output_payload",
                Type::String,
                "What the action returned: a JSON array of one object whose values are strings or null.",
            )
            .sensitive(),
            Attribute::computed("result", Type::map(Type::String), "The same as a map, without secrets."),
        ];
        let description = "Runs an action of the connector when created, and again when `action`, `input_payload`, `secret_payload` or `triggers` change. Destroying it changes nothing in Stripe.";
        Schema::new(description, attributes)
    }

    fn secrets(&self, config: &Value) -> Hidden {
        hidden(config)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        check_input(config)
    }

    fn plan<'a>(&'a self, runtime: &'a Runtime, request: PlanRequest) -> BoxFuture<'a, PlanResponse> {
        Box::pin(plan(runtime, request))
    }

    fn apply<'a>(&'a self, runtime: &'a Runtime, request: ApplyRequest) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move {
            if request.is_destroy() {
                StateResponse::default()
            } else if request.is_create() {
                run(runtime, request).await
            } else {
                // A changed connection only matters for the next run.
                let ApplyRequest { planned: state, private, .. } = request;
                StateResponse { state, private, ..StateResponse::default() }
            }
        })
    }

    /// A run is history: Stripe has nothing to compare it with.
    fn read<'a>(
        &'a self,
        runtime: &'a Runtime,
        state: Value,
        private: Vec<u8>,
    ) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move {
            let newest = match PrivateData::decode(&private) {
                Ok(kept) => kept.on_newest(runtime, &Value::Null, state.get("connection_handle")),
                Err(unreadable) => return StateResponse { state, private, diagnostics: vec![unreadable] },
            };
            StateResponse { private: newest.encode(), state, ..StateResponse::default() }
        })
    }

    fn import<'a>(&'a self, _runtime: &'a Runtime, _id: &'a str) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move {
            StateResponse { diagnostics: vec![found::action_not_importable()], ..StateResponse::default() }
        })
    }

    fn seen(&self, runtime: &Runtime, state: &Value) {
        if let (Ok(Some(run)), Some(id)) = (action_of(state), state.get("id").as_str()) {
            runtime.journal.arrived(&run.action.name, id, None);
        }
    }
}

/// Returns warnings about the input of an action, or all its faults, as far as it is known.
fn check_input(config: &Value) -> Diagnostics {
    let written = secret_payload::of_action(config);
    match (action_of(config), written) {
        (Ok(Some(action)), Ok(Some(written))) => match ActionInput::parse(action, &written) {
            Ok(input) => {
                let mut found = explain_unlisted(&input.unlisted_values());
                found.extend(secret_payload::shown_secrets(config, &action.action.params));
                found
            }
            Err(faults) => secret_payload::explain_action(config, &faults),
        },
        (action, written) => action.err().into_iter().chain(written.err().into_iter().flatten()).collect(),
    }
}

/// Returns what the secret payload of a state or a configuration sets.
fn hidden(state: &Value) -> Hidden {
    let action = action_of(state).ok().flatten();
    Hidden::of(state, action.map_or(&[][..], |action| &action.action.params))
}

/// Returns the action that a configuration names, if the name is known.
fn action_of(config: &Value) -> Result<Option<ActionRef>, Diagnostic> {
    let named = config.get("action").as_str().map(connector::action).transpose();
    named.map_err(|error| explain_connector(&error, "action"))
}

fn input_of(planned: &Value) -> Result<(ActionRef, ActionInput), Diagnostics> {
    let action = connector::action(planned.get("action").as_str().unwrap_or_default())
        .map_err(|error| vec![explain_connector(&error, "action")])?;
    let written = secret_payload::of_action(planned)?;
    let input = ActionInput::parse(action, &written.unwrap_or_default());
    Ok((action, input.map_err(|faults| secret_payload::explain_action(planned, &faults))?))
}

async fn plan(runtime: &Runtime, request: PlanRequest) -> PlanResponse {
    let private = match PrivateData::decode(&request.private) {
        Ok(private) => private,
        Err(unreadable) => return unplanned(request, vec![unreadable]),
    };
    let private = private.on_newest(
        runtime,
        request.config.get("connection_handle"),
        request.prior.get("connection_handle"),
    );
    if request.config.is_null() {
        return PlanResponse { private: private.encode(), ..PlanResponse::default() };
    }
    let mut planned = request.proposed;
    if request.prior.is_null() {
        planned.set_unknown(&RESULTS);
        let diagnostics = check_readiness(runtime, &request.config, private.handle.as_deref()).await;
        let private = private.encode();
        return PlanResponse { state: planned, private, diagnostics, ..PlanResponse::default() };
    }
    keep_equal_handle(&mut planned, &request.prior, &runtime.unknown_handles);
    keep_equal_input(&mut planned, &request.prior);
    let requires_replace = RUNS_AGAIN.map(Path::attribute).to_vec();
    PlanResponse { state: planned, requires_replace, private: private.encode(), ..PlanResponse::default() }
}

/// Keeps the stored action and input if the configured ones mean the same in another spelling.
fn keep_equal_input(planned: &mut Value, prior: &Value) {
    let known = secret_payload::of_action(planned)
        .is_ok_and(|written| written.is_some_and(|written| written.unknown.is_empty()));
    if known && let (Ok((was, before)), Ok((is, after))) = (input_of(prior), input_of(planned)) {
        if was.action.name == is.action.name {
            planned.set("action", prior.get("action").clone());
        }
        // Moving a secret from one attribute to the other runs the action again.
        let alone = [prior, &*planned].iter().all(|state| state.get(SECRET).is_null());
        if before.is_same(&after) && (alone || planned.get(SECRET) == prior.get(SECRET)) {
            planned.set("input_payload", prior.get("input_payload").clone());
        }
    }
}

async fn run(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let failed = |diagnostics| StateResponse { diagnostics, ..StateResponse::default() };
    let private = match PrivateData::decode(&request.private) {
        Ok(private) => private,
        Err(unreadable) => return failed(vec![unreadable]),
    };
    let private = private.on_newest(runtime, request.planned.get("connection_handle"), &Value::Null);
    let prepared = input_of(&request.planned).and_then(|(action, input)| {
        match runtime.connector(private.handle.as_deref()) {
            Ok(connector) => Ok((action, input, connector)),
            Err(unusable) => Err(vec![unusable]),
        }
    });
    let (action, input, connector) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostics) => return failed(diagnostics),
    };
    let triggers = payload::to_json(request.planned.get("triggers"), &mut Vec::new(), &mut Vec::new());
    let triggers = triggers.unwrap_or_default().to_string();
    match input.run_once(&connector, &runtime.journal, Some(&triggers)).await {
        Ok(ran) => {
            let mut state = request.planned;
            state.set("id", ran.id.into());
            state.set("output_payload", ran.output.to_string().into());
            let shown = hidden(&state).left_out(result(action, &ran.output));
            state.set("result", shown);
            let private = private.encode();
            let name = &action.action.name;
            let (unrecorded, adopted) = (ran.unrecorded.as_ref(), ran.adopted.as_ref());
            let diagnostics = explain_made(name, unrecorded, adopted, journal::invocation_resumed);
            StateResponse { state, private, diagnostics }
        }
        Err(SendFailure { error, unrecorded }) => {
            let refused = secret_payload::explain(&error, &request.planned, &action.action.params);
            failed(explain_failure(&action.action.name, refused, unrecorded.as_ref()))
        }
    }
}

/// Returns the only object of an output as a map, without its secrets.
fn result(action: ActionRef, output: &Json) -> Value {
    let fields = output.get(0).and_then(Json::as_object).into_iter().flatten();
    let shown = fields.filter(|(key, _)| !action.is_secret(key));
    Value::map(shown.map(|(key, value)| (key.clone(), Value::from(value.as_str().map(str::to_owned)))))
}
