//! Explains connection errors: what to set, and which attribute of `stripe_connection` is at fault.

use crate::connection::Error;
use crate::env;
use crate::provider::connection_settings::read::{API_KEY, PROXY_PASSWORD, attribute_of};
use crate::secret::{self, ManagerError, SecretSource};
use crate::stripe::{ErrorKind, SetupError};
use crate::terraform::value::Path;

/// Describes the error and what to set, without a capital letter and a full stop.
pub(in crate::provider) fn describe(error: &Error) -> String {
    let advice = match error {
        // The text already names the variable, and no attribute named it.
        Error::Key { origin: SecretSource::Environment(name), .. } if name == env::STRIPE_API_KEY => {
            String::new()
        }
        Error::Key { origin, cause, .. } => secret_advice(cause, attribute_of(origin, API_KEY)),
        Error::ProxyPassword { origin, cause } => secret_advice(cause, attribute_of(origin, PROXY_PASSWORD)),
        _ => advice(error).0.to_owned(),
    };
    if advice.is_empty() { error.to_string() } else { format!("{error}; {advice}") }
}

/// The same for a state: the text stays the same as long as the error does.
pub(in crate::provider) fn describe_lasting(error: &Error) -> String {
    match error {
        Error::Stripe(error) => describe(&Error::Stripe(error.clone().without_request_id())),
        error => describe(error),
    }
}

/// The attribute of `stripe_connection` that is at fault; the root if there is none.
pub(in crate::provider) fn path(error: &Error) -> Path {
    advice(error).1
}

/// Returns what to set, if the error does not make that clear, and the attribute at fault.
fn advice(error: &Error) -> (&'static str, Path) {
    let (none, attribute) = (Path::root(), Path::attribute);
    match error {
        Error::Suspended { .. } => ("set `suspended = false` to use it", none),
        Error::NoKey => (
            "set `api_key` in the provider block, `auth_config` in the connection, or the environment variable STRIPE_API_KEY; with `sandbox` in the provider block no key is needed",
            none,
        ),
        // Terraform prints the line of an attribute, which would show the key.
        Error::Key { origin: SecretSource::Inline(_), cause: secret::Error::NotAKey { .. }, .. } => {
            ("", none)
        }
        Error::Key { origin, of_connection: true, .. } => {
            ("", attribute("auth_config").index(0).name(attribute_of(origin, API_KEY)))
        }
        Error::ProxyPassword { origin, .. } => ("", attribute(attribute_of(origin, PROXY_PASSWORD))),
        Error::NotASecretKey { .. } => ("copy the secret key from Stripe's dashboard", none),
        Error::LiveKeyInClear { .. } => ("use https in `api_base`, or a test key", none),
        Error::WrongMode { .. } => ("use a key of that mode, or change `expected_livemode`", none),
        Error::ThrottleScope(_) => ("check `throttle_scope`", none),
        Error::Transport(SetupError::Address) => ("check `api_base`", none),
        Error::Transport(SetupError::Roots(_)) => ("check `ca_certificate`", none),
        Error::Transport(SetupError::ProxyWithoutTls) => {
            ("set `proxy_ssltype` to AUTO or TUNNEL", attribute("proxy_ssltype"))
        }
        Error::ProxyVariable(_) => ("set it to one, or unset it", none),
        Error::NotAnAccount => ("check that `api_base` is Stripe's address", none),
        Error::Stripe(error) => match error.kind() {
            ErrorKind::ProxyAuth => {
                ("check `proxy_user`, `proxy_password` and `proxy_auth_scheme`", attribute("proxy_password"))
            }
            ErrorKind::ProxyUnreachable => ("check `destination_config`", attribute("destination_config")),
            ErrorKind::Untrusted => ("`ca_certificate` adds trusted roots", none),
            _ => ("", none),
        },
        Error::Sandbox(_) => ("check `sandbox`, which names the file", none),
        Error::Key { .. } | Error::Transport(SetupError::Client(_)) => ("", none),
    }
}

/// Returns what to set if a secret cannot be fetched from the source that `attribute` names. Secret
/// Manager's own errors already say so.
fn secret_advice(cause: &secret::Error, attribute: &str) -> String {
    match cause {
        secret::Error::SecretVersion(error) if matches!(**error, ManagerError::Impersonation { .. }) => {
            "check `service_account`".to_owned()
        }
        secret::Error::SecretVersion(_) => String::new(),
        _ => format!("check `{attribute}`"),
    }
}
