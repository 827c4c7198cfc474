//! A create takes several calls of Stripe, and Terraform gives up on it in between: what was made is found again.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::harness::{Case, case};
use crate::support::kills::{End, kill, mend, start};
use crate::support::ports::wait_until;
use crate::support::workdir::{Workdir, squeezed};

pub fn cases() -> Vec<Case> {
    vec![
        case!(an_endpoint_that_was_not_yet_disabled_is_made_once, Terraform),
        case!(a_product_that_had_not_yet_its_price_is_made_once, Terraform),
        case!(a_price_whose_predecessor_had_not_yet_ended_is_made_once, Terraform),
        case!(a_price_that_took_a_lookup_key_over_is_made_once, Terraform),
        case!(a_price_whose_apply_is_interrupted_once_ends_its_predecessor, Terraform),
    ]
}

const RESUMED: &str = "Interrupted Create Resumed";

/// Every way in which the provider learns that Terraform leaves, and none.
const ENDS: [End; 3] = [End::Impatient, End::Interrupts, End::Both];

/// The number of prices that were ever made, and the active one.
fn prices(workdir: &Workdir) -> (usize, Json) {
    let all = workdir.get("/v1/prices")["data"].as_array().unwrap().clone();
    let (count, mut active) = (all.len(), all.into_iter().filter(|price| price["active"] == true));
    let only = active.next().unwrap();
    assert!(active.next().is_none(), "two prices are active");
    (count, only)
}

/// Starts an apply whose calls to a path are slow, and ends it while one of them is open.
fn cut_off(workdir: &Workdir, slow: &str, end: End, is_open: impl Fn() -> bool) {
    workdir.script("POST", slow, 100, &json!({ "delay": 3000 }));
    let run = start(workdir, "apply");
    wait_until("the first call is answered", is_open);
    // The slow one follows at once.
    std::thread::sleep(Duration::from_millis(500));
    kill(run, end);
    mend(workdir);
}

fn an_endpoint_that_was_not_yet_disabled_is_made_once() {
    for end in ENDS {
        let workdir = Workdir::new(
            r#"
resource "stripe_webhook_endpoint" "endpoint" {
  url            = "https://example.com/stripe"
  enabled_events = ["*"]
  disabled       = true
}
"#,
        );
        let made = || workdir.count("webhook_endpoint");
        cut_off(&workdir, "/v1/webhook_endpoints/", end, || made() == 1);
        let said = squeezed(&workdir.apply());
        assert!(said.contains(RESUMED), "{end:?}: {said}");
        assert_eq!(made(), 1, "{end:?}");
        assert_eq!(workdir.get("/v1/webhook_endpoints")["data"][0]["status"], "disabled");
        workdir.assert_plan_is_empty();
    }
}

fn a_product_that_had_not_yet_its_price_is_made_once() {
    let config = |default: &str| {
        format!(
            r#"
resource "stripe_product" "gold" {{
  name          = "Gold"
  default_price = {default:?}
}}
"#
        )
    };
    for end in ENDS {
        let workdir = Workdir::new("");
        let product = workdir.post("/v1/products", "name=Other");
        let product = product["id"].as_str().unwrap();
        let price = workdir.post("/v1/prices", &format!("currency=usd&unit_amount=5&product={product}"));
        workdir.write(&config(price["id"].as_str().unwrap()));
        let made = || workdir.count("product") - 1;
        cut_off(&workdir, "/v1/products/", end, || made() == 1);
        // Stripe refuses the price of another product: what is of interest is how often the product is there.
        let _ = workdir.run(&["apply", "-auto-approve", "-no-color"]);
        assert_eq!((made(), workdir.ids().len()), (1, 1), "{end:?}");
    }
}

/// A price that is replaced in one update.
fn price(amount: u32, more: &str) -> String {
    format!(
        r#"
resource "stripe_product" "gold" {{
  name = "Gold"
}}
resource "stripe_price" "gold" {{
  product          = stripe_product.gold.id
  currency         = "usd"
  unit_amount      = {amount}
  replace_in_place = true
  {more}
}}
"#
    )
}

fn a_price_whose_predecessor_had_not_yet_ended_is_made_once() {
    assert_replaced_once("");
}

fn a_price_that_took_a_lookup_key_over_is_made_once() {
    assert_replaced_once("lookup_key = \"gold\"");
}

#[track_caller]
fn assert_replaced_once(more: &str) {
    for end in ENDS {
        let workdir = Workdir::new(&price(500, more));
        workdir.apply();
        workdir.write(&price(700, more));
        let made = || workdir.get("/v1/prices")["data"].as_array().unwrap().len();
        cut_off(&workdir, "/v1/prices/", end, || made() == 2);
        let said = squeezed(&workdir.apply());
        assert!(said.contains(RESUMED), "{end:?}: {said}");
        let (count, active) = prices(&workdir);
        assert_eq!((count, &active["unit_amount"]), (2, &json!(700)), "{end:?}");
        workdir.assert_plan_is_empty();
    }
}

fn a_price_whose_apply_is_interrupted_once_ends_its_predecessor() {
    let workdir = Workdir::new(&price(500, ""));
    workdir.apply();
    workdir.write(&price(700, ""));
    let made = || workdir.get("/v1/prices")["data"].as_array().unwrap().len();
    workdir.script("POST", "/v1/prices", 1, &json!({"slow_body": 2000}));
    let run = start(&workdir, "apply");
    wait_until("the new price is made", || made() == 2);
    kill(run, End::Interrupt);
    mend(&workdir);
    let (count, active) = prices(&workdir);
    assert_eq!((count, &active["unit_amount"]), (2, &json!(700)));
    workdir.assert_plan_is_empty();
}
