//! A fault stands where the configuration has what is wrong: in the block of its key, at the version of a write-only
//! value.

use serde_json::{Map, Value as Json, json};
use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5::attribute_path::step::Selector;
use stripe_provider::terraform::wire::tfplugin5::{AttributePath, Diagnostic};

use crate::config::config;
use crate::support::terraform::{Fault, Object, Outcome};
use crate::world::World;

fn params(value: &Json) -> Map<String, Json> {
    value.as_object().unwrap().clone()
}

fn spelled(path: &AttributePath) -> String {
    let steps = path.steps.iter().map(|step| match step.selector.as_ref().unwrap() {
        Selector::AttributeName(name) => format!(".{name}"),
        Selector::ElementKeyString(key) => format!("[{key:?}]"),
        Selector::ElementKeyInt(at) => format!("[{at}]"),
    });
    steps.collect::<String>().trim_start_matches('.').to_owned()
}

fn told(error: &Diagnostic) -> (String, String) {
    (error.attribute.as_ref().map(spelled).unwrap_or_default(), error.detail.clone())
}

#[track_caller]
fn refused<T>(outcome: Outcome<T>) -> Vec<(String, String)> {
    match outcome {
        Err(Fault::Refused(errors, _)) => errors.iter().map(told).collect(),
        Err(broken) => panic!("{broken}"),
        Ok(_) => panic!("nothing was refused"),
    }
}

fn price(world: &World, options: &[Json]) -> Value {
    let least = json!({"product": "prod_1", "currency": "usd", "unit_amount": 5});
    let mut price = config(&world.block("stripe_price"), &params(&least));
    let block =
        world.block("stripe_price").block_types.into_iter().find(|it| it.type_name == "currency_options");
    let block = block.unwrap().block.unwrap();
    price
        .set("currency_options", Value::List(options.iter().map(|it| config(&block, &params(it))).collect()));
    price
}

#[test]
fn what_is_wrong_in_the_block_of_a_key_is_told_there() {
    let mut world = World::new();
    let wrong =
        price(&world, &[json!({"key": "eur", "unit_amount": 5}), json!({"key": "GBP", "unit_amount": 5.5})]);
    let found = refused(world.plan_written("stripe_price", &Object::default(), &wrong));
    let detail = "`currency_options.GBP.unit_amount` must be a whole number, not 5.5.";
    assert_eq!(found, [("currency_options[1].unit_amount".to_owned(), detail.to_owned())]);
}

#[test]
fn a_key_that_two_blocks_have_is_told_at_the_later_one() {
    let mut world = World::new();
    for (again, told) in [
        ("eur", "`currency_options.eur` is written twice. Remove one of them."),
        (
            "EUR",
            "`currency_options.EUR` sets `currency_options.eur`, which is already set. Remove one of them.",
        ),
    ] {
        let options = [json!({"key": "eur", "unit_amount": 5}), json!({"key": again, "unit_amount": 6})];
        let twice = price(&world, &options);
        let found = refused(world.plan_written("stripe_price", &Object::default(), &twice));
        assert_eq!(found.first(), Some(&("currency_options[1]".to_owned(), told.to_owned())));
        assert!(found.iter().all(|(place, _)| place.starts_with("currency_options[1]")), "{found:?}");
    }
}

#[test]
fn two_spellings_of_a_value_are_told_with_their_whole_paths() {
    let mut world = World::new();
    let tiers = json!([{"up_to": "inf", "unit_amount": 5, "unit_amount_decimal": "6"}]);
    let twice = json!({"product": "prod_1", "currency": "usd", "billing_scheme": "tiered", "tiers_mode": "volume", "tiers": tiers});
    let found = refused(world.plan("stripe_price", &Object::default(), Some(&params(&twice))));
    let told = "`tiers[0].unit_amount_decimal` sets `tiers[0].unit_amount`, which is already set. Remove one of them.";
    assert_eq!(found, [("tiers[0].unit_amount".to_owned(), told.to_owned())]);
}

#[test]
fn a_refusal_of_a_write_only_value_is_told_at_its_version_and_does_not_repeat_it() {
    let mut world = World::new();
    let mut customer = config(&world.block("stripe_customer"), &params(&json!({"name": "Ada"})));
    customer.set("source_wo", "not-to-be-repeated".into());
    let plan = world.plan_written("stripe_customer", &Object::default(), &customer).unwrap();
    let found = refused(world.apply("stripe_customer", &plan));
    let [(place, detail)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(place, "source_wo_version");
    assert!(!detail.contains("not-to-be-repeated") && detail.contains("No such source"), "{detail}");
}

#[test]
fn what_a_tax_id_has_only_without_a_customer_is_refused_so() {
    let mut world = World::new();
    let owned =
        json!({"customer": "cus_1", "type": "eu_vat", "value": "DE123456789", "owner": {"type": "self"}});
    let found = refused(world.plan("stripe_tax_id", &Object::default(), Some(&params(&owned))));
    assert_eq!(found, [("owner".to_owned(), "`owner` cannot be set beside `customer`.".to_owned())]);
}
