//! Checkout sessions, payment links, the customer portal.

use serde_json::Value as Json;

use crate::client::{Client, Form, id};

fn once(client: &Client, amount: &str) -> String {
    id(&client
        .post("/v1/prices", &[("product_data[name]", "Tea"), ("currency", "usd"), ("unit_amount", amount)]))
}

#[test]
fn a_session_is_paid_or_expires() {
    let client = Client::new();
    let price = once(&client, "700");
    let base = [
        ("mode", "payment"),
        ("success_url", "https://example.com/ok?id={CHECKOUT_SESSION_ID}"),
        ("line_items[0][price]", price.as_str()),
        ("line_items[0][quantity]", "2"),
    ];
    let made = client.post("/v1/checkout/sessions", &[&base[..], &[("expand[]", "line_items")]].concat());
    assert_eq!(
        (&made["status"], &made["payment_status"], &made["amount_total"], &made["currency"]),
        (&"open".into(), &"unpaid".into(), &1400.into(), &"usd".into())
    );
    assert!(
        made["url"].as_str().unwrap().starts_with("https://checkout.stripe.com/")
            && id(&made).starts_with("cs_test_")
    );
    assert_eq!(made["line_items"]["data"][0]["amount_total"], 1400);
    let path = format!("/v1/checkout/sessions/{}", id(&made));
    assert_eq!(client.get(&path).get("line_items"), None);
    assert_eq!(client.get(&format!("{path}/line_items"))["data"][0]["price"]["id"], price.as_str());
    let done = client.post(&format!("/_sandbox/checkout_sessions/{}/complete", id(&made)), &[]);
    assert_eq!(
        (&done["status"], &done["payment_status"], &done["url"]),
        (&"complete".into(), &"paid".into(), &Json::Null)
    );
    assert_eq!(
        client.get(&format!("/v1/payment_intents/{}", done["payment_intent"].as_str().unwrap()))["amount_received"],
        1400
    );
    client.refused(400, "POST", &format!("{path}/expire"), &[]);
    let other = client.post("/v1/checkout/sessions", &base);
    let gone = client.post(&format!("/v1/checkout/sessions/{}/expire", id(&other)), &[]);
    assert_eq!((&gone["status"], &gone["url"]), (&"expired".into(), &Json::Null));
    let events = client.events();
    assert!(
        ["checkout.session.completed", "checkout.session.expired"]
            .iter()
            .all(|kind| events.iter().any(|one| one == kind)),
        "{events:?}"
    );
}

#[test]
fn a_session_sells_what_its_mode_allows() {
    let client = Client::new();
    let (price, monthly) = (once(&client, "700"), client.monthly("900"));
    let refused = |form: Form<'_>| client.refused(400, "POST", "/v1/checkout/sessions", form);
    let url = ("success_url", "https://example.com");
    assert!(refused(&[url, ("mode", "payment"), ("line_items[0][price]", &monthly)]).contains("recurring"));
    assert!(
        refused(&[url, ("mode", "subscription"), ("line_items[0][price]", &price)]).contains("recurring")
    );
    assert!(refused(&[url, ("mode", "payment")]).contains("line_items"));
    assert!(refused(&[("mode", "payment"), ("line_items[0][price]", &price)]).contains("success_url"));
    refused(&[url, ("mode", "payment"), ("line_items[0][price]", &price), ("expires_at", "1000")]);
    refused(&[("success_url", "nowhere"), ("mode", "payment"), ("line_items[0][price]", &price)]);
    let embedded = [
        ("mode", "payment"),
        ("ui_mode", "embedded_page"),
        ("return_url", "https://example.com"),
        ("line_items[0][price]", price.as_str()),
    ];
    assert!(refused(&embedded).contains("Add `quantity` to `line_items[0]`"));
    let embedded = [&embedded[..], &[("line_items[0][quantity]", "1")]].concat();
    let made = client.post("/v1/checkout/sessions", &embedded);
    assert!(made["client_secret"].is_string() && made["url"].is_null());
    let setup = client.post("/v1/checkout/sessions", &[url, ("mode", "setup"), ("currency", "usd")]);
    let done = client.post(&format!("/_sandbox/checkout_sessions/{}/complete", id(&setup)), &[]);
    assert_eq!(
        client.get(&format!("/v1/setup_intents/{}", done["setup_intent"].as_str().unwrap()))["status"],
        "succeeded"
    );
    let coupon = id(&client.post("/v1/coupons", &[("percent_off", "50")]));
    let form = [
        url,
        ("mode", "subscription"),
        ("line_items[0][price]", &monthly),
        ("line_items[0][quantity]", "1"),
        ("discounts[0][coupon]", &coupon),
        ("customer_email", "a@example.com"),
    ];
    let made = client.post("/v1/checkout/sessions", &form);
    assert_eq!(
        (&made["amount_subtotal"], &made["amount_total"], &made["total_details"]["amount_discount"]),
        (&900.into(), &450.into(), &450.into())
    );
    let done = client.post(&format!("/_sandbox/checkout_sessions/{}/complete", id(&made)), &[]);
    let owned = client.get(&format!("/v1/subscriptions/{}", done["subscription"].as_str().unwrap()));
    assert_eq!((&owned["status"], &owned["customer"]), (&"active".into(), &done["customer"]));
    assert_eq!(
        client.get(&format!("/v1/invoices/{}", done["invoice"].as_str().unwrap()))["amount_paid"],
        450
    );
}

#[test]
fn a_payment_link_has_items_and_an_address() {
    let client = Client::new();
    let rate = id(&client.post(
        "/v1/shipping_rates",
        &[("display_name", "Fast"), ("fixed_amount[amount]", "500"), ("fixed_amount[currency]", "usd")],
    ));
    let form = [
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][price_data][unit_amount]", "300"),
        ("line_items[0][price_data][product_data][name]", "Tea"),
        ("line_items[0][quantity]", "1"),
        ("shipping_options[0][shipping_rate]", &rate),
        ("restrictions[completed_sessions][limit]", "5"),
        ("expand[]", "line_items"),
    ];
    let made = client.post("/v1/payment_links", &form);
    assert!(made["url"].as_str().unwrap().starts_with("https://buy.stripe.com/") && made["active"] == true);
    assert_eq!(
        (
            &made["currency"],
            &made["restrictions"]["completed_sessions"]["count"],
            &made["shipping_options"][0]["shipping_amount"]
        ),
        (&"usd".into(), &0.into(), &500.into())
    );
    let path = format!("/v1/payment_links/{}", id(&made));
    let item = id(&made["line_items"]["data"][0]);
    client
        .post(&path, &[("active", "false"), ("line_items[0][id]", &item), ("line_items[0][quantity]", "3")]);
    assert_eq!(client.get(&path)["active"], false);
    assert_eq!(client.get(&format!("{path}/line_items"))["data"][0]["amount_total"], 900);
    client.refused(
        400,
        "POST",
        "/v1/payment_links",
        &[("line_items[0][price]", "price_none"), ("line_items[0][quantity]", "1")],
    );
    let redirect = [&form[..4], &[("after_completion[type]", "redirect")]].concat();
    client.refused(400, "POST", "/v1/payment_links", &redirect);
}

#[test]
fn the_default_portal_stays_open() {
    let client = Client::new();
    let customer = id(&client.post("/v1/customers", &[]));
    let session = client.post(
        "/v1/billing_portal/sessions",
        &[("customer", &customer), ("return_url", "https://example.com")],
    );
    assert!(session["url"].as_str().unwrap().starts_with("https://billing.stripe.com/p/session/"));
    let default = format!("/v1/billing_portal/configurations/{}", session["configuration"].as_str().unwrap());
    assert_eq!(client.get(&default)["is_default"], true);
    client.refused(400, "POST", &default, &[("active", "false")]);
    let again = client.post("/v1/billing_portal/sessions", &[("customer", &customer)]);
    assert_eq!(again["configuration"], session["configuration"]);
    client.refused(
        400,
        "POST",
        "/v1/billing_portal/configurations",
        &[("features[customer_update][enabled]", "true")],
    );
    let form = [
        ("features[invoice_history][enabled]", "true"),
        ("features[subscription_cancel][enabled]", "true"),
        ("login_page[enabled]", "true"),
        ("business_profile[headline]", "Hello"),
    ];
    let made = client.post("/v1/billing_portal/configurations", &form);
    assert_eq!(
        (&made["is_default"], &made["active"], &made["features"]["subscription_cancel"]["mode"]),
        (&false.into(), &true.into(), &"at_period_end".into())
    );
    assert!(made["login_page"]["url"].is_string() && made["features"]["customer_update"]["enabled"] == false);
    let path = format!("/v1/billing_portal/configurations/{}", id(&made));
    assert_eq!(client.post(&path, &[("active", "false")])["active"], false);
    client.refused(
        400,
        "POST",
        "/v1/billing_portal/sessions",
        &[("customer", &customer), ("configuration", &id(&made))],
    );
    client.refused(
        400,
        "POST",
        "/v1/billing_portal/sessions",
        &[("customer", &customer), ("flow_data[type]", "subscription_cancel")],
    );
}

#[test]
fn the_last_tier_of_a_price_has_no_end() {
    let client = Client::new();
    let product = id(&client.post("/v1/products", &[("name", "Beans")]));
    let form = |last: &'static str| {
        [
            ("product", product.as_str()),
            ("currency", "usd"),
            ("recurring[interval]", "month"),
            ("billing_scheme", "tiered"),
            ("tiers_mode", "graduated"),
            ("tiers[0][up_to]", "5"),
            ("tiers[0][unit_amount]", "1200"),
            ("tiers[1][up_to]", last),
            ("tiers[1][unit_amount_decimal]", "900.5"),
        ]
    };
    let price = id(&client.post("/v1/prices", &form("inf")));
    let shown = client.ok("GET", &format!("/v1/prices/{price}"), &[("expand[]", "tiers")]);
    assert_eq!((&shown["tiers"][0]["up_to"], &shown["tiers"][1]["up_to"]), (&5.into(), &Json::Null));
    assert_eq!(shown["tiers"][1]["unit_amount_decimal"], "900.5");
    client.refused(400, "POST", "/v1/prices", &form("10"));
}

#[test]
fn every_account_has_a_configuration_of_its_methods_from_the_start() {
    let client = Client::new();
    let form = [("amount", "500"), ("currency", "usd")];
    let intent = client.post("/v1/payment_intents", &form);
    let own_id = id(&intent["payment_method_configuration_details"]);
    let path = format!("/v1/payment_method_configurations/{own_id}");
    let own = client.get(&path);
    assert_eq!(
        (&own["is_default"], &own["name"], &own["active"]),
        (&true.into(), &"Default".into(), &true.into())
    );
    client.post("/v1/payment_method_configurations", &[("name", "Other")]);
    let names = || {
        let page = client.get("/v1/payment_method_configurations");
        let all = page["data"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned());
        all.collect::<Vec<_>>()
    };
    assert_eq!(names(), ["Other", "Default"]);
    client.post(&path, &[("name", "Mine"), ("link[display_preference][preference]", "off")]);
    assert_eq!(client.get(&path)["name"], "Mine");
    assert!(names().contains(&"Mine".to_owned()) && names().len() == 2, "{:?}", names());
    let form = [("amount", "500"), ("currency", "usd"), ("payment_method_configuration", own_id.as_str())];
    client.post("/v1/payment_intents", &form);
}

#[test]
fn a_session_says_whether_it_was_paid() {
    let client = Client::new();
    let url = ("success_url", "https://example.com");
    let made = |mode: &str, price: &str, more: Form<'_>| {
        let form = [url, ("mode", mode), ("line_items[0][price]", price), ("line_items[0][quantity]", "1")];
        let made = client.post("/v1/checkout/sessions", &[&form[..], more].concat());
        client.post(&format!("/_sandbox/checkout_sessions/{}/complete", id(&made)), &[])
    };
    let held = made("payment", &once(&client, "700"), &[("payment_intent_data[capture_method]", "manual")]);
    assert_eq!(held["payment_status"], "unpaid");
    client.post(&format!("/v1/payment_intents/{}/capture", held["payment_intent"].as_str().unwrap()), &[]);
    assert_eq!(client.get(&format!("/v1/checkout/sessions/{}", id(&held)))["payment_status"], "paid");
    let trial =
        made("subscription", &client.monthly("900"), &[("subscription_data[trial_period_days]", "7")]);
    assert_eq!(trial["payment_status"], "no_payment_required");
    let plain = made("subscription", &client.monthly("900"), &[]);
    assert_eq!(plain["payment_status"], "paid");
}
