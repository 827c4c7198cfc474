//! Bugs of ends and replacements: 15, 16, 17, 18.

use serde_json::{Value as Json, json};

use super::{destroyed, held, id, made, params, updated};
use crate::support::terraform::Action;
use crate::world::World;

#[test]
fn bug_15_a_destroy_is_stuck_on_a_default_price() {
    let mut world = World::new();
    let product = made(&mut world, "stripe_product", &json!({"name": "Gold"}));
    let price = json!({"product": id(&product), "currency": "usd", "unit_amount": 500});
    let price = made(&mut world, "stripe_price", &price);
    let with_default = json!({"name": "Gold", "default_price": id(&price)});
    let product = updated(&mut world, "stripe_product", &product, &with_default);
    // Terraform ends what refers to the product first.
    let told = destroyed(&mut world, "stripe_price", &price);
    assert!(told.1.contains("`default_price`") && told.1.contains(&id(&product)), "{told:?}");
    destroyed(&mut world, "stripe_product", &product);
    for path in [format!("/v1/products/{}", id(&product)), format!("/v1/prices/{}", id(&price))] {
        assert_eq!(held(&world, &path)["active"], false, "{path}");
    }
}

#[test]
fn bug_16_a_destroy_lies() {
    let mut world = World::new();
    let product = id(&made(&mut world, "stripe_product", &json!({"name": "Gold"})));
    let price = json!({"product": product, "currency": "usd", "unit_amount": 500});
    let price = made(&mut world, "stripe_price", &price);
    let told = destroyed(&mut world, "stripe_price", &price);
    let says = |text: &str| text.contains("Entity Stays In Stripe") && text.contains(&id(&price));
    assert!(says(&told.0) && !says(&told.1), "once, where it can still be stopped: {told:?}");
    assert_eq!(held(&world, &format!("/v1/prices/{}", id(&price)))["active"], false);
}

#[test]
fn bug_17_a_second_destroy_of_a_meter_fails() {
    let mut world = World::new();
    let meter =
        json!({"display_name": "Calls", "event_name": "calls", "default_aggregation": {"formula": "sum"}});
    let object = made(&mut world, "stripe_billing_meter", &meter);
    world.stripe.done("POST", &format!("/v1/billing/meters/{}/deactivate", id(&object)), &json!({}));
    destroyed(&mut world, "stripe_billing_meter", &object);
    destroyed(&mut world, "stripe_billing_meter", &object);
}

#[test]
fn bug_18_a_replacement_leaves_a_gap() {
    let mut world = World::new();
    let product = id(&made(&mut world, "stripe_product", &json!({"name": "Gold"})));
    let price = |amount: u32| {
        json!({"product": product, "currency": "usd", "unit_amount": amount, "lookup_key": "gold",
            "transfer_lookup_key": true})
    };
    let old = made(&mut world, "stripe_price", &price(500));
    let plan = world.plan("stripe_price", &old, Some(&params(&price(600)))).unwrap();
    assert_eq!(plan.action, Action::Replace);
    let new = world.apply("stripe_price", &plan).unwrap();
    let by_key = json!({"lookup_keys": ["gold"], "active": true});
    let active = world.stripe.done("GET", "/v1/prices", &by_key);
    let ids: Vec<&Json> = active["data"].as_array().unwrap().iter().map(|price| &price["id"]).collect();
    assert_eq!(ids, [id(&new).as_str()], "the key leads to the new price");
}
