//! Reads the settings of a connection from a configuration: an object with the schema that the provider
//! block and `stripe_connection` share.

use std::path::PathBuf;

use serde::de::DeserializeOwned;

use crate::connection::{ChangeLock, LogSettings, NodeLimits, Proxy, Settings, ThrottleScope};
use crate::secret::{Secret, SecretSource};
use crate::terraform::value::Value;

/// The four attributes that can provide one secret: the secret itself, the name of an environment
/// variable, a path, and the name of a version in Secret Manager.
pub(in crate::provider) type SecretAttributes = [&'static str; 4];
/// The attributes of Stripe's key.
pub(in crate::provider) const API_KEY: SecretAttributes =
    ["api_key", "api_key_env", "api_key_file", "api_key_secret_version"];
/// The attributes of the proxy's password.
pub(super) const PROXY_PASSWORD: SecretAttributes =
    ["proxy_password", "proxy_password_env", "proxy_password_file", "proxy_password_secret_version"];

/// The port of a proxy when the configuration names none.
const PROXY_PORT: u16 = 3128;

/// Returns the attribute that provides a secret from this source.
pub(super) const fn attribute_of(source: &SecretSource, attributes: SecretAttributes) -> &'static str {
    let [inline, environment, file, secret_version] = attributes;
    match source {
        SecretSource::Inline(_) => inline,
        SecretSource::Environment(_) => environment,
        SecretSource::File(_) => file,
        SecretSource::SecretVersion(_) => secret_version,
    }
}

/// Reads the settings from a checked configuration, with defaults for omitted ones; returns None while any
/// of it is unknown. `id` is `locations/L/connections/N`, empty for the default connection.
pub(in crate::provider) fn read(config: &Value, id: String) -> Option<Settings> {
    config.is_wholly_known().then(|| Settings {
        id,
        account_id: text(config, "account_id"),
        // The provider block has the key's attributes at its top level, a connection has them in a block.
        key: source(config, API_KEY).or_else(|| source(block(config, "auth_config"), API_KEY)),
        service_account: text(config, "service_account"),
        verbosity: number(config, "verbosity").unwrap_or(1),
        log: log(block(config, "log_config")),
        nodes: nodes(block(config, "node_config")),
        proxy: proxy(config),
        ca_certificate: text(config, "ca_certificate"),
        scope: text(config, "throttle_scope").and_then(|scope| ThrottleScope::parse(&scope).ok()),
        bulk_refresh: config.get("bulk_refresh").as_bool(),
        suspended: boolean(config, "suspended"),
        lock: lock(block(config, "lock_config")),
    })
}

/// The only block of that name; null if there is none.
fn block<'a>(config: &'a Value, name: &str) -> &'a Value {
    config.get(name).items().first().unwrap_or(&Value::Null)
}

fn text(config: &Value, name: &str) -> Option<String> {
    config.get(name).as_str().map(str::to_owned)
}

fn number<N: TryFrom<i64>>(config: &Value, name: &str) -> Option<N> {
    config.get(name).as_i64().and_then(|number| N::try_from(number).ok())
}

fn boolean(config: &Value, name: &str) -> bool {
    config.get(name).as_bool().unwrap_or(false)
}

/// Reads a variant by its name, such as `DIGEST`; returns the default if the attribute is not set.
fn variant<V: DeserializeOwned + Default>(config: &Value, name: &str) -> V {
    let json = text(config, name).map(serde_json::Value::String);
    json.and_then(|json| serde_json::from_value(json).ok()).unwrap_or_default()
}

/// The source of a secret: the one of its attributes that is set.
fn source(config: &Value, attributes: SecretAttributes) -> Option<SecretSource> {
    let [inline, environment, file, secret_version] = attributes.map(|name| text(config, name));
    inline
        .map(|inline| SecretSource::Inline(Secret::new(inline)))
        .or_else(|| environment.map(SecretSource::Environment))
        .or_else(|| file.map(|path| SecretSource::File(path.into())))
        .or_else(|| secret_version.map(SecretSource::SecretVersion))
}

fn log(config: &Value) -> LogSettings {
    let file = text(config, "file").map(PathBuf::from);
    LogSettings { enabled: boolean(config, "enabled"), level: variant(config, "level"), file }
}

fn nodes(config: &Value) -> NodeLimits {
    let defaults = NodeLimits::default();
    let (min, max) = (number(config, "min_node_count"), number(config, "max_node_count"));
    // If one bound is set, it limits the default of the other, so that min <= max.
    NodeLimits {
        min: min.unwrap_or(defaults.min.min(max.unwrap_or(defaults.min))),
        max: max.unwrap_or(defaults.max.max(min.unwrap_or(defaults.max))),
    }
}

fn proxy(config: &Value) -> Option<Proxy> {
    let destination = block(config, "destination_config");
    boolean(config, "proxy_enabled").then(|| Proxy {
        host: text(destination, "host").unwrap_or_default(),
        port: number(destination, "port").unwrap_or(PROXY_PORT),
        auth: variant(config, "proxy_auth_scheme"),
        user: text(config, "proxy_user"),
        password: source(config, PROXY_PASSWORD),
        tls: variant(config, "proxy_ssltype"),
    })
}

fn lock(config: &Value) -> Option<ChangeLock> {
    let locked = config.get("locked").as_bool()?;
    Some(ChangeLock { locked, reason: text(config, "reason").unwrap_or_default() })
}
