//! The lifecycle of one Stripe object, based on its params, whichever surface Terraform shows it through.
//!
//! ```text
//! what was written ──params──▶ Params ──change──▶ update? replace? what stays?
//!                                │
//!                 create (once, under the journal) · read · drift · update · end
//! ```
//!
//! # Theory
//!
//! A surface (a JSON payload, an action's input, the attributes of a typed resource) turns what the
//! practitioner wrote into [`Params`]: a tree in Stripe's spelling, whose values have the kinds given by the
//! catalog's [`Shape`](crate::catalog::Shape)s. From there on, one set of rules applies: which values are
//! equal, what a change means, how a removed param is cleared, which changes need a new object, how an
//! interrupted create is found again, and how an object ends. A surface never compares, clears or encodes a
//! value itself, and nothing in this module knows the name of an attribute.

mod action;
mod change;
mod compare;
mod create;
mod destroy_options;
mod drift;
mod end;
mod error;
mod export;
mod held;
mod import;
mod items;
mod journal;
mod mark;
mod object;
mod once;
mod open;
mod params;
mod prediction;
mod restore;
mod stays;
mod succession;
mod taken;
mod unanswered;
mod usage;
mod words;

pub use action::{ActionInput, ActionResult};
pub use change::{Change, Restores};
pub use create::{CreateRequest, Created, create};
pub use destroy_options::{DestroyOptions, OnDestroy};
pub use error::Error;
pub use export::{export, export_beside, export_whole};
pub use import::{ImportError, ImportId, is_account};
pub use journal::{
    Existence, ExistenceCheck, IdOrigin, Intent, Journal, JournalPlace, Leftovers, PendingCreate,
    RecoveredObject, fingerprint,
};
pub use mark::successor_mark;
pub use object::Object;
pub use once::SendFailure;
pub use open::open;
pub use params::{
    DesiredParams, ParamError, ParamErrors, Params, UnlistedValue, WrittenParams, config_params,
    create_params, faults_of, json_object, metadata_faults, open_json_texts, parse, put, secret_params,
    secret_values, sound_params, unlisted_values, value_at, with_original_keys, without,
};
pub use prediction::PredictedObject;
pub use restore::{EndedField, has_ended};
pub use stays::{EndOutcome, LeftObject, StayReason};
pub use succession::Predecessor;
pub use taken::{ConflictingObject, taken};
pub use unanswered::with_unanswered;
pub use usage::{UsageCount, is_any};
