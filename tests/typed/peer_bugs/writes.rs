//! Bugs of writes: 3, 4, 5, 6, 7, 8, 11, 12, 13, 20.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use stripe_provider::sandbox::{Fault, Sandbox};
use stripe_provider::stripe::{FailedRequest, RetryDecision, RetryState};
use stripe_provider::terraform::value::Value;

use super::{held, id, made, params, refused, updated, warned};
use crate::support::terraform::{self, Object};
use crate::world::World;

fn script(sandbox: &Sandbox, fault: Json) {
    let fault: Fault = serde_json::from_value(fault).unwrap();
    sandbox.script(fault);
}

/// So many answers that too many calls came.
fn limited(times: usize) -> Json {
    let error =
        json!({"error": {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many"}});
    json!({"method": "POST", "times": times, "kind": {"answer": {"status": 429, "body": error.to_string()}}})
}

#[test]
fn bug_03_an_argument_cannot_be_unset() {
    let mut world = World::new();
    let whole = json!({"name": "Ada", "phone": "+14155550100", "address": {"city": "Bern", "line1": "1"},
        "metadata": {"team": "web"}, "description": "x"});
    let customer = made(&mut world, "stripe_customer", &whole);
    updated(&mut world, "stripe_customer", &customer, &json!({"name": "Ada"}));
    let now = held(&world, &format!("/v1/customers/{}", id(&customer)));
    assert_eq!((&now["phone"], &now["description"]), (&Json::Null, &Json::Null));
    assert_eq!((&now["address"], &now["metadata"]), (&Json::Null, &json!({})));
}

#[test]
fn bug_04_an_empty_text_is_inconsistent_after_the_write_went_out() {
    let mut world = World::new();
    let product = made(&mut world, "stripe_product", &json!({"name": "Gold", "description": "x"}));
    let empty = json!({"name": "Gold", "description": ""});
    let product = updated(&mut world, "stripe_product", &product, &empty);
    assert_eq!(held(&world, &format!("/v1/products/{}", id(&product)))["description"], Json::Null);
    world.settled("stripe_product", &product, &params(&empty)).unwrap();
}

#[test]
fn bug_05_params_are_lost_in_silence() {
    let mut world = World::new();
    let price = |quantity: Json| {
        params(&json!({"product": "@product", "currency": "usd", "unit_amount": 500,
            "transform_quantity": quantity}))
    };
    let told = |world: &World, params| world.setups.told(&world.stripe, &Json::Object(params), "");
    let right = told(&world, price(json!({"divide_by": 2, "round": "up"})));
    let object = made(&mut world, "stripe_price", &right);
    let now = held(&world, &format!("/v1/prices/{}", id(&object)));
    assert_eq!(now["transform_quantity"], json!({"divide_by": 2, "round": "up"}));
    let wrong = told(&world, price(json!({"divide_by": 2, "round": "up", "rund": 1})));
    let told = refused(world.plan("stripe_price", &Object::default(), wrong.as_object()));
    assert!(told.contains("no `transform_quantity.rund`") && told.contains("mean `round`?"), "{told}");
}

/// What Stripe holds after a create whose second call failed, and the run that follows, with a refresh or without.
fn completed(name: &str, wanted: &Map<String, Json>, path: &str, unset: &str, is_refreshed: bool) -> Json {
    let (mut world, _tap, sandbox) = World::served(&[("max_retries", Value::from(0))]);
    let error = json!({"error": {"type": "api_error", "message": "no"}}).to_string();
    let fault = json!({"method": "POST", "path": path, "kind": {"answer": {"status": 400, "body": error}}});
    script(&sandbox, fault);
    let plan = world.plan(name, &Object::default(), Some(wanted)).unwrap();
    // It is no error, for Terraform would end the object and make another one.
    let made = world.apply(name, &plan).unwrap();
    let warned = world.terraform.warnings.join(" ");
    assert!(warned.contains(&format!("`{unset}` could not be set")), "{warned}");
    let read = if is_refreshed { world.refresh(name, &made).unwrap() } else { made.clone() };
    let plan = world.plan(name, &read, Some(wanted)).unwrap();
    assert_eq!(plan.action, terraform::Action::Update, "the next run sets what is missing");
    let now = world.apply(name, &plan).unwrap();
    assert_eq!(id(&now), id(&made));
    world.settled(name, &now, wanted).unwrap();
    held(&world, &format!("{path}{}", id(&now)))
}

#[test]
fn bug_06_a_cut_create_leaves_orphans_and_duplicates() {
    // What only an update takes follows the create; it fails, and the object is in the state all the same.
    let portal = json!({"features": {"invoice_history": {"enabled": true}}, "active": false});
    let hook = json!({"url": "https://example.com/hook", "enabled_events": ["*"], "disabled": true});
    for is_refreshed in [true, false] {
        let name = "stripe_billing_portal_configuration";
        let now =
            completed(name, &params(&portal), "/v1/billing_portal/configurations/", "active", is_refreshed);
        assert_eq!(now["active"], false);
        // An argument that Stripe does not answer.
        let now = completed(
            "stripe_webhook_endpoint",
            &params(&hook),
            "/v1/webhook_endpoints/",
            "disabled",
            is_refreshed,
        );
        assert_eq!(now["status"], "disabled");
    }
    // An answer that never came is asked for again under the same key, and brings the same object.
    let (mut world, tap, sandbox) = World::served(&[]);
    script(&sandbox, json!({"method": "POST", "path": "/v1/products", "kind": "drop_after"}));
    world.made("stripe_product", &params(&json!({"name": "Gold"}))).unwrap();
    assert_eq!(held(&world, "/v1/products")["data"].as_array().unwrap().len(), 1);
    assert_eq!(tap.writes().len(), 1);
}

#[test]
fn bug_07_a_429_fails_the_apply() {
    let (mut world, tap, sandbox) = World::served(&[]);
    script(&sandbox, limited(2));
    world.made("stripe_product", &params(&json!({"name": "Gold"}))).unwrap();
    let posts: Vec<u16> = tap.calls().iter().filter(|it| it.method == "POST").map(|it| it.status).collect();
    assert_eq!(posts, [429, 429, 200]);
}

/// By the clock of the decisions: a test cannot wait so long.
#[test]
fn bug_08_a_429_hangs_for_ever() {
    let limited = FailedRequest { status: Some(429), ..FailedRequest::default() };
    let (mut retries, mut waits) = (RetryState { max_retries: 2, ..RetryState::default() }, BTreeSet::new());
    while let RetryDecision::RetryLimited(wait) = retries.decide(&limited, 0.5) {
        retries.waited += wait;
        retries.rate_limits += 1;
        waits.insert(wait);
        assert_ne!(retries.decide(&limited, 0.1), retries.decide(&limited, 0.9), "not all wake together");
    }
    assert_eq!(retries.decide(&limited, 0.5), RetryDecision::GiveUp);
    assert!(retries.waited <= Duration::from_mins(5) && waits.len() < 10, "{waits:?}");
}

#[test]
fn bug_11_up_to_is_guessed() {
    let mut world = World::new();
    let price = |last: Json| {
        json!({"product": "@product", "currency": "usd", "billing_scheme": "tiered", "tiers_mode": "volume",
            "recurring": {"interval": "month"},
            "tiers": [{"up_to": 10, "unit_amount": 100}, {"up_to": last, "unit_amount": 90}]})
    };
    let right = world.setups.told(&world.stripe, &price(json!("inf")), "");
    made(&mut world, "stripe_price", &right);
    let zero = world.setups.told(&world.stripe, &price(json!(0)), "");
    let told = refused(world.plan("stripe_price", &Object::default(), zero.as_object()));
    assert!(told.contains("up_to") && told.contains("`inf`"), "0 is no word for the last tier: {told}");
}

#[test]
fn bug_12_magic_numbers_stand_for_free() {
    let mut world = World::new();
    let free = json!({"product": "@product", "currency": "usd", "unit_amount": 0});
    let free = world.setups.told(&world.stripe, &free, "");
    let price = made(&mut world, "stripe_price", &free);
    assert_eq!(held(&world, &format!("/v1/prices/{}", id(&price)))["unit_amount"], 0);
    let minus = world.setups.told(
        &world.stripe,
        &json!({"product": "@product", "currency": "usd",
        "unit_amount": -1}),
        "",
    );
    let told = refused(world.plan("stripe_price", &Object::default(), minus.as_object()));
    assert!(told.contains("at least 0"), "{told}");
}

#[test]
fn bug_13_lists_of_values_are_closed() {
    let (mut world, tap, _sandbox) = World::served(&[]);
    let wanted = params(&json!({"name": "Ada", "tax_exempt": "partly"}));
    let plan = world.plan("stripe_customer", &Object::default(), Some(&wanted)).unwrap();
    let told = warned(&mut world);
    assert!(told.contains("Undocumented Value") && told.contains("partly"), "{told}");
    refused(world.apply("stripe_customer", &plan));
    let sent = tap.calls().into_iter().find(|it| it.method == "POST").unwrap();
    assert!(String::from_utf8_lossy(&sent.body).contains("tax_exempt=partly"), "it is sent as it is");
}

#[test]
fn bug_20_a_create_is_two_calls() {
    let (mut world, tap, _sandbox) = World::served(&[]);
    let wanted = params(&json!({"name": "Gold"}));
    let plan = world.plan("stripe_product", &Object::default(), Some(&wanted)).unwrap();
    world.apply("stripe_product", &plan).unwrap();
    let products = tap.calls().into_iter().filter(|it| it.path.starts_with("/v1/products"));
    let lines: Vec<String> = products.map(|it| format!("{} {}", it.method, it.path)).collect();
    assert_eq!(lines, ["POST /v1/products"]);
}
