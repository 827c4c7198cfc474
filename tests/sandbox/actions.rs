//! Actions: each one is run or says why not.

use serde_json::{Value as Json, json};
use stripe_provider::catalog::catalog;

use crate::calls::Stripe;
use crate::every::made;
use crate::params::{Setups, demanded};
use crate::shape::faults;

/// Runs each action that there is on an object made for it; `seen` gets its name, status and answer.
pub fn each_on_a_new_object(stripe: &Stripe, setups: &Setups, mut seen: impl FnMut(&str, u16, &Json)) {
    for (name, _) in catalog().actions().filter(|(name, _)| !setups.missing_action(name)) {
        let (entity, action) = catalog().action(name).unwrap();
        if !entity.creates() || setups.missing(&entity.key, "Create") || entity.others.len() > 1 {
            continue;
        }
        let object = made(stripe, setups, entity).unwrap();
        setups.after(stripe, entity, object["id"].as_str().unwrap());
        let path = setups.path(stripe, entity, &action.path, object["id"].as_str().unwrap());
        let (status, answer) =
            stripe.call(action.method.as_str(), &path, &Json::Object(demanded(&action.params)));
        seen(name, status, &answer);
    }
}

#[test]
fn an_action_is_there_or_has_a_reason_not_to_be() {
    let (stripe, setups) = (Stripe::new(), Setups::read());
    let mut wrong = Vec::new();
    for (name, _) in catalog().actions() {
        let (_, action) = catalog().action(name).unwrap();
        let path: Vec<&str> =
            action.path.split('/').map(|part| if part.starts_with('{') { "none" } else { part }).collect();
        let (status, answer) =
            stripe.call(action.method.as_str(), &path.join("/"), &Json::Object(demanded(&action.params)));
        match (status == 501, setups.missing_action(name)) {
            (true, false) => wrong.push(format!("{name} is not there, and nothing says why: {answer}")),
            (false, true) => wrong.push(format!("{name} is there, and something says that it is not")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_operation_has_no_reason_to_be_missing_when_it_is_there() {
    let (stripe, setups) = (Stripe::new(), Setups::read());
    for entity in catalog().entities().filter_map(|name| catalog().entity(name)) {
        for operation in &entity.operations {
            let kind = format!("{:?}", operation.kind);
            let path: Vec<&str> = operation
                .path
                .split('/')
                .map(|part| if part.starts_with('{') { "none" } else { part })
                .collect();
            let params = Json::Object(demanded(&operation.params));
            let (status, answer) = stripe.call(operation.method.as_str(), &path.join("/"), &params);
            let missing = setups.missing(&entity.key, &kind);
            assert_eq!(status == 501, missing, "{} {kind}: {answer}", entity.key);
        }
    }
}

#[test]
fn an_action_on_a_new_object_answers_in_the_shape_of_what_it_returns() {
    let (stripe, setups) = (Stripe::new(), Setups::read());
    setups.before(&stripe);
    let (mut wrong, mut done) = (Vec::new(), 0);
    each_on_a_new_object(&stripe, &setups, |name, status, answer| {
        if status == 200 {
            done += 1;
            let (_, action) = catalog().action(name).unwrap();
            let returned = catalog().by_key(&action.returns).unwrap();
            wrong.extend(faults(returned, answer).into_iter().map(|fault| format!("{name}: {fault}")));
        } else if !(400..=404).contains(&status) {
            wrong.push(format!("{name}: {status} {answer}"));
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(done > 60, "{done} actions were done");
}

#[test]
fn what_an_action_does_depends_on_the_state() {
    let stripe = Stripe::new();
    let topup = stripe.done("POST", "/v1/topups", &json!({"amount": 100, "currency": "usd"}));
    let cancel = format!("/v1/topups/{}/cancel", topup["id"].as_str().unwrap());
    assert_eq!(stripe.done("POST", &cancel, &json!({}))["status"], "canceled");
    let (status, answer) = stripe.call("POST", &cancel, &json!({}));
    assert_eq!(status, 400, "{answer}");
    let message = answer["error"]["message"].as_str().unwrap();
    assert_eq!(message, "You cannot cancel this topup because it has a status of canceled.");
}

#[test]
fn an_action_sets_what_it_names_and_leaves_the_rest() {
    let stripe = Stripe::new();
    let reader = stripe.done("POST", "/v1/terminal/readers", &json!({"registration_code": "simulated-wpe"}));
    let path = format!("/v1/terminal/readers/{}", reader["id"].as_str().unwrap());
    let shown = stripe.done("POST", &format!("{path}/set_reader_display"), &json!({"type": "cart"}));
    assert_eq!((&shown["action"]["status"], &shown["label"]), (&json!("in_progress"), &reader["label"]));
    let idle = stripe.done("POST", &format!("{path}/cancel_action"), &json!({}));
    assert_eq!(idle["action"], Json::Null);
}

#[test]
fn secrets_of_apps_are_found_and_deleted_by_name_and_scope() {
    let stripe = Stripe::new();
    let scope = json!({"type": "account"});
    let secret = json!({"name": "a", "payload": "x", "scope": scope});
    let made = stripe.done("POST", "/v1/apps/secrets", &secret);
    assert_eq!(made["payload"], Json::Null, "a payload is shown only when it is expanded");
    let named = json!({"name": "a", "scope": scope});
    assert_eq!(stripe.done("GET", "/v1/apps/secrets/find", &named)["id"], made["id"]);
    assert_eq!(stripe.done("POST", "/v1/apps/secrets/delete", &named)["deleted"], true);
    assert_eq!(stripe.call("GET", "/v1/apps/secrets/find", &named).0, 404);
}
