//! The progress messages of a running action.

use tokio::sync::mpsc::UnboundedSender;

/// Tells the practitioner how far an action is, while it runs.
#[derive(Debug, Clone)]
pub struct Progress(UnboundedSender<String>);

impl Progress {
    /// A progress that `told` gets to hear. It ends with the last clone.
    pub fn new(told: UnboundedSender<String>) -> Self {
        Self(told)
    }

    /// Tells it. Who stopped to listen does not stop the action.
    pub fn tell(&self, message: impl Into<String>) {
        let _ = self.0.send(message.into());
    }
}
