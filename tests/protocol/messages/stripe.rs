//! Scenes of what Stripe refuses, and of what is wrong with the way to it.

use serde_json::json;
use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5 as wire;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::stage::{Stage, Told};

/// Stripe's refusals: status, type, message.
const REFUSALS: [(u16, &str, &str); 7] = [
    (401, "invalid_request_error", "Invalid API Key provided: sk_test_********op_1"),
    (
        403,
        "invalid_request_error",
        "The provided key does not have the required permissions. Having the 'rak_customer_read' permission would allow this request to continue.",
    ),
    (402, "card_error", "Your card was declined."),
    (
        409,
        "invalid_request_error",
        "This object cannot be accessed right now because another API request is accessing it.",
    ),
    (400, "idempotency_error", "Keys for idempotent requests can only be used with the same parameters."),
    (500, "api_error", "An error occurred."),
    (400, "invalid_request_error", "This value is not possible now."),
];

pub async fn told() -> Vec<Told> {
    let mut stage = Stage::open().await;
    for (status, kind, message) in REFUSALS {
        stage.refuse("/v1/customers", status, kind, message);
        stage.data("stripe_customers", &json!({"email": "ada@example.com"})).await;
    }
    let answer = json!({"answer": {"status": 200, "body": "{\"object\": \"page\"}"}});
    stage.shop.fault(json!({"path": "/v1/customers", "kind": answer}));
    stage.data("stripe_customers", &json!({})).await;
    let customer = stage.make("stripe_customer", &json!({"name": "Ada"})).await;
    let (status, kind, message) = REFUSALS[1];
    stage.refuse("/v1/customers", status, kind, message);
    stage.read("stripe_customer", &customer).await;
    money(&mut stage).await;
    connections(&mut stage).await;
    keys(&mut stage).await;
    proxy(&mut stage).await;
    limits(&mut stage).await;
    stage.told
}

/// A proxy that takes no password.
async fn proxy(stage: &mut Stage) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).await;
            let answer = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"corp\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let block = json!({
        "proxy_enabled": true, "proxy_auth_scheme": "BASIC", "proxy_user": "svc", "proxy_password": "wrong",
        "proxy_ssltype": "TUNNEL", "destination_config": [{"host": "127.0.0.1", "port": port}],
    });
    stage.again("sk_test_shop_1", &block).await;
    stage.data("stripe_products", &json!({})).await;
}

/// Others use the account without an end, and a run that is stopped while it waits. The clock jumps
/// over the minutes that a run waits for its turn.
async fn limits(stage: &mut Stage) {
    stage.again("sk_test_shop_1", &json!({})).await;
    let customer = stage.make("stripe_customer", &json!({"name": "Ada"})).await;
    stage.again("sk_test_rival_1", &json!({})).await;
    stage.read("stripe_customer", &customer).await;
    stage.again("sk_test_shop_1", &json!({"throttle_scope": "process"})).await;
    let error = json!({"error": {"type": "invalid_request_error", "message": "Too many requests."}});
    let answer = json!({"answer": {"status": 429, "body": error.to_string()}});
    stage.shop.fault(json!({"path": "/v1/customers", "times": 100_000, "kind": answer}));
    tokio::time::pause();
    stage.data("stripe_customers", &json!({})).await;
    tokio::time::resume();
    stage.run.client.stop(wire::stop::Request {}).await.unwrap();
    stage.data("stripe_customers", &json!({})).await;
}

/// The card of this payment takes no refund back.
async fn money(stage: &mut Stage) {
    let payment = stage
        .make(
            "stripe_payment_intent",
            &json!({
                "amount": 2000, "currency": "usd", "payment_method": "pm_card_refundFail", "confirm": true,
                "allowed_payment_method_types": ["card"],
            }),
        )
        .await;
    let payment = payment.state.get("id").as_str().unwrap().to_owned();
    stage.invoke("stripe_refund", &json!({"payment_intent": payment, "amount": 500})).await;
}

async fn connections(stage: &mut Stage) {
    let suspended = json!({"name": "shop", "location": "global", "suspended": true});
    let made = stage.make("stripe_connection", &suspended).await;
    let handle = made.state.get("handle").as_str().unwrap().to_owned();
    stage.data("stripe_customers", &json!({"connection_handle": handle})).await;
    let nobody = json!({"name": "nobody", "location": "global", "account_id": "acct_nobody1"});
    let made = stage.make("stripe_connection", &nobody).await;
    let handle = made.state.get("handle").as_str().unwrap().to_owned();
    stage.data("stripe_customers", &json!({"connection_handle": handle})).await;
    let auth = json!([{"api_key": "sk_test_invalid"}]);
    let refused = json!({"name": "other", "location": "global", "auth_config": auth});
    stage.make("stripe_connection", &refused).await;
}

async fn keys(stage: &mut Stage) {
    let product = json!({"name": "Gold"});
    stage.again("", &json!({})).await;
    stage.make("stripe_product", &product).await;
    stage.again("pk_test_shop_1", &json!({})).await;
    stage.make("stripe_product", &product).await;
    stage.again("", &json!({"api_key_file": "/nowhere/key"})).await;
    stage.make("stripe_product", &product).await;
    stage.data("stripe_products", &json!({})).await;
    stage.again("sk_test_shop_1", &json!({"expected_livemode": true})).await;
    stage.make("stripe_product", &product).await;
    stage.run = stage.shop.run_with("", &Value::map([("api_key", Value::Unknown)])).await;
    stage.ephemeral("stripe_confirmation_token", &json!({"payment_method": "pm_card_visa"})).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    stage.again("sk_test_shop_1", &json!({"api_base": format!("http://{closed}")})).await;
    stage.data("stripe_products", &json!({})).await;
}
