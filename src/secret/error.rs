//! Why a secret version could not be read.

use std::error::Error as StdError;

use crate::secret::SecretVersion;

/// Why a secret version could not be read. `why` is the text of Google's library or service.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No credentials were found; the log has what Google's library says of it.
    #[error(
        "no Google credentials were found; set GOOGLE_APPLICATION_CREDENTIALS to a file of credentials, or run `gcloud auth application-default login`"
    )]
    NoCredentials,
    /// The credentials that the environment names do not work.
    #[error("the Google credentials in {file} do not work: {why}; GOOGLE_APPLICATION_CREDENTIALS names them")]
    Credentials {
        /// The path of their file.
        file: String,
        /// The text of Google's library.
        why: String,
    },
    /// The credentials may not impersonate the service account.
    #[error(
        "cannot act as the service account {account}: {why}; give the credentials' own identity the role roles/iam.serviceAccountTokenCreator on it"
    )]
    Impersonation {
        /// The address of the service account.
        account: String,
        /// The text of Google's library.
        why: String,
    },
    /// The identity has no permission to read the version.
    #[error(
        "{reader} may not read {version}: {why}; give it the role roles/secretmanager.secretAccessor on {}",
        version.secret()
    )]
    Denied {
        /// The identity: a service account's address, or "the credentials' own identity".
        reader: String,
        /// The version that was requested.
        version: SecretVersion,
        /// The message of Secret Manager.
        why: String,
    },
    /// The version does not exist.
    #[error("there is no {version}: {why}")]
    NotFound {
        /// The version that was requested.
        version: SecretVersion,
        /// The message of Secret Manager.
        why: String,
    },
    /// The version is disabled or destroyed.
    #[error("{version} cannot be read: {why}; enable it, or name another version")]
    NotEnabled {
        /// The version that was requested.
        version: SecretVersion,
        /// The message of Secret Manager.
        why: String,
    },
    /// The read failed otherwise.
    #[error("{version} could not be read: {why}")]
    Failed {
        /// The version that was requested.
        version: SecretVersion,
        /// The text of Google's library.
        why: String,
    },
    /// The checksum does not match the payload.
    #[error("{0} arrived damaged: its CRC32C checksum does not match; run again")]
    Damaged(SecretVersion),
    /// The payload is no UTF-8 text.
    #[error("{0} is no UTF-8 text")]
    NotText(SecretVersion),
    /// The payload is empty or white space.
    #[error("{0} is empty")]
    Empty(SecretVersion),
    /// The endpoint in the environment is neither https nor on this machine.
    #[error(
        "STRIPE_PROVIDER_SECRET_MANAGER_ENDPOINT must be an https address, or an http address of this machine, not {0:?}"
    )]
    Endpoint(String),
    /// The name of the version is invalid; the text says how, without its subject.
    #[error("the secret version {0}")]
    Name(String),
}

/// The text of an error and of its causes.
pub fn with_causes(error: &dyn StdError) -> String {
    std::iter::successors(error.source(), |&cause| cause.source()).fold(error.to_string(), |text, cause| {
        let cause = cause.to_string();
        if text.contains(&cause) { text } else { format!("{text}: {cause}") }
    })
}
