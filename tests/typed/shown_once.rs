//! Secrets that Stripe shows once, in the answer to a create: over every type that has one.

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::Entity;
use stripe_provider::terraform::value::Value;

use crate::peer_bugs::FOREIGN;
use crate::support::terraform::{Action, Object};
use crate::world::{World, at, typed};

/// Every type with such a secret, and where it stands.
fn secrets() -> Vec<(&'static str, &'static Entity, Vec<&'static str>)> {
    let paths = typed().iter().flat_map(|(name, entity)| {
        entity.answered_once.iter().map(|path| (name.as_str(), *entity, path.split('.').collect::<Vec<_>>()))
    });
    let found: Vec<_> = paths.collect();
    assert!(found.iter().any(|(_, _, path)| path.len() > 1), "one of them stands inside a block");
    found
}

fn text_at(state: &Value, path: &[&str]) -> Option<String> {
    let Some((first, rest)) = path.split_first() else { return state.as_str().map(str::to_owned) };
    match state {
        Value::List(blocks) => text_at(blocks.first()?, path),
        state => text_at(state.get(first), rest),
    }
}

/// The text of an object's state with the secret in its own attribute alone.
fn elsewhere(object: &Object, path: &[&str]) -> String {
    let mut state = object.state.clone();
    state.set(path[0], Value::Null);
    format!("{state:?}")
}

/// What makes an object of a type that has the secret.
fn params(world: &World, entity: &'static Entity, path: &[&str]) -> Map<String, Json> {
    if entity.key != "v2.core.event_destination" {
        return world.params(entity);
    }
    let url = json!({"url": "https://example.com/hook"});
    let hook = json!({"name": "hook", "type": "webhook_endpoint", "event_payload": "thin",
        "enabled_events": ["v1.billing.meter.no_meter_found"], path[0]: url});
    hook.as_object().unwrap().clone()
}

#[test]
fn what_is_shown_once_is_in_the_state_from_then_on() {
    let mut world = World::new();
    for (name, entity, path) in secrets() {
        let params = params(&world, entity, &path);
        let made = world.made(name, &params).unwrap_or_else(|why| panic!("{name}: {why}"));
        let secret = text_at(&made.state, &path).unwrap_or_else(|| panic!("{name}: {path:?} is not there"));
        assert!(!elsewhere(&made, &path).contains(&secret), "{name}: it stands in another attribute too");
        let updated =
            updated(&mut world, name, &made, &params, "a").unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(text_at(&updated.state, &path), Some(secret), "{name}: {path:?} after an update");
    }
}

#[test]
fn what_is_shown_once_stays_in_the_state_of_a_provider_before() {
    let mut world = World::new();
    for (name, entity, path) in secrets() {
        let params = params(&world, entity, &path);
        let made = world.made(name, &params).unwrap_or_else(|why| panic!("{name}: {why}"));
        let secret = text_at(&made.state, &path);
        for (private, team) in FOREIGN.into_iter().zip(["a", "b", "c", "d"]) {
            let foreign = Object { private: private.as_bytes().to_vec(), ..made.clone() };
            let read = world.refresh(name, &foreign).unwrap_or_else(|why| panic!("{name}: {why}"));
            assert_eq!(text_at(&read.state, &path), secret, "{name}: {path:?} after a read, of {private}");
            let after =
                updated(&mut world, name, &read, &params, team).unwrap_or_else(|why| panic!("{name}: {why}"));
            assert_eq!(
                text_at(&after.state, &path),
                secret,
                "{name}: {path:?} after an update, of {private}"
            );
            let moved = world.moved(name, "stripe_entity", &foreign).map_err(at("move")).unwrap();
            let there = world.refresh("stripe_entity", &moved).map_err(at("read as an entity")).unwrap();
            let back = world.moved("stripe_entity", name, &there).map_err(at("back")).unwrap();
            assert_eq!(text_at(&back.state, &path), secret, "{name}: {path:?} after moves, of {private}");
        }
    }
}

#[test]
fn what_is_shown_once_can_be_kept_out_wherever_it_stands() {
    let mut world = World::new();
    for (name, entity, path) in secrets() {
        let open = params(&world, entity, &path);
        let kept = world.made(name, &open).unwrap_or_else(|why| panic!("{name}: {why}"));
        let secret = text_at(&kept.state, &path).unwrap();
        let mut params = open;
        params.insert("keep_secret_out_of_state".to_owned(), json!(true));
        let made = world.made(name, &params).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(text_at(&made.state, &path), None, "{name}");
        let plan = world.plan(name, &kept, Some(&params)).unwrap();
        let dropped = world.apply(name, &plan).unwrap_or_else(|why| panic!("{name}: {why}"));
        let everywhere = format!("{:?} {}", dropped.state, String::from_utf8_lossy(&dropped.private));
        assert!(!everywhere.contains(&secret), "{name}: {everywhere}");
    }
}

/// The object after an update of something else, of which nothing is left to do.
fn updated(
    world: &mut World,
    name: &str,
    object: &Object,
    params: &Map<String, Json>,
    team: &str,
) -> Result<Object, String> {
    let mut changed = params.clone();
    changed.insert("metadata".to_owned(), json!({"team": team}));
    let plan = world.plan(name, object, Some(&changed)).map_err(at("plan"))?;
    if plan.action != Action::Update {
        return Err(format!("{:?} is planned", plan.action));
    }
    let updated = world.apply(name, &plan).map_err(at("update"))?;
    world.settled(name, &updated, &changed)
}
