//! Settings of the provider block that are not known yet: nothing is sent while they say where calls go.

use serde_json::json;
use stripe_provider::terraform::value::Value;

use crate::support::shop::{Shop, connection, entity, made, ok, refused, warnings};
use crate::support::terraform::{Action, Object, Terraform};

const SHOP: &str = "sk_test_shop_1";

fn named(name: &str) -> Value {
    Value::map([("name", Value::from(name))])
}

/// A run in which this setting of the provider block is not known yet.
async fn run_without(shop: &Shop, setting: &str) -> Terraform {
    let block = Value::map([(setting, Value::Unknown), ("max_retries", 0.into())]);
    // The key of the environment is that of another account.
    shop.run_with("sk_test_bakery_1", &block).await
}

#[tokio::test]
async fn nothing_is_sent_for_an_object_while_it_is_not_known_where_it_is() {
    let shop = Shop::open().await;
    let mut run = shop.run(SHOP).await;
    let typed = made(&mut run, "stripe_product", &named("Gold")).await;
    let generic = entity("Product", &json!({"name": "Silver"}));
    let payload = made(&mut run, "stripe_entity", &generic).await;
    for setting in ["api_key", "api_key_file", "account_id", "stripe_account", "expected_livemode"] {
        let mut run = run_without(&shop, setting).await;
        for (name, object, config) in
            [("stripe_product", &typed, named("Gold")), ("stripe_entity", &payload, generic.clone())]
        {
            for (told, step) in [
                (refused(run.refresh(name, object).await), "read"),
                (refused(run.plan(name, object, &config).await), "plan"),
                (refused(run.plan(name, object, &Value::Null).await), "destroy"),
            ] {
                let [(_, why)] = told.as_slice() else { panic!("{setting} {name} {step}: {told:?}") };
                assert!(
                    why.starts_with("Provider Configuration Not Known Yet"),
                    "{setting} {name} {step}: {why}"
                );
                assert!(why.contains(&format!("`{setting}`")), "{why}");
            }
            ok(run.plan(name, &Object::default(), &config).await);
        }
        let id = typed.state.get("id").as_str().unwrap();
        for told in [
            refused(run.import("stripe_product", id).await),
            refused(run.import("stripe_price", "lookup_key=gold").await),
        ] {
            assert!(told[0].1.starts_with("Provider Configuration Not Known Yet"), "{setting}: {told:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_with_a_key_and_an_account_of_its_own_waits_for_neither() {
    let shop = Shop::open().await;
    let mut run = shop.run(SHOP).await;
    let account =
        made(&mut run, "stripe_entity", &entity("Account", &json!({"type": "custom", "country": "US"})))
            .await;
    let settings = connection(SHOP, &[("account_id", account.state.get("id").clone())]);
    let connected = made(&mut run, "stripe_connection", &settings).await;
    let mut config = named("Gold");
    config.set("connection_handle", connected.state.get("handle").clone());
    let product = made(&mut run, "stripe_product", &config).await;
    for setting in ["api_key", "account_id"] {
        let mut run = run_without(&shop, setting).await;
        let product = ok(run.refresh("stripe_product", &product).await);
        assert_eq!(ok(run.plan("stripe_product", &product, &config).await).action, Action::Nothing);
    }
    let mut run = run_without(&shop, "expected_livemode").await;
    assert!(refused(run.refresh("stripe_product", &product).await)[0].1.contains("`expected_livemode`"));
}

#[tokio::test]
async fn the_status_of_a_connection_stays_while_it_is_not_known_where_its_calls_go() {
    let shop = Shop::open().await;
    let mut run = shop.run(SHOP).await;
    let bare = Value::map([("name", Value::from("shop")), ("location", "global".into())]);
    let connected = made(&mut run, "stripe_connection", &bare).await;
    let mut run = shop.run_with("pk_test_of_another_kind", &Value::map([("api_key", Value::Unknown)])).await;
    assert_eq!(ok(run.refresh("stripe_connection", &connected).await).state, connected.state);
    assert_eq!(warnings(&mut run), []);
}
