//! An id that would lead to another path is refused at plan, and nothing is sent.

use serde_json::{Map, json};
use stripe_provider::catalog::{catalog, ids_are_chosen};
use stripe_provider::connector;
use stripe_provider::engine::{ActionInput, Error, ParamError, WrittenParams, create_params};
use stripe_provider::terraform::value::Value;

use super::{entity, ok, refused, stored, stripe};
use crate::support::terraform::Object;

const CLIMBING: [&str; 9] = ["..", ".", "../customers", "a/b", "/", "a\\b", "\n", "a\u{0}b", "\u{9b}"];

fn written(members: Map<String, serde_json::Value>) -> WrittenParams {
    WrittenParams { members, unknown: Vec::new() }
}

/// The params that faults are about.
fn params(faults: &[ParamError]) -> Vec<&str> {
    let wrong = faults.iter().filter_map(|fault| match fault {
        ParamError::Value { param, .. } => Some(param.as_str()),
        _ => None,
    });
    wrong.collect()
}

#[test]
fn every_place_in_every_path_refuses_an_id_that_climbs() {
    let mut places = 0;
    for name in catalog().entities() {
        let entity = connector::entity(name).unwrap();
        let own = entity.create_params().iter().any(|param| param.name == "id").then_some("id");
        for place in entity.parents().into_iter().chain(own) {
            for id in CLIMBING {
                // A slash of its own leads nowhere: it is encoded.
                if id == "a/b" && ids_are_chosen(place) {
                    continue;
                }
                let members = Map::from_iter([(place.to_owned(), json!(id))]);
                match create_params(entity, &written(members)) {
                    Err(Error::NotCreatable { .. }) => {}
                    Err(Error::Params(faults)) if params(&faults).contains(&place) => {}
                    other => panic!("{name} {place} {id:?}: {other:?}"),
                }
                places += 1;
            }
        }
        let first = entity.parents().first().copied().unwrap_or(&entity.object);
        for id in CLIMBING.into_iter().filter(|id| *id != "a/b" || !ids_are_chosen(first)) {
            let count = entity.parents().len() + usize::from(entity.has_own_id());
            for at in 0..count {
                let ids: Vec<&str> = (0..count).map(|place| if place == at { id } else { "x" }).collect();
                let refused = connector::check_locator(entity, &ids.join("/")).is_err();
                assert!(refused, "{name}: {ids:?}");
            }
        }
    }
    for (name, _) in catalog().actions() {
        let action = connector::action(name).unwrap();
        for place in &action.action.path_inputs {
            for id in CLIMBING {
                let members = Map::from_iter([(place.clone(), json!(id))]);
                let faults = ActionInput::parse(action, &written(members)).expect_err(name);
                assert!(params(&faults).contains(&place.as_str()), "{name} {place} {id:?}: {faults:?}");
                places += 1;
            }
        }
    }
    assert!(places > 1_500, "{places}");
}

#[tokio::test]
async fn a_customer_of_dots_does_not_make_the_accounts_own_tax_id() {
    let mut stripe = stripe(|_| (200, json!({"object": "tax_id", "id": "txi_1"}).to_string())).await;
    let payload = json!({"CustomerId": "..", "Type": "eu_vat", "Value": "DE123456789"});
    let config = entity("CustomerTaxId", &payload);
    let (text, _) = refused(stripe.terraform.plan("stripe_entity", &Object::default(), &config).await);
    assert!(text.contains(r#""customer" must be an id"#), "{text}");
    let state = stored("Product", "..", &json!({"Name": "A"}), &json!({"id": "..", "object": "product"}));
    let plan = ok(stripe.terraform.plan("stripe_entity", &state, &Value::Null).await);
    let (text, left) = refused(stripe.terraform.apply("stripe_entity", &plan).await);
    assert!(text.contains("leads to another path") && !left.state.is_null(), "{text}");
    let (text, _) = refused(stripe.terraform.refresh("stripe_entity", &state).await);
    assert!(text.contains("leads to another path"), "{text}");
    let (text, _) = refused(stripe.terraform.import("stripe_entity", "Customer/..").await);
    assert!(text.contains("leads to another path"), "{text}");
    let read = |id: &str| Value::map([("entity", Value::from("Customer")), ("entity_id", Value::from(id))]);
    let (text, _) = refused(stripe.terraform.data("stripe_entity", &read("..")).await);
    assert!(text.contains("leads to another path"), "{text}");
    for (name, filter) in [("Customer", "Id = '..'"), ("CustomerTaxId", "Customer = '..'")] {
        let list = Value::map([("entity", Value::from(name)), ("filter", Value::from(filter))]);
        let (text, _) = refused(stripe.terraform.data("stripe_entities", &list).await);
        assert!(text.contains("Invalid Filter Clause") && text.contains("leads to another path"), "{text}");
    }
    assert!(stripe.upstream.lines().is_empty(), "{:?}", stripe.upstream.lines());
}
