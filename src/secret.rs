//! Sources of keys and passwords: configuration, environment, files, Secret Manager.

mod access;
mod error;
mod identity;
mod keys;
mod manager;
mod marks;
mod retry;
mod version;

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::env::{self, Env};

pub use error::{Error as ManagerError, with_causes};
pub use identity::GoogleIdentity;
pub use keys::{is_live_key, kind_of_key, looks_like_key, not_a_key};
pub use manager::{Manager, is_this_machine};
pub use marks::{REDACTED, without_marked};
pub use version::SecretVersion;

/// A key or a password. Its `Debug` is masked and it has no `Display`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text as a secret.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns the text of the secret, so that it can be sent.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The source of a secret. Every variant except `Inline` is a reference, which stays valid when the secret
/// is rotated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// The configuration contains the secret itself; white space around the text is removed.
    Inline(Secret),
    /// The environment variable of this name; white space around the text is removed.
    Environment(String),
    /// The file at this path; white space around the text is removed.
    File(PathBuf),
    /// The version in Secret Manager of this name: `projects/P/secrets/S/versions/V`.
    SecretVersion(String),
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline(_) => f.write_str("the configuration"),
            Self::Environment(name) => write!(f, "the environment variable {name}"),
            Self::File(path) => write!(f, "the key file {}", path.display()),
            Self::SecretVersion(name) => write!(f, "the secret version {name}"),
        }
    }
}

/// Strips surrounding white space and the byte order mark that some editors add.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
}

/// The reason why a secret could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The variable of this name is not set or is empty.
    #[error("the environment variable {0} is not set")]
    Environment(String),
    /// The file cannot be read.
    #[error("cannot read the key file {}: {why}", path.display())]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        why: std::io::Error,
    },
    /// The source named by the text is empty.
    #[error("{0} is empty")]
    Empty(String),
    /// The source contains something that is not a key.
    #[error("{place} holds no key: {why}")]
    NotAKey {
        /// The source, named as in the other errors.
        place: String,
        /// What makes the text not a key, without the text itself.
        why: &'static str,
    },
    /// The version could not be read from Secret Manager.
    #[error(transparent)]
    SecretVersion(#[from] Arc<ManagerError>),
}

/// The result of reading a secret version; it is cached.
type Read = Result<Secret, Arc<ManagerError>>;

/// Fetches the secrets of one connection.
#[derive(Debug)]
pub struct Secrets {
    env: Env,
    service_account: Option<String>,
    /// The results by name: each version is read once, and a failure is cached too.
    versions: Mutex<HashMap<String, Read>>,
}

impl Secrets {
    /// Fetches secrets from this environment. Reads secret versions as `service_account` if it is given,
    /// otherwise as the identity of the process's Google credentials.
    pub fn new(env: Env, service_account: Option<String>) -> Self {
        Self { env, service_account, versions: Mutex::default() }
    }

    /// Fetches a secret from its source.
    ///
    /// # Errors
    /// The source does not exist, cannot be read, or is empty.
    pub async fn fetch(&self, source: &SecretSource) -> Result<Secret, Error> {
        match source {
            SecretSource::Inline(secret) if trimmed(secret.expose()).is_empty() => {
                Err(Error::Empty("the key".to_owned()))
            }
            SecretSource::Inline(secret) => Ok(Secret(trimmed(secret.expose()).to_owned())),
            SecretSource::Environment(name) => self
                .env
                .get(name)
                .map(|text| Secret(trimmed(&text).to_owned()))
                .filter(|secret| !secret.0.is_empty())
                .ok_or_else(|| Error::Environment(name.clone())),
            SecretSource::File(path) => {
                let text = tokio::fs::read_to_string(path).await;
                let text = text.map_err(|why| Error::File { path: path.clone(), why })?;
                match trimmed(&text) {
                    "" => Err(Error::Empty(format!("the key file {}", path.display()))),
                    key => Ok(Secret(key.to_owned())),
                }
            }
            SecretSource::SecretVersion(name) => Ok(self.version(name).await?),
        }
    }

    /// Fetches a key from its source and checks that the text can be a key.
    ///
    /// # Errors
    /// The source does not exist, cannot be read, or holds no key.
    pub async fn fetch_key(&self, source: &SecretSource) -> Result<Secret, Error> {
        let key = self.fetch(source).await?;
        match not_a_key(trimmed(key.expose())) {
            None => Ok(Secret(trimmed(key.expose()).to_owned())),
            Some(why) => Err(Error::NotAKey { place: source.to_string(), why }),
        }
    }

    /// Reads a version, or returns the result of an earlier read.
    async fn version(&self, name: &str) -> Read {
        // The lock is held during the read, so that concurrent callers read a version only once.
        let mut versions = self.versions.lock().await;
        if let Some(result) = versions.get(name) {
            return result.clone();
        }
        let result = self.read(name).await.map_err(Arc::new);
        versions.insert(name.to_owned(), result.clone());
        result
    }

    async fn read(&self, name: &str) -> Result<Secret, ManagerError> {
        let version = SecretVersion::parse(name).map_err(ManagerError::Name)?;
        let identity = GoogleIdentity::find(self.service_account.as_deref(), &self.env).await?;
        let endpoint = self.env.get(env::STRIPE_PROVIDER_SECRET_MANAGER_ENDPOINT);
        Manager::new(identity, endpoint)?.access(&version).await
    }
}

#[cfg(test)]
mod tests {
    use super::{Env, Secret, SecretSource, Secrets};

    async fn resolved(source: SecretSource) -> Result<String, String> {
        let env = Env::from_pairs([("KEY", " sk_test_1\n")]);
        let secrets = Secrets::new(env, None);
        secrets
            .fetch(&source)
            .await
            .map(|secret| secret.expose().to_owned())
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_key_is_fetched_from_each_source() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, "sk_test_2\n").unwrap();
        assert_eq!(
            resolved(SecretSource::Inline(Secret::new("sk_test_0".to_owned()))).await.unwrap(),
            "sk_test_0"
        );
        assert_eq!(resolved(SecretSource::Environment("KEY".to_owned())).await.unwrap(), "sk_test_1");
        assert_eq!(resolved(SecretSource::File(file.clone())).await.unwrap(), "sk_test_2");
        std::fs::write(&file, " \n").unwrap();
        assert!(resolved(SecretSource::File(file)).await.unwrap_err().ends_with("is empty"));
    }

    #[tokio::test]
    async fn a_file_that_holds_no_key_is_named_and_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let secrets = Secrets::new(Env::from_pairs([("KEY", "x")]), None);
        std::fs::write(&file, "\u{feff}sk_test_2\r\n").unwrap();
        let key = secrets.fetch_key(&SecretSource::File(file.clone())).await.unwrap();
        assert_eq!(key.expose(), "sk_test_2");
        for text in
            ["sk_test_2\nsk_test_3", "STRIPE_API_KEY=sk_test_2", "\"sk_test_2\"", "sk_test_2 x", "sk_test_é"]
        {
            std::fs::write(&file, text).unwrap();
            let error = secrets.fetch_key(&SecretSource::File(file.clone())).await.unwrap_err().to_string();
            assert!(error.starts_with("the key file /") && !error.contains("sk_test"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_missing_key_names_its_source() {
        let error = resolved(SecretSource::Environment("NO_KEY".to_owned())).await.unwrap_err();
        assert_eq!(error, "the environment variable NO_KEY is not set");
        let error = resolved(SecretSource::File("/nowhere/key".into())).await.unwrap_err();
        assert!(error.starts_with("cannot read the key file /nowhere/key: "), "{error}");
        let error = resolved(SecretSource::SecretVersion("my-secret".to_owned())).await.unwrap_err();
        assert!(error.starts_with("the secret version must name"), "{error}");
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        let source = SecretSource::Inline(Secret::new("sk_test_hidden".to_owned()));
        assert!(!format!("{source:?}").contains("hidden"));
    }
}
