//! What is hard to bill: periods that are parts of whole ones, discounts on what is prorated, usage
//! and trials in the middle of a change, changes that wait for their payment.

use serde_json::Value as Json;

use crate::client::{Client, id};
use crate::clocks::{advance, clocked};
use crate::subscriptions::{invoice, subscribe};

const DAY: i64 = 24 * 60 * 60;

fn now(client: &Client, clock: &str) -> i64 {
    client.get(&format!("/v1/test_helpers/test_clocks/{clock}"))["frozen_time"].as_i64().unwrap()
}

/// What the first item of a subscription is: its id, and when its period ends.
fn item(subscription: &Json) -> (String, i64) {
    let item = &subscription["items"]["data"][0];
    (id(item), item["current_period_end"].as_i64().unwrap())
}

fn path(subscription: &Json) -> String {
    format!("/v1/subscriptions/{}", id(subscription))
}

/// Changes the quantity of the first item; the invoice of the change comes back.
fn requantify(client: &Client, subscription: &Json, quantity: &str) -> Json {
    let (item, _) = item(subscription);
    let form = [
        ("items[0][id]", item.as_str()),
        ("items[0][quantity]", quantity),
        ("proration_behavior", "always_invoice"),
    ];
    invoice(client, &client.post(&path(subscription), &form))
}

fn amounts(invoice: &Json) -> Vec<i64> {
    invoice["lines"]["data"].as_array().unwrap().iter().map(|line| line["amount"].as_i64().unwrap()).collect()
}

#[test]
fn a_short_first_period_is_credited_by_what_it_cost() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let anchor = (now(&client, &clock) + 10 * DAY).to_string();
    let made = subscribe(&client, &customer, &client.monthly("3100"), &[("billing_cycle_anchor", &anchor)]);
    let paid = invoice(&client, &made)["total"].as_i64().unwrap();
    let changed = requantify(&client, &made, "2");
    assert_eq!(amounts(&changed), [-paid, 2 * paid]);
}

#[test]
fn the_last_day_of_the_month_is_the_last_of_the_next_one_too() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    advance(&client, &clock, now(&client, &clock) + 40 * DAY);
    let form = [("billing_cycle_anchor_config[day_of_month]", "31")];
    let made = subscribe(&client, &customer, &client.monthly("2800"), &form);
    let february = item(&made).1;
    advance(&client, &clock, february + 2 * 60 * 60);
    let march = item(&client.get(&path(&made))).1;
    assert_eq!((march - february) / DAY, 31, "the 28th of February to the 31st of March");
}

#[test]
fn what_is_prorated_is_less_the_discounts_it_was_charged_with() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let coupon =
        |form: &[(&str, &str)]| id(&client.post("/v1/coupons", &[form, &[("duration", "once")]].concat()));
    let half = coupon(&[("percent_off", "50")]);
    let made = subscribe(&client, &customer, &client.monthly("1000"), &[("discounts[0][coupon]", &half)]);
    assert_eq!(invoice(&client, &made)["total"], 500);
    let changed = requantify(&client, &made, "2");
    assert_eq!(amounts(&changed), [-500, 2000], "the credit is what was paid");
    assert_eq!(changed["lines"]["data"][0]["discount_amounts"], Json::Array(vec![]));
    // a discount that is given once is given once to an item too
    let given = [("items[0][discounts][0][coupon]", half.as_str())];
    let made = subscribe(&client, &customer, &client.monthly("1000"), &given);
    assert_eq!(invoice(&client, &made)["total"], 500);
    advance(&client, &clock, item(&made).1 + 2 * 60 * 60);
    assert_eq!(invoice(&client, &client.get(&path(&made)))["total"], 1000);
    // and not to a trial that costs nothing
    let trial = [("discounts[0][coupon]", half.as_str()), ("trial_period_days", "7")];
    let made = subscribe(&client, &customer, &client.monthly("1000"), &trial);
    advance(&client, &clock, item(&made).1 + 2 * 60 * 60);
    assert_eq!(invoice(&client, &client.get(&path(&made)))["total"], 500);
}

#[test]
fn two_discounts_never_take_more_than_there_is() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let off = |amount: &str| {
        id(&client
            .post("/v1/coupons", &[("amount_off", amount), ("currency", "usd"), ("duration", "forever")]))
    };
    let form = [("discounts[0][coupon]", off("700")), ("discounts[1][coupon]", off("900"))];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let first = invoice(&client, &subscribe(&client, &customer, &client.monthly("1000"), &form));
    let taken: Vec<&Json> = first["total_discount_amounts"].as_array().unwrap().iter().collect();
    assert_eq!(
        (&first["total"], &taken[0]["amount"], &taken[1]["amount"]),
        (&0.into(), &700.into(), &300.into())
    );
}

#[test]
fn the_rest_of_a_period_is_taxed_like_its_item() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let rate = [("display_name", "VAT"), ("percentage", "10"), ("inclusive", "false")];
    let rate = id(&client.post("/v1/tax_rates", &rate));
    let made = subscribe(&client, &customer, &client.monthly("1000"), &[("items[0][tax_rates][0]", &rate)]);
    let changed = requantify(&client, &made, "3");
    assert_eq!((&changed["subtotal"], &changed["total"]), (&2000.into(), &2200.into()));
}

#[test]
fn what_waits_for_one_subscription_is_not_billed_by_another() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let first = subscribe(&client, &customer, &client.monthly("1000"), &[]);
    advance(&client, &clock, now(&client, &clock) + DAY);
    let second = subscribe(&client, &customer, &client.monthly("500"), &[]);
    let (own, ends) = item(&second);
    client.post(&path(&second), &[("items[0][id]", &own), ("items[0][quantity]", "2")]);
    advance(&client, &clock, item(&first).1 + 2 * 60 * 60);
    assert_eq!(amounts(&invoice(&client, &client.get(&path(&first)))), [1000]);
    advance(&client, &clock, ends + 2 * 60 * 60);
    assert_eq!(amounts(&invoice(&client, &client.get(&path(&second)))), [-500, 1000, 1000]);
}

#[test]
fn the_next_invoice_is_the_one_that_comes() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let yearly = client.post(
        "/v1/prices",
        &[
            ("product_data[name]", "Plan"),
            ("currency", "usd"),
            ("unit_amount", "9000"),
            ("recurring[interval]", "year"),
        ],
    );
    let made = subscribe(&client, &customer, &client.monthly("1000"), &[("items[1][price]", &id(&yearly))]);
    let asked = [("subscription", id(&made))];
    let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let shown = client.post("/v1/invoices/create_preview", &asked);
    assert_eq!(amounts(&shown), [1000], "the year goes on");
    advance(&client, &clock, item(&made).1 + 2 * 60 * 60);
    let came = invoice(&client, &client.get(&path(&made)));
    for name in ["total", "period_start", "period_end"] {
        assert_eq!(shown[name], came[name], "{name}");
    }
    client.ok("DELETE", &path(&made), &[]);
    let message = client.refused(404, "POST", "/v1/invoices/create_preview", &asked);
    assert!(message.contains("No upcoming invoices"), "{message}");
}

#[test]
fn nothing_used_costs_the_flat_amount_at_the_end_alone() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let meter = [("display_name", "Calls"), ("event_name", "calls"), ("default_aggregation[formula]", "sum")];
    let meter = id(&client.post("/v1/billing/meters", &meter));
    let tiers = [
        ("product_data[name]", "Calls"),
        ("currency", "usd"),
        ("billing_scheme", "tiered"),
        ("tiers_mode", "graduated"),
        ("recurring[interval]", "month"),
        ("recurring[usage_type]", "metered"),
        ("recurring[meter]", &meter),
        ("tiers[0][up_to]", "10"),
        ("tiers[0][flat_amount]", "200"),
        ("tiers[1][up_to]", "inf"),
        ("tiers[1][unit_amount]", "5"),
    ];
    let price = id(&client.post("/v1/prices", &tiers));
    let made = subscribe(&client, &customer, &price, &[]);
    assert_eq!(invoice(&client, &made)["total"], 0);
    advance(&client, &clock, item(&made).1 + 2 * 60 * 60);
    assert_eq!(invoice(&client, &client.get(&path(&made)))["total"], 200);
    for (at, value) in [(7, "5"), (9, "9")] {
        let mut wrong = tiers.to_vec();
        wrong[at].1 = value;
        wrong[9].1 = if at == 9 { value } else { "3" };
        client.refused(400, "POST", "/v1/prices", &wrong);
    }
}

#[test]
fn a_first_payment_that_fails_is_not_tried_again_and_then_void() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_chargeCustomerFail");
    let made = subscribe(&client, &customer, &client.monthly("1000"), &[]);
    let started = now(&client, &clock);
    advance(&client, &clock, started + 20 * 60 * 60);
    assert_eq!(client.get(&path(&made))["status"], "incomplete");
    advance(&client, &clock, started + DAY);
    let ended = client.get(&path(&made));
    assert_eq!(
        (&ended["status"], &invoice(&client, &ended)["status"], &invoice(&client, &ended)["attempt_count"]),
        (&"incomplete_expired".into(), &"void".into(), &1.into())
    );
}

#[test]
fn an_invoice_that_is_sent_and_not_paid_is_overdue() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let form = [("collection_method", "send_invoice"), ("days_until_due", "7")];
    let made = subscribe(&client, &customer, &client.monthly("1000"), &form);
    advance(&client, &clock, now(&client, &clock) + 8 * DAY);
    let late = client.get(&path(&made));
    assert_eq!(late["status"], "past_due");
    assert!(client.events().iter().any(|kind| kind == "invoice.overdue"));
    let pay = format!("/v1/invoices/{}/pay", late["latest_invoice"].as_str().unwrap());
    client.post(&pay, &[("paid_out_of_band", "true")]);
    assert_eq!(client.get(&path(&made))["status"], "active");
}

#[test]
fn a_trial_that_begins_in_a_paid_period_credits_the_rest() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let made = subscribe(&client, &customer, &client.monthly("1000"), &[]);
    let until = item(&made).1;
    let changed = client.post(&path(&made), &[("trial_end", &until.to_string())]);
    assert_eq!(changed["status"], "trialing");
    advance(&client, &clock, until + 2 * 60 * 60);
    assert_eq!(amounts(&invoice(&client, &client.get(&path(&made)))), [-1000, 1000]);
}

#[test]
fn a_quote_that_begins_later_is_a_schedule() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let starts = (now(&client, &clock) + 5 * DAY)
        .max(client.get("/v1/events")["data"][0]["created"].as_i64().unwrap() + DAY);
    let form = [
        ("customer", customer.as_str()),
        ("line_items[0][price]", &client.monthly("1000")),
        ("line_items[0][quantity]", "2"),
        ("subscription_data[effective_date]", &starts.to_string()),
    ];
    let quote = format!("/v1/quotes/{}", id(&client.post("/v1/quotes", &form)));
    client.post(&format!("{quote}/finalize"), &[]);
    let accepted = client.post(&format!("{quote}/accept"), &[]);
    assert_eq!(accepted["subscription"], Json::Null);
    let schedule = client
        .get(&format!("/v1/subscription_schedules/{}", accepted["subscription_schedule"].as_str().unwrap()));
    let phase = &schedule["phases"][0];
    assert_eq!(
        (&schedule["status"], &phase["start_date"], &phase["items"][0]["quantity"]),
        (&"not_started".into(), &starts.into(), &2.into())
    );
}

/// A subscription whose change waits for its payment, and the customer's two cards: one pays.
fn waiting(client: &Client) -> (String, String, Json, Json) {
    let (clock, customer) = clocked(client, "pm_card_visa");
    let made = subscribe(client, &customer, &client.monthly("1000"), &[]);
    client.saves(&customer, "pm_card_chargeCustomerFail");
    let (item, _) = item(&made);
    let form = [
        ("items[0][id]", item.as_str()),
        ("items[0][quantity]", "3"),
        ("items[1][price]", &client.monthly("200")),
        ("proration_behavior", "always_invoice"),
        ("payment_behavior", "pending_if_incomplete"),
    ];
    let mut refused = form.to_vec();
    refused.push(("metadata[a]", "b"));
    client.refused(400, "POST", &path(&made), &refused);
    let changed = client.post(&path(&made), &form);
    assert_eq!(
        (&changed["status"], &changed["items"]["data"][0]["quantity"], &changed["items"]["total_count"]),
        (&"active".into(), &1.into(), &1.into())
    );
    let update = &changed["pending_update"];
    assert_eq!(
        (update["expires_at"].as_i64(), &update["subscription_items"][0]["quantity"]),
        (Some(now(client, &clock) + 23 * 60 * 60), &3.into())
    );
    assert_eq!(
        (&invoice(client, &changed)["status"], amounts(&invoice(client, &changed)).len()),
        (&"open".into(), 3)
    );
    (clock, customer, made, changed)
}

#[test]
fn a_change_that_waits_is_made_when_it_is_paid() {
    let client = Client::new();
    let (_, customer, made, changed) = waiting(&client);
    client.saves(&customer, "pm_card_visa");
    let pay = format!("/v1/invoices/{}/pay", changed["latest_invoice"].as_str().unwrap());
    assert_eq!(client.post(&pay, &[])["amount_paid"], 2200);
    let paid = client.get(&path(&made));
    assert_eq!(
        (&paid["pending_update"], &paid["items"]["data"][0]["quantity"], &paid["items"]["total_count"]),
        (&Json::Null, &3.into(), &2.into())
    );
    assert!(client.events().iter().any(|kind| kind == "customer.subscription.pending_update_applied"));
}

#[test]
fn a_change_that_waits_too_long_is_never_made() {
    let client = Client::new();
    let (clock, customer, made, changed) = waiting(&client);
    client.saves(&customer, "pm_card_visa");
    advance(&client, &clock, now(&client, &clock) + 2 * DAY);
    let kept = client.get(&path(&made));
    assert_eq!(
        (&kept["status"], &kept["pending_update"], &kept["items"]["data"][0]["quantity"]),
        (&"active".into(), &Json::Null, &1.into())
    );
    assert_eq!(invoice(&client, &changed)["status"], "void");
    assert!(client.events().iter().any(|kind| kind == "customer.subscription.pending_update_expired"));
    // a customer that pays is charged, and the change is made at once
    let (item, _) = item(&made);
    let form = [
        ("items[0][id]", item.as_str()),
        ("items[0][quantity]", "2"),
        ("proration_behavior", "always_invoice"),
        ("payment_behavior", "pending_if_incomplete"),
    ];
    let changed = client.post(&path(&made), &form);
    assert_eq!(
        (&changed["pending_update"], &changed["items"]["data"][0]["quantity"]),
        (&Json::Null, &2.into())
    );
}

#[test]
fn an_end_within_a_period_is_prorated() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let (start, price) = (now(&client, &clock), client.monthly("3100"));
    let waiting = || {
        let form = [("customer", customer.as_str()), ("pending", "true")];
        let page = client.ok("GET", "/v1/invoiceitems", &form);
        page["data"].as_array().unwrap().iter().map(|one| one["amount"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    // January has 31 days, of which the customer has 10
    let early = (start + 10 * DAY).to_string();
    let made = subscribe(&client, &customer, &price, &[]);
    let ends = |at: &str| client.post(&path(&made), &[("cancel_at", at)]);
    assert_eq!((item(&ends(&early)).1, waiting()), (start + 10 * DAY, vec![-2100]));
    assert_eq!((item(&ends("")).1, waiting()), (start + 31 * DAY, vec![2100, -2100]));
    ends(&early);
    advance(&client, &clock, start + 11 * DAY);
    assert_eq!((&client.get(&path(&made))["status"], waiting()), (&"canceled".into(), vec![]));
    assert_eq!(client.get(&format!("/v1/customers/{customer}"))["balance"], -2100);
}

#[test]
fn a_period_that_begins_shortly_before_the_end_is_short() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let (start, price) = (now(&client, &clock), client.monthly("3100"));
    let first = |form: &[(&str, &str)]| {
        let made = subscribe(&client, &customer, &price, form);
        (invoice(&client, &made)["total"].as_i64().unwrap(), made)
    };
    let early = (start + 10 * DAY).to_string();
    assert_eq!(first(&[("cancel_at", &early)]).0, 1000);
    assert_eq!(first(&[("cancel_at", &early), ("proration_behavior", "none")]).0, 3100);
    // 14 of the 28 days of February
    let (whole, made) = first(&[("cancel_at", &(start + 45 * DAY).to_string())]);
    advance(&client, &clock, start + 32 * DAY);
    let renewed = client.get(&path(&made));
    assert_eq!(
        (whole, &invoice(&client, &renewed)["total"], item(&renewed).1),
        (3100, &1550.into(), start + 45 * DAY)
    );
}
