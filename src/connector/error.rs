//! The errors of operations and actions.

use crate::catalog::names::{article, quoted};
use crate::connection;
use crate::connector::{FilterError, InvalidId};

/// Why an operation or an action failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No entity type has this name.
    #[error("there is no entity type {}{}", quoted(name), hint(suggestions))]
    UnknownEntity {
        /// The requested name.
        name: String,
        /// The names that were probably meant.
        suggestions: Vec<&'static str>,
    },
    /// Stripe has no such call for the entity type.
    #[error("Stripe has no call to {operation} {entity} entities")]
    NotSupported {
        /// The entity type.
        entity: &'static str,
        /// `list`, `get`, `create`, `update` or `delete`.
        operation: &'static str,
    },
    /// No action has this name.
    #[error("there is no action {}{}", quoted(name), hint(suggestion.as_slice()))]
    UnknownAction {
        /// The requested name.
        name: String,
        /// The name that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// The filter clause cannot be parsed.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// Stripe lists the entities only for one parent, or only under a condition.
    #[error("{entity} entities can only be listed for one {name:?}: add it to the filter, joined by AND")]
    ListNeeds {
        /// The entity type.
        entity: &'static str,
        /// The name that is missing from the filter.
        name: &'static str,
    },
    /// The field to sort by does not exist.
    #[error("{entity} has no field {}{}", quoted(name), hint(suggestion.as_slice()))]
    SortField {
        /// The entity type.
        entity: &'static str,
        /// The requested name.
        name: String,
        /// The name that was probably meant.
        suggestion: Option<String>,
    },
    /// The connection could not be used, or Stripe refused.
    #[error(transparent)]
    Connection(#[from] connection::Error),
    /// A text is not a locator of the entity type.
    #[error("{} is not a valid {entity} id: write it as {form}", quoted(locator))]
    Locator {
        /// The entity type.
        entity: &'static str,
        /// The text that was given.
        locator: String,
        /// The form of a locator: `CUSTOMER/ID`.
        form: String,
    },
    /// An id that would lead to another path.
    #[error(transparent)]
    Id(#[from] InvalidId),
    /// The filter clause requires an id that would lead to another path.
    #[error("the filter clause cannot be met: {0}")]
    FilterId(InvalidId),
    /// The answer is about something other than what was requested.
    #[error(
        "the response should be {} {expected} but is {found}; a proxy or another server may have sent it",
        article(expected)
    )]
    Answer {
        /// The object in Stripe's spelling, or `list`.
        expected: String,
        /// What was received instead.
        found: String,
    },
    /// A list names a next page that leads back to an earlier one, or no further.
    #[error("the list of {entity} entities does not end: a page repeats an earlier one")]
    Cursor {
        /// The entity type.
        entity: &'static str,
    },
    /// A page of a sorted list is so far from the beginning that the list up to it does not fit into memory.
    #[error("a sorted list shows its first {most} entities only: narrow the filter, or list without sorting")]
    SortTooDeep {
        /// The largest number of entities that are kept.
        most: usize,
    },
    /// The page token belongs to another list, or is not a page token.
    #[error("the page token does not belong to this list: {0}")]
    PageToken(&'static str),
}

impl Error {
    /// Whether Stripe says that the object does not exist.
    pub fn is_gone(&self) -> bool {
        self.stripe().is_some_and(crate::stripe::Error::is_gone)
    }

    /// Whether Stripe replayed a recorded answer: the same key leads to the same failure again.
    pub fn replayed(&self) -> bool {
        self.stripe().is_some_and(crate::stripe::Error::replayed)
    }

    /// Whether Stripe may have executed the call although it did not say so.
    pub fn may_have_happened(&self) -> bool {
        matches!(self, Self::Answer { .. })
            || self.stripe().is_some_and(crate::stripe::Error::may_have_happened)
    }

    /// Whether Stripe's verdict is about the call itself, so that it also applies to an earlier one under the
    /// same key.
    pub fn settles_outcome(&self) -> bool {
        self.stripe().is_some_and(crate::stripe::Error::settles_outcome)
    }

    /// Stripe's own error, if it is one.
    pub fn stripe(&self) -> Option<&crate::stripe::Error> {
        match self {
            Self::Connection(connection::Error::Stripe(error)) => Some(error),
            _ => None,
        }
    }
}

impl From<crate::stripe::Error> for Error {
    fn from(error: crate::stripe::Error) -> Self {
        connection::Error::from(error).into()
    }
}

fn hint(suggestions: &[impl AsRef<str>]) -> String {
    let meant: Vec<String> = suggestions.iter().map(|meant| format!("{:?}", meant.as_ref())).collect();
    match meant.split_last() {
        None => String::new(),
        Some((one, [])) => format!("; did you mean {one}?"),
        Some((last, others)) => format!("; did you mean {} or {last}?", others.join(", ")),
    }
}
