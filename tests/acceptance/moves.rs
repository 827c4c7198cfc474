//! `moved` blocks: an object becomes one of another resource type, and terraform has nothing to do.

use crate::support::harness::{Case, case};
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![
        case!(an_entity_becomes_a_typed_resource_and_an_entity_again, Terraform),
        case!(a_move_of_another_type_says_what_can_be_moved, Terraform),
    ]
}

const ENTITY: &str = r#"
resource "stripe_entity" "gold" {
  entity        = "Product"
  input_payload = { Name = "Gold", Description = "fine", Metadata = { team = "web" } }
}
"#;

const TYPED: &str = r#"
resource "stripe_product" "gold" {
  name        = "Gold"
  description = "fine"
  metadata    = { team = "web" }
}
"#;

fn moved(from: &str, to: &str) -> String {
    format!("moved {{\n  from = {from}\n  to   = {to}\n}}\n")
}

fn an_entity_becomes_a_typed_resource_and_an_entity_again() {
    let workdir = Workdir::new(ENTITY);
    workdir.apply();
    let id = workdir.attributes("stripe_entity.gold")["id"].clone();
    let nothing = "0 added, 0 changed, 0 destroyed.";
    for (config, from, to) in [
        (TYPED, "stripe_entity.gold", "stripe_product.gold"),
        (ENTITY, "stripe_product.gold", "stripe_entity.gold"),
    ] {
        workdir.write(&format!("{config}{}", moved(from, to)));
        let planned = workdir.ok(&["plan", "-no-color"]);
        assert!(planned.contains(&format!("{from} has moved to {to}")), "{planned}");
        assert!(planned.contains("0 to add, 0 to change, 0 to destroy."), "{planned}");
        let applied = workdir.apply();
        assert!(applied.contains(nothing), "{applied}");
        workdir.assert_plan_is_empty();
        assert_eq!(workdir.attributes(to)["id"], id);
    }
}

fn a_move_of_another_type_says_what_can_be_moved() {
    let workdir = Workdir::new(ENTITY);
    workdir.apply();
    let price = "resource \"stripe_price\" \"gold\" {\n  currency = \"usd\"\n  product = \"prod_1\"\n}\n";
    workdir.write(&format!("{price}{}", moved("stripe_entity.gold", "stripe_price.gold")));
    let refused = workdir.fails(&["plan", "-no-color"]);
    let told = "A `stripe_entity` of the type Product cannot be moved to a `stripe_price`. It accepts \
        `stripe_entity` of the type Price.";
    assert!(refused.contains(told), "{refused}");
}
