//! A price that is replaced loses nobody: its lookup key, its place as the default price of its product
//! and the old price itself, in each order in which Terraform replaces.

use serde_json::{Map, Value as Json, json};
use stripe_provider::terraform::value::Value;

use crate::support::terraform::{Action, Fault, Object, Plan};
use crate::world::World;

fn params(value: &Json) -> Map<String, Json> {
    value.as_object().unwrap().clone()
}

/// A world with a product whose default price is a managed price with a lookup key.
fn shop(price: &Json) -> (World, String, Object) {
    let mut world = World::new();
    let product = world.made("stripe_product", &params(&json!({"name": "Gold"}))).unwrap();
    let product = product.state.get("id").as_str().unwrap().to_owned();
    let mut price = params(price);
    price.insert("product".to_owned(), json!(product));
    let price = world.made("stripe_price", &price).unwrap();
    world.stripe.done("POST", &format!("/v1/products/{product}"), &json!({"default_price": id(&price)}));
    (world, product, price)
}

fn id(object: &Object) -> String {
    object.state.get("id").as_str().unwrap().to_owned()
}

/// What Stripe holds after a replacement: the new price active, with the key and the product's default.
fn lost_nobody(world: &World, product: &str, old: &Object, new: &Object) {
    assert_ne!(id(old), id(new));
    let get = |path: String| world.stripe.done("GET", &path, &json!({}));
    let product = get(format!("/v1/products/{product}"));
    assert_eq!(product["default_price"], id(new), "the product has the new default price");
    let now = get(format!("/v1/prices/{}", id(new)));
    assert_eq!((&now["active"], &now["lookup_key"]), (&json!(true), &json!("gold")));
    let was = get(format!("/v1/prices/{}", id(old)));
    assert_eq!((&was["active"], &was["lookup_key"]), (&json!(false), &Json::Null));
}

fn gold(amount: u32, product: &str, more: &[(&str, Json)]) -> Map<String, Json> {
    let mut price =
        params(&json!({"currency": "usd", "unit_amount": amount, "lookup_key": "gold", "product": product}));
    price.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    price
}

#[test]
fn a_replaced_price_hands_its_key_and_its_place_on_in_terraforms_order() {
    let (mut world, product, old) =
        shop(&json!({"currency": "usd", "unit_amount": 500, "lookup_key": "gold"}));
    let wanted = gold(700, &product, &[]);
    let plan = world.plan("stripe_price", &old, Some(&wanted)).unwrap();
    assert_eq!(plan.action, Action::Replace);
    let told = world.terraform.warnings.join("\n");
    assert!(
        told.contains("transfer_lookup_key = true\n\n  lifecycle {\n    create_before_destroy = true")
            && told.contains("replace_in_place = true"),
        "{told}"
    );
    let new = world.apply("stripe_price", &plan).unwrap();
    lost_nobody(&world, &product, &old, &new);
    world.settled("stripe_price", &new, &wanted).unwrap();
}

#[test]
fn a_price_that_is_made_before_the_old_one_ends_hands_on_as_well() {
    let (mut world, product, old) =
        shop(&json!({"currency": "usd", "unit_amount": 500, "lookup_key": "gold"}));
    let wanted = gold(700, &product, &[("transfer_lookup_key", json!(true))]);
    let create = world.plan("stripe_price", &Object::default(), Some(&wanted)).unwrap();
    let end = world.plan("stripe_price", &old, None).unwrap();
    let new = world.apply_also("stripe_price", &create).unwrap();
    world.apply_also("stripe_price", &end).unwrap();
    lost_nobody(&world, &product, &old, &new);
}

#[test]
fn a_price_is_replaced_in_one_update_where_the_configuration_wishes() {
    let (mut world, product, old) =
        shop(&json!({"currency": "usd", "unit_amount": 500, "lookup_key": "gold", "replace_in_place": true}));
    let wanted = gold(700, &product, &[("replace_in_place", json!(true))]);
    let plan = world.plan("stripe_price", &old, Some(&wanted)).unwrap();
    assert_eq!(plan.action, Action::Update);
    assert!(plan.planned.state.get("id").is_unknown(), "what refers to it is planned with it");
    let new = world.apply("stripe_price", &plan).unwrap();
    lost_nobody(&world, &product, &old, &new);
    world.settled("stripe_price", &new, &wanted).unwrap();
}

#[test]
fn an_object_that_does_not_end_when_it_is_replaced_is_named_and_its_successor_is_kept() {
    let (mut world, _tap, sandbox) = World::served(&[("max_retries", Value::from(0))]);
    let product = id(&world.made("stripe_product", &params(&json!({"name": "Gold"}))).unwrap());
    let price = |amount: u32| {
        params(
            &json!({"currency": "usd", "unit_amount": amount, "product": product, "replace_in_place": true}),
        )
    };
    let mut now = world.made("stripe_price", &price(1)).unwrap();
    for (amount, status) in [(2, 400), (3, 503)] {
        let error = json!({"error": {"type": "invalid_request_error", "message": "Not now."}});
        let kind = json!({"answer": {"status": status, "body": error.to_string()}});
        let fault =
            json!({"method": "POST", "path": format!("/v1/prices/{}", id(&now)), "times": 1, "kind": kind});
        sandbox.script(serde_json::from_value(fault).unwrap());
        let plan = world.plan("stripe_price", &now, Some(&price(amount))).unwrap();
        let Err(Fault::Refused(errors, left)) = world.apply("stripe_price", &plan) else {
            panic!("the old price does not end")
        };
        let [error] = &*errors else { panic!("{errors:?}") };
        let told =
            format!("Price {} was replaced by {}, but could not be ended: Not now", id(&now), id(&left));
        assert!(
            error.detail.contains(&told) && error.detail.contains("It is still active in Stripe"),
            "{error:?}"
        );
        world.settled("stripe_price", &left, &price(amount)).unwrap();
        now = *left;
    }
}

#[test]
fn a_plan_says_how_many_subscriptions_go_on_with_a_price_that_ends() {
    let mut world = World::new();
    let subscription = world.params(crate::world::typed()["stripe_subscription"]);
    let price = subscription["items"][0]["price"].as_str().unwrap().to_owned();
    world.made("stripe_subscription", &subscription).unwrap();
    let price = world.import("stripe_price", &price).unwrap();
    world.terraform.warnings.clear();
    world.plan("stripe_price", &price, None).unwrap();
    let told = world.terraform.warnings.join(" ");
    assert!(told.contains("is used by 1 Subscription(s) that have not ended"), "{told}");
}

#[test]
fn a_price_without_a_place_to_hand_on_is_replaced_as_ever() {
    let mut world = World::new();
    let product = world.made("stripe_product", &params(&json!({"name": "Gold"}))).unwrap();
    let old = world.made("stripe_price", &gold(500, &id(&product), &[])).unwrap();
    let plan = world.plan("stripe_price", &old, Some(&gold(700, &id(&product), &[]))).unwrap();
    let new = world.apply("stripe_price", &plan).unwrap();
    let product = world.stripe.done("GET", &format!("/v1/products/{}", id(&product)), &json!({}));
    assert_eq!(product["default_price"], Json::Null);
    let now = world.stripe.done("GET", &format!("/v1/prices/{}", id(&new)), &json!({}));
    assert_eq!(now["lookup_key"], "gold");
}

#[test]
fn a_price_whose_successor_is_refused_stays_in_the_state_and_is_replaced_by_the_next_run() {
    let (mut world, product, old) =
        shop(&json!({"currency": "usd", "unit_amount": 500, "lookup_key": "gold"}));
    let mut wrong = gold(700, &product, &[]);
    wrong.insert("currency".to_owned(), json!("zzz"));
    let plan = world.plan("stripe_price", &old, Some(&wrong)).unwrap();
    let Err(Fault::Refused(errors, left)) = world.apply("stripe_price", &plan) else {
        panic!("Stripe has no such currency")
    };
    assert!(errors.iter().any(|error| error.detail.contains("zzz")), "{errors:?}");
    assert_eq!(id(&left), id(&old), "nobody forgets it");
    // What is tainted is planned as if it were not there, and ends by that plan's private data.
    let create = world.plan("stripe_price", &Object::default(), Some(&gold(700, &product, &[]))).unwrap();
    let private = create.planned.private.clone();
    let ended = Object { private: private.clone(), ..Object::default() };
    let tainted = Object { private, ..*left };
    let end =
        Plan { action: Action::Delete, prior: tainted, planned: ended, config: Value::Null, written: None };
    world.apply_also("stripe_price", &end).unwrap();
    let new = world.apply_also("stripe_price", &create).unwrap();
    lost_nobody(&world, &product, &old, &new);
}

#[test]
fn equal_prices_of_two_accounts_are_replaced_each_in_its_own() {
    let mut world = World::new();
    let shops = ["one", "two"].map(|name| {
        let account = world.stripe.done("POST", "/v1/accounts", &json!({"type": "custom"}));
        let connection = json!({"name": name, "location": "global", "account_id": account["id"]});
        let connection = world.made("stripe_connection", &params(&connection)).unwrap();
        let handle = json!(connection.state.get("handle").as_str().unwrap());
        let product = json!({"id": "prod_gold", "name": "Gold", "connection_handle": handle});
        let product = world.made("stripe_product", &params(&product)).unwrap();
        let price = gold(500, "prod_gold", &[("connection_handle", handle.clone())]);
        let price = world.made("stripe_price", &price).unwrap();
        let held = json!({"id": "prod_gold", "name": "Gold", "connection_handle": handle, "default_price": id(&price)});
        let plan = world.plan("stripe_product", &product, Some(&params(&held))).unwrap();
        let product = world.apply("stripe_product", &plan).unwrap();
        (handle, product, price)
    });
    let wanted = |handle: &Json| gold(700, "prod_gold", &[("connection_handle", handle.clone())]);
    // Both old prices end before either of the new ones is made.
    let plans = shops.each_ref().map(|(handle, _, price)| {
        let mut ended = world.plan("stripe_price", price, Some(&wanted(handle))).unwrap();
        ended.planned = Object { private: ended.planned.private, ..Object::default() };
        let create = world.plan("stripe_price", &Object::default(), Some(&wanted(handle))).unwrap();
        (ended, create)
    });
    for (ended, _) in &plans {
        let end = Plan { action: Action::Delete, ..ended.clone() };
        world.apply_also("stripe_price", &end).unwrap();
    }
    for ((_, create), (_, product, old)) in plans.iter().zip(&shops) {
        let new = world.apply_also("stripe_price", create).unwrap();
        let product = world.refresh("stripe_product", product).unwrap();
        assert_eq!(product.state.get("default_price").as_str().unwrap(), id(&new));
        let was = world.refresh("stripe_price", old).unwrap();
        assert_eq!(was.state.get("active").as_bool(), Some(false), "the old one has ended");
    }
}

#[test]
fn what_stripe_would_not_make_replaces_nothing() {
    let mut world = World::new();
    let coupon =
        world.made("stripe_coupon", &params(&json!({"percent_off": 10, "duration": "once"}))).unwrap();
    let wanted =
        params(&json!({"percent_off": 10, "amount_off": 500, "currency": "usd", "duration": "once"}));
    let refused = format!("{:?}", world.plan("stripe_coupon", &coupon, Some(&wanted)).unwrap_err());
    assert!(
        refused.contains("`amount_off` and `percent_off` exclude each other: remove one of them."),
        "{refused}"
    );
    let wanted = params(&json!({"percent_off": 20, "duration": "repeating"}));
    let refused = format!("{:?}", world.plan("stripe_coupon", &coupon, Some(&wanted)).unwrap_err());
    assert!(refused.contains("`duration_in_months` is missing"), "{refused}");
    let held = world.stripe.done("GET", &format!("/v1/coupons/{}", id(&coupon)), &json!({}));
    assert_eq!(held["percent_off"].as_f64(), Some(10.0));
}

#[test]
fn what_stripe_would_not_make_is_told_at_its_argument_by_the_plan() {
    let (mut world, tap, _sandbox) = World::served(&[]);
    let tiers = json!([{"up_to": 10, "unit_amount": 5}, {"up_to": 5, "unit_amount": 3}, {"up_to": "inf", "unit_amount": 1}]);
    let tiered = json!({"product": "prod_1", "currency": "usd", "billing_scheme": "tiered", "tiers_mode": "volume",
        "recurring": {"interval": "month"}, "tiers": tiers});
    for (name, wanted, told) in [
        ("stripe_price", &tiered, "`tiers[1].up_to` must be greater than that of the item before"),
        (
            "stripe_subscription",
            &json!({"customer": "sub_1MowQVLkdIwHu7ixeRlqHVzs", "items": [{"price": "price_1"}]}),
            "`customer` must be the id of a customer (`cus_…`), not \"sub_1MowQVLkdIwHu7ixeRlqHVzs\", the id of a subscription.",
        ),
        (
            "stripe_subscription",
            &json!({"items": [{"price": "price_1"}]}),
            "`customer` or `customer_account` is missing",
        ),
        (
            "stripe_webhook_endpoint",
            &json!({"url": "example.com/hook", "enabled_events": ["*"]}),
            "`url` must be an address with a scheme",
        ),
        ("stripe_customer", &json!({"email": "ada"}), "`email` must be a mail address"),
        (
            "stripe_promotion_code",
            &json!({"promotion": {"type": "coupon"}}),
            "`promotion.coupon` is missing: Stripe requires it where `promotion.type` is `coupon`",
        ),
    ] {
        let refused = world.plan(name, &Object::default(), Some(&params(wanted))).unwrap_err().to_string();
        assert!(refused.contains(told), "{name}: {refused}");
    }
    let posts = tap.calls().into_iter().filter(|call| call.method == "POST").count();
    assert_eq!(posts, 0, "nothing is sent");
}

/// Terraform marks no place inside a dynamic argument with `# forces replacement`.
#[test]
fn what_replaces_an_object_inside_a_dynamic_argument_is_told() {
    let mut world = World::new();
    let grant = |value: u32| {
        let customer = world.stripe.done("POST", "/v1/customers", &json!({"name": "Ada"}));
        params(&json!({"customer": customer["id"], "category": "paid",
            "amount": {"type": "monetary", "monetary": {"currency": "usd", "value": value}},
            "applicability_config": {"scope": {"price_type": "metered"}}}))
    };
    let (written, mut wanted) = (grant(600), grant(600));
    wanted["customer"] = written["customer"].clone();
    wanted["amount"]["monetary"]["value"] = json!(777);
    let made = world.made("stripe_billing_credit_grant", &written).unwrap();
    world.terraform.warnings.clear();
    let plan = world.plan("stripe_billing_credit_grant", &made, Some(&wanted)).unwrap();
    assert_eq!(plan.action, Action::Replace);
    let told = world.terraform.warnings.join("\n");
    assert!(told.contains("Stripe cannot change `amount` of an existing BillingCreditGrant"), "{told}");
}
