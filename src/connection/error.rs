//! Why a connection could not be used.

use crate::terraform::value::Path;
use crate::{secret, stripe};

/// Why a connection could not be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration says that nothing may be sent.
    #[error("connection {id} is suspended; set `suspended = false` to use it")]
    Suspended {
        /// `locations/L/connections/N`.
        id: String,
    },
    /// Neither the connection nor the provider nor the environment has a key.
    #[error(
        "no Stripe key is configured: set `api_key` in the provider block, `auth_config` in the connection, or STRIPE_API_KEY"
    )]
    NoKey,
    /// The key could not be fetched from where it is kept.
    #[error("{why}")]
    Key {
        /// Where the connection says so; none when the provider does.
        at: Option<Path>,
        /// What happened.
        why: secret::Error,
    },
    /// The proxy's password could not be fetched from where it is kept.
    #[error("{why}")]
    ProxyPassword {
        /// Where the connection says so.
        at: Path,
        /// What happened.
        why: secret::Error,
    },
    /// `expected_livemode` says otherwise.
    #[error("the key is a {found} mode key, and `expected_livemode` allows {expected} mode only")]
    WrongMode {
        /// What the key is for.
        found: &'static str,
        /// What the configuration allows.
        expected: &'static str,
    },
    /// A setting that cannot work.
    #[error("{0}")]
    Setting(String),
    /// The sandbox's file cannot be opened.
    #[error("cannot open the sandbox: {0}")]
    Sandbox(String),
    /// Stripe refused the call, or could not be reached.
    #[error(transparent)]
    Stripe(#[from] stripe::Error),
}
