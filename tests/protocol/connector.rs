//! What those write who come from Google's Stripe connector: JSON text in payloads, and the keys of results.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use stripe_provider::terraform::value::{Type, Value};

use crate::stripe::{Stripe, action, ok, stripe};
use crate::support::terraform::Action;

/// An HCL object whose values are texts.
fn texts<const N: usize>(members: [(&'static str, &str); N]) -> Value {
    let ty = Type::object(members.map(|(name, _)| (name, Type::String)));
    Value::Dynamic(Box::new((ty, Value::map(members.map(|(name, text)| (name, Value::from(text)))))))
}

#[tokio::test]
async fn json_text_in_a_payload_stays_as_it_is_written() {
    let mut stripe = stripe().await;
    let address = r#"{ "city": "Bern" }"#;
    let written = [("Name", "A"), ("Metadata", r#"{"a":"1"}"#), ("AddressAggregate", address)];
    let mut config = Value::map([("entity", "Customer".into()), ("input_payload", texts(written))]);
    config.set("secret_payload", texts([("Metadata", r#"{"pin":"hidden-one"}"#)]));
    let made = stripe.made("stripe_entity", &config).await;
    let read = ok(stripe.terraform.refresh("stripe_entity", &made).await);
    assert_eq!(read.state.get("input_payload"), config.get("input_payload"));
    let plan = ok(stripe.terraform.plan("stripe_entity", &read, &config).await);
    assert_eq!(plan.action, Action::Nothing);
    let record = read.state.get("record");
    let shown = ["metadata.a", "address.city", "metadata.pin"].map(|key| record.get(key).as_str());
    assert_eq!(shown, [Some("1"), Some("Bern"), None]);
    let sent = read.state.get("output_payload").as_str().unwrap();
    assert!(sent.contains(r#""pin":"hidden-one""#), "{sent}");
}

/// What a run of an action shows.
async fn run(stripe: &mut Stripe, name: &str, input: &Json) -> BTreeMap<String, Option<String>> {
    let ran = stripe.made("stripe_action", &action(name, input)).await;
    let shown = ran.state.get("result").as_map().unwrap().iter();
    shown.map(|(key, value)| (key.to_string(), value.as_str().map(str::to_owned))).collect()
}

/// Runs the nine actions of the connector.
async fn results(stripe: &mut Stripe) -> Vec<(&'static str, BTreeMap<String, Option<String>>)> {
    let customer = stripe.id("Customer", &json!({"Name": "John", "Email": "john@example.com"})).await;
    let mut found = Vec::new();
    for (name, method, confirm, metadata) in [
        ("ConfirmPaymentIntent", "automatic", false, Json::Null),
        ("CapturePaymentIntent", "manual", true, json!(r#"{"a":"1"}"#)),
        ("CancelPaymentIntent", "automatic", false, Json::Null),
    ] {
        let intent = json!({"Amount": 33000, "Currency": "usd", "CaptureMethod": method, "Confirm": confirm,
            "PaymentMethod": "pm_card_visa", "AllowedPaymentMethodTypes": ["card"], "Customer": customer});
        let id = stripe.id("PaymentIntent", &intent).await;
        let input = json!({"PaymentIntentId": id, "Metadata": metadata});
        found.push((name, run(stripe, name, &input).await));
    }
    let card = json!({"Type": "card", "Card": {"token": "tok_visa"}});
    let card = stripe.id("PaymentMethod", &card).await;
    let both = json!({"PaymentMethodId": card, "CustomerId": customer});
    let attach = "AttachPaymentMethodToCustomer";
    found.push((attach, run(stripe, attach, &both).await));
    let detach = "DetachPaymentMethodFromCustomer";
    found.push((detach, run(stripe, detach, &json!({"PaymentMethodId": card})).await));
    stripe.id("InvoiceItem", &json!({"Customer": customer, "Amount": 5000, "Currency": "usd"})).await;
    let invoice = json!({"Customer": customer, "CollectionMethod": "send_invoice", "DaysUntilDue": 30,
        "PendingInvoiceItemsBehavior": "include"});
    let invoice = stripe.id("Invoice", &invoice).await;
    found.push(("FinalizeInvoice", run(stripe, "FinalizeInvoice", &json!({"InvoiceId": invoice})).await));
    found.extend(quotes(stripe, &customer).await);
    found
}

async fn quotes(
    stripe: &mut Stripe,
    customer: &str,
) -> Vec<(&'static str, BTreeMap<String, Option<String>>)> {
    let product = stripe.id("Product", &json!({"Name": "Beans"})).await;
    let price = json!({"Product": product, "Currency": "usd", "UnitAmount": 1200});
    let price = stripe.id("Price", &price).await;
    let quote = json!({"Customer": customer, "LineItems": [{"price": price, "quantity": 2}]});
    let (accepted, canceled) = (stripe.id("Quote", &quote).await, stripe.id("Quote", &quote).await);
    let mut found = Vec::new();
    for (name, id) in [("FinalizeQuote", &accepted), ("AcceptQuote", &accepted), ("CancelQuote", &canceled)] {
        found.push((name, run(stripe, name, &json!({"QuoteId": id})).await));
    }
    found
}

/// What a schema says of a key.
fn said_of<'s>(object: &'s Json, key: &str) -> Option<&'s Json> {
    let mut patterns = object["patternProperties"].as_object().into_iter().flatten();
    let begins = |pattern: &str| {
        let place = pattern.strip_prefix('^').unwrap().replace("\\.", ".");
        key.starts_with(&place)
    };
    let found = object["properties"].get(key);
    found.or_else(|| patterns.find(|(pattern, _)| begins(pattern)).map(|(_, schema)| schema))
}

fn is_of(schema: &Json, value: Option<&str>) -> bool {
    let wanted = if value.is_some() { "string" } else { "null" };
    let kinds = &schema["type"];
    kinds == wanted || kinds.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == wanted))
}

#[tokio::test]
async fn the_schema_of_a_result_has_the_keys_of_the_result() {
    let mut stripe = stripe().await;
    let results = results(&mut stripe).await;
    assert_eq!(results.len(), 9);
    for (name, result) in results {
        let config = Value::map([("names", Value::List(vec![name.into()]))]);
        let described = ok(stripe.terraform.data("stripe_actions", &config).await);
        let schema = described.get("actions").items()[0].get("result_json_schema").as_str().unwrap();
        let object = serde_json::from_str::<Json>(schema).unwrap()["items"].clone();
        for (key, value) in &result {
            let said = said_of(&object, key).unwrap_or_else(|| panic!("{name}: {key} is not in the schema"));
            assert!(is_of(said, value.as_deref()), "{name}: {key} is {value:?}, not {said}");
        }
        let always = object["properties"].as_object().unwrap().iter();
        for (key, _) in always.filter(|(key, said)| said["type"] == "string" && !key.contains('.')) {
            assert!(result.contains_key(key), "{name}: {key} is in the schema alone");
        }
    }
}
