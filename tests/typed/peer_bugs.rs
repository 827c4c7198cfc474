//! Bugs of the providers before us, one test named after each: here they do not happen.

mod ends;
mod reads;
mod types;
mod writes;

use serde_json::{Map, Value as Json, json};

use crate::support::terraform::{Fault, Object};
use crate::world::World;

/// What the providers before us keep beside a state: nothing, what an old library writes for nothing, a version, and
/// the timeouts of a configuration.
pub const FOREIGN: [&str; 4] = [
    "",
    "null",
    r#"{"schema_version":"1"}"#,
    r#"{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":60000000000},"schema_version":"0"}"#,
];

/// Params as they are written.
fn params(value: &Json) -> Map<String, Json> {
    value.as_object().unwrap().clone()
}

/// The id in a state.
fn id(object: &Object) -> String {
    object.state.get("id").as_str().unwrap().to_owned()
}

/// A new object that is as it was planned, read and planned again.
#[track_caller]
fn made(world: &mut World, name: &str, value: &Json) -> Object {
    world.made(name, &params(value)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// The object after an update to these params, of which nothing is left to do.
#[track_caller]
fn updated(world: &mut World, name: &str, object: &Object, value: &Json) -> Object {
    let wanted = params(value);
    let plan = world.plan(name, object, Some(&wanted)).unwrap_or_else(|why| panic!("{why}"));
    let object = world.apply(name, &plan).unwrap_or_else(|why| panic!("{why}"));
    world.idle(name, &object, &wanted).unwrap_or_else(|why| panic!("{why}"));
    object
}

/// What Stripe holds at a path.
fn held(world: &World, path: &str) -> Json {
    world.stripe.done("GET", path, &json!({}))
}

/// The text of the warnings since the last look.
fn warned(world: &mut World) -> String {
    let told = world.terraform.told.drain(..);
    told.map(|it| format!("{}: {}", it.summary, it.detail)).collect::<Vec<_>>().join("\n")
}

/// Plans and applies a destroy; what each warns of.
#[track_caller]
fn destroyed(world: &mut World, name: &str, object: &Object) -> (String, String) {
    warned(world);
    let plan = world.plan(name, object, None).unwrap_or_else(|why| panic!("{why}"));
    let planned = warned(world);
    let left = world.apply(name, &plan).unwrap_or_else(|why| panic!("{why}"));
    assert!(left.state.is_null());
    (planned, warned(world))
}

/// The text of a refusal.
#[track_caller]
fn refused<T>(outcome: Result<T, Fault>) -> String {
    match outcome {
        Ok(_) => panic!("it should be refused"),
        Err(fault) => fault.to_string(),
    }
}
