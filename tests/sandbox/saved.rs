//! The method that a subscription is paid with: what paid first, or what was set up, pays from then on.

use serde_json::Value as Json;

use crate::client::{Client, id};

const NOW: i64 = 1_767_225_600;

/// The intent that pays the latest invoice of a subscription.
fn intent(client: &Client, subscription: &Json) -> String {
    let form = [("invoice", subscription["latest_invoice"].as_str().unwrap())];
    let page = client.ok("GET", "/v1/invoice_payments", &form);
    page["data"][0]["payment"]["payment_intent"].as_str().unwrap().to_owned()
}

#[test]
fn what_paid_first_pays_the_next_time_where_the_subscription_says_so() {
    let client = Client::new();
    let price = client.monthly("1000");
    let clock = id(&client.post("/v1/test_helpers/test_clocks", &[("frozen_time", &NOW.to_string())]));
    let customer = id(&client.post("/v1/customers", &[("test_clock", &clock)]));
    let form = [
        ("customer", customer.as_str()),
        ("items[0][price]", &price),
        ("payment_behavior", "default_incomplete"),
        ("payment_settings[save_default_payment_method]", "on_subscription"),
    ];
    let made = client.post("/v1/subscriptions", &form);
    let paying = format!("/v1/payment_intents/{}/confirm", intent(&client, &made));
    let paid =
        client.post(&paying, &[("payment_method", "pm_card_visa"), ("return_url", "https://a.example")]);
    let path = format!("/v1/subscriptions/{}", id(&made));
    let shown = client.get(&path);
    assert_eq!(
        (&shown["status"], &shown["default_payment_method"]),
        (&"active".into(), &paid["payment_method"])
    );
    let later = (NOW + 40 * 24 * 60 * 60).to_string();
    client.post(&format!("/v1/test_helpers/test_clocks/{clock}/advance"), &[("frozen_time", &later)]);
    assert_eq!(client.get(&path)["status"], "active", "the renewal is paid, too");
}

#[test]
fn what_is_set_up_during_a_trial_pays_when_it_ends() {
    let client = Client::new();
    let (price, customer) = (client.monthly("1000"), id(&client.post("/v1/customers", &[("name", "Ada")])));
    let form = [
        ("customer", customer.as_str()),
        ("items[0][price]", &price),
        ("payment_behavior", "default_incomplete"),
        ("trial_period_days", "7"),
    ];
    let made = client.post("/v1/subscriptions", &form);
    let path = format!("/v1/setup_intents/{}/confirm", made["pending_setup_intent"].as_str().unwrap());
    let form = [("payment_method", "pm_card_visa"), ("return_url", "https://a.example")];
    let set_up = client.post(&path, &form);
    let shown = client.get(&format!("/v1/subscriptions/{}", id(&made)));
    assert_eq!(shown["default_payment_method"], set_up["payment_method"]);
    assert!(shown["pending_setup_intent"].is_null() && set_up["status"] == "succeeded");
}
