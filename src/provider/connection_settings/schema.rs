//! The schema of a connection's settings, shared by the provider block (the default connection) and
//! `stripe_connection`.

use crate::connection::ThrottleScope;
use crate::provider::connection_settings::read::{PROXY_PASSWORD, SecretAttributes};
use crate::secret::{SecretVersion, looks_like_key};
use crate::terraform::schema::{Attribute, NestedBlock, Rule};
use crate::terraform::value::Type;

/// Says where a secret ends up that is written inline in a resource.
pub(in crate::provider) const IN_STATE: &str = "It is then part of the state; prefer a reference.";
/// Says where a secret ends up that is written inline in the provider block.
pub(super) const IN_PLANS: &str = "A saved plan can then hold it; prefer a reference.";

/// The shared attributes, without the key's. `kept` says where a secret ends up that is written inline.
pub(in crate::provider) fn shared_attributes(kept: &str) -> Vec<Attribute> {
    let mut attributes = vec![
        Attribute::optional("account_id", Type::String, "Id of the connected account whose data is used (`acct_…`); sent as `Stripe-Account`. A path of contexts, such as `org_…/acct_…`, is sent as `Stripe-Context`.")
            .rule(Rule::Text(account_id)),
        Attribute::optional("verbosity", Type::Number, "How much is logged; each value adds to the one before: `1` (default) operations, rows, times and errors; `2` requests; `3` headers and bodies; `4` connections, proxies and TLS certificates; `5` every byte. Secrets are always redacted.")
            .rule(Rule::Range(1, 5)),
        Attribute::optional("proxy_enabled", Type::Bool, "Whether calls go through the proxy of `destination_config`. Default `false`."),
        Attribute::optional("proxy_auth_scheme", Type::String, "How the proxy authenticates its users: `BASIC`, `DIGEST` or `NONE` (default).")
            .rule(Rule::one_of(["BASIC", "DIGEST", "NONE"])),
        Attribute::optional("proxy_user", Type::String, "User name for the proxy.").rule(Rule::NotEmpty),
        Attribute::optional("proxy_ssltype", Type::String, "Where TLS is used: `AUTO` (default: a tunnel to https addresses, none to http addresses), `ALWAYS` (TLS to the proxy itself), `NEVER`, or `TUNNEL` (a CONNECT tunnel to every address).")
            .rule(Rule::one_of(["AUTO", "ALWAYS", "NEVER", "TUNNEL"])),
    ];
    attributes.extend(secret(PROXY_PASSWORD, "Password for the proxy", kept));
    let reader = "Google service account that reads secret versions. Default: the identity of the run's own Google credentials.";
    attributes
        .push(Attribute::optional("service_account", Type::String, reader).rule(Rule::Text(service_account)));
    let roots = "Additional trusted root certificates (PEM) for Stripe and for the proxy. The system's roots are always trusted, and certificates are always verified.";
    attributes.push(Attribute::optional("ca_certificate", Type::String, roots).rule(Rule::Text(pem)));
    let by_list = "Whether a run that reads many objects of a type may read pages of their list, a hundred objects in one call, instead of each object by itself. Default `true`.";
    attributes.push(Attribute::optional("bulk_refresh", Type::Bool, by_list));
    let scope = "Processes that share Stripe's limits on requests: `process` (only this one), `host` (default: all runs of this user on this machine), or the address of a Redis (`redis://…`, `rediss://…`) for runs on many machines. While the Redis cannot be reached, `host` is used.";
    attributes.push(
        Attribute::optional("throttle_scope", Type::String, scope)
            .sensitive()
            .rule(Rule::Text(throttle_scope)),
    );
    attributes
}

/// The shared blocks.
pub(in crate::provider) fn shared_blocks() -> Vec<NestedBlock> {
    vec![
        NestedBlock::single(
            "destination_config",
            "Address of the proxy.",
            vec![
                Attribute::required("host", Type::String, "Name or address of the proxy.")
                    .rule(Rule::NotEmpty),
                Attribute::optional("port", Type::Number, "Port of the proxy. Default `3128`.")
                    .rule(Rule::Range(1, 65_535)),
            ],
        ),
        NestedBlock::single(
            "node_config",
            "The number of nodes of the connection; each allows six transactions a second.",
            vec![
                Attribute::optional("min_node_count", Type::Number, "Nodes that are always active. Default `2`.")
                    .rule(Rule::Range(1, 100)),
                Attribute::optional(
                    "max_node_count",
                    Type::Number,
                    "Nodes that may be active under load. Default `50`; set it too if the minimum is greater.",
                )
                .rule(Rule::Range(1, 100)),
            ],
        ),
        NestedBlock::single(
            "log_config",
            "What the connection logs.",
            vec![
                Attribute::required("enabled", Type::Bool, "Whether anything is logged: on standard error, which Terraform shows with `TF_LOG_PROVIDER`, in `file`, and over OTLP where `OTEL_EXPORTER_OTLP_ENDPOINT` is set."),
                Attribute::optional("level", Type::String, "Least severe line that is written: `ERROR` (default) failures, `INFO` operations and their requests too, `DEBUG` connections, TLS and bytes too. `verbosity` sets the detail.")
                    .rule(Rule::one_of(["ERROR", "INFO", "DEBUG"])),
                Attribute::optional("file", Type::String, "File that also gets every line, one JSON object a line, in the format of Cloud Logging. It is created if it does not exist, and appended to.")
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

/// The attributes that can provide a secret; at most one may be set. `kept` says where a secret ends up
/// that is written inline.
pub(in crate::provider) fn secret(attributes: SecretAttributes, what: &str, kept: &str) -> Vec<Attribute> {
    let [inline, environment, file, version] = attributes;
    let text =
        |name, description: &str| Attribute::optional(name, Type::String, format!("{what}{description}"));
    vec![
        text(inline, &format!(", inline. {kept}"))
            .sensitive()
            .rule(Rule::NotEmpty),
        text(environment, ": name of the environment variable that holds it.").rule(Rule::NotEmpty),
        text(file, ": path of the file that holds it.").rule(Rule::NotEmpty),
        text(version, ": Secret Manager version that holds it, `projects/P/secrets/S/versions/V` or the regional `projects/P/locations/L/secrets/S/versions/V`; `V` may be `latest`.")
            .rule(Rule::Text(secret_version)),
    ]
}

/// Accepts an account id, or a path of contexts that ends with one: `org_1/acct_2`.
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

/// A key written instead of a name is reported elsewhere, without repeating it.
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
