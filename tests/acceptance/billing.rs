//! `examples/billing`, whole: applied, changed, left alone, destroyed.

use crate::workdir::{Workdir, terraform};

const CONFIG: &str = include_str!("../../examples/billing/main.tf");

#[test]
fn a_subscription_business_lives_on_the_sandbox() {
    let Some(terraform) = terraform() else { return };
    // The server stands in for the file, so that what is in it can be counted.
    let config = CONFIG.replace("sandbox = \"billing.db\"", "");
    let workdir = Workdir::new(&terraform, &config);
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
