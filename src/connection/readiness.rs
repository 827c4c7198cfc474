//! Checks, without a call, whether a connection can be used.

use crate::connection::client::is_live;
use crate::connection::{Connection, Destination, Error};
use crate::secret::{Secret, SecretSource, is_this_machine, kind_of_key};

impl Connection {
    /// Checks whether calls can be sent, as far as that is known without calling Stripe or Secret Manager.
    ///
    /// # Errors
    /// The settings refuse calls, or there is no key that Stripe would accept.
    pub async fn ready(&self) -> Result<(), Error> {
        if self.settings().suspended {
            return Err(Error::Suspended { id: self.settings().id.clone() });
        }
        match self.key_source() {
            Some(SecretSource::SecretVersion(_)) => Ok(()),
            None if self.awaited_key().is_some() => Ok(()),
            _ => self.check_key(&self.key().await?),
        }
    }

    /// Returns the still unknown setting that will supply the key.
    fn awaited_key(&self) -> Option<&'static str> {
        self.defaults().unknown_key.filter(|_| self.key_source().is_none())
    }

    /// Returns the still unknown setting that decides where calls go. A call sent now might reach another
    /// account: it would fall back to the key in the environment, or lack the connected account.
    pub fn awaited(&self) -> Option<&'static str> {
        let of_account = self.defaults().unknown_account.filter(|_| self.settings().account_id.is_none());
        self.awaited_key().or(self.defaults().unknown_place).or(of_account)
    }

    /// Checks whether a key may be sent.
    pub(super) fn check_key(&self, key: &Secret) -> Result<(), Error> {
        if let Some(kind) = kind_of_key(key.expose()) {
            return Err(Error::NotASecretKey { kind });
        }
        let live = is_live(key);
        if self.defaults().expected_livemode.is_some_and(|expected| expected != live) {
            return Err(Error::WrongMode { live });
        }
        match self.destination() {
            Destination::Api(base) if live && !keeps_secrets(base.as_str()) => {
                Err(Error::LiveKeyInClear { base: base.to_string() })
            }
            _ => Ok(()),
        }
    }
}

/// Whether what is sent to an address stays secret, because it is encrypted or stays on this machine.
pub fn keeps_secrets(base: &str) -> bool {
    let Ok(address) = base.parse::<http::Uri>() else { return true };
    address.scheme_str() != Some("http") || is_this_machine(address.host().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::keeps_secrets;

    #[test]
    fn only_plain_http_to_another_machine_shows_what_is_sent() {
        for kept in ["https://api.stripe.com", "http://127.0.0.1:8080", "http://LocalHost", "http://[::1]:1"]
        {
            assert!(keeps_secrets(kept), "{kept}");
        }
        for shown in ["http://stripe.internal", "http://10.0.0.1:8080", "http://[2001:db8::1]"] {
            assert!(!keeps_secrets(shown), "{shown}");
        }
    }
}
