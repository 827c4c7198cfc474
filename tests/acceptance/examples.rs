//! The configurations of `examples/`: all are formatted, the whole ones live a whole life.

use std::process::Command;

use crate::support::harness::{Case, case};
use crate::support::tools::Tool;
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![
        case!(the_configurations_are_formatted, Terraform),
        case!(the_quickstart_lives_a_whole_life, Terraform),
        case!(the_quickstart_lives_a_whole_life_under_an_old_terraform, OldTerraform),
        case!(a_subscription_business_lives_on_the_sandbox, Terraform),
    ]
}

const BILLING: &str = include_str!("../../examples/billing/main.tf");
const QUICKSTART: &str = include_str!("../../examples/quickstart/main.tf");

fn the_configurations_are_formatted() {
    let mut format = Command::new(Tool::Terraform.path());
    format.args(["fmt", "-check", "-recursive", "examples"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = format.env_remove("TF_CLI_CONFIG_FILE").output().unwrap();
    let files = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "run `terraform fmt -recursive examples`:\n{files}");
}

fn the_quickstart_lives_a_whole_life() {
    whole_life(Tool::Terraform);
}

fn the_quickstart_lives_a_whole_life_under_an_old_terraform() {
    whole_life(Tool::OldTerraform);
}

/// init → validate → plan → apply → empty plan → update → empty plan → import → destroy.
fn whole_life(terraform: Tool) {
    let workdir = Workdir::of(terraform, QUICKSTART);
    workdir.ok(&["validate"]);
    let planned = workdir.ok(&["plan", "-no-color", "-out=first.plan"]);
    assert!(planned.contains("6 to add, 0 to change, 0 to destroy"), "{planned}");
    let applied = workdir.ok(&["apply", "-no-color", "first.plan"]);
    assert!(applied.contains("payment_status = \"succeeded\""), "{applied}");
    workdir.assert_plan_is_empty();

    workdir.write(&QUICKSTART.replace("John Example", "John Q. Example"));
    let updated = workdir.apply();
    assert!(updated.contains("0 added, 1 changed, 0 destroyed"), "{updated}");
    workdir.assert_plan_is_empty();
    let customer = workdir.attributes("stripe_entity.customer");
    assert_eq!(customer["record"]["name"], "John Q. Example");

    let id = customer["id"].as_str().unwrap().to_owned();
    workdir.ok(&["state", "rm", "stripe_entity.customer"]);
    workdir.ok(&["import", "stripe_entity.customer", &format!("Customer/{id}")]);
    workdir.ok(&["state", "rm", "stripe_connection.shop"]);
    workdir.ok(&["import", "stripe_connection.shop", "locations/us-central1/connections/web-shop"]);
    workdir.apply();
    workdir.assert_plan_is_empty();
    assert_eq!(workdir.attributes("stripe_entity.customer")["id"], id.as_str());

    workdir.destroy();
    assert_eq!((workdir.count("customer"), workdir.count("product")), (0, 0));
    assert_eq!(workdir.count("price"), 0, "an archived price does not count as alive");
}

fn a_subscription_business_lives_on_the_sandbox() {
    // The server stands in for the file, so that what is in it can be counted.
    let config = BILLING.replace("sandbox = \"billing.db\"", "");
    let workdir = Workdir::new(&config);
    let applied = workdir.apply();
    // Five seats at 12.00 and two at 9.00, a fifth off.
    assert!(applied.contains("first_invoice = \"6240\""), "{applied}");
    workdir.assert_plan_is_empty();

    workdir.write(&config.replace("quantity = 7", "quantity = 9"));
    let applied = workdir.apply();
    assert!(applied.contains("0 added, 1 changed, 0 destroyed"), "{applied}");
    workdir.assert_plan_is_empty();
    assert_eq!(workdir.count("subscription_item"), 1, "the item was changed and no other added");

    // Somebody else adds seats: the plan shows the number, and takes them back.
    let subscription = workdir.attributes("stripe_entity.subscription")["id"].clone();
    let path = format!("/v1/subscription_items?subscription={}", subscription.as_str().unwrap());
    let item = workdir.get(&path)["data"][0]["id"].clone();
    workdir.post(&format!("/v1/subscription_items/{}", item.as_str().unwrap()), "quantity=12");
    let planned = workdir.ok(&["plan", "-no-color"]);
    assert!(planned.contains("quantity = 12 -> 9"), "{planned}");
    workdir.apply();
    workdir.assert_plan_is_empty();

    let destroyed = workdir.destroy();
    assert!(destroyed.contains("Entity Stays In Stripe"), "{destroyed}");
    for object in ["subscription", "customer", "coupon", "webhook_endpoint", "price", "product"] {
        assert_eq!(workdir.count(object), 0, "{object}");
    }
}
