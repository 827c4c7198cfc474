//! The handle: a connection's settings as one opaque string.
//!
//! Terraform shows a provider no unchanged resource again when it applies, so a
//! connection cannot be looked up by name; it is passed on as data. The handle is a pure
//! function of the settings (the same settings give the same text), which is what makes
//! it known at plan time. It holds the reference to the key, and the key itself only if
//! the configuration holds it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::connection::Settings;

/// What a handle starts with; the number is the version of what follows.
const PREFIX: &str = "stripe-connection.1.";

/// The handle of these settings.
pub fn encode(settings: &Settings) -> String {
    // A struct of strings, numbers and booleans always serialises.
    let json = serde_json::to_vec(settings).unwrap_or_default();
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(json))
}

/// The settings in a handle; `None` when it is not one of ours.
pub fn decode(handle: &str) -> Option<Settings> {
    let json = URL_SAFE_NO_PAD.decode(handle.strip_prefix(PREFIX)?).ok()?;
    serde_json::from_slice(&json).ok()
}

/// The id of the connection a handle belongs to.
pub fn id_of(handle: &str) -> Option<String> {
    decode(handle).map(|settings| settings.id)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode, id_of};
    use crate::connection::Settings;
    use crate::terraform::value::Value;

    fn settings(pairs: impl IntoIterator<Item = (&'static str, Value)>) -> Settings {
        Settings::from_config(&Value::map(pairs), "locations/l/connections/n".to_owned()).unwrap()
    }

    #[test]
    fn a_handle_carries_every_setting_there_and_back() {
        let destination = Value::map([("host", Value::from("p.example")), ("port", Value::from(8080))]);
        let original = settings([
            ("account_id", "acct_1".into()),
            ("api_key", "sk_test_inline".into()),
            ("proxy_enabled", true.into()),
            ("proxy_user", "svc".into()),
            ("proxy_password_env", "PW".into()),
            ("destination_config", Value::List(vec![destination])),
        ]);
        assert_eq!(decode(&encode(&original)), Some(original));
    }

    #[test]
    fn equal_settings_have_equal_handles_and_other_settings_another() {
        let one = settings([("verbosity", Value::from(3))]);
        assert_eq!(encode(&one), encode(&one.clone()));
        assert_ne!(encode(&one), encode(&settings([("verbosity", Value::from(4))])));
        assert_eq!(id_of(&encode(&one)).as_deref(), Some("locations/l/connections/n"));
    }

    #[test]
    fn what_is_no_handle_is_refused() {
        for text in ["", "stripe-connection.1.", "stripe-connection.1.!!", "stripe-connection.2.e30", "e30"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
