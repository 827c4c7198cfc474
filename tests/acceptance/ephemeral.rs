//! Ephemeral resources under real terraform: what they answer reaches a write-only argument and a provider
//! block, and no file.

use std::fs;

use serde_json::Value as Json;

use crate::support::harness::{Case, case};
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![
        case!(a_session_is_handed_over_and_is_in_no_file, Terraform),
        case!(a_provider_block_takes_what_was_opened, Terraform),
        case!(what_is_wrong_is_told_at_its_argument, Terraform),
    ]
}

const SESSION: &str = r#"
provider "stripe" {
  default_metadata = { team = "web" }
}

resource "stripe_connection" "logged" {
  name      = "logged"
  location  = "global"
  verbosity = 5
  log_config {
    enabled = true
    level   = "DEBUG"
    file    = "calls.jsonl"
  }
}

resource "stripe_account" "shop" {
  type = "custom"
}

ephemeral "stripe_account_session" "example" {
  connection_handle = stripe_connection.logged.handle
  account           = stripe_account.shop.id
  components        = { payments = { enabled = true } }
}

resource "stripe_apps_secret" "session" {
  connection_handle  = stripe_connection.logged.handle
  name               = "session"
  scope              = { type = "account" }
  payload_wo         = ephemeral.stripe_account_session.example.client_secret
  payload_wo_version = 1
}
"#;

/// The secret that the sandbox holds.
fn held(workdir: &Workdir) -> String {
    let path = "/v1/apps/secrets/find?name=session&scope[type]=account&expand[]=payload";
    workdir.get(path)["payload"].as_str().unwrap().to_owned()
}

fn a_session_is_handed_over_and_is_in_no_file() {
    let workdir = Workdir::new(SESSION);
    let planned = workdir.ok(&["plan", "-no-color", "-out=first"]);
    assert!(planned.contains("Configuration unknown, deferring"), "{planned}");
    workdir.ok(&["apply", "-no-color", "first"]);
    let secret = held(&workdir);
    let (start, _) = secret.split_at(secret.find("_secret_").unwrap() + "_secret_".len());

    // Now that the account is known, a plan opens one too; nothing is left to do all the same.
    workdir.assert_plan_is_empty();
    workdir.write(&SESSION.replace("payload_wo_version = 1", "payload_wo_version = 2"));
    workdir.ok(&["plan", "-no-color", "-out=second"]);
    workdir.ok(&["apply", "-no-color", "second"]);
    let other = held(&workdir);
    assert_ne!(secret, other, "each run has a session of its own");

    let shown = ["first", "second"].map(|plan| workdir.ok(&["show", "-json", plan]));
    let read = |name: &str| String::from_utf8_lossy(&fs::read(workdir.path(name)).unwrap()).into_owned();
    let files = ["terraform.tfstate", "terraform.tfstate.backup", "calls.jsonl", "first", "second"].map(read);
    for text in shown.iter().chain(&files) {
        assert!(!text.contains(start) && !text.contains(&secret) && !text.contains(&other), "{text}");
    }
    assert!(files[2].contains("/v1/account_sessions") && files[2].contains("/v1/apps/secrets"), "logged");
    let state: Json = serde_json::from_str(&files[0]).unwrap();
    let types = state["resources"].as_array().unwrap().iter().map(|it| it["type"].as_str().unwrap());
    assert!(!types.collect::<Vec<_>>().contains(&"stripe_account_session"));
}

fn a_provider_block_takes_what_was_opened() {
    let workdir = Workdir::new(
        r#"
ephemeral "stripe_tax_calculation" "example" {
  currency         = "usd"
  line_items       = [{ amount = 1000, reference = "cup" }]
  customer_details = { address = { country = "US" }, address_source = "shipping" }
}

provider "stripe" {
  alias            = "counted"
  default_metadata = { calculation = ephemeral.stripe_tax_calculation.example.id }
}

resource "stripe_product" "counted" {
  provider = stripe.counted
  name     = "Cup"

  lifecycle { ignore_changes = [metadata_all] }
}
"#,
    );
    workdir.apply();
    let products = workdir.get("/v1/products");
    let calculation = products["data"][0]["metadata"]["calculation"].as_str().unwrap();
    assert!(calculation.starts_with("taxcalc_"), "{calculation}");
}

fn what_is_wrong_is_told_at_its_argument() {
    let workdir = Workdir::new(
        r#"
ephemeral "stripe_checkout_session" "example" {
  mode        = "setup"
  success_url = "https://example.com/done"
  line_items  = [{ price = "price_1", quantitty = 1 }]
}
"#,
    );
    let refused = workdir.fails(&["validate", "-no-color"]);
    assert!(refused.contains("There is no `line_items[0].quantitty`"), "{refused}");
    assert!(refused.contains("did you mean `quantity`?") && refused.contains("on main.tf line"), "{refused}");
}
