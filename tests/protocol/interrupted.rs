//! What a run that died has made, and who may take it: not the state that has an equal id elsewhere, and every key of
//! its account.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::support::shop::{Shop, entity, made, ok, warnings};
use crate::support::terraform::{Object, Terraform};

const RESUMED: &str = "Interrupted Create Resumed";

/// Leaves what this process has written down as that of a run that died, once this many creates are answered there.
fn killed(shop: &Shop, answered: usize) {
    killed_with(shop, answered, |_| true);
}

/// The same, with these lines alone.
fn killed_with(shop: &Shop, answered: usize, is_kept: impl Fn(&Json) -> bool) {
    let folder = shop.folder.path().join("data/stripe-creates/default");
    let till = Instant::now() + Duration::from_secs(10);
    let found = loop {
        let found = journals(&folder);
        let all = || found.iter().flat_map(|(_, lines)| lines);
        if all().filter(|line| line.get("answered").is_some()).count() >= answered {
            break found;
        }
        assert!(Instant::now() < till, "{found:?}");
        std::thread::sleep(Duration::from_millis(5));
    };
    for (path, lines) in found {
        let lines = lines.into_iter().filter(|line| is_kept(line)).map(|mut line| {
            if let Some(writer) = line.get_mut("writer") {
                writer["run"] = json!("4000000-long ago");
            }
            format!("{line}\n")
        });
        std::fs::write(path.with_extension("dead.journal"), lines.collect::<String>()).unwrap();
        std::fs::remove_file(path).unwrap();
    }
}

/// The journals of a folder with their lines.
fn journals(folder: &PathBuf) -> Vec<(PathBuf, Vec<Json>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let journals = files.filter(|path| path.extension().is_some_and(|it| it == "journal"));
    let lines = |text: &str| text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    journals
        .map(|path| (path.clone(), lines(&String::from_utf8_lossy(&std::fs::read(path).unwrap()))))
        .collect()
}

async fn create(run: &mut Terraform, name: &str, payload: &Json) -> Object {
    made(run, "stripe_entity", &entity(name, payload)).await
}

/// Whether what was made last is what a run that died had made.
fn is_resumed(run: &mut Terraform) -> bool {
    warnings(run).iter().any(|(_, text)| text.starts_with(RESUMED))
}

fn coupon() -> Json {
    json!({"id": "gold", "percent_off": 10, "duration": "once"})
}

/// A customer whose create was cut off in one run, and failed in the next one with this answer.
async fn retried(answer: Json) -> (Shop, Terraform) {
    let shop = Shop::open().await;
    for kind in [json!("drop_after"), json!({ "answer": answer })] {
        shop.fault(json!({"path": "/v1/customers", "method": "POST", "kind": kind}));
        let mut run = shop.run("sk_test_shop_1").await;
        let customer = entity("Customer", &json!({"name": "Ada"}));
        let plan = ok(run.plan("stripe_entity", &Object::default(), &customer).await);
        assert!(run.apply("stripe_entity", &plan).await.is_err());
        killed(&shop, 0);
    }
    let run = shop.run("sk_test_shop_1").await;
    (shop, run)
}

fn stripes(status: u16, error: &Json) -> Json {
    json!({"status": status, "body": json!({ "error": error }).to_string()})
}

#[tokio::test]
async fn a_retry_that_fails_for_another_reason_leaves_open_what_the_first_try_came_to() {
    let message = json!({"type": "invalid_request_error", "message": "no"});
    let answers = [
        stripes(400, &message),
        stripes(401, &message),
        stripes(
            403,
            &json!({"type": "invalid_request_error", "code": "more_permissions_required", "message": "no"}),
        ),
        stripes(409, &json!({"type": "invalid_request_error", "code": "lock_timeout", "message": "no"})),
        json!({"status": 200, "body": "<p>Sign in first"}),
        json!({"status": 403, "body": "<p>Blocked"}),
        json!({"status": 404, "body": "<p>No such page"}),
        json!({"status": 502, "body": "<p>No answer"}),
    ];
    for answer in answers {
        let (shop, mut run) = retried(answer.clone()).await;
        create(&mut run, "Customer", &json!({"name": "Ada"})).await;
        assert!(is_resumed(&mut run), "{answer}");
        assert_eq!(shop.count("customer"), 1, "{answer}");
    }
}

#[tokio::test]
async fn a_retry_that_stripe_refuses_for_a_param_tells_that_the_first_try_made_nothing() {
    let refusal = json!({"type": "invalid_request_error", "param": "name", "message": "no"});
    let (_, mut run) = retried(stripes(400, &refusal)).await;
    create(&mut run, "Customer", &json!({"name": "Ada"})).await;
    assert!(!is_resumed(&mut run));
}

#[tokio::test]
async fn what_has_ended_since_is_not_taken() {
    let shop = Shop::open().await;
    let mut first = shop.run("sk_test_shop_1").await;
    let product = json!({"name": "Gold"});
    let gold = create(&mut first, "Product", &product).await;
    let price =
        json!({"product": gold.state.get("id").as_str().unwrap(), "currency": "usd", "unit_amount": 500});
    let old = create(&mut first, "Price", &price).await;
    let archived = entity("Price", &with(&price, "active", json!(false)));
    let plan = ok(first.plan("stripe_entity", &old, &archived).await);
    ok(first.apply("stripe_entity", &plan).await);
    killed(&shop, 2);
    let mut second = shop.run("sk_test_shop_1").await;
    let new = create(&mut second, "Price", &price).await;
    assert!(!is_resumed(&mut second));
    assert_ne!(new.state.get("id"), old.state.get("id"));
    create(&mut second, "Product", &product).await;
    assert!(is_resumed(&mut second), "what lives is taken");
}

#[tokio::test]
async fn what_its_own_params_have_ended_in_a_second_call_is_taken() {
    let features = json!({"invoice_history": {"enabled": true}});
    let shipping = json!({"display_name": "Post", "type": "fixed_amount", "fixed_amount": {"amount": 5, "currency": "usd"}});
    for (name, payload) in [
        ("ShippingRate", shipping),
        ("BillingPortalConfiguration", json!({ "features": features })),
        ("EntitlementsFeature", json!({"name": "Seats", "lookup_key": "seats"})),
    ] {
        let shop = Shop::open().await;
        let archived = with(&payload, "active", json!(false));
        let mut first = shop.run("sk_test_shop_1").await;
        let old = create(&mut first, name, &archived).await;
        killed(&shop, 1);
        let mut second = shop.run("sk_test_shop_1").await;
        let new = create(&mut second, name, &archived).await;
        assert!(is_resumed(&mut second), "{name}");
        assert_eq!(new.state.get("id"), old.state.get("id"), "{name}");
    }
}

fn with(payload: &Json, name: &str, value: Json) -> Json {
    let mut payload = payload.clone();
    payload[name] = value;
    payload
}

#[tokio::test]
async fn an_object_of_another_type_with_the_same_id_ends_no_create() {
    let shop = Shop::open().await;
    let mut first = shop.run("sk_test_shop_1").await;
    let product = create(&mut first, "Product", &json!({"id": "gold", "name": "Gold"})).await;
    create(&mut first, "Coupon", &coupon()).await;
    killed(&shop, 2);
    let mut second = shop.run("sk_test_shop_1").await;
    ok(second.refresh("stripe_entity", &product).await);
    create(&mut second, "Coupon", &coupon()).await;
    assert!(is_resumed(&mut second));
    assert_eq!(shop.count("coupon"), 1);
}

#[tokio::test]
async fn an_object_of_another_account_with_the_same_id_ends_no_create() {
    let shop = Shop::open().await;
    let mut other = shop.run("sk_test_another_1").await;
    create(&mut other, "Coupon", &coupon()).await;
    killed(&shop, 1);
    let mut ours = shop.run("sk_test_shop_1").await;
    let coupon_of_ours = create(&mut ours, "Coupon", &coupon()).await;
    let mut ours = shop.run("sk_test_shop_1").await;
    ok(ours.refresh("stripe_entity", &coupon_of_ours).await);
    let mut other = shop.run("sk_test_another_1").await;
    create(&mut other, "Coupon", &coupon()).await;
    assert!(is_resumed(&mut other));
}

#[tokio::test]
async fn an_object_whose_id_was_chosen_ends_its_own_create() {
    let shop = Shop::open().await;
    let mut first = shop.run("sk_test_shop_1").await;
    let made = create(&mut first, "Coupon", &coupon()).await;
    killed(&shop, 1);
    let mut second = shop.run("sk_test_shop_1").await;
    ok(second.refresh("stripe_entity", &made).await);
    let mut third = shop.run("sk_test_shop_1").await;
    let plan = ok(third.plan("stripe_entity", &Object::default(), &entity("Coupon", &coupon())).await);
    assert!(
        third.apply("stripe_entity", &plan).await.is_err(),
        "the id is taken, and nothing is left to resume"
    );
}

#[tokio::test]
async fn a_key_that_was_rotated_is_recognised_though_most_objects_belong_to_others() {
    let shop = Shop::open().await;
    let mut first = shop.run("sk_test_shop_1").await;
    let customer = create(&mut first, "Customer", &json!({"name": "Ada"})).await;
    let customer = customer.state.get("id").as_str().unwrap().to_owned();
    let tax_id = |number: usize| json!({"customer": customer, "type": "eu_vat", "value": format!("DE12345678{number}")});
    for number in 0..3 {
        create(&mut first, "CustomerTaxId", &tax_id(number)).await;
    }
    create(&mut first, "Product", &json!({"name": "Silver"})).await;
    killed_with(&shop, 5, |line| line["begun"]["what"] != "Customer");
    let mut second = shop.run("sk_test_shop_2").await;
    create(&mut second, "CustomerTaxId", &tax_id(1)).await;
    assert!(is_resumed(&mut second));
}

/// Whether a create that met this answer is told to the next run as one whose outcome is not known.
async fn is_left_open(answer: &Json) -> bool {
    let shop = Shop::open().await;
    shop.fault(json!({"path": "/v1/coupons", "method": "POST", "kind": {"answer": answer}}));
    let mut run = shop.run("sk_test_shop_1").await;
    let plan = ok(run.plan("stripe_entity", &Object::default(), &entity("Coupon", &coupon())).await);
    assert!(run.apply("stripe_entity", &plan).await.is_err());
    killed(&shop, 0);
    let mut next = shop.run("sk_test_shop_1").await;
    warnings(&mut next).iter().any(|(_, text)| text.starts_with("Creates With Unknown Outcome"))
}

#[tokio::test]
async fn only_an_answer_that_leaves_the_outcome_open_is_told_to_the_next_run() {
    let stripes = |status: u16, code: &str, headers: Json| {
        let error = json!({"error": {"type": "invalid_request_error", "code": code, "message": "No."}});
        json!({"status": status, "headers": headers, "body": error.to_string()})
    };
    let replayed = json!([["idempotent-replayed", "true"]]);
    for (answer, is_open) in [
        (stripes(409, "resource_already_exists", json!([])), false),
        (stripes(409, "bank_account_exists", json!([])), false),
        (stripes(409, "token_in_use", json!([])), false),
        (stripes(409, "lock_timeout", replayed.clone()), false),
        (stripes(500, "", replayed), false),
        (stripes(404, "resource_missing", json!([])), false),
        (stripes(409, "lock_timeout", json!([])), true),
        (stripes(409, "idempotency_key_in_use", json!([])), true),
        (stripes(500, "", json!([])), true),
        (json!({"status": 403, "body": "<html>"}), true),
        (json!({"status": 302, "headers": [["location", "/login"]]}), true),
    ] {
        assert_eq!(is_left_open(&answer).await, is_open, "{answer}");
    }
}
