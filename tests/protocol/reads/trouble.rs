//! Pages that fail, come late or are cut never make a read wrong; nor does a write beside them.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value as Json, json};
use stripe_provider::connector::{ReadHint, entity};

use super::account::Account;
use super::read_all;
use crate::support::connectors::connector;
use crate::support::shop::{Shop, made, ok};
use crate::support::terraform::Object;
use crate::support::upstream::{Asked, Upstream};

fn account() -> Account {
    Account::even(300, 20)
}

/// Reads thirty prices where the pages of these numbers are answered otherwise; the calls that it took.
async fn with_page(broken: Range<usize>, answer: fn(String) -> (u16, String)) -> Vec<String> {
    let (pages, served) = (AtomicUsize::new(0), account());
    let upstream = Upstream::start(move |asked: &Asked| {
        let (status, body) = served.answer(asked);
        let is_page = asked.target.starts_with("/v1/prices?");
        let is_broken = is_page && broken.contains(&pages.fetch_add(1, Ordering::SeqCst));
        if is_broken { answer(body) } else { (status, body) }
    })
    .await;
    let prices: Vec<Json> = (0..30).map(|number| account().price(number * 10)).collect();
    let found = read_all(&connector(&upstream.base, "sk_test_1"), &prices, 30).await;
    assert_eq!(found, prices.into_iter().map(Some).collect::<Vec<_>>());
    upstream.lines()
}

fn pages(lines: &[String]) -> usize {
    lines.iter().filter(|line| line.contains("/v1/prices?")).count()
}

#[tokio::test]
async fn a_page_that_fails_is_the_last_one_and_everything_is_read_all_the_same() {
    let fail = |_| (500, json!({"error": {"type": "api_error"}}).to_string());
    let refuse = |_| (403, json!({"error": {"type": "invalid_request_error", "message": "no"}}).to_string());
    let foreign = |_| (200, "<html>".to_owned());
    let other = |_| (200, json!({"object": "list", "data": [{"object": "portal"}]}).to_string());
    let cut = |body: String| (200, body[..body.len() / 2].to_owned());
    for (at, answer) in
        [(0, fail as fn(String) -> _), (1, fail), (0, refuse), (1, foreign), (0, other), (1, cut)]
    {
        let lines = with_page(at..at + 1, answer).await;
        assert_eq!(pages(&lines), at + 1, "{lines:?}");
    }
}

#[tokio::test]
async fn a_page_that_shows_nothing_decides_nothing() {
    let empty = |_| (200, json!({"object": "list", "data": [], "has_more": false}).to_string());
    let lines = with_page(0..1, empty).await;
    assert!(lines.len() >= 30 && pages(&lines) <= 3, "{lines:?}");
}

#[tokio::test]
async fn a_page_that_does_not_come_is_not_waited_for_and_after_a_second_one_none_is_asked_for() {
    let lines = with_page(0..30, |_| (0, String::new())).await;
    assert_eq!((lines.len(), pages(&lines)), (32, 2), "{lines:?}");
}

#[tokio::test]
async fn after_one_page_that_did_not_come_pages_go_on() {
    let lines = with_page(0..1, |_| (0, String::new())).await;
    assert!(pages(&lines) >= 2 && lines.len() < 31, "{lines:?}");
}

#[tokio::test]
async fn a_write_is_seen_by_every_read_that_comes_after_it() {
    let version = Arc::new(AtomicUsize::new(0));
    let (now, served) = (Arc::clone(&version), account());
    let upstream = Upstream::start(move |asked: &Asked| {
        if asked.method == "POST" {
            now.fetch_add(1, Ordering::SeqCst);
        }
        let (status, body) = served.answer(asked);
        let amount = now.load(Ordering::SeqCst) + 1_000;
        let mut body: Json = serde_json::from_str(&body).unwrap();
        for price in body.get_mut("data").and_then(Json::as_array_mut).into_iter().flatten() {
            price["unit_amount"] = amount.into();
        }
        if body["object"] == "price" {
            body["unit_amount"] = amount.into();
        }
        (status, body.to_string())
    })
    .await;
    let connector = connector(&upstream.base, "sk_test_1");
    let prices: Vec<Json> = (0..100).map(|number| account().price(number)).collect();
    let amounts = |found: Vec<Option<Json>>| -> Vec<i64> {
        found.into_iter().map(|price| price.unwrap()["unit_amount"].as_i64().unwrap()).collect()
    };
    assert_eq!(amounts(read_all(&connector, &prices[..50], 100).await), [1_000; 50]);
    let price = entity("Price").unwrap();
    connector.update(price, "price_0", Map::new()).await.unwrap();
    assert_eq!(
        amounts(read_all(&connector, &prices[50..], 100).await),
        [1_001; 50],
        "the other half of the pages"
    );
    connector.update(price, "price_0", Map::new()).await.unwrap();
    let known = ReadHint { body: &prices[60], expected_reads: 100 };
    assert_eq!(connector.read(price, "price_60", known).await.unwrap()["unit_amount"], 1_002);
}

#[tokio::test]
async fn what_a_data_source_shows_is_never_older_than_its_question() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let config = crate::support::shop::entity("Product", &json!({"name": "Tea"}));
    let mut products: Vec<Object> = Vec::new();
    for _ in 0..8 {
        products.push(made(&mut run, "stripe_entity", &config).await);
    }
    let mut later = shop.run("sk_test_shop_1").await;
    for product in &products[1..] {
        ok(later.refresh("stripe_entity", product).await);
    }
    // Somebody else, in the middle of the walk: a page of it holds the product as it was.
    let id = products[0].state.get("id").as_str().unwrap().to_owned();
    let mut other = shop.run("sk_test_shop_1").await;
    let renamed = crate::support::shop::entity("Product", &json!({"name": "Coffee"}));
    let plan = ok(other.plan("stripe_entity", &products[0], &renamed).await);
    ok(other.apply("stripe_entity", &plan).await);
    let asked = stripe_provider::terraform::value::Value::map([
        ("entity", "Product".into()),
        ("entity_id", id.as_str().into()),
    ]);
    let shown = ok(later.data("stripe_entity", &asked).await);
    assert_eq!(shown.get("record").get("name").as_str(), Some("Coffee"));
}
