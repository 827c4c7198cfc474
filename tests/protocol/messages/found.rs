//! Scenes of what is written wrongly, and of what is asked for and is not there.

use serde_json::{Value as Json, json};

use super::stage::{Stage, Told, id};
use crate::hostile::forged;
use crate::support::terraform::Object;

pub async fn told() -> Vec<Told> {
    let mut stage = Stage::open().await;
    written(&mut stage).await;
    payloads(&mut stage).await;
    lists(&mut stage).await;
    singles(&mut stage).await;
    imports(&mut stage).await;
    let customer = stage.entity("Customer", &json!({"Name": "Ada"})).await;
    let from = ("registry.terraform.io/connectors/stripe", "stripe_entity");
    stage.move_to(from, "stripe_product", &customer).await;
    stage.told
}

async fn written(stage: &mut Stage) {
    let price = |more: serde_json::Value| {
        let mut config = json!({"currency": "usd", "product": "prod_1", "unit_amount": 5});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let half = json!({"transform_quantity": {"divide_by": 2}});
    let wrong = json!({"transform_quantity": {"divide_by": "two", "round": "up"}});
    for config in [price(half), price(wrong), price(json!({"unit_amount_decimal": "5"}))] {
        stage.make("stripe_price", &config).await;
    }
    let both = json!({"amount_off": 5, "currency": "usd", "percent_off": 10});
    stage.make("stripe_coupon", &both).await;
    stage.make("stripe_price", &price(json!({"billing_scheme": "tierd"}))).await;
    stage.make("stripe_price", &price(json!({"on_destroy": "delete"}))).await;
    let misspelt = json!({"line_items": [{"price": "price_1", "quantitty": 1}]});
    stage.make("stripe_payment_link", &misspelt).await;
    stage.make("stripe_product", &json!({"name": "Gold", "on_destroy": "burn"})).await;
    let customer = id(&stage.make("stripe_customer", &json!({"name": "Ada"})).await);
    let retired = json!({"customer": customer, "payment_method_types": ["card"]});
    stage.make("stripe_setup_intent", &retired).await;
    let item = json!({"price": "price_1", "quantity": 1});
    let phases = json!([{"items": [item], "iterations": 3}]);
    stage.make("stripe_subscription_schedule", &json!({"customer": customer, "phases": phases})).await;
    let hook = json!({"url": "https://example.com/hook", "enabled_events": ["*"]});
    let mut dropped = hook.clone();
    dropped["keep_secret_out_of_state"] = json!(true);
    stage.make("stripe_webhook_endpoint", &dropped).await;
    let twice = json!({"scope": {"type": "account"}, "name": "key", "payload": "x", "payload_wo": "x"});
    stage.make("stripe_apps_secret", &twice).await;
}

async fn payloads(stage: &mut Stage) {
    stage.entity("Customer", &json!({"Nmae": "Ada"})).await;
    stage.make("stripe_entity", &json!({"entity": "Customer", "input_payload": "{"})).await;
    stage.entity("Balance", &json!({})).await;
    let intent = json!({"amount": 500, "currency": "usd", "CaptureMethod": "Manual"});
    stage.entity("PaymentIntent", &intent).await;
    let wifi =
        json!({"Wifi": {"Type": "personal_psk", "PersonalPsk": {"Ssid": "shop", "Password": "long enough"}}});
    stage.entity("TerminalConfiguration", &wifi).await;
    stage.entity("Custmer", &json!({})).await;
    let action = json!({"action": "ConfirmPaymentIntnt", "input_payload": {}});
    stage.make("stripe_action", &action).await;
}

async fn lists(stage: &mut Stage) {
    let lists = [
        json!({"entity": "Customer", "sort_order": "DESC"}),
        json!({"entity": "Coupon", "search": "x"}),
        json!({"entity": "Customer", "filter": "Nmae = 'Ada'"}),
        json!({"entity": "CustomerTaxId"}),
        json!({"entity": "Customer", "sort_by": "Craeted"}),
        json!({"entity": "Customer", "page_token": "x"}),
        json!({"entity": "Customer", "page_size": 500}),
    ];
    for list in &lists {
        stage.data("stripe_entities", list).await;
    }
    stage.data("stripe_customers", &json!({"sort_order": "ASC"})).await;
    stage.data("stripe_promotion_codes", &json!({"filter": "Coupon IN ('gold', 'silver')"})).await;
    stage.make("stripe_customer", &json!({"name": "Eve"})).await;
    let mut sorted = json!({"entity": "Customer", "sort_by": "name", "page_size": 1});
    let first = stage.data("stripe_entities", &sorted).await.unwrap();
    sorted["page_token"] = forged(first.get("next_page_token").as_str().unwrap(), "10000").into();
    stage.data("stripe_entities", &sorted).await;
}

async fn singles(stage: &mut Stage) {
    stage.data("stripe_entity", &json!({"entity": "Customer", "entity_id": "cus_1/2"})).await;
    stage.data("stripe_entity", &json!({"entity": "Customer", "entity_id": "cus_1"})).await;
    stage.data("stripe_price", &json!({})).await;
    stage.data("stripe_price", &json!({"lookup_key": "gold"})).await;
    stage.data("stripe_person", &json!({"id": "person_1"})).await;
    for name in ["Ada", "Grace"] {
        stage.make("stripe_customer", &json!({"name": name, "email": "team@example.com"})).await;
    }
    stage.data("stripe_customer", &json!({"email": "team@example.com"})).await;
    let ada = id(&stage.make("stripe_customer", &json!({"name": "Ada"})).await);
    stage.data("stripe_customer", &json!({"id": ada, "name": "Grace"})).await;
    let gone = stage.make("stripe_customer", &json!({"name": "Gone"})).await;
    stage.change("stripe_customer", &gone, &json!(null)).await;
    stage.data("stripe_customer", &json!({"id": id(&gone)})).await;
    stage.data("stripe_entity", &json!({"entity": "Customer", "entity_id": id(&gone)})).await;
}

async fn imports(stage: &mut Stage) {
    stage.import("stripe_customer", "cus_1/2/3").await;
    stage.import("stripe_entity", "prod_1").await;
    stage.import("stripe_action", "x").await;
    stage.import("stripe_price", "lookup_kye=gold").await;
    // Its owner chose an id that looks like one of a price.
    let chosen = stage.make("stripe_product", &json!({"id": "price_NffrFeUfNV2Hib", "name": "Gold"})).await;
    stage.import("stripe_product", &id(&chosen)).await;
    stage.import("stripe_invoice", "sub_NffrFeUfNV2Hib").await;
    let written = |percent: i64| json!({"id": "AUTUMN", "percent_off": percent, "duration": "once"});
    let coupon = stage.make("stripe_coupon", &written(10)).await;
    let unread = Object { private: Vec::new(), ..coupon.clone() };
    stage.change("stripe_coupon", &unread, &written(10)).await;
    let mut private: Json = serde_json::from_slice(&coupon.private).unwrap();
    private["account"] = "acct_shop".into();
    let of_shop = Object { private: private.to_string().into_bytes(), ..coupon.clone() };
    stage.change("stripe_coupon", &of_shop, &written(20)).await;
    private["home"] = "another form".into();
    let of_tomorrow = Object { private: private.to_string().into_bytes(), ..coupon };
    stage.read("stripe_coupon", &of_tomorrow).await;
}
