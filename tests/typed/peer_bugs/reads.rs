//! Bugs of reads and plans: 1, 2, 9, 10, 14, 19, 21, 24.

use serde_json::json;

use super::{destroyed, held, id, made, params, updated, warned};
use crate::support::terraform::{Action, Object};
use crate::world::World;

#[test]
fn bug_01_a_plan_stops_on_a_vanished_object() {
    let mut world = World::new();
    let wanted = json!({"name": "Spring", "percent_off": 10, "duration": "once"});
    let coupon = made(&mut world, "stripe_coupon", &wanted);
    world.stripe.done("DELETE", &format!("/v1/coupons/{}", id(&coupon)), &json!({}));
    let read = world.refresh("stripe_coupon", &coupon).unwrap();
    assert!(read.state.is_null());
    let plan = world.plan("stripe_coupon", &Object::default(), Some(&params(&wanted))).unwrap();
    assert_eq!(plan.action, Action::Create);
}

#[test]
fn bug_02_a_deleted_customer_looks_alive() {
    let mut world = World::new();
    let customer = made(&mut world, "stripe_customer", &json!({"name": "Ada"}));
    let path = format!("/v1/customers/{}", id(&customer));
    world.stripe.done("DELETE", &path, &json!({}));
    assert_eq!(held(&world, &path)["deleted"], true, "Stripe answers 200");
    assert!(world.refresh("stripe_customer", &customer).unwrap().state.is_null());
}

#[test]
fn bug_09_event_lists_differ_for_ever() {
    let mut world = World::new();
    let endpoint = |events: [&str; 2]| json!({"url": "https://example.com/hook", "enabled_events": events});
    let wanted = endpoint(["charge.succeeded", "charge.failed"]);
    let object = made(&mut world, "stripe_webhook_endpoint", &wanted);
    let other = params(&endpoint(["charge.failed", "charge.succeeded"]));
    world.idle("stripe_webhook_endpoint", &object, &other).unwrap();
}

#[test]
fn bug_10_portal_products_never_converge() {
    let mut world = World::new();
    let product = id(&made(&mut world, "stripe_product", &json!({"name": "Gold"})));
    let price = json!({"product": product, "currency": "usd", "unit_amount": 500,
        "recurring": {"interval": "month"}, "currency_options": {"eur": {"unit_amount": 450}}});
    let price = id(&made(&mut world, "stripe_price", &price));
    let portal = json!({"features": {"subscription_update": {"enabled": true, "default_allowed_updates": ["price"],
        "products": [{"product": product, "prices": [price]}]}}});
    made(&mut world, "stripe_billing_portal_configuration", &portal);
    made(&mut world, "stripe_portal_configuration", &portal);
    let tiers = json!([{"up_to": 10, "unit_amount": 100}, {"up_to": "inf", "unit_amount": 90}]);
    let tiered = json!({"product": product, "currency": "usd", "billing_scheme": "tiered",
        "tiers_mode": "volume", "recurring": {"interval": "month"}, "tiers": tiers});
    made(&mut world, "stripe_price", &tiered);
    let coupon = json!({"amount_off": 5, "currency": "usd", "duration": "once",
        "applies_to": {"products": [product]}, "currency_options": {"eur": {"amount_off": 4}}});
    made(&mut world, "stripe_coupon", &coupon);
    let rate = json!({"display_name": "Ground", "type": "fixed_amount", "fixed_amount": {"amount": 5,
        "currency": "usd", "currency_options": {"eur": {"amount": 4}}}});
    made(&mut world, "stripe_shipping_rate", &rate);
}

#[test]
fn bug_14_archived_in_the_dashboard_is_unseen() {
    let mut world = World::new();
    let wanted = json!({"name": "Gold"});
    let product = made(&mut world, "stripe_product", &wanted);
    let path = format!("/v1/products/{}", id(&product));
    world.stripe.done("POST", &path, &json!({"active": false}));
    warned(&mut world);
    let read = world.refresh("stripe_product", &product).unwrap();
    let told = warned(&mut world);
    assert!(told.contains("Entity Has Ended") && told.contains(&id(&product)), "{told}");
    let plan = world.plan("stripe_product", &read, Some(&params(&wanted))).unwrap();
    assert_eq!(plan.action, Action::Update);
    world.apply("stripe_product", &plan).unwrap();
    assert_eq!(held(&world, &path)["active"], true);
}

#[test]
fn bug_19_foreign_metadata_is_removed() {
    let mut world = World::new();
    let first = json!({"name": "Ada", "metadata": {"team": "web", "tier": "1"}});
    let customer = made(&mut world, "stripe_customer", &first);
    let path = format!("/v1/customers/{}", id(&customer));
    world.stripe.done("POST", &path, &json!({"metadata": {"crm": "77"}}));
    let read = world.refresh("stripe_customer", &customer).unwrap();
    updated(&mut world, "stripe_customer", &read, &json!({"name": "Ada", "metadata": {"team": "app"}}));
    assert_eq!(held(&world, &path)["metadata"], json!({"team": "app", "crm": "77"}));
}

#[test]
fn bug_21_a_generated_configuration_is_invalid() {
    let mut world = World::new();
    let product = id(&made(&mut world, "stripe_product", &json!({"name": "Gold"})));
    let price = json!({"product": product, "currency": "usd", "unit_amount": 500});
    let price = made(&mut world, "stripe_price", &price);
    assert_eq!(held(&world, &format!("/v1/prices/{}", id(&price)))["unit_amount_decimal"], "500");
    let imported = world.import("stripe_price", &id(&price)).unwrap();
    assert!(
        imported.state.get("unit_amount_decimal").is_null() && !imported.state.get("unit_amount").is_null()
    );
    assert!(crate::imports::generated(&mut world, "stripe_price", &imported).is_ok());
}

#[test]
fn bug_24_a_secret_is_in_the_open_and_an_import_replaces() {
    let mut world = World::new();
    let block = world.block("stripe_webhook_endpoint");
    assert!(block.attributes.iter().any(|it| it.name == "secret" && it.sensitive));
    let wanted = json!({"url": "https://example.com/hook", "enabled_events": ["charge.failed"],
        "connect": false, "api_version": "2026-10-28.endive"});
    let endpoint = made(&mut world, "stripe_webhook_endpoint", &wanted);
    let secret = endpoint.state.get("secret").as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"));
    let imported = world.import("stripe_webhook_endpoint", &id(&endpoint)).unwrap();
    let plan = world.plan("stripe_webhook_endpoint", &imported, Some(&params(&wanted))).unwrap();
    assert_ne!(plan.action, Action::Replace);
    let kept = world.refresh("stripe_webhook_endpoint", &endpoint).unwrap();
    assert_eq!(kept.state.get("secret").as_str(), Some(secret.as_str()), "what is answered once is kept");
}

/// What Stripe answers only where it is asked for.
#[test]
fn the_cash_balance_and_the_tax_of_a_customer_are_read() {
    let mut world = World::new();
    let wanted = json!({"name": "Ada", "tax": {"ip_address": "1.2.3.4"},
        "cash_balance": {"settings": {"reconciliation_mode": "manual"}}});
    let customer = made(&mut world, "stripe_customer", &wanted);
    let path = format!("/v1/customers/{}", id(&customer));
    let imported = world.import("stripe_customer", &id(&customer)).unwrap();
    world.idle("stripe_customer", &imported, &params(&wanted)).unwrap();
    let balance = json!({"settings": {"reconciliation_mode": "automatic"}});
    world.stripe.done("POST", &format!("{path}/cash_balance"), &balance);
    world.stripe.done("POST", &path, &json!({"tax": {"ip_address": "4.3.2.1"}}));
    let read = world.refresh("stripe_customer", &customer).unwrap();
    updated(&mut world, "stripe_customer", &read, &wanted);
    let now = held(&world, &format!("{path}/cash_balance"));
    assert_eq!(now["settings"]["reconciliation_mode"], "manual");
    let plain = made(&mut world, "stripe_customer", &json!({"name": "Ada"}));
    let imported = world.import("stripe_customer", &id(&plain)).unwrap();
    assert!(imported.state.get("cash_balance").items().is_empty(), "what is so anyway is not imported");
}

/// A value that no call clears is told of in the plan that takes it away, and never again.
#[test]
fn what_stays_in_stripe_is_told_once() {
    let mut world = World::new();
    let customer = made(&mut world, "stripe_customer", &json!({"name": "Ada", "balance": -100}));
    warned(&mut world);
    let less = params(&json!({"name": "Ada"}));
    let plan = world.plan("stripe_customer", &customer, Some(&less)).unwrap();
    assert!(warned(&mut world).contains("Value Stays In Stripe"));
    let customer = world.apply("stripe_customer", &plan).unwrap();
    assert_eq!(held(&world, &format!("/v1/customers/{}", id(&customer)))["balance"], -100);
    warned(&mut world);
    let customer = world.settled("stripe_customer", &customer, &less).unwrap();
    assert_eq!(warned(&mut world), "");
    assert_eq!(
        format!("{:?}", customer.state.get("balance")),
        r#"Number(Number("-100"))"#,
        "the state says what is there"
    );
}

/// What somebody else has disabled is enabled again.
#[test]
fn what_was_disabled_elsewhere_is_planned_and_enabled() {
    let mut world = World::new();
    let hook = json!({"url": "https://example.com/hook", "enabled_events": ["*"]});
    let destination = json!({"name": "hook", "type": "webhook_endpoint", "event_payload": "thin",
        "enabled_events": ["v1.billing.meter.no_meter_found"], "webhook_endpoint": {"url": "https://example.com/hook"}});
    for (name, wanted, path, end) in [
        ("stripe_webhook_endpoint", hook, "/v1/webhook_endpoints", ("", json!({"disabled": true}))),
        (
            "stripe_v2_core_event_destination",
            destination,
            "/v2/core/event_destinations",
            ("/disable", json!({})),
        ),
    ] {
        let object = made(&mut world, name, &wanted);
        let path = format!("{path}/{}", id(&object));
        world.stripe.done("POST", &format!("{path}{}", end.0), &end.1);
        let read = world.refresh(name, &object).unwrap();
        let back = updated(&mut world, name, &read, &wanted);
        assert_eq!(held(&world, &path)["status"], "enabled", "{name}");
        destroyed(&mut world, name, &back);
    }
}
