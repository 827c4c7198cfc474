//! Who shares Stripe's limit with this connection: `throttle_scope`.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::connection::Error;
use crate::env::{self, Env};
use crate::secret::Secret;
use crate::stripe::{HostWindow, ProcessWindow, RedisWindow, Window};

/// Who counts together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The connections of this process.
    Process,
    /// The processes of this user on this machine.
    #[default]
    Host,
    /// Everybody who names the same Redis; its address may hold a password.
    Redis(Secret),
}

impl Scope {
    /// Reads `process`, `host` or the address of a Redis.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "process" => Ok(Self::Process),
            "host" => Ok(Self::Host),
            address if ["redis://", "rediss://"].iter().any(|scheme| address.starts_with(scheme)) => {
                RedisWindow::new(address, "", 1).map_err(|_| "is not the address of a Redis".to_owned())?;
                Ok(Self::Redis(Secret::new(address.to_owned())))
            }
            // The text may be an address with a password, so it is not repeated.
            _ => Err("must be `process`, `host`, or an address that begins with `redis://` or `rediss://`"
                .to_owned()),
        }
    }

    /// The windows of an account, the widest first; each stands in for the one before it.
    pub(super) fn windows(
        &self,
        account: &str,
        limit: usize,
        env: &Env,
    ) -> Result<Vec<Arc<dyn Window>>, Error> {
        let mut windows: Vec<Arc<dyn Window>> = Vec::new();
        if let Self::Redis(address) = self {
            let window = RedisWindow::new(address.expose(), account, limit);
            windows.push(Arc::new(window.map_err(|error| Error::Setting(error.to_string()))?));
        }
        if *self != Self::Process {
            windows.push(Arc::new(HostWindow::new(file(account, env), limit)));
        }
        windows.push(process_window(account, limit));
        Ok(windows)
    }
}

/// What names an account in a file name and in a Redis: nobody can tell the key from it.
pub(super) fn account_name(base: &str, key: &str) -> String {
    let mut hash = Sha256::new();
    for part in [base, key] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize().get(..15).unwrap_or_default())
}

/// The file of an account's window, in a folder of this user's own.
fn file(account: &str, env: &Env) -> PathBuf {
    let folder = match env.get(env::XDG_RUNTIME_DIR) {
        Some(runtime) => PathBuf::from(runtime),
        None => match env.get(env::HOME) {
            Some(home) => PathBuf::from(home).join(".cache"),
            None => tempfile::env::temp_dir(),
        },
    };
    folder.join("terraform-provider-stripe").join(format!("{account}.window"))
}

/// Windows by account and limit.
type ByAccount = HashMap<(String, usize), Arc<ProcessWindow>>;

/// The window of an account in this process; every connection gets the same one.
fn process_window(account: &str, limit: usize) -> Arc<dyn Window> {
    static WINDOWS: Mutex<Option<ByAccount>> = Mutex::new(None);
    let mut windows = WINDOWS.lock().unwrap_or_else(PoisonError::into_inner);
    let by_account = windows.get_or_insert_default();
    let window = by_account.entry((account.to_owned(), limit)).or_insert_with(|| ProcessWindow::new(limit));
    Arc::clone(window) as _
}

#[cfg(test)]
mod tests {
    use super::{Scope, account_name};

    #[test]
    fn a_scope_is_a_word_or_an_address() {
        assert_eq!(Scope::parse("process"), Ok(Scope::Process));
        assert_eq!(Scope::parse("host"), Ok(Scope::Host));
        let address = "rediss://:secret@redis.example:6380/2";
        let scope = Scope::parse(address).unwrap();
        assert!(matches!(&scope, Scope::Redis(kept) if kept.expose() == address));
        assert!(!format!("{scope:?}").contains("secret"));
        for wrong in ["", "machine", "redis:", "redis://", "http://redis.example"] {
            assert!(Scope::parse(wrong).is_err(), "{wrong}");
        }
        assert!(!Scope::parse("rdis://:secret@x").unwrap_err().contains("secret"));
    }

    #[test]
    fn an_account_is_named_without_its_key() {
        let name = account_name("https://api.stripe.com", "sk_test_hidden");
        assert!(!name.contains("hidden") && name.len() == 20);
        assert_ne!(name, account_name("https://api.stripe.com", "sk_test_other"));
    }
}
