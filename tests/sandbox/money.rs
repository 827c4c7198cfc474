//! Setup intents, and the account's own money: balance transactions, disputes, payouts, transfers.

use serde_json::Value as Json;
use stripe_provider::sandbox::Sandbox;

use crate::calls::STILL;
use crate::client::{Client, Form, id};

fn pay(client: &Client, amount: &str, method: &str) -> Json {
    let form = [
        ("amount", amount),
        ("currency", "usd"),
        ("payment_method", method),
        ("confirm", "true"),
        ("allowed_payment_method_types[]", "card"),
        ("expand[]", "latest_charge.balance_transaction"),
    ];
    client.post("/v1/payment_intents", &form)["latest_charge"].clone()
}

#[test]
fn charges_and_refunds_move_the_balance() {
    let client = Client::new();
    let charge = pay(&client, "10000", "pm_card_visa");
    let entry = &charge["balance_transaction"];
    assert_eq!(
        (&entry["amount"], &entry["fee"], &entry["net"], &entry["type"], &entry["source"]),
        (&10000.into(), &320.into(), &9680.into(), &"charge".into(), &charge["id"])
    );
    assert_eq!((&entry["status"], &entry["fee_details"][0]["amount"]), (&"pending".into(), &320.into()));
    let balance = client.get("/v1/balance");
    assert_eq!(
        (&balance["pending"][0]["amount"], &balance["available"][0]["amount"]),
        (&9680.into(), &0.into())
    );
    let refund = client.post(
        "/v1/refunds",
        &[("charge", &id(&charge)), ("amount", "4000"), ("expand[]", "balance_transaction")],
    );
    assert_eq!(
        (&refund["balance_transaction"]["amount"], &refund["balance_transaction"]["type"]),
        (&(-4000).into(), &"refund".into())
    );
    pay(&client, "1000", "pm_card_bypassPending");
    let balance = client.get("/v1/balance");
    assert_eq!(
        (&balance["pending"][0]["amount"], &balance["available"][0]["amount"]),
        (&5680.into(), &941.into())
    );
    let only =
        |form: Form<'_>| client.ok("GET", "/v1/balance_transactions", form)["data"].as_array().unwrap().len();
    assert_eq!((only(&[]), only(&[("type", "refund")]), only(&[("source", &id(&charge))])), (3, 1, 1));
    client.get(&format!("/v1/balance_transactions/{}", id(entry)));
}

#[test]
fn a_dispute_is_answered_or_lost() {
    let client = Client::new();
    let charge = pay(&client, "2000", "pm_card_createDispute");
    assert_eq!(charge["disputed"], true);
    let dispute = client.ok("GET", "/v1/disputes", &[("charge", &id(&charge))])["data"][0].clone();
    assert_eq!(
        (&dispute["status"], &dispute["amount"], &dispute["balance_transactions"][0]["fee"]),
        (&"needs_response".into(), &2000.into(), &1500.into())
    );
    client.refused(400, "POST", "/v1/refunds", &[("charge", &id(&charge))]);
    let path = format!("/v1/disputes/{}", id(&dispute));
    assert_eq!(
        client.post(&path, &[("evidence[product_description]", "tea"), ("submit", "false")])["status"],
        "needs_response"
    );
    assert_eq!(client.post(&path, &[("evidence[uncategorized_text]", "winning_evidence")])["status"], "won");
    client.refused(400, "POST", &format!("{path}/close"), &[]);
    let other = pay(&client, "2000", "pm_card_createDispute");
    let other = client.ok("GET", "/v1/disputes", &[("charge", &id(&other))])["data"][0].clone();
    assert_eq!(client.post(&format!("/v1/disputes/{}/close", id(&other)), &[])["status"], "lost");
    let events = client.events();
    for kind in ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"] {
        assert!(events.iter().any(|one| one == kind), "{kind} is not in {events:?}");
    }
}

#[test]
fn no_more_leaves_the_account_than_is_there() {
    let client = Client::new();
    let payout = [("amount", "500"), ("currency", "usd")];
    let message = client.refused(400, "POST", "/v1/payouts", &payout);
    assert!(message.contains("insufficient funds"), "{message}");
    pay(&client, "10000", "pm_card_bypassPending");
    let made = client.post("/v1/payouts", &payout);
    assert_eq!(made["status"], "pending");
    let available = || client.get("/v1/balance")["available"][0]["amount"].as_i64().unwrap();
    assert_eq!(available(), 9180);
    let path = format!("/v1/payouts/{}", id(&made));
    client.refused(400, "POST", &format!("{path}/reverse"), &[]);
    assert_eq!(client.post(&format!("{path}/cancel"), &[])["status"], "canceled");
    assert_eq!(available(), 9680);
    client.refused(400, "POST", &format!("{path}/cancel"), &[]);
    let fast = client.post("/v1/payouts", &[("amount", "500"), ("currency", "usd"), ("method", "instant")]);
    let back = client.post(&format!("/v1/payouts/{}/reverse", id(&fast)), &[]);
    assert_eq!((&back["amount"], &back["original_payout"]), (&(-500).into(), &fast["id"]));
    let account = id(&client.post("/v1/accounts", &[("type", "custom")]));
    let transfer = [("amount", "1000"), ("currency", "usd"), ("destination", account.as_str())];
    let sent = client.post("/v1/transfers", &transfer);
    let reversals = format!("/v1/transfers/{}/reversals", id(&sent));
    client.post(&reversals, &[("amount", "400")]);
    client.refused(400, "POST", &reversals, &[("amount", "601")]);
    client.post(&reversals, &[]);
    let whole = client.get(&format!("/v1/transfers/{}", id(&sent)));
    assert_eq!(
        (&whole["reversed"], &whole["amount_reversed"], &whole["reversals"]["total_count"]),
        (&true.into(), &1000.into(), &2.into())
    );
    assert_eq!(available(), 9680);
    let topup = client.post("/v1/topups", &[("amount", "2000"), ("currency", "usd")]);
    assert_eq!(client.post(&format!("/v1/topups/{}/cancel", id(&topup)), &[])["status"], "canceled");
}

#[test]
fn a_setup_intent_saves_a_method() {
    let client = Client::new();
    let customer = id(&client.post("/v1/customers", &[]));
    let made = client
        .post("/v1/setup_intents", &[("customer", &customer), ("allowed_payment_method_types[]", "card")]);
    assert_eq!((&made["status"], &made["usage"]), (&"requires_payment_method".into(), &"off_session".into()));
    let path = format!("/v1/setup_intents/{}", id(&made));
    client.refused(400, "POST", &format!("{path}/confirm"), &[]);
    let done = client.post(&format!("{path}/confirm"), &[("payment_method", "pm_card_visa")]);
    assert_eq!(done["status"], "succeeded");
    assert_eq!(
        client.get(&format!("/v1/payment_methods/{}", done["payment_method"].as_str().unwrap()))["customer"],
        customer.as_str()
    );
    client.refused(400, "POST", &format!("{path}/cancel"), &[]);
    client.refused(400, "POST", &path, &[("customer", &customer)]);
    let attempts = client.ok("GET", "/v1/setup_attempts", &[("setup_intent", &id(&made))]);
    assert_eq!(attempts["data"][0]["status"], "succeeded");
}

#[test]
fn a_setup_may_need_the_customer_or_fail() {
    let client = Client::new();
    let base = [("allowed_payment_method_types[]", "card"), ("confirm", "true")];
    let form = [&base[..], &[("payment_method", "pm_card_authenticationRequiredOnSetup")]].concat();
    let waits = client.post("/v1/setup_intents", &form);
    assert_eq!(
        (&waits["status"], &waits["next_action"]["type"]),
        (&"requires_action".into(), &"use_stripe_sdk".into())
    );
    let done = client.post(&format!("/_sandbox/setup_intents/{}/authenticate", id(&waits)), &[]);
    assert_eq!(done["status"], "succeeded");
    let other = client.post("/v1/setup_intents", &form);
    let failed =
        client.post(&format!("/_sandbox/setup_intents/{}/authenticate?outcome=failed", id(&other)), &[]);
    assert_eq!(
        (&failed["status"], &failed["last_setup_error"]["code"]),
        (&"requires_payment_method".into(), &"setup_intent_authentication_failure".into())
    );
    assert_eq!(client.post(&format!("/v1/setup_intents/{}/cancel", id(&other)), &[])["status"], "canceled");
    let declined = [&base[..], &[("payment_method", "pm_card_chargeDeclined")]].concat();
    client.refused(402, "POST", "/v1/setup_intents", &declined);
    let bank = [
        ("confirm", "true"),
        ("allowed_payment_method_types[]", "us_bank_account"),
        ("payment_method_data[type]", "us_bank_account"),
        ("payment_method_data[us_bank_account][account_number]", "000123456789"),
        ("payment_method_data[us_bank_account][routing_number]", "110000000"),
        ("payment_method_data[us_bank_account][account_holder_type]", "individual"),
        ("payment_method_data[billing_details][name]", "Ada"),
    ];
    let waits = client.post("/v1/setup_intents", &bank);
    let path = format!("/v1/setup_intents/{}/verify_microdeposits", id(&waits));
    client.refused(400, "POST", &path, &[("amounts[]", "1"), ("amounts[]", "2")]);
    assert_eq!(client.post(&path, &[("amounts[]", "32"), ("amounts[]", "45")])["status"], "succeeded");
}

#[test]
fn amounts_have_the_decimals_of_their_currency() {
    let client = Client::new();
    let intent = |amount, currency| [("amount", amount), ("currency", currency)];
    for (amount, currency) in
        [("5124", "kwd"), ("510", "isk"), ("550", "UGX"), ("49", "jpy"), ("17499", "huf")]
    {
        let (status, body) = client.call("POST", "/v1/payment_intents", &intent(amount, currency));
        assert_eq!((status, &body["error"]["param"]), (400, &"amount".into()), "{currency}: {body}");
    }
    for (amount, currency) in [("5120", "kwd"), ("500", "isk"), ("50", "jpy"), ("17501", "HUF")] {
        let made = client.post("/v1/payment_intents", &intent(amount, currency));
        assert_eq!(made["currency"], currency.to_lowercase());
    }
}

#[test]
fn a_source_of_the_older_kind_is_saved_and_charged() {
    let client = Client::new();
    let customer = client.post("/v1/customers", &[("source", "tok_visa")]);
    let card = customer["default_source"].as_str().unwrap();
    assert!(card.starts_with("card_"), "{card}");
    let form = [("customer", customer["id"].as_str().unwrap()), ("items[0][price]", &client.monthly("900"))];
    let subscription = client.post("/v1/subscriptions", &form);
    assert_eq!(subscription["status"], "active");
    let path = format!("/v1/customers/{}", id(&customer));
    let changed = client.post(&path, &[("source", "tok_chargeCustomerFail")]);
    assert_ne!(changed["default_source"], card);
    let subscription = client.post("/v1/subscriptions", &form);
    assert_eq!(subscription["status"], "incomplete");
    client.refused(400, "POST", &path, &[("source", "tok_none")]);
    client.refused(501, "POST", &path, &[("validate", "false")]);
}

#[test]
fn what_time_changes_is_listed_as_it_is_shown() {
    let before = Client::over(Sandbox::memory().unwrap().repeating(STILL, 1));
    let price = before
        .post("/v1/prices", &[("product_data[name]", "Tea"), ("currency", "usd"), ("unit_amount", "700")]);
    let url = ("success_url", "https://example.com/done");
    let items = [("line_items[0][quantity]", "1"), ("line_items[0][price]", price["id"].as_str().unwrap())];
    before.post("/v1/checkout/sessions", &[url, ("mode", "payment"), items[0], items[1]]);
    let later = Client::over(before.sandbox.copy().unwrap().repeating(STILL + 2 * 24 * 60 * 60, 2));
    let count = |client: &Client, name: &str, value: &str| {
        let found = client.ok("GET", "/v1/checkout/sessions", &[(name, value)]);
        let all = found["data"].as_array().unwrap();
        assert!(all.iter().all(|one| one["created"] == STILL), "{all:?}");
        all.len()
    };
    assert_eq!((count(&before, "status", "open"), count(&before, "status", "expired")), (1, 0));
    assert_eq!((count(&later, "status", "open"), count(&later, "status", "expired")), (0, 1));
    let made = |bound: &str, seconds: i64| {
        count(&later, &format!("created[{bound}]"), &(STILL + seconds).to_string())
    };
    assert_eq!((made("gt", 0), made("gte", 0), made("lt", 0), made("lte", 0)), (0, 1, 0, 1));
    assert_eq!((made("gt", -1), made("lt", 1)), (1, 1));
}

#[test]
fn a_decline_is_told_as_the_network_told_it() {
    let client = Client::new();
    let pay = |card: &str| {
        let (status, refused) = client.call(
            "POST",
            "/v1/payment_intents",
            &[
                ("amount", "500"),
                ("currency", "usd"),
                ("confirm", "true"),
                ("payment_method", card),
                ("allowed_payment_method_types[]", "card"),
            ],
        );
        assert_eq!(status, 402, "{refused}");
        let charge = client.get(&format!("/v1/charges/{}", refused["error"]["charge"].as_str().unwrap()));
        (refused["error"].clone(), charge["outcome"].clone())
    };
    let (error, outcome) = pay("pm_card_chargeDeclined");
    assert_eq!(
        (&error["network_decline_code"], &outcome["network_decline_code"]),
        (&"01".into(), &"01".into())
    );
    assert_eq!(outcome["seller_message"], "The bank did not return any further details with this decline.");
    let (_, outcome) = pay("pm_card_chargeDeclinedLostCard");
    assert_eq!(outcome["seller_message"], "The bank returned the decline code `lost_card`.");
    let (error, outcome) = pay("pm_card_chargeDeclinedFraudulent");
    assert_eq!((&error["decline_code"], &outcome["type"]), (&"fraudulent".into(), &"blocked".into()));
    assert_eq!(outcome["network_status"], "not_sent_to_network");
}

#[test]
fn a_capture_says_more_of_its_charge() {
    let client = Client::new();
    let held = client.post(
        "/v1/charges",
        &[("amount", "500"), ("currency", "usd"), ("source", "tok_visa"), ("capture", "false")],
    );
    let path = format!("/v1/charges/{}/capture", held["id"].as_str().unwrap());
    let taken = client
        .post(&path, &[("amount", "300"), ("receipt_email", "ada@example.com"), ("transfer_group", "A")]);
    assert_eq!((&taken["amount"], &taken["amount_captured"]), (&500.into(), &300.into()));
    assert_eq!((&taken["receipt_email"], &taken["transfer_group"]), (&"ada@example.com".into(), &"A".into()));
}

#[test]
fn the_refunds_of_a_charge_are_at_a_path_of_their_own() {
    let client = Client::new();
    let form = [("amount", "500"), ("currency", "usd"), ("source", "tok_visa")];
    let (charge, other) = (id(&client.post("/v1/charges", &form)), id(&client.post("/v1/charges", &form)));
    let refund = id(&client.post("/v1/refunds", &[("charge", &charge), ("amount", "100")]));
    client.post("/v1/refunds", &[("charge", &other)]);
    let path = format!("/v1/charges/{charge}/refunds");
    let page = client.get(&path);
    assert_eq!((page["data"].as_array().unwrap().len(), &page["url"]), (1, &path.as_str().into()));
    assert_eq!(client.get(&format!("{path}/{refund}"))["amount"], 100);
    client.refused(501, "GET", "/v1/quotes/qt_1/pdf", &[]);
    client.refused(501, "POST", "/v2/billing/meter_event_stream", &[]);
}
