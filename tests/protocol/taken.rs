//! Creates that Stripe refuses because another object has the same natural key: the message says
//! what to import.

use serde_json::{Value as Json, json};

use crate::support::shop::{Shop, entity, made, ok, refusal, refused, warnings};
use crate::support::terraform::{Action, Object};
use stripe_provider::terraform::value::Value;

#[tokio::test]
async fn a_natural_key_that_is_taken_is_told_with_the_import_that_takes_the_object_over() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let product =
        made(&mut run, "stripe_entity", &entity("Product", &json!({"name": "A", "id": "beans"}))).await;
    let product = product.state.get("id").as_str().unwrap().to_owned();
    let coupon = json!({"percent_off": 5, "duration": "once", "id": "SPRING"});
    let taken: [(&str, Json); 6] = [
        ("Product", json!({"name": "A", "id": "tea"})),
        ("Coupon", coupon.clone()),
        ("Price", json!({"product": product, "currency": "usd", "unit_amount": 5, "lookup_key": "it's"})),
        (
            "BillingMeter",
            json!({"display_name": "A", "event_name": "calls", "default_aggregation": {"formula": "sum"}}),
        ),
        ("EntitlementsFeature", json!({"name": "A", "lookup_key": "a"})),
        ("PromotionCode", json!({"promotion": {"type": "coupon", "coupon": "SPRING"}, "code": "SPRING5"})),
    ];
    for (name, payload) in taken {
        let config = entity(name, &payload);
        let first = made(&mut run, "stripe_entity", &config).await;
        let id = first.state.get("entity_id").as_str().unwrap().to_owned();
        let plan = ok(run.plan("stripe_entity", &Object::default(), &config).await);
        let (place, why) = &refused(run.apply("stripe_entity", &plan).await)[0];
        assert_eq!(place, "input_payload");
        let (command, block) =
            (format!("terraform import ADDRESS '{name}/{id}'"), format!("id = \"{name}/{id}\""));
        assert!(why.contains(&command) && why.contains(&block), "{name}: {why}");
        let imported = ok(run.import("stripe_entity", &format!("{name}/{id}")).await);
        assert_eq!(imported.state.get("id"), first.state.get("id"));
    }
}

#[tokio::test]
async fn what_is_taken_is_told_so_with_the_status_of_a_conflict_too() {
    let shop = Shop::open().await;
    let mut run = shop.run_with("sk_test_shop_1", &Value::map([("max_retries", 5.into())])).await;
    let coupon = entity("Coupon", &json!({"percent_off": 5, "duration": "once", "id": "SPRING"}));
    made(&mut run, "stripe_entity", &coupon).await;
    let mut conflict = refusal("/v1/coupons", 409, "resource_already_exists", "Coupon already exists.");
    conflict["method"] = json!("POST");
    shop.fault(conflict);
    let plan = ok(run.plan("stripe_entity", &Object::default(), &coupon).await);
    let (_, why) = &refused(run.apply("stripe_entity", &plan).await)[0];
    assert!(why.starts_with("Entity Exists Already: Coupon already exists"), "{why}");
    assert!(why.contains("terraform import ADDRESS 'Coupon/SPRING'"), "{why}");
}

#[tokio::test]
async fn another_refusal_says_nothing_of_imports() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let price = json!({"product": "prod_none", "currency": "usd", "unit_amount": 5, "lookup_key": "a"});
    let plan = ok(run.plan("stripe_entity", &Object::default(), &entity("Price", &price)).await);
    let (_, why) = &refused(run.apply("stripe_entity", &plan).await)[0];
    assert!(!why.contains("import"), "{why}");
}

#[tokio::test]
async fn a_field_that_another_version_of_the_api_does_not_answer_is_no_drift() {
    let shop = Shop::open().await;
    let block = Value::map([("api_version", Value::from("2025-03-31.basil"))]);
    let config = entity("Customer", &json!({"name": "Ada", "phone": "1", "address": {"city": "Bern"}}));
    for (version, action) in [(Some(&block), Action::Nothing), (None, Action::Update)] {
        let mut run = match version {
            Some(block) => shop.run_with("sk_test_shop_1", block).await,
            None => shop.run("sk_test_shop_1").await,
        };
        let customer = made(&mut run, "stripe_entity", &config).await;
        let id = customer.state.get("id").as_str().unwrap();
        let body = json!({"id": id, "object": "customer", "name": "Ada", "livemode": false, "address": {}, "metadata": {}});
        let answer = json!({"answer": {"status": 200, "headers": [["request-id", "req_1"]], "body": body.to_string()}});
        shop.fault(json!({"path": format!("/v1/customers/{id}"), "method": "GET", "kind": answer}));
        let read = ok(run.refresh("stripe_entity", &customer).await);
        warnings(&mut run);
        assert_eq!(ok(run.plan("stripe_entity", &read, &config).await).action, action);
    }
}
