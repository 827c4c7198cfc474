//! The schema of a connection's settings, and its checks: shared by the provider block (the
//! default connection) and `stripe_connection`; and the attribute by which all others name a connection.

use crate::connection::{Connection, ThrottleScope, decode_handle, id_of_handle};
use crate::provider::connection_settings::{PROXY_PASSWORD, SecretAttributes};
use crate::provider::messages::settings;
use crate::provider::setting_faults::{check_nodes, without_effect};
use crate::secret::{SecretVersion, looks_like_key};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::schema::Presence::{Computed, Optional, Required};
use crate::terraform::schema::{Attribute, Block, NestedBlock, Nesting, Rule};
use crate::terraform::value::{Path, Type, Value};

/// The attributes of both, without the key's.
pub(super) fn shared_attributes() -> Vec<Attribute> {
    let mut attributes = vec![
        optional("account_id", Type::String, "Id of the connected account whose data is used (`acct_…`); sent as `Stripe-Account`. A path of contexts, such as `org_…/acct_…`, is sent as `Stripe-Context`.")
            .rule(Rule::Text(account_id)),
        optional("verbosity", Type::Number, "How much is logged; each value adds to the one before: `1` (default) operations, rows, times and errors; `2` requests; `3` headers and bodies; `4` connections, proxies and TLS certificates; `5` every byte. Secrets are always redacted.")
            .rule(Rule::Range(1, 5)),
        optional("proxy_enabled", Type::Bool, "Whether calls go through the proxy of `destination_config`. Default `false`."),
        optional("proxy_auth_scheme", Type::String, "How the proxy authenticates its users: `BASIC`, `DIGEST` or `NONE` (default).")
            .rule(Rule::one_of(["BASIC", "DIGEST", "NONE"])),
        optional("proxy_user", Type::String, "User name for the proxy.").rule(Rule::NotEmpty),
        optional("proxy_ssltype", Type::String, "Where TLS is used: `AUTO` (default: a tunnel to https addresses, none to http addresses), `ALWAYS` (TLS to the proxy itself), `NEVER`, or `TUNNEL` (a CONNECT tunnel to every address).")
            .rule(Rule::one_of(["AUTO", "ALWAYS", "NEVER", "TUNNEL"])),
    ];
    attributes.extend(secret(PROXY_PASSWORD, "Password for the proxy"));
    let reader = "Google service account that reads secret versions. Default: the identity of the run's own Google credentials.";
    attributes.push(optional("service_account", Type::String, reader).rule(Rule::Text(service_account)));
    let roots = "Additional trusted root certificates (PEM) for Stripe and for the proxy. The system's roots are always trusted, and certificates are always verified.";
    attributes.push(optional("ca_certificate", Type::String, roots).rule(Rule::Text(pem)));
    let by_list = "Whether a run that reads many objects of a type may read pages of their list, a hundred objects in one call, instead of each object by itself. Default `true`.";
    attributes.push(optional("bulk_refresh", Type::Bool, by_list));
    let scope = "Processes that share Stripe's limits on requests: `process` (only this one), `host` (default: all runs of this user on this machine), or the address of a Redis (`redis://…`, `rediss://…`) for runs on many machines. While the Redis cannot be reached, `host` is used.";
    attributes
        .push(optional("throttle_scope", Type::String, scope).sensitive().rule(Rule::Text(throttle_scope)));
    attributes
}

/// The blocks of both.
pub(super) fn shared_blocks() -> Vec<NestedBlock> {
    vec![
        one(
            "destination_config",
            "Address of the proxy.",
            vec![
                Attribute::new("host", Type::String, Required, "Name or address of the proxy.")
                    .rule(Rule::NotEmpty),
                optional("port", Type::Number, "Port of the proxy. Default `3128`.")
                    .rule(Rule::Range(1, 65_535)),
            ],
        ),
        one(
            "node_config",
            "The number of nodes of the connection; each allows six transactions a second.",
            vec![
                optional("min_node_count", Type::Number, "Nodes that are always active. Default `2`.")
                    .rule(Rule::Range(1, 100)),
                optional(
                    "max_node_count",
                    Type::Number,
                    "Nodes that may be active under load. Default `50`; set it too if the minimum is greater.",
                )
                .rule(Rule::Range(1, 100)),
            ],
        ),
        one(
            "log_config",
            "What the connection logs.",
            vec![
                Attribute::new("enabled", Type::Bool, Required, "Whether anything is logged: on standard error, which Terraform shows with `TF_LOG_PROVIDER`, in `file`, and over OTLP where `OTEL_EXPORTER_OTLP_ENDPOINT` is set."),
                optional("level", Type::String, "Least severe line that is written: `ERROR` (default) failures, `INFO` operations and their requests too, `DEBUG` connections, TLS and bytes too. `verbosity` sets the detail.")
                    .rule(Rule::one_of(["ERROR", "INFO", "DEBUG"])),
                optional("file", Type::String, "File that also gets every line, one JSON object a line, in the format of Cloud Logging. It is created if it does not exist, and appended to.")
                    .rule(Rule::NotEmpty),
            ],
        ),
    ]
}

fn pem(text: &str) -> Result<(), String> {
    let legal = text.contains("-----BEGIN CERTIFICATE-----");
    legal.then_some(()).ok_or_else(|| "must be PEM text with a CERTIFICATE block".to_owned())
}

fn throttle_scope(text: &str) -> Result<(), String> {
    ThrottleScope::parse(text).map(drop)
}

/// A block that occurs at most once.
pub(super) fn one(name: &'static str, description: &str, attributes: Vec<Attribute>) -> NestedBlock {
    NestedBlock::new(name, Nesting::One, Block::new(description, attributes))
}

/// An attribute that a configuration may set.
pub(super) fn optional(name: &'static str, ty: Type, description: &str) -> Attribute {
    Attribute::new(name, ty, Optional, description)
}

/// An attribute that the provider sets and a configuration may not.
pub(super) fn computed(name: &'static str, ty: Type, description: &str) -> Attribute {
    Attribute::new(name, ty, Computed, description)
}

/// The attributes through which a secret can be given; at most one may be set.
pub(super) fn secret(attributes: SecretAttributes, what: &str) -> Vec<Attribute> {
    let [inline, environment, file, version] = attributes;
    let text = |name, description: &str| optional(name, Type::String, &format!("{what}{description}"));
    vec![
        text(inline, ", inline. It is then part of the state; prefer a reference.")
            .sensitive()
            .rule(Rule::NotEmpty),
        text(environment, ": name of the environment variable that holds it.").rule(Rule::NotEmpty),
        text(file, ": path of the file that holds it.").rule(Rule::NotEmpty),
        text(version, ": Secret Manager version that holds it, `projects/P/secrets/S/versions/V` or the regional `projects/P/locations/L/secrets/S/versions/V`; `V` may be `latest`.")
            .rule(Rule::Text(secret_version)),
    ]
}

/// Errors about settings that do not go together.
pub(super) fn check_combinations(config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    found.extend(check_nodes(config));
    found.extend(check_proxy(config));
    found.extend(check_sources(config, PROXY_PASSWORD, &Path::root()));
    found.extend(without_effect(config));
    found
}

/// An error when more than one of a secret's attributes is set; `at` is the object that has them.
pub(super) fn check_sources(config: &Value, attributes: SecretAttributes, at: &Path) -> Option<Diagnostic> {
    let set: Vec<&str> = attributes.into_iter().filter(|name| !config.get(name).is_null()).collect();
    let [_, second, ..] = set.as_slice() else { return None };
    let written = format!("`{}`", set.join("` and `"));
    Some(settings::several_secret_sources(&all_sources(attributes), &written).at(at.name(second)))
}

/// The attributes for messages: `` `api_key`, `api_key_env`, … ``.
pub(super) fn all_sources(attributes: SecretAttributes) -> String {
    attributes.map(|name| format!("`{name}`")).join(", ")
}

fn check_proxy(config: &Value) -> Diagnostics {
    let set = |name: &str| !config.get(name).is_null();
    let enabled = config.get("proxy_enabled").as_bool() == Some(true);
    let has_password = PROXY_PASSWORD.into_iter().any(set);
    let scheme = config.get("proxy_auth_scheme").as_str();
    let destination = config.get("destination_config");
    let mut found = Diagnostics::new();
    if enabled && !destination.is_unknown() && destination.items().is_empty() {
        found.push(settings::no_proxy_host().at_attribute("proxy_enabled"));
    }
    if has_password && !set("proxy_user") {
        found.push(settings::password_without_user().at_attribute("proxy_user"));
    }
    if let (true, Some(scheme @ ("BASIC" | "DIGEST")), false) = (enabled, scheme, set("proxy_user")) {
        found.push(settings::scheme_without_user(scheme).at_attribute("proxy_auth_scheme"));
    }
    found
}

/// An account id, or a path of contexts that ends with one: `org_1/acct_2`.
pub(super) fn account_id(text: &str) -> Result<(), String> {
    let is_context = |part: &str| {
        part.split_once('_').is_some_and(|(kind, id)| {
            [kind, id]
                .iter()
                .all(|text| !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric()))
        })
    };
    let ends_well = text.rsplit('/').next().is_some_and(|last| last.starts_with("acct_"));
    (ends_well && text.split('/').all(is_context))
        .then_some(())
        .ok_or_else(|| format!("must be an account id such as \"acct_1032D82eZvKYlo2C\", not {text:?}"))
}

/// A key in the place of a name is told elsewhere, without being repeated.
fn secret_version(text: &str) -> Result<(), String> {
    if looks_like_key(text) {
        return Ok(());
    }
    SecretVersion::parse(text).map(drop)
}

fn service_account(text: &str) -> Result<(), String> {
    let good = text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
    good.then_some(()).ok_or_else(|| {
        format!(
            "must be a service account such as \"connector@my-project.iam.gserviceaccount.com\", not {text:?}"
        )
    })
}

/// A warning when the log file of a connection cannot be opened.
pub(super) fn log_file_warning(connection: &Connection) -> Option<Diagnostic> {
    let error = connection.log()?.file_error()?;
    let at = Path::attribute("log_config").index(0).name("file");
    Some(settings::log_not_written(error).at(at))
}

/// The attribute every resource and data source has. The handle of a connection is sensitive, and so is all that it is
/// written to; a resource without one can be shown as a whole.
pub(super) fn connection_attribute() -> Attribute {
    let description =
        "The `handle` of a `stripe_connection`. Without it the provider's default connection is used.";
    optional("connection_handle", Type::String, description).rule(Rule::Text(handle))
}

/// A handle is never repeated in a message: it may hold a key.
fn handle(text: &str) -> Result<(), String> {
    let wrong = || "must be the `handle` of a `stripe_connection`, not its name or id".to_owned();
    decode_handle(text).map(drop).ok_or_else(wrong)
}

/// Keeps the stored handle where the configured one is of the same connection: a new
/// verbosity or a rotated key is no change of what runs on it. A handle that is not known yet is
/// taken for one of the same connection; the apply refuses one that leads to another account.
pub(super) fn keep_equal_handle(planned: &mut Value, prior: &Value) {
    let id = |state: &Value| state.get("connection_handle").as_str().and_then(id_of_handle);
    let unknown = planned.get("connection_handle").is_unknown();
    if id(prior).is_some() && (unknown || id(prior) == id(planned)) {
        planned.set("connection_handle", prior.get("connection_handle").clone());
    }
}
