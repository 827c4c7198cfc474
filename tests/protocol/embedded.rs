//! Lists inside objects that are longer than what Stripe shows of them at first.

use serde_json::{Value as Json, json};
use stripe_provider::terraform::value::Value;

use crate::support::shop::{Shop, entity, made, ok, refused};
use crate::support::terraform::{Action, Object, Terraform};

const KEY: &str = "sk_test_shop_1";
const ITEMS: usize = 12;

/// The line items of a link with one price more than once, each with a quantity of its own.
fn link(prices: &[String], quantity: usize) -> Value {
    let items: Vec<Json> = prices
        .iter()
        .enumerate()
        .map(|(at, price)| json!({"price": price, "quantity": quantity + at}))
        .collect();
    entity("PaymentLink", &json!({ "line_items": items }))
}

async fn prices(run: &mut Terraform) -> Vec<String> {
    let product = made(run, "stripe_entity", &entity("Product", &json!({"name": "Beans"}))).await;
    let product = product.state.get("id").as_str().unwrap().to_owned();
    let mut prices = Vec::new();
    for amount in 1..=ITEMS {
        let price = json!({"product": product, "currency": "usd", "unit_amount": amount});
        let price = made(run, "stripe_entity", &entity("Price", &price)).await;
        prices.push(price.state.get("id").as_str().unwrap().to_owned());
    }
    prices
}

/// The line items of a link, as the list of them shows.
async fn items(shop: &Shop, link: &Object) -> Vec<Json> {
    let id = link.state.get("id").as_str().unwrap();
    let uri = format!("{}/v1/payment_links/{id}/line_items?limit=100", shop.base);
    let request = http::Request::get(uri).header("authorization", format!("Bearer {KEY}"));
    let answer = shop.sandbox.handle(request.body("".into()).unwrap()).await.unwrap();
    let page: Json = serde_json::from_slice(answer.body()).unwrap();
    page["data"].as_array().unwrap().clone()
}

async fn quantities(shop: &Shop, link: &Object) -> Vec<usize> {
    let quantity = |item: Json| usize::try_from(item["quantity"].as_u64().unwrap()).unwrap();
    items(shop, link).await.into_iter().map(quantity).collect()
}

#[tokio::test]
async fn items_that_stripe_does_not_show_at_first_are_changed_and_drift_like_the_others() {
    let shop = Shop::open().await;
    let mut run = shop.run(KEY).await;
    let prices = prices(&mut run).await;
    let made = made(&mut run, "stripe_entity", &link(&prices, 1)).await;
    // All items are told by their ids, also right after the create.
    let plan = ok(run.plan("stripe_entity", &made, &link(&prices, 2)).await);
    assert_eq!(plan.action, Action::Update);
    let changed = ok(run.apply("stripe_entity", &plan).await);
    let wanted: Vec<usize> = (2..2 + ITEMS).collect();
    assert_eq!(quantities(&shop, &changed).await, wanted);
    // Somebody changes all of them, those that are shown at first and the others.
    let mut elsewhere = shop.run(KEY).await;
    let plan = ok(elsewhere.plan("stripe_entity", &changed, &link(&prices, 50)).await);
    ok(elsewhere.apply("stripe_entity", &plan).await);
    let mut later = shop.run(KEY).await;
    let read = ok(later.refresh("stripe_entity", &changed).await);
    let plan = ok(later.plan("stripe_entity", &read, &link(&prices, 2)).await);
    assert_eq!(plan.action, Action::Update);
    let back = ok(later.apply("stripe_entity", &plan).await);
    assert_eq!(quantities(&shop, &back).await, wanted);
    let plan = ok(later.plan("stripe_entity", &back, &link(&prices, 2)).await);
    assert_eq!(plan.action, Action::Nothing);
}

/// A page that fails makes no object look shorter than it is.
#[tokio::test]
async fn an_object_whose_items_cannot_be_read_is_not_taken_for_a_short_one() {
    let shop = Shop::open().await;
    let mut run = shop.run(KEY).await;
    let prices = prices(&mut run).await;
    let made = made(&mut run, "stripe_entity", &link(&prices, 1)).await;
    let path = format!("/v1/payment_links/{}/line_items", made.state.get("id").as_str().unwrap());
    shop.fault(json!({"method": "GET", "path": path, "times": 1, "kind": {"fail": 500}}));
    let mut later = shop.run(KEY).await;
    let (_, why) = &refused(later.refresh("stripe_entity", &made).await)[0];
    assert!(why.contains("HTTP 500"), "{why}");
}
