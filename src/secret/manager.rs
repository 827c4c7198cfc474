//! Reads secret versions from Secret Manager.
//!
//! Nothing is started before the first read, and nothing waits longer than [`TIMEOUT`]: by
//! default Google's library looks for credentials for a minute.

use std::error::Error as StdError;
use std::time::Duration;

use http::Uri;
use reqwest::Client;
use reqwest::redirect::Policy;

use crate::secret::access::{AccessError, Payload, access};
use crate::secret::identity::GoogleIdentity;
use crate::secret::retry::retried;
use crate::secret::{Secret, SecretVersion};

/// The time limit for finding credentials, and again for reading a version.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);
/// The waits before retries of a read. They end before [`TIMEOUT`], so that the last failure is reported.
const RETRY_DELAYS: [Duration; 4] =
    [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];
/// Where versions without a location are read.
const ENDPOINT: &str = "https://secretmanager.googleapis.com";

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

/// A client of Secret Manager for one identity.
#[derive(Debug)]
pub struct Manager {
    identity: GoogleIdentity,
    endpoint: Option<String>,
}

impl Manager {
    /// A client for this identity; at `endpoint` where one is given, else at Google's own addresses.
    ///
    /// # Errors
    /// The endpoint is neither https nor on this machine, so that a token would be sent unencrypted.
    pub fn new(identity: GoogleIdentity, endpoint: Option<String>) -> Result<Self, Error> {
        match endpoint {
            Some(endpoint) if !is_secure(&endpoint) => Err(Error::Endpoint(endpoint)),
            endpoint => Ok(Self { identity, endpoint }),
        }
    }

    /// Reads a version as text; white space around it is removed.
    ///
    /// # Errors
    /// The version cannot be read within ten seconds, or its payload is not intact text.
    pub async fn access(&self, version: &SecretVersion) -> Result<Secret, Error> {
        let failed = |why: String| Error::Failed { version: version.clone(), why };
        let answer = tokio::time::timeout(TIMEOUT, self.request_payload(version)).await;
        let payload = answer.map_err(|_| failed("Secret Manager did not answer in time".to_owned()))??;
        decode(&payload, version)
    }

    async fn request_payload(&self, version: &SecretVersion) -> Result<Payload, Error> {
        let client = Client::builder().redirect(Policy::none()).build();
        let client =
            client.map_err(|error| Error::Failed { version: version.clone(), why: with_causes(&error) })?;
        let url = format!("{}/v1/{}:access", self.endpoint(version), version.name());
        let attempt = || access(&client, &url, &self.identity.credentials);
        let payload = retried(&RETRY_DELAYS, |failure| failure.may_pass, attempt).await;
        payload.map_err(|failure| self.classify(failure, version))
    }

    /// The configured endpoint, else the one of a regional secret, else the global one; without a slash at the end.
    fn endpoint(&self, version: &SecretVersion) -> String {
        match (&self.endpoint, version.location()) {
            (Some(endpoint), _) => endpoint.trim_end_matches('/').to_owned(),
            (None, Some(location)) => format!("https://secretmanager.{location}.rep.googleapis.com"),
            (None, None) => ENDPOINT.to_owned(),
        }
    }

    fn classify(&self, AccessError { code, why, .. }: AccessError, version: &SecretVersion) -> Error {
        let version = version.clone();
        match code.as_str() {
            "PERMISSION_DENIED" => Error::Denied { reader: self.identity.name.clone(), version, why },
            "NOT_FOUND" => Error::NotFound { version, why },
            "FAILED_PRECONDITION" => Error::NotEnabled { version, why },
            _ => Error::Failed { version, why },
        }
    }
}

/// The text of a payload.
fn decode(payload: &Payload, version: &SecretVersion) -> Result<Secret, Error> {
    let checksum = i64::from(crc32c::crc32c(&payload.data));
    if payload.checksum.is_some_and(|sent| sent != checksum) {
        return Err(Error::Damaged(version.clone()));
    }
    let text = std::str::from_utf8(&payload.data).map_err(|_| Error::NotText(version.clone()))?;
    match text.trim() {
        "" => Err(Error::Empty(version.clone())),
        text => Ok(Secret::new(text.to_owned())),
    }
}

fn is_secure(endpoint: &str) -> bool {
    let Ok(uri) = endpoint.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default();
    match uri.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => is_this_machine(host),
        _ => false,
    }
}

/// Whether the host of an address is this machine, so that what is sent to it does not leave it.
pub fn is_this_machine(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// The text of an error and of its causes.
pub fn with_causes(error: &dyn StdError) -> String {
    std::iter::successors(error.source(), |&cause| cause.source()).fold(error.to_string(), |text, cause| {
        let cause = cause.to_string();
        if text.contains(&cause) { text } else { format!("{text}: {cause}") }
    })
}

#[cfg(test)]
mod tests {
    use super::{Payload, SecretVersion, decode, is_secure};

    fn read(data: &'static [u8], checksum: Option<i64>) -> Result<String, String> {
        let version = SecretVersion::parse("projects/p/secrets/s/versions/1").unwrap();
        let payload = Payload { data: data.to_vec(), checksum };
        decode(&payload, &version)
            .map(|secret| secret.expose().to_owned())
            .map_err(|error| error.to_string().replace(version.name(), "it"))
    }

    #[test]
    fn a_payload_is_text_and_undamaged() {
        // The checksum of the digits 1 to 9 that the definition of CRC32C gives.
        assert_eq!(read(b"123456789", Some(0xE306_9283)), Ok("123456789".to_owned()));
        assert_eq!(read(b" sk_test_1\n", None), Ok("sk_test_1".to_owned()));
        assert!(read(b"123456789", Some(0xE306_9284)).unwrap_err().starts_with("it arrived damaged"));
        assert!(read(b"123456789", Some(-1)).is_err());
        assert_eq!(read(b"\xff\xfe", None).unwrap_err(), "it is no UTF-8 text");
        assert!(read(b" \n", Some(1)).unwrap_err().contains("damaged"));
        assert_eq!(read(b"", None).unwrap_err(), "it is empty");
    }

    #[test]
    fn a_token_does_not_travel_in_the_clear() {
        for safe in ["https://sm.example", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1/x"] {
            assert!(is_secure(safe), "{safe}");
        }
        for wrong in ["http://sm.example", "http://localhost.example", "sm.example", "", "ftp://127.0.0.1"] {
            assert!(!is_secure(wrong), "{wrong}");
        }
    }
}
