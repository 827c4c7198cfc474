//! The errors of params, each at the param at fault.

use serde_json::Value as Json;

use crate::catalog::names::{article, normalize, quoted, resolve};
use crate::catalog::{Entity, catalog};

/// The longest part of a wrong value that an error repeats, in characters.
const SHOWN: usize = 40;

/// A fault in the written params.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    /// No param has this name.
    #[error("unknown param {} in the payload{}", quoted(key), hint(suggestion.as_deref()))]
    Unknown {
        /// The name as it was written.
        key: String,
        /// The param that was probably meant.
        suggestion: Option<String>,
    },
    /// Stripe answers a field with this name, but takes no such param.
    #[error("{} is a field that Stripe sets, not a param: remove it", quoted(key))]
    Answered {
        /// The name as it was written.
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
    /// A param that Stripe requires is missing.
    #[error("the payload lacks {param:?}, which Stripe requires")]
    Missing {
        /// The param, dotted.
        param: String,
    },
    /// Stripe would not take the value.
    #[error("{} must be {expected}, not {found}", quoted(param))]
    Value {
        /// The param, dotted.
        param: String,
        /// The values that it takes.
        expected: String,
        /// The given value, shortened.
        found: String,
    },
    /// Stripe does not take the param in combination with the others, or without another one.
    #[error("`{param}` {why}")]
    Refused {
        /// The param, dotted.
        param: String,
        /// The part of the sentence that follows its name.
        why: String,
    },
}

/// The error of a value that a param does not take.
pub(super) fn wrong(param: &str, expected: &str, given: &Json) -> ParamError {
    let mut found = given.to_string();
    if found.chars().count() > SHOWN {
        found = found.chars().take(SHOWN).chain(['…']).collect();
    }
    ParamError::Value { param: param.to_owned(), expected: expected.to_owned(), found }
}

impl ParamError {
    /// The dotted path of the param at fault; the name as it was written if there is no such param.
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

    /// The param that was probably meant.
    pub(super) fn suggestion(&self) -> Option<&str> {
        match self {
            Self::Unknown { suggestion, .. } => suggestion.as_deref(),
            _ => None,
        }
    }

    /// Adapts the fault to this entity. An unknown name may be the parent of another entity type with the
    /// same objects, or one of the entity's fields.
    pub(super) fn of(self, entity: &Entity) -> Self {
        match self {
            Self::Unknown { key, .. } if let Some(why) = belongs_elsewhere(entity, &key) => {
                Self::Refused { param: key, why }
            }
            Self::Unknown { key, suggestion: None } if resolve(&key, &entity.fields).is_ok() => {
                Self::Answered { key }
            }
            other => other,
        }
    }
}

/// Advice if the unknown name is the parent of another entity type with the same objects, such as a customer
/// for a tax id: which type to write instead.
fn belongs_elsewhere(entity: &Entity, key: &str) -> Option<String> {
    let key = normalize(key);
    let is_key = |parent: &&&str| normalize(parent) == key || normalize(parent) + "id" == key;
    let of_object = |other: &&Entity| other.object == entity.object && other.create_operation().is_some();
    let mut others = catalog().entities().filter_map(|name| catalog().entity(name)).filter(of_object);
    others.find_map(|other| {
        let parents = other.parents();
        let parent = parents.iter().find(is_key)?.replace('_', " ");
        let (parent, other) = (with_article(&parent), with_article(&other.name));
        Some(format!("is no param of {}: one that belongs to {parent} is {other}", entity.name))
    })
}

fn with_article(words: &str) -> String {
    format!("{} {words}", article(words))
}

/// All errors of the written params; at least one.
pub type ParamErrors = Vec<ParamError>;

fn hint(suggestion: Option<&str>) -> String {
    suggestion.map(|meant| format!("; did you mean {meant:?}?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::ParamError;
    use crate::catalog::names::resolve;
    use crate::catalog::{Entity, catalog};

    fn told(entity: &Entity, key: &str) -> String {
        ParamError::Unknown { key: key.to_owned(), suggestion: None }.of(entity).to_string()
    }

    #[test]
    fn what_another_type_of_the_same_objects_belongs_to_names_that_type() {
        let why = "`CustomerId` is no param of TaxId: one that belongs to a customer is a CustomerTaxId";
        assert_eq!(told(catalog().entity("TaxId").unwrap(), "CustomerId"), why);
        let all: Vec<_> = catalog().entities().filter_map(|name| catalog().entity(name)).collect();
        for entity in &all {
            let same = all.iter().filter(|other| other.object == entity.object && other.name != entity.name);
            for other in same.filter(|other| other.create_operation().is_some()) {
                let unknown = other.parents().into_iter().filter(|it| resolve(it, entity.params()).is_err());
                for parent in unknown {
                    let told = told(entity, parent);
                    assert!(told.contains(&other.name), "{} {parent}: {told}", entity.name);
                }
            }
        }
    }
}
