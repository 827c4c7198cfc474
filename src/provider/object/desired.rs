//! The desired params of a configuration.

use crate::engine::DesiredParams;

/// The result of reading a configuration: its params, and whatever a resource type keeps beside them.
pub(in crate::provider) trait Desired: Send + Sync {
    /// The params.
    fn params(&self) -> &DesiredParams;
}

impl Desired for DesiredParams {
    fn params(&self) -> &DesiredParams {
        self
    }
}
