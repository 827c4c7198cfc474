//! Hashes of the account and the mode of a connection, as far as they are known.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::connection::throttle_scope::account_name;
use crate::connection::{Connection, Error};
use crate::secret::Secret;

/// The longest wait when Stripe is asked which account a key belongs to.
const ASK_TIMEOUT: Duration = Duration::from_secs(5);

/// The account and the mode of a connection, as hashes: one of the account's id, if it is known, and one of
/// the key, from which the key cannot be recovered. Both include the base address of the API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountMark {
    /// The hash of the key together with the connected account that it acts on.
    pub key: String,
    /// The hash of the account's id and the mode; `None` while the id is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl AccountMark {
    /// Whether both belong to the same account and mode, as far as can be told. Compares the ids if both are
    /// known, so that a rotated key makes no difference, and the keys otherwise.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => self.key == other.key,
        }
    }
}

impl Connection {
    /// Returns the account and mode of the connection without making a call.
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

    /// Returns the account and mode of the connection. Asks Stripe for the account's id at most once.
    ///
    /// # Errors
    /// The key cannot be fetched.
    pub async fn fetch_account_mark(&self) -> Result<AccountMark, Error> {
        // If the answer does not come in time, the id stays unknown.
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
