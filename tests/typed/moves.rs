//! Objects that move from one resource type to another: nothing is planned for them, and what was written
//! is remembered.

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, catalog};
use stripe_provider::terraform::value::{Type, Value};

use crate::peer_bugs::FOREIGN;
use crate::support::terraform::{Action, Fault, Object};
use crate::world::{World, at, fine, typed};

const ENTITY: &str = "stripe_entity";

/// Types that keep the objects of another type, under another name.
fn others(name: &str, entity: &Entity) -> Vec<&'static String> {
    typed()
        .iter()
        .filter(|(other, it)| *other != name && it.key == entity.key)
        .map(|(other, _)| other)
        .collect()
}

#[test]
fn an_object_of_every_type_moves_there_and_back_and_plans_nothing() {
    let mut world = World::new();
    let mut failed = Vec::new();
    for (name, entity) in typed() {
        if let Err(why) = there_and_back(&mut world, name, entity) {
            failed.push(format!("{name}: {}", why.chars().take(600).collect::<String>()));
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), typed().len(), failed.join("\n"));
}

fn there_and_back(world: &mut World, name: &str, entity: &'static Entity) -> Result<(), String> {
    let params = world.params(entity);
    let made = world.made(name, &params)?;
    for other in others(name, entity) {
        let moved = world.moved(name, other, &made).map_err(at("move to another name"))?;
        if world.block(other) == world.block(name) && moved != made {
            return Err(format!("{other} has another state"));
        }
        world.settled(other, &moved, &params)?;
    }
    let there = world.moved(name, ENTITY, &made).map_err(at("move there"))?;
    let there = kept(world, entity, &there, &params)?;
    let back = world.moved(ENTITY, name, &there).map_err(at("move back"))?;
    let json = |object: &Object| serde_json::from_slice::<Json>(&object.private).unwrap();
    if json(&back) != json(&made) {
        return Err("it is remembered otherwise".to_owned());
    }
    world.settled(name, &back, &params).map(drop)
}

/// The object as `stripe_entity`, planned by the payload that made it.
fn kept(
    world: &mut World,
    entity: &Entity,
    object: &Object,
    params: &Map<String, Json>,
) -> Result<Object, String> {
    let secret = object.state.get("secret_payload");
    let payload = Json::Object(params.clone());
    let text = Value::Dynamic(Box::new((Type::String, payload.to_string().into())));
    let mut written = Value::map([("entity", Value::from(entity.name.as_str())), ("input_payload", text)]);
    if !secret.is_null() {
        written.set("input_payload", object.state.get("input_payload").clone());
        written.set("secret_payload", secret.clone());
    }
    let read = world.refresh(ENTITY, object).map_err(at("read there"))?;
    if read.state != object.state {
        return Err(format!("the read differs: {}", crate::world::difference(&object.state, &read.state)));
    }
    let plan = world.plan_written(ENTITY, &read, &written).map_err(at("plan there"))?;
    match plan.action {
        Action::Nothing => Ok(read),
        action => Err(format!("{action:?}: {}", crate::world::difference(&read.state, &plan.planned.state))),
    }
}

#[test]
fn what_was_written_before_a_move_is_unset_when_it_is_taken_away_after_it() {
    let mut world = World::new();
    let params = json!({"name": "Gold", "description": "fine"});
    let made = world.made("stripe_product", params.as_object().unwrap()).unwrap();
    let there = fine(world.moved("stripe_product", ENTITY, &made));
    let back = fine(world.moved(ENTITY, "stripe_product", &there));
    let less = json!({"name": "Gold"});
    let plan = fine(world.plan("stripe_product", &back, less.as_object()));
    assert_eq!(plan.action, Action::Update);
    let updated = fine(world.apply("stripe_product", &plan));
    let path = format!("/v1/products/{}", updated.state.get("id").as_str().unwrap());
    assert_eq!(world.stripe.call("GET", &path, &Json::Null).1["description"], Json::Null);
}

#[test]
fn what_belongs_to_another_object_moves_as_the_type_of_those() {
    let mut world = World::new();
    let customer = world.made("stripe_customer", json!({"name": "Ada"}).as_object().unwrap()).unwrap();
    let vat =
        json!({"customer": customer.state.get("id").as_str(), "type": "eu_vat", "value": "DE123456789"});
    let vat = vat.as_object().unwrap();
    let made = world.made("stripe_tax_id", vat).unwrap();
    let there = fine(world.moved("stripe_tax_id", ENTITY, &made));
    assert_eq!(there.state.get("entity").as_str(), Some("CustomerTaxId"));
    let back = fine(world.moved(ENTITY, "stripe_tax_id", &there));
    assert_eq!(back.state, made.state);
    world.settled("stripe_tax_id", &back, vat).unwrap();
}

#[test]
fn the_connection_and_the_wish_for_the_end_move_along() {
    let mut world = World::new();
    let connection = json!({"name": "shop", "location": "global"});
    let connection = world.made("stripe_connection", connection.as_object().unwrap()).unwrap();
    let handle = connection.state.get("handle").as_str().unwrap();
    let params = json!({"name": "Gold", "connection_handle": handle, "on_destroy": "keep"});
    let params = params.as_object().unwrap();
    let made = world.made("stripe_product", params).unwrap();
    let there = fine(world.moved("stripe_product", ENTITY, &made));
    for name in ["connection_handle", "on_destroy"] {
        assert_eq!(there.state.get(name), made.state.get(name), "{name}");
    }
    let back = fine(world.moved(ENTITY, "stripe_product", &there));
    assert_eq!(back.state, made.state);
    world.settled("stripe_product", &back, params).unwrap();
}

#[test]
fn what_was_imported_and_never_applied_is_still_imported_after_a_move() {
    let mut world = World::new();
    let (_, product) =
        world.stripe.call("POST", "/v1/products", &json!({"name": "Gold", "description": "fine"}));
    let imported = fine(world.import(ENTITY, &format!("Product/{}", product["id"].as_str().unwrap())));
    let moved = fine(world.moved(ENTITY, "stripe_product", &imported));
    let read = fine(world.refresh("stripe_product", &moved));
    for params in [json!({"name": "Gold", "description": "fine"}), json!({"name": "Gold"})] {
        world.idle("stripe_product", &read, params.as_object().unwrap()).unwrap();
    }
}

#[test]
fn a_secret_stays_where_plans_do_not_show_it() {
    let mut world = World::new();
    let params = json!({"name": "key", "scope": {"type": "account"}, "payload": "very secret"});
    let made = world.made("stripe_apps_secret", params.as_object().unwrap()).unwrap();
    let there = fine(world.moved("stripe_apps_secret", ENTITY, &made));
    let shown = format!("{:?}", (there.state.get("input_payload"), there.state.get("record")));
    assert!(!shown.contains("very secret"), "{shown}");
    assert!(format!("{:?}", there.state.get("secret_payload")).contains("very secret"));
    let hook = json!({"url": "https://example.com/hook", "enabled_events": ["*"]});
    let made = world.made("stripe_webhook_endpoint", hook.as_object().unwrap()).unwrap();
    let there = fine(world.moved("stripe_webhook_endpoint", ENTITY, &made));
    let there = fine(world.refresh(ENTITY, &there));
    let back = fine(world.moved(ENTITY, "stripe_webhook_endpoint", &there));
    assert_eq!(back.state.get("secret"), made.state.get("secret"));
    assert!(made.state.get("secret").as_str().is_some_and(|it| it.starts_with("whsec_")));
}

#[test]
fn the_objects_of_the_providers_before_move_to_the_other_name_of_their_type() {
    let mut world = World::new();
    let meter =
        json!({"display_name": "calls", "event_name": "calls", "default_aggregation": {"formula": "sum"}});
    let (status, meter) = world.stripe.call("POST", "/v1/billing/meters", &meter);
    assert_eq!(status, 200, "{meter}");
    let state = json!({"id": meter["id"], "display_name": "calls", "event_name": "calls",
        "customer_mapping": [{"event_payload_key": "stripe_customer_id", "type": "by_id"}],
        "value_settings": [{"event_payload_key": "value"}]});
    let from = ("registry.terraform.io/lukasaron/stripe", "stripe_meter", 0);
    let moved = fine(world.moved_from(from, "stripe_billing_meter", &state));
    let written = json!({"display_name": "calls", "event_name": "calls", "default_aggregation": {"formula": "sum"}, "value_settings": {"event_payload_key": "value"},
        "customer_mapping": {"event_payload_key": "stripe_customer_id", "type": "by_id"}});
    let read = fine(world.refresh("stripe_billing_meter", &moved));
    world.idle("stripe_billing_meter", &read, written.as_object().unwrap()).unwrap();
    let moved = fine(world.moved_from(from, ENTITY, &state));
    let read = fine(world.refresh(ENTITY, &moved));
    let written = json!({"entity": "BillingMeter", "input_payload": written});
    world.idle(ENTITY, &read, written.as_object().unwrap()).unwrap();
    let hook = json!({"url": "https://example.com/hook", "enabled_events": ["*"]});
    let (_, hook) = world.stripe.call("POST", "/v1/webhook_endpoints", &hook);
    let from = ("registry.opentofu.org/stripe/stripe", "stripe_webhook_endpoint", 1);
    let state = json!({"id": hook["id"], "secret": "whsec_once", "url": hook["url"]});
    for (target, attribute) in [("stripe_webhook_endpoint", "secret"), (ENTITY, "output_payload")] {
        let moved = fine(world.moved_from(from, target, &state));
        let read = fine(world.refresh(target, &moved));
        assert!(read.state.get(attribute).as_str().is_some_and(|it| it.contains("whsec_once")), "{target}");
    }
}

#[test]
fn what_cannot_move_is_refused_with_what_can() {
    let mut world = World::new();
    let ours = "registry.terraform.io/connectors/stripe";
    let meter = &catalog().by_key("billing.meter").unwrap().name;
    let customer = json!({"entity": "Customer", "id": "cus_1", "entity_id": "cus_1"});
    let takes_meters = format!("It accepts `stripe_entity` of the type {meter}, `stripe_billing_meter`.");
    for ((provider, source), target, state, told) in [
        ((ours, "stripe_customer"), "stripe_meter", json!({"id": "cus_1"}), takes_meters.as_str()),
        (
            (ours, ENTITY),
            "stripe_meter",
            customer.clone(),
            "`stripe_entity` of the type Customer cannot be moved to",
        ),
        ((ours, ENTITY), "stripe_connection", customer, "It accepts no other type."),
        ((ours, "stripe_connection"), ENTITY, json!({"id": "x"}), "It accepts every typed resource."),
        (
            (ours, "stripe_unknown"),
            "stripe_price",
            json!({"id": "x"}),
            "A `stripe_unknown` cannot be moved to",
        ),
        (
            ("example.com/a/paddle", "stripe_price"),
            "stripe_price",
            json!({"id": "x"}),
            "of example.com/a/paddle",
        ),
    ] {
        match world.moved_from((provider, source, 0), target, &state) {
            Err(Fault::Refused(errors, _)) => {
                let [error] = &errors[..] else { panic!("{errors:?}") };
                assert_eq!(error.summary, "Move Not Supported");
                assert!(error.detail.contains(told), "{}", error.detail);
            }
            other => panic!("{source} to {target}: {other:?}"),
        }
    }
    let passed = world.moved_from(
        ("example.com/a/stripe", "stripe_price", 3),
        "stripe_price",
        &json!({"id": "price_1"}),
    );
    assert_eq!(fine(passed).state.get("id").as_str(), Some("price_1"));
}

/// A state of another provider has no private data of ours: what it belongs to tells where it is.
#[test]
fn a_tax_id_of_another_provider_stays_that_of_its_customer() {
    let mut world = World::new();
    let customer = world.stripe.done("POST", "/v1/customers", &json!({"name": "Ada"}));
    let params = json!({"customer": customer["id"], "type": "eu_vat", "value": "DE123456789"});
    let params = params.as_object().unwrap();
    let made = world.made("stripe_tax_id", params).unwrap();
    let mut foreign = made;
    for private in FOREIGN {
        foreign.private = private.as_bytes().to_vec();
        let read = world.refresh("stripe_tax_id", &foreign).unwrap();
        world.idle("stripe_tax_id", &read, params).unwrap();
        let there = fine(world.moved("stripe_tax_id", ENTITY, &foreign));
        assert_eq!(there.state.get("entity").as_str(), Some("CustomerTaxId"));
    }
    let unread = world.plan("stripe_tax_id", &foreign, Some(params)).unwrap_err().to_string();
    assert!(unread.contains("Plan without `-refresh=false` once"), "{unread}");
}

/// What Stripe does not answer is known from the state alone.
#[test]
fn what_only_the_state_of_another_provider_says_is_changed_as_if_it_was_written_here() {
    let mut world = World::new();
    let bus = |region: &str| {
        json!({"name": "bus", "type": "amazon_eventbridge", "event_payload": "thin", "enabled_events": ["v1.billing.meter.no_meter_found"],
        "amazon_eventbridge": {"aws_account_id": "123456789012", "aws_region": region}})
    };
    let hook = |connect: bool| json!({"url": "https://example.com/hook", "enabled_events": ["*"], "connect": connect});
    for (name, params, others) in [
        ("stripe_v2_core_event_destination", bus("us-east-1"), bus("us-west-2")),
        ("stripe_webhook_endpoint", hook(true), hook(false)),
    ] {
        let (params, others) = (params.as_object().unwrap(), others.as_object().unwrap());
        let made = world.made(name, params).unwrap();
        let foreign = Object { private: Vec::new(), ..made.clone() };
        let read = world.refresh(name, &foreign).unwrap();
        world.idle(name, &read, params).unwrap();
        assert_eq!(world.plan(name, &read, Some(others)).unwrap().action, Action::Replace, "{name}");
        let place = made.state.get("id").as_str().unwrap();
        let imported = world.import(name, place).unwrap();
        let plan = world.plan(name, &imported, Some(others)).unwrap();
        assert_ne!(plan.action, Action::Replace, "{name}: of an import by its id nobody knows");
    }
}
