//! Meters, credits, alerts; features and entitlements.

use serde_json::Value as Json;

use crate::client::{Client, Form, id};

fn meter(client: &Client, event: &str, formula: &str) -> (u16, Json) {
    client.call(
        "POST",
        "/v1/billing/meters",
        &[("display_name", "Calls"), ("event_name", event), ("default_aggregation[formula]", formula)],
    )
}

#[test]
fn a_meter_counts_what_it_alone_counts() {
    let client = Client::new();
    let (_, made) = meter(&client, "calls", "sum");
    assert_eq!(
        (
            &made["status"],
            &made["customer_mapping"]["event_payload_key"],
            &made["value_settings"]["event_payload_key"]
        ),
        (&"active".into(), &"stripe_customer_id".into(), &"value".into())
    );
    assert_eq!(meter(&client, "calls", "count").0, 400);
    let customer = id(&client.post("/v1/customers", &[]));
    let tell = |value: &str, identifier: &str| {
        client.call(
            "POST",
            "/v1/billing/meter_events",
            &[
                ("event_name", "calls"),
                ("payload[stripe_customer_id]", &customer),
                ("payload[value]", value),
                ("identifier", identifier),
            ],
        )
    };
    assert_eq!(
        (tell("25", "a").0, tell("0.5", "b").0, tell("7", "a").0, tell("many", "c").0),
        (200, 200, 400, 400)
    );
    let path = format!("/v1/billing/meters/{}", id(&made));
    let summary = |extra: Form<'_>| {
        let (from, to) = (minute(-60), minute(60));
        let form = [
            &[("customer", customer.as_str()), ("start_time", from.as_str()), ("end_time", to.as_str())],
            extra,
        ]
        .concat();
        client.ok("GET", &format!("{path}/event_summaries"), &form)["data"].clone()
    };
    assert_eq!(summary(&[])[0]["aggregated_value"].to_string(), "25.5");
    assert_eq!(summary(&[("value_grouping_window", "hour")]).as_array().unwrap().len(), 2);
    client.post(
        "/v1/billing/meter_event_adjustments",
        &[("event_name", "calls"), ("type", "cancel"), ("cancel[identifier]", "b")],
    );
    assert_eq!(summary(&[])[0]["aggregated_value"], 25);
    assert_eq!(client.post(&format!("{path}/deactivate"), &[])["status"], "inactive");
    client.refused(400, "POST", &format!("{path}/deactivate"), &[]);
    assert_eq!(tell("1", "d").0, 400);
    let (status, other) = meter(&client, "calls", "count");
    assert_eq!(status, 200);
    client.refused(400, "POST", &format!("{path}/reactivate"), &[]);
    client.post(&format!("/v1/billing/meters/{}/deactivate", id(&other)), &[]);
    assert_eq!(client.post(&format!("{path}/reactivate"), &[])["status"], "active");
}

/// The start of the minute so many minutes from now.
fn minute(later: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let now = i64::try_from(now).unwrap();
    ((now / 60 + later) * 60).to_string()
}

#[test]
fn usage_is_charged_when_the_period_ends() {
    const START: i64 = 1_767_225_600;
    let client = Client::new();
    let (clock, customer) = client.payer_at(minute(0).parse().unwrap(), "pm_card_visa");
    let (_, made) = meter(&client, "calls", "sum");
    let form = [
        ("product_data[name]", "Calls"),
        ("currency", "usd"),
        ("unit_amount_decimal", "2.5"),
        ("recurring[interval]", "month"),
        ("recurring[usage_type]", "metered"),
        ("recurring[meter]", &id(&made)),
    ];
    let price = id(&client.post("/v1/prices", &form));
    let owned = client.post(
        "/v1/subscriptions",
        &[("customer", &customer), ("items[0][price]", &price), ("expand[]", "latest_invoice")],
    );
    assert_eq!(
        (&owned["status"], &owned["latest_invoice"]["total"], owned["items"]["data"][0].get("quantity")),
        (&"active".into(), &0.into(), None)
    );
    client.post(
        "/v1/billing/meter_events",
        &[("event_name", "calls"), ("payload[stripe_customer_id]", &customer), ("payload[value]", "400")],
    );
    let later: i64 = minute(32 * 24 * 60).parse().unwrap();
    assert!(later > START);
    client.post(
        &format!("/v1/test_helpers/test_clocks/{clock}/advance"),
        &[("frozen_time", &later.to_string())],
    );
    let invoices = client.ok("GET", "/v1/invoices", &[("customer", &customer)]);
    assert_eq!(
        (&invoices["data"][0]["amount_paid"], &invoices["data"][0]["lines"]["data"][0]["quantity"]),
        (&1000.into(), &400.into())
    );
}

#[test]
fn credits_are_granted_and_end() {
    let client = Client::new();
    let customer = id(&client.post("/v1/customers", &[]));
    let form = [
        ("customer", customer.as_str()),
        ("amount[type]", "monetary"),
        ("amount[monetary][value]", "1000"),
        ("amount[monetary][currency]", "usd"),
        ("applicability_config[scope][price_type]", "metered"),
        ("name", "Hello"),
    ];
    let made = client.post("/v1/billing/credit_grants", &form);
    assert_eq!(
        (&made["category"], &made["priority"], made["effective_at"].is_i64()),
        (&"paid".into(), &50.into(), true)
    );
    let left = || {
        let form = [
            ("customer", customer.as_str()),
            ("filter[type]", "applicability_scope"),
            ("filter[applicability_scope][price_type]", "metered"),
        ];
        client.ok("GET", "/v1/billing/credit_balance_summary", &form)["balances"][0]["available_balance"]["monetary"]["value"].clone()
    };
    client.post("/v1/billing/credit_grants", &form);
    assert_eq!(left(), 2000);
    let path = format!("/v1/billing/credit_grants/{}", id(&made));
    assert!(client.post(&format!("{path}/void"), &[])["voided_at"].is_i64());
    client.refused(400, "POST", &format!("{path}/expire"), &[]);
    assert_eq!(left(), 1000);
    let entries = client.ok(
        "GET",
        "/v1/billing/credit_balance_transactions",
        &[("customer", &customer), ("credit_grant", &id(&made))],
    );
    assert_eq!(
        (&entries["data"][0]["debit"]["type"], &entries["data"][1]["credit"]["type"]),
        (&"credits_voided".into(), &"credits_granted".into())
    );
    client.refused(400, "POST", "/v1/billing/credit_grants", &form[..4]);
}

#[test]
fn alerts_turn_and_are_archived_for_good() {
    let client = Client::new();
    let (_, meter) = meter(&client, "calls", "sum");
    let base = [
        ("alert_type", "usage_threshold"),
        ("title", "Much"),
        ("usage_threshold[gte]", "100"),
        ("usage_threshold[recurrence]", "one_time"),
    ];
    client.refused(
        400,
        "POST",
        "/v1/billing/alerts",
        &[&base[..], &[("usage_threshold[meter]", "mtr_none")]].concat(),
    );
    let meter = id(&meter);
    let made =
        client.post("/v1/billing/alerts", &[&base[..], &[("usage_threshold[meter]", &meter)]].concat());
    assert_eq!(made["status"], "active");
    let turn = |how: &str| client.call("POST", &format!("/v1/billing/alerts/{}/{how}", id(&made)), &[]);
    assert_eq!(
        (turn("activate").0, turn("deactivate").0, turn("activate").0, turn("archive").0, turn("activate").0),
        (400, 200, 200, 200, 400)
    );
    assert_eq!(
        client.ok("GET", "/v1/billing/alerts", &[("meter", &meter)])["data"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn a_subscription_entitles_its_customer() {
    let client = Client::new();
    let form = [("name", "Fast"), ("lookup_key", "fast")];
    let feature = id(&client.post("/v1/entitlements/features", &form));
    client.refused(400, "POST", "/v1/entitlements/features", &form);
    let (customer, price) = (client.payer("pm_card_visa"), client.monthly("1000"));
    let product = client.get(&format!("/v1/prices/{price}"))["product"].as_str().unwrap().to_owned();
    let path = format!("/v1/products/{product}/features");
    let attached = client.post(&path, &[("entitlement_feature", &feature)]);
    assert_eq!(attached["entitlement_feature"]["lookup_key"], "fast");
    client.refused(400, "POST", &path, &[("entitlement_feature", &feature)]);
    assert_eq!(client.get(&path)["data"].as_array().unwrap().len(), 1);
    let entitled = || {
        client.ok("GET", "/v1/entitlements/active_entitlements", &[("customer", &customer)])["data"].clone()
    };
    assert_eq!(entitled(), Json::Array(Vec::new()));
    let owned =
        id(&client.post("/v1/subscriptions", &[("customer", &customer), ("items[0][price]", &price)]));
    assert_eq!(
        (&entitled()[0]["lookup_key"], &entitled()[0]["feature"]),
        (&"fast".into(), &feature.as_str().into())
    );
    client.get(&format!("/v1/entitlements/active_entitlements/{}", id(&entitled()[0])));
    client.ok("DELETE", &format!("/v1/subscriptions/{owned}"), &[]);
    assert_eq!(entitled(), Json::Array(Vec::new()));
    let archived = client.post(&format!("/v1/entitlements/features/{feature}"), &[("active", "false")]);
    assert_eq!(archived["active"], false);
    for changed in [("active", "true"), ("name", "Faster")] {
        client.refused(400, "POST", &format!("/v1/entitlements/features/{feature}"), &[changed]);
    }
    client.post(&format!("/v1/entitlements/features/{feature}"), &[("active", "false")]);
    assert_eq!(
        client.ok("GET", "/v1/entitlements/features", &[("archived", "true")])["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(client.ok("DELETE", &format!("{path}/{}", id(&attached)), &[])["deleted"], true);
    // The key of what is archived is free again.
    client.post("/v1/entitlements/features", &form);
}
