//! Lists that do not go on, and lists that change while they are read.

use std::sync::Mutex;

use serde_json::{Value as Json, json};
use stripe_provider::terraform::value::Value;

use super::{forged, ok, refused, stripe};
use crate::support::upstream::{Answer, Asked};

fn list(of: &str, more: &[(&'static str, Value)]) -> Value {
    Value::map([("entity", Value::from(of))].into_iter().chain(more.iter().cloned()))
}

fn customer(number: usize) -> Json {
    json!({"object": "customer", "id": format!("cus_{number}"), "name": format!("{number:05}")})
}

fn page(data: &[Json], has_more: bool) -> Answer {
    (200, json!({"object": "list", "data": data, "has_more": has_more}).to_string())
}

/// A param of a query.
fn param(asked: &Asked, name: &str) -> Option<String> {
    let (_, query) = asked.target.split_once('?')?;
    query.split('&').find_map(|pair| Some(pair.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
}

fn ids(read: &Value) -> Vec<String> {
    let records = read.get("records").items().iter();
    records.map(|record| record.get("id").as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_cursor_that_does_not_move_ends_the_list_with_an_error() {
    let stuck: [fn(&Asked) -> Answer; 3] = [
        |_| page(&[customer(1)], true),
        |_| page(&[], true),
        |asked| {
            page(
                &[customer(if param(asked, "starting_after").as_deref() == Some("cus_1") { 2 } else { 1 })],
                true,
            )
        },
    ];
    for answer in stuck {
        let mut stripe = stripe(answer).await;
        for config in [
            list("Customer", &[("sort_by", "Name".into())]),
            list("Customer", &[("filter", "Name = 'nobody'".into())]),
        ] {
            let (text, _) = refused(stripe.terraform.data("stripe_entities", &config).await);
            assert!(text.contains("a page repeats an earlier one"), "{text}");
        }
        assert!(stripe.upstream.lines().len() < 10, "{:?}", stripe.upstream.lines());
    }
}

/// Three hundred customers, of which some are deleted when the second page is asked for.
async fn shrinking(gone: &'static [&'static str]) -> (Vec<String>, Vec<String>) {
    let deleted = Mutex::new(Vec::new());
    let mut stripe = stripe(move |asked| {
        let mut deleted = deleted.lock().unwrap();
        let after = param(asked, "starting_after");
        if after.is_some() {
            *deleted = gone.to_vec();
        }
        if let Some(lost) = after.as_deref().filter(|after| deleted.contains(after)) {
            let error = json!({"type": "invalid_request_error", "code": "resource_missing",
                "message": format!("No such customer: '{lost}'"), "param": "starting_after"});
            return (400, json!({"error": error}).to_string());
        }
        let from = after.map_or(0, |after| after["cus_".len()..].parse::<usize>().unwrap() + 1);
        let left = (from..300).map(customer).filter(|one| !deleted.contains(&one["id"].as_str().unwrap()));
        let shown: Vec<Json> = left.take(101).collect();
        page(&shown[..shown.len().min(100)], shown.len() > 100)
    })
    .await;
    let config = list("Customer", &[("sort_by", "Name".into()), ("page_size", 200.into())]);
    let first = ok(stripe.terraform.data("stripe_entities", &config).await);
    (ids(&first), stripe.upstream.lines())
}

#[tokio::test]
async fn a_list_goes_on_behind_the_object_before_a_deleted_one() {
    for gone in [&["cus_99"][..], &["cus_99", "cus_98", "cus_97"]] {
        let (read, asked) = shrinking(gone).await;
        let expected: Vec<String> = (0..200).map(|number| format!("cus_{number}")).collect();
        assert_eq!(read, expected, "every customer once, in order");
        assert!(asked.len() > 3, "{asked:?}");
    }
}

#[tokio::test]
async fn a_page_token_survives_that_its_object_is_deleted() {
    let deleted = Mutex::new(false);
    let mut stripe = stripe(move |asked| {
        let mut deleted = deleted.lock().unwrap();
        match param(asked, "starting_after").as_deref() {
            None => page(&[customer(0), customer(1), customer(2)], true),
            Some("cus_1") if !std::mem::replace(&mut *deleted, true) => (
                400,
                json!({"error": {"type": "invalid_request_error", "code": "resource_missing",
                    "message": "No such customer: 'cus_1'", "param": "starting_after"}})
                .to_string(),
            ),
            Some("cus_0") => page(&[customer(2)], false),
            other => panic!("{other:?}"),
        }
    })
    .await;
    let mut config = list("Customer", &[("page_size", 2.into())]);
    let first = ok(stripe.terraform.data("stripe_entities", &config).await);
    assert_eq!(ids(&first), ["cus_0", "cus_1"]);
    config.set("page_token", first.get("next_page_token").clone());
    let second = ok(stripe.terraform.data("stripe_entities", &config).await);
    assert_eq!(ids(&second), ["cus_2"]);
    assert!(second.get("next_page_token").is_null());
}

#[tokio::test]
async fn a_page_token_of_version_two_is_encoded_once() {
    let event = |id: &str| json!({"object": "v2.core.event", "id": id, "type": "a"});
    let mut stripe = stripe(move |asked| {
        let (data, next) = match param(asked, "page").as_deref() {
            None => (event("evt_1"), Some("/v2/core/events?limit=2&page=a%2Bb%2F%3D%3D")),
            Some("a%2Bb%2F%3D%3D") => (event("evt_2"), None),
            other => panic!("{other:?}"),
        };
        (200, json!({"data": [data], "next_page_url": next}).to_string())
    })
    .await;
    let config = list("V2CoreEvent", &[("page_size", 5.into())]);
    let read = ok(stripe.terraform.data("stripe_entities", &config).await);
    assert_eq!(ids(&read), ["evt_1", "evt_2"]);
}

#[tokio::test]
async fn a_sorted_list_is_bounded_and_says_what_to_do() {
    let mut stripe = stripe(|asked| {
        let from = param(asked, "starting_after").map_or(0, |after| after["cus_".len()..].parse().unwrap());
        let shown: Vec<Json> = (from + 1..=from + 100).map(customer).collect();
        page(&shown, from < 2_900)
    })
    .await;
    let mut config = list(
        "Customer",
        &[("sort_by", "Name".into()), ("sort_order", "DESC".into()), ("page_size", 2.into())],
    );
    let read = ok(stripe.terraform.data("stripe_entities", &config).await);
    assert_eq!(ids(&read), ["cus_3000", "cus_2999"]);
    let token = read.get("next_page_token").as_str().unwrap();
    for skip in ["10000", "18446744073709551615"] {
        config.set("page_token", forged(token, skip).into());
        let (text, _) = refused(stripe.terraform.data("stripe_entities", &config).await);
        assert!(text.contains("narrow the filter, or list without sorting"), "{text}");
    }
}
