//! Version 2 of the API: JSON bodies, page tokens, null unsets, `include`, its own errors.

use serde_json::{Value as Json, json};

use crate::calls::Stripe;

const DESTINATIONS: &str = "/v2/core/event_destinations";

fn destination(number: usize) -> Json {
    json!({
        "name": format!("Destination {number}"), "type": "webhook_endpoint", "event_payload": "thin",
        "enabled_events": ["v1.billing.meter.error_report_triggered"],
        "webhook_endpoint": {"url": "https://example.com/hook"}, "metadata": {"a": "1", "b": "2"},
    })
}

#[test]
fn a_null_unsets_and_a_delete_leaves_id_and_object() {
    let stripe = Stripe::new();
    let made = stripe.done("POST", DESTINATIONS, &destination(1));
    assert!(made["created"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{made}");
    let path = format!("{DESTINATIONS}/{}", made["id"].as_str().unwrap());
    let change = json!({"description": "x", "metadata": {"a": null}});
    let changed = stripe.done("POST", &path, &change);
    assert_eq!((&changed["description"], &changed["metadata"]), (&json!("x"), &json!({"b": "2"})));
    assert_eq!(stripe.done("POST", &path, &json!({"description": null}))["description"], "");
    assert_eq!(stripe.done("POST", &format!("{path}/disable"), &json!({}))["status"], "disabled");
    let gone = stripe.done("DELETE", &path, &json!({}));
    assert_eq!(gone, json!({"id": made["id"], "object": "v2.core.event_destination"}));
    assert_eq!(stripe.call("GET", &path, &json!({})).0, 404);
}

#[test]
fn fields_are_left_out_unless_they_are_included() {
    let stripe = Stripe::new();
    let asked = json!({"include": ["webhook_endpoint.signing_secret"]});
    let mut params = destination(1);
    params["include"] = asked["include"].clone();
    let made = stripe.done("POST", DESTINATIONS, &params);
    assert!(made["webhook_endpoint"]["signing_secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!(made["webhook_endpoint"]["url"], Json::Null, "{made}");
    let path = format!("{DESTINATIONS}/{}", made["id"].as_str().unwrap());
    let read = stripe.done("GET", &path, &json!({"include": ["webhook_endpoint.url"]}));
    assert_eq!(read["webhook_endpoint"]["url"], "https://example.com/hook");
}

#[test]
fn pages_lead_forward_and_back() {
    let stripe = Stripe::new();
    for number in 0..7 {
        stripe.done("POST", DESTINATIONS, &destination(number));
    }
    let names = |page: &Json| -> Vec<String> {
        page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = stripe.done("GET", DESTINATIONS, &json!({"limit": 3}));
    assert_eq!(first["previous_page_url"], Json::Null);
    let second = stripe.done("GET", first["next_page_url"].as_str().unwrap(), &json!({}));
    let third = stripe.done("GET", second["next_page_url"].as_str().unwrap(), &json!({}));
    assert_eq!(names(&third), ["Destination 0"]);
    assert_eq!(third["next_page_url"], Json::Null);
    let back = stripe.done("GET", third["previous_page_url"].as_str().unwrap(), &json!({}));
    assert_eq!(names(&back), names(&second));
    let start = stripe.done("GET", back["previous_page_url"].as_str().unwrap(), &json!({}));
    assert_eq!((names(&start), &start["previous_page_url"]), (names(&first), &Json::Null));
}

#[test]
fn a_wrong_body_is_refused_in_the_envelope_of_version_two() {
    let stripe = Stripe::new();
    for (change, param) in [
        (json!({"nmae": "x"}), "nmae"),
        (json!({"name": 5}), "name"),
        (json!({"enabled_events": "x"}), "enabled_events"),
        (json!({"event_payload": "thick"}), "event_payload"),
        (json!({"webhook_endpoint": {"url": true}}), "webhook_endpoint[url]"),
    ] {
        let mut params = destination(1);
        params.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (status, answer) = stripe.call("POST", DESTINATIONS, &params);
        let error = &answer["error"];
        assert_eq!((status, &error["param"]), (400, &json!(param)), "{answer}");
        assert!(error["request_log_url"].is_null() && error["doc_url"].is_null(), "{answer}");
    }
    let (status, answer) = stripe.call("POST", DESTINATIONS, &json!({}));
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("parameter_missing")));
    let (status, answer) = stripe.send("POST", DESTINATIONS, &[], b"a=1".to_vec());
    assert_eq!(status, 400, "{}", String::from_utf8_lossy(&answer));
}

#[test]
fn a_key_answers_again_and_a_failure_is_run_again() {
    let stripe = Stripe::new();
    let send = |body: &Json| {
        let headers = [("content-type", "application/json"), ("idempotency-key", "one")];
        let (status, answer) = stripe.send("POST", DESTINATIONS, &headers, body.to_string().into_bytes());
        (status, serde_json::from_slice::<Json>(&answer).unwrap())
    };
    assert_eq!(send(&json!({})).0, 400);
    let (first, second) = (send(&destination(1)), send(&destination(1)));
    assert_eq!((first.0, &first.1["id"]), (200, &second.1["id"]));
    let (status, answer) = send(&destination(2));
    assert_eq!((status, &answer["error"]["type"]), (400, &json!("idempotency_error")));
}

#[test]
fn a_context_names_the_account() {
    let stripe = Stripe::new();
    let made = stripe.done("POST", DESTINATIONS, &destination(1));
    let path = format!("{DESTINATIONS}/{}", made["id"].as_str().unwrap());
    let account = stripe.done("POST", "/v2/core/accounts", &json!({}));
    let context = ("stripe-context", account["id"].as_str().unwrap());
    assert_eq!(stripe.send("GET", &path, &[context], Vec::new()).0, 404);
    let (status, answer) = stripe.send("GET", &path, &[("stripe-context", "acct_other")], Vec::new());
    let answer: Json = serde_json::from_slice(&answer).unwrap();
    assert_eq!((status, &answer["error"]["code"]), (403, &json!("account_invalid")), "{answer}");
}
