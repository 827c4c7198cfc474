//! A provider of boxes in memory, written with nothing but the library's Terraform layer. It keeps every rule
//! of Terraform, except for the flaw that it is given.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use stripe_provider::terraform::Provider;
use stripe_provider::terraform::diagnostic::{Diagnostic, Diagnostics};
use stripe_provider::terraform::provider::{
    ApplyRequest, Family, Opened, PlanRequest, PlanResponse, Progress, Renewed, StateResponse,
};
use stripe_provider::terraform::schema::Schema;
use stripe_provider::terraform::value::{Path, Value};
use tokio::sync::Notify;

pub mod boxes;
mod flaw;
mod keys;
pub mod music;
pub mod program;
mod schemas;

pub use flaw::Flaw;

/// The provider.
#[derive(Debug, Default)]
pub struct Toy {
    flaw: Option<Flaw>,
    boxes: Mutex<BTreeMap<String, Value>>,
    made: Mutex<i64>,
    stopped: Notify,
    built: Arc<Mutex<Vec<String>>>,
}

impl Toy {
    /// Creates a toy with this flaw.
    pub fn with(flaw: Flaw) -> Self {
        Self { flaw: Some(flaw), ..Self::default() }
    }

    /// The names of the schemas that were built, in order.
    pub fn built(&self) -> Arc<Mutex<Vec<String>>> {
        Arc::clone(&self.built)
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    fn build(&self, name: &str, schema: fn() -> Schema) -> Schema {
        self.built.lock().unwrap().push(name.to_owned());
        schema()
    }

    fn number(&self) -> i64 {
        let mut made = self.made.lock().unwrap();
        *made += 1;
        *made
    }

    async fn slowly(&self, outcome: StateResponse) -> StateResponse {
        self.stopped.notified().await;
        let diagnostics = vec![Diagnostic::error("Stopped", "The box was made, its lid was not.")];
        StateResponse { diagnostics, ..outcome }
    }

    fn delete(&self, prior: &Value) -> StateResponse {
        let id = prior.get("id").as_str().unwrap_or_default();
        let was = self.boxes.lock().unwrap().remove(id);
        if was.is_none() && self.has(Flaw::FailsToDeleteWhatIsGone) {
            return Diagnostic::error("No Such Box", id).into();
        }
        StateResponse::default()
    }

    /// Fills in what the plan left unknown.
    fn make(&self, prior: &Value, config: &Value, state: &mut Value) {
        if state.get("id").is_unknown() {
            state.set("id", format!("box_{}", self.number()).into());
        }
        if state.get("size").is_unknown() && !self.has(Flaw::LeavesTheSizeUnknown) {
            state.set("size", Value::from(1));
        }
        state.set("revision", (prior.get("revision").as_i64().unwrap_or(0) + 1).into());
        state.set("locked", (!config.get("code").is_null()).into());
        if state.get("place").is_unknown() {
            let place = [("shelf", Value::from(1)), ("room", Value::from("hall"))];
            state.set("place", Value::map(place));
        }
        set_serials(state, |motif| format!("{motif}-1").into());
        let id = state.get("id").as_str().unwrap().to_owned();
        self.boxes.lock().unwrap().insert(id, state.clone());
    }
}

/// Sets `serial` in every sticker.
fn set_serials(state: &mut Value, serial: impl Fn(&str) -> Value) {
    if state.get("sticker").is_unknown() {
        return;
    }
    let mut stickers = state.get("sticker").items().to_vec();
    for sticker in &mut stickers {
        let value = sticker.get("motif").as_str().map_or(Value::Unknown, &serial);
        sticker.set("serial", value);
    }
    state.set("sticker", Value::Set(stickers));
}

#[tonic::async_trait]
impl Provider for Toy {
    fn types(&self, family: Family) -> Vec<&str> {
        match family {
            Family::Resource => vec!["toy_box"],
            Family::DataSource => vec!["toy_boxes"],
            Family::EphemeralResource => vec!["toy_key"],
            Family::Action => vec![music::NAME],
            Family::List => Vec::new(),
        }
    }

    fn provider_schema(&self) -> Schema {
        self.build("provider", schemas::provider)
    }

    fn schema(&self, family: Family, type_name: &str) -> Option<Schema> {
        match (family, type_name) {
            (Family::Resource, _) if self.has(Flaw::HasNoSchema) => None,
            (Family::DataSource, _) if self.has(Flaw::PanicsInASchema) => panic!("the drawing is lost"),
            (Family::Resource, "toy_box") => Some(self.build("toy_box", schemas::toy_box)),
            (Family::DataSource, "toy_boxes") => Some(self.build("toy_boxes", schemas::toy_boxes)),
            (Family::EphemeralResource, "toy_key") => Some(self.build("toy_key", keys::schema)),
            (Family::Action, music::NAME) => Some(self.build(music::NAME, music::schema)),
            _ => None,
        }
    }

    fn validate_provider(&self, config: &Value) -> Diagnostics {
        let warning = Diagnostic::warning("Dark Room", "It is dark there.").at_attribute("room");
        if config.get("room").as_str() == Some("cellar") { vec![warning] } else { Vec::new() }
    }

    async fn configure(&self, config: Value, _: &str) -> Diagnostics {
        let error = Diagnostic::error("No Such Room", "There is no attic.").at_attribute("room");
        if config.get("room").as_str() == Some("attic") { vec![error] } else { Vec::new() }
    }

    fn validate(&self, family: Family, _: &str, config: &Value) -> Diagnostics {
        match family {
            Family::Resource => schemas::validate_box(config),
            Family::DataSource => schemas::validate_boxes(config),
            Family::EphemeralResource => keys::validate(config),
            Family::Action => music::validate(config),
            Family::List => Vec::new(),
        }
    }

    fn upgrade(&self, _: &str, _: i64, state: Value) -> (Value, Diagnostics) {
        (state, Vec::new())
    }

    async fn read(&self, _: &str, state: Value, private: Vec<u8>) -> StateResponse {
        let id = state.get("id").as_str().unwrap_or_default().to_owned();
        let mut read = self.boxes.lock().unwrap().get(&id).cloned().unwrap_or_default();
        if self.has(Flaw::ReadsWhatWasNotWritten) {
            read.set("note", "found".into());
        }
        let gone = read.is_null() && self.has(Flaw::FailsToReadWhatIsGone);
        let error = Diagnostic::error("No Such Box", id);
        let diagnostics = if gone { vec![error] } else { Vec::new() };
        let private = if self.has(Flaw::ForgetsThePrivateData) { Vec::new() } else { private };
        StateResponse { state: read, private, diagnostics }
    }

    async fn plan(&self, _: &str, request: PlanRequest) -> PlanResponse {
        let (create, destroy) = (request.is_create(), request.is_destroy());
        let PlanRequest { prior, proposed, config, private } = request;
        if destroy {
            let state = if self.has(Flaw::PlansToKeepWhatIsDestroyed) { prior } else { Value::Null };
            return PlanResponse { state, private, ..PlanResponse::default() };
        }
        let mut planned = PlanResponse { state: proposed, private, ..PlanResponse::default() };
        if create {
            planned.private = b"new".to_vec();
            planned.state.set("id", Value::Unknown);
            planned.state.set("place", Value::Unknown);
            if config.get("size").is_null() {
                planned.state.set("size", Value::Unknown);
            }
        }
        let code = config.get("code");
        let locked = if code.is_unknown() { Value::Unknown } else { (!code.is_null()).into() };
        planned.state.set("locked", locked);
        set_serials(&mut planned.state, |motif| format!("{motif}-1").into());
        if planned.state != prior {
            planned.state.set("revision", Value::Unknown);
        }
        if !create && prior.get("kind") != planned.state.get("kind") {
            planned.state.set("id", Value::Unknown);
            planned.requires_replace.push(Path::attribute("kind"));
        }
        // A provider need not take care: write-only values are kept out of plans and states for it.
        planned.state.set("code", code.clone());
        self.bend(&prior, &mut planned);
        planned
    }

    async fn apply(&self, _: &str, request: ApplyRequest) -> StateResponse {
        assert!(!self.has(Flaw::Panics), "the {} fell over", "shelf");
        if request.is_destroy() {
            return self.delete(&request.prior);
        }
        let ApplyRequest { prior, planned: mut state, config, .. } = request;
        self.make(&prior, &config, &mut state);
        state.set("code", config.get("code").clone());
        if self.has(Flaw::BendsTheState) {
            state.set("size", "large".into());
        }
        let slow = state.get("name").as_str() == Some("slow");
        let outcome = StateResponse { state, private: b"made".to_vec(), diagnostics: Vec::new() };
        if slow { self.slowly(outcome).await } else { outcome }
    }

    async fn import(&self, _: &str, id: &str) -> StateResponse {
        let state = Value::map([("id", Value::from(id))]);
        let state = if self.has(Flaw::ImportsNothing) { Value::Null } else { state };
        StateResponse { state, private: b"made".to_vec(), diagnostics: Vec::new() }
    }

    async fn read_data_source(&self, _: &str, mut config: Value) -> (Value, Diagnostics) {
        let boxes = self.boxes.lock().unwrap();
        let count = boxes.values().filter(|made| made.get("kind") == config.get("kind")).count();
        config.set("count_of", i64::try_from(count).unwrap().into());
        (config, Vec::new())
    }

    async fn open(&self, _: &str, config: Value) -> Opened {
        keys::open(config)
    }

    async fn renew(&self, _: &str, private: Vec<u8>) -> Renewed {
        keys::renew(private)
    }

    async fn close(&self, _: &str, private: Vec<u8>) -> Diagnostics {
        keys::close(&private)
    }

    async fn plan_action(&self, _: &str, config: Value) -> Diagnostics {
        music::plan(&config)
    }

    async fn invoke_action(&self, _: &str, config: Value, progress: Progress) -> Diagnostics {
        music::play(&config, &progress, &self.stopped).await
    }

    fn stop(&self) {
        self.stopped.notify_one();
    }
}
