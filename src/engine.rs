//! The lifecycle of one Stripe object over its params, whatever surface Terraform shows it by.
//!
//! ```text
//! what was written ──params──▶ Params ──change──▶ update? replace? what stays?
//!                                │
//!                 create (once, under the journal) · read · drift · update · end
//! ```
//!
//! # Theory
//!
//! A surface (a JSON payload, an action's input, the attributes of a typed resource) turns what
//! the practitioner wrote into [`Params`]: a tree in Stripe's spelling whose values have the kinds
//! that the catalog's [`Shape`](crate::catalog::Shape)s say. From there on one set of rules holds:
//! what counts as equal, what a change means, how a removed param is cleared, what makes a new
//! object necessary, how a create that was cut off is found again, how an object ends. A surface
//! never compares, clears or encodes a value itself, and nothing in here knows what an attribute
//! is called.

mod action;
mod change;
mod compare;
mod create;
mod drift;
mod end;
mod end_wish;
mod error;
mod export;
mod foresight;
mod held;
mod import;
mod items;
mod journal;
mod object;
mod once;
mod open;
mod params;
mod restore;
mod succession;
mod taken;
mod unanswered;
mod usage;
mod words;

pub use action::{ActionInput, Ran};
pub use change::{Change, Restores};
pub(crate) use compare::{elements, reference};
pub use create::{CreateRequest, Created, create};
pub use end::EndOutcome;
pub use end_wish::{EndWish, OnDestroy};
pub use error::Error;
pub use export::{export, export_whole};
pub use foresight::Foreseen;
pub use import::{ImportError, ImportId, is_account};
pub use journal::{Adopted, Intent, Journal, JournalPlace, Leftovers, Look, PendingCreate, fingerprint};
pub use object::Object;
pub use once::SendFailure;
pub use open::open;
pub use params::{
    Faults, ParamError, Params, UnlistedValue, Wanted, Written, config_params, create_params, faults_of,
    parse, secret_params, secret_values, sound_params, unlisted_values, value_at, with_original_keys,
    without,
};
pub use restore::{End, has_ended};
pub use succession::{Predecessor, successor_mark};
pub use taken::{Taken, taken};
pub use unanswered::with_unanswered;
pub use usage::{Usage, is_any};
