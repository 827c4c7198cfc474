//! The progress messages of a running action.

use tokio::sync::mpsc::UnboundedSender;

/// Reports the progress of a running action to the practitioner.
#[derive(Debug, Clone)]
pub struct Progress(UnboundedSender<String>);

impl Progress {
    /// Creates a progress that sends to `told`. The channel closes with the last clone.
    pub fn new(told: UnboundedSender<String>) -> Self {
        Self(told)
    }

    /// Sends a message. The action continues even if nobody listens any more.
    pub fn tell(&self, message: impl Into<String>) {
        let _ = self.0.send(message.into());
    }
}
