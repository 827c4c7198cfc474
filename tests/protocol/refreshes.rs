//! A refresh that finds nothing new changes nothing, beside the state neither: a change there is drift to
//! `terraform plan -refresh-only -detailed-exitcode`, which shows nothing.

use serde_json::{Value as Json, json};
use stripe_provider::terraform::value::Value;

use crate::support::shop::{Shop, connection, entity, made, ok, refusal, warnings};
use crate::support::terraform::{Action, Object, Terraform};

const KEY: &str = "sk_test_shop_1";
/// More objects than a run reads one by one.
const MANY: usize = 10;

/// The configuration of a typed product with this name.
fn product(name: &str) -> Value {
    Value::map([("name", Value::from(name))])
}

fn configs(name: &str) -> Vec<Value> {
    let config = |number: usize| match name {
        "stripe_entity" => entity("Customer", &json!({"name": number.to_string()})),
        _ => product(&number.to_string()),
    };
    (0..MANY).map(config).collect()
}

/// Objects that one run makes.
async fn made_together(run: &mut Terraform, name: &str, configs: &[Value]) -> Vec<Object> {
    let mut plans = Vec::new();
    for config in configs {
        plans.push(ok(run.plan(name, &Object::default(), config).await));
    }
    let mut objects = Vec::new();
    for plan in plans {
        objects.push(ok(run.apply_also(name, &plan).await));
    }
    objects
}

/// How many objects of its list an object knows of.
fn peers(object: &Object) -> Json {
    serde_json::from_slice::<Json>(&object.private).unwrap()["peers"].take()
}

#[tokio::test]
async fn what_one_run_made_another_reads_as_it_is() {
    for name in ["stripe_entity", "stripe_product"] {
        let shop = Shop::open().await;
        let made = made_together(&mut shop.run(KEY).await, name, &configs(name)).await;
        assert_eq!(peers(&made[MANY - 1]), MANY, "the last one knows how many reads can be expected");
        let mut drift_job = shop.run(KEY).await;
        // Who knows of many is read first.
        for object in made.iter().rev() {
            let read = ok(drift_job.refresh(name, object).await);
            assert!(read == *object, "{:?}", String::from_utf8_lossy(&read.private));
        }
    }
}

#[tokio::test]
async fn a_key_that_stays_refused_stays_the_same_status() {
    let shop = Shop::open().await;
    let mut run = shop.run("").await;
    let plan = ok(run.plan("stripe_connection", &Object::default(), &connection(KEY, &[])).await);
    let refuse = |id: &str| {
        let mut refused = refusal("/v1/account", 401, "", "Invalid API Key provided: sk_test_***");
        refused["times"] = json!(1);
        refused["kind"]["answer"]["headers"] = json!([["request-id", id]]);
        shop.fault(refused);
    };
    refuse("req_1");
    let made = ok(run.apply("stripe_connection", &plan).await);
    assert_eq!(made.state.get("status").get("state").as_str(), Some("AUTH_ERROR"));
    warnings(&mut run);
    for id in ["req_2", "req_3"] {
        refuse(id);
        assert_eq!(ok(run.refresh("stripe_connection", &made).await), made);
        let (_, told) = warnings(&mut run).pop().unwrap();
        assert!(told.contains(&format!("request {id}")), "{told}");
    }
}

#[tokio::test]
async fn an_update_learns_how_many_objects_there_are() {
    let shop = Shop::open().await;
    let mut run = shop.run(KEY).await;
    let (mut alone, mut plans) = (Vec::new(), Vec::new());
    for config in &configs("stripe_product") {
        alone.push(made(&mut run, "stripe_product", config).await);
    }
    for object in &alone {
        assert!(peers(object).is_null(), "each was made in a run of its own");
        plans.push(ok(run.plan("stripe_product", object, &product("renamed")).await));
    }
    let mut last = Json::Null;
    for plan in &plans {
        assert_eq!(plan.action, Action::Update);
        last = peers(&ok(run.apply_also("stripe_product", plan).await));
    }
    assert_eq!(last, MANY);
}

#[tokio::test]
async fn an_import_learns_how_many_objects_there_are_when_it_is_read_first() {
    let shop = Shop::open().await;
    let mut run = shop.run(KEY).await;
    let made = made_together(&mut run, "stripe_product", &configs("stripe_product")).await;
    let mut other = shop.run(KEY).await;
    let mut last = Object::default();
    for object in &made {
        last = ok(other.import("stripe_product", object.state.get("id").as_str().unwrap()).await);
    }
    assert_eq!(peers(&last), MANY);
    let again = ok(shop.run(KEY).await.refresh("stripe_product", &last).await);
    assert_eq!(again.private, last.private);
}
