//! Imports, replacements and ends as a practitioner reads them: the configuration that terraform
//! generates for what is there, the keys that a plan says force a replacement, and what a plan says
//! of an entity that has ended elsewhere.

use std::fs;

use crate::support::harness::{Case, case};
use crate::support::tools::Tool;
use crate::support::workdir::{Workdir, squeezed};

pub fn cases() -> Vec<Case> {
    vec![
        case!(a_generated_configuration_plans_empty_unedited, Terraform),
        case!(a_replacement_names_the_key_that_forces_it, Terraform),
        case!(the_oldest_terraform_marks_the_key_too, OldTerraform),
        case!(what_was_canceled_elsewhere_is_said_and_made_anew, Terraform),
        case!(what_was_archived_elsewhere_is_said_and_brought_back, OldTerraform),
    ]
}

/// Imports what was made elsewhere, and generates its configuration.
fn a_generated_configuration_plans_empty_unedited() {
    let workdir = Workdir::new("");
    let product = workdir.post("/v1/products", "name=Beans&metadata[order.id]=7&description=Fine+\"beans\"");
    let product = product["id"].as_str().unwrap();
    let price =
        format!("product={product}&currency=usd&unit_amount=1500&recurring[interval]=month&lookup_key=beans");
    let price = workdir.post("/v1/prices", &price);
    let endpoint = "url=https://a.example&enabled_events[]=charge.succeeded&enabled_events[]=charge.failed";
    let endpoint = workdir.post("/v1/webhook_endpoints", endpoint);
    let import =
        |name: &str, id: &str| format!("import {{\n  to = stripe_entity.{name}\n  id = \"{id}\"\n}}\n");
    let id = |body: &serde_json::Value, entity: &str| format!("{entity}/{}", body["id"].as_str().unwrap());
    let imports = [
        import("product", &format!("Product/{product}")),
        import("price", &id(&price, "Price")),
        import("endpoint", &id(&endpoint, "WebhookEndpoint")),
        import("tax", "TaxSettings"),
    ];
    workdir.write(&imports.concat());
    let planned = workdir.ok(&["plan", "-no-color", "-generate-config-out=generated.tf"]);
    assert!(planned.contains("4 to import, 0 to add, 0 to change, 0 to destroy."), "{planned}");
    let generated = fs::read_to_string(workdir.path("generated.tf")).unwrap();
    let flat = squeezed(&generated);
    for line in ["unit_amount = 1500", "interval = \"month\"", "name = \"Beans\"", "\"order.id\" = \"7\""] {
        assert!(flat.contains(line), "{line}: {generated}");
    }
    for absent in ["unit_amount_decimal", "whsec_", "jsonencode", "active", "prod_1\""] {
        assert!(!flat.contains(absent), "{absent}: {generated}");
    }
    let applied = workdir.ok(&["apply", "-no-color", "-auto-approve"]);
    assert!(applied.contains("4 imported, 0 added, 0 changed, 0 destroyed."), "{applied}");
    workdir.assert_plan_is_empty();
}

const RATE: &str = r#"
resource "stripe_entity" "rate" {
  entity = "ShippingRate"
  input_payload = {
    DisplayName = "Post"
    Type        = "fixed_amount"
    FixedAmount = { Amount = 500, Currency = "usd" }
  }
}
"#;

fn a_replacement_names_the_key_that_forces_it() {
    replaced(Tool::Terraform);
}

/// Terraform 1.0 marks a key inside an object; later ones mark none there.
fn the_oldest_terraform_marks_the_key_too() {
    let plan = replaced(Tool::OldTerraform);
    let marked: Vec<&str> = plan.lines().filter(|line| line.contains("forces replacement")).collect();
    assert!(marked.len() == 1 && marked[0].contains("Amount"), "{plan}");
}

/// The plan of a change that needs a new entity.
fn replaced(terraform: Tool) -> String {
    let workdir = Workdir::of(terraform, RATE);
    workdir.apply();
    workdir.write(&RATE.replace("500", "600"));
    let plan = workdir.ok(&["plan", "-no-color"]);
    let told = "Stripe cannot change `fixed_amount.amount` of an existing ShippingRate, so it is replaced.";
    assert!(squeezed(&plan).contains(told), "{plan}");
    plan
}

/// An entity of this type and payload that was ended by a call of somebody else: the next plan.
fn ended(terraform: Tool, entity: &str, payload: &str, path: &str, form: &str) -> (Workdir, String) {
    let config = format!(
        "resource \"stripe_entity\" \"it\" {{\n  entity = \"{entity}\"\n  input_payload = {payload}\n}}\n"
    );
    let workdir = Workdir::of(terraform, &config);
    workdir.apply();
    let id = workdir.attributes("stripe_entity.it")["id"].as_str().unwrap().to_owned();
    workdir.post(&path.replace("ID", &id), form);
    let plan = squeezed(&workdir.ok(&["plan", "-no-color"]));
    let told = format!("{entity} {id} has ended in Stripe without a destroy");
    assert!(plan.contains(&told), "{plan}");
    (workdir, plan)
}

fn what_was_canceled_elsewhere_is_said_and_made_anew() {
    let path = "/v1/identity/verification_sessions/ID/cancel";
    let payload = "{ Type = \"document\" }";
    let (workdir, plan) = ended(Tool::Terraform, "IdentityVerificationSession", payload, path, "");
    assert!(plan.contains("its `status` is `canceled`): a new one is created in its place."), "{plan}");
    assert!(plan.contains("1 to add, 0 to change, 1 to destroy"), "{plan}");
    workdir.apply();
    workdir.assert_plan_is_empty();
}

fn what_was_archived_elsewhere_is_said_and_brought_back() {
    let payload = "{ Name = \"Beans\" }";
    let (workdir, plan) = ended(Tool::OldTerraform, "Product", payload, "/v1/products/ID", "active=false");
    assert!(plan.contains("its `active` is `false`): the update restores it."), "{plan}");
    assert!(plan.contains("0 to add, 1 to change, 0 to destroy"), "{plan}");
    workdir.apply();
    workdir.assert_plan_is_empty();
    assert_eq!(workdir.attributes("stripe_entity.it")["record"]["active"], "true");
}
