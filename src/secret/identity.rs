//! Who reads a secret: the credentials Google's own search finds, or a service account
//! that they act as.

use std::time::Duration;

use google_cloud_auth::credentials::{Builder, Credentials, impersonated};
use google_cloud_auth::errors::CredentialsError;
use google_cloud_gax::retry_policy::{Aip194Strict, RetryPolicyExt as _};
use http::Extensions;
use tokio::time::{Instant, timeout_at};

use crate::env::{self, Env};
use crate::secret::manager::{Error, PATIENCE, chain};

/// Before a failure that may pass is tried again. A metadata server needs a moment when a
/// machine starts; where there is none at all, nobody should wait long for that news.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(1500)];
/// Of the call that acts as a service account.
const TRIES: u32 = 3;
/// What is said of a wait that was ended.
const SILENCE: &str = "nobody answered in time";

/// Credentials that have shown a token, and whom they belong to.
#[derive(Debug, Clone)]
pub struct Identity {
    pub(super) credentials: Credentials,
    /// For messages: an address, or "the credentials' own identity".
    pub(super) name: String,
}

impl Identity {
    /// The identity of these credentials.
    pub fn of(credentials: Credentials) -> Self {
        Self { credentials, name: "the credentials' own identity".to_owned() }
    }

    /// Searches as Google's libraries do (`GOOGLE_APPLICATION_CREDENTIALS`, gcloud's file,
    /// the metadata server), and acts as `service_account` where one is named. Takes no
    /// longer than [`PATIENCE`].
    pub(super) async fn find(service_account: Option<&str>, env: &Env) -> Result<Self, Error> {
        let deadline = Instant::now() + PATIENCE;
        let own = timeout_at(deadline, own(env)).await;
        let own = Self::of(own.unwrap_or_else(|_| Err(no_credentials(SILENCE, env)))?);
        let Some(account) = service_account else { return Ok(own) };
        let acting = timeout_at(deadline, own.acting_as(account)).await;
        let acting = acting.unwrap_or_else(|_| Err(SILENCE.to_owned()));
        acting.map_err(|why| Error::Impersonation { account: account.to_owned(), why })
    }

    async fn acting_as(self, account: &str) -> Result<Self, String> {
        let credentials = impersonated::Builder::from_source_credentials(self.credentials)
            .with_target_principal(account)
            .with_retry_policy(Aip194Strict.with_attempt_limit(TRIES))
            .build();
        let credentials = credentials.map_err(|error| chain(&error))?;
        credentials.headers(Extensions::new()).await.map_err(|error| chain(&error))?;
        Ok(Self { credentials, name: account.to_owned() })
    }
}

/// Credentials that have shown a token. The crate keeps a failure for ten seconds, so
/// every try starts from the beginning.
async fn own(env: &Env) -> Result<Credentials, Error> {
    let mut pauses = PAUSES.into_iter();
    loop {
        let credentials = Builder::default().build();
        let credentials = credentials.map_err(|error| no_credentials(&chain(&error), env))?;
        let Err(error) = credentials.headers(Extensions::new()).await else { return Ok(credentials) };
        match pauses.next().filter(|_| CredentialsError::is_transient(&error)) {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return Err(no_credentials(&chain(&error), env)),
        }
    }
}

fn no_credentials(why: &str, env: &Env) -> Error {
    let file = env.get(env::GOOGLE_APPLICATION_CREDENTIALS);
    match file {
        Some(file) => Error::Credentials { file, why: why.to_owned() },
        None => Error::NoCredentials(why.to_owned()),
    }
}
