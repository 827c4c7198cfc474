//! Ephemeral resources: the RPCs one by one on a toy, and what a walk opens in a shop.

use std::collections::BTreeSet;

use serde_json::json;
use stripe_provider::terraform::value::{Type, Value};
use stripe_provider::terraform::wire::tfplugin5 as wire;

use crate::config::config;
use crate::support::blocks;
use crate::support::shop::{Shop, connection, made, ok, refused, warnings};
use crate::support::terraform::{Fault, Terraform, receive, send};
use crate::support::toy::Toy;

async fn toy() -> Terraform {
    ok(Terraform::start(Toy::default()).await)
}

fn key(fits: &str) -> Value {
    Value::map([("fits", Value::from(fits))])
}

fn key_type() -> Type {
    Type::object([("fits", Type::String), ("teeth", Type::String)])
}

/// What opening a key of the toy answers on the wire.
async fn opened(terraform: &mut Terraform, fits: Value) -> wire::open_ephemeral_resource::Response {
    let config = Value::map([("fits", fits), ("teeth", Value::Null)]);
    let request = wire::open_ephemeral_resource::Request {
        type_name: "toy_key".to_owned(),
        config: Some(send(&config, &key_type())),
        client_capabilities: None,
    };
    terraform.client.open_ephemeral_resource(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn what_is_opened_is_renewed_and_closed_with_its_private_data() {
    let mut terraform = toy().await;
    let rusty = opened(&mut terraform, "rusty".into()).await;
    assert_eq!(rusty.diagnostics, []);
    let result = ok(receive(rusty.result.as_ref(), &key_type()));
    assert_eq!(*result.get("teeth"), Value::from("rusty-1"));
    assert_eq!((rusty.renew_at.unwrap().seconds, rusty.deferred), (60, None));
    let type_name = "toy_key".to_owned();
    let request =
        wire::renew_ephemeral_resource::Request { type_name: type_name.clone(), private: rusty.private };
    let renewed = terraform.client.renew_ephemeral_resource(request).await.unwrap().into_inner();
    assert_eq!((renewed.renew_at, renewed.private.as_deref()), (None, Some(b"rusty+".as_slice())));
    let request = wire::close_ephemeral_resource::Request { type_name, private: renewed.private };
    let closed = terraform.client.close_ephemeral_resource(request).await.unwrap().into_inner();
    assert_eq!(closed.diagnostics[0].detail, "The key of rusty+ is no more.");
    assert_eq!(opened(&mut terraform, "toys".into()).await.renew_at, None);
}

#[tokio::test]
async fn what_cannot_be_opened_has_no_result() {
    let mut terraform = toy().await;
    for (fits, summary) in [
        (Value::from("lost"), "No Such Box"),
        (Value::Unknown, "Ephemeral Resource Opened With Unknown Values"),
    ] {
        let answer = opened(&mut terraform, fits).await;
        assert_eq!((answer.result, answer.diagnostics[0].summary.as_str()), (None, summary));
    }
}

#[tokio::test]
async fn a_configuration_is_held_to_the_rules_of_its_schema_and_to_what_its_provider_says() {
    let mut terraform = toy().await;
    let mut told = async |fits| refused(terraform.open("toy_key", &key(fits)).await);
    assert!(told("").await[0].1.starts_with("Invalid Attribute Value"));
    assert_eq!(told("paper").await[0].0, "fits");
    assert!(terraform.open("toy_key", &key("toys")).await.is_ok());
    let closed = warnings(&mut terraform);
    assert_eq!(closed[0].1, "Key Melted: The key of toys is no more.");
}

/// The configuration of an ephemeral resource in a shop.
fn written(terraform: &Terraform, name: &str, params: &serde_json::Value) -> Value {
    let block = terraform.schema.ephemeral_resource_schemas[name].block.clone().unwrap();
    config(&block, params.as_object().unwrap())
}

fn portal(terraform: &Terraform, customer: &str) -> Value {
    written(terraform, "stripe_billing_portal_session", &json!({"customer": customer}))
}

async fn customer(terraform: &mut Terraform) -> String {
    let made = made(terraform, "stripe_customer", &Value::map([("name", Value::from("Ada"))])).await;
    made.state.get("id").as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_opening_makes_an_object_under_a_key_of_its_own() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let customer = customer(&mut run).await;
    let config = portal(&run, &customer);
    let mut urls = BTreeSet::new();
    for _ in 0..3 {
        let opened = ok(run.open("stripe_billing_portal_session", &config).await);
        urls.insert(opened.get("url").as_str().unwrap().to_owned());
        assert_eq!(*opened.get("customer"), Value::from(customer.as_str()), "as it was written");
    }
    assert_eq!(urls.len(), 3, "{urls:?}");
    let journal = shop.folder.path().join("data/stripe-creates");
    let kept = std::fs::read_dir(journal.join("default")).into_iter().flatten().flatten();
    let kept: String = kept.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect();
    assert!(!kept.contains("BillingPortalSession"), "no run resumes what serves a moment: {kept}");
}

#[tokio::test]
async fn what_stripe_refuses_is_told_at_its_argument() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let config = portal(&run, "cus_nobody");
    let told = refused(run.open("stripe_billing_portal_session", &config).await);
    assert!(told.len() == 1 && told[0].0 == "customer" && told[0].1.contains("cus_nobody"), "{told:?}");
}

#[tokio::test]
async fn a_suspended_connection_opens_nothing() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let customer = customer(&mut run).await;
    let mut config = portal(&run, &customer);
    for (suspended, expected) in [(false, 0), (true, 1)] {
        let settings = connection("sk_test_shop_1", &[("suspended", suspended.into())]);
        let held = made(&mut run, "stripe_connection", &settings).await;
        config.set("connection_handle", held.state.get("handle").clone());
        let told = match run.open("stripe_billing_portal_session", &config).await {
            Ok(_) => Vec::new(),
            refusal => refused(refusal),
        };
        let of_connection =
            told.iter().filter(|(at, why)| at == "connection_handle" && why.contains("suspended"));
        assert_eq!((of_connection.count(), told.len()), (expected, expected), "{told:?}");
    }
}

/// A key of the environment, or the account of the key, may be another one than the provider block will name.
#[tokio::test]
async fn a_plan_that_does_not_know_where_calls_go_sends_none() {
    let shop = Shop::open().await;
    for unknown in ["account_id", "api_key", "default_metadata", "expected_livemode"] {
        let block = Value::map([(unknown, Value::Unknown), ("max_retries", 0.into())]);
        let mut run = shop.run_with("sk_test_somebody", &block).await;
        let told = |found: &[wire::Diagnostic]| {
            let found: Vec<_> =
                found.iter().map(|it| (it.summary.clone(), it.detail.contains(unknown))).collect();
            assert_eq!(found, [("Provider Configuration Not Known Yet".to_owned(), true)], "{unknown}");
        };
        let session = written(&run, "stripe_checkout_session", &json!({"mode": "setup", "currency": "usd"}));
        match run.open("stripe_checkout_session", &session).await {
            Err(Fault::Refused(errors, _)) => told(&errors),
            other => panic!("{unknown}: {other:?}"),
        }
        let topup = json!({"amount": 500, "currency": "usd"});
        let topup = config(&run.action_block("stripe_topup"), topup.as_object().unwrap());
        told(&run.invoke("stripe_topup", &topup).await.diagnostics);
        if unknown != "default_metadata" {
            let all = Value::map([("limit", 1.into())]);
            match run.data("stripe_customers", &all).await {
                Err(Fault::Refused(errors, _)) => told(&errors),
                other => panic!("{unknown}: {other:?}"),
            }
        }
    }
    assert_eq!(shop.count("checkout.session") + shop.count("topup"), 0);
}

#[tokio::test]
async fn a_handle_that_is_none_is_refused_before_anything_is_sent() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let mut config = portal(&run, "cus_1");
    config.set("connection_handle", "shop".into());
    match run.open("stripe_billing_portal_session", &config).await {
        Err(Fault::Refused(errors, _)) => assert_eq!(errors.len(), 1, "{errors:?}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(shop.count("billing_portal.session"), 0);
}

#[tokio::test]
async fn the_schema_lists_what_the_metadata_names() {
    let shop = Shop::open().await;
    let mut run = shop.unconfigured("sk_test_shop_1").await;
    let metadata = run.client.get_metadata(wire::get_metadata::Request {}).await.unwrap().into_inner();
    let named: Vec<&String> = metadata.ephemeral_resources.iter().map(|it| &it.type_name).collect();
    assert!(run.schema.ephemeral_resource_schemas.keys().eq(named));
    for schema in run.schema.ephemeral_resource_schemas.values() {
        let block = schema.block.as_ref().unwrap();
        assert!(!block.attributes.iter().any(|it| it.write_only), "Terraform refuses such a schema");
        blocks::ty(block);
    }
}
