//! Keys that are missing, of the wrong kind, or in the wrong place: said before anything is sent.

use std::path::{Path, PathBuf};

use serde_json::json;
use stripe_provider::terraform::value::Value;

use crate::support::shop::{Shop, connection, entity, ok, refusal, refused, warnings};
use crate::support::terraform::{Object, Terraform};

fn customer() -> Value {
    entity("Customer", &json!({"name": "Ada"}))
}

fn run_action() -> Value {
    Value::map([("action", Value::from("GetCurrentAccount"))])
}

fn block(name: &str, value: impl Into<Value>) -> Value {
    Value::map([(name, value.into())])
}

#[tokio::test]
async fn a_key_that_is_known_to_be_missing_is_an_error_of_the_plan() {
    let shop = Shop::open().await;
    let mut run = shop.run("").await;
    for (name, config) in [("stripe_entity", customer()), ("stripe_action", run_action())] {
        let (_, why) = &refused(run.plan(name, &Object::default(), &config).await)[0];
        for part in ["`api_key`", "STRIPE_API_KEY", "`sandbox`"] {
            assert!(why.contains(part), "{why}");
        }
    }
    let mut later = shop.run_with("", &block("api_key", Value::Unknown)).await;
    ok(later.plan("stripe_entity", &Object::default(), &customer()).await);
}

#[tokio::test]
async fn an_import_that_is_refused_lists_what_may_name_one_object() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let (_, why) = refused(run.import("stripe_price", "a/../c").await).remove(0);
    assert!(why.contains("`lookup_key=…`") && why.contains("`nickname=…`"), "{why}");
    for several in ["active", "currency", "billing_scheme", "unit_amount", "product"] {
        assert!(!why.contains(&format!("`{several}=")), "{why}");
    }
    let (_, why) = refused(run.import("stripe_apps_secret", "secret_1").await).remove(0);
    assert!(why.contains("none can be imported") && !why.contains('='), "{why}");
}

#[tokio::test]
async fn a_key_that_may_not_read_the_account_works() {
    let shop = Shop::open().await;
    let mut run = shop.run("").await;
    let status = |object: &Object| object.state.get("status").get("state").as_str().unwrap().to_owned();
    let config = connection("rk_test_shop_1", &[]);
    let plan = ok(run.plan("stripe_connection", &Object::default(), &config).await);
    shop.fault(refusal("/v1/account", 403, "", "The provided key does not have the required permissions"));
    let made = ok(run.apply("stripe_connection", &plan).await);
    assert_eq!((status(&made).as_str(), warnings(&mut run)), ("ACTIVE", vec![]));
}

#[tokio::test]
async fn a_text_that_cannot_be_a_key_is_refused_with_its_source_and_not_repeated() {
    let shop = Shop::open().await;
    let file = shop.folder.path().join("key");
    std::fs::write(&file, "STRIPE_API_KEY=sk_test_hidden").unwrap();
    let mut run = shop.run_with("", &block("api_key_file", file.to_str().unwrap())).await;
    let plan = ok(run.plan("stripe_connection", &Object::default(), &bare()).await);
    ok(run.apply("stripe_connection", &plan).await);
    let (_, why) = warnings(&mut run).pop().unwrap();
    let place = file.to_str().unwrap();
    assert!(why.contains(place) && why.contains("holds no key") && !why.contains("hidden"), "{why}");
}

/// A connection with the key of the provider.
fn bare() -> Value {
    Value::map([("name", Value::from("shop")), ("location", Value::from("global"))])
}

#[tokio::test]
async fn a_key_that_another_machine_may_have_is_a_warning() {
    let shop = Shop::open().await;
    for (attribute, place) in [("api_key_env", "SHOP_KEY"), ("api_key_file", "/nowhere/key")] {
        let mut run = shop.run_with("", &block(attribute, place)).await;
        ok(run.plan("stripe_entity", &Object::default(), &customer()).await);
        let (_, why) = &warnings(&mut run)[0];
        assert!(why.contains("Stripe Key Not On This Machine") && why.contains(place), "{why}");
    }
}

#[tokio::test]
async fn a_key_that_another_machine_may_have_is_a_warning_where_an_object_gets_a_parent() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let mut tax_id = Value::map([("type", Value::from("eu_vat")), ("value", Value::from("DE123456789"))]);
    let plan = ok(run.plan("stripe_tax_id", &Object::default(), &tax_id).await);
    let made = ok(run.apply("stripe_tax_id", &plan).await);
    let mut elsewhere = shop.run_with("", &block("api_key_env", "SHOP_KEY")).await;
    tax_id.set("customer", "cus_1".into());
    let planned = ok(elsewhere.plan_again("stripe_tax_id", &made, &tax_id).await);
    assert!(!planned.requires_replace.is_empty(), "it is made anew in its new place");
    let (_, why) = warnings(&mut elsewhere).pop().unwrap();
    assert!(why.contains("Stripe Key Not On This Machine") && why.contains("SHOP_KEY"), "{why}");
}

#[tokio::test]
async fn a_publishable_key_is_called_one() {
    let shop = Shop::open().await;
    let mut run = shop.run("pk_test_shop_1").await;
    let (_, why) = &refused(run.plan("stripe_entity", &Object::default(), &customer()).await)[0];
    assert!(why.contains("a publishable key"), "{why}");
    assert!(!why.contains("shop_1"), "{why}");
}

#[tokio::test]
async fn a_key_in_the_place_of_a_name_is_refused_and_not_repeated() {
    let shop = Shop::open().await;
    let mut run = shop.run("").await;
    for attribute in ["api_key_env", "api_key_file", "api_key_secret_version"] {
        let mut provider = shop.unconfigured("").await;
        let auth = block(attribute, "sk_test_hidden");
        let mut config = connection("unused", &[("auth_config", Value::List(vec![auth.clone()]))]);
        config.set("name", "shop".into());
        for outcome in [
            refused(provider.configure(&auth).await),
            refused(run.plan("stripe_connection", &Object::default(), &config).await),
        ] {
            assert_eq!(outcome.len(), 1, "{outcome:?}");
            let (place, why) = &outcome[0];
            assert_eq!(place, "", "Terraform prints the line of an attribute");
            assert!(why.contains(attribute) && !why.contains("hidden"), "{why}");
        }
    }
}

#[tokio::test]
async fn white_space_around_a_key_does_not_count() {
    let shop = Shop::open().await;
    let mut inline = shop.run_with("", &block("api_key", " sk_test_shop_1\n")).await;
    let mut variable = shop.run(" sk_test_shop_1\n").await;
    for run in [&mut inline, &mut variable] {
        crate::support::shop::made(run, "stripe_entity", &customer()).await;
    }
    assert_eq!(shop.count("customer"), 2);
}

/// A provider block that cannot work, the attribute that is at fault, and a part of what is said.
fn defeated() -> [(Value, &'static str, &'static str); 8] {
    let block = |pairs: &[(&'static str, Value)]| Value::map(pairs.iter().cloned());
    let nodes =
        |name, count: i64| ("node_config", Value::List(vec![Value::map([(name, Value::from(count))])]));
    let at = |base: &str| ("api_base", Value::from(base));
    let live = ("api_key", Value::from("sk_live_1"));
    [
        (block(&[at("https://api.stripe.com/v1/")]), "api_base", "ends in `/v1`"),
        (block(&[at("http://stripe.example"), live.clone()]), "api_base", "not encrypted"),
        (block(&[nodes("min_node_count", 60)]), "node_config.min_node_count", "`max_node_count`"),
        (block(&[live, ("expected_livemode", Value::from(false))]), "expected_livemode", "live mode"),
        (
            block(&[("sandbox", Value::from("x.db")), ("expected_livemode", Value::from(true))]),
            "expected_livemode",
            "sandbox",
        ),
        (block(&[("api_key", Value::from("pk_test_1"))]), "", "a publishable key"),
        (block(&[("proxy_user", Value::from("svc"))]), "proxy_user", "`proxy_enabled = true`"),
        (
            block(&[
                ("proxy_enabled", Value::from(true)),
                ("destination_config", Value::List(vec![Value::map([("host", Value::from("p"))])])),
                ("proxy_user", Value::from("svc")),
            ]),
            "proxy_user",
            "`proxy_auth_scheme`",
        ),
    ]
}

/// What a provider block draws: errors, else warnings.
async fn said(provider: &mut Terraform, block: &Value) -> Vec<(String, String)> {
    match provider.configure(block).await {
        Ok(()) => warnings(provider),
        refusal => refused(refusal),
    }
}

#[tokio::test]
async fn settings_that_defeat_themselves_are_said_at_their_attribute() {
    let shop = Shop::open().await;
    for (block, attribute, part) in defeated() {
        let mut provider = shop.unconfigured("").await;
        let said = said(&mut provider, &block).await;
        let found = said.iter().any(|(place, why)| place == attribute && why.contains(part));
        assert!(found, "{attribute}: {part}: {said:?}");
    }
}

/// Files that no sandbox can be kept in, each with a part of what is said.
fn unusable(folder: &Path) -> Vec<(PathBuf, &'static str)> {
    let at = |name: &str| folder.join(name);
    std::fs::write(at("text.db"), "no database, but a text that is long enough to be one".repeat(20))
        .unwrap();
    let newer = rusqlite::Connection::open(at("newer.db")).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    std::fs::create_dir(at("folder.db")).unwrap();
    let mut found = vec![
        (at("missing/shop.db"), "No such file or directory"),
        (at("text.db/shop.db"), "Not a directory"),
        (at("folder.db"), "it is not a file"),
        (at("text.db"), "not a database"),
        (at("newer.db"), "newer version"),
    ];
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let pipe = at("pipe.db");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        found.push((pipe, "it is not a file"));
        std::fs::write(at("closed.db"), "").unwrap();
        std::fs::set_permissions(at("closed.db"), std::fs::Permissions::from_mode(0o400)).unwrap();
        // nothing is closed to root
        if std::fs::OpenOptions::new().write(true).open(at("closed.db")).is_err() {
            found.push((at("closed.db"), "permission denied"));
        }
    }
    found
}

#[tokio::test]
async fn a_sandbox_that_cannot_be_kept_is_said_at_its_attribute() {
    let shop = Shop::open().await;
    let block = |file: &Path| Value::map([("sandbox", Value::from(file.display().to_string()))]);
    for (file, part) in unusable(shop.folder.path()) {
        let said = said(&mut shop.unconfigured("").await, &block(&file)).await;
        assert_eq!(said.len(), 1, "{said:?}");
        let (place, why) = &said[0];
        assert!(place == "sandbox" && why.contains(part), "{}: {said:?}", file.display());
        assert!(why.contains(&file.display().to_string()), "{said:?}");
    }
    let fresh = shop.folder.path().join("fresh.db");
    let mut provider = shop.unconfigured("").await;
    assert_eq!(said(&mut provider, &block(&fresh)).await, []);
    assert!(!fresh.exists(), "who makes no call makes no file");
    crate::support::shop::made(&mut provider, "stripe_entity", &customer()).await;
    assert!(fresh.exists());
}

#[tokio::test]
async fn another_version_of_the_api_is_said_once() {
    let shop = Shop::open().await;
    let mut provider = shop.unconfigured("sk_test_shop_1").await;
    ok(provider.configure(&block("api_version", "2025-03-31.basil")).await);
    let said = warnings(&mut provider);
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0].0, "api_version");
    assert!(said[0].1.contains("sent as written"), "{said:?}");
}

#[tokio::test]
async fn every_fault_of_a_provider_block_is_said_in_one_run() {
    let shop = Shop::open().await;
    let mut provider = shop.unconfigured("").await;
    let block = Value::map([
        ("api_base", Value::from("https://api.stripe.com/v1")),
        ("verbosity", Value::from(9)),
        ("api_key_env", Value::from("sk_test_hidden")),
        ("proxy_enabled", Value::from(true)),
    ]);
    let places: Vec<String> =
        refused(provider.configure(&block).await).into_iter().map(|(at, _)| at).collect();
    for place in ["api_base", "verbosity", "", "proxy_enabled"] {
        assert!(places.iter().any(|at| at == place), "{place:?} in {places:?}");
    }
}
