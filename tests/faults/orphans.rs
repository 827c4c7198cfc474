//! What a run that was cut off may have left is told until it is found again.

use serde_json::{Value as Json, json};
use stripe_provider::sandbox::Fault;

use crate::workdir::{Workdir, squeezed, terraform};

const WARNING: &str = "Creates Without An Answer";

fn customer(name: &str) -> String {
    format!(
        r#"
provider "stripe" {{
  timeout     = 1
  max_retries = 0
}}
resource "stripe_entity" "customer" {{
  entity        = "Customer"
  input_payload = jsonencode({{ Name = "{name}" }})
}}
"#
    )
}

/// A first apply whose one POST meets a fault.
fn failed(kind: &str) -> Option<Workdir> {
    let workdir = Workdir::new(&terraform()?, &customer("First"));
    let kind: Json = serde_json::from_str(kind).unwrap();
    let fault = json!({"method": "POST", "times": 1000, "kind": kind});
    workdir.sandbox.script(serde_json::from_value::<Fault>(fault).unwrap());
    workdir.fails(&["apply", "-auto-approve", "-no-color"]);
    workdir.sandbox.clear_faults();
    Some(workdir)
}

/// A first apply whose create is done and never answered.
fn cut_off() -> Option<Workdir> {
    let workdir = failed(r#""drop_after""#)?;
    assert_eq!(workdir.count("customer"), 1);
    Some(workdir)
}

#[test]
fn a_failure_that_stripe_keeps_under_the_key_of_an_earlier_run_is_no_obstacle() {
    let Some(workdir) = failed(r#"{"fail": 500}"#) else { return };
    assert_eq!(workdir.count("customer"), 0);
    workdir.apply();
    assert_eq!(workdir.count("customer"), 1);
    workdir.assert_plan_is_empty();
}

#[test]
fn it_is_told_before_the_same_configuration_finds_it_and_not_after() {
    let Some(workdir) = cut_off() else { return };
    let plan = squeezed(&workdir.ok(&["plan", "-no-color"]));
    assert!(plan.contains(WARNING) && plan.contains("before Stripe answered: Customer."), "{plan}");
    workdir.apply();
    let plan = workdir.ok(&["plan", "-no-color"]);
    assert!(!plan.contains(WARNING), "{plan}");
    assert_eq!(workdir.count("customer"), 1);
}

#[test]
fn it_is_told_while_another_configuration_goes_on() {
    let Some(workdir) = cut_off() else { return };
    workdir.write(&customer("Second"));
    workdir.apply();
    let plan = workdir.ok(&["plan", "-no-color"]);
    assert!(plan.contains(WARNING), "{plan}");
    assert_eq!(workdir.count("customer"), 2, "the first one is an object that no state knows");
}
