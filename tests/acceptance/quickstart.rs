//! The quickstart through its whole life.

use std::path::Path;

use crate::workdir::{Workdir, old_terraform, terraform};

const QUICKSTART: &str = include_str!("../../examples/quickstart/main.tf");

#[test]
fn the_quickstart_lives_a_whole_life() {
    let Some(terraform) = terraform() else { return };
    whole_life(&terraform);
}

#[test]
fn the_quickstart_lives_a_whole_life_under_an_old_terraform() {
    let Some(terraform) = old_terraform() else { return };
    whole_life(&terraform);
}

/// init → validate → plan → apply → empty plan → update → empty plan → import → destroy.
fn whole_life(terraform: &Path) {
    let workdir = Workdir::new(terraform, QUICKSTART);
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
