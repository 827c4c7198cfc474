//! Which account and mode a connection's calls reach, as far as that is known.
//!
//! An object belongs to the account and the mode in which it was created. If the settings or the key of a
//! connection have changed, it may reach another account, which knows none of the first one's ids.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::connection::client::is_live;
use crate::connection::throttle_scope::account_name;
use crate::connection::{Connection, Error};
use crate::stripe::Call;
use crate::stripe::trace::TracedOperation;

/// An account and a mode, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountIdentity {
    /// The id of the account: `acct_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// Whether it is live mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub livemode: Option<bool>,
    /// A hash of the address, the key and the connected account; the key cannot be recovered from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_hash: Option<String>,
}

/// The outcome of comparing two identities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// They are the same account and mode.
    Same,
    /// The account or the mode differs.
    Other,
    /// Too little is known about one of them.
    Undecided,
}

impl AccountIdentity {
    /// Compares another identity with this one.
    pub fn likeness(&self, other: &Self) -> Likeness {
        let differ = |a: Option<&String>, b: Option<&String>| Some(a? != b?);
        if self.key_hash.is_some() && self.key_hash == other.key_hash {
            return Likeness::Same;
        }
        let modes = self.livemode.zip(other.livemode).map(|(is, was)| is != was);
        match (modes, differ(self.account_id.as_ref(), other.account_id.as_ref())) {
            (Some(true), _) | (_, Some(true)) => Likeness::Other,
            (Some(false), Some(false)) => Likeness::Same,
            _ => Likeness::Undecided,
        }
    }
}

impl Connection {
    /// The account and mode that calls reach, as far as they are known without calling Stripe.
    pub async fn identity(&self) -> AccountIdentity {
        let key = self.key().await.ok();
        let asked = || self.asked_account.get().cloned().flatten();
        let base = format!("{} {}", self.destination(), self.account().unwrap_or_default());
        AccountIdentity {
            account_id: self
                .account()
                .and_then(|path| path.rsplit('/').next())
                .map(str::to_owned)
                .or_else(asked),
            livemode: key.as_ref().map(is_live),
            key_hash: key.as_ref().map(|key| account_name(&base, key)),
        }
    }

    /// Like [`Connection::identity`], but first asks Stripe for the account, once per connection. A key that
    /// may not read the account leaves it unknown.
    pub async fn fetch_identity(&self) -> AccountIdentity {
        if self.account().is_none() {
            self.asked_account.get_or_init(|| async { self.own_account().await.ok() }).await;
        }
        self.identity().await
    }

    /// Requests the account that the key belongs to, in one call.
    ///
    /// # Errors
    /// The connection cannot be used; a [`ConnectionState`](crate::connection::ConnectionState) says why.
    pub async fn check(&self) -> Result<(), Error> {
        let account = self.own_account().await?;
        if self.account().is_none() {
            self.asked_account.get_or_init(|| async { Some(account) }).await;
        }
        Ok(())
    }

    /// Like [`Connection::check`], but makes no further call after the first success.
    ///
    /// # Errors
    /// The same as those of [`Connection::check`].
    pub async fn check_once(&self) -> Result<(), Error> {
        self.checked.get_or_try_init(|| self.check()).await.copied()
    }

    /// Returns the id of the account that answers.
    async fn own_account(&self) -> Result<String, Error> {
        let operation = TracedOperation {
            name: "Check".to_owned(),
            entity: "Account".to_owned(),
            ..TracedOperation::default()
        };
        let reply = self.operation(operation, self.send(Call::get("/v1/account")), |_| 1).await?;
        let is_account = reply.body.get("object").and_then(Json::as_str) == Some("account");
        let id = reply.body.get("id").and_then(Json::as_str).filter(|_| is_account);
        id.map(str::to_owned).ok_or(Error::NotAnAccount)
    }
}

#[cfg(test)]
mod tests {
    use super::{AccountIdentity, Likeness};

    fn identity(account_id: &str, livemode: Option<bool>, key_hash: &str) -> AccountIdentity {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        AccountIdentity { account_id: some(account_id), livemode, key_hash: some(key_hash) }
    }

    #[test]
    fn a_rotated_key_is_the_same_account_and_another_mode_or_account_is_not() {
        let made = identity("acct_1", Some(false), "a");
        assert_eq!(made.likeness(&identity("acct_1", Some(false), "b")), Likeness::Same);
        assert_eq!(made.likeness(&identity("acct_2", Some(false), "b")), Likeness::Other);
        assert_eq!(made.likeness(&identity("", Some(true), "b")), Likeness::Other);
        assert_eq!(made.likeness(&identity("", Some(false), "a")), Likeness::Same);
        assert_eq!(made.likeness(&identity("", Some(false), "b")), Likeness::Undecided);
        assert_eq!(AccountIdentity::default().likeness(&made), Likeness::Undecided);
    }
}
