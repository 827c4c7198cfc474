//! What is wrong with the configuration of an action is told at its argument, before anything is sent.

use serde_json::{Map, Value as Json, json};
use stripe_provider::terraform::value::{Type, Value};
use stripe_provider::terraform::wire::tfplugin5::{Diagnostic, attribute_path::step::Selector};

use crate::config::config;
use crate::world::World;

/// The attribute and the text of every error.
fn errors(found: &[Diagnostic]) -> Vec<(String, String)> {
    let root = |it: &Diagnostic| {
        let step = it.attribute.as_ref().and_then(|path| path.steps.first()?.selector.clone());
        match step {
            Some(Selector::AttributeName(name)) => name,
            _ => String::new(),
        }
    };
    found.iter().filter(|it| it.severity == 1).map(|it| (root(it), it.detail.clone())).collect()
}

/// Over all actions: a key that no object has is refused in each argument that is an object.
#[test]
fn a_misspelt_key_is_refused_in_every_argument() {
    let mut world = World::new();
    let names: Vec<String> = world.terraform.schema.action_schemas.keys().cloned().collect();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for name in names {
        let block = world.terraform.action_block(&name);
        for attribute in block.attributes.iter().filter(|it| it.r#type == br#""dynamic""#) {
            let member = Map::from_iter([(attribute.name.clone(), json!({"zzyzx": "1"}))]);
            let found = errors(&world.validate_action(&name, &config(&block, &member)));
            count += 1;
            let is_told = |why: &str| why.contains("zzyzx` in a ") || why.contains(" must be ");
            if !found.iter().any(|(at, why)| *at == attribute.name && is_told(why)) {
                wrong.push(format!("{name}.{}: {found:?}", attribute.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 50, "{count}");
}

#[test]
fn what_the_params_must_be_is_asked_before_anything_is_sent() {
    let mut world = World::new();
    let cases: [(&str, Json, &str, &str); 6] = [
        ("stripe_refund", json!({"charge": "ch_1", "payment_intent": "pi_1"}), "charge", "exclude"),
        (
            "stripe_treasury_outbound_payment",
            json!({"amount": 1, "currency": "usd", "financial_account": "fa_1", "destination_payment_method_data": {}}),
            "destination_payment_method_data",
            "type` is missing",
        ),
        ("stripe_payout", json!({"amount": 0, "currency": "usd"}), "amount", "at least 1"),
        ("stripe_payout", json!({"amount": 5, "currency": "usd", "method": "slow"}), "method", "slow"),
        (
            "stripe_capture_payment_intent",
            json!({"payment_intent": "a/b"}),
            "payment_intent",
            "must be an id",
        ),
        (
            "stripe_attach_payment_method_to_customer",
            json!({"payment_method": "pm_1"}),
            "customer",
            "missing",
        ),
    ];
    for (name, params, at, why) in cases {
        let written = world.action_config(name, &params);
        let found = world.validate_action(name, &written);
        let told = found.iter().any(|it| it.detail.contains(why));
        let placed = at.is_empty() || found.iter().any(|it| format!("{:?}", it.attribute).contains(at));
        assert!(told && placed, "{name} {params}: {found:?}");
    }
}

/// What is not known yet is not missing, and its known part is checked all the same.
#[test]
fn what_is_not_known_yet_is_planned() {
    let mut world = World::new();
    let refund = Value::map([("payment_intent", Value::Unknown), ("amount", Value::from(5))]);
    for found in
        [world.validate_action("stripe_refund", &refund), world.plan_action("stripe_refund", &refund)]
    {
        assert!(found.is_empty(), "{found:?}");
    }
    let name = "stripe_confirm_payment_intent";
    let inner = [("type".to_owned(), Type::String), ("zzyzx".to_owned(), Type::String)];
    let data = Value::map([("type", Value::Unknown), ("zzyzx", Value::from("1"))]);
    let data = Value::Dynamic(Box::new((Type::object(inner), data)));
    let written = Value::map([("payment_intent", Value::Unknown), ("payment_method_data", data)]);
    let found = errors(&world.validate_action(name, &written));
    assert!(found.iter().any(|(at, why)| at == "payment_method_data" && why.contains("zzyzx")), "{found:?}");
}
