//! Hostile or broken surroundings: ids that climb, answers that are none, lists without an end.

mod answers;
mod dice;
mod ids;
mod inputs;
mod lists;
mod locks;

use serde_json::Value as Json;
use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::value::{Type, Value};

use crate::support::terraform::{Fault, Object, Terraform};
use crate::support::upstream::{Answer, Asked, Upstream};

/// The provider before a server in Stripe's place.
pub struct Stripe {
    pub terraform: Terraform,
    pub upstream: Upstream,
    _folder: tempfile::TempDir,
}

/// The provider before a server that answers this; it tries every call once.
pub async fn stripe(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Stripe {
    let upstream = Upstream::start(answer).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let env = Env::from_pairs([("TF_DATA_DIR", path.clone()), ("XDG_RUNTIME_DIR", path)]);
    let mut terraform = ok(Terraform::start(StripeProvider::new(env)).await);
    let config = Value::map([
        ("api_key", Value::from("sk_test_1234567890")),
        ("api_base", Value::from(upstream.base.as_str())),
        ("max_retries", Value::from(0)),
        ("throttle_scope", Value::from("process")),
        ("requests_per_second", Value::from(1000)),
    ]);
    ok(terraform.configure(&config).await);
    Stripe { terraform, upstream, _folder: folder }
}

#[track_caller]
pub fn ok<T>(outcome: Result<T, Fault>) -> T {
    outcome.unwrap_or_else(|fault| panic!("{fault}"))
}

/// The errors of something that was refused, as text, and what is left.
#[track_caller]
pub fn refused<T>(outcome: Result<T, Fault>) -> (String, Object) {
    match outcome {
        Err(fault @ Fault::Refused(..)) => {
            let text = fault.to_string();
            let Fault::Refused(_, left) = fault else { unreachable!("it was one") };
            (text, *left)
        }
        Err(fault) => panic!("{fault}"),
        Ok(_) => panic!("it should be refused"),
    }
}

/// A payload as JSON text, in an attribute of any type.
pub fn json_text(payload: &Json) -> Value {
    Value::Dynamic(Box::new((Type::String, payload.to_string().into())))
}

pub fn entity(name: &str, payload: &Json) -> Value {
    Value::map([("entity", Value::from(name)), ("input_payload", json_text(payload))])
}

/// A stored entity as an earlier run left it.
pub fn stored(name: &str, locator: &str, payload: &Json, body: &Json) -> Object {
    let state = Value::map([
        ("connection_handle", Value::Null),
        ("entity", Value::from(name)),
        ("input_payload", json_text(payload)),
        ("id", Value::from(locator)),
        ("entity_id", Value::from(locator)),
        ("record", Value::map([("id", Value::from(locator))])),
        ("output_payload", Value::from(body.to_string())),
    ]);
    Object { state, private: b"{}".to_vec() }
}

/// The token of the same list, so deep in it.
pub fn forged(token: &str, skip: &str) -> String {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut json: Json = serde_json::from_slice(&base64.decode(token).unwrap()).unwrap();
    json["skip"] = skip.parse::<u64>().unwrap().into();
    base64.encode(json.to_string())
}
