//! What Terraform's own words do to typed resources: `ignore_changes` into an attribute of dynamic type,
//! `replace_triggered_by`, `prevent_destroy`, `for_each` over ids that Stripe gives, checks, `-target`
//! and `-refresh=false`; and a misspelt key at each level.

use serde_json::Value as Json;

use crate::support::harness::{Case, case};
use crate::support::workdir::{Workdir, everything, squeezed};

pub fn cases() -> Vec<Case> {
    vec![
        case!(lifecycle_words_hold_for_typed_resources, Terraform),
        case!(a_misspelt_key_is_refused_at_every_level, Terraform),
        case!(a_refresh_that_finds_nothing_new_is_no_drift, Terraform),
        case!(an_object_may_turn_out_to_be_none_in_the_apply, Terraform),
    ]
}

const SHOP: &str = r#"
locals {
  edition = "first"
}

resource "stripe_product" "gold" {
  name     = "Gold"
  metadata = { edition = local.edition }
}

resource "stripe_price" "each" {
  for_each    = toset(["month", "year"])
  product     = stripe_product.gold.id
  currency    = "usd"
  unit_amount = 1500

  recurring { interval = each.key }

  lifecycle { prevent_destroy = true }
}

resource "stripe_payment_link" "each" {
  for_each         = { for interval, price in stripe_price.each : interval => price.id }
  line_items       = [{ price = each.value, quantity = 1 }]
  after_completion = { type = "redirect", redirect = { url = "https://example.com/${local.edition}" } }

  lifecycle { ignore_changes = [after_completion.redirect.url] }
}

resource "stripe_coupon" "spring" {
  percent_off = 25
  duration    = "once"

  lifecycle { replace_triggered_by = [stripe_product.gold.metadata] }
}

resource "stripe_coupon" "apart" {
  percent_off = 5
  duration    = "forever"
}

check "the_product_is_sold" {
  data "stripe_product" "gold" {
    id = stripe_product.gold.id
  }

  assert {
    condition     = data.stripe_product.gold.active
    error_message = "Somebody has archived the product."
  }
}
"#;

/// Nothing is left to do but what Terraform always does: it reads for a check when it applies.
#[track_caller]
fn settled(workdir: &Workdir) {
    let planned = workdir.ok(&["plan", "-no-color"]);
    assert!(planned.contains("0 to add, 0 to change, 0 to destroy"), "{planned}");
}

fn lifecycle_words_hold_for_typed_resources() {
    let workdir = Workdir::new(SHOP);
    let applied = workdir.apply();
    assert!(applied.contains("7 added, 0 changed, 0 destroyed"), "{applied}");
    settled(&workdir);

    let second = SHOP.replace("\"first\"", "\"second\"");
    workdir.write(&second);
    let changed = workdir.apply();
    assert!(changed.contains("1 added, 1 changed, 1 destroyed"), "{changed}");
    settled(&workdir);
    let link = workdir.attributes("stripe_payment_link.each[\"year\"]");
    assert_eq!(link["after_completion"]["redirect"]["url"], "https://example.com/first");

    // Somebody else archives the product: only a plan that reads it sees that, and one of a target apart does not.
    let product = workdir.attributes("stripe_product.gold")["id"].as_str().unwrap().to_owned();
    workdir.post(&format!("/v1/products/{product}"), "active=false&name=Silver");
    let plan = |more: &str| {
        let output = workdir.run(&["plan", "-no-color", "-detailed-exitcode", more]);
        (output.status.code().unwrap(), squeezed(&everything(&output)))
    };
    let (_, told) = plan("-refresh=false");
    assert!(told.contains("0 to add, 0 to change, 0 to destroy"), "{told}");
    let (code, told) = plan("-target=stripe_coupon.apart");
    assert!(code == 0 && told.contains("No changes.") && !told.contains("stripe_product"), "{told}");
    let (code, told) = plan("-target=stripe_product.gold");
    assert!(code == 2 && told.contains("0 to add, 1 to change, 0 to destroy"), "{told}");
    let (code, told) = plan("-refresh=true");
    assert!(code == 2 && told.contains("0 to add, 1 to change, 0 to destroy"), "{told}");
    let (_, told) = plan("-refresh-only");
    assert!(told.contains("Somebody has archived the product."), "{told}");
    workdir.apply();
    settled(&workdir);

    workdir.write(&second.replace("1500", "1600"));
    let refused = workdir.fails(&["plan", "-no-color"]);
    assert!(refused.contains("Instance cannot be destroyed"), "{refused}");
    workdir.write(&second.replace("lifecycle { prevent_destroy = true }", ""));
    workdir.destroy();
    assert_eq!((workdir.count("price"), workdir.count("payment_link")), (0, 0));
}

/// A misspelt key, and what is said of it: by Terraform where a block or an attribute is misspelt, by
/// the provider inside an attribute of dynamic type.
const MISSPELT: [(&str, &str, &str); 5] = [
    (
        "metadata = { edition",
        "metadatta = { edition",
        "named \"metadatta\" is not expected here. Did you mean \"metadata\"?",
    ),
    ("recurring {", "recuring {", "type \"recuring\" are not expected here. Did you mean \"recurring\"?"),
    ("{ interval =", "{ intervall =", "named \"intervall\" is not expected here. Did you mean \"interval\"?"),
    (
        "quantity = 1",
        "quantitty = 1",
        "There is no `line_items[0].quantitty` in a stripe_payment_link; did you mean `quantity`?",
    ),
    (
        "{ url =",
        "{ urll =",
        "There is no `after_completion.redirect.urll` in a stripe_payment_link; did you mean `url`?",
    ),
];

fn a_misspelt_key_is_refused_at_every_level() {
    let workdir = Workdir::new(SHOP);
    for (right, wrong, told) in MISSPELT {
        let misspelt = SHOP.replacen(right, wrong, 1).replace("after_completion.redirect.url]", "active]");
        workdir.write(&misspelt);
        let refused = workdir.fails(&["validate", "-no-color"]);
        assert!(refused.contains(told), "{wrong}: {refused}");
    }
}

/// More objects of one list than a run reads one by one, whose only secret attribute is the handle.
const MANY: &str = r#"
resource "stripe_product" "gold" { name = "Gold" }

resource "stripe_price" "each" {
  count       = 10
  product     = stripe_product.gold.id
  currency    = "usd"
  unit_amount = 1500 + count.index
}
"#;

/// Types with several secret attributes.
const SECRETS: &str = r#"
resource "stripe_connection" "shop" {
  name     = "shop"
  location = "global"
}

resource "stripe_entity" "each" {
  count             = 10
  connection_handle = stripe_connection.shop.handle
  entity            = "Customer"
  input_payload     = { Name = "Customer ${count.index}" }
}

resource "stripe_action" "account" { action = "GetCurrentAccount" }
"#;

/// What each resource has in the state. Terraform writes the paths of secrets in no order.
fn stored(workdir: &Workdir) -> Vec<Json> {
    let state = std::fs::read_to_string(workdir.path("terraform.tfstate")).unwrap();
    let mut resources = serde_json::from_str::<Json>(&state).unwrap()["resources"].take();
    let mut instances: Vec<Json> = Vec::new();
    for resource in resources.as_array_mut().unwrap() {
        instances.append(resource["instances"].as_array_mut().unwrap());
    }
    for instance in &mut instances {
        if let Some(paths) = instance["sensitive_attributes"].as_array_mut() {
            paths.sort_by_key(Json::to_string);
        }
    }
    instances
}

/// A job that looks for drift saves no state, so what it learned it would learn each time.
fn a_refresh_that_finds_nothing_new_is_no_drift() {
    let workdir = Workdir::new(MANY);
    workdir.apply();
    for _ in 0..2 {
        let output = workdir.run(&["plan", "-no-color", "-refresh-only", "-detailed-exitcode"]);
        assert_eq!(output.status.code(), Some(0), "{}", everything(&output));
    }
    // Where an object has several secrets, Terraform takes another order of them for drift.
    let workdir = Workdir::new(SECRETS);
    workdir.apply();
    let made = stored(&workdir);
    assert_eq!(made.len(), 12);
    workdir.ok(&["apply", "-auto-approve", "-no-color", "-refresh-only"]);
    assert_eq!(stored(&workdir), made);
}

/// As the guide says it: a conditional alone has a type in the plan, and Terraform takes no null of another one.
fn an_object_may_turn_out_to_be_none_in_the_apply() {
    for (is_thanked, kind) in [("true", "redirect"), ("false", "hosted_confirmation")] {
        let workdir = Workdir::new(&format!(
            r#"
resource "terraform_data" "is_thanked" {{ input = {is_thanked} }}

resource "stripe_price" "gold" {{
  currency     = "usd"
  unit_amount  = 1500
  product_data {{ name = "Gold" }}
}}

resource "stripe_payment_link" "gold" {{
  line_items       = [{{ price = stripe_price.gold.id, quantity = 1 }}]
  after_completion = jsondecode(jsonencode(terraform_data.is_thanked.output
    ? {{ type = "redirect", redirect = {{ url = "https://example.com/thanks" }} }}
    : null))
}}
"#
        ));
        workdir.apply();
        workdir.assert_plan_is_empty();
        let links = workdir.get("/v1/payment_links");
        assert_eq!(links["data"][0]["after_completion"]["type"], kind, "{links}");
    }
}
