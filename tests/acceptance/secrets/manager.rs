//! Secret Manager alone: what is asked for, what is believed, what a failure says.

use google_cloud_auth::credentials::service_account;
use stripe_provider::secret::{GoogleIdentity, Manager, SecretVersion};

use super::google::{Answer, Google, READER};
use crate::support::harness::{Case, case};

pub fn cases() -> Vec<Case> {
    vec![
        case!(async a_version_is_read_with_a_token_signed_by_the_key),
        case!(async a_failure_says_what_to_do),
        case!(async a_failure_that_may_pass_is_tried_again),
        case!(paused a_server_that_does_not_answer_is_not_waited_for),
        case!(async a_server_that_keeps_failing_is_given_up_with_its_last_word),
    ]
}

const NAME: &str = "projects/p/secrets/stripe/versions/1";

fn manager(google: &Google) -> Manager {
    let credentials = service_account::Builder::new(google.key()).build().unwrap();
    Manager::new(GoogleIdentity::new(credentials), Some(google.base())).unwrap()
}

/// What comes of reading a version with this answer.
async fn read(answer: Answer) -> Result<String, String> {
    let google = tokio::task::spawn_blocking(Google::start).await.unwrap();
    google.holds(NAME, answer);
    let read = manager(&google).access(&SecretVersion::parse(NAME).unwrap()).await;
    tokio::task::spawn_blocking(|| drop(google)).await.unwrap();
    read.map(|secret| secret.expose().to_owned()).map_err(|error| error.to_string())
}

async fn a_version_is_read_with_a_token_signed_by_the_key() {
    let google = tokio::task::spawn_blocking(Google::start).await.unwrap();
    for name in [NAME, "projects/p/secrets/stripe/versions/latest", "projects/p/secrets/s/versions/prod"] {
        google.holds(name, Answer::Payload(format!("sk_test_{}\n", name.len()).into_bytes()));
        let secret = manager(&google).access(&SecretVersion::parse(name).unwrap()).await.unwrap();
        assert_eq!(secret.expose(), format!("sk_test_{}", name.len()));
        let calls = google.calls();
        assert_eq!(calls.len(), 1, "nobody else is asked: {calls:?}");
        assert_eq!(
            (calls[0].path.as_str(), calls[0].token.as_str()),
            (&*format!("/v1/{name}:access"), READER)
        );
    }
    tokio::task::spawn_blocking(|| drop(google)).await.unwrap();
}

async fn a_failure_says_what_to_do() {
    const DISABLED: &str = "Secret Version [stripe/1] is in DISABLED state.";
    const DESTROYED: &str = "Secret Version [stripe/1] is in DESTROYED state.";
    const DENIED: &str = "Permission 'secretmanager.versions.access' denied.";
    for (answer, parts) in [
        (
            Answer::Error(403, "PERMISSION_DENIED", DENIED),
            vec![DENIED, "roles/secretmanager.secretAccessor on projects/p/secrets/stripe"],
        ),
        (Answer::Error(404, "NOT_FOUND", "Secret not found."), vec!["there is no ", "Secret not found."]),
        (Answer::Error(400, "FAILED_PRECONDITION", DISABLED), vec![DISABLED, "enable it"]),
        (Answer::Error(400, "FAILED_PRECONDITION", DESTROYED), vec![DESTROYED, "name another version"]),
        (
            Answer::Error(401, "UNAUTHENTICATED", "Invalid token."),
            vec!["could not be read", "Invalid token."],
        ),
        (Answer::Payload(Vec::new()), vec!["is empty"]),
        (Answer::Payload(b"\xff\xfe\x00".to_vec()), vec!["UTF-8"]),
        (Answer::Damaged(b"sk_test_damaged".to_vec()), vec!["arrived damaged", "CRC32C"]),
    ] {
        let error = read(answer).await.unwrap_err();
        assert!(error.contains(NAME), "the version is named: {error}");
        assert!(!error.contains("sk_test"), "the payload is not shown: {error}");
        for part in parts {
            assert!(error.contains(part), "{part:?} is missing in: {error}");
        }
    }
}

async fn a_failure_that_may_pass_is_tried_again() {
    assert_eq!(read(Answer::Flaky(b"sk_test_again".to_vec())).await.unwrap(), "sk_test_again");
}

/// The clock is paused: it jumps when everybody waits.
async fn a_server_that_does_not_answer_is_not_waited_for() {
    let started = tokio::time::Instant::now();
    let error = read(Answer::Hang).await.unwrap_err();
    assert!(error.contains("could not be read"), "{error}");
    assert!(started.elapsed().as_secs() <= 10, "{:?}", started.elapsed());
}

/// In real time, because answers do arrive.
async fn a_server_that_keeps_failing_is_given_up_with_its_last_word() {
    let error = read(Answer::Error(503, "UNAVAILABLE", "Out of order.")).await.unwrap_err();
    assert!(error.contains("could not be read") && error.contains("Out of order."), "{error}");
}
