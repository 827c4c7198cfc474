//! The options of a destroy (delete, archive, keep), and which of them Stripe can do for an object.

use crate::catalog::{Entity, Removal};

/// What becomes of an object that leaves the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDestroy {
    /// Stripe deletes it; a refusal is an error.
    Delete,
    /// A param makes it inactive.
    Archive,
    /// It stays in Stripe as it is.
    Keep,
}

/// How a configuration wants its object to be destroyed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DestroyOptions {
    /// What becomes of it; none means what the catalog's rule says.
    pub on_destroy: Option<OnDestroy>,
    /// Whether an end that cannot be taken back is allowed in live mode.
    pub allow_in_livemode: bool,
}

impl OnDestroy {
    /// Every way, as configurations name them.
    pub const ALL: [Self; 3] = [Self::Delete, Self::Archive, Self::Keep];

    /// The word of a configuration: `delete`, `archive` or `keep`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Archive => "archive",
            Self::Keep => "keep",
        }
    }

    /// The way of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }

    /// The ways that the objects of a type can go. What a call ends has that end or none.
    pub fn choices(entity: &Entity) -> &'static [Self] {
        match &entity.removal {
            Removal::Delete => &[Self::Delete, Self::Keep],
            Removal::Archive { .. } => &[Self::Archive, Self::Keep],
            Removal::DeleteOrArchive { .. } => &Self::ALL,
            _ => &[Self::Keep],
        }
    }
}
