//! The errors of params, each at the param that is wrong.

use crate::catalog::Entity;
use crate::catalog::names::{quoted, resolve};

/// What is wrong with what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    /// No param has that name.
    #[error("unknown param {} in the payload{}", quoted(key), hint(suggestion.as_deref()))]
    Unknown {
        /// As it was written.
        key: String,
        /// The param that was probably meant.
        suggestion: Option<String>,
    },
    /// Stripe answers a field of that name, and takes no param.
    #[error("{} is a field that Stripe sets, not a param: remove it", quoted(key))]
    Answered {
        /// As it was written.
        key: String,
    },
    /// Two keys of the payload name the same param.
    #[error("{} sets {param:?}, which the payload already sets", quoted(key))]
    Twice {
        /// The later key.
        key: String,
        /// The param.
        param: String,
    },
    /// A param Stripe demands is not there.
    #[error("the payload lacks {param:?}, which Stripe requires")]
    Missing {
        /// The param, dotted.
        param: String,
    },
    /// A value Stripe would not take.
    #[error("{} must be {expected}, not {found}", quoted(param))]
    Value {
        /// The param, dotted.
        param: String,
        /// What it takes.
        expected: String,
        /// What was given, shortened.
        found: String,
    },
    /// Stripe does not take it with the others, or without another one.
    #[error("`{param}` {why}")]
    Refused {
        /// The param, dotted.
        param: String,
        /// What stands behind its name in a sentence.
        why: String,
    },
}

impl ParamError {
    /// The param that it is about, dotted; as it was written where there is none.
    pub fn param(&self) -> &str {
        match self {
            Self::Unknown { key: param, .. }
            | Self::Answered { key: param }
            | Self::Twice { param, .. }
            | Self::Missing { param }
            | Self::Refused { param, .. }
            | Self::Value { param, .. } => param,
        }
    }

    /// The name that was probably meant.
    pub(super) fn suggestion(&self) -> Option<&str> {
        match self {
            Self::Unknown { suggestion, .. } => suggestion.as_deref(),
            _ => None,
        }
    }

    /// The fault as one of this entity: a name that is none of its params may be one of its fields.
    pub(super) fn of(self, entity: &Entity) -> Self {
        match self {
            Self::Unknown { key, suggestion: None } if resolve(&key, &entity.fields).is_ok() => {
                Self::Answered { key }
            }
            other => other,
        }
    }
}

/// Every error of what was written, at least one.
pub type ParamErrors = Vec<ParamError>;

fn hint(suggestion: Option<&str>) -> String {
    suggestion.map(|meant| format!("; did you mean {meant:?}?")).unwrap_or_default()
}
