//! The settings of a connection as Terraform sees them: shared by the provider block
//! (the default connection) and by `stripe_connection`.

use crate::connection::{Connection, Scope};
use crate::secret::Version;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::schema::Presence::{Computed, Optional, Required};
use crate::terraform::schema::{Attribute, Block, NestedBlock, Nesting, Rule};
use crate::terraform::value::{Path, Type, Value};

/// The four places a secret can come from, as suffixes of its attribute.
const SOURCES: [&str; 4] = ["", "_env", "_file", "_secret_version"];

/// The attributes both have.
pub(super) fn shared_attributes() -> Vec<Attribute> {
    let mut attributes = vec![
        optional("account_id", Type::String, "Id of the connected account whose data is used (`acct_…`); sent as `Stripe-Account`.")
            .rule(Rule::Text(account_id)),
        optional("verbosity", Type::Number, "How much is logged, each adding to the one before: `1` (default) operations, rows, times and errors; `2` requests; `3` headers and bodies; `4` connections, proxies and TLS certificates; `5` every byte. What is secret is redacted at each.")
            .rule(Rule::Range(1, 5)),
        optional("proxy_enabled", Type::Bool, "Whether calls go through the proxy of `destination_config`. Default `false`."),
        optional("proxy_auth_scheme", Type::String, "How the proxy authenticates its users: `BASIC`, `DIGEST` or `NONE` (default).")
            .rule(Rule::one_of(["BASIC", "DIGEST", "NONE"])),
        optional("proxy_user", Type::String, "User name for the proxy.").rule(Rule::NotEmpty),
        optional("proxy_ssltype", Type::String, "Where TLS begins: `AUTO` (default: a tunnel for https, plain for http), `ALWAYS` (TLS to the proxy itself), `NEVER`, or `TUNNEL` (CONNECT).")
            .rule(Rule::one_of(["AUTO", "ALWAYS", "NEVER", "TUNNEL"])),
    ];
    attributes.extend(secret("proxy_password", "Password for the proxy"));
    let reader = "Google service account that secret versions are read as. Default: whoever the Google credentials of the run belong to.";
    attributes.push(optional("service_account", Type::String, reader).rule(Rule::Text(service_account)));
    let roots = "Further trusted root certificates, PEM text, for Stripe and for the proxy. The system's own are always trusted, and certificates always verified.";
    attributes.push(optional("ca_certificate", Type::String, roots).rule(Rule::Text(pem)));
    let scope = "Who shares Stripe's limit on requests: `process`, `host` (default: every run of this user on this machine), or the address of a Redis (`redis://…`, `rediss://…`) for runs on many machines. While a Redis is away, `host` stands in.";
    attributes
        .push(optional("throttle_scope", Type::String, scope).sensitive().rule(Rule::Text(throttle_scope)));
    attributes
}

/// The blocks both have.
pub(super) fn shared_blocks() -> Vec<NestedBlock> {
    vec![
        one(
            "destination_config",
            "Where the proxy is.",
            vec![
                Attribute::new("host", Type::String, Required, "Name or address of the proxy.")
                    .rule(Rule::NotEmpty),
                optional("port", Type::Number, "Port of the proxy. Default `3128`.")
                    .rule(Rule::Range(1, 65_535)),
            ],
        ),
        one(
            "node_config",
            "How many nodes the connection has; each admits six transactions a second.",
            vec![
                optional("min_node_count", Type::Number, "Nodes that are always active. Default `2`.")
                    .rule(Rule::Range(1, 100)),
                optional(
                    "max_node_count",
                    Type::Number,
                    "Nodes that may be active under load. Default `50`.",
                )
                .rule(Rule::Range(1, 100)),
            ],
        ),
        one(
            "log_config",
            "What the connection logs.",
            vec![
                Attribute::new("enabled", Type::Bool, Required, "Whether anything is logged: on standard error, which Terraform shows with `TF_LOG_PROVIDER`, in `file`, and over OTLP where `OTEL_EXPORTER_OTLP_ENDPOINT` is set."),
                optional("level", Type::String, "Least severe line that is written: `ERROR` (default) failures, `INFO` operations and their requests too, `DEBUG` connections, TLS and bytes too. How deep each goes is `verbosity`.")
                    .rule(Rule::one_of(["ERROR", "INFO", "DEBUG"])),
                optional("file", Type::String, "File that gets every line too, one JSON object a line, in the shape that Cloud Logging takes. It is made when it does not exist, and appended to.")
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
    Scope::parse(text).map(drop)
}

/// A block that occurs at most once.
pub(super) fn one(name: &'static str, description: &str, attributes: Vec<Attribute>) -> NestedBlock {
    NestedBlock::new(name, Nesting::One, Block::new(description, attributes))
}

/// An optional attribute.
pub(super) fn optional(name: &'static str, ty: Type, description: &str) -> Attribute {
    Attribute::new(name, ty, Optional, description)
}

/// A computed attribute.
pub(super) fn computed(name: &'static str, ty: Type, description: &str) -> Attribute {
    Attribute::new(name, ty, Computed, description)
}

/// The attributes through which a secret can be given; at most one may be set.
pub(super) fn secret(name: &'static str, what: &str) -> Vec<Attribute> {
    let named = |suffix: &str| match (name, suffix) {
        ("api_key", "_env") => "api_key_env",
        ("api_key", "_file") => "api_key_file",
        ("api_key", _) => "api_key_secret_version",
        (_, "_env") => "proxy_password_env",
        (_, "_file") => "proxy_password_file",
        (_, _) => "proxy_password_secret_version",
    };
    vec![
        optional(
            name,
            Type::String,
            &format!("{what}, inline. It is then part of the state; prefer a reference."),
        )
        .sensitive()
        .rule(Rule::NotEmpty),
        optional(
            named("_env"),
            Type::String,
            &format!("{what}: name of the environment variable that holds it."),
        )
        .rule(Rule::NotEmpty),
        optional(named("_file"), Type::String, &format!("{what}: path of the file that holds it."))
            .rule(Rule::NotEmpty),
        optional(
            named("_secret_version"),
            Type::String,
            &format!("{what}: Secret Manager version that holds it, `projects/P/secrets/S/versions/V` or the regional `projects/P/locations/L/secrets/S/versions/V`; `V` may be `latest`."),
        )
        .rule(Rule::Text(secret_version)),
    ]
}

/// What no single attribute shows: settings that do not go together.
pub(super) fn check_combinations(config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    found.extend(check_nodes(config));
    found.extend(check_proxy(config));
    found.extend(check_sources(config, "proxy_password", &Path::root()));
    found
}

/// At most one source of a secret.
pub(super) fn check_sources(config: &Value, name: &str, at: &Path) -> Option<Diagnostic> {
    let set: Vec<String> =
        SOURCES.iter().map(|suffix| format!("{name}{suffix}")).filter(|n| !config.get(n).is_null()).collect();
    let [_, second, ..] = set.as_slice() else { return None };
    let detail =
        format!("Only one of {} may be set, and here are `{}`.", all_sources(name), set.join("` and `"));
    Some(Diagnostic::error("More Than One Secret Source", detail).at(at.name(second)))
}

/// `api_key, api_key_env, …` for messages.
pub(super) fn all_sources(name: &str) -> String {
    SOURCES.map(|suffix| format!("`{name}{suffix}`")).join(", ")
}

fn check_nodes(config: &Value) -> Option<Diagnostic> {
    let nodes = config.get("node_config").items().first()?;
    let (min, max) = (nodes.get("min_node_count").as_i64()?, nodes.get("max_node_count").as_i64()?);
    let at = Path::attribute("node_config").index(0).name("min_node_count");
    (min > max).then(|| {
        let detail = format!("`min_node_count` ({min}) must not be greater than `max_node_count` ({max}).");
        Diagnostic::error("Node Counts Contradict", detail).at(at)
    })
}

fn check_proxy(config: &Value) -> Diagnostics {
    let set = |name: &str| !config.get(name).is_null();
    let enabled = config.get("proxy_enabled").as_bool() == Some(true);
    let has_password = SOURCES.iter().any(|suffix| set(&format!("proxy_password{suffix}")));
    let scheme = config.get("proxy_auth_scheme").as_str();
    let destination = config.get("destination_config");
    let mut found = Diagnostics::new();
    if enabled && !destination.is_unknown() && destination.items().is_empty() {
        let detail = "`proxy_enabled` is true, but no `destination_config` block says where the proxy is.";
        found.push(Diagnostic::error("Proxy Host Missing", detail).at_attribute("proxy_enabled"));
    }
    if has_password && !set("proxy_user") {
        let detail = "A proxy password is set without `proxy_user`.";
        found.push(Diagnostic::error("Proxy User Missing", detail).at_attribute("proxy_user"));
    }
    if let (true, Some(scheme @ ("BASIC" | "DIGEST")), false) = (enabled, scheme, set("proxy_user")) {
        let detail = format!("`proxy_auth_scheme` is {scheme}, which needs `proxy_user` and a password.");
        found.push(Diagnostic::error("Proxy User Missing", detail).at_attribute("proxy_auth_scheme"));
    }
    found
}

fn account_id(text: &str) -> Result<(), String> {
    let id = text.strip_prefix("acct_").unwrap_or_default();
    let legal = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    legal
        .then_some(())
        .ok_or_else(|| format!("must be an account id such as \"acct_1032D82eZvKYlo2C\", not {text:?}"))
}

fn secret_version(text: &str) -> Result<(), String> {
    Version::parse(text).map(drop)
}

fn service_account(text: &str) -> Result<(), String> {
    let good = text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
    good.then_some(()).ok_or_else(|| {
        format!(
            "must be a service account such as \"connector@my-project.iam.gserviceaccount.com\", not {text:?}"
        )
    })
}

/// Why the log file of a connection gets no lines, if it gets none.
pub(super) fn log_problem(connection: &Connection) -> Option<Diagnostic> {
    let why = connection.log()?.problem()?;
    let at = Path::attribute("log_config").index(0).name("file");
    Some(Diagnostic::warning("Log File Not Written", format!("The lines go elsewhere only: {why}.")).at(at))
}
