//! The runtime of a connection: settings and defaults become one throttled client.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::connection::throttle_scope::{Scope, account_name};
use crate::connection::{Error, Settings, logging, proxy, sandbox_transport};
use crate::env::{self, Env};
use crate::logs::Log;
use crate::secret::{Secret, Secrets, Source};
use crate::stripe::{Call, Client, Https, NodeThrottle, Proxied, Reply, Stack, Throttle, Transport};
use crate::terraform::value::Path;

/// Stripe's own limit for a test key, in transactions a second.
const TEST_LIMIT: usize = 25;
/// Stripe's own limit for a live key, in transactions a second.
const LIVE_LIMIT: usize = 100;
/// Where Stripe is.
const API_BASE: &str = "https://api.stripe.com";

/// What a handle does not carry: the provider block's part of every connection.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// Where Stripe is; none means the environment's, else Stripe's own address.
    pub api_base: Option<String>,
    /// `Stripe-Version`.
    pub api_version: String,
    /// For one try of one call.
    pub timeout: Duration,
    /// Tries after the first.
    pub max_retries: u32,
    /// A ceiling over all nodes; none means Stripe's own limit for the key.
    pub requests_per_second: Option<usize>,
    /// Further trusted roots, PEM.
    pub ca_certificate: Option<String>,
    /// Calls go to the sandbox kept in this file.
    pub sandbox: Option<PathBuf>,
    /// Only keys of this mode are used.
    pub expected_livemode: Option<bool>,
    /// The key of connections that name none.
    pub key: Option<Source>,
    /// Who reads the secrets of connections that do not say.
    pub service_account: Option<String>,
    /// The account of connections that name none.
    pub account_id: Option<String>,
    /// Who shares Stripe's limit, for connections that do not say.
    pub scope: Option<Scope>,
    /// The environment of the process.
    pub env: Env,
    /// Cancelled when Terraform asks us to stop.
    pub stopped: CancellationToken,
}

impl Defaults {
    /// Where calls go: an address, or the sandbox's file.
    pub(super) fn base(&self) -> String {
        if let Some(file) = &self.sandbox {
            return file.display().to_string();
        }
        let configured = self.api_base.clone().or_else(|| self.env.get(env::STRIPE_API_BASE));
        configured.unwrap_or_else(|| API_BASE.to_owned())
    }
}

/// One way to one Stripe account, ready to be used. The key is fetched and the client
/// made at the first call, so that a run that needs no call needs no key.
#[derive(Debug)]
pub struct Connection {
    settings: Settings,
    defaults: Arc<Defaults>,
    secrets: Secrets,
    client: OnceCell<Arc<Client>>,
    log: Option<Arc<Log>>,
}

impl Connection {
    /// A connection with these settings over the provider's defaults.
    pub fn new(settings: Settings, defaults: Arc<Defaults>) -> Self {
        let reader = settings.service_account.as_ref().or(defaults.service_account.as_ref()).cloned();
        let secrets = Secrets::new(defaults.env.clone(), reader);
        let log = logging::log(&settings, &defaults);
        Self { settings, defaults, secrets, client: OnceCell::new(), log }
    }

    /// What it writes about itself, if it does.
    pub fn log(&self) -> Option<&Arc<Log>> {
        self.log.as_ref()
    }

    /// The settings it was made from.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The account whose data is read; none means the key's own.
    pub fn account(&self) -> Option<&str> {
        self.settings.account_id.as_deref().or(self.defaults.account_id.as_deref())
    }

    /// Sends one call.
    pub async fn send(&self, call: Call) -> Result<Reply, Error> {
        let client = self.client().await?;
        match call.host.filter(|_| self.base() == API_BASE) {
            None => Ok(client.send(call).await?),
            Some(host) => {
                // Stripe's other hosts are called seldom, so no way to them is kept.
                let base = API_BASE.replacen("api", host, 1);
                Ok(client.over(self.transport(&base).await?).send(call).await?)
            }
        }
    }

    /// The client, made when first asked for.
    pub async fn client(&self) -> Result<&Arc<Client>, Error> {
        if self.settings.suspended {
            return Err(Error::Suspended { id: self.settings.id.clone() });
        }
        self.client.get_or_try_init(|| self.open()).await
    }

    /// Whether the key is a live one; none while no key could be fetched.
    pub async fn livemode(&self) -> Option<bool> {
        Some(is_live(&self.key().await.ok()?))
    }

    async fn open(&self) -> Result<Arc<Client>, Error> {
        let api_key = self.key().await?;
        self.hide(&api_key);
        self.check_mode(is_live(&api_key))?;
        let ceiling = if is_live(&api_key) { LIVE_LIMIT } else { TEST_LIMIT };
        let nodes = self.settings.nodes;
        let limit = self.defaults.requests_per_second.unwrap_or(ceiling);
        let account = account_name(&self.base(), api_key.expose());
        let scope = self.settings.scope.as_ref().or(self.defaults.scope.as_ref()).cloned();
        // Nobody counts the calls to a sandbox of one's own.
        let usual = if self.defaults.sandbox.is_some() { Scope::Process } else { Scope::default() };
        let scope = scope.unwrap_or(usual);
        let windows = scope.windows(&account, limit, &self.defaults.env)?;
        let throttle: Arc<dyn Throttle> =
            Arc::new(Stack::new(&self.settings.id, NodeThrottle::new(nodes.min, nodes.max), windows));
        let settings = crate::stripe::Settings {
            api_key,
            account: self.account().map(str::to_owned),
            api_version: self.defaults.api_version.clone(),
            max_retries: self.defaults.max_retries,
            user_agent: concat!("terraform-provider-stripe/", env!("CARGO_PKG_VERSION")).to_owned(),
            stopped: self.defaults.stopped.clone(),
        };
        Ok(Arc::new(Client::new(settings, self.transport(&self.base()).await?, throttle)))
    }

    async fn transport(&self, base: &str) -> Result<Arc<dyn Transport>, Error> {
        if let Some(file) = &self.defaults.sandbox {
            return sandbox_transport::transport(file).map_err(Error::Sandbox);
        }
        let own = self.settings.ca_certificate.as_deref();
        let roots: Vec<&str> = own.into_iter().chain(self.defaults.ca_certificate.as_deref()).collect();
        if let Some(proxy) = &self.settings.proxy {
            let proxy = proxy::settings(proxy, &self.secrets).await?;
            self.hide_password(Some(&proxy));
            let proxied = Proxied::new(base, proxy, self.defaults.timeout, &roots);
            return Ok(Arc::new(proxied.map_err(|error| Error::Setting(error.to_string()))?));
        }
        if self.log.as_ref().is_some_and(|log| log.watches_connections()) {
            let proxy = proxy::of_environment(base, &self.defaults.env);
            self.hide_password(proxy.as_ref());
            let direct = Proxied::direct(base, proxy, self.defaults.timeout, &roots);
            return Ok(Arc::new(direct.map_err(|error| Error::Setting(error.to_string()))?));
        }
        let https = Https::new(base, self.defaults.timeout, &roots);
        Ok(Arc::new(https.map_err(|error| Error::Setting(error.to_string()))?))
    }

    /// Where calls go: an address, or the sandbox's file.
    fn base(&self) -> String {
        self.defaults.base()
    }

    /// The connection's key, else the provider's, else the environment's; the sandbox
    /// needs none.
    async fn key(&self) -> Result<Secret, Error> {
        let own = self.settings.key.as_ref();
        match own.or(self.defaults.key.as_ref()) {
            Some(source) => {
                let key = self.secrets.fetch(source).await;
                key.map_err(|why| Error::Key { at: own.map(key_path), why })
            }
            None => match self.defaults.env.get(env::STRIPE_API_KEY) {
                Some(key) => Ok(Secret::new(key)),
                None if self.defaults.sandbox.is_some() => Ok(Secret::new("sk_test_sandbox".to_owned())),
                None => Err(Error::NoKey),
            },
        }
    }

    fn check_mode(&self, live: bool) -> Result<(), Error> {
        match self.defaults.expected_livemode {
            Some(expected) if expected != live => {
                Err(Error::WrongMode { found: mode(live), expected: mode(expected) })
            }
            _ => Ok(()),
        }
    }
}

/// Where a connection names this source of its key.
fn key_path(source: &Source) -> Path {
    Path::attribute("auth_config").index(0).name(&format!("api_key{}", source.suffix()))
}

/// Stripe writes the mode into the key: `sk_live_…`, `rk_test_…`.
fn is_live(key: &Secret) -> bool {
    key.expose().contains("_live_")
}

const fn mode(live: bool) -> &'static str {
    if live { "live" } else { "test" }
}
