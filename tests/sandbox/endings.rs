//! How subscriptions and their schedules end: when, and what is still billed then.

use serde_json::Value as Json;

use crate::client::{Client, id};
use crate::clocks::{advance, clocked};
use crate::subscriptions::subscribe;

const DAY: i64 = 86400;
const START: i64 = 1_767_225_600;

/// A price in dollars of 10 that is charged that often.
fn every(client: &Client, interval: &str) -> String {
    let form = [
        ("product_data[name]", "Plan"),
        ("currency", "usd"),
        ("unit_amount", "1000"),
        ("recurring[interval]", interval),
    ];
    id(&client.post("/v1/prices", &form))
}

#[test]
fn an_end_with_the_period_is_that_of_the_shortest_one() {
    let client = Client::new();
    let (customer, year) = (client.payer("pm_card_visa"), every(&client, "year"));
    let made = subscribe(&client, &customer, &client.monthly("1000"), &[("items[1][price]", &year)]);
    let path = format!("/v1/subscriptions/{}", id(&made));
    let ends = |item: usize| made["items"]["data"][item]["current_period_end"].clone();
    let at = |form: (&str, &str)| client.post(&path, &[form])["cancel_at"].clone();
    assert_ne!(ends(0), ends(1));
    assert_eq!(at(("cancel_at_period_end", "true")), ends(0));
    assert_eq!(at(("cancel_at_period_end", "false")), Json::Null);
    assert_eq!(at(("cancel_at", "max_period_end")), ends(1));
}

/// A metered price of a dollar for each use, and the name of the event that tells of one.
fn metered(client: &Client) -> String {
    let form = [("display_name", "Calls"), ("event_name", "calls"), ("default_aggregation[formula]", "sum")];
    let meter = id(&client.post("/v1/billing/meters", &form));
    let form = [
        ("product_data[name]", "Calls"),
        ("currency", "usd"),
        ("unit_amount", "100"),
        ("recurring[interval]", "month"),
        ("recurring[usage_type]", "metered"),
        ("recurring[meter]", &meter),
    ];
    id(&client.post("/v1/prices", &form))
}

fn use_up(client: &Client, customer: &str, at: i64, value: &str) {
    let at = at.to_string();
    let form = [
        ("event_name", "calls"),
        ("timestamp", &at),
        ("payload[stripe_customer_id]", customer),
        ("payload[value]", value),
    ];
    client.post("/v1/billing/meter_events", &form);
}

/// What the invoices of a customer come to, newest first.
fn totals(client: &Client, customer: &str) -> Vec<i64> {
    let page = client.ok("GET", "/v1/invoices", &[("customer", customer)]);
    page["data"].as_array().unwrap().iter().map(|one| one["total"].as_i64().unwrap()).collect()
}

/// The time now, at the start of its hour: usage is told of the past and of today.
fn today() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    i64::try_from(now / 3600 * 3600).unwrap()
}

#[test]
fn a_schedule_that_ends_its_subscription_bills_the_last_usage() {
    let client = Client::new();
    let (clock, customer) = client.payer_at(today(), "pm_card_visa");
    let form = [
        ("customer", customer.as_str()),
        ("start_date", "now"),
        ("end_behavior", "cancel"),
        ("phases[0][items][0][price]", &metered(&client)),
        ("phases[0][duration][interval]", "month"),
    ];
    let made = client.post("/v1/subscription_schedules", &form);
    use_up(&client, &customer, today(), "7");
    let end = made["phases"][0]["end_date"].as_i64().unwrap();
    advance(&client, &clock, end + DAY);
    let path = format!("/v1/subscriptions/{}", made["subscription"].as_str().unwrap());
    assert_eq!(client.get(&path)["status"], "canceled");
    assert_eq!(totals(&client, &customer), [700, 0]);
    assert_eq!(client.get(&format!("/v1/subscription_schedules/{}", id(&made)))["status"], "completed");
}

#[test]
fn a_schedule_that_is_canceled_bills_and_credits_the_rest() {
    let client = Client::new();
    // January has 31 days, of which 21 are left
    let canceled = |form: &[(&str, &str)]| {
        let (clock, customer) = clocked(&client, "pm_card_visa");
        let start = [
            ("customer", customer.as_str()),
            ("start_date", "now"),
            ("phases[0][items][0][price]", &client.monthly("3100")),
            ("phases[0][duration][interval]", "year"),
        ];
        let made = client.post("/v1/subscription_schedules", &start);
        advance(&client, &clock, START + 10 * DAY);
        let path = format!("/v1/subscription_schedules/{}/cancel", id(&made));
        assert_eq!(client.post(&path, form)["status"], "canceled");
        totals(&client, &customer)
    };
    assert_eq!(canceled(&[]), [-2100, 3100]);
    assert_eq!(canceled(&[("invoice_now", "false")]), [3100]);
    assert_eq!(canceled(&[("prorate", "false")]), [3100]);
}

#[test]
fn a_later_phase_is_a_trial() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let price = client.monthly("1000");
    let phase = |at: usize| format!("phases[{at}][items][0][price]");
    let length = |at: usize| format!("phases[{at}][duration][interval]");
    let names = [phase(0), length(0), phase(1), length(1), phase(2), length(2)];
    let mut form = vec![("customer", customer.as_str()), ("start_date", "now"), ("phases[1][trial]", "true")];
    for (at, name) in names.iter().enumerate() {
        form.push((name, if at % 2 == 0 { &price } else { "month" }));
    }
    let made = client.post("/v1/subscription_schedules", &form);
    let path = format!("/v1/subscriptions/{}", made["subscription"].as_str().unwrap());
    let (begins, ends) = (made["phases"][1]["start_date"].as_i64(), made["phases"][1]["end_date"].as_i64());
    advance(&client, &clock, START + 40 * DAY);
    let trial = client.get(&path);
    assert_eq!(trial["status"], "trialing");
    assert_eq!((trial["trial_start"].as_i64(), trial["trial_end"].as_i64()), (begins, ends));
    assert_eq!(trial["items"]["data"][0]["current_period_start"].as_i64(), begins);
    assert_eq!(totals(&client, &customer), [1000]);
    advance(&client, &clock, START + 62 * DAY);
    assert_eq!(client.get(&path)["status"], "active");
    assert_eq!(totals(&client, &customer), [1000, 1000]);
}
