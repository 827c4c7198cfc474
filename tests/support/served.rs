//! The toy provider as a plugin in this process.

use std::collections::HashMap;

use stripe_provider::terraform::plugin::{Environment, Error, Plugin, Shutdown};
use stripe_provider::terraform::protocol::Service;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::host::HandshakeLine;
use super::toy::{Toy, program};

/// A plugin with the toy provider, served in this process.
pub struct Served {
    pub line: HandshakeLine,
    pub end: CancellationToken,
    pub task: JoinHandle<Result<Shutdown, Error>>,
}

/// Binds a plugin for a host that sets `variables`.
pub fn bind(variables: &HashMap<&'static str, String>) -> Result<Plugin, Error> {
    Plugin::bind(&Environment::from_lookup(program::NAME, |name| variables.get(name).cloned()))
}

/// Serves the toy to a host that sets `variables`.
pub fn serve(variables: &HashMap<&'static str, String>) -> Served {
    let plugin = bind(variables).unwrap();
    let line = HandshakeLine::parse(&plugin.handshake()).unwrap();
    let end = CancellationToken::new();
    let task = tokio::spawn(plugin.serve(Service::new(Toy::default()).into_server(), end.clone()));
    Served { line, end, task }
}
