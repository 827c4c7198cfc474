//! `stripe_action`: runs an action when it is created, and again when its input changes.

use futures_util::future::BoxFuture;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::connector::{self, Connector};
use crate::provider::Resource;
use crate::provider::connection_schema::{computed, optional};
use crate::provider::explain::explain;
use crate::provider::journal::fingerprint;
use crate::provider::resources::payload::{Private, connection_attribute, keep_equal_handle, object};
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics, has_errors};
use crate::terraform::provider::{ApplyRequest, PlanRequest, PlanResponse, StateResponse};
use crate::terraform::schema::Presence::Required;
use crate::terraform::schema::{Attribute, Block, Rule, Schema, check};
use crate::terraform::value::{Path, Type, Value};

/// Attributes whose change runs the action again.
const RUNS_AGAIN: [&str; 3] = ["action", "input_payload", "triggers"];
/// What a run writes.
const RESULTS: [&str; 3] = ["id", "output_payload", "result"];

/// The resource.
#[derive(Debug)]
pub(in crate::provider) struct Action;

impl Resource for Action {
    fn schema(&self) -> Schema {
        let attributes = vec![
            connection_attribute(),
            Attribute::new(
                "action",
                Type::String,
                Required,
                "Action, such as `ConfirmPaymentIntent`. A change runs the new action.",
            )
            .rule(Rule::NotEmpty),
            optional(
                "input_payload",
                Type::String,
                "The action's input, as JSON: `jsonencode({ PaymentIntentId = … })`. A change runs the action again.",
            ),
            optional(
                "triggers",
                Type::map(Type::String),
                "Values of your own; a change runs the action again.",
            ),
            computed("id", Type::String, "Id of the run."),
            computed(
                "output_payload",
                Type::String,
                "What the action returned: a JSON array of one object whose values are strings or null.",
            )
            .sensitive(),
            computed("result", Type::map(Type::String), "The same as a map; secrets left out."),
        ];
        let description = "Runs an action of the connector when created, and again when `action`, `input_payload` or `triggers` change. Destroying it changes nothing in Stripe.";
        Schema {
            version: 0,
            block: Block { attributes, blocks: Vec::new(), description: description.to_owned() },
        }
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut found = check(&self.schema().block, config);
        if !has_errors(&found) {
            found.extend(check_input(config).err());
        }
        found
    }

    fn plan<'a>(&'a self, runtime: &'a Runtime, request: PlanRequest) -> BoxFuture<'a, PlanResponse> {
        Box::pin(async move { plan(runtime, request) })
    }

    fn apply<'a>(&'a self, runtime: &'a Runtime, request: ApplyRequest) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move {
            match (request.planned.is_null(), request.prior.is_null()) {
                (true, _) => StateResponse::default(),
                (false, true) => run(runtime, request).await,
                // Another connection is for the next run.
                (false, false) => StateResponse {
                    state: request.planned,
                    private: request.private,
                    ..StateResponse::default()
                },
            }
        })
    }

    /// A run is history: there is nothing in Stripe to compare it with.
    fn read<'a>(
        &'a self,
        runtime: &'a Runtime,
        state: Value,
        private: Vec<u8>,
    ) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move {
            let private = Private::decode(&private).on(runtime, &Value::Null, state.get("connection_handle"));
            StateResponse { private: private.encode(), state, ..StateResponse::default() }
        })
    }

    fn import<'a>(&'a self, _runtime: &'a Runtime, _id: &'a str) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move {
            let detail = "An action is a call, not an object: there is nothing to import. Add the resource, and the action runs.";
            StateResponse {
                diagnostics: vec![Diagnostic::error("Action Cannot Be Imported", detail)],
                ..StateResponse::default()
            }
        })
    }

    fn seen(&self, runtime: &Runtime, state: &Value) {
        if let Some(id) = state.get("id").as_str() {
            runtime.journal.arrived(id);
        }
    }
}

fn check_input(config: &Value) -> Result<(), Diagnostic> {
    let Some(name) = config.get("action").as_str() else { return Ok(()) };
    let action = connector::action(name).map_err(|error| explain(&error, "action"))?;
    if config.get("input_payload").is_unknown() {
        return Ok(());
    }
    let input = object(config.get("input_payload"))?;
    connector::check_input(action, &input).map_err(|error| explain(&error, "input_payload"))
}

fn plan(runtime: &Runtime, request: PlanRequest) -> PlanResponse {
    let private = Private::decode(&request.private).on(
        runtime,
        request.config.get("connection_handle"),
        request.prior.get("connection_handle"),
    );
    if request.config.is_null() {
        return PlanResponse { private: private.encode(), ..PlanResponse::default() };
    }
    let mut planned = request.proposed;
    if request.prior.is_null() {
        for name in RESULTS {
            planned.set(name, Value::Unknown);
        }
        return PlanResponse {
            state: planned,
            private: private.with_key().encode(),
            ..PlanResponse::default()
        };
    }
    keep_equal_handle(&mut planned, &request.prior);
    let requires_replace = RUNS_AGAIN.map(Path::attribute).to_vec();
    PlanResponse { state: planned, requires_replace, private: private.encode(), ..PlanResponse::default() }
}

async fn run(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let private =
        Private::decode(&request.private).on(runtime, request.planned.get("connection_handle"), &Value::Null);
    let failed = |diagnostic| StateResponse { diagnostics: vec![diagnostic], ..StateResponse::default() };
    let prepared = connector::action(request.planned.get("action").as_str().unwrap_or_default())
        .map_err(|error| explain(&error, "action"))
        .and_then(|action| Ok((action, object(request.planned.get("input_payload"))?)))
        .and_then(|(action, input)| Ok((action, input, runtime.connection(private.handle.as_deref())?)));
    let (action, input, connection) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostic) => return failed(diagnostic),
    };
    let connector = Connector::new(&connection);
    let sent = Json::Object(input.clone()).to_string();
    let triggers = format!("{:?}", request.planned.get("triggers"));
    let mark = fingerprint(&["action", &action.action.name, &connector.identity(), &sent, &triggers]);
    let (mut in_flight, unrecorded) = runtime.begin(&action.action.name, &mark, private.key.as_deref());
    let mut ran = connector.run(action, &input, in_flight.key()).await;
    if ran.as_ref().is_err_and(|error| in_flight.is_spent_by(error)) {
        in_flight.renew();
        ran = connector.run(action, &input, in_flight.key()).await;
    }
    match ran {
        Ok(ran) => {
            let id = Uuid::new_v4().to_string();
            in_flight.answered(&id);
            let mut state = request.planned;
            state.set("id", id.into());
            state.set("output_payload", ran.output.to_string().into());
            state.set("result", result(action, &ran.output));
            let stored = Private { handle: private.handle, key: None }.encode();
            StateResponse { state, private: stored, diagnostics: unrecorded.into_iter().collect() }
        }
        Err(error) => {
            if !error.may_have_happened() {
                in_flight.failed();
            }
            failed(explain(&error, "input_payload"))
        }
    }
}

/// The one object of an output as a map, without what the catalog calls sensitive.
fn result(action: connector::ActionRef, output: &Json) -> Value {
    let fields = output.get(0).and_then(Json::as_object).into_iter().flatten();
    let shown = fields.filter(|(key, _)| !action.entity.is_secret(key));
    Value::map(shown.map(|(key, value)| (key.clone(), Value::from(value.as_str().map(str::to_owned)))))
}
