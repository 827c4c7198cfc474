//! The errors of a connection that cannot be used.

use crate::secret::{self, SecretSource};
use crate::stripe::{self, SetupError, WindowError};

/// Why a connection cannot be used. The messages do not name attributes: the caller knows them.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The settings refuse every call.
    #[error("connection {id} is suspended")]
    Suspended {
        /// The id of the connection: `locations/L/connections/N`.
        id: String,
    },
    /// There is no key in the connection, the provider or the environment.
    #[error("no Stripe key is configured")]
    NoKey,
    /// The key could not be fetched.
    #[error("{cause}")]
    Key {
        /// The source that the key should come from.
        origin: SecretSource,
        /// True if the connection names the source, false if the provider does.
        of_connection: bool,
        /// Why it could not be fetched.
        cause: secret::Error,
    },
    /// The proxy's password could not be fetched.
    #[error("{cause}")]
    ProxyPassword {
        /// The source that the password should come from.
        origin: SecretSource,
        /// Why it could not be fetched.
        cause: secret::Error,
    },
    /// The key is of a kind that Stripe's API does not accept.
    #[error("the key is {kind}, but calls need a secret key (`sk_…`) or a restricted key (`rk_…`)")]
    NotASecretKey {
        /// What it is: `a publishable key`.
        kind: &'static str,
    },
    /// A live key would go over the network unencrypted.
    #[error("the key is a live key, but {base} is not encrypted and not on this machine")]
    LiveKeyInClear {
        /// The base address of calls.
        base: String,
    },
    /// The settings allow keys of the other mode only.
    #[error("the key is a {} mode key, but the provider allows {} mode only", mode(*live), mode(!*live))]
    WrongMode {
        /// Whether the key is a live key.
        live: bool,
    },
    /// An environment variable should name a proxy but does not.
    #[error(
        "the environment variable {0} is not the address of an HTTP proxy, such as \"http://proxy.example:3128\""
    )]
    ProxyVariable(&'static str),
    /// The Redis that should hold the shared limits cannot be used.
    #[error(transparent)]
    ThrottleScope(#[from] WindowError),
    /// The address, the proxy or the trusted roots are unusable.
    #[error(transparent)]
    Transport(#[from] SetupError),
    /// The sandbox file cannot be opened.
    #[error("cannot open the sandbox: {0}")]
    Sandbox(String),
    /// The response to a request for the account is not an account.
    #[error("the response is not an account")]
    NotAnAccount,
    /// Stripe refused the call, or could not be reached.
    #[error(transparent)]
    Stripe(#[from] stripe::Error),
}

const fn mode(live: bool) -> &'static str {
    if live { "live" } else { "test" }
}
