//! Lists whose clause names an id, sorts by numbers in texts, or needs what only Stripe compares.

use serde_json::json;
use stripe_provider::terraform::value::Value;

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
