//! Finds conflicting settings without a call, each reported at its attribute: an error if the settings
//! cannot work, a warning if one has no effect.

use crate::catalog::API_VERSION;
use crate::connection::{Connection, NodeLimits, keeps_secrets};
use crate::env::{self, Env};
use crate::provider::connection_settings::read::{API_KEY, PROXY_PASSWORD, SecretAttributes};
use crate::provider::messages::settings;
use crate::secret::{is_live_key, kind_of_key, looks_like_key};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::{Path, Value};

/// The proxy settings that have no effect without a proxy.
const PROXY_SETTINGS: [&str; 4] = ["destination_config", "proxy_auth_scheme", "proxy_user", "proxy_ssltype"];

/// Errors about conflicting settings.
pub(in crate::provider) fn check_combinations(config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    found.extend(check_nodes(config));
    found.extend(check_proxy(config));
    found.extend(check_sources(config, PROXY_PASSWORD, &Path::root()));
    found.extend(without_effect(config));
    found
}

/// Reports an error if more than one of a secret's attributes is set; `at` is the object that has them.
pub(in crate::provider) fn check_sources(
    config: &Value,
    attributes: SecretAttributes,
    at: &Path,
) -> Option<Diagnostic> {
    let set: Vec<&str> = attributes.into_iter().filter(|name| config.get(name).is_set()).collect();
    let [_, second, ..] = set.as_slice() else { return None };
    let written = format!("`{}`", set.join("` and `"));
    Some(settings::several_secret_sources(&all_sources(attributes), &written).at(at.name(second)))
}

/// Lists the attributes for messages: `` `api_key`, `api_key_env`, … ``.
pub(in crate::provider) fn all_sources(attributes: SecretAttributes) -> String {
    attributes.map(|name| format!("`{name}`")).join(", ")
}

fn check_proxy(config: &Value) -> Diagnostics {
    let is_missing = |name: &str| config.get(name).is_null();
    let enabled = config.get("proxy_enabled").as_bool() == Some(true);
    let has_password = PROXY_PASSWORD.into_iter().any(|name| config.get(name).is_set());
    let scheme = config.get("proxy_auth_scheme").as_str();
    let destination = config.get("destination_config");
    let mut found = Diagnostics::new();
    if enabled && !destination.is_unknown() && destination.items().is_empty() {
        found.push(settings::no_proxy_host().at_attribute("proxy_enabled"));
    }
    if has_password && is_missing("proxy_user") {
        found.push(settings::password_without_user().at_attribute("proxy_user"));
    }
    if let (true, Some(scheme @ ("BASIC" | "DIGEST")), true) = (enabled, scheme, is_missing("proxy_user")) {
        found.push(settings::scheme_without_user(scheme).at_attribute("proxy_auth_scheme"));
    }
    found
}

/// Checks the source of the key in an object that has the key's attributes. The message is at the root:
/// Terraform prints the line of an attribute, which would show the key.
pub(in crate::provider) fn check_key(config: &Value) -> Diagnostics {
    let [inline, references @ ..] = API_KEY;
    let text = |name: &str| config.get(name).as_str().unwrap_or_default().trim().to_owned();
    let wrong_kind = kind_of_key(&text(inline)).map(|kind| settings::not_a_secret_key(inline, kind));
    let misplaced = references.into_iter().filter(|name| looks_like_key(&text(name)));
    let misplaced = misplaced.map(|name| settings::key_for_a_name(name, inline));
    wrong_kind.into_iter().chain(misplaced).collect()
}

/// Returns the faults of the provider block's API address and of its key's mode.
pub(super) fn check_destination(config: &Value, env: &Env) -> Diagnostics {
    // If `sandbox` is unknown, there may be a sandbox, and then no address is used.
    let sandbox = !config.get("sandbox").is_null();
    let written = config.get("api_base").as_str().map(str::to_owned);
    let at = Path::attribute("api_base");
    let (name, at) =
        if written.is_some() { ("`api_base`", at) } else { (env::STRIPE_API_BASE, Path::root()) };
    let base = written.or_else(|| env.get(env::STRIPE_API_BASE)).filter(|_| !sandbox).unwrap_or_default();
    let live = config.get("api_key").as_str().map(is_live_key);
    let mut found = Diagnostics::new();
    if base.trim_end_matches('/').ends_with("/v1") {
        found.push(settings::address_holds_a_path(name).at(at.clone()));
    }
    if live == Some(true) && !keeps_secrets(&base) {
        found.push(settings::live_key_in_clear(name, &base).at(at));
    }
    found.extend(check_mode(config, live, env));
    found
}

/// Checks the available key against the expected mode.
fn check_mode(config: &Value, live: Option<bool>, env: &Env) -> Option<Diagnostic> {
    let expected = config.get("expected_livemode").as_bool()?;
    let has_key =
        API_KEY.iter().any(|name| !config.get(name).is_null()) || env.get(env::STRIPE_API_KEY).is_some();
    let (key, live) = match live {
        Some(live) if live != expected => ("`api_key`", live),
        None if expected && config.get("sandbox").is_set() && !has_key => ("The key of the sandbox", false),
        _ => return None,
    };
    Some(settings::key_of_wrong_mode(key, mode(live)).at_attribute("expected_livemode"))
}

const fn mode(live: bool) -> &'static str {
    if live { "live" } else { "test" }
}

/// Warns if the API version is not the catalog's.
pub(in crate::provider) fn check_version(config: &Value) -> Option<Diagnostic> {
    let version = config.get("api_version").as_str().filter(|version| *version != API_VERSION)?;
    Some(settings::another_api_version(API_VERSION, version).at_attribute("api_version"))
}

/// Checks each bound of the node count against the other, whether set or default.
fn check_nodes(config: &Value) -> Option<Diagnostic> {
    let nodes = config.get("node_config").items().first()?;
    let (min, written) = (nodes.get("min_node_count").as_i64()?, nodes.get("max_node_count"));
    let default = i64::try_from(NodeLimits::default().max).unwrap_or(i64::MAX);
    let (max, kind) = match written.as_i64() {
        Some(max) => (max, String::new()),
        None if written.is_null() => (default, ", its default: set both".to_owned()),
        None => return None,
    };
    let at = Path::attribute("node_config").index(0).name("min_node_count");
    (min > max).then(|| settings::node_counts_contradict(min, max, &kind).at(at))
}

/// Warns about settings that have no effect in combination with the others.
fn without_effect(config: &Value) -> Diagnostics {
    let mut found = proxy_without_effect(config);
    let logs = config.get("log_config");
    let verbose = config.get("verbosity").as_i64().is_some_and(|verbosity| verbosity > 1);
    if verbose && !logs.is_unknown() && logs.items().is_empty() {
        let why = "it applies to the log of `log_config { enabled = true }` only; TF_LOG has its own level";
        found.push(no_effect("verbosity", why));
    }
    found
}

fn proxy_without_effect(config: &Value) -> Diagnostics {
    let set = |name: &str| {
        let value = config.get(name);
        !value.is_null() && (!value.items().is_empty() || value.as_str().is_some())
    };
    if config.get("proxy_enabled").is_null() {
        let settings = PROXY_SETTINGS.iter().chain(&PROXY_PASSWORD).filter(|name| set(name));
        return settings
            .map(|name| no_effect(name, "no proxy is used without `proxy_enabled = true`"))
            .collect();
    }
    let open = ["NONE"].map(Some).contains(&config.get("proxy_auth_scheme").as_str())
        || config.get("proxy_auth_scheme").is_null();
    let names = config.get("proxy_enabled").as_bool() == Some(true) && open && set("proxy_user");
    let why = "no user and password are sent to the proxy unless `proxy_auth_scheme` is `BASIC` or `DIGEST`";
    names.then(|| no_effect("proxy_user", why)).into_iter().collect()
}

/// Warns about a service account that reads nothing because the key and the password come from elsewhere.
pub(in crate::provider) fn idle_service_account(config: &Value) -> Option<Diagnostic> {
    let auth = config.get("auth_config").items().first()?;
    let from = |config: &Value, [.., version]: SecretAttributes| !config.get(version).is_null();
    let idle = config.get("service_account").as_str().is_some()
        && !from(auth, API_KEY)
        && !from(config, PROXY_PASSWORD);
    let why = "it is used to read secret versions, but neither the key nor the proxy password comes from one";
    idle.then(|| no_effect("service_account", why))
}

fn no_effect(name: &str, why: &str) -> Diagnostic {
    settings::no_effect(name, why).at_attribute(name)
}

/// Warns if the log file of a connection cannot be opened.
pub(in crate::provider) fn log_file_warning(connection: &Connection) -> Option<Diagnostic> {
    let error = connection.log()?.file_error()?;
    let at = Path::attribute("log_config").index(0).name("file");
    Some(settings::log_not_written(error).at(at))
}
