//! What a run that was cut off may have left is told until it is found again.

use serde_json::json;
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

/// A first apply whose create is done and never answered.
fn cut_off() -> Option<Workdir> {
    let workdir = Workdir::new(&terraform()?, &customer("First"));
    let fault = json!({"method": "POST", "times": 1000, "kind": "drop_after"});
    workdir.sandbox.script(serde_json::from_value::<Fault>(fault).unwrap());
    workdir.fails(&["apply", "-auto-approve", "-no-color"]);
    workdir.sandbox.clear_faults();
    assert_eq!(workdir.count("customer"), 1);
    Some(workdir)
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
