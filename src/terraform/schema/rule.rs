//! Rules: what the value of an attribute must satisfy.

use super::Name;
use crate::terraform::value::Value;

/// What a known value must satisfy.
#[derive(Debug, Clone)]
pub enum Rule {
    /// One of these texts; see [`Rule::one_of`].
    OneOf(Vec<Name>),
    /// A number from the first to the second, both included.
    Range(i64, i64),
    /// Text that is not empty.
    NotEmpty,
    /// Text that a function accepts; the function answers what is wrong with it, as the
    /// end of a sentence that begins with the attribute's name.
    Text(fn(&str) -> Result<(), String>),
}

impl Rule {
    /// One of these texts, written in the source or read from data.
    pub fn one_of<N: Into<Name>>(allowed: impl IntoIterator<Item = N>) -> Self {
        Self::OneOf(allowed.into_iter().map(Into::into).collect())
    }

    /// What is wrong with a value, as the end of a sentence that begins with its name.
    pub(super) fn broken_by(&self, value: &Value) -> Option<String> {
        match self {
            Self::OneOf(allowed) => {
                let text = value.as_str()?;
                let named = allowed.iter().any(|name| name == text);
                (!named).then(|| format!("must be one of {}, not {text:?}", allowed.join(", ")))
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
