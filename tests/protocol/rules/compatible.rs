//! Whether a result keeps what its plan promised.

use stripe_provider::terraform::value::{Path, Value};
use stripe_provider::terraform::wire::tfplugin5::schema::Block;

use super::nested;

/// Where `actual` breaks the promise of `planned`: what was known must be the same, what
/// was unknown may have become anything.
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
    for (name, inner) in nested(block) {
        check_items(inner, planned.get(name), actual.get(name), &at.name(name), broken);
    }
}

fn check_items(inner: &Block, planned: &Value, actual: &Value, at: &Path, broken: &mut Vec<String>) {
    if planned.is_unknown() {
        return;
    }
    let (before, after) = (planned.items(), actual.items());
    if before.len() != after.len() || actual.is_null() {
        return broken.push(format!("`{at}`: block count changed from {} to {}", before.len(), after.len()));
    }
    for (index, (planned, actual)) in before.iter().zip(after).enumerate() {
        check_block(inner, planned, actual, &at.index(index), broken);
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
        (Value::Set(before), Value::Set(after)) if sets_agree(before, after) => {}
        (Value::Dynamic(before), Value::Dynamic(after)) if before.0 == after.0 => {
            check_value(&before.1, &after.1, at, broken);
        }
        _ if planned == actual => {}
        _ => broken.push(format!("`{at}` was {planned:?}, but is now {actual:?}")),
    }
}

/// Every element has a partner on the other side, and the set has not grown.
fn sets_agree(before: &[Value], after: &[Value]) -> bool {
    let pair = |planned: &Value, actual: &Value| {
        let mut broken = Vec::new();
        check_value(planned, actual, &Path::root(), &mut broken);
        broken.is_empty()
    };
    after.len() <= before.len()
        && before.iter().all(|planned| after.iter().any(|actual| pair(planned, actual)))
        && after.iter().all(|actual| before.iter().any(|planned| pair(planned, actual)))
}
