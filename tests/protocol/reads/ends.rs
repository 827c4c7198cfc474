//! An end is one call, by what the run knows already; where that is out of date, the object is read.

use serde_json::{Value as Json, json};
use stripe_provider::connector::{Connector, entity};
use stripe_provider::engine::{DestroyOptions, EndOutcome, Object, Params};

use crate::support::connectors::connector;
use crate::support::shop::Shop;

const KEY: &str = "sk_test_shop_1";

/// A new object through a connector of its own.
async fn made(shop: &Shop, name: &str, params: Json) -> Object {
    let kind = entity(name).unwrap();
    let params = params.as_object().unwrap().clone();
    let key = uuid::Uuid::new_v4().to_string();
    let body = connector(&shop.base, KEY).create(kind, params, key.into()).await.unwrap().body;
    let at = body["id"].as_str().unwrap().to_owned();
    Object::new(kind, at, Params::new(), body)
}

/// The end of an object, and how many reads, updates, deletes and other calls it took.
async fn ended(connector: &Connector, object: &Object) -> (EndOutcome, [usize; 4]) {
    let before = connector.totals().requests;
    let ended = object.end(connector, DestroyOptions::default()).await.unwrap();
    let after = connector.totals().requests;
    (ended, [0, 3, 4, 5].map(|at| after[at] - before[at]))
}

#[tokio::test]
async fn a_product_whose_price_was_seen_is_archived_at_once_and_another_one_is_asked_to_be_deleted() {
    let shop = Shop::open().await;
    let product = made(&shop, "Product", json!({"name": "Tea"})).await;
    let of_product = json!({"product": product.locator, "currency": "usd", "unit_amount": 5});
    let price = made(&shop, "Price", of_product).await;
    let knows_nothing = connector(&shop.base, KEY);
    let (end, calls) = ended(&knows_nothing, &product).await;
    assert!(matches!(end, EndOutcome::Stays { .. }), "{end:?}");
    assert_eq!(calls, [0, 1, 1, 0], "deleted in vain, then archived");
    let run = connector(&shop.base, KEY);
    assert_eq!(ended(&run, &price).await.1, [0, 1, 0, 0]);
    let (end, calls) = ended(&run, &product).await;
    assert!(matches!(end, EndOutcome::Stays { .. }), "{end:?}");
    assert_eq!(calls, [0, 1, 0, 0]);
    let alone = made(&shop, "Product", json!({"name": "Milk"})).await;
    assert_eq!(ended(&run, &alone).await, (EndOutcome::Ended, [0, 0, 1, 0]));
}

#[tokio::test]
async fn what_ends_by_its_state_is_ended_by_the_state_that_was_read_and_read_again_where_it_has_changed() {
    let shop = Shop::open().await;
    let customer = made(&shop, "Customer", json!({"name": "Ada"})).await;
    let draft = made(&shop, "Invoice", json!({"customer": customer.locator, "auto_advance": false})).await;
    let run = connector(&shop.base, KEY);
    let open = Object { body: json!({"id": draft.locator, "status": "open"}), ..draft.clone() };
    let (end, calls) = ended(&run, &open).await;
    assert_eq!((end, calls), (EndOutcome::Ended, [1, 0, 1, 1]), "it cannot be voided, is read, and deleted");
    let intent = made(&shop, "PaymentIntent", json!({"amount": 500, "currency": "usd"})).await;
    assert_eq!(ended(&run, &intent).await, (EndOutcome::Ended, [0, 0, 0, 1]), "nothing is read");
    assert_eq!(ended(&run, &intent).await, (EndOutcome::AlreadyGone, [1, 0, 0, 1]));
}
