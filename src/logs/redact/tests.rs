//! Tests that no secret survives, whatever surrounds it.

use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::{KnownSecrets, REDACTED, Redactor};
use crate::secret::Secret;
use crate::stripe::form;
use crate::stripe::trace::Secrecy;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json; charset=utf-8";

fn redactor() -> Redactor {
    let known = KnownSecrets::default();
    known.add(&Secret::new("pass wörd\"1".to_owned()));
    known.redactor(None)
}

fn form(text: &str) -> String {
    redactor().body(FORM, text.as_bytes())
}

#[test]
fn names_hide_what_stands_below_them() {
    assert_eq!(
        form("type=card&card[number]=4242424242424242&card[cvc]=123&card[exp_year]=2030&name=Jo"),
        format!("type=card&card[number]={REDACTED}&card[cvc]={REDACTED}&card[exp_year]=2030&name=Jo")
    );
    assert_eq!(
        form("number=INV-1&source%5Bnumber%5D=1"),
        format!("number=INV-1&source%5Bnumber%5D={REDACTED}")
    );
    let body = json!({
        "id": "pi_1", "client_secret": "x", "metadata": {"apiKey": "y", "order": "7"},
        "bank_account": {"account_number": 12, "last4": "6789"}, "token": {"id": "z"}, "secret": null,
    });
    let shown: Json = serde_json::from_str(&redactor().body(JSON, body.to_string().as_bytes())).unwrap();
    let expected = json!({
        "id": "pi_1", "client_secret": REDACTED, "metadata": {"apiKey": REDACTED, "order": "7"},
        "bank_account": {"account_number": REDACTED, "last4": "6789"}, "token": REDACTED, "secret": null,
    });
    assert_eq!(shown, expected);
}

/// An entity whose field `a.b` is secret.
#[derive(Debug)]
struct Entity;

impl Secrecy for Entity {
    fn is_secret(&self, path: &str) -> bool {
        path == "a.b" || path.starts_with("a.b.")
    }
}

#[test]
fn the_catalog_names_further_fields() {
    let redactor = KnownSecrets::default().redactor(Some(&Entity));
    let body = json!({"data": [{"a": {"b": {"c": 1}, "d": 2}}], "b": 3});
    let expected = json!({"data": [{"a": {"b": REDACTED, "d": 2}}], "b": 3});
    assert_eq!(redactor.body(JSON, body.to_string().as_bytes()), expected.to_string());
    assert_eq!(redactor.body(FORM, b"a[b][c]=1&a[d]=2"), format!("a[b][c]={REDACTED}&a[d]=2"));
}

#[test]
fn shapes_hide_secrets_without_a_name() {
    let text = |text: &str| redactor().text(text);
    assert_eq!(text("no key sk_live_abc123, no"), format!("no key sk_live_{REDACTED}, no"));
    assert_eq!(text("pi_1_secret_xyz"), format!("pi_1_secret_{REDACTED}"));
    assert_eq!(text("Bearer abc.def"), format!("Bearer {REDACTED}"));
    assert_eq!(text("paid 1500 with 4242 4242 4242 4242 twice"), format!("paid 1500 with {REDACTED} twice"));
    assert_eq!(text("at 1700000000 cus_1, 4242424242424241"), "at 1700000000 cus_1, 4242424242424241");
    assert_eq!(text("number 4242424242424242 100"), format!("number {REDACTED} 100"));
    assert_eq!(form("note=a%20sk_test_abc"), format!("note=a sk_test_{REDACTED}"));
}

#[test]
fn known_secrets_are_hidden_in_every_spelling() {
    for text in ["pass wörd\"1", "pass%20w%C3%B6rd%221", r#"pass wörd\"1"#, "cGFzcyB3w7ZyZCIx"] {
        assert_eq!(redactor().text(&format!("<{text}>")), format!("<{REDACTED}>"), "{text}");
    }
    let inner = json!({"blob": json!({"client_secret": "deep"}).to_string()}).to_string();
    assert!(!redactor().body(JSON, inner.as_bytes()).contains("deep"));
}

#[test]
fn thousands_of_secrets_cost_no_more_than_one() {
    let start = Instant::now();
    let known = KnownSecrets::default();
    for at in 0..4000 {
        known.add(&Secret::new(format!("whsec_{at:05} ü")));
    }
    let redactor = known.redactor(None);
    for at in 0..4000 {
        assert_eq!(redactor.text(&format!("<whsec_{at:05} ü>")), format!("<{REDACTED}>"));
    }
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn headers_hide_who_we_are() {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("authorization", "Bearer abc"),
        ("proxy-authorization", "Basic dXNlcjpw"),
        ("cookie", "a=b"),
        ("x-api-key", "abc"),
        ("idempotency-key", "key_1"),
        ("stripe-version", "2026"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let expected = json!({
        "authorization": format!("Bearer {REDACTED}"), "proxy-authorization": format!("Basic {REDACTED}"),
        "cookie": REDACTED, "x-api-key": REDACTED, "idempotency-key": "key_1", "stripe-version": "2026",
    });
    assert_eq!(redactor().headers(&headers), expected);
}

#[test]
fn what_cannot_be_read_is_not_shown() {
    let cut = br#"{"client_secret": "abc"#;
    assert_eq!(redactor().body(JSON, cut), "(22 bytes that are no JSON, not shown)");
    assert_eq!(redactor().body("application/pdf", b"%PDF"), "(4 bytes, not shown)");
    assert_eq!(redactor().body("text/html", b"<h1>sk_test_a</h1>"), format!("<h1>sk_test_{REDACTED}</h1>"));
}

#[test]
fn messages_on_the_wire_are_shown_by_their_parts() {
    let sent = b"POST /v1/x?client_secret=abc HTTP/1.1\r\nAuthorization: Bearer abc\r\nHost: h\r\n\
                 content-type: application/x-www-form-urlencoded\r\n\r\ncard[cvc]=123";
    let expected = format!(
        "POST /v1/x?client_secret={REDACTED} HTTP/1.1\nAuthorization: Bearer {REDACTED}\nHost: h\n\
         content-type: {FORM}\n\ncard[cvc]={REDACTED}"
    );
    assert_eq!(redactor().message(sent), expected);
    let chunked = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\
                    7\r\n{\"secre\r\nb\r\nt\":\"hello\"}\r\n0\r\n\r\n";
    assert!(redactor().message(chunked).ends_with(&format!("\n\n{{\"secret\":\"{REDACTED}\"}}")));
    assert_eq!(redactor().message(b"GET / HTTP/1.1\r\nAuthoriz"), "GET / HTTP/1.1\nAuthoriz");
    assert_eq!(redactor().message(&[0x16, 0x03, 0x01]), "160301");
    assert_eq!(redactor().message(b"garbage sk_live_abc"), "(19 bytes, not shown)");
}

/// Names whose values must be redacted.
fn sensitive_name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("client_secret"),
        Just("secret"),
        Just("cvc"),
        Just("api_key"),
        Just("password"),
        Just("accessToken"),
        Just("account_number"),
        Just("id_number"),
        Just("Authorization"),
        Just("token"),
        Just("webhook_secret_old"),
    ]
    .prop_map(str::to_owned)
}

/// A secret that occurs in no other part of a test.
fn secret() -> impl Strategy<Value = String> {
    "[ -~äß€]{0,12}".prop_map(|tail| format!("QZX9{tail}"))
}

/// A value with `secret` somewhere inside it.
fn holding(secret: String) -> impl Strategy<Value = Json> {
    let leaf = Just(Json::String(secret));
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|value| json!([1, value])),
            ("[a-z]{1,6}", inner).prop_map(|(name, value)| json!({ name: value, "x": "y" })),
        ]
    })
}

/// A body with a secret below a sensitive name, at any depth, together with the secret.
fn body() -> impl Strategy<Value = (Map<String, Json>, String)> {
    let path = prop::collection::vec("[a-z_]{1,8}", 0..4);
    let parts = (secret(), sensitive_name(), path, any::<bool>());
    parts.prop_flat_map(|(secret, name, path, in_list)| {
        (holding(secret.clone()), Just((secret, name, path, in_list))).prop_map(
            |(value, (secret, name, path, in_list))| {
                let inner = Map::from_iter([(name, value), ("amount".to_owned(), json!(5))]);
                let body = path.into_iter().fold(inner, |inner, above| {
                    let inner = Json::Object(inner);
                    let inner = if in_list { json!([inner]) } else { inner };
                    Map::from_iter([(above, inner), ("kept".to_owned(), json!("word"))])
                });
                (body, secret)
            },
        )
    })
}

/// Whether a text contains a part of the secret; its first four letters are unique.
fn shows(text: &str) -> bool {
    text.contains("QZX9")
}

proptest! {
    #[test]
    fn no_secret_survives_in_json((body, _) in body()) {
        let text = Json::Object(body).to_string();
        let shown = redactor().body(JSON, text.as_bytes());
        prop_assert!(!shows(&shown), "{}", shown);
        // It must also work if nothing says that this is JSON, and for JSON inside a text.
        let shown = redactor().body("", text.as_bytes());
        prop_assert!(!shows(&shown), "{}", shown);
        let within = json!({"metadata": {"blob": text}}).to_string();
        let shown = redactor().body(JSON, within.as_bytes());
        prop_assert!(!shows(&shown), "{}", shown);
    }

    #[test]
    fn no_secret_survives_in_a_form((body, _) in body()) {
        let text = form::encode(&body);
        prop_assert!(!shows(&form_of(&text)), "{}", form_of(&text));
        let target = redactor().target(&format!("/v1/x?{text}"));
        prop_assert!(!shows(&target), "{}", target);
    }

    #[test]
    fn no_secret_survives_on_the_wire((body, _) in body(), cut in 0_usize..2000, json in any::<bool>()) {
        let (kind, text) = if json { (JSON, Json::Object(body).to_string()) } else { (FORM, form::encode(&body)) };
        let message = format!(
            "POST /v1/x HTTP/1.1\r\nAuthorization: Bearer QZX9key\r\nContent-Type: {kind}\r\n\r\n{text}"
        );
        // The connection may break anywhere.
        let bytes = message.as_bytes();
        let shown = redactor().message(&bytes[..cut.min(bytes.len())]);
        prop_assert!(!shows(&shown), "{}", shown);
    }

    #[test]
    fn a_known_secret_shows_nowhere(secret in "[!-~äß€]{4,20}", before in "[a-z ]{0,8}", after in "[A-Z ]{0,8}") {
        let known = KnownSecrets::default();
        known.add(&Secret::new(secret.clone()));
        let redactor = known.redactor(None);
        let text = format!("{before}{secret}{after}");
        let params = Map::from_iter([("note".to_owned(), json!(text))]);
        for shown in [
            redactor.text(&text),
            redactor.body(JSON, Json::Object(params.clone()).to_string().as_bytes()),
            redactor.body(FORM, form::encode(&params).as_bytes()),
            redactor.target(&format!("/v1/x?{}", form::encode(&params))),
        ] {
            let shown = shown.replace(REDACTED, "");
            prop_assert!(!shown.contains(&secret), "{}", shown);
        }
    }

    #[test]
    fn any_bytes_are_shown_somehow(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = redactor().message(&bytes);
        let _ = redactor().body(FORM, &bytes);
        let _ = redactor().body(JSON, &bytes);
    }
}

fn form_of(text: &str) -> String {
    redactor().body(FORM, text.as_bytes())
}
