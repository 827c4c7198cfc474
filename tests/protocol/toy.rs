//! A provider of boxes in memory. It keeps every rule, but for the flaw it is given.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use stripe_provider::terraform::Provider;
use stripe_provider::terraform::diagnostic::{Diagnostic, Diagnostics};
use stripe_provider::terraform::provider::{ApplyRequest, PlanRequest, PlanResponse, Schemas, StateResponse};
use stripe_provider::terraform::schema::{Attribute, Block, NestedBlock, Nesting, Presence, Schema};
use stripe_provider::terraform::value::{Path, Type, Value};
use tokio::sync::Notify;

/// One way to break the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    PlansADefault,
    ShoutsTheName,
    KeepsTheRevision,
    LeavesTheSizeUnknown,
    PlansByTheClock,
    PlansWithoutTheLid,
    ReplacesForNoPath,
    PlansToKeepWhatIsDestroyed,
    ForgetsThePrivateData,
    FailsToDeleteWhatIsGone,
    FailsToReadWhatIsGone,
    ReadsWhatWasNotWritten,
    ImportsNothing,
    BendsTheState,
    Panics,
}

/// The provider.
#[derive(Debug, Default)]
pub struct Toy {
    flaw: Option<Flaw>,
    boxes: Mutex<BTreeMap<String, Value>>,
    made: Mutex<i64>,
    stopped: Notify,
}

impl Toy {
    /// A toy with that flaw.
    pub fn with(flaw: Flaw) -> Self {
        Self { flaw: Some(flaw), ..Self::default() }
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    fn number(&self) -> i64 {
        let mut made = self.made.lock().unwrap();
        *made += 1;
        *made
    }

    fn bend(&self, prior: &Value, planned: &mut PlanResponse) {
        let state = &mut planned.state;
        match self.flaw {
            Some(Flaw::PlansADefault) => state.set("note", "by default".into()),
            Some(Flaw::ShoutsTheName) => {
                let loud = state.get("name").as_str().map(str::to_uppercase);
                state.set("name", loud.into());
            }
            Some(Flaw::KeepsTheRevision) if !prior.is_null() => {
                state.set("revision", prior.get("revision").clone());
            }
            Some(Flaw::PlansByTheClock) => state.set("size", self.number().into()),
            Some(Flaw::PlansWithoutTheLid) => state.set("lid", Value::List(Vec::new())),
            Some(Flaw::ReplacesForNoPath) => planned.requires_replace.push(Path::attribute("weight")),
            _ => {}
        }
    }

    async fn slowly(&self, outcome: StateResponse) -> StateResponse {
        self.stopped.notified().await;
        let diagnostics = vec![Diagnostic::error("Stopped", "The box was made, its lid was not.")];
        StateResponse { diagnostics, ..outcome }
    }
}

fn attribute(name: &'static str, ty: Type, presence: Presence) -> Attribute {
    Attribute::new(name, ty, presence, "Text.")
}

fn schemas() -> Schemas {
    let text = |name, presence| attribute(name, Type::String, presence);
    let list = |name, nesting, block| NestedBlock { name, nesting, block };
    let hinge = Block { attributes: vec![text("metal", Presence::Required)], ..Block::default() };
    let lid = Block {
        attributes: vec![text("color", Presence::Required), text("style", Presence::Optional)],
        blocks: vec![list("hinge", Nesting::List, hinge)],
        ..Block::default()
    };
    let whole = Block {
        attributes: vec![
            text("id", Presence::Computed),
            text("name", Presence::Required),
            text("kind", Presence::Required),
            text("note", Presence::Optional),
            attribute("size", Type::Number, Presence::OptionalComputed),
            attribute("revision", Type::Number, Presence::Computed),
            attribute("tags", Type::map(Type::String), Presence::Optional),
            attribute("labels", Type::set(Type::String), Presence::Optional),
        ],
        blocks: vec![list("lid", Nesting::One, lid)],
        ..Block::default()
    };
    let count = Block {
        attributes: vec![
            text("kind", Presence::Required),
            attribute("count_of", Type::Number, Presence::Computed),
        ],
        ..Block::default()
    };
    let schema = |block| Schema { version: 0, block };
    let room = Block { attributes: vec![text("room", Presence::Optional)], ..Block::default() };
    Schemas {
        provider: schema(room),
        resources: BTreeMap::from([("toy_box", schema(whole))]),
        data_sources: BTreeMap::from([("toy_boxes", schema(count))]),
    }
}

#[tonic::async_trait]
impl Provider for Toy {
    fn schemas(&self) -> &'static Schemas {
        static SCHEMAS: LazyLock<Schemas> = LazyLock::new(schemas);
        &SCHEMAS
    }

    fn validate_provider(&self, config: &Value) -> Diagnostics {
        let warning = Diagnostic::warning("Dark Room", "It is dark there.").at_attribute("room");
        if config.get("room").as_str() == Some("cellar") { vec![warning] } else { Vec::new() }
    }

    async fn configure(&self, config: Value, _: &str) -> Diagnostics {
        let error = Diagnostic::error("No Such Room", "There is no attic.").at_attribute("room");
        if config.get("room").as_str() == Some("attic") { vec![error] } else { Vec::new() }
    }

    fn validate_resource(&self, _: &str, config: &Value) -> Diagnostics {
        let into_set = Path::attribute("labels").index(0);
        let error = Diagnostic::error("Empty Label", "A label needs text.").at(into_set);
        let empty = config.get("labels").items().contains(&Value::from(""));
        if empty { vec![error] } else { Vec::new() }
    }

    fn validate_data_source(&self, _: &str, _: &Value) -> Diagnostics {
        Vec::new()
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
        let PlanRequest { prior, proposed, config, private } = request;
        if config.is_null() {
            let state = if self.has(Flaw::PlansToKeepWhatIsDestroyed) { prior } else { Value::Null };
            return PlanResponse { state, private, ..PlanResponse::default() };
        }
        let mut planned = PlanResponse { state: proposed, private, ..PlanResponse::default() };
        if prior.is_null() {
            planned.private = b"new".to_vec();
            planned.state.set("id", Value::Unknown);
            if config.get("size").is_null() {
                planned.state.set("size", Value::Unknown);
            }
        }
        if planned.state != prior {
            planned.state.set("revision", Value::Unknown);
        }
        if !prior.is_null() && prior.get("kind") != planned.state.get("kind") {
            planned.state.set("id", Value::Unknown);
            planned.requires_replace.push(Path::attribute("kind"));
        }
        self.bend(&prior, &mut planned);
        planned
    }

    async fn apply(&self, _: &str, request: ApplyRequest) -> StateResponse {
        assert!(!self.has(Flaw::Panics), "the {} fell over", "shelf");
        let ApplyRequest { prior, planned: mut state, .. } = request;
        if state.is_null() {
            let id = prior.get("id").as_str().unwrap_or_default();
            let was = self.boxes.lock().unwrap().remove(id);
            let fails = was.is_none() && self.has(Flaw::FailsToDeleteWhatIsGone);
            let error = Diagnostic::error("No Such Box", id);
            return StateResponse {
                diagnostics: if fails { vec![error] } else { Vec::new() },
                ..StateResponse::default()
            };
        }
        if state.get("id").is_unknown() {
            state.set("id", format!("box_{}", self.number()).into());
        }
        if state.get("size").is_unknown() && !self.has(Flaw::LeavesTheSizeUnknown) {
            state.set("size", Value::from(1));
        }
        state.set("revision", (prior.get("revision").as_i64().unwrap_or(0) + 1).into());
        let id = state.get("id").as_str().unwrap().to_owned();
        self.boxes.lock().unwrap().insert(id, state.clone());
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

    fn stop(&self) {
        self.stopped.notify_one();
    }
}
