//! A shop's sandbox behind a port, and the provider as terraform runs it there, with varying keys.

use serde_json::{Value as Json, json};
use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::sandbox::{self, Fault as SandboxFault, Sandbox};
use stripe_provider::terraform::value::{Type, Value};

use super::terraform::{Fault, Object, Terraform};

/// A sandbox, its address, and a folder for the files of a run.
pub struct Shop {
    pub sandbox: Sandbox,
    pub base: String,
    pub folder: tempfile::TempDir,
}

impl Shop {
    pub async fn open() -> Self {
        let sandbox = Sandbox::memory().unwrap();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(sandbox::serve(listener, sandbox.clone(), std::future::pending()));
        Self { sandbox, base, folder: tempfile::tempdir().unwrap() }
    }

    /// Starts a run with this key in the environment; an empty text means no key.
    pub async fn run(&self, key: &str) -> Terraform {
        self.run_with(key, &Value::map([("max_retries", Value::from(0))])).await
    }

    /// Starts a run with this key in the environment and this provider block.
    pub async fn run_with(&self, key: &str, block: &Value) -> Terraform {
        let mut terraform = self.unconfigured(key).await;
        let mut block = block.clone();
        block.set("api_base", self.base.as_str().into());
        ok(terraform.configure(&block).await);
        terraform
    }

    /// Starts a provider that is not configured yet.
    pub async fn unconfigured(&self, key: &str) -> Terraform {
        let data = self.folder.path().join("data").display().to_string();
        let home = self.folder.path().display().to_string();
        let env =
            Env::from_pairs([("TF_DATA_DIR", data), ("HOME", home), ("STRIPE_API_KEY", key.to_owned())]);
        ok(Terraform::start(StripeProvider::new(env)).await)
    }

    /// Makes the next matching requests meet a fault.
    pub fn fault(&self, fault: Json) {
        let fault: SandboxFault = serde_json::from_value(fault).unwrap();
        self.sandbox.script(fault);
    }

    /// How many objects of a type exist.
    pub fn count(&self, object: &str) -> usize {
        self.sandbox.counts().into_iter().find(|(name, _)| name == object).map_or(0, |(_, count)| count)
    }
}

/// A fault that answers the next requests to a path with Stripe's refusal: this status, code and message.
pub fn refusal(path: &str, status: u16, code: &str, message: &str) -> Json {
    let error = json!({"error": {"type": "invalid_request_error", "code": code, "message": message}});
    let answer = json!({"answer": {"status": status, "body": error.to_string()}});
    json!({"path": path, "times": 100, "kind": answer})
}

#[track_caller]
pub fn ok<T>(outcome: Result<T, Fault>) -> T {
    outcome.unwrap_or_else(|fault| panic!("{fault}"))
}

/// Returns what was refused: the attribute and the text of each error.
#[track_caller]
pub fn refused<T>(outcome: Result<T, Fault>) -> Vec<(String, String)> {
    match outcome {
        Ok(_) => panic!("it should be refused"),
        Err(Fault::Broken(rules)) => panic!("{}", rules.join("\n")),
        Err(Fault::Refused(errors, _)) => errors.iter().map(|error| (place(error), text(error))).collect(),
    }
}

/// Returns the warnings since the last call.
pub fn warnings(terraform: &mut Terraform) -> Vec<(String, String)> {
    terraform.told.drain(..).map(|warning| (place(&warning), text(&warning))).collect()
}

type Wire = stripe_provider::terraform::wire::tfplugin5::Diagnostic;

fn text(diagnostic: &Wire) -> String {
    format!("{}: {}", diagnostic.summary, diagnostic.detail)
}

/// The names in a diagnostic's path, joined by dots.
fn place(diagnostic: &Wire) -> String {
    use stripe_provider::terraform::wire::tfplugin5::attribute_path::step::Selector;
    let steps = diagnostic.attribute.iter().flat_map(|path| &path.steps);
    let names = steps.filter_map(|step| match &step.selector {
        Some(Selector::AttributeName(name) | Selector::ElementKeyString(name)) => Some(name.clone()),
        _ => None,
    });
    names.collect::<Vec<_>>().join(".")
}

/// Plans and applies a new object.
pub async fn made(terraform: &mut Terraform, name: &str, config: &Value) -> Object {
    let plan = ok(terraform.plan(name, &Object::default(), config).await);
    ok(terraform.apply(name, &plan).await)
}

/// A payload as JSON text, in an attribute of any type.
pub fn json_text(payload: &Json) -> Value {
    Value::Dynamic(Box::new((Type::String, payload.to_string().into())))
}

/// The configuration of a `stripe_entity`.
pub fn entity(name: &str, payload: &Json) -> Value {
    Value::map([("entity", Value::from(name)), ("input_payload", json_text(payload))])
}

/// The configuration of a `stripe_connection` with a key, and further attributes.
pub fn connection(key: &str, more: &[(&str, Value)]) -> Value {
    let auth = Value::map([("api_key", if key.is_empty() { Value::Unknown } else { key.into() })]);
    let mut config = Value::map([
        ("name", Value::from("shop")),
        ("location", Value::from("global")),
        ("auth_config", Value::List(vec![auth])),
    ]);
    for (name, value) in more {
        config.set(name, value.clone());
    }
    config
}
