//! Parses the place of the journal as written in the provider block.

use std::path::PathBuf;

use crate::env::{self, Env};
use crate::secret::Secret;
use crate::stripe::RedisWindow;

/// The place of the journal of creates in flight.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum JournalPlace {
    /// In Terraform's data directory.
    #[default]
    BesideTerraform,
    /// In a folder, which working directories may share.
    Folder(PathBuf),
    /// In a Redis server; its address may contain a password.
    Redis(Secret),
}

impl JournalPlace {
    /// Parses a path, or the address of a Redis server.
    ///
    /// # Errors
    /// Returns what the text must be, without the text itself, which may contain a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        if RedisWindow::is_address(text) {
            redis::Client::open(text).map_err(|_| "is not the address of a Redis".to_owned())?;
            return Ok(Self::Redis(Secret::new(text.to_owned())));
        }
        if text.is_empty() || text.contains("://") {
            return Err(
                "must be the path of a folder, or an address that begins with `redis://` or `rediss://`"
                    .to_owned(),
            );
        }
        Ok(Self::Folder(PathBuf::from(text)))
    }

    /// The folder, if it is one.
    pub(super) fn folder(&self, env: &Env) -> Option<PathBuf> {
        match self {
            Self::BesideTerraform => Some(data_directory(env).join("stripe-creates")),
            Self::Folder(folder) => Some(folder.clone()),
            Self::Redis(_) => None,
        }
    }
}

/// Terraform's data directory.
pub(super) fn data_directory(env: &Env) -> PathBuf {
    PathBuf::from(env.get(env::TF_DATA_DIR).unwrap_or_else(|| ".terraform".to_owned()))
}

/// The workspace in which Terraform works.
pub(super) fn workspace(env: &Env) -> String {
    env.get(env::TF_WORKSPACE)
        .or_else(|| std::fs::read_to_string(data_directory(env).join("environment")).ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "default".to_owned())
}

#[cfg(test)]
mod tests {
    use super::JournalPlace;

    #[test]
    fn a_place_is_a_folder_or_a_redis() {
        assert_eq!(JournalPlace::parse("/var/creates"), Ok(JournalPlace::Folder("/var/creates".into())));
        let place = JournalPlace::parse("rediss://:hidden@redis.example:6380/2").unwrap();
        assert!(matches!(&place, JournalPlace::Redis(address) if address.expose().contains("hidden")));
        assert!(!format!("{place:?}").contains("hidden"));
        for wrong in ["", "redis://", "http://redis.example", "rdis://:hidden@x"] {
            assert!(!JournalPlace::parse(wrong).unwrap_err().contains("hidden"), "{wrong}");
        }
    }
}
