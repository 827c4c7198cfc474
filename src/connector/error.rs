//! The errors of operations and actions.

use crate::catalog::names::{article, quoted};
use crate::connection;
use crate::connector::{FilterError, InvalidId};

/// Why an operation or an action did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No entity type has that name.
    #[error("there is no entity type {}{}", quoted(name), hint(suggestions))]
    UnknownEntity {
        /// As it was asked for.
        name: String,
        /// Those that were probably meant.
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
    /// No action has that name.
    #[error("there is no action {}{}", quoted(name), hint(suggestion.as_slice()))]
    UnknownAction {
        /// As it was asked for.
        name: String,
        /// The one that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// The filter clause cannot be read.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// Stripe lists the entities of one parent, or under a condition, only.
    #[error("{entity} entities can only be listed for one {name:?}: add it to the filter, joined by AND")]
    ListNeeds {
        /// The entity type.
        entity: &'static str,
        /// What the filter lacks.
        name: &'static str,
    },
    /// The field to sort by does not exist.
    #[error("{entity} has no field {}{}", quoted(name), hint(suggestion.as_slice()))]
    SortField {
        /// The entity type.
        entity: &'static str,
        /// As it was asked for.
        name: String,
        /// The one that was probably meant.
        suggestion: Option<String>,
    },
    /// The connection could not be used, or Stripe refused.
    #[error(transparent)]
    Connection(#[from] connection::Error),
    /// What should name an entity does not.
    #[error("{} is not a valid {entity} id: write it as {form}", quoted(locator))]
    Locator {
        /// The entity type.
        entity: &'static str,
        /// As it was given.
        locator: String,
        /// How it is written: `CUSTOMER/ID`.
        form: String,
    },
    /// An id that would lead to another path.
    #[error(transparent)]
    Id(#[from] InvalidId),
    /// The filter clause demands an id that would lead to another path.
    #[error("the filter clause cannot be met: {0}")]
    FilterId(InvalidId),
    /// The answer is of something else than what was asked for.
    #[error(
        "the response should be {} {expected} but is {found}; a proxy or another server may have sent it",
        article(expected)
    )]
    Answer {
        /// The object in Stripe's spelling, or `list`.
        expected: String,
        /// What came instead.
        found: String,
    },
    /// A list names the next page in a way that does not lead on.
    #[error("the list of {entity} entities does not end: a page repeats an earlier one")]
    Cursor {
        /// The entity type.
        entity: &'static str,
    },
    /// A sorted list is read so deep that its beginning does not fit into memory.
    #[error("a sorted list shows its first {most} entities only: narrow the filter, or list without sorting")]
    SortTooDeep {
        /// The most entities that are kept.
        most: usize,
    },
    /// A page token of another list, or no page token at all.
    #[error("the page token does not belong to this list: {0}")]
    PageToken(&'static str),
}

impl Error {
    /// True when Stripe says that the object does not exist.
    pub fn is_gone(&self) -> bool {
        self.stripe().is_some_and(crate::stripe::Error::is_gone)
    }

    /// True when Stripe answered from its record: the same key brings the same failure again.
    pub fn replayed(&self) -> bool {
        self.stripe().is_some_and(crate::stripe::Error::replayed)
    }

    /// True when Stripe may have done what was asked although it did not say so.
    pub fn may_have_happened(&self) -> bool {
        matches!(self, Self::Answer { .. })
            || self.stripe().is_some_and(crate::stripe::Error::may_have_happened)
    }

    /// True when Stripe's verdict is on the call itself, so that it also holds for an earlier one under the same key.
    pub fn settles_outcome(&self) -> bool {
        self.stripe().is_some_and(crate::stripe::Error::settles_outcome)
    }

    /// Stripe's own error, where it is one.
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
