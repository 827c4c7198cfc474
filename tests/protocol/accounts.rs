//! A connection that leads to another account or mode than the objects of the state: they are moved
//! where both ways are known, and never taken for deleted.

use serde_json::{Value as Json, json};
use stripe_provider::terraform::value::Value;

use crate::support::shop::{Shop, connection, entity, made, ok, refusal, refused, warnings};
use crate::support::terraform::{Action, Object, Plan, Terraform};

const SHOP: &str = "sk_test_shop_1";

/// A customer through a connection with this key; the connection and the customer.
async fn customer_through(run: &mut Terraform, key: &str) -> (Object, Object) {
    let shop = made(run, "stripe_connection", &connection(key, &[])).await;
    let customer = made(run, "stripe_entity", &through(&shop)).await;
    (shop, customer)
}

/// The configuration of a customer through a connection as it was planned or made.
fn through(connection: &Object) -> Value {
    let mut config = entity("Customer", &json!({"name": "Ada"}));
    config.set("connection_handle", connection.state.get("handle").clone());
    config
}

#[tokio::test]
async fn a_test_state_under_a_live_key_is_refused_and_not_made_anew() {
    let shop = Shop::open().await;
    let mut run = shop.run(SHOP).await;
    let customer = made(&mut run, "stripe_entity", &entity("Customer", &json!({"name": "Ada"}))).await;
    let mut live = shop.run("sk_live_shop_1").await;
    for outcome in [
        refused(live.refresh("stripe_entity", &customer).await),
        refused(live.plan("stripe_entity", &customer, &entity("Customer", &json!({"name": "B"}))).await),
        refused(live.plan("stripe_entity", &customer, &Value::Null).await),
    ] {
        let (place, why) = &outcome[0];
        assert_eq!(place, "connection_handle");
        for part in ["test mode", "live mode", "`account_id`", "terraform state rm"] {
            assert!(why.contains(part), "{why}");
        }
    }
    // A state of an earlier version has no record of the account; the object tells its mode.
    let old = Object { private: Vec::new(), ..customer };
    assert!(refused(live.refresh("stripe_entity", &old).await)[0].1.contains("live mode"));
}

#[tokio::test]
async fn a_key_of_another_account_says_so_and_a_rotated_one_goes_on() {
    let shop = Shop::open().await;
    let mut run = shop.run(SHOP).await;
    let customer = made(&mut run, "stripe_entity", &entity("Customer", &json!({"name": "Ada"}))).await;
    let mut other = shop.run("sk_test_bakery_1").await;
    let (_, why) = &refused(other.refresh("stripe_entity", &customer).await)[0];
    assert!(why.contains("an account whose id is not known"), "{why}");
    let read = ok(run.refresh("stripe_entity", &customer).await);
    assert_eq!(read.private, customer.private, "nothing is learned, so that nothing is drift");
    let mut rotated = shop.run("sk_test_shop_2").await;
    let customer = ok(rotated.refresh("stripe_entity", &customer).await);
    let (_, why) = &refused(other.refresh("stripe_entity", &customer).await)[0];
    assert!(why.contains("test mode of acct_shop") && why.contains("test mode of acct_bakery"), "{why}");
    let plan = ok(run.plan("stripe_entity", &customer, &Value::Null).await);
    ok(run.apply("stripe_entity", &plan).await);
    let mut again = shop.run("sk_test_shop_3").await;
    assert!(ok(again.refresh("stripe_entity", &customer).await).state.is_null(), "it is really gone");
}

#[tokio::test]
async fn what_a_newer_version_kept_beside_a_state_is_refused_and_the_object_not_forgotten() {
    let shop = Shop::open().await;
    let mut run = shop.run(SHOP).await;
    let generic = entity("Customer", &json!({"name": "Ada"}));
    let typed = Value::map([("name", Value::from("Ada"))]);
    let members = ["locator", "params", "default_metadata", "planned", "told"];
    for (name, config) in [("stripe_customer", &typed), ("stripe_entity", &generic)] {
        let customer = made(&mut run, name, config).await;
        for member in members.iter().filter(|it| name == "stripe_customer" || **it == "told") {
            let mut private: Json = serde_json::from_slice(&customer.private).unwrap();
            private[member] = json!(5);
            let newer = Object { private: private.to_string().into_bytes(), ..customer.clone() };
            let plan = Plan {
                action: Action::Update,
                prior: newer.clone(),
                config: config.clone(),
                written: None,
                planned: newer.clone(),
            };
            // Through this key the customer is not found.
            let mut other = shop.run("sk_test_bakery_1").await;
            for told in [
                refused(other.refresh(name, &newer).await),
                refused(other.plan(name, &newer, config).await),
                refused(other.plan(name, &newer, &Value::Null).await),
                refused(other.apply(name, &plan).await),
                refused(
                    other
                        .move_state(("registry.terraform.io/connectors/stripe", name), other_of(name), &newer)
                        .await,
                ),
            ] {
                assert!(told[0].1.contains("Private Data Not Readable"), "{name} {member}: {told:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_object_that_changes_its_place_is_looked_for_in_its_own_account_only() {
    let shop = Shop::open().await;
    let mut run = shop.run(SHOP).await;
    let customer = made(&mut run, "stripe_customer", &Value::map([("name", Value::from("Ada"))])).await;
    let of_account = Value::map([("type", Value::from("eu_vat")), ("value", Value::from("DE123456789"))]);
    let mut of_customer = of_account.clone();
    of_customer.set("customer", customer.state.get("id").clone());
    let vat = made(&mut run, "stripe_tax_id", &of_customer).await;
    assert_eq!(ok(run.plan("stripe_tax_id", &vat, &of_account).await).action, Action::Replace);

    let mut other = shop.run("sk_live_shop_1").await;
    let (place, why) = &refused(other.plan("stripe_tax_id", &vat, &of_account).await)[0];
    assert!(place == "connection_handle" && why.contains("Connection Uses Another Account"), "{why}");
    let unread = Object { private: Vec::new(), ..vat.clone() };
    let (_, why) = &refused(run.plan("stripe_tax_id", &unread, &of_account).await)[0];
    assert!(why.contains("Object Not Read Yet"), "{why}");
}

#[tokio::test]
async fn an_import_of_another_account_changes_its_place_through_a_connection_to_it_only() {
    let shop = Shop::open().await;
    let mut run = shop.run(SHOP).await;
    let account = entity("Account", &json!({"type": "custom", "country": "US"}));
    let account = made(&mut run, "stripe_entity", &account).await.state.get("id").clone();
    let there =
        made(&mut run, "stripe_connection", &connection(SHOP, &[("account_id", account.clone())])).await;
    let handle = there.state.get("handle");
    let named = [("name", Value::from("Ada")), ("connection_handle", handle.clone())];
    let customer = made(&mut run, "stripe_customer", &Value::map(named)).await.state.get("id").clone();
    let mut vat = Value::map([("type", Value::from("eu_vat")), ("value", Value::from("DE123456789"))]);
    vat.set("customer", customer.clone());
    vat.set("connection_handle", handle.clone());
    let made = made(&mut run, "stripe_tax_id", &vat).await;
    let ids = [&account, &customer, made.state.get("id")].map(|id| id.as_str().unwrap());
    let imported = ok(run.import("stripe_tax_id", &ids.join("/")).await);
    vat.set("customer", Value::Null);
    vat.set("connection_handle", Value::Null);
    let (place, why) = &refused(run.plan("stripe_tax_id", &imported, &vat).await)[0];
    assert!(place == "connection_handle" && why.contains("Connection Handle Missing"), "{why}");
}

/// The other type that keeps customers.
fn other_of(name: &str) -> &'static str {
    if name == "stripe_entity" { "stripe_customer" } else { "stripe_entity" }
}

#[tokio::test]
async fn the_account_is_asked_for_once_in_a_run() {
    let shop = Shop::open().await;
    let mut run = shop.run(SHOP).await;
    let first = made(&mut run, "stripe_entity", &entity("Customer", &json!({"name": "A"}))).await;
    let second = made(&mut run, "stripe_entity", &entity("Customer", &json!({"name": "B"}))).await;
    // One walk: the second request for the account would fail.
    shop.fault(json!({"path": "/v1/account", "skip": 1, "times": 9, "kind": {"fail": 500}}));
    let mut rotated = shop.run("sk_test_shop_2").await;
    for customer in [&first, &second] {
        let read = ok(rotated.refresh("stripe_entity", customer).await);
        assert!(String::from_utf8(read.private).unwrap().contains("acct_shop"));
    }
    assert_eq!(shop.sandbox.faults_met(), 0);
}

#[tokio::test]
async fn a_connection_to_another_account_moves_what_runs_on_it() {
    let shop = Shop::open().await;
    let mut run = shop.run("").await;
    let (connected, customer) = customer_through(&mut run, SHOP).await;
    let plan = ok(run.plan("stripe_connection", &connected, &connection("sk_live_bakery_1", &[])).await);
    // Terraform refreshes what depends on a connection after it has planned the connection.
    let customer = ok(run.refresh("stripe_entity", &customer).await);
    assert!(!customer.state.is_null(), "it is alive, through the old connection");
    let moved = through(&plan.planned);
    let replace = ok(run.plan("stripe_entity", &customer, &moved).await);
    assert_eq!(replace.action, Action::Replace);
    ok(run.apply_also("stripe_connection", &plan).await);
    let there = ok(run.apply_also("stripe_entity", &replace).await);
    assert_ne!(there.state.get("id"), customer.state.get("id"));
    assert_eq!(shop.count("customer"), 1, "the old one was ended through the old connection");
    let read = ok(run.refresh("stripe_entity", &there).await);
    assert_eq!(ok(run.plan("stripe_entity", &read, &moved).await).action, Action::Nothing);
}

#[tokio::test]
async fn another_account_id_moves_what_runs_on_the_connection() {
    let shop = Shop::open().await;
    let mut run = shop.run(SHOP).await;
    let account =
        made(&mut run, "stripe_entity", &entity("Account", &json!({"type": "custom", "country": "US"})))
            .await;
    let (connected, customer) = customer_through(&mut run, SHOP).await;
    let there = connection(SHOP, &[("account_id", account.state.get("id").clone())]);
    let plan = ok(run.plan("stripe_connection", &connected, &there).await);
    let customer = ok(run.refresh("stripe_entity", &customer).await);
    let replace = ok(run.plan("stripe_entity", &customer, &through(&plan.planned)).await);
    assert_eq!(replace.action, Action::Replace);
    // An account that does not answer is no place to move to.
    let nowhere = connection(SHOP, &[("account_id", "acct_nobody1".into())]);
    let plan = ok(run.plan("stripe_connection", &connected, &nowhere).await);
    let customer = ok(run.refresh("stripe_entity", &customer).await);
    let (place, why) = &refused(run.plan("stripe_entity", &customer, &through(&plan.planned)).await)[0];
    assert!(place == "connection_handle" && why.contains("acct_nobody1"), "{place}: {why}");
}

#[tokio::test]
async fn a_handle_that_is_not_known_yet_plans_nothing_and_the_apply_refuses_another_account() {
    let shop = Shop::open().await;
    let mut run = shop.run("").await;
    let (connected, customer) = customer_through(&mut run, SHOP).await;
    let plan = ok(run.plan("stripe_connection", &connected, &connection("", &[])).await);
    assert!(plan.planned.state.get("handle").is_unknown());
    let waiting = ok(run.plan("stripe_entity", &customer, &through(&plan.planned)).await);
    assert_eq!(waiting.action, Action::Nothing, "the prior handle is kept");
    let mut renamed = through(&plan.planned);
    renamed.set("input_payload", crate::support::shop::json_text(&json!({"name": "Grace"})));
    let mut update = ok(run.plan("stripe_entity", &customer, &renamed).await);
    assert_eq!(update.action, Action::Update);
    for (key, good) in [("sk_test_bakery_1", false), ("sk_test_shop_2", true)] {
        let known = connection(key, &[]);
        let made = ok(run.plan("stripe_connection", &connected, &known).await);
        let made = ok(run.apply_also("stripe_connection", &made).await);
        update.config.set("connection_handle", made.state.get("handle").clone());
        let outcome = run.apply_also("stripe_entity", &update).await;
        if good {
            assert_eq!(ok(outcome).state.get("record").get("name").as_str(), Some("Grace"));
        } else {
            assert!(refused(outcome)[0].1.contains("acct_bakery"));
        }
        let read = ok(run.refresh("stripe_entity", &customer).await);
        assert_eq!(read.state.get("record").get("name").as_str() == Some("Grace"), good);
    }
}

#[tokio::test]
async fn a_permission_that_the_key_lacks_keeps_the_state_and_stops_nothing() {
    let shop = Shop::open().await;
    let mut run = shop.run(SHOP).await;
    let config = entity("Customer", &json!({"name": "Ada"}));
    let customer = made(&mut run, "stripe_entity", &config).await;
    let lacking = "The provided key does not have the required permissions for this endpoint. Having the 'rak_customer_read' permission would allow this request to continue.";
    shop.fault(refusal("/v1/customers", 403, "", lacking));
    let read = ok(run.refresh("stripe_entity", &customer).await);
    assert_eq!(read.state, customer.state);
    let (_, why) = &warnings(&mut run)[0];
    assert!(why.contains("Entity Not Refreshed") && why.contains("rak_customer_read"), "{why}");
    assert_eq!(ok(run.plan("stripe_entity", &read, &config).await).action, Action::Nothing);
}

#[tokio::test]
async fn a_suspended_connection_plans_itself_and_refuses_changes_by_what_runs_on_it() {
    let shop = Shop::open().await;
    let mut run = shop.run("").await;
    let (connected, customer) = customer_through(&mut run, SHOP).await;
    let suspended = connection(SHOP, &[("suspended", Value::from(true))]);
    let plan = ok(run.plan("stripe_connection", &connected, &suspended).await);
    warnings(&mut run);
    let read = ok(run.refresh("stripe_entity", &customer).await);
    assert_eq!(read.state, customer.state);
    assert_eq!(warnings(&mut run).len(), 1);
    let same = through(&plan.planned);
    assert_eq!(ok(run.plan("stripe_entity", &read, &same).await).action, Action::Nothing);
    let mut renamed = same.clone();
    renamed.set("input_payload", crate::support::shop::json_text(&json!({"name": "Grace"})));
    for (prior, config) in [(&read, &renamed), (&read, &Value::Null), (&Object::default(), &same)] {
        let (place, why) = &refused(run.plan("stripe_entity", prior, config).await)[0];
        assert_eq!(place, "connection_handle");
        assert!(why.contains("suspended"), "{why}");
    }
    ok(run.apply_also("stripe_connection", &plan).await);
}
