//! The errors of the engine.

use crate::connector;
use crate::engine::ParamErrors;

/// The errors of the lifecycle of an object.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Stripe has no call that creates such an object.
    #[error("Stripe has no call that creates {entity} entities")]
    NotCreatable {
        /// The entity type.
        entity: &'static str,
    },
    /// The written params do not fit what Stripe takes.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Params(ParamErrors),
    /// Stripe refused, or could not be reached.
    #[error(transparent)]
    Connector(#[from] connector::Error),
}

impl From<ParamErrors> for Error {
    fn from(faults: ParamErrors) -> Self {
        Self::Params(faults)
    }
}
