//! What time does to every invoice of a subscription: each has its own attempts and its own due date, and only
//! the latest says how the subscription is.

use serde_json::Value as Json;

use crate::client::{Client, id};
use crate::clocks::{advance, clocked};
use crate::subscriptions::subscribe;

const DAY: i64 = 86400;
const START: i64 = 1_767_225_600;

fn weekly(client: &Client) -> String {
    let form = [
        ("product_data[name]", "Plan"),
        ("currency", "usd"),
        ("unit_amount", "1000"),
        ("recurring[interval]", "week"),
    ];
    id(&client.post("/v1/prices", &form))
}

/// The invoices of a subscription, oldest first.
fn invoices(client: &Client, subscription: &Json) -> Vec<Json> {
    let page = client.ok("GET", "/v1/invoices", &[("subscription", &id(subscription)), ("limit", "100")]);
    page["data"].as_array().unwrap().iter().rev().cloned().collect()
}

/// Moves a clock so many days behind the start, in steps that a weekly subscription allows.
fn advance_to(client: &Client, clock: &str, days: i64) {
    let now =
        || client.get(&format!("/v1/test_helpers/test_clocks/{clock}"))["frozen_time"].as_i64().unwrap();
    while now() < START + days * DAY {
        advance(client, clock, (now() + 7 * DAY).min(START + days * DAY));
    }
}

#[test]
fn every_invoice_is_tried_again() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let made = subscribe(&client, &customer, &weekly(&client), &[]);
    client.saves(&customer, "pm_card_chargeCustomerFail");
    advance_to(&client, &clock, 13);
    let tried = |at: usize| {
        let one = invoices(&client, &made)[at].clone();
        (one["attempt_count"].as_i64().unwrap(), one["next_payment_attempt"].as_i64())
    };
    assert_eq!(tried(1).0, 2, "a week and three days after the start");
    advance_to(&client, &clock, 17);
    assert_eq!((tried(1).0, tried(2).0), (3, 1), "older ones go on");
    advance_to(&client, &clock, 23);
    assert_eq!(tried(1), (4, None), "until nothing is tried any more");
    let path = format!("/v1/subscriptions/{}", id(&made));
    assert_eq!(client.get(&path)["status"], "past_due", "which says nothing of the latest");
    client.ok("DELETE", &path, &[]);
    let left = invoices(&client, &made);
    let open: Vec<&Json> = left.iter().filter(|one| one["status"] != "paid").collect();
    assert_eq!(open.len(), 3);
    for one in open {
        assert_eq!((&one["auto_advance"], &one["next_payment_attempt"]), (&false.into(), &Json::Null));
    }
}

#[test]
fn every_invoice_that_is_sent_becomes_overdue() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let form = [("collection_method", "send_invoice"), ("days_until_due", "30")];
    let made = subscribe(&client, &customer, &weekly(&client), &form);
    let overdue = || client.events().iter().filter(|kind| *kind == "invoice.overdue").count();
    advance_to(&client, &clock, 29);
    assert_eq!(overdue(), 0);
    advance_to(&client, &clock, 39);
    assert_eq!(overdue(), 2);
    assert_eq!(client.get(&format!("/v1/subscriptions/{}", id(&made)))["status"], "active");
}

#[test]
fn what_was_open_before_a_pause_is_still_collected() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let made = subscribe(&client, &customer, &client.monthly("1000"), &[]);
    client.saves(&customer, "pm_card_chargeCustomerFail");
    advance(&client, &clock, START + 32 * DAY);
    let path = format!("/v1/subscriptions/{}", id(&made));
    client.post(&path, &[("pause_collection[behavior]", "void")]);
    client.saves(&customer, "pm_card_visa");
    advance(&client, &clock, START + 36 * DAY);
    let states = || invoices(&client, &made).iter().map(|one| one["status"].clone()).collect::<Vec<_>>();
    assert_eq!(states(), ["paid", "paid"]);
    advance(&client, &clock, START + 60 * DAY);
    assert_eq!(states(), ["paid", "paid", "void"]);
}
