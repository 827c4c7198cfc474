//! Money that an action moves: once, told, and with what the provider block gives to everything.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use stripe_provider::provider::StripeProvider;
use stripe_provider::sandbox::{Fault, Sandbox};
use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5::Diagnostic;

use crate::support::tap::{Call, Tap};
use crate::support::terraform::Object;
use crate::world::World;

const PAID: &str = "/v1/payment_intents";

/// A payment of 20 dollars.
fn paid(world: &World) -> String {
    let params = json!({
        "amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": true,
        "allowed_payment_method_types": ["card"],
    });
    world.stripe.done("POST", PAID, &params)["id"].as_str().unwrap().to_owned()
}

fn refund(world: &World, payment: &str, amount: i64) -> Value {
    world.action_config("stripe_refund", &json!({"payment_intent": payment, "amount": amount}))
}

fn refunds(world: &World) -> Vec<Json> {
    world.stripe.done("GET", "/v1/refunds", &json!({}))["data"].as_array().unwrap().clone()
}

fn script(sandbox: &Sandbox, fault: Json) {
    let fault: Fault = serde_json::from_value(fault).unwrap();
    sandbox.script(fault);
}

fn posted(tap: &Tap) -> Vec<Call> {
    tap.calls().into_iter().filter(|call| call.method == "POST" && call.path == "/v1/refunds").collect()
}

fn place(diagnostic: &Diagnostic) -> String {
    format!("{:?}", diagnostic.attribute)
}

#[test]
fn a_refund_is_made_once_and_told() {
    let mut world = World::with(&[(
        "default_metadata",
        Value::map([("team", Value::from("a")), ("env", Value::from("test"))]),
    )]);
    let payment = paid(&world);
    let mut config = refund(&world, &payment, 500);
    config.set("metadata", Value::map([("env", Value::from("own"))]));
    assert!(world.plan_action("stripe_refund", &config).is_empty());
    assert!(refunds(&world).is_empty(), "a plan sends nothing");
    let ended = world.invoke("stripe_refund", &config);
    assert!(ended.diagnostics.is_empty(), "{:?}", ended.diagnostics);
    let made = &refunds(&world)[0];
    let id = made["id"].as_str().unwrap();
    assert_eq!(ended.progress, [format!("refund {id} of 500 usd: succeeded")]);
    assert_eq!(made["metadata"], json!({"env": "own", "team": "a"}));
    world.invoke("stripe_refund", &config);
    assert_eq!(refunds(&world).len(), 2, "another invocation is another refund");
}

#[test]
fn a_call_that_takes_metadata_gets_the_default_too() {
    let mut world = World::with(&[("default_metadata", Value::map([("team", Value::from("a"))]))]);
    let params = json!({
        "amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": true,
        "capture_method": "manual", "allowed_payment_method_types": ["card"],
    });
    let held = world.stripe.done("POST", PAID, &params)["id"].as_str().unwrap().to_owned();
    let name = "stripe_capture_payment_intent";
    let config = world.action_config(name, &json!({"payment_intent": held}));
    let ended = world.invoke(name, &config);
    assert_eq!(ended.progress, [format!("payment intent {held} of 2000 usd: succeeded")]);
    let now = world.stripe.done("GET", &format!("{PAID}/{held}"), &json!({}));
    assert_eq!(now["metadata"], json!({"team": "a"}));
}

#[test]
fn an_invocation_keeps_its_key_over_retries_and_no_two_have_one() {
    let (mut world, tap, sandbox) = World::served(&[]);
    let payment = paid(&world);
    let config = refund(&world, &payment, 500);
    for kind in ["drop_after", "drop_before"] {
        script(&sandbox, json!({"method": "POST", "path": "/v1/refunds", "kind": kind}));
        let ended = world.invoke("stripe_refund", &config);
        assert!(ended.diagnostics.is_empty(), "{kind}: {:?}", ended.diagnostics);
    }
    let [cut, again, other, last] = &posted(&tap)[..] else { panic!("{:?}", posted(&tap)) };
    assert_eq!([cut.status, again.status, other.status, last.status], [0, 200, 0, 200]);
    assert!(!cut.key.is_empty() && cut.key == again.key && other.key == last.key);
    assert_ne!(cut.key, other.key, "two invocations are two refunds");
    assert_eq!(refunds(&world).len(), 2);
}

#[test]
fn what_stripe_refuses_is_told_at_the_argument_that_it_names() {
    let mut world = World::new();
    let payment = paid(&world);
    let config = refund(&world, &payment, 9000);
    let ended = world.invoke("stripe_refund", &config);
    let [refused] = &ended.diagnostics[..] else { panic!("{:?}", ended.diagnostics) };
    assert_eq!(refused.severity, 1);
    assert!(place(refused).contains("\"amount\""), "{refused:?}");
    assert!(ended.progress.is_empty());
    let name = "stripe_capture_payment_intent";
    let unknown = world.action_config(name, &json!({"payment_intent": "pi_none"}));
    let ended = world.invoke(name, &unknown);
    assert!(place(&ended.diagnostics[0]).contains("\"payment_intent\""), "{:?}", ended.diagnostics);
}

/// The handle of a connection as its plan shows it.
fn handle(world: &mut World, suspended: bool) -> Value {
    let config = Value::map([
        ("name", Value::from("shop")),
        ("location", Value::from("global")),
        ("suspended", Value::from(suspended)),
    ]);
    let plan = world.plan_written("stripe_connection", &Object::default(), &config).unwrap();
    plan.planned.state.get("handle").clone()
}

#[test]
fn an_invocation_goes_through_the_connection_that_it_names_and_not_through_a_suspended_one() {
    let mut world = World::new();
    let payment = paid(&world);
    let mut config = refund(&world, &payment, 500);
    config.set("connection_handle", handle(&mut world, true));
    let planned = world.plan_action("stripe_refund", &config);
    let ended = world.invoke("stripe_refund", &config);
    for found in [&planned, &ended.diagnostics] {
        assert!(found[0].summary.contains("Suspended"), "{found:?}");
        assert!(place(&found[0]).contains("connection_handle"), "{found:?}");
    }
    assert!(refunds(&world).is_empty());
    config.set("connection_handle", handle(&mut world, false));
    assert!(world.plan_action("stripe_refund", &config).is_empty());
    let ended = world.invoke("stripe_refund", &config);
    assert!(ended.diagnostics.is_empty(), "{:?}", ended.diagnostics);
    assert_eq!(refunds(&world).len(), 1);
}

/// Stripe's message repeats what was written; a secret of it is concealed.
#[test]
fn a_secret_that_stripe_repeats_is_concealed() {
    let (mut world, _tap, sandbox) = World::served(&[]);
    let setup = world.stripe.done("POST", "/v1/setup_intents", &json!({}))["id"].as_str().unwrap().to_owned();
    let error = json!({"error": {"type": "invalid_request_error", "message": "No bank has 000123456789."}});
    let path = format!("/v1/setup_intents/{setup}/confirm");
    let answer = json!({"answer": {"status": 400, "body": error.to_string()}});
    script(&sandbox, json!({"method": "POST", "path": path, "kind": answer}));
    let name = "stripe_confirm_setup_intent";
    let account = json!({"account_number": "000123456789", "routing_number": "110000000"});
    let data = json!({"type": "us_bank_account", "us_bank_account": account});
    let config = world.action_config(name, &json!({"setup_intent": setup, "payment_method_data": data}));
    let ended = world.invoke(name, &config);
    let detail = &ended.diagnostics[0].detail;
    assert!(detail.contains("No bank has") && !detail.contains("000123456789"), "{detail}");
}

/// The card of this payment takes no refund back: Stripe answers with one that failed.
#[test]
fn a_refund_that_fails_at_once_is_an_error() {
    let mut world = World::new();
    let params = json!({
        "amount": 2000, "currency": "usd", "payment_method": "pm_card_refundFail", "confirm": true,
        "allowed_payment_method_types": ["card"],
    });
    let payment = world.stripe.done("POST", PAID, &params)["id"].as_str().unwrap().to_owned();
    let config = refund(&world, &payment, 500);
    let ended = world.invoke("stripe_refund", &config);
    assert_eq!((ended.diagnostics[0].severity, &*ended.diagnostics[0].summary), (1, "Payment Failed"));
    assert!(ended.progress[0].ends_with("of 500 usd: failed"), "{:?}", ended.progress);
}

/// No state waits for the answer of an action: what was told is not taken for interrupted by a later run.
#[test]
fn the_journal_forgets_an_invocation_that_was_answered() {
    let mut world = World::new();
    let payment = paid(&world);
    let held = json!({"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": true,
        "capture_method": "manual", "allowed_payment_method_types": ["card"]});
    let held = world.stripe.done("POST", PAID, &held)["id"].as_str().unwrap().to_owned();
    world.invoke("stripe_refund", &refund(&world, &payment, 500));
    let capture = world.action_config("stripe_capture_payment_intent", &json!({"payment_intent": held}));
    world.invoke("stripe_capture_payment_intent", &capture);
    // A thread of its own writes them down.
    let of =
        |word: &str| world.journal().iter().filter(|line| line.starts_with(&format!("{{\"{word}\""))).count();
    let till = Instant::now() + Duration::from_secs(10);
    while of("ended") < 2 && Instant::now() < till {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!((of("answered"), of("ended")), (0, 2));
}

/// A param that only an update takes would make a second call of what is one.
#[test]
fn an_action_takes_metadata_where_its_own_call_does() {
    let world = World::new();
    let mut made = 0;
    for name in world.terraform.schema.action_schemas.keys() {
        let (method, path) = StripeProvider::call_of_action(name).unwrap();
        let create = StripeProvider::entity_of_action(name).unwrap().create_operation();
        let Some(create) = create.filter(|it| it.path == path && it.method.as_str() == method) else {
            continue;
        };
        let takes = world.terraform.action_block(name).attributes.iter().any(|it| it.name == "metadata");
        assert_eq!(takes, create.param("metadata").is_some(), "{name}");
        made += 1;
    }
    assert!(made > 15, "{made}");
}
