//! The settings of a connection, parsed from a checked configuration.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::connection::Scope;
use crate::logs::Level;
use crate::secret::{Secret, Source};
use crate::terraform::value::Value;

/// Everything a connection is made of. A handle carries exactly this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// `locations/L/connections/N`; empty for the provider's default connection.
    pub id: String,
    /// The Connect account whose data is read (`Stripe-Account`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// Where the key comes from; none means the provider's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Source>,
    /// The identity that reads secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account: Option<String>,
    /// How much is logged, 1 to 5.
    pub verbosity: u8,
    /// What is logged at all.
    pub log: Log,
    /// How many transactions may run.
    pub nodes: Nodes,
    /// The proxy on the way to Stripe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
    /// Further trusted roots, PEM, for Stripe and for the proxy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_certificate: Option<String>,
    /// Who shares Stripe's limit; none means the provider's scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Refuses every call.
    pub suspended: bool,
    /// Refuses changes to the connection itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
}

/// The fewest and the most nodes; each admits six transactions a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nodes {
    /// Always active.
    pub min: usize,
    /// Active under load.
    pub max: usize,
}

/// What is written to the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// Off by default.
    pub enabled: bool,
    /// The least severe level that is written.
    pub level: Level,
    /// A file that gets every line too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
}

/// A proxy on the way to Stripe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proxy {
    /// Name or address.
    pub host: String,
    /// 1 to 65535.
    pub port: u16,
    /// How it wants to know us.
    pub auth: ProxyAuth,
    /// The user it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// That user's password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Source>,
    /// Where TLS begins.
    pub tls: ProxyTls,
}

/// How a proxy authenticates its users.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ProxyAuth {
    /// Not at all.
    #[default]
    None,
    /// User and password in every request.
    Basic,
    /// A challenge and its digest.
    Digest,
}

/// Where TLS begins on the way through a proxy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ProxyTls {
    /// A tunnel for https targets, plain for http.
    #[default]
    Auto,
    /// TLS to the proxy itself.
    Always,
    /// Plain to the proxy.
    Never,
    /// A CONNECT tunnel.
    Tunnel,
}

/// Whether the connection may be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Changes and destroy are refused.
    pub locked: bool,
    /// Why.
    pub reason: String,
}

impl Settings {
    /// The settings of a checked configuration; `None` while any of it is unknown.
    ///
    /// `config` is an object of the shared connection schema, as the provider block and
    /// `stripe_connection` have it; what it leaves out gets the connector's defaults.
    pub fn from_config(config: &Value, id: String) -> Option<Self> {
        config.is_wholly_known().then(|| Self {
            id,
            account_id: text(config, "account_id"),
            key: key_source(config),
            service_account: text(config, "service_account"),
            verbosity: number(config, "verbosity").unwrap_or(1),
            log: log(block(config, "log_config")),
            nodes: nodes(block(config, "node_config")),
            proxy: proxy(config),
            ca_certificate: text(config, "ca_certificate"),
            scope: text(config, "throttle_scope").and_then(|scope| Scope::parse(&scope).ok()),
            suspended: config.get("suspended").as_bool().unwrap_or(false),
            lock: lock(block(config, "lock_config")),
        })
    }
}

impl Default for Settings {
    /// The connector's defaults, of the provider's default connection.
    fn default() -> Self {
        Self {
            id: String::new(),
            account_id: None,
            key: None,
            service_account: None,
            verbosity: 1,
            log: Log::default(),
            nodes: Nodes::default(),
            proxy: None,
            ca_certificate: None,
            scope: None,
            suspended: false,
            lock: None,
        }
    }
}

impl Nodes {
    /// Transactions a second at the fewest nodes.
    pub fn slowest(self) -> usize {
        self.min * crate::stripe::TRANSACTIONS_PER_NODE
    }

    /// Transactions a second at the most nodes.
    pub fn fastest(self) -> usize {
        self.max * crate::stripe::TRANSACTIONS_PER_NODE
    }
}

impl Default for Nodes {
    /// The connector's defaults.
    fn default() -> Self {
        Self { min: 2, max: 50 }
    }
}

/// The only block of that name; null when there is none.
fn block<'a>(config: &'a Value, name: &str) -> &'a Value {
    config.get(name).items().first().unwrap_or(&Value::Null)
}

fn text(config: &Value, name: &str) -> Option<String> {
    config.get(name).as_str().map(str::to_owned)
}

fn number<N: TryFrom<i64>>(config: &Value, name: &str) -> Option<N> {
    config.get(name).as_i64().and_then(|number| N::try_from(number).ok())
}

/// The key's source: directly in the object (provider block, `auth_config`), whichever is set.
fn key_source(config: &Value) -> Option<Source> {
    source(config, "api_key").or_else(|| source(block(config, "auth_config"), "api_key"))
}

/// The source that `prefix` and its suffixes name: inline, environment, file, secret version.
fn source(config: &Value, prefix: &str) -> Option<Source> {
    let named = |suffix: &str| text(config, &format!("{prefix}{suffix}"));
    named("")
        .map(|inline| Source::Inline(Secret::new(inline)))
        .or_else(|| named("_env").map(Source::Environment))
        .or_else(|| named("_file").map(|path| Source::File(path.into())))
        .or_else(|| named("_secret_version").map(Source::SecretVersion))
}

fn log(config: &Value) -> Log {
    let level = match config.get("level").as_str() {
        Some("INFO") => Level::Info,
        Some("DEBUG") => Level::Debug,
        _ => Level::Error,
    };
    let enabled = config.get("enabled").as_bool().unwrap_or(false);
    Log { enabled, level, file: text(config, "file").map(PathBuf::from) }
}

fn nodes(config: &Value) -> Nodes {
    let defaults = Nodes::default();
    let min = number(config, "min_node_count");
    let max = number(config, "max_node_count");
    // One bound alone moves the other's default out of its way.
    Nodes {
        min: min.unwrap_or(defaults.min.min(max.unwrap_or(defaults.min))),
        max: max.unwrap_or(defaults.max.max(min.unwrap_or(defaults.max))),
    }
}

fn proxy(config: &Value) -> Option<Proxy> {
    let destination = block(config, "destination_config");
    (config.get("proxy_enabled").as_bool() == Some(true)).then(|| Proxy {
        host: text(destination, "host").unwrap_or_default(),
        port: number(destination, "port").unwrap_or(3128),
        auth: match config.get("proxy_auth_scheme").as_str() {
            Some("BASIC") => ProxyAuth::Basic,
            Some("DIGEST") => ProxyAuth::Digest,
            _ => ProxyAuth::None,
        },
        user: text(config, "proxy_user"),
        password: source(config, "proxy_password"),
        tls: match config.get("proxy_ssltype").as_str() {
            Some("ALWAYS") => ProxyTls::Always,
            Some("NEVER") => ProxyTls::Never,
            Some("TUNNEL") => ProxyTls::Tunnel,
            _ => ProxyTls::Auto,
        },
    })
}

fn lock(config: &Value) -> Option<Lock> {
    let locked = config.get("locked").as_bool()?;
    Some(Lock { locked, reason: text(config, "reason").unwrap_or_default() })
}
