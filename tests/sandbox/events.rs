//! Events and webhook endpoints.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value as Json;

use crate::client::{Client, id};

#[test]
fn every_change_is_an_event() {
    let client = Client::new();
    let customer = id(&client.post("/v1/customers", &[("name", "Ada")]));
    client.post(&format!("/v1/customers/{customer}"), &[("name", "Grace")]);
    client.post(&format!("/v1/customers/{customer}"), &[("name", "Grace")]);
    let form = [
        ("amount", "500"),
        ("currency", "usd"),
        ("payment_method", "pm_card_visa"),
        ("confirm", "true"),
        ("allowed_payment_method_types[]", "card"),
    ];
    client.post("/v1/payment_intents", &form);
    client.ok("DELETE", &format!("/v1/customers/{customer}"), &[]);
    let kinds = client.events();
    let expected = [
        "customer.created",
        "customer.updated",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
        "customer.deleted",
    ];
    assert_eq!(kinds, expected);
    let page = client.ok("GET", "/v1/events", &[("type", "customer.updated")]);
    let event = &page["data"][0];
    assert_eq!(
        (&event["data"]["object"]["name"], &event["data"]["previous_attributes"]["name"]),
        (&"Grace".into(), &"Ada".into())
    );
    assert!(event["request"]["id"].as_str().unwrap().starts_with("req_"));
    assert_eq!(client.get(&format!("/v1/events/{}", id(event)))["id"], event["id"]);
    let page = client.ok("GET", "/v1/events", &[("types[]", "customer.*")]);
    assert_eq!(page["data"].as_array().unwrap().len(), 3);
}

#[test]
fn what_is_refused_is_no_event() {
    let client = Client::new();
    client.refused(400, "POST", "/v1/customers", &[("email", "nobody")]);
    let failing = [
        ("amount", "500"),
        ("currency", "usd"),
        ("payment_method", "pm_card_chargeDeclined"),
        ("confirm", "true"),
        ("allowed_payment_method_types[]", "card"),
    ];
    client.refused(402, "POST", "/v1/payment_intents", &failing);
    assert_eq!(client.events(), ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]);
}

#[test]
fn a_webhook_endpoint_tells_its_secret_once() {
    let client = Client::new();
    let form = [("url", "https://example.com/hook"), ("enabled_events[]", "customer.created")];
    let made = client.post("/v1/webhook_endpoints", &form);
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_") && made["status"] == "enabled");
    let path = format!("/v1/webhook_endpoints/{}", id(&made));
    assert_eq!(client.get(&path).get("secret"), None);
    let changed = client.post(&path, &[("disabled", "true")]);
    assert_eq!((&changed["status"], changed.get("secret")), (&"disabled".into(), None));
    let no_kind = client.refused(
        400,
        "POST",
        "/v1/webhook_endpoints",
        &[("url", "https://a.example"), ("enabled_events[]", "customer.nope")],
    );
    assert!(no_kind.contains("enabled_events"), "{no_kind}");
    client.refused(
        400,
        "POST",
        "/v1/webhook_endpoints",
        &[("url", "example.com"), ("enabled_events[]", "*")],
    );
    for _ in 1..16 {
        client.post("/v1/webhook_endpoints", &form);
    }
    let message = client.refused(400, "POST", "/v1/webhook_endpoints", &form);
    assert!(message.contains("16"), "{message}");
}

/// A server that answers with these statuses in turn, and hands over what it was sent.
fn receiver(statuses: &'static [u16]) -> (String, Receiver<(String, Json)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, received) = channel();
    std::thread::spawn(move || {
        for status in statuses {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream);
            let (mut signature, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if line.trim().is_empty() {
                    break;
                }
                let Some((name, value)) = line.trim().split_once(": ") else { continue };
                match name.to_ascii_lowercase().as_str() {
                    "stripe-signature" => value.clone_into(&mut signature),
                    "content-length" => length = value.parse().unwrap(),
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            write!(reader.get_mut(), "HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n").unwrap();
            sender.send((signature, serde_json::from_slice(&body).unwrap())).unwrap();
        }
    });
    (url, received)
}

const TIMEOUT: Duration = Duration::from_secs(20);

#[test]
fn events_reach_an_endpoint_of_this_machine_and_are_tried_again() {
    let client = Client::new();
    let (url, received) = receiver(&[500, 200]);
    client.post("/v1/webhook_endpoints", &[("url", &url), ("enabled_events[]", "customer.created")]);
    client.post("/v1/products", &[("name", "not asked for")]);
    let customer = id(&client.post("/v1/customers", &[("name", "Ada")]));
    let (_, first) = received.recv_timeout(TIMEOUT).unwrap();
    let (signature, second) = received.recv_timeout(TIMEOUT).unwrap();
    assert_eq!(first, second);
    assert_eq!(
        (&second["type"], &second["data"]["object"]["id"]),
        (&"customer.created".into(), &customer.as_str().into())
    );
    assert!(signature.starts_with("t=") && signature.contains(",v1="), "{signature}");
    let deadline = std::time::Instant::now() + TIMEOUT;
    while client.get(&format!("/v1/events/{}", id(&second)))["pending_webhooks"] != 0 {
        assert!(std::time::Instant::now() < deadline, "the delivery is never noted");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// An event destination at an address, with what it asks for.
fn destination(client: &Client, url: &str, payload: &str, kind: &str) -> String {
    let body = serde_json::json!({
        "name": "Mine", "type": "webhook_endpoint", "event_payload": payload, "enabled_events": [kind],
        "webhook_endpoint": {"url": url}, "include": ["webhook_endpoint.signing_secret"],
    });
    let made = client.json("/v2/core/event_destinations", &body);
    assert!(made["webhook_endpoint"]["signing_secret"].as_str().unwrap().starts_with("whsec_"), "{made}");
    id(&made)
}

#[test]
fn an_event_destination_hears_whole_events_thin_ones_and_a_ping() {
    let client = Client::new();
    let (url, received) = receiver(&[200, 200]);
    destination(&client, &url, "snapshot", "customer.created");
    let (thin_url, thin) = receiver(&[200, 200]);
    let named = destination(&client, &thin_url, "thin", "v1.customer.created");
    let customer = id(&client.post("/v1/customers", &[("name", "Ada")]));
    let (signature, event) = received.recv_timeout(TIMEOUT).unwrap();
    assert!(signature.contains(",v1="), "{signature}");
    assert_eq!(
        (&event["object"], &event["data"]["object"]["id"]),
        (&"event".into(), &customer.as_str().into())
    );
    let (_, told) = thin.recv_timeout(TIMEOUT).unwrap();
    assert_eq!((&told["object"], &told["type"]), (&"v2.core.event".into(), &"v1.customer.created".into()));
    assert_eq!(told["related_object"]["url"], format!("/v1/customers/{customer}"));
    assert_eq!(told.get("data"), None);
    assert_eq!(client.get(&format!("/v2/core/events/{}", id(&told)))["type"], told["type"]);
    let pinged = client.json(&format!("/v2/core/event_destinations/{named}/ping"), &serde_json::json!({}));
    let (_, told) = thin.recv_timeout(TIMEOUT).unwrap();
    assert_eq!((&told["id"], &told["type"]), (&pinged["id"], &"v2.core.event_destination.ping".into()));
    assert_eq!(told["related_object"]["id"], named.as_str());
}

#[test]
fn a_platform_hears_of_the_accounts_connected_to_it() {
    let client = Client::new();
    let (url, received) = receiver(&[200]);
    let form = [("url", url.as_str()), ("enabled_events[]", "customer.created"), ("connect", "true")];
    client.post("/v1/webhook_endpoints", &form);
    let account = id(&client.post("/v1/accounts", &[("type", "custom")]));
    client.post("/v1/customers", &[("name", "of the platform")]);
    let headers = [("authorization", "Bearer sk_test_sandbox"), ("stripe-account", account.as_str())];
    let form = [("name", "of the account")];
    client.call_with(&headers, "POST", "/v1/customers", &form);
    let (_, event) = received.recv_timeout(TIMEOUT).unwrap();
    let told = (&event["data"]["object"]["name"], &event["account"]);
    assert_eq!(told, (&"of the account".into(), &account.as_str().into()));
    let page = client.ok("GET", "/v1/events", &[("type", "customer.created")]);
    assert_eq!(page["data"].as_array().unwrap().len(), 1, "{page}");
}
