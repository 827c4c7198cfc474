//! Typed resources as a practitioner writes them: the whole life of a storefront.

use crate::support::harness::{Case, case};
use crate::support::tools::Tool;
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![
        case!(a_storefront_lives_a_whole_life, Terraform),
        case!(a_storefront_lives_under_an_old_terraform, OldTerraform),
        case!(a_storefront_is_imported_with_a_configuration_that_plans_empty, Terraform),
    ]
}

const STOREFRONT: &str = include_str!("../../examples/storefront/main.tf");

/// The storefront on the server of the case in place of a file.
fn storefront() -> String {
    STOREFRONT.replace("sandbox = \"storefront.db\"", "")
}

fn a_storefront_lives_a_whole_life() {
    whole_life(Tool::Terraform);
}

fn a_storefront_lives_under_an_old_terraform() {
    whole_life(Tool::OldTerraform);
}

/// apply → empty plan → update → empty plan → replacement → empty plan → destroy.
fn whole_life(terraform: Tool) {
    let workdir = Workdir::of(terraform, &storefront());
    let applied = workdir.apply();
    assert!(applied.contains("15 added, 0 changed, 0 destroyed"), "{applied}");
    assert!(applied.contains("interval = \"month\"") && applied.contains("prices = 2"), "{applied}");
    workdir.assert_plan_is_empty();

    let changed = storefront()
        .replace("The gold plan", "The golden plan")
        .replace("  marketing_features { name = \"Support within a day\" }\n", "")
        .replace("\"London\"", "\"Oxford\"")
        .replace("Manage your plan", "Your plan")
        .replace("/thanks", "/danke")
        .replace("quantity = 5", "quantity = 7")
        .replace("\"charge.succeeded\", \"customer.created\"", "\"customer.created\", \"charge.failed\"");
    workdir.write(&changed);
    let updated = workdir.apply();
    assert!(updated.contains("0 added, 6 changed, 0 destroyed"), "{updated}");
    workdir.assert_plan_is_empty();
    let link = workdir.attributes("stripe_payment_link.buy");
    assert_eq!(link["output"]["after_completion"]["redirect"]["url"], "https://example.com/danke");

    workdir.write(&changed.replace("percent_off        = 25", "percent_off        = 30"));
    let replaced = workdir.apply();
    assert!(replaced.contains("2 added, 0 changed, 2 destroyed"), "{replaced}");
    workdir.assert_plan_is_empty();

    // A link keeps its prices for good: another price makes another link.
    let price = "unit_amount = 1600\n  transfer_lookup_key = true";
    workdir.write(&changed.replace("unit_amount = 1500", price));
    let replaced = workdir.apply();
    assert!(replaced.contains("4 added, 1 changed, 4 destroyed"), "{replaced}");
    workdir.assert_plan_is_empty();

    workdir.destroy();
    let left = ["coupon", "customer", "price", "product", "webhook_endpoint"].map(|it| workdir.count(it));
    assert_eq!(left, [0; 5], "what is archived does not count as alive");
}

fn a_storefront_is_imported_with_a_configuration_that_plans_empty() {
    let workdir = Workdir::new(&storefront());
    workdir.apply();
    let listed = workdir.ok(&["state", "list"]);
    let imports = listed.lines().filter(|address| !address.starts_with("data.")).map(|address| {
        let attributes = workdir.attributes(address);
        let id = attributes["id"].as_str().unwrap();
        let parent = attributes["product"].as_str().filter(|_| address.contains("product_feature"));
        let id = parent.map_or_else(|| id.to_owned(), |parent| format!("{parent}/{id}"));
        format!("import {{\n  to = {address}\n  id = \"{id}\"\n}}\n")
    });
    let other = workdir.beside(&imports.collect::<String>());
    let planned = other.ok(&["plan", "-no-color", "-generate-config-out=generated.tf"]);
    assert!(planned.contains("15 to import, 0 to add, 0 to change, 0 to destroy."), "{planned}");
    let applied = other.ok(&["apply", "-no-color", "-auto-approve"]);
    assert!(applied.contains("15 imported, 0 added, 0 changed, 0 destroyed."), "{applied}");
    other.assert_plan_is_empty();
}
