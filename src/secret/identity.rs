//! The identity that reads secret versions: the Google credentials that Google's library finds, or a service
//! account that they impersonate.

use std::time::Duration;

use google_cloud_auth::credentials::{Builder, Credentials, impersonated};
use google_cloud_gax::retry_policy::{Aip194Strict, RetryPolicyExt as _};
use tokio::time::{Instant, timeout_at};

use crate::env::{self, Env};
use crate::secret::access::{AccessError, headers};
use crate::secret::error::{Error, with_causes};
use crate::secret::retry::{TIMEOUT, retried};

/// The waits before retries of a failure that may pass. A metadata server needs a moment when a machine
/// starts; if there is none, a run should not wait long.
const RETRY_DELAYS: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(1500)];
/// The maximum number of attempts to impersonate a service account.
const MAX_ATTEMPTS: u32 = 3;
/// The cause of a failure if the time ran out.
const NO_ANSWER: &str = "no answer came in time";

/// Google credentials and the identity they belong to.
#[derive(Debug, Clone)]
pub struct GoogleIdentity {
    pub(super) credentials: Credentials,
    /// How messages name the identity: a service account's address, or "the credentials' own identity".
    pub(super) name: String,
}

impl GoogleIdentity {
    /// The identity of the credentials themselves.
    pub fn new(credentials: Credentials) -> Self {
        Self { credentials, name: "the credentials' own identity".to_owned() }
    }

    /// Finds credentials as Google's library does (`GOOGLE_APPLICATION_CREDENTIALS`, gcloud's file,
    /// the metadata server) and impersonates `service_account`, if any, within [`TIMEOUT`].
    pub(super) async fn find(service_account: Option<&str>, env: &Env) -> Result<Self, Error> {
        let deadline = Instant::now() + TIMEOUT;
        let credentials = timeout_at(deadline, find_credentials(env)).await;
        let own = Self::new(credentials.unwrap_or_else(|_| Err(no_credentials(NO_ANSWER, env)))?);
        let Some(account) = service_account else { return Ok(own) };
        let impersonated = timeout_at(deadline, own.impersonate(account)).await;
        let impersonated = impersonated.unwrap_or_else(|_| Err(NO_ANSWER.to_owned()));
        impersonated.map_err(|why| Error::Impersonation { account: account.to_owned(), why })
    }

    async fn impersonate(self, account: &str) -> Result<Self, String> {
        let credentials = impersonated::Builder::from_source_credentials(self.credentials)
            .with_target_principal(account)
            .with_retry_policy(Aip194Strict.with_attempt_limit(MAX_ATTEMPTS))
            .build();
        let credentials = credentials.map_err(|error| with_causes(&error))?;
        headers(&credentials).await.map_err(|failure| failure.why)?;
        Ok(Self { credentials, name: account.to_owned() })
    }
}

/// Finds credentials and makes sure that they produce a token.
async fn find_credentials(env: &Env) -> Result<Credentials, Error> {
    let found = retried(&RETRY_DELAYS, |failure: &AccessError| failure.may_pass, build_credentials).await;
    found.map_err(|failure| no_credentials(&failure.why, env))
}

/// Google's library caches a failure for ten seconds, so every attempt builds new credentials.
async fn build_credentials() -> Result<Credentials, AccessError> {
    let credentials = Builder::default().build().map_err(|error| AccessError::of_credentials(&error))?;
    headers(&credentials).await?;
    Ok(credentials)
}

fn no_credentials(why: &str, env: &Env) -> Error {
    let file = env.get(env::GOOGLE_APPLICATION_CREDENTIALS);
    if let Some(file) = file {
        return Error::Credentials { file, why: why.to_owned() };
    }
    log::debug!("no Google credentials were found: {why}");
    Error::NoCredentials
}
