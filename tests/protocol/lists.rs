//! Lists whose clause names an id, sorts by numbers in texts, or needs what only Stripe compares.

use serde_json::{Value as Json, json};
use stripe_provider::terraform::value::Value;

use crate::config;
use crate::support::shop::{Shop, entity, made, ok};
use crate::support::terraform::Terraform;

/// The names of what a list finds.
async fn found(run: &mut Terraform, pairs: &[(&str, &str)], shown: &str) -> Vec<String> {
    let config = Value::map(pairs.iter().map(|(name, value)| (*name, Value::from(*value))));
    let state = ok(run.data("stripe_entities", &config).await);
    let shown = state.get("records").items().iter().filter_map(|record| record.get(shown).as_str());
    shown.map(str::to_owned).collect()
}

#[tokio::test]
async fn an_id_in_a_clause_is_one_condition_among_the_others() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let product = made(&mut run, "stripe_entity", &entity("Product", &json!({"name": "Beans"}))).await;
    let product = product.state.get("id").as_str().unwrap().to_owned();
    let price = json!({"product": product, "currency": "usd", "unit_amount": 5, "lookup_key": "beans"});
    let price = made(&mut run, "stripe_entity", &entity("Price", &price)).await;
    let id = price.state.get("id").as_str().unwrap();
    for (more, count) in [
        ("", 1),
        (" AND LookupKeys IN ('beans')", 1),
        (" AND LookupKeys IN ('tea')", 0),
        (" AND Currency = 'eur'", 0),
        (" AND Active = true", 1),
        (" AND Id = 'price_other'", 0),
    ] {
        let clause = format!("Id = '{id}'{more}");
        let rows = found(&mut run, &[("entity", "Price"), ("filter", &clause)], "id").await;
        assert_eq!(rows.len(), count, "{clause}");
    }
}

#[tokio::test]
async fn an_id_in_a_clause_leaves_the_other_arguments_their_say() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let mut prices = Vec::new();
    for id in ["prod0", "prod1"] {
        made(&mut run, "stripe_entity", &entity("Product", &json!({"id": id, "name": id}))).await;
        let price = json!({"product": id, "currency": "usd", "unit_amount": 5});
        let price = made(&mut run, "stripe_entity", &entity("Price", &price)).await;
        prices.push(price.state.get("id").as_str().unwrap().to_owned());
    }
    for (arguments, count) in [
        (json!({"product": "prod1"}), 1),
        (json!({"product": "prod0"}), 0),
        (json!({"product": "prod1", "active": false}), 0),
        (json!({}), 1),
    ] {
        let mut config = arguments.clone();
        config["filter"] = format!("id = '{}'", prices[1]).into();
        assert_eq!(prices_of(&mut run, &config).await, Ok(count), "{arguments}");
    }
    let both = json!({"product": "prod0", "filter": "Product = 'prod1'"});
    assert_eq!(prices_of(&mut run, &both).await, Ok(0));
}

/// How many prices a list finds, or why it finds none.
async fn prices_of(run: &mut Terraform, config: &Json) -> Result<usize, String> {
    let block = run.schema.data_source_schemas["stripe_prices"].block.clone().unwrap();
    match run.data("stripe_prices", &config::config(&block, config.as_object().unwrap())).await {
        Ok(state) => Ok(state.get("ids").items().len()),
        Err(fault) => Err(format!("{fault:?}")),
    }
}

#[tokio::test]
async fn a_typed_list_is_sorted_whatever_its_limit_and_refused_before_it_is_read() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    made(&mut run, "stripe_entity", &entity("Product", &json!({"id": "prod0", "name": "A"}))).await;
    let price = json!({"product": "prod0", "currency": "usd", "unit_amount": 5});
    made(&mut run, "stripe_entity", &entity("Price", &price)).await;
    assert_eq!(prices_of(&mut run, &json!({"sort_by": "created", "limit": 20_000})).await, Ok(1));
    for (config, why) in [
        (json!({"sort_order": "DESC"}), "`sort_order` needs `sort_by`"),
        (json!({"sort_by": "craeted"}), "did you mean"),
        (json!({"filter": "LookupKeys IN ('')"}), "takes no empty text"),
    ] {
        let told = prices_of(&mut run, &config).await.unwrap_err();
        assert!(told.contains(why), "{told}");
    }
}

#[tokio::test]
async fn a_type_that_is_only_listed_is_found_by_its_id_in_the_list() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let methods = json!({"enabled": true, "allow_redirects": "never"});
    let card =
        json!({"automatic_payment_methods": methods, "payment_method": "pm_card_visa", "confirm": true});
    let intent = made(&mut run, "stripe_entity", &entity("SetupIntent", &card)).await.state;
    let attempt = intent.get("record").get("latest_attempt").as_str().unwrap();
    for (id, count) in [(attempt, 1), ("setatt_other", 0)] {
        let intent = intent.get("id").as_str().unwrap();
        let clause = format!("SetupIntent = '{intent}' AND Id = '{id}'");
        let pairs = [("entity", "SetupAttempt"), ("filter", &clause)];
        assert_eq!(found(&mut run, &pairs, "id").await.len(), count, "{clause}");
    }
}

#[tokio::test]
async fn a_search_takes_no_params_of_the_list() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let pairs = [("entity", "Invoice"), ("search", "status:'open'"), ("filter", "Subscription = 'sub_1'")];
    let config = Value::map(pairs.map(|(name, value)| (name, Value::from(value))));
    let told = format!("{:?}", run.data("stripe_entities", &config).await.unwrap_err());
    assert!(told.contains("Only a list can compare"), "{told}");
    let pairs = [("entity", "Invoice"), ("search", "status:'open'"), ("filter", "Status = 'open'")];
    assert!(found(&mut run, &pairs, "id").await.is_empty());
}

#[tokio::test]
async fn a_page_goes_on_in_its_own_size_only() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    for name in ["a", "b", "c"] {
        made(&mut run, "stripe_entity", &entity("Customer", &json!({"name": name}))).await;
    }
    let config = |more: &[(&'static str, Value)]| {
        Value::map([("entity", Value::from("Customer"))].into_iter().chain(more.iter().cloned()))
    };
    let first = ok(run.data("stripe_entities", &config(&[("page_size", 1.into())])).await);
    let token = first.get("next_page_token").clone();
    let same = config(&[("page_size", 1.into()), ("page_token", token.clone())]);
    assert_eq!(ok(run.data("stripe_entities", &same).await).get("records").items().len(), 1);
    let other = config(&[("page_size", 2.into()), ("page_token", token)]);
    let told = format!("{:?}", run.data("stripe_entities", &other).await.unwrap_err());
    assert!(told.contains("order or page size"), "{told}");
}

#[tokio::test]
async fn a_list_filters_and_sorts_by_numbers_in_metadata_and_by_payload_names() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    for (name, rank, city) in [("a", "10", "Bern"), ("b", "9", "Basel"), ("c", "-1.5", "Chur")] {
        let payload = json!({"name": name, "metadata": {"rank": rank}, "AddressCity": city});
        made(&mut run, "stripe_entity", &entity("Customer", &payload)).await;
    }
    let customers = |pairs: &[(&'static str, &'static str)]| [&[("entity", "Customer")], pairs].concat();
    for (pairs, names) in [
        (customers(&[("filter", "metadata.rank > 9")]), vec!["a"]),
        (customers(&[("sort_by", "metadata.rank")]), vec!["c", "b", "a"]),
        (customers(&[("sort_by", "AddressCity")]), vec!["b", "a", "c"]),
        (customers(&[("filter", "AddressCity = 'Bern'"), ("sort_by", "address.city")]), vec!["a"]),
    ] {
        assert_eq!(found(&mut run, &pairs, "name").await, names, "{pairs:?}");
    }
}
