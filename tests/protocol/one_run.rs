//! Every fault of a configuration is told in one run, each at its attribute.

use stripe_provider::terraform::value::{Type, Value};

use crate::support::shop::{Shop, refused};
use crate::support::terraform::Object;

/// A configuration, and where its faults are.
async fn resource_faults(name: &str, config: &Value) -> Vec<String> {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    refused(run.plan(name, &Object::default(), config).await).into_iter().map(|(place, _)| place).collect()
}

async fn data_faults(name: &str, config: &Value) -> Vec<String> {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    refused(run.data(name, config).await).into_iter().map(|(place, _)| place).collect()
}

#[tokio::test]
async fn a_list_tells_its_filter_its_order_and_its_page_at_once() {
    let config = Value::map([
        ("entity", Value::from("Customer")),
        ("filter", Value::from("Nmae = 'x'")),
        ("search", Value::from("")),
        ("sort_by", Value::from("Craeted")),
        ("page_size", Value::from(500)),
    ]);
    assert_eq!(data_faults("stripe_entities", &config).await, ["search", "page_size", "filter", "sort_by"]);
    let config = Value::map([("entity", Value::from("Custmer")), ("sort_order", Value::from("DESC"))]);
    assert_eq!(data_faults("stripe_entities", &config).await, ["sort_order", "entity"]);
}

#[tokio::test]
async fn every_name_that_leads_nowhere_is_told() {
    let names = Value::List(vec!["Custmer".into(), "Price".into(), "Prise".into()]);
    let config = Value::map([("names", names)]);
    assert_eq!(data_faults("stripe_entity_types", &config).await, ["names", "names"]);
}

#[tokio::test]
async fn a_connection_tells_its_name_its_key_and_its_nodes_at_once() {
    let block = |name, value: Value| Value::List(vec![Value::map([(name, value)])]);
    let config = Value::map([
        ("name", Value::from("Shop")),
        ("location", Value::from("global")),
        ("auth_config", block("api_key_env", "sk_test_1".into())),
        ("node_config", block("min_node_count", Value::from(60))),
        ("lock_config", block("locked", Value::from(true))),
    ]);
    let places = resource_faults("stripe_connection", &config).await;
    assert_eq!(places, ["name", "node_config.min_node_count", "", "lock_config.reason"]);
}

#[tokio::test]
async fn an_entity_tells_its_type_its_handle_and_its_payload_at_once() {
    let payload = |text: &str| Value::Dynamic(Box::new((Type::String, text.into())));
    let mut config = Value::map([
        ("entity", Value::from("Customer")),
        ("input_payload", payload(r#"{"Nmae": "x", "Email": {}}"#)),
        ("connection_handle", Value::from("web-shop")),
        ("on_destroy", Value::from("archive")),
    ]);
    let places = resource_faults("stripe_entity", &config).await;
    assert_eq!(places, ["connection_handle", "on_destroy", "input_payload", "input_payload"]);
    config.set("entity", "Custmer".into());
    config.set("input_payload", payload("{"));
    config.set("on_destroy", Value::Null);
    let places = resource_faults("stripe_entity", &config).await;
    assert_eq!(places, ["connection_handle", "entity", "input_payload"]);
}

#[tokio::test]
async fn an_action_tells_its_name_and_its_payload_at_once() {
    let payload = Value::Dynamic(Box::new((Type::String, "{".into())));
    let config = Value::map([("action", Value::from("ConfirmPaymentIntnt")), ("input_payload", payload)]);
    assert_eq!(resource_faults("stripe_action", &config).await, ["action", "input_payload"]);
}
