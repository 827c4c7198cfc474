//! One call to Secret Manager's REST interface: returns a version's payload, or why there is none.

use std::error::Error as StdError;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use google_cloud_auth::credentials::{CacheableResource, Credentials};
use google_cloud_auth::errors::CredentialsError;
use http::{Extensions, HeaderMap, StatusCode};
use reqwest::{Client, Response};
use serde::Deserialize;

use crate::secret::error::with_causes;

/// The longest answer that is read. A payload has at most 64 KiB, and base64 makes it a third longer.
const LONGEST_BODY: usize = 1 << 20;

/// A payload as it was received.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Payload {
    pub(super) data: Vec<u8>,
    /// The CRC32C of the data as it was stored; Google always sends one, but an emulator may not.
    pub(super) checksum: Option<i64>,
}

/// Why a call returned no payload.
#[derive(Debug)]
pub(super) struct AccessError {
    /// Google's name for the kind of failure, such as `NOT_FOUND`; empty if Google did not answer.
    pub(super) code: String,
    /// The message of Secret Manager, or what failed on the way to it.
    pub(super) why: String,
    /// Whether the same call may succeed a moment later.
    pub(super) may_pass: bool,
}

impl AccessError {
    fn on_the_way(error: &reqwest::Error) -> Self {
        Self { code: String::new(), why: with_causes(error), may_pass: true }
    }

    /// The error for credentials that gave no token.
    pub(super) fn of_credentials(error: &(dyn StdError + 'static)) -> Self {
        let may_pass = error.downcast_ref().is_some_and(CredentialsError::is_transient);
        Self { code: String::new(), why: with_causes(error), may_pass }
    }

    /// The failure that an answer describes. A proxy on the way may have answered in Google's place.
    fn told(status: StatusCode, body: &[u8]) -> Self {
        let may_pass = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        match serde_json::from_slice::<ErrorBody>(body) {
            Ok(ErrorBody { error }) => Self { code: error.status, why: error.message, may_pass },
            Err(_) => Self { code: String::new(), why: format!("the answer was {status}"), may_pass },
        }
    }

    fn unreadable(what: &str) -> Self {
        let why = format!("the answer is not one of Google's: {what}");
        Self { code: String::new(), why, may_pass: false }
    }
}

/// Requests a payload from `url`.
pub(super) async fn access(
    client: &Client,
    url: &str,
    credentials: &Credentials,
) -> Result<Payload, AccessError> {
    let headers = headers(credentials).await?;
    let answer = client.get(url).headers(headers).send().await;
    let answer = answer.map_err(|error| AccessError::on_the_way(&error))?;
    let status = answer.status();
    let body = body(answer).await?;
    if status.is_success() { decode(&body) } else { Err(AccessError::told(status, &body)) }
}

/// Reads the body of an answer. A server other than Google's may send one without an end.
async fn body(mut answer: Response) -> Result<Vec<u8>, AccessError> {
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| AccessError::on_the_way(&error))? {
        body.extend_from_slice(&piece);
        if body.len() > LONGEST_BODY {
            return Err(AccessError::unreadable(&format!("it is longer than {LONGEST_BODY} bytes")));
        }
    }
    Ok(body)
}

/// Returns the headers with the token and, if the credentials name one, the project to bill.
pub(super) async fn headers(credentials: &Credentials) -> Result<HeaderMap, AccessError> {
    match credentials.headers(Extensions::new()).await {
        Ok(CacheableResource::New { data, .. }) => Ok(data),
        // This is only returned for headers that the caller already has and refers to; we refer to none.
        Ok(CacheableResource::NotModified) => Err(AccessError::unreadable("the credentials gave no token")),
        Err(error) => Err(AccessError::of_credentials(&error)),
    }
}

fn decode(body: &[u8]) -> Result<Payload, AccessError> {
    let answer: AnswerBody =
        serde_json::from_slice(body).map_err(|error| AccessError::unreadable(&error.to_string()))?;
    let AnswerPayload { data, data_crc32c } = answer.payload;
    let data = STANDARD.decode(data).map_err(|error| AccessError::unreadable(&error.to_string()))?;
    let checksum = data_crc32c.map(Integer::value).transpose()?;
    Ok(Payload { data, checksum })
}

/// The part of an answer that is read.
#[derive(Deserialize)]
struct AnswerBody {
    /// Absent if it is empty.
    #[serde(default)]
    payload: AnswerPayload,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AnswerPayload {
    /// Encoded as base64.
    data: String,
    data_crc32c: Option<Integer>,
}

/// A 64-bit integer. Google writes it as text; readers accept both forms.
#[derive(Deserialize)]
#[serde(untagged)]
enum Integer {
    Text(String),
    Number(i64),
}

impl Integer {
    fn value(self) -> Result<i64, AccessError> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Text(text) => {
                text.parse().map_err(|_| AccessError::unreadable("the checksum is no number"))
            }
        }
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorStatus,
}

#[derive(Deserialize)]
struct ErrorStatus {
    status: String,
    message: String,
}

#[cfg(test)]
mod tests {
    use super::{AccessError, LONGEST_BODY, Payload, StatusCode, body, decode};

    #[test]
    fn a_payload_is_read_as_google_and_as_others_write_it() {
        let of = |body: &str| decode(body.as_bytes()).map_err(|failure| failure.why);
        let payload = |checksum| Ok(Payload { data: b"123456789".to_vec(), checksum });
        let google = r#"{"name": "n", "payload": {"data": "MTIzNDU2Nzg5", "dataCrc32c": "3808858755"}}"#;
        assert_eq!(of(google), payload(Some(0xE306_9283)));
        let number = r#"{"payload": {"data": "MTIzNDU2Nzg5", "dataCrc32c": 3808858755}}"#;
        assert_eq!(of(number), payload(Some(0xE306_9283)));
        assert_eq!(of(r#"{"payload": {"data": "MTIzNDU2Nzg5"}}"#), payload(None));
        assert_eq!(of(r#"{"name": "n"}"#), Ok(Payload::default()));
        for wrong in ["", "<html>", r#"{"payload": {"data": "*"}}"#, r#"{"payload": {"dataCrc32c": "x"}}"#] {
            let why = of(wrong).unwrap_err();
            assert!(why.starts_with("the answer is not one of Google's: "), "{wrong}: {why}");
        }
    }

    #[test]
    fn a_failure_is_googles_or_that_of_what_stands_before_it() {
        let of = |status, body: &str| {
            let failure = AccessError::told(StatusCode::from_u16(status).unwrap(), body.as_bytes());
            (failure.code, failure.why, failure.may_pass)
        };
        let told = r#"{"error": {"code": 404, "message": "Not here.", "status": "NOT_FOUND"}}"#;
        assert_eq!(of(404, told), ("NOT_FOUND".to_owned(), "Not here.".to_owned(), false));
        let answer = |text: &str| (String::new(), format!("the answer was {text}"), false);
        assert_eq!(of(407, "<html>who?"), answer("407 Proxy Authentication Required"));
        assert_eq!(of(302, ""), answer("302 Found"));
        assert!(of(502, "").2 && of(503, told).2 && of(429, told).2);
    }

    #[tokio::test]
    async fn an_answer_is_read_as_far_as_one_can_be_and_no_further() {
        for (length, fits) in [(LONGEST_BODY, true), (LONGEST_BODY + 1, false)] {
            let answer = http::Response::new(vec![b' '; length]);
            let read = body(answer.into()).await.map(|body| body.len()).map_err(|failure| failure.why);
            assert_eq!(read.is_ok(), fits, "{read:?}");
        }
    }
}
