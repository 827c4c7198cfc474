//! A hash of the account and the mode of a connection, as far as they are known.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::connection::throttle_scope::account_name;
use crate::connection::{Connection, Error};
use crate::secret::Secret;

/// The most time for asking Stripe which account a key belongs to.
const ASK_TIMEOUT: Duration = Duration::from_secs(5);

/// The account and the mode of a connection, as hashes: of the account's id where that is known, and of
/// the key, from which the key cannot be read. Both include the base address of the API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountMark {
    /// The hash of the key, with the connected account that it acts on.
    pub key: String,
    /// The hash of the account's id and the mode; none while the id is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl AccountMark {
    /// Whether both are of one account and mode, as far as can be told: by the ids where both are known, so
    /// that a rotated key makes no difference; else by the keys.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => self.key == other.key,
        }
    }
}

impl Connection {
    /// The account and mode of the connection, found without a call.
    ///
    /// # Errors
    /// The key cannot be fetched.
    pub async fn account_mark(&self) -> Result<AccountMark, Error> {
        let (key, live) = self.key_and_mode().await?;
        let base = self.destination().to_string();
        let hash = |text: &str| account_name(&base, &Secret::new(text.to_owned()));
        let mode = if live { "live" } else { "test" };
        let id = self.identity().await.account_id;
        Ok(AccountMark {
            key: hash(&format!("{} {}", key.expose(), self.account().unwrap_or_default())),
            id: id.map(|id| hash(&format!("{id} {mode}"))),
        })
    }

    /// The account and mode of the connection. Stripe is asked for the id of the account, once at most.
    ///
    /// # Errors
    /// The key cannot be fetched.
    pub async fn fetch_account_mark(&self) -> Result<AccountMark, Error> {
        // An answer that does not come in time leaves it unknown.
        let _ = tokio::time::timeout(ASK_TIMEOUT, self.fetch_identity()).await;
        self.account_mark().await
    }
}

#[cfg(test)]
mod tests {
    use super::AccountMark;

    fn mark(key: &str, id: Option<&str>) -> AccountMark {
        AccountMark { key: key.to_owned(), id: id.map(str::to_owned) }
    }

    #[test]
    fn a_rotated_key_is_of_the_same_account_and_an_equal_id_decides() {
        assert!(mark("old", Some("acct")).is_same(&mark("new", Some("acct"))));
        assert!(!mark("one", Some("acct_1")).is_same(&mark("one", Some("acct_2"))));
        assert!(mark("one", None).is_same(&mark("one", Some("acct"))));
        assert!(!mark("one", None).is_same(&mark("other", Some("acct"))));
        assert!(!mark("one", None).is_same(&mark("other", None)));
    }
}
