//! Secret Manager, through Google's own client.
//!
//! Nothing here is made before a secret version is asked for, and nothing waits longer
//! than [`PATIENCE`]: left alone, the client would look for credentials for a minute.

use std::error::Error as StdError;
use std::time::Duration;

use google_cloud_gax::error::Error as CallError;
use google_cloud_gax::error::rpc::Code;
use google_cloud_gax::retry_policy::{Aip194Strict, RetryPolicyExt as _};
use google_cloud_secretmanager_v1::client::SecretManagerService;
use google_cloud_secretmanager_v1::model::SecretPayload;
use http::Uri;

use crate::secret::identity::Identity;
use crate::secret::{Secret, Version};

/// How long credentials may take, and then a secret.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// When a call that keeps failing gives up, so that its last failure can be told.
const RETRIES: Duration = Duration::from_secs(8);

/// Why a secret version could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There are no credentials to be found.
    #[error(
        "no Google credentials were found to read the secret with ({0}); set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account key or of a workload identity configuration, run `gcloud auth application-default login`, or run on a machine with a metadata server"
    )]
    NoCredentials(String),
    /// The credentials that were named do not work.
    #[error("the Google credentials in {file} do not work: {why}; GOOGLE_APPLICATION_CREDENTIALS names them")]
    Credentials {
        /// The file.
        file: String,
        /// What happened.
        why: String,
    },
    /// The credentials may not act as the service account.
    #[error(
        "cannot act as the service account {account}: {why}; check `service_account`, and give the credentials' own identity the role roles/iam.serviceAccountTokenCreator on it"
    )]
    Impersonation {
        /// The service account.
        account: String,
        /// What happened.
        why: String,
    },
    /// Whoever reads may not.
    #[error(
        "{reader} may not read {version}: {why}; give it the role roles/secretmanager.secretAccessor on {}",
        version.secret()
    )]
    Denied {
        /// Who.
        reader: String,
        /// What.
        version: Version,
        /// What Google says.
        why: String,
    },
    /// There is no such version.
    #[error("there is no {version}: {why}")]
    NotFound {
        /// What.
        version: Version,
        /// What Google says.
        why: String,
    },
    /// The version is disabled or destroyed.
    #[error("{version} cannot be read: {why}; enable it, or name another version")]
    NotEnabled {
        /// What.
        version: Version,
        /// What Google says.
        why: String,
    },
    /// Something else came between.
    #[error("{version} could not be read: {why}")]
    Failed {
        /// What.
        version: Version,
        /// What happened.
        why: String,
    },
    /// The checksum is of something else.
    #[error("{0} arrived damaged: its CRC32C checksum is another; run again")]
    Damaged(Version),
    /// Stripe's keys are text.
    #[error("{0} holds something else than UTF-8 text")]
    NotText(Version),
    /// There is nothing in it.
    #[error("{0} is empty")]
    Empty(Version),
    /// The address of Secret Manager makes no sense.
    #[error(
        "STRIPE_PROVIDER_SECRET_MANAGER_ENDPOINT must be an https address, or an http address of this machine, not {0:?}"
    )]
    Endpoint(String),
    /// The name of the version makes no sense.
    #[error("the secret version {0}")]
    Name(String),
}

/// Secret Manager as one identity sees it.
#[derive(Debug)]
pub struct Manager {
    identity: Identity,
    endpoint: Option<String>,
}

impl Manager {
    /// Secret Manager for this reader; at `endpoint` where one is given, else at Google's own
    /// addresses.
    ///
    /// # Errors
    /// The endpoint is plain http and not on this machine: a token would travel in the clear.
    pub fn new(identity: Identity, endpoint: Option<String>) -> Result<Self, Error> {
        match endpoint {
            Some(endpoint) if !is_safe(&endpoint) => Err(Error::Endpoint(endpoint)),
            endpoint => Ok(Self { identity, endpoint }),
        }
    }

    /// Reads a version.
    pub async fn access(&self, version: &Version) -> Result<Secret, Error> {
        let failed = |why: String| Error::Failed { version: version.clone(), why };
        let answer = tokio::time::timeout(PATIENCE, self.ask(version)).await;
        let payload = answer.map_err(|_| failed("Secret Manager did not answer in time".to_owned()))??;
        text(&payload, version)
    }

    async fn ask(&self, version: &Version) -> Result<SecretPayload, Error> {
        let retries = Aip194Strict.with_time_limit(RETRIES);
        let builder = SecretManagerService::builder()
            .with_credentials(self.identity.credentials.clone())
            .with_retry_policy(retries);
        let builder = match self.endpoint(version) {
            Some(endpoint) => builder.with_endpoint(endpoint),
            None => builder,
        };
        let client = builder.build().await;
        let client =
            client.map_err(|error| Error::Failed { version: version.clone(), why: chain(&error) })?;
        let reply = client.access_secret_version().set_name(version.name()).send().await;
        let reply = reply.map_err(|error| self.explain(&error, version))?;
        Ok(reply.payload.unwrap_or_default())
    }

    /// A regional secret is known to its region only.
    fn endpoint(&self, version: &Version) -> Option<String> {
        let regional = || {
            version.location().map(|location| format!("https://secretmanager.{location}.rep.googleapis.com"))
        };
        self.endpoint.clone().or_else(regional)
    }

    fn explain(&self, error: &CallError, version: &Version) -> Error {
        let version = version.clone();
        let why = error.status().map_or_else(|| chain(error), |status| status.message.clone());
        match error.status().map(|status| status.code) {
            Some(Code::PermissionDenied) => {
                Error::Denied { reader: self.identity.name.clone(), version, why }
            }
            Some(Code::NotFound) => Error::NotFound { version, why },
            Some(Code::FailedPrecondition) => Error::NotEnabled { version, why },
            _ => Error::Failed { version, why },
        }
    }
}

/// The text of a payload, white space around it left out as it is of a file.
fn text(payload: &SecretPayload, version: &Version) -> Result<Secret, Error> {
    let checksum = i64::from(crc32c::crc32c(&payload.data));
    // Google always sends one; what stands in for it may not.
    if payload.data_crc32c.is_some_and(|sent| sent != checksum) {
        return Err(Error::Damaged(version.clone()));
    }
    let text = std::str::from_utf8(&payload.data).map_err(|_| Error::NotText(version.clone()))?;
    match text.trim() {
        "" => Err(Error::Empty(version.clone())),
        text => Ok(Secret::new(text.to_owned())),
    }
}

fn is_safe(endpoint: &str) -> bool {
    let Ok(uri) = endpoint.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match uri.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => here,
        _ => false,
    }
}

/// An error with its causes.
pub(super) fn chain(error: &dyn StdError) -> String {
    let mut parts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        cause = inner.source();
    }
    parts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::{SecretPayload, Version, is_safe, text};

    fn read(data: &'static [u8], checksum: Option<i64>) -> Result<String, String> {
        let version = Version::parse("projects/p/secrets/s/versions/1").unwrap();
        let mut payload = SecretPayload::default().set_data(data);
        payload.data_crc32c = checksum;
        text(&payload, &version)
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
        assert_eq!(read(b"\xff\xfe", None).unwrap_err(), "it holds something else than UTF-8 text");
        assert!(read(b" \n", Some(1)).unwrap_err().contains("damaged"));
        assert_eq!(read(b"", None).unwrap_err(), "it is empty");
    }

    #[test]
    fn a_token_does_not_travel_in_the_clear() {
        for safe in ["https://sm.example", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1/x"] {
            assert!(is_safe(safe), "{safe}");
        }
        for wrong in ["http://sm.example", "http://localhost.example", "sm.example", "", "ftp://127.0.0.1"] {
            assert!(!is_safe(wrong), "{wrong}");
        }
    }
}
