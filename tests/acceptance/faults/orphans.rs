//! What a run that was cut off may have left is told until it is found again.

use serde_json::{Value as Json, json};

use crate::support::harness::{Case, case};
use crate::support::workdir::{Workdir, squeezed};

pub fn cases() -> Vec<Case> {
    vec![
        case!(a_failure_that_stripe_keeps_under_the_key_of_an_earlier_run_is_no_obstacle, Terraform),
        case!(it_is_told_before_the_same_configuration_finds_it_and_not_after, Terraform),
        case!(it_is_told_while_another_configuration_goes_on, Terraform),
        case!(what_stripe_refused_for_good_is_not_told, Terraform),
    ]
}

const WARNING: &str = "Creates With Unknown Outcome";

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
fn failed(kind: &str) -> Workdir {
    let workdir = Workdir::new(&customer("First"));
    let kind: Json = serde_json::from_str(kind).unwrap();
    workdir.script("POST", "/v1/", 1000, &kind);
    workdir.fails(&["apply", "-auto-approve", "-no-color"]);
    workdir.sandbox.clear_faults();
    workdir
}

/// A first apply whose create is done and never answered.
fn cut_off() -> Workdir {
    let workdir = failed(r#""drop_after""#);
    assert_eq!(workdir.count("customer"), 1);
    workdir
}

fn a_failure_that_stripe_keeps_under_the_key_of_an_earlier_run_is_no_obstacle() {
    let workdir = failed(r#"{"fail": 500}"#);
    assert_eq!(workdir.count("customer"), 0);
    workdir.apply();
    assert_eq!(workdir.count("customer"), 1);
    workdir.assert_plan_is_empty();
}

fn it_is_told_before_the_same_configuration_finds_it_and_not_after() {
    let workdir = cut_off();
    let plan = squeezed(&workdir.ok(&["plan", "-no-color"]));
    assert!(plan.contains(WARNING) && plan.contains("what became of: Customer."), "{plan}");
    workdir.apply();
    let plan = workdir.ok(&["plan", "-no-color"]);
    assert!(!plan.contains(WARNING), "{plan}");
    assert_eq!(workdir.count("customer"), 1);
}

fn it_is_told_while_another_configuration_goes_on() {
    let workdir = cut_off();
    workdir.write(&customer("Second"));
    workdir.apply();
    let plan = workdir.ok(&["plan", "-no-color"]);
    assert!(plan.contains(WARNING), "{plan}");
    assert_eq!(workdir.count("customer"), 2, "the first one is an object that no state knows");
}

fn what_stripe_refused_for_good_is_not_told() {
    for (status, kind) in [(501, "api_error"), (400, "invalid_request_error"), (402, "card_error")] {
        let body = json!({"error": {"type": kind, "message": "A scripted refusal."}}).to_string();
        let workdir = failed(&json!({"answer": {"status": status, "body": body}}).to_string());
        let plan = workdir.ok(&["plan", "-no-color"]);
        assert!(!plan.contains(WARNING), "{status}: {plan}");
        workdir.apply();
        assert_eq!(workdir.count("customer"), 1, "{status}");
    }
}
