//! A plan by list is the plan by single reads, and sees whatever happened to an object since the last one.

use futures_util::StreamExt as _;
use serde_json::{Value as Json, json};
use stripe_provider::terraform::value::Value;

use crate::support::shop::{Shop, entity, made, ok};
use crate::support::terraform::{Action, Object, Terraform};

const KEY: &str = "sk_test_shop_1";

/// A run that reads by list, or one object after the other.
async fn run(shop: &Shop, by_list: bool) -> Terraform {
    let block = Value::map([
        ("bulk_refresh", Value::from(by_list)),
        ("max_retries", Value::from(0)),
        ("requests_per_second", Value::from(1000)),
        ("throttle_scope", Value::from("process")),
    ]);
    shop.run_with(KEY, &block).await
}

/// Every object as a walk reads it, ten at a time.
async fn refreshed(run: &Terraform, objects: &[Object]) -> Vec<Object> {
    let reads = objects.iter().map(|object| {
        let mut run = run.clone();
        let object = object.clone();
        async move { ok(run.refresh("stripe_entity", &object).await) }
    });
    let reads: Vec<_> = reads.collect();
    futures_util::stream::iter(reads).buffered(10).collect().await
}

/// A type, the payloads of two of its objects, and what can happen to one of them elsewhere.
struct Kind {
    name: &'static str,
    payload: fn(usize, &Json) -> Json,
    happens: &'static [(&'static str, &'static str, &'static str)],
}

/// `{}` is the id.
const KINDS: [Kind; 7] = [
    Kind {
        name: "Customer",
        payload: |n, _| json!({"name": format!("C{n}"), "metadata": {"n": n.to_string()}}),
        happens: &[
            ("POST", "/v1/customers/{}", "name=Other"),
            ("POST", "/v1/customers/{}", "metadata[n]=&metadata[m]=1"),
            ("DELETE", "/v1/customers/{}", ""),
        ],
    },
    Kind {
        name: "Product",
        payload: |n, _| json!({"name": format!("P{n}"), "images": ["https://example.com/1"]}),
        happens: &[
            ("POST", "/v1/products/{}", "active=false"),
            ("POST", "/v1/products/{}", "description=Other"),
            ("DELETE", "/v1/products/{}", ""),
        ],
    },
    Kind {
        name: "Price",
        payload: |n, parents| {
            json!({"product": parents["product"], "currency": "usd", "unit_amount": n + 1,
                "currency_options": {"eur": {"unit_amount": n + 2}}})
        },
        happens: &[("POST", "/v1/prices/{}", "active=false"), ("POST", "/v1/prices/{}", "nickname=Other")],
    },
    Kind {
        name: "Coupon",
        payload: |n, _| json!({"percent_off": n % 90 + 1, "duration": "once"}),
        happens: &[("POST", "/v1/coupons/{}", "name=Other"), ("DELETE", "/v1/coupons/{}", "")],
    },
    Kind {
        name: "Subscription",
        payload: |_, parents| {
            json!({"customer": parents["payer"], "items": [{"price": parents["monthly"]}],
                "payment_behavior": "default_incomplete"})
        },
        happens: &[("DELETE", "/v1/subscriptions/{}", ""), ("POST", "/v1/subscriptions/{}", "metadata[a]=1")],
    },
    Kind {
        name: "TaxRate",
        payload: |n, _| json!({"display_name": format!("T{n}"), "percentage": 5, "inclusive": false}),
        happens: &[("POST", "/v1/tax_rates/{}", "active=false")],
    },
    Kind {
        name: "CustomerTaxId",
        payload: |n, parents| json!({"customer": parents["payer"], "type": "eu_vat", "value": format!("DE{}", 100_000_000 + n)}),
        happens: &[("DELETE", "/v1/customers/{payer}/tax_ids/{}", "")],
    },
];

/// Asks the sandbox past its port.
async fn ask(shop: &Shop, method: &str, path: &str, form: &str) -> Json {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {KEY}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(bytes::Bytes::copy_from_slice(form.as_bytes()));
    let response = shop.sandbox.handle(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), 200, "{method} {path}: {:?}", response.body());
    serde_json::from_slice(response.body()).unwrap()
}

/// What the objects of an account belong to.
async fn parents(shop: &Shop) -> Json {
    let product = ask(shop, "POST", "/v1/products", "name=Tea").await["id"].clone();
    let form =
        format!("product={}&currency=usd&unit_amount=5&recurring[interval]=month", product.as_str().unwrap());
    let monthly = ask(shop, "POST", "/v1/prices", &form).await["id"].clone();
    let payer = ask(shop, "POST", "/v1/customers", "name=Payer").await["id"].clone();
    json!({"product": product, "monthly": monthly, "payer": payer})
}

/// An object with what it was made of and its type.
struct Kept {
    kind: &'static Kind,
    config: Value,
    object: Object,
}

/// Lets something happen to an object elsewhere.
async fn happen(shop: &Shop, parents: &Json, kept: &Kept, which: usize) {
    let (method, path, form) = kept.kind.happens[which % kept.kind.happens.len()];
    let path = path.replace("{}", kept.object.state.get("id").as_str().unwrap());
    let path = path.replace("{payer}", parents["payer"].as_str().unwrap());
    ask(shop, method, &path, form).await;
}

/// Reads and plans everything in two runs, by list and one by one: they must agree. What the run by list
/// has read and would do, and how many calls it made.
async fn planned(shop: &Shop, kept: &[Kept]) -> Vec<(Object, Action)> {
    let objects: Vec<Object> = kept.iter().map(|kept| kept.object.clone()).collect();
    let (mut lists, mut singly) = (run(shop, true).await, run(shop, false).await);
    let by_list = refreshed(&lists, &objects).await;
    let one_by_one = refreshed(&singly, &objects).await;
    let mut found = Vec::new();
    for ((kept, by_list), one) in kept.iter().zip(by_list).zip(one_by_one) {
        assert_eq!(by_list.state, one.state, "{}", kept.kind.name);
        if by_list.state.is_null() {
            found.push((by_list, Action::Create));
            continue;
        }
        let plan = ok(lists.plan("stripe_entity", &by_list, &kept.config).await);
        let other = ok(singly.plan("stripe_entity", &one, &kept.config).await);
        assert_eq!((plan.action, &plan.planned.state), (other.action, &other.planned.state));
        found.push((by_list, plan.action));
    }
    found
}

/// Makes so many objects of each type.
async fn filled(shop: &Shop, parents: &Json, counts: &[usize]) -> Vec<Kept> {
    let mut run = run(shop, true).await;
    let mut kept = Vec::new();
    for (kind, count) in KINDS.iter().zip(counts) {
        for number in 0..*count {
            let config = entity(kind.name, &(kind.payload)(number, parents));
            let object = made(&mut run, "stripe_entity", &config).await;
            kept.push(Kept { kind, config, object });
        }
    }
    kept
}

#[tokio::test]
async fn what_happened_between_two_plans_is_seen_by_the_second() {
    let shop = Shop::open().await;
    let parents = parents(&shop).await;
    let kept = filled(&shop, &parents, &[4; 7]).await;
    let before = planned(&shop, &kept).await;
    assert!(before.iter().all(|(_, action)| *action == Action::Nothing));
    // One of each type is left alone; each of the others meets one thing.
    let touched: Vec<bool> = (0..kept.len()).map(|at| at % 4 != 0).collect();
    for (at, kept) in kept.iter().enumerate().filter(|(at, _)| touched[*at]) {
        happen(&shop, &parents, kept, at % 4 - 1).await;
    }
    for (((read, _), touched), kept) in planned(&shop, &kept).await.iter().zip(touched).zip(&kept) {
        let name = kept.kind.name;
        assert_eq!(
            read.state.get("output_payload") != kept.object.state.get("output_payload"),
            touched,
            "{name}"
        );
    }
}

#[test]
fn a_plan_by_list_is_the_plan_by_single_reads_over_random_accounts() {
    use proptest::prelude::*;
    let counts = prop::collection::vec(0_usize..6, KINDS.len());
    let events = prop::collection::vec((any::<prop::sample::Index>(), 0_usize..3), 0..9);
    let config = ProptestConfig {
        cases: 6,
        max_shrink_iters: 20,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(counts in counts, events in events)| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let shop = Shop::open().await;
            let parents = parents(&shop).await;
            let mut kept = filled(&shop, &parents, &counts).await;
            let mut alive: Vec<usize> = (0..kept.len()).collect();
            for (which, event) in events {
                if alive.is_empty() { break }
                let at = alive.swap_remove(which.index(alive.len()));
                happen(&shop, &parents, &kept[at], event).await;
            }
            let found = planned(&shop, &kept).await;
            // The next plan starts from what this one has read.
            for (kept, (object, _)) in kept.iter_mut().zip(found) {
                kept.object = object;
            }
            kept.retain(|kept| !kept.object.state.is_null());
            planned(&shop, &kept).await;
        });
    });
}
