//! Every validation: the attribute it is shown at, and what it says. Nothing is sent.

use crate::support::harness::{Case, case};
use crate::support::workdir::{Workdir, squeezed};

pub fn cases() -> Vec<Case> {
    vec![
        case!(a_wrong_connection_is_refused_at_its_attribute, Terraform),
        case!(wrong_entities_actions_and_filters_are_refused_at_their_attribute, Terraform),
    ]
}

/// One wrong argument of `stripe_connection`, where it stands, and a part of the message.
const CONNECTION: [(&str, &str, &str); 22] = [
    ("name = \"Shop\"", "stripe_connection", "lower-case letters, digits and hyphens"),
    ("location = \"US Central\"", "stripe_connection", "must be a location such as"),
    ("verbosity = 6", "verbosity = 6", "`verbosity` must be a whole number from 1 to 5, not 6"),
    ("verbosity = 1.5", "verbosity = 1.5", "not 1.5"),
    ("account_id = \"42\"", "account_id = \"42\"", "must be an account id such as"),
    ("connector_version = \"9\"", "connector_version", "must be one of 1, not \"9\""),
    ("service_account = \"me\"", "service_account", "must be a service account such as"),
    ("proxy_auth_scheme = \"NTLM\"", "proxy_auth_scheme", "must be one of BASIC, DIGEST, NONE, not \"NTLM\""),
    ("proxy_ssltype = \"SOMETIMES\"", "proxy_ssltype", "must be one of AUTO, ALWAYS, NEVER, TUNNEL"),
    ("proxy_enabled = true", "proxy_enabled = true", "no `destination_config` block says where the proxy is"),
    ("proxy_password = \"x\"", "stripe_connection", "A proxy password is set without `proxy_user`"),
    (
        "proxy_user = \"u\"\n proxy_password = \"x\"\n proxy_password_env = \"Y\"",
        "proxy_password_env",
        "`proxy_password` and `proxy_password_env`",
    ),
    (
        "proxy_enabled = true\n proxy_auth_scheme = \"BASIC\"\n destination_config {\n host = \"p\"\n }",
        "proxy_auth_scheme",
        "needs `proxy_user` and a password",
    ),
    ("destination_config {\n host = \"p\"\n port = 70000\n }", "port = 70000", "from 1 to 65535"),
    ("destination_config {\n host = \"\"\n }", "host = \"\"", "must not be empty"),
    ("node_config {\n min_node_count = 0\n }", "min_node_count = 0", "from 1 to 100"),
    (
        "node_config {\n min_node_count = 9\n max_node_count = 3\n }",
        "min_node_count = 9",
        "`min_node_count` (9) must not be greater than `max_node_count` (3)",
    ),
    (
        "log_config {\n enabled = true\n level = \"LOUD\"\n }",
        "level = \"LOUD\"",
        "must be one of ERROR, INFO, DEBUG",
    ),
    ("lock_config {\n locked = true\n }", "lock_config", "needs a `reason`"),
    ("auth_config {\n }", "auth_config", "must set one of `api_key`, `api_key_env`"),
    (
        "auth_config {\n api_key_env = \"A\"\n api_key_file = \"b\"\n }",
        "api_key_file",
        "`api_key_env` and `api_key_file`",
    ),
    (
        "auth_config {\n api_key_secret_version = \"my-secret\"\n }",
        "api_key_secret_version",
        "must name a secret version such as",
    ),
];

/// A whole resource or data source, where it is wrong, and a part of the message.
const OTHERS: [(&str, &str, &str); 22] = [
    (
        r#"resource "stripe_coupon" "x" {
  percent_off = 120
}"#,
        "percent_off = 120",
        "must be a number above 0 and up to 100",
    ),
    (
        r#"resource "stripe_price" "x" {
  product     = "prod_1"
  currency    = "eur"
  unit_amount = 1
  recurring {
    interval       = "month"
    interval_count = 0
  }
}"#,
        "interval_count = 0",
        "must be a whole number of at least 1",
    ),
    (
        r#"resource "stripe_entity" "x" {
  entity        = "Custmer"
  input_payload = "{}"
}"#,
        "entity        = \"Custmer\"",
        "Customer",
    ),
    (
        r#"resource "stripe_entity" "x" {
  entity        = "Customer"
  input_payload = "{"
}"#,
        "input_payload = \"{\"",
        "cannot be read",
    ),
    (
        r#"resource "stripe_entity" "x" {
  entity        = "Customer"
  input_payload = "[]"
}"#,
        "input_payload = \"[]\"",
        "must be a JSON object",
    ),
    (
        r#"resource "stripe_entity" "x" {
  entity        = "Customer"
  input_payload = jsonencode({ Nmae = "John" })
}"#,
        "input_payload = jsonencode",
        "Nmae",
    ),
    (
        r#"resource "stripe_entity" "x" {
  entity        = "PaymentIntent"
  input_payload = jsonencode({ Currency = "usd" })
}"#,
        "input_payload = jsonencode",
        "amount",
    ),
    (
        r#"resource "stripe_entity" "x" {
  entity        = "PaymentIntent"
  input_payload = jsonencode({ Amount = "much", Currency = "usd" })
}"#,
        "input_payload = jsonencode",
        "Amount",
    ),
    (
        r#"resource "stripe_entity" "x" {
  connection_handle = "web-shop"
  entity        = "Customer"
  input_payload = "{}"
}"#,
        "connection_handle = \"web-shop\"",
        "must be the `handle` of a `stripe_connection`",
    ),
    (
        r#"resource "stripe_action" "x" {
  action = "ConfirmPaymentIntnt"
}"#,
        "action = \"ConfirmPaymentIntnt\"",
        "ConfirmPaymentIntent",
    ),
    (
        r#"resource "stripe_action" "x" {
  action        = "ConfirmPaymentIntent"
  input_payload = jsonencode({ ReturnUrl = "https://x.example" })
}"#,
        "input_payload = jsonencode",
        "PaymentIntentId",
    ),
    (
        r#"resource "stripe_action" "x" {
  action        = "CancelQuote"
  input_payload = jsonencode({ QuoteId = "qt_1", Why = "no" })
}"#,
        "input_payload = jsonencode",
        "Why",
    ),
    (
        r#"data "stripe_entities" "x" {
  entity = "Customer"
  filter = "Name = 'John"
}"#,
        "filter = \"Name = 'John\"",
        "8",
    ),
    (
        r#"data "stripe_entities" "x" {
  entity = "Customer"
  filter = "Nmae = 'John'"
}"#,
        "filter = \"Nmae = 'John'\"",
        "Nmae",
    ),
    (
        r#"data "stripe_entities" "x" {
  entity    = "Customer"
  page_size = 500
}"#,
        "page_size = 500",
        "from 1 to 200",
    ),
    (
        r#"data "stripe_entities" "x" {
  entity     = "Customer"
  page_token = "abc"
}"#,
        "page_token = \"abc\"",
        "page token",
    ),
    (
        r#"resource "stripe_price" "x" {
  product  = "prod_1"
  currency = "usd"

  recurring {
    interval       = "month"
    interval_count = 1.5
  }
}"#,
        "interval_count = 1.5",
        "`recurring.interval_count` must be a whole number",
    ),
    (
        r#"resource "stripe_price" "x" {
  product  = "prod_1"
  currency = "usd"

  tiers { up_to = "inf" }
  tiers { up_to = "many" }
}"#,
        "tiers { up_to = \"many\" }",
        "`tiers[1].up_to` must be",
    ),
    (
        r#"provider "stripe" {
  api_key     = "sk_test_1"
  api_key_env = "KEY"
}
resource "stripe_entity" "x" {
  entity        = "Customer"
  input_payload = "{}"
}"#,
        "api_key_env",
        "`api_key` and `api_key_env`",
    ),
    (
        r#"resource "stripe_price" "x" {
  currency    = "usd"
  unit_amount = 15.5
  recurring { interval = "monthly" }
}"#,
        "unit_amount = 15.5",
        "Did you mean `month`?",
    ),
    (
        r#"resource "stripe_entity" "x" {
  entity        = "Price"
  input_payload = { UnitAmount = "much", BillingScheme = "tierd" }
}"#,
        "Did you mean \"tiered\"?",
        "The payload lacks \"currency\"",
    ),
    (
        r#"provider "stripe" {
  expected_livemode = true
}
data "stripe_entity" "x" {
  entity    = "Customer"
  entity_id = "cus_1"
}"#,
        "data.stripe_entity.x",
        "allows live mode only",
    ),
];

fn a_wrong_connection_is_refused_at_its_attribute() {
    let workdir = Workdir::new("");
    for (argument, place, message) in CONNECTION {
        let named = |name: &str, value: &str| {
            if argument.starts_with(name) { String::new() } else { format!("{name} = \"{value}\"") }
        };
        let head = format!("{}\n{}", named("name", "shop"), named("location", "us-central1"));
        workdir.write(&format!("resource \"stripe_connection\" \"x\" {{\n{head}\n{argument}\n}}\n"));
        assert_refused(&workdir, argument, place, message);
    }
}

fn wrong_entities_actions_and_filters_are_refused_at_their_attribute() {
    let workdir = Workdir::new("");
    for (config, place, message) in OTHERS {
        workdir.write(config);
        assert_refused(&workdir, config, place, message);
    }
    assert!(workdir.sandbox.counts().iter().all(|(_, count)| *count == 0), "something was sent");
}

#[track_caller]
fn assert_refused(workdir: &Workdir, config: &str, place: &str, message: &str) {
    let printed = workdir.fails(&["plan", "-no-color"]);
    let (place, message) = (&squeezed(place), &squeezed(message));
    assert!(printed.contains(place), "{config}\nis not shown at {place}:\n{printed}");
    assert!(printed.contains(message), "{config}\ndoes not say {message}:\n{printed}");
}
