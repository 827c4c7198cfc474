//! An answer that is no object of the asked type is an error, and the state keeps what it has.

use serde_json::{Value as Json, json};
use stripe_provider::terraform::value::Value;

use super::{entity, ok, refused, stored, stripe};
use crate::support::terraform::{Action, Object};

/// What answers in Stripe's place may say with 200.
fn foreign() -> Vec<Json> {
    vec![
        json!({}),
        json!([]),
        json!({"error": {"type": "api_error", "message": "x"}}),
        json!({"object": "portal", "id": "p_1"}),
        json!({"object": "customer"}),
        json!({"object": "customer", "id": ""}),
        json!({"object": "customer", "id": "../x"}),
        json!({"id": "cus_1"}),
        json!("ok"),
        json!({"object": "list", "data": []}),
    ]
}

#[tokio::test]
async fn an_answer_that_is_no_customer_is_an_error_at_every_step() {
    for body in foreign() {
        let said = body.to_string();
        let mut stripe = stripe(move |_| (200, said.clone())).await;
        let config = entity("Customer", &json!({"Name": "A"}));
        let plan = ok(stripe.terraform.plan("stripe_entity", &Object::default(), &config).await);
        let (text, left) = refused(stripe.terraform.apply("stripe_entity", &plan).await);
        assert!(left.state.is_null() && !text.contains("Panicked"), "{body}: {text}");
        let there = stored("Customer", "cus_1", &json!({"Name": "A"}), &json!({"id": "cus_1", "name": "A"}));
        let (_, left) = refused(stripe.terraform.refresh("stripe_entity", &there).await);
        assert_eq!(left.state, there.state, "{body}");
        for config in [entity("Customer", &json!({"Name": "B"})), Value::Null] {
            let plan = ok(stripe.terraform.plan("stripe_entity", &there, &config).await);
            let (_, left) = refused(stripe.terraform.apply("stripe_entity", &plan).await);
            assert_eq!(left.state.get("entity_id").as_str(), Some("cus_1"), "{body}");
        }
        let one = Value::map([("entity", Value::from("Customer")), ("entity_id", Value::from("cus_1"))]);
        refused(stripe.terraform.data("stripe_entity", &one).await);
        if body.get("data").is_none() {
            let all = Value::map([("entity", Value::from("Customer"))]);
            refused(stripe.terraform.data("stripe_entities", &all).await);
        }
    }
}

#[tokio::test]
async fn what_another_server_answers_is_told_with_what_to_check() {
    let mut stripe = stripe(|_| (200, json!({"object": "portal", "id": "p_1"}).to_string())).await;
    let config = entity("Customer", &json!({"Name": "A"}));
    let plan = ok(stripe.terraform.plan("stripe_entity", &Object::default(), &config).await);
    let (text, _) = refused(stripe.terraform.apply("stripe_entity", &plan).await);
    let expected = r#"The response should be a customer but is "portal"; a proxy or another server may have sent it. Check `api_base` and the proxy, then run again."#;
    assert!(text.contains(expected), "{text}");
}

#[tokio::test]
async fn a_locked_product_is_not_archived_instead_of_deleted() {
    let body = json!({"object": "product", "id": "prod_1", "name": "A", "active": true});
    let said = body.clone();
    let mut stripe = stripe(move |asked| match asked.method.as_str() {
        "DELETE" => {
            (409, json!({"error": {"type": "invalid_request_error", "code": "lock_timeout"}}).to_string())
        }
        _ => (200, said.to_string()),
    })
    .await;
    let there = stored("Product", "prod_1", &json!({"Name": "A"}), &body);
    let plan = ok(stripe.terraform.plan("stripe_entity", &there, &Value::Null).await);
    assert_eq!(plan.action, Action::Delete);
    let (text, left) = refused(stripe.terraform.apply("stripe_entity", &plan).await);
    assert!(text.contains("Stripe Object Is Locked") && !left.state.is_null(), "{text}");
    assert!(
        stripe.upstream.lines().iter().all(|line| !line.starts_with("POST")),
        "{:?}",
        stripe.upstream.lines()
    );
}

#[tokio::test]
async fn a_server_that_repeats_the_key_and_drives_the_terminal_is_told_without_either() {
    let message = "\u{1b}[2J\u{1b}]0;owned\u{7} key sk_test_1234567890 \u{9b}31m and rk_live_other";
    let said = json!({"error": {"type": "invalid_request_error", "message": message, "param": "na\u{1b}me"}});
    let mut stripe = stripe(move |_| (400, said.to_string())).await;
    let config = entity("Customer", &json!({"Name": "A"}));
    let plan = ok(stripe.terraform.plan("stripe_entity", &Object::default(), &config).await);
    let (text, _) = refused(stripe.terraform.apply("stripe_entity", &plan).await);
    assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control()), "{text:?}");
    assert!(!text.contains("1234567890") && !text.contains("rk_live_other"), "{text}");
}

#[tokio::test]
async fn a_name_and_a_payload_of_megabytes_are_refused_in_few_words() {
    let mut stripe = stripe(|_| (500, "{}".to_owned())).await;
    let long = "Customer".repeat(1 << 17);
    for config in [
        entity(&long, &json!({})),
        entity("Customer", &json!({ &long: "a", "name": ["x".repeat(10 << 20)] })),
    ] {
        let plan = stripe.terraform.plan("stripe_entity", &Object::default(), &config).await;
        let (text, _) = refused(plan);
        assert!(text.len() < 2_000 && !text.contains("Panicked"), "{} characters", text.len());
    }
    assert!(stripe.upstream.lines().is_empty());
}
