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
