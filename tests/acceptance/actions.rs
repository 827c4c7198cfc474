//! The nine actions of the connector, from HCL, with their output key by key.

use serde_json::Value as Json;

use crate::support::harness::{Case, case};
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![case!(the_nine_actions_answer_in_the_connectors_format, Terraform)]
}

const CONFIG: &str = r#"
resource "stripe_entity" "customer" {
  entity        = "Customer"
  input_payload = jsonencode({ Name = "John", Email = "john@example.com" })
}

locals {
  intents = { confirm = "automatic", capture = "manual", cancel = "automatic" }
}

resource "stripe_entity" "intent" {
  for_each = local.intents
  entity   = "PaymentIntent"
  input_payload = jsonencode({
    Amount             = 33000
    Currency           = "usd"
    CaptureMethod      = each.value
    PaymentMethod      = "pm_card_visa"
    AllowedPaymentMethodTypes = ["card"]
    Confirm            = each.key == "capture"
  })
}

resource "stripe_action" "confirm" {
  action        = "ConfirmPaymentIntent"
  input_payload = jsonencode({ PaymentIntentId = stripe_entity.intent["confirm"].id, ReturnUrl = "https://shop.example" })
}

resource "stripe_action" "capture" {
  action        = "CapturePaymentIntent"
  input_payload = jsonencode({ PaymentIntentId = stripe_entity.intent["capture"].id })
}

resource "stripe_action" "cancel" {
  action        = "CancelPaymentIntent"
  input_payload = jsonencode({ PaymentIntentId = stripe_entity.intent["cancel"].id })
}

resource "stripe_entity" "card" {
  entity        = "PaymentMethod"
  input_payload = jsonencode({ Type = "card", Card = { token = "tok_visa" } })
}

resource "stripe_action" "attach" {
  action        = "AttachPaymentMethodToCustomer"
  input_payload = jsonencode({ PaymentMethodId = stripe_entity.card.id, CustomerId = stripe_entity.customer.id })
}

resource "stripe_action" "detach" {
  action        = "DetachPaymentMethodFromCustomer"
  input_payload = jsonencode({ PaymentMethodId = stripe_entity.card.id })
  depends_on    = [stripe_action.attach]
}

resource "stripe_entity" "item" {
  entity        = "InvoiceItem"
  input_payload = jsonencode({ Customer = stripe_entity.customer.id, Amount = 5000, Currency = "usd" })
}

resource "stripe_entity" "invoice" {
  entity = "Invoice"
  input_payload = jsonencode({
    Customer                     = stripe_entity.customer.id
    CollectionMethod             = "send_invoice"
    DaysUntilDue                 = 30
    PendingInvoiceItemsBehavior  = "include"
  })
  depends_on = [stripe_entity.item]
}

resource "stripe_action" "finalize_invoice" {
  action        = "FinalizeInvoice"
  input_payload = jsonencode({ InvoiceId = stripe_entity.invoice.id })
}

resource "stripe_entity" "product" {
  entity        = "Product"
  input_payload = jsonencode({ Name = "Beans" })
}

resource "stripe_entity" "price" {
  entity        = "Price"
  input_payload = jsonencode({ Product = stripe_entity.product.id, Currency = "usd", UnitAmount = 1200 })
}

resource "stripe_entity" "quote" {
  for_each = toset(["accept", "cancel"])
  entity   = "Quote"
  input_payload = jsonencode({
    Customer  = stripe_entity.customer.id
    LineItems = [{ price = stripe_entity.price.id, quantity = 2 }]
  })
}

resource "stripe_action" "finalize_quote" {
  action        = "FinalizeQuote"
  input_payload = jsonencode({ QuoteId = stripe_entity.quote["accept"].id })
}

resource "stripe_action" "accept_quote" {
  action        = "AcceptQuote"
  input_payload = jsonencode({ QuoteId = stripe_entity.quote["accept"].id })
  depends_on    = [stripe_action.finalize_quote]
}

resource "stripe_action" "cancel_quote" {
  action        = "CancelQuote"
  input_payload = jsonencode({ QuoteId = stripe_entity.quote["cancel"].id })
}
"#;

/// Keys that the connector's own examples show, per action.
const SHOWN: [(&str, &[&str]); 4] = [
    (
        "confirm",
        &[
            "amount",
            "amount_capturable",
            "amount_received",
            "canceled_at",
            "cancellation_reason",
            "capture_method",
            "client_secret",
            "confirmation_method",
            "created",
            "currency",
            "last_payment_error",
            "latest_charge",
            "livemode",
            "next_action",
            "on_behalf_of",
            "payment_method",
            "payment_method_configuration_details",
            "review",
            "setup_future_usage",
            "statement_descriptor_suffix",
            "status",
            "transfer_data",
            "transfer_group",
        ],
    ),
    (
        "capture",
        &[
            "amount",
            "customer",
            "description",
            "payment_method_types",
            "processing",
            "receipt_email",
            "status",
            "transfer_group",
        ],
    ),
    ("cancel", &["amount", "canceled_at", "customer", "description", "receipt_email", "shipping", "status"]),
    (
        "finalize_invoice",
        &[
            "account_country",
            "account_name",
            "billing_reason",
            "collection_method",
            "created",
            "currency",
            "discounts",
            "due_date",
            "effective_at",
            "ending_balance",
            "footer",
            "lines.data",
            "lines.has_more",
            "livemode",
            "next_payment_attempt",
            "number",
            "on_behalf_of",
        ],
    ),
];

fn the_nine_actions_answer_in_the_connectors_format() {
    let workdir = Workdir::new(CONFIG);
    workdir.apply();
    for (name, keys) in SHOWN {
        let output = output(&workdir, name);
        assert_is_a_record(name, &output);
        for key in keys {
            assert!(output.contains_key(*key), "{name} lacks {key}: {output:?}");
        }
    }
    assert_eq!(output(&workdir, "confirm")["status"], "succeeded");
    assert_eq!(output(&workdir, "capture")["amount_received"], "33000");
    assert_eq!(output(&workdir, "cancel")["status"], "canceled");
    for name in ["attach", "detach", "finalize_quote", "cancel_quote"] {
        assert_eq!(text(&workdir, name), r#"[{"Success":"true"}]"#, "{name}");
    }
    let accepted = output(&workdir, "accept_quote");
    assert_eq!(accepted.keys().collect::<Vec<_>>(), ["InvoiceId", "Success"]);
    assert!(accepted["InvoiceId"].as_str().unwrap().starts_with("in_"));
    workdir.assert_plan_is_empty();
}

/// `Success`, `id`, `object`, then strictly alphabetical; every value a string or null.
#[track_caller]
fn assert_is_a_record(name: &str, output: &serde_json::Map<String, Json>) {
    let keys: Vec<&str> = output.keys().map(String::as_str).collect();
    assert_eq!(&keys[..3], ["Success", "id", "object"], "{name}");
    assert!(keys[3..].windows(2).all(|pair| pair[0] < pair[1]), "{name}: {keys:?}");
    assert!(output.values().all(|value| value.is_string() || value.is_null()), "{name}: {output:?}");
}

fn text(workdir: &Workdir, name: &str) -> String {
    let values = workdir.attributes(&format!("stripe_action.{name}"));
    values["output_payload"].as_str().unwrap().to_owned()
}

fn output(workdir: &Workdir, name: &str) -> serde_json::Map<String, Json> {
    let parsed: Json = serde_json::from_str(&text(workdir, name)).unwrap();
    let [Json::Object(only)] = parsed.as_array().unwrap().as_slice() else { panic!("{name}: {parsed}") };
    only.clone()
}
