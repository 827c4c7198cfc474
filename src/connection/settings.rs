//! The settings of a connection.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::connection::ThrottleScope;
use crate::logs::Level;
use crate::secret::SecretSource;
use crate::stripe::ProxyTls;

/// All settings of a connection; a handle contains exactly these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// `locations/L/connections/N`; empty for the provider's default connection.
    pub id: String,
    /// The connected account whose data is used, for `Stripe-Account`; `None` means the provider's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// The source of the key; `None` means the provider's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<SecretSource>,
    /// The service account that reads secret versions; `None` means the provider's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account: Option<String>,
    /// How much is logged, from 1 (operations) to 5 (bytes).
    pub verbosity: u8,
    /// Whether and where lines are logged.
    pub log: LogSettings,
    /// The limits of the number of nodes.
    pub nodes: NodeLimits,
    /// The proxy for calls to Stripe; `None` means the environment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
    /// Additional trusted roots, as PEM text, for Stripe and for the proxy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_certificate: Option<String>,
    /// The processes that share Stripe's limits; `None` means the provider's scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ThrottleScope>,
    /// Whether reads of many objects of a type may be answered from pages of its list; `None` means the
    /// provider's setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk_refresh: Option<bool>,
    /// Whether every call is refused.
    pub suspended: bool,
    /// Whether changes to the connection itself are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<ChangeLock>,
}

/// The limits of the number of nodes; each node admits six transactions per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeLimits {
    /// The number of nodes that are always active, at least 1.
    pub min: usize,
    /// The maximum number of nodes that are active under load.
    pub max: usize,
}

/// The log of a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSettings {
    /// Whether anything is written.
    pub enabled: bool,
    /// The least severe level that is written.
    pub level: Level,
    /// A file that also gets every line, as one JSON object each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
}

/// A proxy for calls to Stripe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proxy {
    /// Host name or IP address.
    pub host: String,
    /// From 1 to 65535.
    pub port: u16,
    /// How it authenticates its users.
    pub auth: ProxyAuth,
    /// The user name; `None` without authentication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The source of the password; `None` means an empty password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretSource>,
    /// Where TLS is used.
    pub tls: ProxyTls,
}

/// How a proxy authenticates its users.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ProxyAuth {
    /// The proxy needs no authentication.
    #[default]
    None,
    /// User and password in every request (RFC 7617).
    Basic,
    /// A digest of user, password and the proxy's challenge (RFC 7616).
    Digest,
}

/// A lock that prevents changes to the connection itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLock {
    /// Whether changes and destruction are refused.
    pub locked: bool,
    /// Why it is locked; empty if it is not.
    pub reason: String,
}

impl Default for Settings {
    /// The defaults, without an id.
    fn default() -> Self {
        Self {
            id: String::new(),
            account_id: None,
            key: None,
            service_account: None,
            verbosity: 1,
            log: LogSettings::default(),
            nodes: NodeLimits::default(),
            proxy: None,
            ca_certificate: None,
            scope: None,
            bulk_refresh: None,
            suspended: false,
            lock: None,
        }
    }
}

impl NodeLimits {
    /// The transactions per second that the minimum number of nodes admits.
    pub fn min_rate(self) -> usize {
        self.min * crate::stripe::TRANSACTIONS_PER_NODE
    }

    /// The transactions per second that the maximum number of nodes admits.
    pub fn max_rate(self) -> usize {
        self.max * crate::stripe::TRANSACTIONS_PER_NODE
    }
}

impl Default for NodeLimits {
    /// From 2 to 50 nodes.
    fn default() -> Self {
        Self { min: 2, max: 50 }
    }
}
