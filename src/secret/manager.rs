//! Reads secret versions from Secret Manager.
//!
//! Nothing is started before the first read, and nothing waits longer than [`TIMEOUT`]; by default, Google's
//! library looks for credentials for a minute.

use std::time::Duration;

use http::Uri;
use reqwest::Client;
use reqwest::redirect::Policy;

use crate::secret::access::{AccessError, Payload, access};
use crate::secret::error::{Error, with_causes};
use crate::secret::identity::GoogleIdentity;
use crate::secret::retry::{TIMEOUT, retried};
use crate::secret::{Secret, SecretVersion};

/// The waits before retries of a read. They end before [`TIMEOUT`], so that the last failure is reported.
const RETRY_DELAYS: [Duration; 4] =
    [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];
/// The endpoint for versions without a location.
const ENDPOINT: &str = "https://secretmanager.googleapis.com";

/// A client of Secret Manager for one identity.
#[derive(Debug)]
pub struct Manager {
    identity: GoogleIdentity,
    endpoint: Option<String>,
}

impl Manager {
    /// Creates a client for this identity. It uses `endpoint` if one is given, and Google's own addresses
    /// otherwise.
    ///
    /// # Errors
    /// The endpoint is neither https nor on this machine, so a token would be sent unencrypted.
    pub fn new(identity: GoogleIdentity, endpoint: Option<String>) -> Result<Self, Error> {
        match endpoint {
            Some(endpoint) if !is_secure(&endpoint) => Err(Error::Endpoint(endpoint)),
            endpoint => Ok(Self { identity, endpoint }),
        }
    }

    /// Reads a version as text, with surrounding white space removed.
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

    /// Returns the configured endpoint, else that of a regional secret, else the global one, without a
    /// trailing slash.
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

/// Decodes the text of a payload.
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

/// Whether the host of an address is this machine, so that what is sent to it does not leave the machine.
pub fn is_this_machine(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
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
        // The check value from the definition of CRC32C: the checksum of the digits 1 to 9.
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
