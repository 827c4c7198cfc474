//! An action whose answer is lost is not run twice.

use serde_json::{Value as Json, json};

use crate::support::harness::{Case, case};
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![
        case!(an_action_whose_answer_is_lost_is_not_run_twice, Terraform),
        case!(an_action_that_failed_inside_stripe_is_run_by_the_next_apply, Terraform),
    ]
}

const CONFIRM: &str = r#"
provider "stripe" {
  timeout     = 1
  max_retries = 1
}
resource "stripe_entity" "intent" {
  entity = "PaymentIntent"
  input_payload = jsonencode({
    Amount = 1500, Currency = "usd", PaymentMethod = "pm_card_visa",
    AutomaticPaymentMethods = { enabled = true, allow_redirects = "never" }
  })
}
"#;

const ACTION: &str = r#"
resource "stripe_action" "confirm" {
  action        = "ConfirmPaymentIntent"
  input_payload = jsonencode({ PaymentIntentId = stripe_entity.intent.id })
}
"#;

fn an_action_whose_answer_is_lost_is_not_run_twice() {
    let page = json!({"answer": {"status": 502, "body": "<html>", "done": true}});
    let welcome = json!({"answer": {"status": 200, "body": "<html>", "done": true}});
    for lost in [json!("drop_after"), json!("cut_body"), json!({"slow_body": 1300}), page, welcome] {
        let workdir = Workdir::new(CONFIRM);
        workdir.apply();
        workdir.write(&format!("{CONFIRM}{ACTION}"));
        script(&workdir, &lost);
        workdir.fails(&["apply", "-auto-approve", "-no-color"]);
        workdir.sandbox.clear_faults();
        assert_eq!(workdir.count("charge"), 1, "{lost}: the action ran");
        assert!(workdir.apply().contains("1 added"), "{lost}");
        assert_eq!(workdir.count("charge"), 1, "{lost}: it ran again");
        assert_eq!(workdir.attributes("stripe_action.confirm")["result"]["Success"], "true");
        workdir.assert_plan_is_empty();
    }
}

fn an_action_that_failed_inside_stripe_is_run_by_the_next_apply() {
    let workdir = Workdir::new(CONFIRM);
    workdir.apply();
    workdir.write(&format!("{CONFIRM}{ACTION}"));
    script(&workdir, &json!({"fail": 500}));
    workdir.fails(&["apply", "-auto-approve", "-no-color"]);
    workdir.sandbox.clear_faults();
    assert_eq!(workdir.count("charge"), 0);
    workdir.apply();
    assert_eq!(workdir.count("charge"), 1);
}

fn script(workdir: &Workdir, kind: &Json) {
    workdir.script("POST", "/v1/payment_intents/", 1000, kind);
}
