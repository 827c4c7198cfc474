//! Where scenes play: a shop, a run of the provider in it, and everything that is told.

use serde_json::{Value as Json, json};
use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::diagnostic::Diagnostic;
use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5::{self as wire, attribute_path::step::Selector};

use super::diagnostic;
use crate::config::config;
use crate::support::shop::{Shop, ok, refusal};
use crate::support::terraform::{Fault, Object, Outcome, Terraform};

/// One message as it was told, and where.
#[derive(Debug, Clone)]
pub struct Told {
    pub diagnostic: Diagnostic,
    pub at: String,
}

impl Told {
    pub fn of(wire: &wire::Diagnostic) -> Self {
        let steps = wire.attribute.iter().flat_map(|path| &path.steps);
        let at = steps.fold(String::new(), |at, step| match &step.selector {
            Some(Selector::AttributeName(name)) if at.is_empty() => name.clone(),
            Some(Selector::AttributeName(name)) => format!("{at}.{name}"),
            Some(Selector::ElementKeyInt(index)) => format!("{at}[{index}]"),
            _ => at,
        });
        Self { diagnostic: diagnostic(wire), at }
    }
}

/// A shop and a run in it.
pub struct Stage {
    pub shop: Shop,
    pub run: Terraform,
    pub told: Vec<Told>,
}

impl Stage {
    /// A run with this key in the environment.
    pub async fn with(key: &str) -> Self {
        let shop = Shop::open().await;
        let run = shop.run(key).await;
        Self { shop, run, told: Vec::new() }
    }

    pub async fn open() -> Self {
        Self::with("sk_test_shop_1").await
    }

    /// Another run in the same shop, with a provider block of its own.
    pub async fn again(&mut self, key: &str, block: &Json) {
        self.run = self.shop.unconfigured(key).await;
        let schema = self.run.schema.provider.as_ref().unwrap().block.clone().unwrap();
        let mut block = config(&schema, block.as_object().unwrap());
        for (name, value) in [("api_base", Value::from(self.shop.base.as_str())), ("max_retries", 0.into())] {
            if block.get(name).is_null() && block.get("sandbox").is_null() {
                block.set(name, value);
            }
        }
        let configured = self.run.configure(&block).await;
        self.heard(configured);
    }

    /// A process that a debugger holds is configured with one block after another.
    pub async fn debugged(&mut self, blocks: &[Json]) {
        let provider = StripeProvider::new(Env::from_pairs::<String, String>([])).debugged();
        self.run = ok(Terraform::start(provider).await);
        let schema = self.run.schema.provider.as_ref().unwrap().block.clone().unwrap();
        for block in blocks {
            let configured = self.run.configure(&config(&schema, block.as_object().unwrap())).await;
            self.heard(configured);
        }
    }

    /// Opens an ephemeral resource.
    pub async fn ephemeral(&mut self, name: &str, params: &Json) {
        let block = self.run.schema.ephemeral_resource_schemas[name].block.clone().unwrap();
        let written = config(&block, params.as_object().unwrap());
        let opened = self.run.open(name, &written).await;
        self.heard(opened);
    }

    /// Takes what was told; what came of it otherwise.
    fn heard<T>(&mut self, outcome: Outcome<T>) -> Option<T> {
        self.told.extend(self.run.told.drain(..).map(|it| Told::of(&it)));
        match outcome {
            Ok(done) => Some(done),
            Err(Fault::Refused(errors, _)) => {
                self.told.extend(errors.iter().map(Told::of));
                None
            }
            Err(Fault::Broken(rules)) => panic!("{}", rules.join("\n")),
        }
    }

    /// A configuration from JSON.
    pub fn written(&self, name: &str, json: &Json) -> Value {
        config(&self.run.block(name), json.as_object().unwrap())
    }

    /// Plans a change of an object, and applies it where nothing is refused.
    pub async fn change(&mut self, name: &str, from: &Object, json: &Json) -> Object {
        let written = if json.is_null() { Value::Null } else { self.written(name, json) };
        let planned = self.run.plan(name, from, &written).await;
        let Some(plan) = self.heard(planned) else { return from.clone() };
        let applied = self.run.apply(name, &plan).await;
        self.heard(applied).unwrap_or_else(|| from.clone())
    }

    /// Makes an object.
    pub async fn make(&mut self, name: &str, json: &Json) -> Object {
        self.change(name, &Object::default(), json).await
    }

    /// Makes an object of `stripe_entity`.
    pub async fn entity(&mut self, entity: &str, payload: &Json) -> Object {
        self.make("stripe_entity", &json!({"entity": entity, "input_payload": payload})).await
    }

    pub async fn read(&mut self, name: &str, object: &Object) -> Object {
        let read = self.run.refresh(name, object).await;
        self.heard(read).unwrap_or_default()
    }

    pub async fn data(&mut self, name: &str, json: &Json) -> Option<Value> {
        let block = self.run.schema.data_source_schemas[name].block.clone().unwrap();
        let written = config(&block, json.as_object().unwrap());
        let read = self.run.data(name, &written).await;
        self.heard(read)
    }

    /// Runs an action.
    pub async fn invoke(&mut self, name: &str, json: &Json) {
        let written = config(&self.run.action_block(name), json.as_object().unwrap());
        let ended = self.run.invoke(name, &written).await;
        self.told.extend(ended.diagnostics.iter().map(Told::of));
    }

    pub async fn import(&mut self, name: &str, id: &str) {
        let imported = self.run.import(name, id).await;
        self.heard(imported);
    }

    /// Makes an object of one type an object of another.
    pub async fn move_to(&mut self, from: (&str, &str), target: &str, object: &Object) {
        let moved = self.run.move_state(from, target, object).await;
        self.heard(moved);
    }

    /// The next requests to a path are refused so.
    pub fn refuse(&self, path: &str, status: u16, kind: &str, message: &str) {
        let mut fault = refusal(path, status, "", message);
        let error = json!({"error": {"type": kind, "message": message}});
        fault["kind"]["answer"]["body"] = json!(error.to_string());
        fault["times"] = json!(1);
        self.shop.fault(fault);
    }
}

/// The id of an object.
pub fn id(object: &Object) -> String {
    object.state.get("id").as_str().unwrap_or_default().to_owned()
}

/// A word of a message without what differs from run to run.
pub fn settled(word: &str) -> String {
    let text = word.trim_end_matches(|letter: char| " \n`'\"(),.:;".contains(letter));
    let end = word.get(text.len()..).unwrap_or_default();
    let (prefix, random) = text.rsplit_once('_').unwrap_or(("", text));
    let is_id =
        !prefix.is_empty() && random.len() >= 14 && random.bytes().all(|it| it.is_ascii_alphanumeric());
    let told = if is_id {
        format!("{prefix}_123")
    } else if text.contains("127.0.0.1:") {
        let (before, after) = text.split_once("127.0.0.1:").unwrap();
        let rest = after.trim_start_matches(|letter: char| letter.is_ascii_digit());
        format!("{before}127.0.0.1:12111{rest}")
    } else if let Some((before, after)) = text.split_once(&*std::env::temp_dir().to_string_lossy()) {
        let inside = after.trim_start_matches('/').split_once('/').map_or("", |(_, inside)| inside);
        format!("{before}/home/ada/shop/{inside}")
    } else {
        text.to_owned()
    };
    format!("{told}{end}")
}

/// Fails when a scene is not what it should be.
#[track_caller]
pub fn fine<T>(outcome: Outcome<T>) -> T {
    ok(outcome)
}
