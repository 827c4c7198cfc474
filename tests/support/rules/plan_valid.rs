//! What a plan may contain, given the prior state and the config.

use stripe_provider::terraform::value::{Path, Value};
use stripe_provider::terraform::wire::tfplugin5::schema::{Attribute, Block, nested_block::NestingMode};

use super::{Nested, nested, object_at, objects, place};

/// Returns what is broken in `planned`; all three values are whole objects or null.
pub fn plan_valid(block: &Block, prior: &Value, config: &Value, planned: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    check_block(block, [prior, config, planned], &Path::root(), &mut broken);
    broken
}

fn check_block(block: &Block, [prior, config, planned]: [&Value; 3], at: &Path, broken: &mut Vec<String>) {
    if config.is_null() != planned.is_null() {
        let what = if config.is_null() { "planned a non-null destroy value" } else { "planned for absence" };
        broken.push(format!("{what} at `{at}`"));
    }
    if planned.is_null() || config.is_null() {
        return;
    }
    if planned.is_unknown() && !config.is_unknown() {
        return broken.push(format!("`{at}` is planned as unknown as a whole"));
    }
    for attribute in &block.attributes {
        let name = attribute.name.as_str();
        let values = [prior.get(name), config.get(name), planned.get(name)];
        broken.extend(check_attribute(attribute, values, &at.name(name)));
    }
    for nested in nested(block) {
        let values = [prior, config, planned].map(|object| nested.value_in(object));
        check_objects(nested, values, &at.name(nested.name), broken);
    }
}

fn check_attribute(
    attribute: &Attribute,
    [prior, config, planned]: [&Value; 3],
    at: &Path,
) -> Option<String> {
    if attribute.write_only {
        return (!planned.is_null()).then(|| format!("write-only `{at}` is planned as {planned:?}"));
    }
    let keeps_spelling = planned == prior && !prior.is_null() && !config.is_null();
    if planned == config || keeps_spelling || (config.is_null() && attribute.computed) {
        return None;
    }
    Some(if config.is_null() {
        format!("`{at}` is not computed and not configured, yet planned as {planned:?}")
    } else {
        format!(
            "`{at}` is planned as {planned:?}, which is neither the config {config:?} nor the prior {prior:?}"
        )
    })
}

fn check_objects(
    nested: Nested<'_>,
    [prior, config, planned]: [&Value; 3],
    at: &Path,
    broken: &mut Vec<String>,
) {
    if planned.is_null() {
        return broken.push(format!("`{at}` is null; without blocks it must be empty"));
    }
    if config.is_unknown() != planned.is_unknown() {
        return broken.push(format!("`{at}` must be unknown exactly where the config is"));
    }
    if nested.mode == NestingMode::Set {
        // The elements of a set cannot be told apart, so core takes what it gets.
        let unknown = planned.items().iter().any(Value::is_unknown);
        return broken.extend(unknown.then(|| format!("`{at}` has an unknown element")));
    }
    let (configured, planned) = (objects(config), objects(planned));
    if !configured.iter().map(|(step, _)| step).eq(planned.iter().map(|(step, _)| step)) {
        let counts = format!("{} blocks planned, {} configured", planned.len(), configured.len());
        return broken.push(format!("`{at}`: {counts}"));
    }
    for ((step, item), (_, configured)) in planned.iter().zip(configured) {
        let before = object_at(prior, step.as_ref());
        check_block(nested.block, [before, configured, item], &place(at, step.as_ref()), broken);
    }
}
