//! The handle: a connection's settings as one opaque string.
//!
//! During an apply, Terraform does not show a provider the unchanged resources again, so a connection cannot
//! be looked up by name; it is passed on as data. The handle is a pure function of the settings (the same
//! settings give the same text), so it is known at plan time. It contains the reference to the key, and the
//! key itself only if the configuration contains it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::connection::Settings;

/// The start of every handle; the number is the version of its format.
const PREFIX: &str = "stripe-connection.1.";

/// Encodes settings as a handle: the prefix, then JSON in base64.
pub fn encode(settings: &Settings) -> String {
    // A struct of strings, numbers and booleans always serialises.
    let json = serde_json::to_vec(settings).unwrap_or_default();
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(json))
}

/// Decodes the settings in a handle. Returns `None` if the text is not a handle of this version.
pub fn decode(handle: &str) -> Option<Settings> {
    let json = URL_SAFE_NO_PAD.decode(handle.strip_prefix(PREFIX)?).ok()?;
    serde_json::from_slice(&json).ok()
}

/// Returns the id of a handle's connection, `locations/L/connections/N`, or `None` if the text is not a
/// handle.
pub fn id_of(handle: &str) -> Option<String> {
    decode(handle).map(|settings| settings.id)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode, id_of};
    use crate::connection::{Proxy, ProxyAuth, ProxyTls, Settings};
    use crate::secret::{Secret, SecretSource};

    fn settings() -> Settings {
        Settings { id: "locations/l/connections/n".to_owned(), ..Settings::default() }
    }

    #[test]
    fn a_handle_carries_every_setting_there_and_back() {
        let proxy = Proxy {
            host: "p.example".to_owned(),
            port: 8080,
            auth: ProxyAuth::Digest,
            user: Some("svc".to_owned()),
            password: Some(SecretSource::Environment("PW".to_owned())),
            tls: ProxyTls::Tunnel,
        };
        let original = Settings {
            account_id: Some("acct_1".to_owned()),
            key: Some(SecretSource::Inline(Secret::new("sk_test_inline".to_owned()))),
            proxy: Some(proxy),
            ..settings()
        };
        assert_eq!(decode(&encode(&original)), Some(original));
    }

    #[test]
    fn equal_settings_have_equal_handles_and_other_settings_another() {
        assert_eq!(encode(&settings()), encode(&settings()));
        assert_ne!(encode(&settings()), encode(&Settings { verbosity: 4, ..settings() }));
        assert_eq!(id_of(&encode(&settings())).as_deref(), Some("locations/l/connections/n"));
    }

    #[test]
    fn what_is_no_handle_is_refused() {
        for text in ["", "stripe-connection.1.", "stripe-connection.1.!!", "stripe-connection.2.e30", "e30"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
