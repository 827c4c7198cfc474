//! What a connection that does not work says: its state, and the attribute to set.

use serde_json::json;
use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::value::Value;

use crate::support::shop::{Shop, entity, refused};
use crate::support::terraform::{Fault, Object, Terraform};

#[track_caller]
fn ok<T>(outcome: Result<T, Fault>) -> T {
    outcome.unwrap_or_else(|fault| panic!("{fault}"))
}

/// The state and the description of a new connection with these attributes.
async fn status(
    provider: &[(&'static str, Value)],
    connection: &[(&'static str, Value)],
) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let env = Env::from_pairs([("TF_DATA_DIR", path.clone()), ("XDG_RUNTIME_DIR", path)]);
    let mut terraform = ok(Terraform::start(StripeProvider::new(env)).await);
    let retries = ("max_retries", Value::from(0));
    ok(terraform.configure(&Value::map(provider.iter().cloned().chain([retries]))).await);
    let names = [("name", Value::from("shop")), ("location", Value::from("global"))];
    let config = Value::map(connection.iter().cloned().chain(names));
    let plan = ok(terraform.plan("stripe_connection", &Object::default(), &config).await);
    let made = ok(terraform.apply("stripe_connection", &plan).await);
    let text = |name: &str| made.state.get("status").get(name).as_str().unwrap().to_owned();
    (text("state"), text("description"))
}

#[tokio::test]
async fn a_connection_that_does_not_work_names_the_attribute_to_set() {
    let block = |name, value: Value| Value::List(vec![Value::map([(name, value)])]);
    let key = ("api_key", Value::from("sk_test_1"));
    let base = ("api_base", Value::from("http://127.0.0.1:1"));
    let proxied = |tls: &str| {
        let destination = Value::map([("host", Value::from("127.0.0.1")), ("port", Value::from(1))]);
        let destination = ("destination_config", Value::List(vec![destination]));
        vec![("proxy_enabled", Value::from(true)), ("proxy_ssltype", Value::from(tls)), destination]
    };
    for (provider, connection, state, advice) in [
        (
            vec![],
            vec![],
            "AUTH_ERROR",
            "set `api_key` in the provider block, `auth_config` in the connection",
        ),
        (
            vec![("expected_livemode", Value::from(true))],
            vec![("auth_config", block("api_key", Value::from("sk_test_1")))],
            "AUTH_ERROR",
            "the key is a test mode key, but the provider allows live mode only; use a key of that mode, or change `expected_livemode`",
        ),
        (
            vec![],
            vec![("auth_config", block("api_key_env", Value::from("MISSING")))],
            "AUTH_ERROR",
            "the environment variable MISSING is not set; check `api_key_env`",
        ),
        (vec![key.clone()], proxied("NEVER"), "ERROR", "set `proxy_ssltype` to AUTO or TUNNEL"),
        (vec![key.clone(), base.clone()], proxied("AUTO"), "ERROR", "check `destination_config`"),
        (
            vec![key.clone(), base.clone()],
            vec![("ca_certificate", Value::from("-----BEGIN CERTIFICATE-----\nx\n"))],
            "ERROR",
            "check `ca_certificate`",
        ),
    ] {
        let (found, description) = status(&provider, &connection).await;
        assert!(found == state && description.contains(advice), "{found}: {description}");
    }
}

#[tokio::test]
async fn an_answer_of_another_server_leads_to_the_address_and_the_proxy() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let customer = entity("Customer", &json!({"name": "Ada"}));
    let plan = ok(run.plan("stripe_entity", &Object::default(), &customer).await);
    let advice = "Check the network, `api_base` and the proxy";
    for (status, advised) in
        [(200, true), (302, true), (400, true), (401, true), (403, true), (404, true), (502, false)]
    {
        let headers = json!([["location", "https://portal.test/login?token=hidden"]]);
        let answer = json!({"status": status, "headers": headers, "body": "<html>"});
        shop.fault(json!({"path": "/v1/customers", "method": "POST", "kind": {"answer": answer}}));
        let (_, why) = &refused(run.apply("stripe_entity", &plan).await)[0];
        assert_eq!(why.contains(advice), advised, "{status}: {why}");
        let leads = why.contains("a redirect to https://portal.test/login)");
        assert!(leads == (status == 302) && !why.contains("hidden"), "{status}: {why}");
    }
}
