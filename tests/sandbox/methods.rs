//! Which method pays, and how: of the older kind, or one of Stripe's test methods.

use serde_json::Value as Json;

use crate::client::{Client, id};

#[test]
fn a_card_of_the_older_kind_is_charged() {
    let client = Client::new();
    let customer = client.post("/v1/customers", &[("source", "tok_visa")]);
    let (customer, card) = (id(&customer), customer["default_source"].as_str().unwrap().to_owned());
    let form = [("amount", "500"), ("currency", "usd"), ("customer", customer.as_str())];
    for named in [&[][..], &[("source", card.as_str())]] {
        let charge = client.post("/v1/charges", &[&form, named].concat());
        assert_eq!(
            (&charge["status"], &charge["payment_method"]),
            (&"succeeded".into(), &card.as_str().into())
        );
    }
    let confirmed =
        [("payment_method", card.as_str()), ("confirm", "true"), ("return_url", "https://a.example")];
    assert_eq!(client.post("/v1/payment_intents", &[&form[..], &confirmed].concat())["status"], "succeeded");
    let other = id(&client.post("/v1/customers", &[("name", "Eve")]));
    let form = [("amount", "500"), ("currency", "usd"), ("customer", &other), ("source", &card)];
    client.refused(400, "POST", "/v1/charges", &form);
    for form in [[("source", "tok_chargeDeclined")], [("source", "tok_radarBlock")]] {
        client.refused(402, "POST", "/v1/customers", &form);
    }
}

/// A payment with a method, and its charge.
fn paid(client: &Client, method: &str, kind: &str) -> (Json, Json) {
    let form = [
        ("amount", "2000"),
        ("currency", "usd"),
        ("payment_method", method),
        ("confirm", "true"),
        ("allowed_payment_method_types[]", kind),
        ("expand[]", "latest_charge"),
    ];
    let intent = client.post("/v1/payment_intents", &form);
    (intent.clone(), intent["latest_charge"].clone())
}

#[test]
fn test_cards_do_what_stripe_says_of_them() {
    let client = Client::new();
    let card = |method: &str| paid(&client, method, "card").1;
    assert_eq!(card("pm_card_gb")["payment_method_details"]["card"]["country"], "GB");
    assert_eq!(card("pm_card_threeDSecureOptional")["status"], "succeeded");
    assert_eq!(card("pm_card_riskLevelElevated")["outcome"]["risk_level"], "elevated");
    let checks = &card("pm_card_cvcCheckFail")["payment_method_details"]["card"]["checks"];
    assert_eq!(checks["cvc_check"], "fail");
    let refund = |method: &str| client.post("/v1/refunds", &[("charge", &id(&card(method)))]);
    assert_eq!(refund("pm_card_pendingRefund")["status"], "pending");
    let failed = refund("pm_card_refundFail");
    assert_eq!(failed["status"], "failed");
    let charge = client.get(&format!("/v1/charges/{}", failed["charge"].as_str().unwrap()));
    assert_eq!((&charge["amount_refunded"], &charge["refunded"]), (&0.into(), &false.into()));
    let bank = paid(&client, "pm_usBankAccount_success", "us_bank_account").1;
    assert_eq!(bank["payment_method_details"]["us_bank_account"]["last4"], "6789");
}

#[test]
fn a_dispute_is_one_of_its_card() {
    let client = Client::new();
    let raised = |card: &str| {
        let charge = id(&paid(&client, card, "card").1);
        let page = client.ok("GET", "/v1/disputes", &[("charge", &charge)]);
        page["data"][0].clone()
    };
    let received = raised("pm_card_createDisputeProductNotReceived");
    assert_eq!(
        (&received["reason"], &received["status"]),
        (&"product_not_received".into(), &"needs_response".into())
    );
    let inquiry = raised("pm_card_createDisputeInquiry");
    assert_eq!(inquiry["status"], "warning_needs_response");
    assert_eq!(inquiry["balance_transactions"].as_array().map(Vec::len), Some(0), "nothing was taken back");
}

#[test]
fn who_is_set_up_pays_when_nobody_is_there() {
    let client = Client::new();
    let customer = client.payer("pm_card_authenticationRequiredSetupForOffSession");
    let method = client.get(&format!("/v1/customers/{customer}"));
    let method = method["invoice_settings"]["default_payment_method"].as_str().unwrap().to_owned();
    let form = [
        ("amount", "500"),
        ("currency", "usd"),
        ("customer", customer.as_str()),
        ("payment_method", &method),
        ("confirm", "true"),
        ("allowed_payment_method_types[]", "card"),
    ];
    assert_eq!(client.post("/v1/payment_intents", &form)["status"], "requires_action");
    let form = [&form[..], &[("off_session", "true")]].concat();
    assert_eq!(client.post("/v1/payment_intents", &form)["status"], "succeeded");
}

#[test]
fn a_wallet_or_a_bank_pays_on_a_page_of_its_own() {
    let client = Client::new();
    let form = [
        ("amount", "500"),
        ("currency", "eur"),
        ("payment_method_data[type]", "ideal"),
        ("allowed_payment_method_types[]", "ideal"),
        ("confirm", "true"),
        ("return_url", "https://a.example"),
    ];
    let intent = client.post("/v1/payment_intents", &form);
    assert_eq!(
        (&intent["status"], &intent["next_action"]["type"]),
        (&"requires_action".into(), &"redirect_to_url".into())
    );
    let page = intent["next_action"]["redirect_to_url"]["url"].as_str().unwrap().to_owned();
    client.post(&page, &[]);
    let path = format!("/v1/payment_intents/{}", id(&intent));
    assert_eq!(client.get(&path)["status"], "succeeded");
}

#[test]
fn what_a_bank_was_told_stands_in_the_charge() {
    let client = Client::new();
    let form = [("amount", "500"), ("currency", "myr"), ("allowed_payment_method_types[]", "fpx")];
    let path = format!("/v1/payment_intents/{}", id(&client.post("/v1/payment_intents", &form)));
    let form = [
        ("payment_method_data[type]", "fpx"),
        ("payment_method_data[fpx][bank]", "affin_bank"),
        ("payment_method_data[fpx][account_holder_type]", "individual"),
        ("return_url", "https://a.example"),
    ];
    assert_eq!(client.post(&format!("{path}/confirm"), &form)["status"], "requires_action");
    client.post(&format!("{}/authenticate", path.replace("/v1/", "/_sandbox/")), &[]);
    let paid = client.ok("GET", &path, &[("expand[]", "latest_charge")]);
    let details = &paid["latest_charge"]["payment_method_details"]["fpx"];
    assert_eq!(details["account_holder_type"], "individual");
}
