//! Checks whether a result keeps what its plan promised.

use stripe_provider::terraform::value::{Path, Type, Value};
use stripe_provider::terraform::wire::tfplugin5::schema::{Block, nested_block::NestingMode};

use super::{Nested, nested, objects, place};

/// Returns where `actual` breaks the promise of `planned`: known values must be the same, and unknown ones
/// may have become anything.
pub fn compatible(block: &Block, planned: &Value, actual: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    check_block(block, planned, actual, &Path::root(), &mut broken);
    broken
}

fn check_block(block: &Block, planned: &Value, actual: &Value, at: &Path, broken: &mut Vec<String>) {
    match (planned.is_null(), actual.is_null()) {
        (true, true) => return,
        (true, false) => return broken.push(format!("`{at}` was absent, but is now present")),
        (false, true) => return broken.push(format!("`{at}` was present, but is now absent")),
        (false, false) => {}
    }
    for attribute in &block.attributes {
        let name = &attribute.name;
        check_value(planned.get(name), actual.get(name), &at.name(name), broken);
    }
    for nested in nested(block) {
        let (planned, actual) = (nested.value_in(planned), nested.value_in(actual));
        check_objects(nested, planned, actual, &at.name(nested.name), broken);
    }
}

fn check_objects(nested: Nested<'_>, planned: &Value, actual: &Value, at: &Path, broken: &mut Vec<String>) {
    if planned.is_unknown() {
        return;
    }
    let agree = |planned: &Value, actual: &Value| compatible(nested.block, planned, actual).is_empty();
    if nested.mode == NestingMode::Set {
        let agrees = !actual.is_null() && sets_agree(planned.items(), actual.items(), agree);
        return broken.extend((!agrees).then(|| format!("`{at}` was {planned:?}, but is now {actual:?}")));
    }
    let (before, after) = (objects(planned), objects(actual));
    if actual.is_null() || !before.iter().map(|(step, _)| step).eq(after.iter().map(|(step, _)| step)) {
        return broken.push(format!("`{at}`: block count changed from {} to {}", before.len(), after.len()));
    }
    for ((step, planned), (_, actual)) in before.iter().zip(after) {
        check_block(nested.block, planned, actual, &place(at, step.as_ref()), broken);
    }
}

fn check_value(planned: &Value, actual: &Value, at: &Path, broken: &mut Vec<String>) {
    match (planned, actual) {
        (Value::Unknown, _) => {}
        (Value::List(before), Value::List(after)) if before.len() == after.len() => {
            for (index, (planned, actual)) in before.iter().zip(after).enumerate() {
                check_value(planned, actual, &at.index(index), broken);
            }
        }
        (Value::Map(before), Value::Map(after)) if before.keys().eq(after.keys()) => {
            for ((key, planned), actual) in before.iter().zip(after.values()) {
                check_value(planned, actual, &at.key(key), broken);
            }
        }
        (Value::Set(before), Value::Set(after)) if sets_agree(before, after, values_agree) => {}
        (Value::Dynamic(before), Value::Dynamic(after)) if conforms(&before.0, &after.0) => {
            check_value(&before.1, &after.1, at, broken);
        }
        _ if planned == actual => {}
        _ => broken.push(format!("`{at}` was {planned:?}, but is now {actual:?}")),
    }
}

/// Whether a value of one type may result from a plan of the other. Whatever was planned as dynamic, because
/// a part of it was unknown, may have any type.
fn conforms(planned: &Type, actual: &Type) -> bool {
    match (planned, actual) {
        (Type::Dynamic, _) => true,
        (Type::Object(planned), Type::Object(actual)) => {
            planned.keys().eq(actual.keys())
                && planned.values().zip(actual.values()).all(|(planned, actual)| conforms(planned, actual))
        }
        (Type::Tuple(planned), Type::Tuple(actual)) => {
            planned.len() == actual.len()
                && planned.iter().zip(actual).all(|(planned, actual)| conforms(planned, actual))
        }
        (Type::List(planned), Type::List(actual))
        | (Type::Set(planned), Type::Set(actual))
        | (Type::Map(planned), Type::Map(actual)) => conforms(planned, actual),
        (planned, actual) => planned == actual,
    }
}

fn values_agree(planned: &Value, actual: &Value) -> bool {
    let mut broken = Vec::new();
    check_value(planned, actual, &Path::root(), &mut broken);
    broken.is_empty()
}

/// Whether every element has a partner on the other side, and the set has not grown.
fn sets_agree(before: &[Value], after: &[Value], agree: impl Fn(&Value, &Value) -> bool) -> bool {
    after.len() <= before.len()
        && before.iter().all(|planned| after.iter().any(|actual| agree(planned, actual)))
        && after.iter().all(|actual| before.iter().any(|planned| agree(planned, actual)))
}
