//! Checks of a configuration against its schema, before the provider sees it.

use super::{Attribute, Block, NestedBlock, Presence};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::messages;
use crate::terraform::value::{Path, Value};

/// Every rule of `block` that a known value in `config` breaks, at its path, and every read-only attribute
/// that it sets.
///
/// Unknown and null values pass the rules; unknown ones are checked again once they are known.
pub fn check(block: &Block, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    each_value(block, config, &mut |attribute, value, at| {
        // Terraform leaves this check to the provider, and would accept what is written.
        if attribute.presence == Presence::Computed && !value.is_null() {
            let at = at.name(&attribute.name);
            return found.push(messages::read_only(&at.to_string()).at(at));
        }
        let broken = attribute.rules.iter().filter_map(|rule| rule.broken_by(value));
        let broken = broken.map(|why| if attribute.sensitive { without_value(&why, value) } else { why });
        found.extend(broken.map(|why| {
            let at = at.name(&attribute.name);
            messages::invalid_value(&at.to_string(), &why).at(at)
        }));
    });
    found
}

/// Returns an error for every write-only attribute of `block` that `config` sets. Used for Terraform versions
/// that do not know such attributes and would store their values.
pub fn refuse_write_only(block: &Block, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    each_value(block, config, &mut |attribute, value, at| {
        if attribute.write_only && !value.is_null() {
            let at = at.name(&attribute.name);
            found.push(messages::write_only_not_supported(&at.to_string()).at(at));
        }
    });
    found
}

/// Returns a warning for everything deprecated that `config` uses. Terraform leaves this to the provider; it
/// uses the mark in the schema only for documentation and editors.
pub fn warn_of_deprecated(block: &Block, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut warn = |at: &Path, instead: &Option<String>| {
        let Some(instead) = instead else { return };
        // Terraform shows one warning for each summary and only counts the others.
        let (summary, what) = match at.steps() {
            [] => ("Deprecated".to_owned(), "This".to_owned()),
            _ => (format!("Deprecated: {at}"), format!("`{at}`")),
        };
        let warning = Diagnostic { summary, ..messages::deprecated(&what, instead).at(at.clone()) };
        // All elements of a set share one path.
        if !found.contains(&warning) {
            found.push(warning);
        }
    };
    each_block(block, config, &Path::root(), &mut |block, value, at| {
        warn(at, &block.deprecation);
        let deprecated = block.attributes.iter().filter(|attribute| attribute.deprecation.is_some());
        for attribute in deprecated.filter(|it| !value.get(&it.name).is_null()) {
            warn(&at.name(&attribute.name), &attribute.deprecation);
        }
    });
    found
}

/// Calls `visit` for every attribute of `block` and of the blocks inside it, with its value and the path of
/// the block that contains it.
fn each_value(block: &Block, config: &Value, visit: &mut dyn FnMut(&Attribute, &Value, &Path)) {
    each_block(block, config, &Path::root(), &mut |block, value, at| {
        for attribute in &block.attributes {
            visit(attribute, value.get(&attribute.name), at);
        }
    });
}

/// Calls `visit` for `block` and for every block that occurs inside it, with its object.
fn each_block(block: &Block, object: &Value, at: &Path, visit: &mut dyn FnMut(&Block, &Value, &Path)) {
    visit(block, object, at);
    for nested in &block.blocks {
        for (at, inner) in occurrences(nested, object, at) {
            each_block(&nested.block, inner, &at, visit);
        }
    }
}

/// Returns the occurrences of a nested block, each with its path.
fn occurrences<'v>(nested: &NestedBlock, value: &'v Value, path: &Path) -> Vec<(Path, &'v Value)> {
    let at = path.name(&nested.name);
    match value.get(&nested.name) {
        Value::List(items) => items.iter().enumerate().map(|(index, item)| (at.index(index), item)).collect(),
        // The elements of a set have no positions.
        Value::Set(items) => items.iter().map(|item| (at.clone(), item)).collect(),
        Value::Map(entries) => entries.iter().map(|(label, item)| (at.key(label), item)).collect(),
        _ => Vec::new(),
    }
}

/// What is wrong with a sensitive value, which a message must not repeat.
fn without_value(why: &str, value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() => why.replace(&format!("{text:?}"), "this value"),
        Value::Number(number) => why.replace(number.as_str(), "this value"),
        _ => why.to_owned(),
    }
}

#[cfg(test)]
mod tests;
