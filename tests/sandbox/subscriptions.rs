//! Subscriptions from the first invoice to the last.

use serde_json::Value as Json;

use crate::client::{Client, id};

pub fn subscribe(client: &Client, customer: &str, price: &str, more: &[(&str, &str)]) -> Json {
    let form = [&[("customer", customer), ("items[0][price]", price)], more].concat();
    client.post("/v1/subscriptions", &form)
}

pub fn invoice(client: &Client, subscription: &Json) -> Json {
    client.get(&format!("/v1/invoices/{}", subscription["latest_invoice"].as_str().unwrap()))
}

#[test]
fn a_subscription_is_paid_and_canceled() {
    let client = Client::new();
    let (customer, price) = (client.payer("pm_card_visa"), client.monthly("1000"));
    let made = subscribe(&client, &customer, &price, &[("items[0][quantity]", "3"), ("metadata[team]", "a")]);
    assert_eq!(
        (&made["status"], &made["currency"], &made["collection_method"]),
        (&"active".into(), &"usd".into(), &"charge_automatically".into())
    );
    let item = &made["items"]["data"][0];
    assert_eq!(
        (&item["price"]["id"], &item["quantity"], &item["plan"]["amount"]),
        (&price.as_str().into(), &3.into(), &1000.into())
    );
    let days = (item["current_period_end"].as_i64().unwrap()
        - item["current_period_start"].as_i64().unwrap())
        / 86400;
    assert!((28..=31).contains(&days), "{days}");
    let first = invoice(&client, &made);
    assert_eq!(
        (&first["status"], &first["total"], &first["billing_reason"]),
        (&"paid".into(), &3000.into(), &"subscription_create".into())
    );
    let details = &first["parent"]["subscription_details"];
    assert_eq!((&details["subscription"], &details["metadata"]["team"]), (&made["id"], &"a".into()));
    assert_eq!(
        first["lines"]["data"][0]["parent"]["subscription_item_details"]["subscription_item"],
        item["id"]
    );
    let path = format!("/v1/subscriptions/{}", id(&made));
    let ended = client.ok("DELETE", &path, &[]);
    assert_eq!(ended["status"], "canceled");
    assert!(ended["ended_at"].is_i64() && ended["canceled_at"].is_i64());
    client.refused(404, "DELETE", &path, &[]);
    assert_eq!(client.get(&path)["status"], "canceled");
    let count =
        |form: &[(&str, &str)]| client.ok("GET", "/v1/subscriptions", form)["data"].as_array().unwrap().len();
    assert_eq!(
        (
            count(&[]),
            count(&[("status", "all")]),
            count(&[("status", "ended")]),
            count(&[("status", "active")])
        ),
        (0, 1, 1, 0)
    );
    client.refused(400, "POST", &path, &[("cancel_at_period_end", "true")]);
    assert_eq!(client.post(&path, &[("metadata[team]", "b")])["metadata"]["team"], "b");
    let events = client.events();
    for kind in [
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "customer.subscription.deleted",
    ] {
        assert!(events.iter().any(|one| one == kind), "{kind} is not in {events:?}");
    }
}

#[test]
fn a_payment_that_fails_leaves_it_incomplete() {
    let client = Client::new();
    let (customer, price) = (client.payer("pm_card_chargeCustomerFail"), client.monthly("1000"));
    let made = subscribe(&client, &customer, &price, &[]);
    assert_eq!((&made["status"], &invoice(&client, &made)["status"]), (&"incomplete".into(), &"open".into()));
    let form = [
        ("customer", customer.as_str()),
        ("items[0][price]", &price),
        ("payment_behavior", "error_if_incomplete"),
    ];
    client.refused(402, "POST", "/v1/subscriptions", &form);
    assert_eq!(
        client.ok("GET", "/v1/subscriptions", &[("status", "all")])["data"].as_array().unwrap().len(),
        1
    );
    client.saves(&customer, "pm_card_visa");
    let path = format!("/v1/invoices/{}/pay", made["latest_invoice"].as_str().unwrap());
    assert_eq!(client.post(&path, &[])["status"], "paid");
    assert_eq!(client.get(&format!("/v1/subscriptions/{}", id(&made)))["status"], "active");
    let poor = id(&client.post("/v1/customers", &[]));
    let message =
        client.refused(400, "POST", "/v1/subscriptions", &[("customer", &poor), ("items[0][price]", &price)]);
    assert!(message.contains("no attached payment source"), "{message}");
}

#[test]
fn a_default_incomplete_one_waits_for_the_customer() {
    let client = Client::new();
    let customer = id(&client.post("/v1/customers", &[]));
    let made = subscribe(
        &client,
        &customer,
        &client.monthly("1000"),
        &[("payment_behavior", "default_incomplete"), ("expand[]", "latest_invoice.payments")],
    );
    assert_eq!(made["status"], "incomplete");
    let payment = &made["latest_invoice"]["payments"]["data"][0];
    assert_eq!(
        (&payment["status"], &payment["amount_requested"], &payment["is_default"]),
        (&"open".into(), &1000.into(), &true.into())
    );
    let intent = payment["payment"]["payment_intent"].as_str().unwrap();
    let form = [("payment_method", "pm_card_visa")];
    assert_eq!(client.post(&format!("/v1/payment_intents/{intent}/confirm"), &form)["status"], "succeeded");
    let path = format!("/v1/subscriptions/{}", id(&made));
    assert_eq!(client.get(&path)["status"], "active");
    let paid = client.get(&format!("/v1/invoice_payments/{}", id(payment)));
    assert_eq!((&paid["status"], &paid["amount_paid"]), (&"paid".into(), &1000.into()));
}

#[test]
fn a_void_first_invoice_ends_what_never_began() {
    let client = Client::new();
    let customer = id(&client.post("/v1/customers", &[]));
    let made =
        subscribe(&client, &customer, &client.monthly("1000"), &[("payment_behavior", "default_incomplete")]);
    client.post(&format!("/v1/invoices/{}/void", made["latest_invoice"].as_str().unwrap()), &[]);
    assert_eq!(client.get(&format!("/v1/subscriptions/{}", id(&made)))["status"], "incomplete_expired");
}

#[test]
fn a_trial_costs_nothing_until_it_ends() {
    let client = Client::new();
    let (customer, price) = (client.payer("pm_card_visa"), client.monthly("1000"));
    let made = subscribe(&client, &customer, &price, &[("trial_period_days", "14")]);
    assert_eq!((&made["status"], &invoice(&client, &made)["total"]), (&"trialing".into(), &0.into()));
    assert_eq!(made["trial_end"], made["items"]["data"][0]["current_period_end"]);
    assert_eq!(made["trial_end"].as_i64().unwrap() - made["trial_start"].as_i64().unwrap(), 14 * 86400);
    let path = format!("/v1/subscriptions/{}", id(&made));
    let active = client.post(&path, &[("trial_end", "now")]);
    assert_eq!(
        (&active["status"], &invoice(&client, &active)["amount_paid"]),
        (&"active".into(), &1000.into())
    );
    let both = [
        ("customer", customer.as_str()),
        ("items[0][price]", &price),
        ("trial_period_days", "1"),
        ("trial_end", "1900000000"),
    ];
    client.refused(400, "POST", "/v1/subscriptions", &both);
}

#[test]
fn changes_are_credited_and_charged() {
    let client = Client::new();
    let (customer, price, dear) =
        (client.payer("pm_card_visa"), client.monthly("1000"), client.monthly("3000"));
    let made = subscribe(&client, &customer, &price, &[]);
    let path = format!("/v1/subscriptions/{}", id(&made));
    let item = id(&made["items"]["data"][0]);
    let changed = client.post(&path, &[("items[0][id]", &item), ("items[0][price]", &dear)]);
    assert_eq!(changed["items"]["data"][0]["price"]["id"], dear.as_str());
    let waiting = client.ok("GET", "/v1/invoiceitems", &[("pending", "true")]);
    let amounts: Vec<i64> =
        waiting["data"].as_array().unwrap().iter().map(|item| item["amount"].as_i64().unwrap()).collect();
    assert_eq!(amounts, [3000, -1000]);
    assert!(
        waiting["data"][0]["proration"] == true
            && waiting["data"][0]["parent"]["subscription_details"]["subscription"] == made["id"]
    );
    let billed = invoice(&client, &made);
    let credited = &waiting["data"][1]["proration_details"]["credited_items"];
    assert_eq!(
        credited["invoice_line_item_details"],
        serde_json::json!({"invoice": billed["id"], "invoice_line_items": [billed["lines"]["data"][0]["id"]]})
    );
    let preview = client.post("/v1/invoices/create_preview", &[("subscription", &id(&made))]);
    let lines = preview["lines"]["data"].as_array().unwrap();
    for (line, amount, credits) in [(&lines[0], -1000, true), (&lines[1], 3000, false)] {
        let parent = &line["parent"];
        assert_eq!((&line["amount"], &parent["type"]), (&amount.into(), &"subscription_item_details".into()));
        assert_eq!(parent["invoice_item_details"], Json::Null);
        let details = &parent["subscription_item_details"];
        assert_eq!(
            (&details["proration"], &details["subscription_item"]),
            (&true.into(), &item.as_str().into())
        );
        assert!(details["invoice_item"].is_string() && details["subscription"] == made["id"]);
        assert_eq!(details["proration_details"]["credited_items"].is_object(), credits);
    }
    assert_eq!((&preview["total"], preview["lines"]["total_count"].as_i64()), (&5000.into(), Some(3)));
    assert_eq!(
        client.ok("GET", "/v1/invoices", &[])["data"].as_array().unwrap().len(),
        1,
        "a preview is not kept"
    );
    let form = [
        ("items[0][id]", item.as_str()),
        ("items[0][quantity]", "2"),
        ("proration_behavior", "always_invoice"),
    ];
    let changed = client.post(&path, &form);
    let now = invoice(&client, &changed);
    assert_eq!((&now["billing_reason"], &now["amount_paid"]), (&"subscription_update".into(), &5000.into()));
    client
        .post(&path, &[("items[0][id]", &item), ("items[0][quantity]", "9"), ("proration_behavior", "none")]);
    assert!(
        client.ok("GET", "/v1/invoiceitems", &[("pending", "true")])["data"].as_array().unwrap().is_empty()
    );
}

#[test]
fn another_interval_begins_anew() {
    let client = Client::new();
    let (customer, price) = (client.payer("pm_card_visa"), client.monthly("1000"));
    let product = client.get(&format!("/v1/prices/{price}"))["product"].as_str().unwrap().to_owned();
    let yearly = id(&client.post(
        "/v1/prices",
        &[
            ("product", &product),
            ("currency", "usd"),
            ("unit_amount", "9000"),
            ("recurring[interval]", "year"),
        ],
    ));
    let made = subscribe(&client, &customer, &price, &[]);
    let item = id(&made["items"]["data"][0]);
    let changed = client.post(
        &format!("/v1/subscriptions/{}", id(&made)),
        &[("items[0][id]", &item), ("items[0][price]", &yearly)],
    );
    assert_eq!(invoice(&client, &changed)["amount_paid"], 8000);
}

#[test]
fn items_come_and_go_but_one_stays() {
    let client = Client::new();
    let (customer, price, other) =
        (client.payer("pm_card_visa"), client.monthly("1000"), client.monthly("500"));
    let made = id(&subscribe(&client, &customer, &price, &[]));
    let added = client
        .post("/v1/subscription_items", &[("subscription", &made), ("price", &other), ("quantity", "2")]);
    assert_eq!((&added["object"], &added["quantity"]), (&"subscription_item".into(), &2.into()));
    let message =
        client.refused(400, "POST", "/v1/subscription_items", &[("subscription", &made), ("price", &other)]);
    assert!(message.contains("same plan"), "{message}");
    let path = format!("/v1/subscription_items/{}", id(&added));
    assert_eq!(client.post(&path, &[("quantity", "5"), ("metadata[a]", "b")])["quantity"], 5);
    let list = client.ok("GET", "/v1/subscription_items", &[("subscription", &made)]);
    assert_eq!(list["data"].as_array().unwrap().len(), 2);
    assert_eq!(client.get(&format!("/v1/subscriptions/{made}"))["items"]["data"][1]["quantity"], 5);
    assert_eq!(client.ok("DELETE", &path, &[])["deleted"], true);
    let remaining = format!("/v1/subscription_items/{}", id(&list["data"][0]));
    client.refused(400, "DELETE", &remaining, &[]);
    let once = client
        .post("/v1/prices", &[("product_data[name]", "Once"), ("currency", "usd"), ("unit_amount", "5")]);
    client.refused(400, "POST", "/v1/subscription_items", &[("subscription", &made), ("price", &id(&once))]);
}

#[test]
fn it_pauses_and_goes_on() {
    let client = Client::new();
    let made = id(&subscribe(&client, &client.payer("pm_card_visa"), &client.monthly("1000"), &[]));
    let path = format!("/v1/subscriptions/{made}");
    let paused = client.post(&format!("{path}/pause"), &[("type", "subscription")]);
    assert_eq!(
        (&paused["status"], &paused["status_details"]["paused"]["type"]),
        (&"paused".into(), &"subscription".into())
    );
    let resumed = client.post(&format!("{path}/resume"), &[]);
    assert_eq!(
        (&resumed["status"], &invoice(&client, &resumed)["amount_paid"]),
        (&"active".into(), &1000.into())
    );
    client.refused(400, "POST", &format!("{path}/resume"), &[]);
    let ends = client.post(&path, &[("cancel_at_period_end", "true")]);
    assert_eq!(ends["cancel_at"], ends["items"]["data"][0]["current_period_end"]);
    assert_eq!(client.post(&path, &[("cancel_at_period_end", "false")])["cancel_at"], Json::Null);
}

#[test]
fn a_first_period_before_the_anchor_costs_its_part() {
    let client = Client::new();
    let (clock, customer) = crate::clocks::clocked(&client, "pm_card_visa");
    let price = client.monthly("3100");
    let form = [("billing_cycle_anchor_config[day_of_month]", "11"), ("expand[]", "latest_invoice")];
    let made = subscribe(&client, &customer, &price, &form);
    assert_eq!(
        (&made["latest_invoice"]["total"], &made["test_clock"]),
        (&1000.into(), &clock.as_str().into())
    );
    let item = &made["items"]["data"][0];
    assert_eq!(item["current_period_end"], made["billing_cycle_anchor"]);
    let free = [
        ("billing_cycle_anchor", "1768000000"),
        ("proration_behavior", "none"),
        ("expand[]", "latest_invoice"),
    ];
    let made = subscribe(&client, &customer, &price, &free);
    assert_eq!((&made["status"], &made["latest_invoice"]["total"]), (&"active".into(), &0.into()));
    client.refused(
        400,
        "POST",
        "/v1/subscriptions",
        &[("customer", &customer), ("items[0][price]", &price), ("billing_cycle_anchor", "1000")],
    );
}

#[test]
fn a_trial_without_a_method_waits_for_one() {
    let client = Client::new();
    let customer = id(&client.post("/v1/customers", &[]));
    let form = [
        ("trial_period_days", "7"),
        ("payment_behavior", "default_incomplete"),
        ("expand[]", "pending_setup_intent"),
    ];
    let made = subscribe(&client, &customer, &client.monthly("1000"), &form);
    assert_eq!(
        (&made["status"], &made["pending_setup_intent"]["status"]),
        (&"trialing".into(), &"requires_payment_method".into())
    );
}

#[test]
fn taxes_are_on_top_or_within() {
    let client = Client::new();
    let rate = |percentage: &str, inclusive: &str| {
        id(&client.post(
            "/v1/tax_rates",
            &[("display_name", "VAT"), ("percentage", percentage), ("inclusive", inclusive)],
        ))
    };
    let (on_top, within) = (rate("19", "false"), rate("25", "true"));
    let (customer, price) = (client.payer("pm_card_visa"), client.monthly("1000"));
    let half = id(&client.post("/v1/coupons", &[("percent_off", "50")]));
    let form = [
        ("default_tax_rates[]", on_top.as_str()),
        ("discounts[0][coupon]", &half),
        ("expand[]", "latest_invoice"),
    ];
    let made = subscribe(&client, &customer, &price, &form);
    let first = &made["latest_invoice"];
    assert_eq!(
        (&first["subtotal"], &first["total_excluding_tax"], &first["total"]),
        (&1000.into(), &500.into(), &595.into())
    );
    assert_eq!((&first["total_taxes"][0]["amount"], &first["amount_paid"]), (&95.into(), &595.into()));
    assert_eq!(made["default_tax_rates"][0]["id"], on_top.as_str());
    let form =
        [("customer", customer.as_str()), ("amount", "1000"), ("currency", "usd"), ("tax_rates[]", &within)];
    client.post("/v1/invoiceitems", &form);
    let form = [
        ("customer", customer.as_str()),
        ("pending_invoice_items_behavior", "include"),
        ("default_tax_rates[]", &on_top),
    ];
    let drawn = client.post("/v1/invoices", &form);
    assert_eq!((&drawn["total"], &drawn["total_excluding_tax"]), (&1000.into(), &800.into()));
    assert_eq!(drawn["lines"]["data"][0]["taxes"][0]["amount"], 200);
}
