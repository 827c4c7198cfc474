//! Every action with its least configuration: it validates, plans and runs, or `actions.toml` says why not.

use std::path::Path;

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Action, Entity, catalog};
use stripe_provider::provider::StripeProvider;

use crate::samples::Samples;
use crate::support::terraform::Terraform;
use crate::world::World;

/// What the least configuration of an action is beside what its params demand.
fn table() -> Json {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/typed/actions/actions.toml");
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn names(terraform: &Terraform) -> Vec<String> {
    terraform.schema.action_schemas.keys().cloned().collect()
}

/// The call of an action; none where it makes an object.
fn call_of(name: &str) -> Option<(&'static Entity, &'static Action)> {
    let is_its = |action: &str| format!("stripe_{}", snake_case(action)) == name;
    let (action, _) = catalog().actions().find(|(action, _)| is_its(action))?;
    catalog().action(action)
}

fn snake_case(name: &str) -> String {
    let letters = name.chars().enumerate();
    let spelled = letters.map(|(at, letter)| {
        let before = if letter.is_uppercase() && at > 0 { "_" } else { "" };
        format!("{before}{}", letter.to_lowercase())
    });
    spelled.collect()
}

/// The least params by the schema: what a path names is there, and what a param demands has a sample.
fn least(world: &World, samples: &Samples, name: &str, more: &Json) -> Json {
    // What is made for one action alone is not for the next one: it may have ended.
    let setups = &world.setups.copy();
    let mut params = match call_of(name) {
        None => world.params(StripeProvider::entity_of_action(name).unwrap()),
        Some((_, action)) => {
            let demanded = action
                .params
                .iter()
                .filter(|param| param.shape.is_required() || action.required_inputs.contains(&param.name));
            let mut params: Map<String, Json> =
                demanded.map(|param| (param.name.clone(), samples.of(setups, name, param).first)).collect();
            for input in &action.path_inputs {
                let object = catalog().entity(input.strip_suffix("Id").unwrap()).unwrap();
                let known = setups.makes(&object.key);
                let id = if known { format!("@new:{}", object.key) } else { "none_1".to_owned() };
                params.insert(snake_case(input.strip_suffix("Id").unwrap()), json!(id));
            }
            params
        }
    };
    if name == "stripe_fee_refund" {
        let fee = params.remove("application_fee").unwrap();
        params.insert("fee".to_owned(), fee);
    }
    params.extend(more.as_object().cloned().unwrap_or_default());
    let mut last = String::new();
    if let Some(steps) = more.get("steps") {
        last = setups.steps(&world.stripe, steps.as_array().unwrap());
    }
    params.retain(|param, _| !["steps", "refused"].contains(&param.as_str()));
    setups.told(&world.stripe, &Json::Object(params), &last)
}

#[test]
fn every_action_runs_or_says_why_not() {
    let mut world = World::new();
    let (table, samples, mut wrong, mut ran) = (table(), Samples::read(), Vec::new(), 0);
    for name in names(&world.terraform) {
        let more = &table[&name];
        let params = least(&world, &samples, &name, more);
        let config = world.action_config(&name, &params);
        for found in [world.validate_action(&name, &config), world.plan_action(&name, &config)] {
            wrong.extend(found.iter().map(|it| format!("{name}: before: {} {params}", it.detail)));
        }
        let ended = world.invoke(&name, &config);
        let refused = ended.diagnostics.first().map(|it| it.detail.clone());
        let is_missing = call_of(&name).is_some_and(|(_, it)| world.setups.missing_action(&it.name))
            || StripeProvider::entity_of_action(&name)
                .is_some_and(|it| call_of(&name).is_none() && world.setups.missing(&it.key, "Create"));
        match (refused, more["refused"].as_str()) {
            (Some(why), None) if !is_missing => wrong.push(format!("{name}: {why} {params}")),
            (Some(why), Some(known)) if !why.contains(known) => wrong.push(format!("{name}: other: {why}")),
            (None, Some(_)) => wrong.push(format!("{name}: it runs, and the table says that it is refused")),
            (None, None) => {
                ran += 1;
                let [told] = &ended.progress[..] else { panic!("{name}: {:?}", ended.progress) };
                assert!(!told.is_empty() && !told.contains("none_1"), "{name}: {told}");
            }
            _ => assert!(ended.progress.is_empty(), "{name}: nothing came of it"),
        }
    }
    assert!(wrong.is_empty(), "{} wrong, {ran} ran:\n{}", wrong.len(), wrong.join("\n"));
    assert!(ran > 100, "{ran}");
}
