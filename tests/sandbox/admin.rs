//! What the sandbox has beside Stripe's API: wrong words are refused, in one envelope.

use bytes::Bytes;
use serde_json::{Value as Json, json};
use stripe_provider::sandbox::Sandbox;

fn asked(sandbox: &Sandbox, path: &str, body: &str) -> (u16, Json) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let request = http::Request::post(path).body(Bytes::from(body.to_owned())).unwrap();
    let answer = runtime.block_on(sandbox.handle(request)).unwrap();
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap())
}

#[test]
fn a_wrong_word_is_refused_and_changes_nothing() {
    let sandbox = Sandbox::memory().unwrap();
    assert_eq!(asked(&sandbox, "/_sandbox/limit", r#"{"per_second": 5}"#), (200, json!({"per_second": 5})));
    for (path, body) in [
        ("limit", r#"{"per_second": "5"}"#),
        ("limit", r#"{"persecond": 5}"#),
        ("limit", "{}"),
        ("limit", ""),
        ("faults", r#"{"kind": "drop_before", "tims": 2}"#),
        ("faults", r#"{"kind": {"answer": {"status": 500, "bdy": ""}}}"#),
        ("payment_intents/pi_1/authenticate", r#"{"outcome": "fialed"}"#),
        ("payment_intents/pi_1/authenticate", r#"{"outcome": true}"#),
        ("payment_intents/pi_1/authenticate?outcom=failed", ""),
        ("checkout_sessions/cs_1/complete", r#"{"method": "pm_card_visa"}"#),
    ] {
        let (status, answer) = asked(&sandbox, &format!("/_sandbox/{path}"), body);
        assert_eq!(status, 400, "{path} {body}: {answer}");
        assert!(answer["error"]["message"].is_string(), "{path} {body}: {answer}");
    }
    assert_eq!(asked(&sandbox, "/_sandbox/limit", r#"{"per_second": null}"#).0, 200);
    assert_eq!(asked(&sandbox, "/_sandbox/nothing", "").0, 404);
    let (status, answer) = asked(&sandbox, "/_sandbox/payment_intents/pi_1/authenticate", "");
    assert_eq!((status, &answer["error"]["code"]), (404, &json!("resource_missing")), "{answer}");
}
