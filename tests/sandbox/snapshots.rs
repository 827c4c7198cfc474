//! What events hold: the object as it was when they came, and what it was before.

use serde_json::{Value as Json, json};

use crate::calls::STILL;
use crate::client::{Client, id};
use stripe_provider::sandbox::Sandbox;

/// What the only event of a kind holds.
#[track_caller]
fn data(client: &Client, kind: &str) -> Json {
    let page = client.ok("GET", "/v1/events", &[("type", kind)]);
    assert_eq!(page["data"].as_array().unwrap().len(), 1, "{kind}");
    page["data"][0]["data"].clone()
}

#[test]
fn an_event_shows_the_object_as_it_was_then() {
    let client = Client::new();
    let (customer, price) = (client.payer("pm_card_visa"), client.monthly("2500"));
    client.post("/v1/subscriptions", &[("customer", &customer), ("items[0][price]", &price)]);
    for (kind, state) in [
        ("invoice.created", "draft"),
        ("invoice.finalized", "open"),
        ("invoice.paid", "paid"),
        ("payment_intent.created", "requires_payment_method"),
        ("payment_intent.succeeded", "succeeded"),
    ] {
        assert_eq!(data(&client, kind)["object"]["status"], state, "{kind}");
    }
    assert_eq!(data(&client, "invoice.created")["object"]["number"], Json::Null);
}

#[test]
fn the_former_values_are_those_that_are_others_now() {
    let client = Client::new();
    let form = [("name", "Ada"), ("address[city]", "Bern"), ("address[country]", "CH"), ("metadata[a]", "1")];
    let customer = id(&client.post("/v1/customers", &form));
    let form = [("address[city]", "Chur"), ("address[country]", "CH"), ("metadata[b]", "2")];
    client.post(&format!("/v1/customers/{customer}"), &form);
    let former = data(&client, "customer.updated")["previous_attributes"].clone();
    assert_eq!(former, json!({"address": {"city": "Bern"}, "metadata": {"b": null}}));
}

#[test]
fn what_is_captured_asynchronously_is_booked_later() {
    let client = Client::new();
    let form = [
        ("amount", "500"),
        ("currency", "usd"),
        ("payment_method", "pm_card_visa"),
        ("confirm", "true"),
        ("return_url", "https://example.com"),
    ];
    let intent = client.post("/v1/payment_intents", &form);
    assert_eq!(data(&client, "charge.succeeded")["object"]["balance_transaction"], Json::Null);
    let booked = data(&client, "charge.updated");
    assert_eq!(booked["previous_attributes"], json!({"balance_transaction": null}));
    let charge = client.get(&format!("/v1/charges/{}", intent["latest_charge"].as_str().unwrap()));
    assert_eq!(booked["object"], charge);
    let client = Client::new();
    client.post("/v1/payment_intents", &[&form[..], &[("capture_method", "automatic")]].concat());
    assert!(data(&client, "charge.succeeded")["object"]["balance_transaction"].is_string());
    assert!(!client.events().contains(&"charge.updated".to_owned()));
}

#[test]
fn what_a_customer_may_use_is_told_when_it_changes() {
    let client = Client::new();
    let (customer, price) = (client.payer("pm_card_visa"), client.monthly("2500"));
    let product = client.get(&format!("/v1/prices/{price}"))["product"].as_str().unwrap().to_owned();
    let form = [("name", "Fast"), ("lookup_key", "fast")];
    let feature = id(&client.post("/v1/entitlements/features", &form));
    client.post(&format!("/v1/products/{product}/features"), &[("entitlement_feature", &feature)]);
    let form = [("customer", customer.as_str()), ("items[0][price]", &price)];
    let subscription = id(&client.post("/v1/subscriptions", &form));
    let told = data(&client, "entitlements.active_entitlement_summary.updated");
    assert_eq!(told["object"]["customer"], customer.as_str());
    assert_eq!(told["object"]["entitlements"]["data"][0]["feature"], feature.as_str());
    assert_eq!(told["previous_attributes"]["entitlements"]["data"], json!([]));
    client.post(&format!("/v1/subscriptions/{subscription}"), &[("metadata[a]", "1")]);
    data(&client, "entitlements.active_entitlement_summary.updated");
    client.ok("DELETE", &format!("/v1/subscriptions/{subscription}"), &[]);
    let form = [("type", "entitlements.active_entitlement_summary.updated")];
    let page = client.ok("GET", "/v1/events", &form);
    assert_eq!(page["data"][0]["data"]["object"]["entitlements"]["data"], json!([]), "{page}");
}

#[test]
fn a_renewal_is_told_of_before_it_comes() {
    let client = Client::over(Sandbox::memory().unwrap().repeating(STILL, 0));
    let (clock, customer) = client.payer_at(STILL, "pm_card_visa");
    let form = [("customer", customer.as_str()), ("items[0][price]", &client.monthly("900"))];
    client.post("/v1/subscriptions", &form);
    let advance = |days: i64| {
        let time = (STILL + days * 24 * 60 * 60).to_string();
        client.post(&format!("/v1/test_helpers/test_clocks/{clock}/advance"), &[("frozen_time", &time)]);
    };
    advance(20);
    assert!(!client.events().contains(&"invoice.upcoming".to_owned()));
    advance(25);
    let told = data(&client, "invoice.upcoming")["object"].clone();
    assert_eq!((&told["status"], &told["amount_due"]), (&"draft".into(), &900.into()));
    assert!(told["id"].as_str().unwrap().starts_with("upcoming_"), "{told}");
    // nothing of it was made
    assert_eq!(client.ok("GET", "/v1/invoices", &[])["data"].as_array().unwrap().len(), 1);
    advance(50);
    advance(85);
    let page = client.ok("GET", "/v1/events", &[("type", "invoice.upcoming")]);
    assert_eq!(page["data"].as_array().unwrap().len(), 3);
}
