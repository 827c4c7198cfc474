//! Scenes of provider blocks and connections that cannot work.

use serde_json::json;

use super::stage::{Stage, Told};

pub async fn told() -> Vec<Told> {
    let mut stage = Stage::open().await;
    let proxy = json!([{"host": "proxy.corp.example", "port": 3128}]);
    let many: serde_json::Map<String, serde_json::Value> =
        (0..51).map(|key| (format!("key_{key}"), json!("x"))).collect();
    let blocks = [
        json!({"sandbox": "shop.db", "api_base": "http://127.0.0.1:12111"}),
        json!({"sandbox": "/nowhere/shop.db"}),
        json!({"api_key": "pk_test_shop_1"}),
        json!({"api_key_env": "sk_test_shop_1"}),
        json!({"api_base": "http://127.0.0.1:12111/v1"}),
        json!({"api_key": "sk_live_shop_1", "api_base": "http://stripe.corp.example"}),
        json!({"api_key": "sk_test_shop_1", "expected_livemode": true}),
        json!({"api_version": "2024-06-20"}),
        json!({"node_config": [{"min_node_count": 5, "max_node_count": 2}]}),
        json!({"proxy_user": "svc"}),
        json!({"api_key": "sk_test_shop_1", "api_key_env": "STRIPE_KEY"}),
        json!({"proxy_enabled": true}),
        json!({"proxy_enabled": true, "destination_config": proxy, "proxy_password": "x"}),
        json!({"proxy_enabled": true, "destination_config": proxy, "proxy_auth_scheme": "BASIC"}),
        json!({"timeout": 0}),
        json!({"account_id": "acct_1", "stripe_account": "acct_1"}),
        json!({"default_metadata": many}),
        json!({"default_metadata": {"team": "web"}, "ignore_metadata_keys": ["team"]}),
    ];
    for block in &blocks {
        stage.again("", block).await;
    }
    let account = |id: &str| json!({"api_key": "sk_test_shop_1", "account_id": id});
    stage.debugged(&[account("acct_1"), account("acct_2")]).await;
    stage.again("Bearer sk_test_shop_1", &json!({})).await;
    stage.again("sk_test_shop_1", &json!({})).await;
    let connection = |more: serde_json::Value| {
        let mut config = json!({"name": "shop", "location": "global"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    stage.make("stripe_connection", &connection(json!({"auth_config": [{}]}))).await;
    let file = json!([{"enabled": true, "file": "/nowhere/stripe.jsonl"}]);
    stage.make("stripe_connection", &connection(json!({"log_config": file}))).await;
    stage.make("stripe_connection", &connection(json!({"lock_config": [{"locked": true}]}))).await;
    let locked = connection(json!({"lock_config": [{"locked": true, "reason": "an audit"}]}));
    let made = stage.make("stripe_connection", &locked).await;
    let mut other = locked.clone();
    other["description"] = json!("other");
    stage.change("stripe_connection", &made, &other).await;
    stage.import("stripe_connection", "shop").await;

    // A state that somebody has edited.
    let mut product = stage.make("stripe_product", &json!({"name": "Gold"})).await;
    product.state.set("connection_handle", "shop".into());
    let mut private: serde_json::Value = serde_json::from_slice(&product.private).unwrap();
    for at in ["/handle", "/private/handle"] {
        if let Some(handle) = private.pointer_mut(at) {
            *handle = json!("shop");
        }
    }
    private["handle"] = json!("shop");
    product.private = serde_json::to_vec(&private).unwrap();
    stage.read("stripe_product", &product).await;
    stage.told
}
