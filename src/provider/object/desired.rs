//! What a configuration asks for.

use crate::engine::DesiredParams;

/// What a configuration comes to: its params, and what a resource type keeps of them beside.
pub(in crate::provider) trait Desired: Send + Sync {
    /// The params.
    fn params(&self) -> &DesiredParams;
}

impl Desired for DesiredParams {
    fn params(&self) -> &DesiredParams {
        self
    }
}
