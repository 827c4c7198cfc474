//! What time does to subscriptions: renewals, failures, schedules.

use serde_json::Value as Json;

use crate::client::{Client, id};
use crate::subscriptions::{invoice, subscribe};

/// A clock, and a customer whose time it is.
pub fn clocked(client: &Client, card: &str) -> (String, String) {
    client.payer_at(START, card)
}

const DAY: i64 = 86400;
const START: i64 = 1_767_225_600;

/// Moves a clock there, in steps that a monthly subscription allows.
pub fn advance(client: &Client, clock: &str, to: i64) {
    let path = format!("/v1/test_helpers/test_clocks/{clock}");
    loop {
        let at = client.get(&path)["frozen_time"].as_i64().unwrap();
        let next = to.min(at + 56 * DAY);
        let moved = client.post(&format!("{path}/advance"), &[("frozen_time", &next.to_string())]);
        assert_eq!(moved["status"], "advancing");
        let there = client.get(&path);
        assert_eq!((&there["status"], there["frozen_time"].as_i64()), (&"ready".into(), Some(next)));
        if next == to {
            return;
        }
    }
}

#[test]
fn a_clock_renews_a_subscription() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let made = subscribe(&client, &customer, &client.monthly("1000"), &[("trial_period_days", "7")]);
    assert_eq!((made["created"].as_i64(), &made["test_clock"]), (Some(START), &clock.as_str().into()));
    let path = format!("/v1/subscriptions/{}", id(&made));
    advance(&client, &clock, START + 8 * DAY);
    let active = client.get(&path);
    assert_eq!((&active["status"], &invoice(&client, &active)["status"]), (&"active".into(), &"paid".into()));
    advance(&client, &clock, START + 100 * DAY);
    let invoices = client.ok("GET", "/v1/invoices", &[("subscription", &id(&made))]);
    let paid: Vec<i64> =
        invoices["data"].as_array().unwrap().iter().map(|one| one["amount_paid"].as_i64().unwrap()).collect();
    assert_eq!(paid, [1000, 1000, 1000, 1000, 0]);
    assert_eq!(invoices["data"][0]["billing_reason"], "subscription_cycle");
    client.post(&path, &[("cancel_at_period_end", "true")]);
    advance(&client, &clock, START + 140 * DAY);
    assert_eq!(client.get(&path)["status"], "canceled");
    client.refused(
        400,
        "POST",
        &format!("/v1/test_helpers/test_clocks/{clock}/advance"),
        &[("frozen_time", "1767225600")],
    );
    client.ok("DELETE", &format!("/v1/test_helpers/test_clocks/{clock}"), &[]);
    assert_eq!(client.get(&format!("/v1/customers/{customer}"))["deleted"], true);
}

#[test]
fn a_renewal_that_fails_is_tried_again_and_then_given_up() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let made = subscribe(&client, &customer, &client.monthly("1000"), &[]);
    client.saves(&customer, "pm_card_chargeCustomerFail");
    let path = format!("/v1/subscriptions/{}", id(&made));
    advance(&client, &clock, START + 32 * DAY);
    assert_eq!(client.get(&path)["status"], "past_due");
    let latest = invoice(&client, &client.get(&path));
    assert_eq!((&latest["attempt_count"], &latest["status"]), (&1.into(), &"open".into()));
    advance(&client, &clock, START + 50 * DAY);
    let gone = client.get(&path);
    assert_eq!(
        (&gone["status"], &gone["cancellation_details"]["reason"]),
        (&"canceled".into(), &"payment_failed".into())
    );
}

#[test]
fn a_schedule_goes_from_phase_to_phase() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let (cheap, dear) = (client.monthly("1000"), client.monthly("2000"));
    let form = [
        ("customer", customer.as_str()),
        ("start_date", "now"),
        ("end_behavior", "release"),
        ("phases[0][items][0][price]", &cheap),
        ("phases[0][duration][interval]", "month"),
        ("phases[0][duration][interval_count]", "2"),
        ("phases[1][items][0][price]", &dear),
        ("phases[1][duration][interval]", "month"),
    ];
    let made = client.post("/v1/subscription_schedules", &form);
    assert_eq!(
        (&made["status"], &made["phases"][0]["end_date"]),
        (&"active".into(), &made["phases"][1]["start_date"])
    );
    let schedule = format!("/v1/subscription_schedules/{}", id(&made));
    let path = format!("/v1/subscriptions/{}", made["subscription"].as_str().unwrap());
    let price = || client.get(&path)["items"]["data"][0]["price"]["id"].as_str().unwrap().to_owned();
    assert_eq!((price(), client.get(&path)["schedule"].clone()), (cheap.clone(), made["id"].clone()));
    client.refused(400, "POST", &path, &[("cancel_at_period_end", "true")]);
    advance(&client, &clock, START + 65 * DAY);
    assert_eq!(
        (price(), client.get(&schedule)["current_phase"]["start_date"].clone()),
        (dear, made["phases"][1]["start_date"].clone())
    );
    advance(&client, &clock, START + 95 * DAY);
    let done = client.get(&schedule);
    assert_eq!(
        (&done["status"], &done["released_subscription"]),
        (&"released".into(), &made["subscription"])
    );
    assert_eq!(client.get(&path)["schedule"], Json::Null);
}

#[test]
fn a_schedule_ends_its_subscription_or_lets_it_go() {
    let client = Client::new();
    let (customer, price) = (client.payer("pm_card_visa"), client.monthly("1000"));
    let owner = id(&subscribe(&client, &customer, &price, &[]));
    let made = client.post("/v1/subscription_schedules", &[("from_subscription", &owner)]);
    assert_eq!(
        (&made["status"], &made["phases"][0]["items"][0]["price"]),
        (&"active".into(), &price.as_str().into())
    );
    client.refused(400, "POST", "/v1/subscription_schedules", &[("from_subscription", &owner)]);
    let path = format!("/v1/subscription_schedules/{}", id(&made));
    assert_eq!(client.post(&format!("{path}/release"), &[])["status"], "released");
    client.refused(400, "POST", &format!("{path}/cancel"), &[]);
    let again = client.post("/v1/subscription_schedules", &[("from_subscription", &owner)]);
    let ended = client.post(&format!("/v1/subscription_schedules/{}/cancel", id(&again)), &[]);
    assert_eq!(
        (&ended["status"], &client.get(&format!("/v1/subscriptions/{owner}"))["status"]),
        (&"canceled".into(), &"canceled".into())
    );
    let later = [
        ("customer", customer.as_str()),
        ("start_date", "4102444800"),
        ("phases[0][items][0][price]", &price),
    ];
    let waits = client.post("/v1/subscription_schedules", &later);
    assert_eq!((&waits["status"], &waits["subscription"]), (&"not_started".into(), &Json::Null));
}

#[test]
fn a_paused_collection_collects_nothing() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    for (behaviour, state) in
        [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")]
    {
        let made = subscribe(&client, &customer, &client.monthly("1000"), &[]);
        let path = format!("/v1/subscriptions/{}", id(&made));
        client.post(&path, &[("pause_collection[behavior]", behaviour)]);
        let now =
            client.get(&format!("/v1/test_helpers/test_clocks/{clock}"))["frozen_time"].as_i64().unwrap();
        advance(&client, &clock, now + 32 * DAY);
        let owned = client.get(&path);
        assert_eq!(
            (&owned["status"], &invoice(&client, &owned)["status"]),
            (&"active".into(), &state.into())
        );
    }
}

#[test]
fn a_collection_that_is_paused_goes_on_when_it_was_said() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let made = subscribe(&client, &customer, &client.monthly("1000"), &[]);
    let path = format!("/v1/subscriptions/{}", id(&made));
    let resumes = (START + 40 * DAY).to_string();
    let form = [("pause_collection[behavior]", "void"), ("pause_collection[resumes_at]", resumes.as_str())];
    client.post(&path, &form);
    advance(&client, &clock, START + 35 * DAY);
    let paused = client.get(&path);
    assert_eq!(
        (&paused["pause_collection"]["behavior"], &invoice(&client, &paused)["status"]),
        (&"void".into(), &"void".into())
    );
    advance(&client, &clock, START + 70 * DAY);
    let goes_on = client.get(&path);
    assert_eq!(
        (&goes_on["pause_collection"], &invoice(&client, &goes_on)["status"]),
        (&Json::Null, &"paid".into())
    );
}
