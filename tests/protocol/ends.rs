//! What a destroy does in Stripe, as the configuration wishes and as far as Stripe can.

use serde_json::json;
use stripe_provider::catalog::{Removal, Shape, catalog};
use stripe_provider::terraform::value::Value;

use crate::support::shop::{Shop, entity, made, ok, refused, warnings};
use crate::support::terraform::{Action, Object, Terraform};

const TEST: &str = "sk_test_shop_1";
const LIVE: &str = "sk_live_shop_1";

/// A configuration with a wish for its end.
fn wishing(mut config: Value, name: &str, value: impl Into<Value>) -> Value {
    config.set(name, value.into());
    config
}

/// Plans and applies a destroy; what it warns of.
async fn destroyed(run: &mut Terraform, object: &Object) -> Vec<String> {
    warnings(run);
    let plan = ok(run.plan("stripe_entity", object, &Value::Null).await);
    let told = warnings(run);
    assert!(ok(run.apply("stripe_entity", &plan).await).state.is_null());
    told.into_iter().chain(warnings(run)).map(|(_, why)| why).collect()
}

fn id(object: &Object) -> String {
    object.state.get("id").as_str().unwrap().to_owned()
}

fn field(object: &Object, name: &str) -> String {
    object.state.get("record").get(name).as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_product_with_its_default_price_ends_in_terraforms_order() {
    let shop = Shop::open().await;
    let mut run = shop.run(TEST).await;
    let product = made(&mut run, "stripe_entity", &entity("Product", &json!({"name": "Beans"}))).await;
    let price = json!({"product": id(&product), "currency": "usd", "unit_amount": 5});
    let price = made(&mut run, "stripe_entity", &entity("Price", &price)).await;
    let with_default = entity("Product", &json!({"name": "Beans", "default_price": id(&price)}));
    let plan = ok(run.plan("stripe_entity", &product, &with_default).await);
    let product = ok(run.apply("stripe_entity", &plan).await);
    let told = destroyed(&mut run, &price).await;
    let held = told.iter().any(|why| why.contains("`default_price`") && why.contains(&id(&product)));
    assert!(held, "{told:?}");
    assert_eq!(field(&ok(run.refresh("stripe_entity", &price).await), "active"), "true");
    let told = destroyed(&mut run, &product).await;
    let with_it = format!("{} of Product {} is archived with it", id(&price), id(&product));
    assert!(told.iter().any(|why| why.contains(&with_it)), "{told:?}");
    for object in [&product, &price] {
        assert_eq!(field(&ok(run.refresh("stripe_entity", object).await), "active"), "false");
    }
}

/// A plan has told that the product is archived: the apply adds what became of its default price.
#[tokio::test]
async fn what_is_archived_with_an_object_is_told_alone_where_the_plan_told_the_rest() {
    let shop = Shop::open().await;
    let mut run = shop.run(TEST).await;
    let config = wishing(entity("Product", &json!({"name": "Beans"})), "on_destroy", "archive");
    let product = made(&mut run, "stripe_entity", &config).await;
    let price = json!({"product": id(&product), "currency": "usd", "unit_amount": 5});
    let price = made(&mut run, "stripe_entity", &entity("Price", &price)).await;
    let with_default = entity("Product", &json!({"name": "Beans", "default_price": id(&price)}));
    let plan = ok(run.plan("stripe_entity", &product, &wishing(with_default, "on_destroy", "archive")).await);
    let product = ok(run.apply("stripe_entity", &plan).await);
    let told = destroyed(&mut run, &product).await;
    let left = format!(
        "Entity Stays In Stripe: The `default_price` {} of Product {} is archived with it.",
        id(&price),
        id(&product)
    );
    assert!(told[0].contains("`active = false`") && told.last() == Some(&left), "{told:?}");
}

/// The configuration of a price of this product that takes over the lookup key.
fn by_key(product: &Object, amount: usize) -> Value {
    let params = json!({"product": id(product), "currency": "usd", "unit_amount": amount,
        "lookup_key": "beans", "transfer_lookup_key": true});
    entity("Price", &params)
}

/// A product, and its default price, which has the lookup key.
async fn sold_by_key(run: &mut Terraform) -> (Object, Object) {
    let product = made(run, "stripe_entity", &entity("Product", &json!({"name": "Beans"}))).await;
    let price = made(run, "stripe_entity", &by_key(&product, 5)).await;
    let with_default = entity("Product", &json!({"name": "Beans", "default_price": id(&price)}));
    let plan = ok(run.plan("stripe_entity", &product, &with_default).await);
    (ok(run.apply("stripe_entity", &plan).await), price)
}

/// The new price is the product's default, and the old one has ended.
async fn assert_succeeded(run: &mut Terraform, product: &Object, (old, new): (&Object, &Object)) {
    assert_eq!(field(&ok(run.refresh("stripe_entity", product).await), "default_price"), id(new));
    assert_eq!(field(&ok(run.refresh("stripe_entity", old).await), "active"), "false");
}

/// A run makes the successor, with the lookup key, and is cut off before the old price ends: the product would go on
/// selling at the old price.
#[tokio::test]
async fn a_price_whose_successor_an_earlier_run_made_hands_over_the_product_that_holds_it() {
    let shop = Shop::open().await;
    let mut run = shop.run(TEST).await;
    let (product, old) = sold_by_key(&mut run).await;
    let new = made(&mut run, "stripe_entity", &by_key(&product, 6)).await;
    let mut later = shop.run(TEST).await;
    let refreshed = ok(later.refresh("stripe_entity", &old).await);
    // Another refresh keeps what the first one learned.
    let refreshed = ok(later.refresh("stripe_entity", &refreshed).await);
    let told = destroyed(&mut later, &refreshed).await;
    let heir = format!("{} is the `default_price` of product {} now", id(&new), id(&product));
    assert!(told.iter().any(|why| why.contains(&heir)), "{told:?}");
    assert_succeeded(&mut later, &product, (&old, &new)).await;
    assert_eq!(field(&ok(later.refresh("stripe_entity", &new).await), "active"), "true");
}

/// Somebody has moved the lookup key to another price, and the run is to make a price of its own.
#[tokio::test]
async fn the_price_that_a_run_is_to_make_comes_before_one_that_has_the_lookup_key_by_now() {
    let shop = Shop::open().await;
    let mut run = shop.run(TEST).await;
    let (product, old) = sold_by_key(&mut run).await;
    let theirs = made(&mut run, "stripe_entity", &by_key(&product, 6)).await;
    let mut later = shop.run(TEST).await;
    let refreshed = ok(later.refresh("stripe_entity", &old).await);
    let plan = ok(later.plan("stripe_entity", &refreshed, &by_key(&product, 7)).await);
    assert_eq!(plan.action, Action::Replace);
    let new = ok(later.apply("stripe_entity", &plan).await);
    assert_succeeded(&mut later, &product, (&old, &new)).await;
    assert_eq!(field(&ok(later.refresh("stripe_entity", &theirs).await), "active"), "true");
}

#[tokio::test]
async fn an_item_of_a_finalized_invoice_ends_with_the_invoice() {
    let shop = Shop::open().await;
    let mut run = shop.run(TEST).await;
    let customer = made(&mut run, "stripe_entity", &entity("Customer", &json!({"name": "Ada"}))).await;
    let invoice =
        json!({"customer": id(&customer), "collection_method": "send_invoice", "days_until_due": 9});
    let invoice = made(&mut run, "stripe_entity", &entity("Invoice", &invoice)).await;
    let item = json!({"customer": id(&customer), "invoice": id(&invoice), "amount": 500, "currency": "usd"});
    let item = made(&mut run, "stripe_entity", &entity("InvoiceItem", &item)).await;
    let finalize = Value::map([
        ("action", Value::from("FinalizeInvoice")),
        ("input_payload", crate::support::shop::json_text(&json!({"InvoiceId": id(&invoice)}))),
    ]);
    made(&mut run, "stripe_action", &finalize).await;
    let told = destroyed(&mut run, &item).await;
    assert!(told.iter().any(|why| why.contains(&id(&invoice)) && why.contains("ends with it")), "{told:?}");
    assert_eq!(destroyed(&mut run, &invoice).await, Vec::<String>::new());
    let read = ok(run.refresh("stripe_entity", &invoice).await);
    assert_eq!(field(&read, "status"), "void");
}

#[tokio::test]
async fn on_destroy_chooses_the_end_and_keep_sends_nothing() {
    let shop = Shop::open().await;
    let mut run = shop.run(TEST).await;
    for (way, active) in [("delete", None), ("archive", Some("false")), ("keep", Some("true"))] {
        let config = wishing(entity("Product", &json!({"name": way})), "on_destroy", way);
        let product = made(&mut run, "stripe_entity", &config).await;
        let told = destroyed(&mut run, &product).await;
        assert_eq!(told.is_empty(), active.is_none(), "{way}: {told:?}");
        let left = ok(run.refresh("stripe_entity", &product).await);
        assert_eq!(left.state.get("record").get("active").as_str(), active, "{way}");
    }
    let config = wishing(
        entity("Price", &json!({"currency": "usd", "product": "prod_1", "unit_amount": 1})),
        "on_destroy",
        "delete",
    );
    let (place, why) = &refused(run.plan("stripe_entity", &Object::default(), &config).await)[0];
    assert_eq!(place, "on_destroy");
    assert!(why.contains("`archive` or `keep`"), "{why}");
}

#[tokio::test]
async fn a_wish_alone_updates_in_place_and_changes_nothing_in_stripe() {
    let shop = Shop::open().await;
    let mut run = shop.run(TEST).await;
    let config = entity("Customer", &json!({"name": "Ada"}));
    let customer = made(&mut run, "stripe_entity", &config).await;
    shop.fault(json!({"method": "POST", "times": 9, "kind": {"fail": 500}}));
    let plan = ok(run.plan("stripe_entity", &customer, &wishing(config, "on_destroy", "keep")).await);
    let kept = ok(run.apply("stripe_entity", &plan).await);
    assert_eq!((id(&kept), shop.sandbox.faults_met()), (id(&customer), 0));
}

#[tokio::test]
async fn a_live_object_that_cannot_come_back_needs_consent() {
    let shop = Shop::open().await;
    let account = json!({"type": "custom", "country": "US"});
    for (name, payload) in [("Customer", json!({"name": "Ada"})), ("Account", account)] {
        let mut run = shop.run(LIVE).await;
        let config = entity(name, &payload);
        let object = made(&mut run, "stripe_entity", &config).await;
        let (place, why) = &refused(run.plan("stripe_entity", &object, &Value::Null).await)[0];
        assert_eq!(place, "allow_destroy_in_livemode");
        assert!(why.contains(&id(&object)) && why.contains("`on_destroy = \"keep\"`"), "{why}");
        let consent = wishing(config.clone(), "allow_destroy_in_livemode", true);
        let plan = ok(run.plan("stripe_entity", &object, &consent).await);
        let object = ok(run.apply("stripe_entity", &plan).await);
        destroyed(&mut run, &object).await;
        let mut test = shop.run(TEST).await;
        let object = made(&mut test, "stripe_entity", &config).await;
        destroyed(&mut test, &object).await;
    }
    assert_eq!((shop.count("customer"), shop.count("account")), (0, 0));
}

/// The whole catalog: what a rule of an end names is there.
#[tokio::test]
async fn the_rules_of_ends_name_what_there_is() {
    let mut held = 0;
    for name in catalog().entities() {
        let entity = catalog().entity(name).unwrap();
        if let Some(rule) = &entity.ends_with {
            let holder = catalog().by_key(&rule.object).unwrap_or_else(|| panic!("{name}"));
            assert!(rule.held_as.iter().all(|field| holder.field(field).is_some()), "{name}");
            let states = holder.field("status").map(Shape::values).unwrap_or_default();
            assert!(rule.unless.iter().all(|state| states.contains(state)), "{name}");
            held += 1;
        }
        for field in &entity.takes_along {
            let object = entity.field(field).and_then(|shape| shape.objects().first());
            let left = object.and_then(|object| catalog().by_key(object)).unwrap();
            assert!(matches!(left.removal, Removal::Archive { .. }), "{name}: {field}");
        }
        assert!(!entity.irrevocable || entity.removal != Removal::Forget, "{name}: consent to nothing");
    }
    assert_eq!(held, 3);
}
