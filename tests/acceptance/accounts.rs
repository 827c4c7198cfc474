//! Connections that lead to another account, are suspended, or wait for their key: what happens to
//! the objects of the state.

use crate::support::harness::{Case, case};
use crate::support::workdir::{Workdir, everything, squeezed};

pub fn cases() -> Vec<Case> {
    vec![
        case!(a_live_key_under_a_test_state_is_refused_and_the_test_key_goes_on, Terraform),
        case!(another_key_in_a_connection_moves_what_runs_on_it, Terraform),
        case!(a_connection_that_is_suspended_keeps_what_runs_on_it, Terraform),
        case!(a_key_that_another_resource_brings_keeps_what_runs_on_the_connection, Terraform),
    ]
}

const CUSTOMER: &str = r#"
resource "stripe_entity" "ada" {
  connection_handle = try(stripe_connection.shop.handle, null)
  entity            = "Customer"
  input_payload     = { Name = "Ada" }
}
"#;

/// A connection with this key and these further arguments, and a customer through it.
fn shop(key: &str, more: &str) -> String {
    format!(
        r#"
resource "stripe_connection" "shop" {{
  name     = "shop"
  location = "global"
  {more}
  auth_config {{
    api_key = {key}
  }}
}}
{CUSTOMER}"#
    )
}

fn id(workdir: &Workdir) -> String {
    workdir.attributes("stripe_entity.ada")["id"].as_str().unwrap().to_owned()
}

fn a_live_key_under_a_test_state_is_refused_and_the_test_key_goes_on() {
    let workdir = Workdir::new(&CUSTOMER.replace("try(stripe_connection.shop.handle, null)", "null"));
    workdir.apply();
    let made = id(&workdir);
    for arguments in [
        &["plan", "-no-color"][..],
        &["plan", "-no-color", "-refresh=false"],
        &["plan", "-no-color", "-destroy"],
    ] {
        let output = workdir.command(arguments).env("STRIPE_API_KEY", "sk_live_acceptance").output().unwrap();
        let printed = squeezed(&everything(&output));
        assert!(!output.status.success() && printed.contains("live mode"), "{printed}");
        assert!(printed.contains("terraform state rm") && !printed.contains("1 to add"), "{printed}");
    }
    workdir.assert_plan_is_empty();
    assert_eq!(id(&workdir), made);
    workdir.destroy();
}

fn another_key_in_a_connection_moves_what_runs_on_it() {
    let workdir = Workdir::new(&shop("\"sk_test_one_1\"", ""));
    workdir.apply();
    let made = id(&workdir);
    workdir.write(&shop("\"sk_test_two_1\"", ""));
    let applied = squeezed(&workdir.apply());
    assert!(applied.contains("must be replaced") && !applied.contains("has been deleted"), "{applied}");
    assert_ne!(id(&workdir), made);
    assert_eq!(workdir.count("customer"), 1, "the old one was ended in its own account");
    workdir.assert_plan_is_empty();
    workdir.destroy();
    assert_eq!(workdir.count("customer"), 0);
}

fn a_connection_that_is_suspended_keeps_what_runs_on_it() {
    let workdir = Workdir::new(&shop("\"sk_test_one_1\"", ""));
    workdir.apply();
    let made = id(&workdir);
    workdir.write(&shop("\"sk_test_one_1\"", "suspended = true"));
    let applied = squeezed(&workdir.apply());
    assert!(applied.contains("1 changed") && applied.contains("Its connection is suspended"), "{applied}");
    assert_eq!(workdir.attributes("stripe_connection.shop")["status"]["state"], "SUSPENDED");
    workdir.assert_plan_is_empty();
    workdir.write(&shop("\"sk_test_one_1\"", "suspended = true").replace("Ada", "Grace"));
    assert!(workdir.fails(&["plan", "-no-color"]).contains("is suspended"));
    assert!(workdir.fails(&["destroy", "-auto-approve", "-no-color"]).contains("is suspended"));
    workdir.write(&shop("\"sk_test_one_1\"", "").replace("Ada", "Grace"));
    workdir.apply();
    assert_eq!(id(&workdir), made);
    workdir.destroy();
}

fn a_key_that_another_resource_brings_keeps_what_runs_on_the_connection() {
    let key = "resource \"terraform_data\" \"key\" {\n  input = \"sk_test_one_1\"\n}\n";
    let config = |key: &str| format!("{key}{}", shop("terraform_data.key.output", ""));
    let workdir = Workdir::new(&config(key));
    workdir.apply();
    let made = id(&workdir);
    workdir.write(&config(&key.replace("sk_test_one_1", "sk_test_one_2")));
    let applied = squeezed(&workdir.apply());
    assert!(applied.contains("0 added, 2 changed, 0 destroyed"), "{applied}");
    assert_eq!(id(&workdir), made);
    // Through this key another account answers: the run stops before anything is sent there.
    workdir.write(&config(&key.replace("sk_test_one_1", "sk_test_two_1")).replace("Ada", "Grace"));
    let refused = workdir.fails(&["apply", "-auto-approve", "-no-color"]);
    assert!(refused.contains("Connection Uses Another Account"), "{refused}");
    assert_eq!((id(&workdir), workdir.count("customer")), (made, 1));
}
