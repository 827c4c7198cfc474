//! The processes that share Stripe's limits with a connection.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::env::{self, Env};
use crate::secret::Secret;
use crate::stripe::{HostWindow, ProcessWindow, RedisWindow, Window, WindowError, digest};
use crate::sync::lock;

/// The format version of shared windows, which is part of their names. A program that writes another format
/// uses separate windows, so that neither reads what it would misunderstand.
const WINDOW_VERSION: &str = "v2";

/// The processes whose requests are counted together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThrottleScope {
    /// Only the process of the connection.
    Process,
    /// All processes of this user on this machine.
    #[default]
    Host,
    /// All processes that use this Redis; its address may contain a password.
    Redis(Secret),
}

impl ThrottleScope {
    /// Parses `process`, `host` or the address of a Redis.
    ///
    /// # Errors
    /// States what the text must be. The text itself is left out, because it may contain a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "process" => Ok(Self::Process),
            "host" => Ok(Self::Host),
            address if RedisWindow::is_address(address) => {
                RedisWindow::new(address, "", 1).map_err(|_| "is not the address of a Redis".to_owned())?;
                Ok(Self::Redis(Secret::new(address.to_owned())))
            }

            _ => Err("must be `process`, `host`, or an address that begins with `redis://` or `rediss://`"
                .to_owned()),
        }
    }

    /// Returns the windows of an account, the widest first; each is used while the one before it cannot be
    /// reached. `limit` is in requests per second.
    pub(super) fn windows(
        &self,
        account: &str,
        limit: usize,
        env: &Env,
    ) -> Result<Vec<Arc<dyn Window>>, WindowError> {
        let mut windows: Vec<Arc<dyn Window>> = Vec::new();
        let shared = format!("{account}.{WINDOW_VERSION}");
        if let Self::Redis(address) = self {
            windows.push(Arc::new(RedisWindow::new(address.expose(), &shared, limit)?));
        }
        if *self != Self::Process {
            windows.push(Arc::new(HostWindow::new(file(&shared, env), limit)));
        }
        windows.push(process_window(account, limit));
        Ok(windows)
    }
}

/// The name of an account in a file name and in Redis: a hash, from which the key cannot be recovered.
pub(super) fn account_name(base: &str, key: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(digest(&[base, key.expose()]).get(..15).unwrap_or_default())
}

/// Returns the file of an account's window, in a folder of this user.
fn file(account: &str, env: &Env) -> PathBuf {
    // The XDG specification requires that a relative folder be ignored.
    let runtime = env.get(env::XDG_RUNTIME_DIR).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = match runtime {
        Some(runtime) => runtime,
        None => match env.get(env::HOME) {
            Some(home) => PathBuf::from(home).join(".cache"),
            None => tempfile::env::temp_dir(),
        },
    };
    folder.join("terraform-provider-stripe").join(format!("{account}.window"))
}

/// The windows of this process, by account and limit.
type ByAccount = HashMap<(String, usize), Arc<ProcessWindow>>;

/// Returns the window of an account in this process, which its connections share.
fn process_window(account: &str, limit: usize) -> Arc<dyn Window> {
    static WINDOWS: Mutex<Option<ByAccount>> = Mutex::new(None);
    let mut windows = lock(&WINDOWS);
    let by_account = windows.get_or_insert_default();
    let window = by_account.entry((account.to_owned(), limit)).or_insert_with(|| ProcessWindow::new(limit));
    Arc::clone(window) as _
}

#[cfg(test)]
mod tests {
    use super::{Env, Secret, ThrottleScope, account_name};

    #[test]
    fn a_scope_is_a_word_or_an_address() {
        assert_eq!(ThrottleScope::parse("process"), Ok(ThrottleScope::Process));
        assert_eq!(ThrottleScope::parse("host"), Ok(ThrottleScope::Host));
        let address = "rediss://:secret@redis.example:6380/2";
        let scope = ThrottleScope::parse(address).unwrap();
        assert!(matches!(&scope, ThrottleScope::Redis(kept) if kept.expose() == address));
        assert!(!format!("{scope:?}").contains("secret"));
        for wrong in ["", "machine", "redis:", "redis://", "http://redis.example"] {
            assert!(ThrottleScope::parse(wrong).is_err(), "{wrong}");
        }
        assert!(!ThrottleScope::parse("rdis://:secret@x").unwrap_err().contains("secret"));
    }

    #[test]
    fn a_shared_file_names_the_version_of_what_is_in_it() {
        let env = Env::from_pairs([("XDG_RUNTIME_DIR", "/run/user/1")]);
        let windows = ThrottleScope::Host.windows("account", 1, &env).unwrap();
        assert!(format!("{:?}", windows[0]).contains("/terraform-provider-stripe/account.v2.window"));
    }

    #[test]
    fn a_relative_runtime_folder_is_ignored() {
        let env = Env::from_pairs([("XDG_RUNTIME_DIR", "run"), ("HOME", "/home/ada")]);
        let file = super::file("account", &env);
        assert!(file.starts_with("/home/ada/.cache"), "{}", file.display());
    }

    #[test]
    fn an_account_is_named_without_its_key() {
        let name = |key: &str| account_name("https://api.stripe.com", &Secret::new(key.to_owned()));
        let hidden = name("sk_test_hidden");
        assert!(!hidden.contains("hidden") && hidden.len() == 20);
        assert_ne!(hidden, name("sk_test_other"));
    }
}
