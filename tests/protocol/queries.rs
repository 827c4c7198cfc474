//! Lists of objects that may be managed or not, in trouble.

use serde_json::json;
use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5 as wire;

use crate::support::shop::{Shop, connection, made, ok, refusal, refused};
use crate::support::terraform::Terraform;
use crate::support::toy::Toy;

#[tokio::test]
async fn a_list_that_stripe_refuses_says_why() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    shop.fault(refusal("/v1/products", 403, "", "The provided key does not have this permission."));
    let told = refused(run.list("stripe_product", &Value::default(), (false, 10)).await);
    assert!(told[0].1.contains("does not have this permission"), "{told:?}");
}

#[tokio::test]
async fn what_is_listed_has_an_identity_a_name_and_the_state_where_it_is_asked_for() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let product = made(&mut run, "stripe_product", &Value::map([("name", Value::from("Gold"))])).await;
    for included in [false, true] {
        let found = ok(run.list("stripe_product", &Value::default(), (included, 10)).await);
        let [one] = &found[..] else { panic!("{found:?}") };
        assert_eq!((one.identity.get("id"), one.name.as_str()), (product.state.get("id"), "Gold"));
        assert_eq!(one.resource.get("name").as_str(), included.then_some("Gold"));
    }
}

#[tokio::test]
async fn a_suspended_connection_lists_nothing() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let suspended = connection("sk_test_shop_1", &[("suspended", true.into())]);
    let handle = made(&mut run, "stripe_connection", &suspended).await.state.get("handle").clone();
    let config = Value::map([("connection_handle", handle)]);
    let told = refused(run.list("stripe_product", &config, (false, 10)).await);
    assert!(told[0].1.contains("suspended"), "{told:?}");
}

#[tokio::test]
async fn what_is_found_before_the_trouble_is_shown() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    for number in 0..101 {
        let product = format!("name=product {number}");
        let request = http::Request::post(format!("{}/v1/products", shop.base))
            .header("authorization", "Bearer sk_test_shop_1")
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = shop.sandbox.handle(request.body(product.into()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    let mut fault = refusal("/v1/products", 500, "", "Something went wrong.");
    fault["skip"] = json!(1);
    shop.fault(fault);
    let request =
        wire::list_resource::Request { type_name: "stripe_product".to_owned(), ..Default::default() };
    let mut events = run.client.list_resource(request).await.unwrap().into_inner();
    let mut found = Vec::new();
    while let Some(event) = events.message().await.unwrap() {
        found.push(event);
    }
    assert_eq!(found.len(), 100, "{:?}", found.last());
    assert!(found[..99].iter().all(|it| it.identity.is_some() && it.diagnostic.is_empty()));
    assert!(found[99].diagnostic[0].detail.contains("Something went wrong"), "{:?}", found[99]);
}

#[tokio::test]
async fn a_provider_without_lists_has_none() {
    let toy = ok(Terraform::start(Toy::default()).await);
    assert!(toy.schema.list_resource_schemas.is_empty() && toy.identities.is_empty());
}
