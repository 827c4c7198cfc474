//! Checks of a configuration against the rules its schema carries.

use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::schema::Block;
use crate::terraform::value::{Path, Value};

/// What a known value must satisfy.
#[derive(Debug, Clone)]
pub enum Rule {
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A number from the first to the second, both included.
    Range(i64, i64),
    /// Text that is not empty.
    NotEmpty,
    /// Text that a function accepts; the function answers what is wrong with it.
    Text(fn(&str) -> Result<(), String>),
}

/// Every rule of `block` that a known value in `config` breaks, at its path.
///
/// Unknown and null values pass: they are checked again when they are known.
pub fn check(block: &Block, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    check_block(block, config, &Path::root(), &mut found);
    found
}

fn check_block(block: &Block, config: &Value, path: &Path, found: &mut Diagnostics) {
    for attribute in &block.attributes {
        let at = path.name(attribute.name);
        let broken = attribute.rules.iter().filter_map(|rule| rule.broken_by(config.get(attribute.name)));
        found.extend(broken.map(|why| {
            Diagnostic::error("Invalid Attribute Value", format!("`{at}` {why}.")).at(at.clone())
        }));
    }
    for nested in &block.blocks {
        let at = path.name(nested.name);
        for (index, item) in config.get(nested.name).items().iter().enumerate() {
            check_block(&nested.block, item, &at.index(index), found);
        }
    }
}

impl Rule {
    /// What is wrong with a value, as the end of a sentence that begins with its name.
    fn broken_by(&self, value: &Value) -> Option<String> {
        match self {
            Self::OneOf(allowed) => {
                let text = value.as_str()?;
                (!allowed.contains(&text))
                    .then(|| format!("must be one of {}, not {text:?}", allowed.join(", ")))
            }
            Self::Range(least, most) => {
                let Value::Number(number) = value else { return None };
                let inside = number.as_i64().is_some_and(|n| (*least..=*most).contains(&n));
                (!inside).then(|| format!("must be a whole number from {least} to {most}, not {number}"))
            }
            Self::NotEmpty => (value.as_str()?.is_empty()).then(|| "must not be empty".to_owned()),
            Self::Text(accept) => accept(value.as_str()?).err(),
        }
    }
}
