//! Invoices: their lines, what is credited, the customer's balance.

use serde_json::Value as Json;

use crate::client::{Client, id};

/// An open invoice over that amount, on one line.
fn open(client: &Client, customer: &str, amount: &str) -> Json {
    client.post("/v1/invoiceitems", &[("customer", customer), ("amount", amount), ("currency", "usd")]);
    let made =
        client.post("/v1/invoices", &[("customer", customer), ("pending_invoice_items_behavior", "include")]);
    client.post(&format!("/v1/invoices/{}/finalize", id(&made)), &[])
}

#[test]
fn lines_of_a_draft_come_change_and_go() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let made = id(&client.post("/v1/invoices", &[("customer", &customer)]));
    let path = format!("/v1/invoices/{made}");
    let form = [
        ("lines[0][amount]", "700"),
        ("lines[0][description]", "work"),
        ("lines[1][price_data][currency]", "usd"),
        ("lines[1][price_data][product_data][name]", "Thing"),
        ("lines[1][price_data][unit_amount]", "50"),
        ("lines[1][quantity]", "3"),
        ("invoice_metadata[a]", "b"),
    ];
    let added = client.post(&format!("{path}/add_lines"), &form);
    assert_eq!(
        (&added["total"], &added["metadata"]["a"], &added["lines"]["total_count"]),
        (&850.into(), &"b".into(), &2.into())
    );
    let (first, second) = (id(&added["lines"]["data"][0]), id(&added["lines"]["data"][1]));
    let changed = client.post(
        &format!("{path}/update_lines"),
        &[("lines[0][id]", &first), ("lines[0][amount]", "100"), ("lines[0][metadata][x]", "y")],
    );
    assert_eq!(
        (&changed["total"], &changed["lines"]["data"][0]["metadata"]["x"]),
        (&250.into(), &"y".into())
    );
    let line = client.post(&format!("{path}/lines/{second}"), &[("quantity", "4")]);
    assert_eq!((&line["amount"], &line["quantity"]), (&200.into(), &4.into()));
    client.refused(404, "POST", &format!("{path}/lines/il_none"), &[("quantity", "1")]);
    let page = client.ok("GET", &format!("{path}/lines"), &[("limit", "1"), ("starting_after", &first)]);
    assert_eq!((&page["data"][0]["id"], &page["has_more"]), (&second.as_str().into(), &false.into()));
    let form = [
        ("lines[0][id]", first.as_str()),
        ("lines[0][behavior]", "unassign"),
        ("lines[1][id]", &second),
        ("lines[1][behavior]", "delete"),
    ];
    assert_eq!(client.post(&format!("{path}/remove_lines"), &form)["total"], 0);
    assert_eq!(
        client.ok("GET", "/v1/invoiceitems", &[("pending", "true")])["data"].as_array().unwrap().len(),
        1
    );
    client.post(&format!("{path}/finalize"), &[]);
    let message = client.refused(400, "POST", &format!("{path}/add_lines"), &form);
    assert!(!message.is_empty());
}

#[test]
fn a_credit_note_takes_from_what_is_still_due() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let owed = open(&client, &customer, "1000");
    let path = format!("/v1/invoices/{}", id(&owed));
    let preview = client.ok("GET", "/v1/credit_notes/preview", &[("invoice", &id(&owed)), ("amount", "300")]);
    assert_eq!((&preview["amount"], &client.get(&path)["amount_due"]), (&300.into(), &1000.into()));
    let note = client
        .post("/v1/credit_notes", &[("invoice", &id(&owed)), ("amount", "300"), ("reason", "duplicate")]);
    assert_eq!(
        (&note["status"], &note["type"], &note["pre_payment_amount"]),
        (&"issued".into(), &"pre_payment".into(), &300.into())
    );
    let less = client.get(&path);
    assert_eq!(
        (
            &less["amount_due"],
            &less["amount_remaining"],
            &less["pre_payment_credit_notes_amount"],
            &less["total"]
        ),
        (&700.into(), &700.into(), &300.into(), &1000.into())
    );
    client.refused(400, "POST", "/v1/credit_notes", &[("invoice", &id(&owed)), ("amount", "701")]);
    let voided = client.post(&format!("/v1/credit_notes/{}/void", id(&note)), &[]);
    assert_eq!((&voided["status"], &client.get(&path)["amount_due"]), (&"void".into(), &1000.into()));
    client.refused(400, "POST", &format!("/v1/credit_notes/{}/void", id(&note)), &[]);
    client.post("/v1/credit_notes", &[("invoice", &id(&owed)), ("amount", "400")]);
    let paid = client.post(&format!("{path}/pay"), &[]);
    assert_eq!((&paid["status"], &paid["amount_paid"]), (&"paid".into(), &600.into()));
    let other = open(&client, &customer, "500");
    client.post("/v1/credit_notes", &[("invoice", &id(&other)), ("amount", "500")]);
    assert_eq!(
        client.get(&format!("/v1/invoices/{}", id(&other)))["status"],
        "paid",
        "nothing is left to pay"
    );
}

#[test]
fn what_was_paid_is_given_back_in_parts_that_make_the_whole() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let owed = open(&client, &customer, "1000");
    client.post(&format!("/v1/invoices/{}/pay", id(&owed)), &[]);
    let invoice = id(&owed);
    client.refused(
        400,
        "POST",
        "/v1/credit_notes",
        &[("invoice", &invoice), ("amount", "500"), ("credit_amount", "100")],
    );
    let line = id(&owed["lines"]["data"][0]);
    let form = [
        ("invoice", invoice.as_str()),
        ("lines[0][type]", "invoice_line_item"),
        ("lines[0][invoice_line_item]", &line),
        ("lines[0][amount]", "500"),
        ("credit_amount", "100"),
        ("refund_amount", "300"),
        ("out_of_band_amount", "100"),
    ];
    let note = client.post("/v1/credit_notes", &form);
    assert_eq!(
        (&note["type"], &note["post_payment_amount"], &note["refunds"][0]["amount_refunded"]),
        (&"post_payment".into(), &500.into(), &300.into())
    );
    assert_eq!(note["lines"]["data"][0]["invoice_line_item"], line.as_str());
    assert_eq!(
        client.get(&format!("/v1/refunds/{}", note["refunds"][0]["refund"].as_str().unwrap()))["amount"],
        300
    );
    assert_eq!(client.get(&format!("/v1/customers/{customer}"))["balance"], -100);
    let entry = client.get(&format!(
        "/v1/customers/{customer}/balance_transactions/{}",
        note["customer_balance_transaction"].as_str().unwrap()
    ));
    assert_eq!((&entry["type"], &entry["credit_note"]), (&"credit_note".into(), &note["id"]));
    assert_eq!(
        client.get(&format!("/v1/credit_notes/{}/lines", id(&note)))["data"].as_array().unwrap().len(),
        1
    );
    client.refused(
        400,
        "POST",
        "/v1/credit_notes",
        &[("invoice", &invoice), ("amount", "501"), ("credit_amount", "501")],
    );
    let next = open(&client, &customer, "150");
    assert_eq!(
        (&next["starting_balance"], &next["amount_due"], &next["ending_balance"]),
        (&(-100).into(), &50.into(), &0.into())
    );
}

#[test]
fn the_balance_is_a_ledger() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let path = format!("/v1/customers/{customer}/balance_transactions");
    let entry = client.post(&path, &[("amount", "-700"), ("currency", "usd"), ("description", "sorry")]);
    assert_eq!(
        (&entry["ending_balance"], &entry["type"], &entry["description"]),
        (&(-700).into(), &"adjustment".into(), &"sorry".into())
    );
    client.refused(400, "POST", &path, &[("amount", "1"), ("currency", "eur")]);
    client.post(&format!("/v1/customers/{customer}"), &[("balance", "-900")]);
    let free = open(&client, &customer, "900");
    assert_eq!((&free["status"], &free["amount_due"]), (&"paid".into(), &0.into()));
    let owed = open(&client, &customer, "600");
    client.post(&format!("/v1/customers/{customer}"), &[("balance", "-50")]);
    client.post(&format!("/v1/invoices/{}/void", id(&owed)), &[]);
    let kinds: Vec<(Json, Json)> = client.get(&path)["data"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|entry| (entry["type"].clone(), entry["amount"].clone()))
        .collect();
    let expected: Vec<(Json, Json)> =
        [("adjustment", -700), ("adjustment", -200), ("applied_to_invoice", 900), ("adjustment", -50)]
            .map(|(a, b)| (a.into(), b.into()))
            .into();
    assert_eq!(kinds, expected);
    let used = open(&client, &customer, "200");
    assert_eq!(used["amount_due"], 150);
    client.post(&format!("/v1/invoices/{}/void", id(&used)), &[]);
    assert_eq!(
        client.get(&format!("/v1/customers/{customer}"))["balance"],
        -50,
        "a void invoice gives the balance back"
    );
    let tiny = open(&client, &customer, "70");
    assert_eq!(
        (&tiny["status"], &client.get(&format!("/v1/customers/{customer}"))["balance"]),
        (&"paid".into(), &20.into())
    );
}

#[test]
fn a_payment_made_elsewhere_pays_an_invoice() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let owed = open(&client, &customer, "1000");
    let form = [
        ("amount", "1000"),
        ("currency", "usd"),
        ("customer", &customer),
        ("payment_method", "pm_card_visa"),
        ("confirm", "true"),
        ("allowed_payment_method_types[]", "card"),
    ];
    let intent = id(&client.post("/v1/payment_intents", &form));
    let paid =
        client.post(&format!("/v1/invoices/{}/attach_payment", id(&owed)), &[("payment_intent", &intent)]);
    assert_eq!((&paid["status"], &paid["amount_paid"]), (&"paid".into(), &1000.into()));
    let payments = client.ok("GET", "/v1/invoice_payments", &[("invoice", &id(&owed)), ("status", "paid")]);
    assert!(
        payments["data"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["payment"]["payment_intent"] == intent.as_str())
    );
    let found = client.ok(
        "GET",
        "/v1/invoice_payments",
        &[("payment[type]", "payment_intent"), ("payment[payment_intent]", &intent)],
    );
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
}

#[test]
fn a_quote_of_a_recurring_price_starts_a_subscription() {
    let client = Client::new();
    let (customer, price) = (client.payer("pm_card_visa"), client.monthly("1000"));
    let form =
        [("customer", customer.as_str()), ("line_items[0][price]", &price), ("line_items[0][quantity]", "2")];
    let path = format!("/v1/quotes/{}", id(&client.post("/v1/quotes", &form)));
    client.post(&format!("{path}/finalize"), &[]);
    let accepted = client.post(&format!("{path}/accept"), &[]);
    let owned = client.get(&format!("/v1/subscriptions/{}", accepted["subscription"].as_str().unwrap()));
    assert_eq!(
        (&owned["customer"], &owned["items"]["data"][0]["quantity"]),
        (&customer.as_str().into(), &2.into())
    );
    assert_eq!(accepted["invoice"], owned["latest_invoice"]);
}

/// A payment of that amount, made or still to be confirmed.
fn intent(client: &Client, customer: &str, currency: &str, confirmed: bool) -> String {
    let form = [
        ("amount", "400"),
        ("currency", currency),
        ("customer", customer),
        ("payment_method", "pm_card_visa"),
        ("confirm", if confirmed { "true" } else { "false" }),
        ("allowed_payment_method_types[]", "card"),
    ];
    id(&client.post("/v1/payment_intents", &form))
}

#[test]
fn a_payment_pays_one_invoice_in_its_own_currency() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let (first, second) = (open(&client, &customer, "1000"), open(&client, &customer, "1000"));
    let attach = |invoice: &Json| format!("/v1/invoices/{}/attach_payment", id(invoice));
    let paying = intent(&client, &customer, "usd", true);
    let credited = client.post(&attach(&first), &[("payment_intent", &paying)]);
    assert_eq!((&credited["amount_paid"], &credited["amount_remaining"]), (&400.into(), &600.into()));
    client.refused(400, "POST", &attach(&second), &[("payment_intent", &paying)]);
    let foreign = intent(&client, &customer, "eur", true);
    client.refused(400, "POST", &attach(&second), &[("payment_intent", &foreign)]);
    let later = intent(&client, &customer, "usd", false);
    let waits = client.post(&attach(&second), &[("payment_intent", &later)]);
    assert_eq!(waits["amount_paid"], 0);
    client.post(&format!("/v1/payment_intents/{later}/confirm"), &[]);
    let shown = client.get(&format!("/v1/invoices/{}", id(&second)));
    assert_eq!((&shown["amount_paid"], &shown["status"]), (&400.into(), &"open".into()));
}

#[test]
fn what_nobody_paid_by_an_intent_is_no_payment_of_it() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let states = |invoice: &Json| {
        let page = client.ok("GET", "/v1/invoice_payments", &[("invoice", &id(invoice))]);
        let all = page["data"].as_array().unwrap().iter();
        all.map(|one| one["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let outside = open(&client, &customer, "1000");
    client.post(&format!("/v1/invoices/{}/pay", id(&outside)), &[("paid_out_of_band", "true")]);
    assert_eq!(states(&outside), ["canceled"]);
    let credited = open(&client, &customer, "1000");
    client.post("/v1/credit_notes", &[("invoice", &id(&credited)), ("amount", "1000")]);
    assert_eq!(states(&credited), ["canceled"]);
    let charged = open(&client, &customer, "1000");
    client.post(&format!("/v1/invoices/{}/pay", id(&charged)), &[]);
    assert_eq!(states(&charged), ["paid"]);
}

#[test]
fn what_waits_stands_before_the_periods_and_the_newest_first() {
    let (client, start) = (Client::new(), 1_767_225_600);
    let (clock, customer) = client.payer_at(start, "pm_card_visa");
    for (at, amount) in ["100", "200"].into_iter().enumerate() {
        let form = [("customer", customer.as_str()), ("amount", amount), ("currency", "usd")];
        client.post("/v1/invoiceitems", &form);
        let later = (start + 60 * (i64::try_from(at).unwrap() + 1)).to_string();
        client.post(&format!("/v1/test_helpers/test_clocks/{clock}/advance"), &[("frozen_time", &later)]);
    }
    let prices = [client.monthly("1000"), client.monthly("2000")];
    let form = [
        ("customer", customer.as_str()),
        ("items[0][price]", &prices[0]),
        ("items[1][price]", &prices[1]),
        ("expand[]", "latest_invoice"),
    ];
    let made = client.post("/v1/subscriptions", &form);
    let lines = made["latest_invoice"]["lines"]["data"].as_array().unwrap().iter();
    assert_eq!(
        lines.map(|line| line["amount"].as_i64().unwrap()).collect::<Vec<_>>(),
        [200, 100, 2000, 1000]
    );
}

#[test]
fn a_tax_within_a_price_is_rounded_once() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let form = [("display_name", "VAT"), ("percentage", "19"), ("inclusive", "true")];
    let rate = id(&client.post("/v1/tax_rates", &form));
    let made = id(&client.post("/v1/invoices", &[("customer", &customer), ("default_tax_rates[0]", &rate)]));
    let item = [("customer", customer.as_str()), ("invoice", &made), ("amount", "999"), ("currency", "usd")];
    client.post("/v1/invoiceitems", &item);
    let taxed = client.get(&format!("/v1/invoices/{made}"));
    let tax = &taxed["total_taxes"][0];
    assert_eq!((&tax["amount"], &tax["taxable_amount"]), (&160.into(), &839.into()));
    assert_eq!((&taxed["total"], &taxed["total_excluding_tax"]), (&999.into(), &839.into()));
}

#[test]
fn no_more_of_a_line_is_credited_than_there_is() {
    let client = Client::new();
    let paid = open(&client, &client.payer("pm_card_visa"), "99999999");
    let line = paid["lines"]["data"][0]["id"].as_str().unwrap();
    let form = [
        ("invoice", paid["id"].as_str().unwrap()),
        ("lines[0][type]", "invoice_line_item"),
        ("lines[0][invoice_line_item]", line),
        ("lines[0][quantity]", "999999999999999"),
    ];
    let message = client.refused(400, "POST", "/v1/credit_notes", &form);
    assert!(message.contains(line), "{message}");
}
