//! What a plan may hold, given the prior state and the config.

use stripe_provider::terraform::value::{Path, Value};
use stripe_provider::terraform::wire::tfplugin5::schema::{Attribute, Block};

use super::nested;

/// What is broken in `planned`; all three are whole objects or null.
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
    for (name, inner) in nested(block) {
        let values = [prior.get(name), config.get(name), planned.get(name)];
        check_items(inner, values, &at.name(name), broken);
    }
}

fn check_attribute(
    attribute: &Attribute,
    [prior, config, planned]: [&Value; 3],
    at: &Path,
) -> Option<String> {
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

fn check_items(inner: &Block, [prior, config, planned]: [&Value; 3], at: &Path, broken: &mut Vec<String>) {
    if planned.is_null() {
        return broken.push(format!("`{at}` is null; without blocks it must be empty"));
    }
    if config.is_unknown() != planned.is_unknown() {
        return broken.push(format!("`{at}` must be unknown exactly where the config is"));
    }
    let (configured, items) = (config.items(), planned.items());
    if configured.len() != items.len() {
        let counts = format!("{} blocks planned, {} configured", items.len(), configured.len());
        return broken.push(format!("`{at}`: {counts}"));
    }
    for (index, (item, configured)) in items.iter().zip(configured).enumerate() {
        let before = prior.items().get(index).unwrap_or(&Value::Null);
        check_block(inner, [before, configured, item], &at.index(index), broken);
    }
}
