//! The null that a plan shows of a write-only argument: to OpenTofu a null of another type is another value.

use stripe_provider::terraform::value::{Type, Value};

use crate::config::config;
use crate::support::terraform::{Action, Object};
use crate::world::{World, fine, typed};

#[test]
fn a_null_of_a_write_only_argument_is_planned_as_it_is_written() {
    let mut world = World::new();
    let ty = Type::object([("a".to_owned(), Type::String)]);
    let nothing = Value::Dynamic(Box::new((ty, Value::Null)));
    let mut twins = 0;
    for (name, entity) in typed() {
        let block = world.block(name);
        let dynamic = block.attributes.iter().filter(|it| it.write_only && it.r#type == b"\"dynamic\"");
        let dynamic: Vec<String> = dynamic.map(|it| it.name.clone()).collect();
        if dynamic.is_empty() {
            continue;
        }
        twins += dynamic.len();
        let mut written = config(&block, &world.params(entity));
        for twin in &dynamic {
            written.set(twin, nothing.clone());
        }
        let plan = fine(world.plan_written(name, &Object::default(), &written));
        for twin in &dynamic {
            assert_eq!(plan.planned.state.get(twin), &nothing, "{name}: {twin}");
        }
    }
    assert!(twins > 10, "{twins}");
}

#[test]
fn the_null_of_a_write_only_argument_stays_beside_a_value() {
    let mut world = World::new();
    let ty = Type::object([("type".to_owned(), Type::String)]);
    let wifi = |value: Value| {
        let value = Value::Dynamic(Box::new((ty.clone(), value)));
        Value::map([("name", Value::from("x")), ("wifi_wo", value), ("wifi_wo_version", 1.into())])
    };
    let plan =
        fine(world.plan_written("stripe_terminal_configuration", &Object::default(), &wifi(Value::Null)));
    let made = fine(world.apply("stripe_terminal_configuration", &plan));
    let value = wifi(Value::map([("type", Value::from("personal_psk"))]));
    let plan = fine(world.plan_written("stripe_terminal_configuration", &made, &value));
    assert_eq!(plan.action, Action::Nothing, "the version is the same");
}
