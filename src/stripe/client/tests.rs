//! Tests of the client over a transport that answers from a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::{HeaderMap, Method};
use serde_json::json;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Client, Settings, finishing};
use crate::secret::Secret;
use crate::stripe::{
    Call, Error, ErrorKind, Reply, Request, Response, Transport, TransportError, Unthrottled,
};

mod refusals;

/// The minimum content of an answer from Stripe.
const OBJECT: &str = r#"{"object": "customer"}"#;

type Answer = Result<Response, TransportError>;

#[derive(Debug, Default)]
struct Script {
    answers: Mutex<VecDeque<Answer>>,
    sent: Mutex<Vec<Request>>,
}

impl Transport for Script {
    fn send(&self, request: Request) -> BoxFuture<'_, Answer> {
        self.sent.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().pop_front().expect("no more answers in the script");
        Box::pin(async move { answer })
    }
}

/// An answer for the script.
#[expect(clippy::unnecessary_wraps, reason = "scripts hold errors too")]
fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
    let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    let mut all: HeaderMap = headers.collect();
    all.insert("request-id", "req_1".parse().unwrap());
    Ok(Response { status, headers: all, body: body.to_owned().into() })
}

fn broken() -> Answer {
    Err(TransportError::Broken("reset".to_owned()))
}

fn client(answers: impl IntoIterator<Item = Answer>) -> (Client, Arc<Script>, CancellationToken) {
    let script =
        Arc::new(Script { answers: Mutex::new(answers.into_iter().collect()), sent: Mutex::default() });
    let stopped = CancellationToken::new();
    let settings = Settings {
        api_key: Secret::new("sk_test_hidden".to_owned()),
        account: Some("acct_1".to_owned()),
        api_version: "2026-10-28.endive".to_owned(),
        max_retries: 2,
        user_agent: "test".to_owned(),
        stopped: stopped.clone(),
    };
    let transport: Arc<dyn Transport> = Arc::clone(&script) as _;
    (Client::new(settings, transport, Arc::new(Unthrottled)), script, stopped)
}

async fn create(answers: impl IntoIterator<Item = Answer>) -> (Result<Reply, Error>, Vec<Request>) {
    let (client, script, _) = client(answers);
    let params = json!({"name": "A", "metadata": {"x": "1"}}).as_object().unwrap().clone();
    let outcome = client.send(Call::post("/v1/customers").params(params).key("key_1")).await;
    let sent = script.sent.lock().unwrap().clone();
    (outcome, sent)
}

fn header<'r>(request: &'r Request, name: &str) -> &'r str {
    request.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_post_carries_form_key_version_account_and_secret() {
    let (outcome, sent) = create([answer(200, &[], r#"{"id": "cus_1"}"#)]).await;
    let reply = outcome.unwrap();
    assert_eq!((reply.body["id"].as_str(), reply.request_id.as_deref()), (Some("cus_1"), Some("req_1")));
    let request = &sent[0];
    assert_eq!(request.body.as_ref(), b"name=A&metadata[x]=1");
    assert_eq!(header(request, "idempotency-key"), "key_1");
    assert_eq!(header(request, "stripe-version"), "2026-10-28.endive");
    assert_eq!(header(request, "stripe-account"), "acct_1");
    assert_eq!(header(request, "authorization"), "Bearer sk_test_hidden");
    assert_eq!(header(request, "content-type"), "application/x-www-form-urlencoded");
}

#[tokio::test(start_paused = true)]
async fn params_of_a_get_are_its_query() {
    let (client, script, _) = client([answer(200, &[], OBJECT)]);
    let params = json!({"limit": 3, "created": {"gte": 5}}).as_object().unwrap().clone();
    client.send(Call::get("/v1/customers").params(params).key("unused")).await.unwrap();
    let sent = script.sent.lock().unwrap();
    assert_eq!(sent[0].target, "/v1/customers?limit=3&created[gte]=5");
    assert!(sent[0].body.is_empty() && header(&sent[0], "idempotency-key").is_empty());
}

#[tokio::test(start_paused = true)]
async fn every_try_of_a_post_carries_the_same_key() {
    let answers = [broken(), answer(500, &[], "{}"), answer(200, &[("idempotent-replayed", "true")], OBJECT)];
    let (outcome, sent) = create(answers).await;
    assert!(outcome.unwrap().replayed);
    assert_eq!(
        sent.iter().map(|request| header(request, "idempotency-key")).collect::<Vec<_>>(),
        ["key_1"; 3]
    );
}

#[tokio::test(start_paused = true)]
async fn a_post_without_a_key_gets_one_of_its_own() {
    let (client, script, _) = client([broken(), answer(200, &[], OBJECT), answer(200, &[], OBJECT)]);
    client.send(Call::post("/v1/customers")).await.unwrap();
    client.send(Call::post("/v1/customers")).await.unwrap();
    let sent = script.sent.lock().unwrap();
    let keys: Vec<_> = sent.iter().map(|request| header(request, "idempotency-key")).collect();
    assert!(keys[0] == keys[1] && keys[1] != keys[2] && !keys[0].is_empty());
}

#[tokio::test(start_paused = true)]
async fn rate_limits_are_waited_for_beyond_the_tries_of_failures() {
    let limited = || answer(429, &[("stripe-should-retry", "false")], r#"{"error": {"code": "rate_limit"}}"#);
    let answers = (0..10).map(|_| limited()).chain([answer(200, &[], OBJECT)]);
    let (outcome, sent) = create(answers).await;
    outcome.unwrap();
    assert_eq!(sent.len(), 11);
}

#[tokio::test(start_paused = true)]
async fn failures_use_up_the_tries() {
    let (outcome, sent) = create((0..3).map(|_| answer(503, &[], "busy"))).await;
    let error = outcome.unwrap_err();
    assert_eq!((sent.len(), error.kind()), (3, ErrorKind::Server));
    assert!(error.may_have_happened());
    assert!(error.to_string().contains("not Stripe's"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_yes_that_is_not_stripes_is_no_answer() {
    let page = |body: &str| {
        let mut answer = answer(200, &[], body);
        answer.as_mut().unwrap().headers.clear();
        answer
    };
    for body in ["<html>Welcome</html>", "", "{}", "[]", r#"{"status": "ok"}"#, r#"{"object": "custo"#] {
        let (outcome, sent) = create([page(body), answer(200, &[], OBJECT)]).await;
        assert_eq!((outcome.is_ok(), sent.len()), (true, 2), "{body}");
        let (outcome, _) = create((0..3).map(|_| page(body))).await;
        let error = outcome.unwrap_err();
        assert!(error.kind() == ErrorKind::Network && error.may_have_happened(), "{error}");
    }
    assert!(create([answer(200, &[], OBJECT)]).await.0.is_ok(), "Stripe has calls that answer with nothing");
    let refusal = || answer(200, &[], r#"{"error": {"type": "api_error"}}"#);
    let (outcome, _) = create((0..3).map(|_| refusal())).await;
    assert!(outcome.unwrap_err().may_have_happened(), "an error is no success");
}

#[tokio::test(start_paused = true)]
async fn a_path_that_climbs_is_never_sent() {
    let climbing = [
        "/v1/customers/..",
        "/v1/customers/../tax_ids",
        "/v1/customers/%2e%2E/tax_ids",
        "/v1/./x",
        "/v1/.%2E",
        "/v1/x\\..",
        "/v1/.\t.",
        "/v1/x?y",
        "/v1/x#y",
        "v1/x",
        "/v1/é",
    ];
    for path in climbing {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let (client, script, _) = client([answer(200, &[], OBJECT)]);
            let error = client.send(Call::new(method, path)).await.unwrap_err();
            assert!(error.to_string().contains("leads to another path"), "{path}: {error}");
            assert!(script.sent.lock().unwrap().is_empty() && !error.may_have_happened(), "{path}");
        }
    }
    let (client, _, _) = client([answer(200, &[], OBJECT)]);
    client.send(Call::get("/v1/products/...%2E")).await.expect("three dots are a name");
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_after_a_broken_one_leaves_the_outcome_open() {
    let refused = || Err(TransportError::Connect("refused".to_owned()));
    let (outcome, _) = create([refused(), refused(), refused()]).await;
    assert!(!outcome.unwrap_err().may_have_happened());
    let (outcome, _) = create([broken(), refused(), refused()]).await;
    assert!(outcome.unwrap_err().may_have_happened());
}

#[tokio::test(start_paused = true)]
async fn an_address_that_never_answered_is_told_within_two_seconds() {
    let nobody = || Err(TransportError::Unreachable("stripe.invalid:443".to_owned()));
    let (client, script, _) = client([nobody(), nobody()]);
    let start = Instant::now();
    let error = client.send(Call::get("/v1/customers")).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(2), "the clock of the test");
    assert_eq!((error.kind(), script.sent.lock().unwrap().len()), (ErrorKind::Network, 2));
    assert!(!error.may_have_happened(), "nothing was sent");

    // A host that has answered before is retried as often as after any other failure.
    let fine = || answer(200, &[], r#"{"object": "list"}"#);
    let (client, script, _) = self::client([fine(), nobody(), nobody(), fine()]);
    client.send(Call::get("/v1/customers")).await.unwrap();
    client.send(Call::get("/v1/customers")).await.unwrap();
    assert_eq!(script.sent.lock().unwrap().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_waiting_at_once() {
    let (client, script, stopped) = client([broken()]);
    let start = Instant::now();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(10)).await;
        stopped.cancel();
    });
    let error = client.send(Call::post("/v1/customers")).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_millis(100), "the wait was cut short");
    assert!(error.may_have_happened(), "the broken try may have reached Stripe");
    let error = client.send(Call::get("/v1/customers")).await.unwrap_err();
    assert_eq!((error.kind(), script.sent.lock().unwrap().len()), (ErrorKind::Stopped, 1));
}

#[tokio::test(start_paused = true)]
async fn what_finishes_something_is_sent_after_a_stop() {
    let (client, script, stopped) = client([broken(), answer(200, &[], OBJECT)]);
    stopped.cancel();
    finishing(client.send(Call::post("/v1/prices/price_1"))).await.unwrap();
    assert_eq!(script.sent.lock().unwrap().len(), 2, "it is tried again as ever");
    assert_eq!(client.send(Call::get("/v1/prices")).await.unwrap_err().kind(), ErrorKind::Stopped);
}

/// A transport that never answers.
#[derive(Debug)]
struct Silent;

impl Transport for Silent {
    fn send(&self, _request: Request) -> BoxFuture<'_, Answer> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_heard_while_another_write_to_the_object_is_under_way() {
    let (client, _, stopped) = client([]);
    let client = client.with_transport(Arc::new(Silent));
    let update = || client.send(Call::post("/v1/customers/cus_1").of_endpoint("/v1/customers/{customer}"));
    let stop = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        stopped.cancel();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        biased;
        _ = update() => panic!("no answer comes"),
        () = stop => {}
        second = tokio::time::timeout(Duration::from_secs(1), update()) => {
            assert_eq!(second.expect("it is heard").unwrap_err().kind(), ErrorKind::Stopped);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_a_read_that_is_under_way_and_no_write() {
    for (method, ends) in [(Method::GET, true), (Method::POST, false), (Method::DELETE, false)] {
        let (client, _, stopped) = client([]);
        let client = client.with_transport(Arc::new(Silent));
        let sending = client.send(Call::new(method.clone(), "/v1/customers"));
        let stop = async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            stopped.cancel();
        };
        let (sent, ()) = tokio::join!(tokio::time::timeout(Duration::from_secs(80), sending), stop);
        assert_eq!(sent.is_ok(), ends, "{method}");
        if let Ok(sent) = sent {
            let error = sent.unwrap_err();
            assert_eq!((error.kind(), error.may_have_happened()), (ErrorKind::Stopped, false), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_stripe_says_cannot_drive_a_terminal() {
    let body = json!({"error": {"type": "invalid_request_error", "message": "a\u{1b}[2Jb\rc\u{9b}d\u{202e}e\nf",
        "code": "x\u{7}y", "param": "p\u{1b}]0;q", "doc_url": "u\u{0}", "decline_code": "d\u{8}"}});
    let (outcome, _) = create([answer(400, &[], &body.to_string())]).await;
    let text = outcome.unwrap_err().to_string();
    assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control()), "{text:?}");
    assert!(text.contains("\\u{1b}[2Jb\\rc\\u{9b}d\\u{202e}e\nf"), "{text}");
    let body = json!({"error": {"type": "api_error", "message": "m".repeat(1 << 20)}});
    let (outcome, _) = create([answer(400, &[], &body.to_string())]).await;
    assert!(outcome.unwrap_err().to_string().len() < 3_000);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_repeats_the_key_is_told_without_it() {
    let body =
        r#"{"error": {"type": "x", "message": "sent: Bearer sk_test_hidden", "code": "sk_test_hidden"}}"#;
    let (outcome, _) = create([answer(400, &[("request-id", "sk_test_hidden")], body)]).await;
    let error = outcome.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hidden"), "{error}");
}
