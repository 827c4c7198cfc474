//! A connection that can make calls: one client, made from the settings and the provider's defaults.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::OnceCell;

use crate::connection::throttle_scope::{ThrottleScope, account_name};
use crate::connection::{Defaults, Destination, Error, Settings, logging, proxy, sandbox_transport};
use crate::env;
use crate::logs::Log;
use crate::secret::{Secret, SecretSource, Secrets, is_live_key};
use crate::stripe::trace::{self, Observer, TracedOperation};
use crate::stripe::{
    self, Call, CallTotals, Client, ConnectionThrottle, Http1Transport, HttpTransport, NodeThrottle,
    ProxySettings, Reply, Throttle, Transport,
};

/// Stripe's own limit for a test key, in transactions per second.
const TEST_LIMIT: usize = 25;
/// Stripe's own limit for a live key, in transactions per second.
const LIVE_LIMIT: usize = 100;

/// Where the calls of a connection go: its id, and the account, if one is named. Objects of two accounts may
/// have one id.
pub type ConnectionTarget = (String, Option<String>);

/// A connection to one Stripe account. The key is fetched and the client created at the first call, so that a
/// run without calls needs no key.
#[derive(Debug)]
pub struct Connection {
    settings: Settings,
    defaults: Arc<Defaults>,
    secrets: Secrets,
    /// The key, once it has been fetched. Things that are kept apart by key, such as a journal, belong to the
    /// client.
    key: OnceCell<Secret>,
    client: OnceCell<Arc<Client>>,
    /// The account of the key, once Stripe has been asked; the inner `None` means that Stripe could not tell.
    pub(super) asked_account: OnceCell<Option<String>>,
    /// Set once Stripe has answered for the account.
    pub(super) checked: OnceCell<()>,
    log: Option<Arc<Log>>,
}

impl Connection {
    /// Creates a connection with these settings on top of the provider's defaults.
    pub fn new(settings: Settings, defaults: Arc<Defaults>) -> Self {
        let reader = settings.service_account.as_ref().or(defaults.service_account.as_ref()).cloned();
        let secrets = Secrets::new(defaults.env.clone(), reader);
        let log = logging::log(&settings, &defaults);
        Self {
            settings,
            defaults,
            secrets,
            key: OnceCell::new(),
            client: OnceCell::new(),
            asked_account: OnceCell::new(),
            checked: OnceCell::new(),
            log,
        }
    }

    /// Whether reads of many objects of a type may be answered from pages of its list.
    pub fn reads_by_list(&self) -> bool {
        self.settings.bulk_refresh.or(self.defaults.bulk_refresh).unwrap_or(true)
    }

    /// The log of the connection, if logging is enabled.
    pub fn log(&self) -> Option<&Arc<Log>> {
        self.log.as_ref()
    }

    /// Runs an operation with events for the connection's log; `rows` counts the entities of a success.
    pub fn operation<'w, T: 'w, E: fmt::Display + 'w>(
        &self,
        operation: TracedOperation,
        work: impl Future<Output = Result<T, E>> + Send + 'w,
        rows: impl FnOnce(&T) -> usize + Send + 'w,
    ) -> BoxFuture<'w, Result<T, E>> {
        let observer = self.log().map(|log| Arc::clone(log) as Arc<dyn Observer>);
        trace::operation(observer, operation, work, rows)
    }

    /// Redacts a secret in the log.
    pub fn redact(&self, secret: &Secret) {
        if let Some(log) = self.log() {
            log.redact(secret);
        }
    }

    /// Redacts the password for a proxy in the log.
    fn redact_password(&self, proxy: Option<&ProxySettings>) {
        if let Some(credentials) = proxy.and_then(|proxy| proxy.credentials.as_ref()) {
            self.redact(&credentials.password);
        }
    }

    /// The settings that the connection was made from.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The connected account whose data is used; `None` means the key's own account.
    pub fn account(&self) -> Option<&str> {
        self.settings.account_id.as_deref().or(self.defaults.account_id.as_deref())
    }

    /// Identifies this connection among the connections of a run.
    pub fn place(&self) -> ConnectionTarget {
        (self.settings.id.clone(), self.account().map(str::to_owned))
    }

    /// The API version of the calls.
    pub fn api_version(&self) -> &str {
        &self.defaults.api_version
    }

    /// Sends one call to Stripe or to the sandbox.
    ///
    /// # Errors
    /// The connection cannot be used, or the call did not succeed.
    pub async fn send(&self, call: Call) -> Result<Reply, Error> {
        let client = self.client().await?;
        match call.host.and_then(|host| self.destination().beside(host)) {
            None => Ok(client.send(call).await?),
            // Stripe's other hosts are called seldom, so no transport to them is kept.
            Some(other) => Ok(client.with_transport(self.transport(&other).await?).send(call).await?),
        }
    }

    /// Returns the client, which is created at the first call. A suspended connection or one without a usable
    /// key has no client.
    pub async fn client(&self) -> Result<&Arc<Client>, Error> {
        if self.settings.suspended {
            return Err(Error::Suspended { id: self.settings.id.clone() });
        }
        self.client.get_or_try_init(|| self.open()).await
    }

    /// The totals of all calls so far.
    pub fn totals(&self) -> CallTotals {
        self.client.get().map(|client| client.totals()).unwrap_or_default()
    }

    /// Whether the key is a live key; `None` if it cannot be fetched.
    pub async fn livemode(&self) -> Option<bool> {
        Some(is_live(&self.key().await.ok()?))
    }

    /// Returns the key and whether it is a live key.
    pub(super) async fn key_and_mode(&self) -> Result<(Secret, bool), Error> {
        let key = self.key().await?;
        let live = is_live(&key);
        Ok((key, live))
    }

    async fn open(&self) -> Result<Arc<Client>, Error> {
        let api_key = self.key().await?;
        self.redact(&api_key);
        self.check_key(&api_key)?;
        let throttle = self.throttle(&api_key)?;
        let settings = stripe::Settings {
            api_key,
            account: self.account().map(str::to_owned),
            api_version: self.defaults.api_version.clone(),
            max_retries: self.defaults.max_retries,
            user_agent: concat!("terraform-provider-stripe/", env!("CARGO_PKG_VERSION")).to_owned(),
            stopped: self.defaults.stopped.clone(),
        };
        Ok(Arc::new(Client::new(settings, self.transport(&self.destination()).await?, throttle)))
    }

    fn throttle(&self, api_key: &Secret) -> Result<Arc<dyn Throttle>, Error> {
        let Settings { id, nodes, scope, .. } = &self.settings;
        let stripes_limit = if is_live(api_key) { LIVE_LIMIT } else { TEST_LIMIT };
        let limit = self.defaults.requests_per_second.unwrap_or(stripes_limit);
        let destination = self.destination();
        let default = match destination {
            // A sandbox file has no limit that other processes could use up.
            Destination::Sandbox(_) => ThrottleScope::Process,
            Destination::Api(_) => ThrottleScope::default(),
        };
        let scope = scope.as_ref().or(self.defaults.scope.as_ref()).unwrap_or(&default);
        let account = account_name(&destination.to_string(), api_key);
        let windows = scope.windows(&account, limit, &self.defaults.env)?;
        Ok(Arc::new(ConnectionThrottle::new(id, NodeThrottle::new(nodes.min, nodes.max), windows)))
    }

    async fn transport(&self, to: &Destination) -> Result<Arc<dyn Transport>, Error> {
        match to {
            Destination::Api(base) => self.http(base.as_str()).await,
            Destination::Sandbox(file) => {
                // Another process that writes to the file may be waited for.
                let opening = sandbox_transport::transport(file, self.defaults.timeout);
                let opened = self.defaults.stopped.run_until_cancelled(opening).await;
                opened.ok_or_else(stripe::Error::stopped)?.map_err(Error::Sandbox)
            }
        }
    }

    async fn http(&self, base: &str) -> Result<Arc<dyn Transport>, Error> {
        let own = self.settings.ca_certificate.as_deref();
        let roots: Vec<&str> = own.into_iter().chain(self.defaults.ca_certificate.as_deref()).collect();
        if self.settings.proxy.is_none()
            && let Some(variable) = proxy::unusable_variable(base, &self.defaults.env)
        {
            return Err(Error::ProxyVariable(variable));
        }
        let proxy = match &self.settings.proxy {
            Some(proxy) => Some(proxy::configured(proxy, &self.secrets).await?),
            None => proxy::of_environment(base, &self.defaults.env),
        };
        self.redact_password(proxy.as_ref());
        let timeout = self.defaults.timeout;
        let tells_connections = self.log.as_ref().is_some_and(|log| log.logs_connections());
        if self.settings.proxy.is_some() || tells_connections {
            return Ok(Arc::new(Http1Transport::new(base, proxy, timeout, &roots)?));
        }
        Ok(Arc::new(HttpTransport::new(base, proxy.as_ref(), timeout, &roots)?))
    }

    /// Where the calls go.
    pub(super) fn destination(&self) -> Destination {
        self.defaults.destination()
    }

    /// Returns the key. If it is rotated, only the next connection uses the new one.
    pub(super) async fn key(&self) -> Result<Secret, Error> {
        self.key.get_or_try_init(|| self.fetch_key()).await.cloned()
    }

    /// Fetches the connection's key, else the provider's, else the environment's. The sandbox needs none.
    async fn fetch_key(&self) -> Result<Secret, Error> {
        let own = self.settings.key.as_ref();
        match own.or(self.defaults.key.as_ref()) {
            Some(origin) => {
                let (key, origin) = (self.secrets.fetch_key(origin).await, origin.clone());
                key.map_err(|cause| Error::Key { origin, of_connection: own.is_some(), cause })
            }
            None => match self.defaults.env.get(env::STRIPE_API_KEY) {
                Some(_) => {
                    let origin = SecretSource::Environment(env::STRIPE_API_KEY.to_owned());
                    let key = self.secrets.fetch_key(&origin).await;
                    key.map_err(|cause| Error::Key { origin, of_connection: false, cause })
                }
                None if self.defaults.sandbox.is_some() => Ok(Secret::new("sk_test_sandbox".to_owned())),
                None => Err(Error::NoKey),
            },
        }
    }

    /// The source of the key; `None` if only the environment variable is left.
    pub(super) fn key_source(&self) -> Option<&SecretSource> {
        self.settings.key.as_ref().or(self.defaults.key.as_ref())
    }

    /// The settings that all connections of the provider share.
    pub(super) fn defaults(&self) -> &Defaults {
        &self.defaults
    }
}

/// Whether a key is a live key.
pub(super) fn is_live(key: &Secret) -> bool {
    is_live_key(key.expose())
}

#[cfg(test)]
mod tests;
