//! The options of a destroy (delete, archive, keep), and which of them Stripe supports for an object.

use crate::catalog::{Entity, Removal};

/// What happens to an object that is removed from the configuration.
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
    /// What happens to the object; `None` means the catalog's default.
    pub on_destroy: Option<OnDestroy>,
    /// Whether an irrevocable end is allowed in live mode.
    pub allow_in_livemode: bool,
}

impl OnDestroy {
    /// Every option, in the order in which configurations list them.
    pub const ALL: [Self; 3] = [Self::Delete, Self::Archive, Self::Keep];

    /// The word for it in a configuration: `delete`, `archive` or `keep`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Archive => "archive",
            Self::Keep => "keep",
        }
    }

    /// The option with this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }

    /// The options for the objects of a type. If a type is ended by a call, the only option is to keep the
    /// object instead.
    pub fn choices(entity: &Entity) -> &'static [Self] {
        match &entity.removal {
            Removal::Delete => &[Self::Delete, Self::Keep],
            Removal::Archive { .. } => &[Self::Archive, Self::Keep],
            Removal::DeleteOrArchive { .. } => &Self::ALL,
            _ => &[Self::Keep],
        }
    }
}
