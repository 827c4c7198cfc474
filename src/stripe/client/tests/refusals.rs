//! What the client makes of refusals, and of answers that are not Stripe's.

use serde_json::json;

use super::{Answer, OBJECT, answer, broken, client, create};
use crate::stripe::{Call, ErrorKind};

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_with_all_that_stripe_says() {
    let body = r#"{"error": {"type": "invalid_request_error", "code": "parameter_unknown",
        "message": "Received unknown parameter: nmae.", "param": "items[0][nmae]", "doc_url": "https://a.test"}}"#;
    let (outcome, sent) = create([answer(400, &[], body)]).await;
    let error = outcome.unwrap_err();
    assert_eq!((sent.len(), error.kind()), (1, ErrorKind::InvalidRequest));
    assert_eq!(error.param(), ["items", "0", "nmae"]);
    assert!(!error.may_have_happened());
    let expected = "Received unknown parameter: nmae (code parameter_unknown, param items[0][nmae], HTTP 400, request req_1, see https://a.test)";
    assert_eq!(error.to_string(), expected);
    assert!(!format!("{error:?}").contains("hidden"));
}

#[tokio::test(start_paused = true)]
async fn a_page_in_place_of_an_answer_says_nothing_about_the_object() {
    let page = || answer(404, &[("content-type", "text/html")], "<html>");
    let (outcome, _) = create([page()]).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Foreign);
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_another_server_is_told_as_one_and_may_hide_stripes() {
    for (status, kind) in [
        (302, ErrorKind::Foreign),
        (400, ErrorKind::Foreign),
        (401, ErrorKind::Foreign),
        (403, ErrorKind::Foreign),
        (409, ErrorKind::Foreign),
        (429, ErrorKind::RateLimit),
        (501, ErrorKind::Server),
    ] {
        let (client, _, _) = client((0..60).map(|_| answer(status, &[], "<html>")));
        let error = client.send(Call::post("/v1/customers")).await.unwrap_err();
        assert_eq!((error.kind(), error.may_have_happened()), (kind, status != 429), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_told_with_where_it_leads_and_without_what_may_be_secret() {
    let told = async |location: &str| {
        let headers = [("content-type", "text/html"), ("location", location)];
        create([answer(302, &headers, "moved")]).await.0.unwrap_err().to_string()
    };
    let plain = "the answer is not Stripe's (text/html, 5 bytes, a redirect to https://portal.test/a/@b); a proxy or a \
                 firewall may have sent it (HTTP 302, request req_1)";
    for location in [
        "https://portal.test/a/@b",
        "https://portal.test/a/@b?token=hidden#hidden",
        "https://portal.test/a/@b;session=hidden",
        "https://ada:hidden@portal.test/a/@b",
    ] {
        assert_eq!(told(location).await, plain, "{location}");
    }
    assert!(told("/login?token=hidden").await.contains("a redirect to /login)"));
    assert!(!told("https://ada:hidden@portal.test?hidden").await.contains("hidden"));
    assert!(!told("?hidden").await.contains("redirect"));
}

#[tokio::test(start_paused = true)]
async fn a_locked_object_is_tried_again_and_then_called_locked() {
    let locked = || answer(409, &[], r#"{"error": {"type": "invalid_request_error"}}"#);
    let (client, script, _) = client([locked(), answer(200, &[], OBJECT)]);
    client.send(Call::delete("/v1/products/prod_1")).await.unwrap();
    assert_eq!(script.sent.lock().unwrap().len(), 2);
    let (client, _, _) = super::client((0..3).map(|_| locked()));
    assert_eq!(
        client.send(Call::delete("/v1/products/prod_1")).await.unwrap_err().kind(),
        ErrorKind::Conflict
    );
}

fn conflict(status: u16, code: &str) -> Answer {
    let body = json!({"error": {"type": "invalid_request_error", "code": code}});
    answer(status, &[], &body.to_string())
}

#[tokio::test(start_paused = true)]
async fn what_exists_already_is_refused_at_once_and_for_good() {
    for code in ["resource_already_exists", "bank_account_exists"] {
        for earlier in [Vec::new(), vec![broken()]] {
            let tries = earlier.len() + 1;
            let (outcome, sent) = create(earlier.into_iter().chain([conflict(409, code)])).await;
            let error = outcome.unwrap_err();
            assert_eq!((error.kind(), sent.len()), (ErrorKind::InvalidRequest, tries), "{code}");
            assert!(error.exists_already() && error.settles_outcome(), "{code}");
            assert!(!error.may_have_happened(), "{code}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn only_another_call_makes_a_conflict() {
    for (status, code, kind) in [
        (409, "lock_timeout", ErrorKind::Conflict),
        (409, "idempotency_key_in_use", ErrorKind::Conflict),
        (409, "token_in_use", ErrorKind::InvalidRequest),
        (429, "lock_timeout", ErrorKind::Conflict),
    ] {
        let error = create((0..60).map(|_| conflict(status, code))).await.0.unwrap_err();
        let is_open = status == 409 && kind == ErrorKind::Conflict;
        assert_eq!((error.kind(), error.may_have_happened()), (kind, is_open), "{status} {code}");
        assert!(!error.exists_already(), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_stripe_can_say_that_an_object_is_gone() {
    let missing = r#"{"error": {"type": "invalid_request_error", "code": "resource_missing"}}"#;
    let address = r#"{"error": {"type": "invalid_request_error", "message": "Unrecognized request URL"}}"#;
    let others = ["<html>", r#"{"error": "not found"}"#, r#"{"error": {"code": 404}}"#, address];
    let gone = async |body| create([answer(404, &[], body)]).await.0.unwrap_err().is_gone();
    assert!(gone(missing).await);
    for body in others {
        assert!(!gone(body).await, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_verdict_on_the_request_settles_earlier_tries_and_one_on_the_caller_does_not() {
    let refused = |status, kind: &str| answer(status, &[], &format!(r#"{{"error": {{"type": "{kind}"}}}}"#));
    for (status, error, open) in [
        (400, r#""type": "invalid_request_error", "param": "name""#, false),
        (400, r#""type": "invalid_request_error", "code": "resource_missing""#, false),
        (400, r#""type": "invalid_request_error""#, true),
        (402, r#""type": "card_error""#, false),
        (401, r#""type": "invalid_request_error""#, true),
        (403, r#""type": "invalid_request_error", "code": "more_permissions_required""#, true),
    ] {
        let refusal = answer(status, &[], &format!(r#"{{"error": {{{error}}}}}"#));
        let (outcome, _) = create([broken(), refusal]).await;
        assert_eq!(outcome.unwrap_err().may_have_happened(), open, "{status} {error}");
    }
    let replay = answer(500, &[("idempotent-replayed", "true")], r#"{"error": {"type": "api_error"}}"#);
    let (outcome, sent) = create([refused(500, "api_error"), replay]).await;
    assert_eq!((outcome.unwrap_err().may_have_happened(), sent.len()), (false, 2), "the key is spent");
    let (outcome, _) = create((0..3).map(|_| refused(409, "invalid_request_error"))).await;
    assert!(outcome.unwrap_err().may_have_happened(), "another call holds the key");
}

#[tokio::test(start_paused = true)]
async fn a_replayed_failure_is_not_asked_for_again() {
    for status in [409, 500] {
        let body = r#"{"error": {"type": "api_error"}}"#;
        let (outcome, sent) = create([answer(status, &[("idempotent-replayed", "true")], body)]).await;
        let error = outcome.unwrap_err();
        assert_eq!(sent.len(), 1);
        assert!(error.replayed() && !error.may_have_happened(), "{status}");
    }
}
