//! What all connections of a provider have in common.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::connection::ThrottleScope;
use crate::env::{self, Env};
use crate::secret::SecretSource;
use crate::stripe::BaseUrl;

/// The settings that all connections of a provider share and that no handle contains.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// The base address of Stripe's API; none means the environment's, else Stripe's own.
    pub api_base: Option<BaseUrl>,
    /// The API version for `Stripe-Version`.
    pub api_version: String,
    /// The time limit of one request.
    pub timeout: Duration,
    /// The most retries of a call after failures.
    pub max_retries: u32,
    /// The account's limit in requests a second; none means Stripe's default limit for the key.
    pub requests_per_second: Option<usize>,
    /// Further trusted roots, PEM text.
    pub ca_certificate: Option<String>,
    /// The file of the sandbox that calls go to; none means Stripe.
    pub sandbox: Option<PathBuf>,
    /// The mode that keys must have: true for live; none allows both.
    pub expected_livemode: Option<bool>,
    /// The source of the key of connections that name none.
    pub key: Option<SecretSource>,
    /// The setting that is not known yet and gives the key, or makes it unnecessary: what an apply will know is not
    /// missing.
    pub unknown_key: Option<&'static str>,
    /// The setting that is not known yet and decides beside the key where calls go.
    pub unknown_place: Option<&'static str>,
    /// The setting that is not known yet and names the connected account of connections that name none.
    pub unknown_account: Option<&'static str>,
    /// The service account that reads secret versions for connections that name none.
    pub service_account: Option<String>,
    /// The connected account of connections that name none.
    pub account_id: Option<String>,
    /// Whether connections that do not say it may read by list; none means yes.
    pub bulk_refresh: Option<bool>,
    /// The throttle scope of connections that name none.
    pub scope: Option<ThrottleScope>,
    /// The environment of the process.
    pub env: Env,
    /// Cancelled when Terraform stops the provider.
    pub stopped: CancellationToken,
}

impl Defaults {
    /// Where calls go.
    pub(super) fn destination(&self) -> Destination {
        if let Some(file) = &self.sandbox {
            return Destination::Sandbox(file.clone());
        }
        let of_environment = || self.env.get(env::STRIPE_API_BASE).map(|written| BaseUrl::new(&written));
        let written = self.api_base.clone().or_else(of_environment);
        Destination::Api(written.unwrap_or_else(BaseUrl::of_stripe))
    }
}

/// Where calls go. As text it names what is kept for it, such as a limit or a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// The address of Stripe, or of what stands in its place.
    Api(BaseUrl),
    /// The sandbox with this file.
    Sandbox(PathBuf),
}

impl Destination {
    /// Another of Stripe's hosts, where calls go to Stripe itself.
    pub(super) fn beside(&self, host: &str) -> Option<Self> {
        match self {
            Self::Api(base) => base.beside(host).map(Self::Api),
            Self::Sandbox(_) => None,
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(base) => base.fmt(f),
            Self::Sandbox(file) => file.display().fmt(f),
        }
    }
}
