//! What typed resources offer beside Stripe's own params, each as a user meets it.

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::Member;
use stripe_provider::terraform::value::Value;

use crate::support::terraform::{Action, Object};
use crate::world::{World, typed};

fn params(value: &Json) -> Map<String, Json> {
    value.as_object().unwrap().clone()
}

fn id(object: &Object) -> String {
    object.state.get("id").as_str().unwrap().to_owned()
}

fn texts(entries: &[(&str, &str)]) -> Value {
    Value::map(entries.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))))
}

#[test]
fn every_object_gets_the_default_metadata_and_keeps_its_own_as_written() {
    let mut world = World::with(&[("default_metadata", texts(&[("team", "a"), ("env", "test")]))]);
    let wanted = params(&json!({"name": "Ada", "metadata": {"env": "own"}}));
    let customer = world.made("stripe_customer", &wanted).unwrap();
    let bare = params(&json!({"name": "Bob"}));
    let other = world.made("stripe_customer", &bare).unwrap();
    let held = |world: &World, object: &Object| {
        world.stripe.done("GET", &format!("/v1/customers/{}", id(object)), &json!({}))["metadata"].clone()
    };
    assert_eq!(held(&world, &customer), json!({"env": "own", "team": "a"}));
    assert_eq!(held(&world, &other), json!({"env": "test", "team": "a"}));
    assert_eq!(*customer.state.get("metadata"), texts(&[("env", "own")]), "as it was written");
    assert_eq!(*customer.state.get("metadata_all"), texts(&[("env", "own"), ("team", "a")]));

    world.configure(&[("default_metadata", texts(&[("team", "b")]))]).unwrap();
    let plan = world.plan("stripe_customer", &other, Some(&bare)).unwrap();
    assert_eq!(plan.action, Action::Update, "another default updates each object");
    assert_eq!(
        *plan.planned.state.get("metadata_all"),
        texts(&[("team", "b")]),
        "and the plan says what it will be"
    );
    let other = world.apply("stripe_customer", &plan).unwrap();
    assert_eq!(held(&world, &other), json!({"team": "b"}));
    world.settled("stripe_customer", &other, &bare).unwrap();
}

#[test]
fn a_default_that_was_changed_in_stripe_is_put_back() {
    let mut world = World::with(&[("default_metadata", texts(&[("team", "a")]))]);
    let wanted = params(&json!({"name": "Ada"}));
    let customer = world.made("stripe_customer", &wanted).unwrap();
    let path = format!("/v1/customers/{}", id(&customer));
    world.stripe.done("POST", &path, &json!({"metadata": {"team": "x", "theirs": "1"}}));
    let read = world.refresh("stripe_customer", &customer).unwrap();
    let plan = world.plan("stripe_customer", &read, Some(&wanted)).unwrap();
    assert_eq!(plan.action, Action::Update);
    world.apply("stripe_customer", &plan).unwrap();
    let held = world.stripe.done("GET", &path, &json!({}))["metadata"].clone();
    assert_eq!(held, json!({"team": "a", "theirs": "1"}), "and what is not ours stays");
}

#[test]
fn metadata_keys_of_others_are_neither_shown_nor_changed() {
    let keys = Value::List(vec!["ci_*".into()]);
    let mut world = World::with(&[("ignore_metadata_keys", keys)]);
    let wanted = params(&json!({"name": "Ada", "metadata": {"team": "a"}}));
    let customer = world.made("stripe_customer", &wanted).unwrap();
    let path = format!("/v1/customers/{}", id(&customer));
    world.stripe.done("POST", &path, &json!({"metadata": {"ci_run": "7"}}));
    let read = world.settled("stripe_customer", &customer, &wanted).unwrap();
    assert_eq!(*read.state.get("metadata_all"), texts(&[("team", "a")]));
    let twice = [
        ("default_metadata", texts(&[("ci_run", "1")])),
        ("ignore_metadata_keys", Value::List(vec!["ci_*".into()])),
    ];
    assert!(world.configure(&twice).unwrap_err().to_string().contains("ci_run"));
}

#[test]
fn a_secret_that_is_shown_once_can_be_dropped_or_renewed() {
    let mut world = World::new();
    let hook = json!({"url": "https://example.com/hook", "enabled_events": ["charge.succeeded"]});
    let kept = world.made("stripe_webhook_endpoint", &params(&hook)).unwrap();
    assert!(kept.state.get("secret").as_str().unwrap().starts_with("whsec_"));

    let mut dropped = params(&hook);
    dropped.insert("keep_secret_out_of_state".to_owned(), json!(true));
    let made = world.made("stripe_webhook_endpoint", &dropped).unwrap();
    assert!(world.terraform.warnings.join(" ").contains("only once"));
    assert!(made.state.get("secret").is_null());
    let secret = kept.state.get("secret").as_str().unwrap().to_owned();
    assert!(!String::from_utf8_lossy(&made.private).contains("whsec_"), "nor beside the state");

    let plan = world.plan("stripe_webhook_endpoint", &kept, Some(&dropped)).unwrap();
    assert_eq!(plan.action, Action::Update);
    let now = world.apply("stripe_webhook_endpoint", &plan).unwrap();
    assert!(now.state.get("secret").is_null());
    assert!(!String::from_utf8_lossy(&now.private).contains(&secret));

    let mut renewed = params(&hook);
    renewed.insert("rotate_when".to_owned(), json!("2027-01"));
    let plan = world.plan("stripe_webhook_endpoint", &kept, Some(&renewed)).unwrap();
    assert_eq!(plan.action, Action::Replace);
    let anew = world.apply("stripe_webhook_endpoint", &plan).unwrap();
    assert_ne!(anew.state.get("secret").as_str().unwrap(), secret);
    world.settled("stripe_webhook_endpoint", &anew, &renewed).unwrap();
}

#[test]
fn a_write_only_value_is_sent_and_kept_nowhere_until_its_version_says_it_is_another() {
    let mut world = World::new();
    let secret = |value: &str, version: u32| {
        params(
            &json!({"name": "shop", "scope": {"type": "account"}, "payload_wo": value, "payload_wo_version": version}),
        )
    };
    let made = world.made("stripe_apps_secret", &secret("s3cret-one", 1)).unwrap();
    let everywhere =
        |object: &Object| format!("{:?} {}", object.state, String::from_utf8_lossy(&object.private));
    assert!(!everywhere(&made).contains("s3cret"));
    let block = world.block("stripe_apps_secret");
    let open = block.attributes.iter().find(|it| it.name == "payload").unwrap();
    assert!(open.optional && !open.required, "one of the two is written");
    world.idle("stripe_apps_secret", &made, &secret("s3cret-two", 1)).unwrap();
    let plan = world.plan("stripe_apps_secret", &made, Some(&secret("s3cret-two", 2))).unwrap();
    assert_eq!(plan.action, Action::Replace, "Stripe has no update for it");
    let anew = world.apply("stripe_apps_secret", &plan).unwrap();
    assert!(!everywhere(&anew).contains("s3cret"));

    let mut twice = secret("s3cret", 1);
    twice.insert("payload".to_owned(), json!("open"));
    let refused = world.plan("stripe_apps_secret", &Object::default(), Some(&twice)).unwrap_err();
    assert!(refused.to_string().contains("set only one of them"), "{refused}");
    let none = params(&json!({"name": "shop", "scope": {"type": "account"}}));
    let refused = world.plan("stripe_apps_secret", &Object::default(), Some(&none)).unwrap_err();
    assert!(refused.to_string().contains("`payload` is missing"), "{refused}");
}

#[test]
fn a_secret_that_stripe_requires_is_missed_by_the_plan() {
    let mut world = World::new();
    let mut missed = 0;
    for (name, entity) in typed() {
        let block = world.block(name);
        let has_twin =
            |param: &Member| block.attributes.iter().any(|it| it.name == format!("{}_wo", param.name));
        let create = entity.create_operation().unwrap();
        for param in create.params.iter().filter(|param| param.shape.is_required() && has_twin(param)) {
            let mut params = world.params(entity);
            params.remove(&param.name);
            let refused = world.plan(name, &Object::default(), Some(&params)).unwrap_err().to_string();
            assert!(refused.contains(&format!("`{}` is missing", param.name)), "{name}: {refused}");
            missed += 1;
        }
    }
    assert!(missed >= 3, "{missed} required secrets");
}

#[test]
fn an_import_finds_its_object_by_what_names_it_alone() {
    let mut world = World::new();
    let product = world.stripe.done("POST", "/v1/products", &json!({"name": "Gold"}));
    let params = json!({
        "product": product["id"], "currency": "usd", "unit_amount": 500, "lookup_key": "gold",
        "recurring": {"interval": "month"},
    });
    let price = world.stripe.done("POST", "/v1/prices", &params);
    let imported = world.import("stripe_price", "lookup_key=gold").unwrap();
    assert_eq!(id(&imported), price["id"]);
    world.idle("stripe_price", &imported, params.as_object().unwrap()).unwrap();
    let refused = world.import("stripe_price", "lookup_key=silver").unwrap_err().to_string();
    assert!(refused.contains("Stripe has no Price with `lookup_key` \"silver\""), "{refused}");
    let refused = world.import("stripe_price", "lookup_kye=gold").unwrap_err().to_string();
    assert!(refused.contains("did you mean `lookup_key`"), "{refused}");
}

#[test]
fn a_tax_id_is_of_the_account_or_of_the_customer_that_it_names() {
    let mut world = World::new();
    let customer = world.stripe.done("POST", "/v1/customers", &json!({"name": "Ada"}));
    let customer = customer["id"].as_str().unwrap();
    let own = params(&json!({"type": "eu_vat", "value": "DE123456789"}));
    let of_account = world.made("stripe_tax_id", &own).unwrap();
    let mut theirs = own.clone();
    theirs.insert("customer".to_owned(), json!(customer));
    let of_customer = world.made("stripe_tax_id", &theirs).unwrap();
    let path = |object: &Object| format!("/v1/customers/{customer}/tax_ids/{}", id(object));
    assert_eq!(world.stripe.call("GET", &path(&of_customer), &json!({})).0, 200);
    assert_eq!(world.stripe.call("GET", &path(&of_account), &json!({})).0, 404);

    let imported = world.import("stripe_tax_id", &format!("{customer}/{}", id(&of_customer))).unwrap();
    world.idle("stripe_tax_id", &imported, &theirs).unwrap();
    let imported = world.import("stripe_tax_id", &id(&of_account)).unwrap();
    world.idle("stripe_tax_id", &imported, &own).unwrap();

    let plan = world.plan("stripe_tax_id", &of_customer, None).unwrap();
    world.apply("stripe_tax_id", &plan).unwrap();
    let plan = world.plan("stripe_tax_id", &of_account, Some(&theirs)).unwrap();
    assert_eq!(plan.action, Action::Replace, "it moves to the customer");
    let moved = world.apply("stripe_tax_id", &plan).unwrap();
    assert_eq!(world.stripe.call("GET", &path(&moved), &json!({})).0, 200);
    world.settled("stripe_tax_id", &moved, &theirs).unwrap();
    let plan = world.plan("stripe_tax_id", &moved, None).unwrap();
    assert!(world.apply("stripe_tax_id", &plan).unwrap().state.is_null());
    assert_eq!(world.stripe.call("GET", &path(&moved), &json!({})).0, 404);
}

#[test]
fn what_acts_at_creation_only_warns_and_what_modifies_a_call_causes_none() {
    let mut world = World::new();
    let entity = typed()["stripe_subscription"];
    let before = world.params(entity);
    let made = world.made("stripe_subscription", &before).unwrap();
    let events =
        |world: &World| world.stripe.done("GET", "/v1/events", &json!({"limit": 100}))["data"].clone();
    let before_the_update = events(&world);
    let mut modified = before.clone();
    modified.insert("proration_behavior".to_owned(), json!("none"));
    modified.insert("trial_period_days".to_owned(), json!(14));
    let plan = world.plan("stripe_subscription", &made, Some(&modified)).unwrap();
    assert_eq!(plan.action, Action::Update, "the state says what is written");
    assert!(
        world
            .terraform
            .warnings
            .join(" ")
            .contains("`trial_period_days` only when the Subscription is created")
    );
    let now = world.apply("stripe_subscription", &plan).unwrap();
    assert_eq!(id(&now), id(&made));
    assert_eq!(events(&world), before_the_update, "and nothing changes in Stripe");
    world.idle("stripe_subscription", &now, &modified).unwrap();
}

#[test]
fn what_stripe_no_longer_takes_inside_an_argument_is_told_and_not_sent() {
    let mut world = World::new();
    let entity = typed()["stripe_subscription_schedule"];
    let mut schedule = world.params(entity);
    for phase in schedule["phases"].as_array_mut().unwrap() {
        phase["iterations"] = json!(3);
    }
    world.made("stripe_subscription_schedule", &schedule).unwrap();
    let told = world.terraform.warnings.join(" ");
    assert!(told.contains("`iterations` in `phases`") && told.contains("duration"), "{told}");
}

#[test]
fn an_argument_that_is_unknown_and_may_need_a_new_object_is_planned_as_one() {
    let mut world = World::new();
    let product = world.made("stripe_product", &params(&json!({"name": "Gold"}))).unwrap();
    let price = json!({"product": id(&product), "currency": "usd", "unit_amount": 500});
    let price = world.made("stripe_price", &params(&price)).unwrap();
    let link = |items: Json| params(&json!({"line_items": items}));
    let one = link(json!([{"price": id(&price), "quantity": 1}]));
    let made = world.made("stripe_payment_link", &one).unwrap();
    let mut unknown = crate::config::config(&world.block("stripe_payment_link"), &one);
    unknown.set("line_items", Value::Unknown);
    let plan = world.plan_written("stripe_payment_link", &made, &unknown).unwrap();
    assert_eq!(plan.action, Action::Replace);
    let intent = params(&json!({"amount": 500, "currency": "usd", "description": "a"}));
    let made = world.made("stripe_payment_intent", &intent).unwrap();
    let mut unknown = crate::config::config(&world.block("stripe_payment_intent"), &intent);
    for (name, action) in
        [("description", Action::Update), ("amount", Action::Update), ("transfer_data", Action::Replace)]
    {
        let known = unknown.get(name).clone();
        unknown.set(name, Value::Unknown);
        let plan = world.plan_written("stripe_payment_intent", &made, &unknown).unwrap();
        assert_eq!(plan.action, action, "{name}");
        unknown.set(name, known);
    }
}

#[test]
fn the_only_active_object_is_found_behind_pages_of_archived_ones() {
    let mut world = World::new();
    let product = world.stripe.done("POST", "/v1/products", &json!({"name": "Gold"}))["id"].clone();
    let price = |active: bool| {
        let price = json!({"product": product, "currency": "usd", "unit_amount": 5, "active": active});
        world.stripe.done("POST", "/v1/prices", &price)["id"].as_str().unwrap().to_owned()
    };
    let oldest = price(true);
    (0..101).for_each(|_| drop(price(false)));
    let asked = Value::map([("product", Value::from(product.as_str().unwrap()))]);
    let found = world.data("stripe_price", &asked).unwrap();
    assert_eq!(found.get("id").as_str(), Some(oldest.as_str()));
    let price = json!({"product": product, "currency": "usd", "unit_amount": 6});
    let newest = world.stripe.done("POST", "/v1/prices", &price)["id"].clone();
    let why = format!("{:?}", world.data("stripe_price", &asked).unwrap_err());
    assert!(why.contains(&oldest) && why.contains(newest.as_str().unwrap()), "{why}");
}

#[test]
fn one_currency_in_two_cases_is_one_key_twice() {
    let mut world = World::new();
    let option = |amount: i64| json!({"amount_off": amount});
    let coupon = |other: &str| {
        let options = json!({"eur": option(90), other: option(10)});
        params(&json!({"amount_off": 100, "currency": "usd", "currency_options": options}))
    };
    world.made("stripe_coupon", &coupon("gbp")).unwrap();
    let why = world.made("stripe_coupon", &coupon("EUR")).unwrap_err();
    assert!(why.contains("EUR"), "{why}");
}
