//! A connection that is not wholly known yet, and what uses its handle.

use serde_json::json;
use stripe_provider::terraform::value::Value;

use crate::support::shop::{Shop, connection, entity, made, ok};
use crate::support::terraform::{Action, Object};

const SHOP: &str = "sk_test_shop_1";

fn named(name: &str) -> Value {
    Value::map([("name", Value::from(name))])
}

#[tokio::test]
async fn the_handle_of_a_connection_whose_name_is_not_known_is_not_known_either() {
    let shop = Shop::open().await;
    let mut run = shop.run("").await;
    let connected = made(&mut run, "stripe_connection", &connection(SHOP, &[])).await;
    let mut config = named("Gold");
    config.set("connection_handle", connected.state.get("handle").clone());
    let generic = |handle: &Value| {
        let mut config = entity("Product", &json!({"name": "Silver"}));
        config.set("connection_handle", handle.clone());
        config
    };
    let typed = made(&mut run, "stripe_product", &config).await;
    let payload = made(&mut run, "stripe_entity", &generic(connected.state.get("handle"))).await;
    for (setting, known) in [("name", "other"), ("location", "us-central1")] {
        let plan = ok(run
            .plan("stripe_connection", &connected, &connection(SHOP, &[(setting, Value::Unknown)]))
            .await);
        assert_eq!(plan.action, Action::Replace);
        let renamed = ok(run
            .plan("stripe_connection", &connected, &connection(SHOP, &[(setting, known.into())]))
            .await);
        let handle = renamed.planned.state.get("handle").clone();
        for (name, object, config) in
            [("stripe_product", &typed, config.clone()), ("stripe_entity", &payload, generic(&Value::Null))]
        {
            let mut config = config;
            config.set("connection_handle", plan.planned.state.get("handle").clone());
            let mut plan = ok(run.plan(name, object, &config).await);
            assert_eq!(plan.action, Action::Update, "{name}");
            assert!(plan.planned.state.get("connection_handle").is_unknown(), "{name} {setting}");
            plan.config.set("connection_handle", handle.clone());
            let moved = ok(run.apply_also(name, &plan).await);
            assert_eq!(moved.state.get("connection_handle"), &handle, "{name} {setting}");
        }
    }
}

#[tokio::test]
async fn what_does_not_enter_a_handle_keeps_it_known() {
    let shop = Shop::open().await;
    let mut run = shop.run("").await;
    let settings = |more: &[(&str, Value)]| connection(SHOP, more);
    let connected = made(&mut run, "stripe_connection", &settings(&[])).await;
    for setting in ["description", "labels", "connector_version"] {
        let unknown = settings(&[(setting, Value::Unknown)]);
        let plan = ok(run.plan("stripe_connection", &connected, &unknown).await);
        assert_eq!(plan.planned.state.get("handle"), connected.state.get("handle"), "{setting}");
        assert!(plan.planned.state.get(setting).is_unknown(), "{setting}");
        let mut created = ok(run.plan("stripe_connection", &Object::default(), &unknown).await);
        assert_eq!(created.planned.state.get("handle"), connected.state.get("handle"), "{setting}");
        created.config.set(setting, Value::Null);
        let made = ok(run.apply_also("stripe_connection", &created).await);
        assert_eq!(made.state.get("connector_version").as_str(), Some("1"));
    }
}
