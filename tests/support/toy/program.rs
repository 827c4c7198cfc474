//! The toy as a program: a test executable becomes the toy if a variable is set when it starts.

use std::io::Write;

use stripe_provider::terraform::plugin::{self, Environment, ProviderName};
use stripe_provider::terraform::protocol::Service;

use super::{Flaw, Toy};

/// The variable that turns a test executable into the toy.
pub const SERVES: &str = "TOY_PROVIDER_SERVES";

/// The variable that makes every apply of the toy panic.
pub const PANICS: &str = "TOY_PROVIDER_PANICS";

/// The toy's name for the practitioner and in its log records.
pub const NAME: ProviderName = ProviderName { local: "toy", crate_name: env!("CARGO_CRATE_NAME") };

/// Whether this process is the toy.
pub fn serves() -> bool {
    std::env::var_os(SERVES).is_some()
}

/// Serves the host that started this process, from the handshake on `out` to the end.
pub async fn serve(out: &mut dyn Write) {
    let environment = Environment::from_lookup(NAME, |name| std::env::var(name).ok());
    let toy = match std::env::var_os(PANICS) {
        Some(_) => Toy::with(Flaw::Panics),
        None => Toy::default(),
    };
    plugin::serve(environment, Service::new(toy).into_server(), out).await.unwrap();
}
