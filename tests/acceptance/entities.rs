//! Entities through real terraform: drift, removed elsewhere, replaced, partly failed.

use serde_json::Value as Json;

use crate::support::harness::{Case, case};
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![
        case!(a_change_made_elsewhere_is_seen_and_undone, Terraform),
        case!(an_entity_removed_elsewhere_is_made_again, Terraform),
        case!(a_payload_key_that_is_removed_is_cleared_in_stripe, Terraform),
        case!(another_spelling_of_the_same_payload_changes_nothing, Terraform),
        case!(a_param_that_stripe_cannot_change_makes_a_new_entity, Terraform),
        case!(a_replaced_product_takes_its_price_along, Terraform),
        case!(two_equal_entities_are_two_objects, Terraform),
        case!(a_declined_payment_is_an_error_with_the_decline_code, Terraform),
        case!(what_a_declined_create_has_made_is_ended_by_the_next_apply, Terraform),
        case!(a_locked_connection_refuses_changes_until_it_is_unlocked, Terraform),
        case!(a_new_verbosity_changes_nothing_that_runs_on_the_connection, Terraform),
        case!(a_filter_clause_finds_what_it_says, Terraform),
    ]
}

const CUSTOMER: &str = r#"
resource "stripe_entity" "customer" {
  entity = "Customer"
  input_payload = jsonencode({
    Name     = "John"
    Metadata = { team = "shop" }
  })
}
"#;

fn a_change_made_elsewhere_is_seen_and_undone() {
    let workdir = Workdir::new(CUSTOMER);
    workdir.apply();
    let id = id_of(&workdir, "stripe_entity.customer");
    workdir.post(&format!("/v1/customers/{id}"), "name=Jane&metadata[other]=kept");
    let planned = workdir.ok(&["plan", "-no-color"]);
    assert!(planned.contains("Jane") && planned.contains("0 to add, 1 to change"), "{planned}");
    workdir.apply();
    workdir.assert_plan_is_empty();
    let customer = workdir.get(&format!("/v1/customers/{id}"));
    assert_eq!((&customer["name"], &customer["metadata"]["other"]), (&"John".into(), &"kept".into()));
}

fn an_entity_removed_elsewhere_is_made_again() {
    let workdir = Workdir::new(CUSTOMER);
    workdir.apply();
    let id = id_of(&workdir, "stripe_entity.customer");
    workdir.delete(&format!("/v1/customers/{id}"));
    let applied = workdir.apply();
    assert!(applied.contains("1 added, 0 changed, 0 destroyed"), "{applied}");
    assert_ne!(id_of(&workdir, "stripe_entity.customer"), id);
    workdir.assert_plan_is_empty();
}

fn a_payload_key_that_is_removed_is_cleared_in_stripe() {
    let workdir = Workdir::new(CUSTOMER);
    workdir.apply();
    let id = id_of(&workdir, "stripe_entity.customer");
    workdir.write(&CUSTOMER.replace("Name     = \"John\"", "").replace("team = \"shop\"", "owner = \"me\""));
    workdir.apply();
    workdir.assert_plan_is_empty();
    let customer = workdir.get(&format!("/v1/customers/{id}"));
    assert!(customer["name"].is_null() || customer["name"] == "", "{customer}");
    assert_eq!(customer["metadata"], serde_json::json!({ "owner": "me" }));
}

fn another_spelling_of_the_same_payload_changes_nothing() {
    let workdir = Workdir::new(CUSTOMER);
    workdir.apply();
    workdir.write(&CUSTOMER.replace("Name     =", "name =").replace("Metadata =", "metadata ="));
    workdir.assert_plan_is_empty();
}

const SHOP: &str = r#"
resource "stripe_entity" "product" {
  entity        = "Product"
  input_payload = jsonencode({ Name = "Beans" })
}
resource "stripe_entity" "price" {
  entity        = "Price"
  input_payload = jsonencode({ Product = stripe_entity.product.id, Currency = "usd", UnitAmount = 100 })
}
"#;

fn a_param_that_stripe_cannot_change_makes_a_new_entity() {
    let workdir = Workdir::new(SHOP);
    workdir.apply();
    workdir.write(&SHOP.replace("100", "200"));
    let applied = workdir.apply();
    assert!(applied.contains("1 added, 0 changed, 1 destroyed"), "{applied}");
    assert!(applied.contains("Entity Stays In Stripe"), "an archived price is said aloud: {applied}");
    workdir.assert_plan_is_empty();
}

/// While the product is replaced its id is unknown, and with it the payload of the price: all of
/// it where it is JSON text, one member where it is an object.
fn a_replaced_product_takes_its_price_along() {
    for config in [SHOP.to_owned(), SHOP.replace("jsonencode({", "({")] {
        let workdir = Workdir::new(&config);
        workdir.apply();
        let old = ["product", "price"].map(|name| id_of(&workdir, &format!("stripe_entity.{name}")));
        workdir.ok(&["apply", "-auto-approve", "-no-color", "-replace=stripe_entity.product"]);
        let [product, price] =
            ["product", "price"].map(|name| id_of(&workdir, &format!("stripe_entity.{name}")));
        assert!(product != old[0] && price != old[1]);
        assert_eq!(workdir.get(&format!("/v1/prices/{price}"))["product"], product.as_str());
        assert_eq!(workdir.get(&format!("/v1/prices/{}", old[1]))["active"], false);
        workdir.assert_plan_is_empty();
    }
}

fn two_equal_entities_are_two_objects() {
    let twice = format!("{CUSTOMER}{}", CUSTOMER.replace("\"customer\"", "\"twin\""));
    let workdir = Workdir::new(&twice);
    workdir.apply();
    assert_eq!(workdir.count("customer"), 2);
    assert_ne!(id_of(&workdir, "stripe_entity.customer"), id_of(&workdir, "stripe_entity.twin"));
}

fn a_declined_payment_is_an_error_with_the_decline_code() {
    let config = r#"
resource "stripe_entity" "intent" {
  entity        = "PaymentIntent"
  input_payload = jsonencode({ Amount = 500, Currency = "usd", PaymentMethod = "pm_card_chargeDeclined", AllowedPaymentMethodTypes = ["card"] })
}
resource "stripe_action" "confirm" {
  action        = "ConfirmPaymentIntent"
  input_payload = jsonencode({ PaymentIntentId = stripe_entity.intent.id })
}
"#;
    let workdir = Workdir::new(config);
    let printed = workdir.fails(&["apply", "-auto-approve", "-no-color"]);
    assert!(printed.contains("card_declined") && printed.contains("req_"), "{printed}");
    assert_eq!(workdir.count("payment_intent"), 1);
    assert_eq!(workdir.attributes("stripe_entity.intent")["entity"], "PaymentIntent");
}

/// The payment intent exists although its create was declined: it is in the state, and each apply ends the last one.
fn what_a_declined_create_has_made_is_ended_by_the_next_apply() {
    let config = |card: &str| {
        format!(
            "resource \"stripe_payment_intent\" \"p\" {{\n  amount = 500\n  currency = \"usd\"\n  confirm = true\n  payment_method = \"{card}\"\n  allowed_payment_method_types = [\"card\"]\n}}\n"
        )
    };
    let workdir = Workdir::new(&config("pm_card_chargeDeclined"));
    let printed = workdir.fails(&["apply", "-auto-approve", "-no-color"]);
    let first = id_of(&workdir, "stripe_payment_intent.p");
    assert!(printed.contains("card_declined") && printed.contains(&first), "{printed}");
    workdir.fails(&["apply", "-auto-approve", "-no-color"]);
    let second = id_of(&workdir, "stripe_payment_intent.p");
    let status = |id: &str| workdir.get(&format!("/v1/payment_intents/{id}"))["status"].clone();
    assert_eq!((status(&first), status(&second)), ("canceled".into(), "requires_payment_method".into()));
    workdir.write(&config("pm_card_visa"));
    workdir.apply();
    assert_eq!(status(&id_of(&workdir, "stripe_payment_intent.p")), "succeeded");
    assert_eq!((status(&second), workdir.count("payment_intent")), ("canceled".into(), 1));
    workdir.assert_plan_is_empty();
}

fn a_locked_connection_refuses_changes_until_it_is_unlocked() {
    let config = |locked: bool, verbosity: u8| {
        format!(
            "resource \"stripe_connection\" \"x\" {{\n  name = \"a\"\n  location = \"l\"\n  verbosity = {verbosity}\n  lock_config {{\n    locked = {locked}\n    reason = \"audit\"\n  }}\n}}\n"
        )
    };
    let workdir = Workdir::new(&config(true, 1));
    workdir.apply();
    workdir.assert_plan_is_empty();
    for locked in [true, false] {
        workdir.write(&config(locked, 2));
        assert!(workdir.fails(&["apply", "-auto-approve", "-no-color"]).contains("reason: audit"));
    }
    assert!(workdir.fails(&["destroy", "-auto-approve", "-no-color"]).contains("reason: audit"));
    for verbosity in [1, 2] {
        workdir.write(&config(false, verbosity));
        workdir.apply();
    }
    workdir.destroy();
}

fn a_new_verbosity_changes_nothing_that_runs_on_the_connection() {
    let config = r#"
resource "stripe_connection" "c" {
  name      = "a"
  location  = "l"
  verbosity = 1
}
resource "stripe_entity" "customer" {
  connection_handle    = stripe_connection.c.handle
  entity        = "Customer"
  input_payload = "{}"
}
"#;
    let workdir = Workdir::new(config);
    workdir.apply();
    workdir.write(&config.replace("verbosity = 1", "verbosity = 3"));
    let applied = workdir.apply();
    assert!(applied.contains("0 added, 1 changed, 0 destroyed"), "{applied}");
    workdir.assert_plan_is_empty();
    workdir.destroy();
    assert_eq!(workdir.count("customer"), 0);
}

fn a_filter_clause_finds_what_it_says() {
    let config = r#"
resource "stripe_entity" "customer" {
  for_each      = toset(["Ann", "Bob", "Bobby", "Cid"])
  entity        = "Customer"
  input_payload = jsonencode({ Name = each.value, Email = "${lower(each.value)}@x.example" })
}
data "stripe_entities" "bobs" {
  entity     = "Customer"
  filter     = "(Name LIKE 'Bob%' OR Email = 'ann@x.example') AND NOT Name = 'Bobby'"
  sort_by    = "Name"
  depends_on = [stripe_entity.customer]
}
output "names" {
  value = join(",", [for record in data.stripe_entities.bobs.records : record["name"]])
}
"#;
    let workdir = Workdir::new(config);
    let applied = workdir.apply();
    assert!(applied.contains("names = \"Ann,Bob\""), "{applied}");
}

fn id_of(workdir: &Workdir, address: &str) -> String {
    let values: Json = workdir.attributes(address);
    values["id"].as_str().unwrap().to_owned()
}
