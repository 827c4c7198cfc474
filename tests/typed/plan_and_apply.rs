//! What a plan shows is what its apply sends.

use serde_json::{Map, Value as Json, json};

use crate::config::config;
use crate::support::terraform::{Action, Object, Plan};
use crate::world::{World, difference, typed};

fn params(value: &Json) -> Map<String, Json> {
    value.as_object().unwrap().clone()
}

fn held(world: &World, path: &str, object: &Object) -> Json {
    let id = object.state.get("id").as_str().unwrap();
    world.stripe.done("GET", &format!("{path}/{id}"), &json!({}))
}

/// A plan to `written` with these attributes ignored, as Terraform makes it: the provider sees the values of the
/// state in their place.
fn ignoring(world: &mut World, name: &str, object: &Object, written: &Json, ignored: &[&str]) -> Plan {
    let mut ignoring = config(&world.block(name), &params(written));
    for attribute in ignored {
        ignoring.set(attribute, object.state.get(attribute).clone());
    }
    let written = Some(config(&world.block(name), &params(written)));
    Plan { written, ..world.plan_written(name, object, &ignoring).unwrap() }
}

#[test]
fn what_ignore_changes_hides_is_not_sent_beside_another_change() {
    let mut world = World::new();
    let name = "stripe_product";
    let made = world.made(name, &params(&json!({"name": "A", "metadata": {"a": "1"}}))).unwrap();
    let wanted = json!({"name": "B", "metadata": {"a": "2"}, "description": "new"});
    let plan = ignoring(&mut world, name, &made, &wanted, &["name", "metadata"]);
    assert_eq!(plan.action, Action::Update);
    let now = world.apply(name, &plan).unwrap();
    let body = held(&world, "/v1/products", &now);
    assert_eq!((&body["name"], &body["metadata"]), (&json!("A"), &json!({"a": "1"})));
    assert_eq!(body["description"], "new");
    let read = world.refresh(name, &now).unwrap();
    let again = ignoring(&mut world, name, &read, &wanted, &["name", "metadata"]);
    assert_eq!(again.action, Action::Nothing, "and the next plan is empty");
}

#[test]
fn items_that_others_keep_are_not_taken_away_where_they_are_ignored() {
    let mut world = World::new();
    let price = |world: &World| {
        let product = world.stripe.done("POST", "/v1/products", &json!({"name": "A"}))["id"].clone();
        let price = json!({"currency": "usd", "unit_amount": 5, "product": product, "recurring": {"interval": "month"}});
        world.stripe.done("POST", "/v1/prices", &price)["id"].clone()
    };
    let (one, other) = (price(&world), price(&world));
    let customer = world.stripe.done("POST", "/v1/customers", &json!({"source": "tok_visa"}))["id"].clone();
    let name = "stripe_subscription";
    let mut wanted =
        json!({"customer": customer, "items": [{"price": one, "quantity": 1}], "description": "one"});
    let made = world.made(name, &params(&wanted)).unwrap();
    let id = made.state.get("id").as_str().unwrap();
    world.stripe.done("POST", "/v1/subscription_items", &json!({"subscription": id, "price": other}));
    let read = world.refresh(name, &made).unwrap();
    wanted["description"] = json!("two");
    let plan = ignoring(&mut world, name, &read, &wanted, &["items"]);
    let now = world.apply(name, &plan).unwrap();
    let body = held(&world, "/v1/subscriptions", &now);
    assert_eq!(body["items"]["data"].as_array().unwrap().len(), 2);
    assert_eq!(body["description"], "two");
}

#[test]
fn a_state_whose_every_attribute_is_ignored_plans_nothing() {
    let mut world = World::new();
    let mut failed = Vec::new();
    for (name, entity) in typed() {
        let params = world.params(entity);
        let made = match world.made(name, &params) {
            Ok(made) => made,
            Err(why) => panic!("{name}: {why}"),
        };
        let mut all = config(&world.block(name), &params);
        let block = world.block(name);
        let settable = block.attributes.iter().filter(|it| (it.required || it.optional) && !it.write_only);
        let blocks = block.block_types.iter().map(|it| &it.type_name);
        for attribute in settable.map(|it| &it.name).chain(blocks) {
            all.set(attribute, made.state.get(attribute).clone());
        }
        // Terraform validates what is written, and plans what is left of it.
        match world.plan_unchecked(name, &made, &all) {
            Ok(planned) if planned.state == made.state => {}
            Ok(planned) => failed.push(format!("{name}: {}", difference(&made.state, &planned.state))),
            Err(fault) => {
                failed.push(format!("{name}: {}", fault.to_string().chars().take(300).collect::<String>()));
            }
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), typed().len(), failed.join("\n"));
}

#[test]
fn what_stripe_holds_already_is_written_down_without_a_call_or_a_new_object() {
    let mut world = World::new();
    let product = world.stripe.done("POST", "/v1/products", &json!({"name": "A"}))["id"].clone();
    let hook = json!({"url": "https://example.com/hook", "enabled_events": ["charge.succeeded"]});
    let price = json!({"currency": "usd", "unit_amount": 5, "product": product});
    let cases = [
        ("stripe_webhook_endpoint", hook, "connect", json!(false)),
        ("stripe_price", price, "billing_scheme", json!("per_unit")),
        ("stripe_coupon", json!({"percent_off": 10}), "duration", json!("once")),
    ];
    for (name, least, argument, value) in cases {
        let made = world.made(name, &params(&least)).unwrap();
        let mut wanted = least.clone();
        wanted[argument] = value;
        let plan = world.plan(name, &made, Some(&params(&wanted))).unwrap();
        assert!(matches!(plan.action, Action::Nothing | Action::Update), "{name}: {:?}", plan.action);
        let now = world.apply(name, &plan).unwrap();
        assert_eq!(now.state.get("id"), made.state.get("id"), "{name}");
        world.idle(name, &now, &params(&wanted)).unwrap();
    }
}

#[test]
fn what_was_written_down_as_stripe_had_it_is_taken_away_again() {
    let mut world = World::new();
    let name = "stripe_product";
    let made = world.made(name, &params(&json!({"name": "A"}))).unwrap();
    let path = format!("/v1/products/{}", made.state.get("id").as_str().unwrap());
    world.stripe.done("POST", &path, &json!({"description": "x", "metadata": {"k": "1"}}));
    let read = world.refresh(name, &made).unwrap();
    let wanted = params(&json!({"name": "B", "description": "x", "metadata": {"k": "1"}}));
    let plan = world.plan(name, &read, Some(&wanted)).unwrap();
    let adopted = world.apply(name, &plan).unwrap();
    let without = params(&json!({"name": "B"}));
    let plan = world.plan(name, &adopted, Some(&without)).unwrap();
    let now = world.apply(name, &plan).unwrap();
    let body = held(&world, "/v1/products", &now);
    assert_eq!((&body["description"], &body["metadata"]), (&Json::Null, &json!({})));
}

#[test]
fn what_ignore_changes_hides_is_not_in_what_replaces_the_object_in_place() {
    let mut world = World::new();
    let name = "stripe_price";
    let product = world.stripe.done("POST", "/v1/products", &json!({"name": "A"}))["id"].clone();
    let price = |amount: u32, nickname: &str| {
        json!({"product": product, "currency": "usd", "unit_amount": amount,
        "nickname": nickname, "replace_in_place": true})
    };
    let made = world.made(name, &params(&price(5, "old"))).unwrap();
    let plan = ignoring(&mut world, name, &made, &price(6, "new"), &["nickname"]);
    let now = world.apply(name, &plan).unwrap();
    assert_ne!(now.state.get("id"), made.state.get("id"));
    let body = held(&world, "/v1/prices", &now);
    assert_eq!((&body["nickname"], &body["unit_amount"]), (&json!("old"), &json!(6)));
}

#[test]
fn what_somebody_else_has_settled_needs_a_new_object() {
    let mut world = World::new();
    let name = "stripe_price";
    let product = world.stripe.done("POST", "/v1/products", &json!({"name": "A"}))["id"].clone();
    let mut price = json!({"product": product, "currency": "usd", "unit_amount": 5});
    let made = world.made(name, &params(&price)).unwrap();
    let path = format!("/v1/prices/{}", made.state.get("id").as_str().unwrap());
    world.stripe.done("POST", &path, &json!({"tax_behavior": "exclusive"}));
    let read = world.refresh(name, &made).unwrap();
    price["tax_behavior"] = json!("inclusive");
    let plan = world.plan(name, &read, Some(&params(&price))).unwrap();
    assert_eq!(plan.action, Action::Replace);
}

#[test]
fn a_key_that_could_not_be_taken_away_is_put_back_beside_the_others() {
    let mut world = World::new();
    let name = "stripe_price";
    let product = world.stripe.done("POST", "/v1/products", &json!({"name": "A"}))["id"].clone();
    let options = json!({"eur": {"unit_amount": 5}, "gbp": {"unit_amount": 6}});
    let both = params(
        &json!({"product": product, "currency": "usd", "unit_amount": 4, "currency_options": options}),
    );
    let made = world.made(name, &both).unwrap();
    let mut one = both.clone();
    one["currency_options"].as_object_mut().unwrap().shift_remove("gbp");
    world.terraform.warnings.clear();
    let plan = world.plan(name, &made, Some(&one)).unwrap();
    let told = world.terraform.warnings.join("\n");
    assert!(told.contains("gbp") && told.contains("keeps"), "{told}");
    let less = world.apply(name, &plan).unwrap();
    let path = format!("/v1/prices/{}?expand[]=currency_options", made.state.get("id").as_str().unwrap());
    let body = world.stripe.done("GET", &path, &json!({}));
    assert_eq!(
        body["currency_options"]["gbp"]["unit_amount"], 6,
        "Stripe keeps what an update does not name"
    );
    let plan = world.plan(name, &less, Some(&both)).unwrap();
    assert_eq!(plan.action, Action::Update);
    let back = world.apply(name, &plan).unwrap();
    assert_eq!(back.state.get("id"), made.state.get("id"));
    world.settled(name, &back, &both).unwrap();
}

#[test]
fn what_a_plan_of_an_import_takes_away_is_taken_away() {
    let mut world = World::new();
    let name = "stripe_customer";
    let theirs = json!({"name": "A", "address": {"line1": "x", "city": "Bern"}, "metadata": {"a": "1", "b": "2"},
        "phone": "1"});
    let id = world.stripe.done("POST", "/v1/customers", &theirs)["id"].as_str().unwrap().to_owned();
    let imported = world.import(name, &id).unwrap();
    let wanted = params(&json!({"name": "B", "metadata": {"a": "1"}}));
    let plan = world.plan(name, &imported, Some(&wanted)).unwrap();
    assert!(plan.planned.state.get("address").items().is_empty(), "the plan shows it so");
    let now = world.apply(name, &plan).unwrap();
    let body = held(&world, "/v1/customers", &now);
    assert_eq!((&body["address"], &body["metadata"]), (&Json::Null, &json!({"a": "1"})));
    assert_eq!((&body["name"], &body["phone"]), (&json!("B"), &json!("1")), "what is no block is left");
    world.settled(name, &now, &wanted).unwrap();
}

#[test]
fn a_block_of_an_import_that_stays_can_be_written_later() {
    let mut world = World::new();
    let name = "stripe_price";
    let product = world.stripe.done("POST", "/v1/products", &json!({"name": "A"}))["id"].clone();
    let tiers = json!([{"up_to": "inf", "unit_amount": 5}]);
    let mut price = json!({"product": product, "currency": "usd", "billing_scheme": "tiered", "tiers_mode": "graduated",
        "recurring": {"interval": "month"}, "tiers": tiers, "nickname": "a"});
    let id = world.stripe.done("POST", "/v1/prices", &price)["id"].as_str().unwrap().to_owned();
    let imported = world.import(name, &id).unwrap();
    price["nickname"] = json!("b");
    let whole = params(&price);
    let mut without = whole.clone();
    without.shift_remove("tiers");
    let plan = world.plan(name, &imported, Some(&without)).unwrap();
    let applied = world.apply(name, &plan).unwrap();
    let plan = world.plan(name, &applied, Some(&whole)).unwrap();
    assert_eq!(plan.action, Action::Update);
    let now = world.apply(name, &plan).unwrap();
    assert_eq!(now.state.get("id"), imported.state.get("id"));
}

#[test]
fn what_only_an_update_takes_inside_an_object_follows_its_create() {
    let mut world = World::new();
    let file = world.stripe.upload("/v1/files", &json!({"purpose": "account_requirement"}));
    let proof = json!({"files": [file["id"]]});
    let documents = json!({"company_license": proof, "proof_of_registration": proof});
    let wanted = params(&json!({"type": "custom", "country": "US", "documents": documents}));
    let made = world.made("stripe_account", &wanted).unwrap();
    world.idle("stripe_account", &made, &wanted).unwrap();
}

#[test]
fn what_the_second_call_of_a_create_could_not_set_is_told_by_its_path_and_set_by_the_next_apply() {
    let mut world = World::new();
    let name = "stripe_account";
    let file = world.stripe.upload("/v1/files", &json!({"purpose": "account_requirement"}));
    let account = |later: &Json| {
        let documents =
            json!({"company_license": {"files": [file["id"]]}, "proof_of_registration": {"files": [later]}});
        params(&json!({"type": "custom", "country": "US", "documents": documents}))
    };
    let plan = world.plan(name, &Object::default(), Some(&account(&json!("file_nowhere")))).unwrap();
    let made = world.apply(name, &plan).unwrap();
    let told = "but `documents.proof_of_registration` could not be set in the follow-up call";
    assert!(
        world.terraform.told.iter().any(|warning| warning.detail.contains(told)),
        "{:?}",
        world.terraform.told
    );
    let right = account(&file["id"]);
    let plan = world.plan(name, &made, Some(&right)).unwrap();
    assert_eq!(plan.action, Action::Update);
    let now = world.apply(name, &plan).unwrap();
    world.idle(name, &now, &right).unwrap();
}

#[test]
fn what_only_an_update_takes_inside_an_item_is_refused_by_the_plan_of_a_create() {
    let mut world = World::new();
    let phases = json!([{"items": [{"price": "price_1"}], "start_date": "now"}]);
    let schedule = params(&json!({"customer": "cus_1", "phases": phases}));
    let refused = world.plan("stripe_subscription_schedule", &Object::default(), Some(&schedule)).map(|_| ());
    let told = "`phases[0].start_date` cannot be set at creation: it is for an object that exists already.";
    assert!(refused.unwrap_err().to_string().contains(told));
}
