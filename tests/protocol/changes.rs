//! What a plan says of a change: which keys make a new entity necessary, what stays in Stripe, and
//! what is done about an entity that has ended outside of Terraform.

use serde_json::{Value as Json, json};
use stripe_provider::terraform::value::{Path, Type, Value};

use crate::stripe::{Stripe, entity, ok, process, stripe};
use crate::support::rules;
use crate::support::terraform::{Action, Object};

/// A shipping rate as an HCL object.
fn rate(amount: i64, currency: &str) -> Value {
    let fixed = Type::object([("Amount", Type::Number), ("Currency", Type::String)]);
    let ty = Type::object([("DisplayName", Type::String), ("FixedAmount", fixed), ("Type", Type::String)]);
    let fixed = Value::map([("Amount", Value::from(amount)), ("Currency", currency.into())]);
    let members =
        [("DisplayName", Value::from("Post")), ("FixedAmount", fixed), ("Type", "fixed_amount".into())];
    let payload = Value::Dynamic(Box::new((ty, Value::map(members))));
    Value::map([("entity", Value::from("ShippingRate")), ("input_payload", payload)])
}

/// What a change of a resource makes a new one necessary at.
async fn forcing(stripe: &mut Stripe, made: &Object, config: &Value) -> Vec<Path> {
    let planned = ok(stripe.terraform.plan_again("stripe_entity", made, config).await);
    planned.requires_replace.iter().map(rules::to_path).collect()
}

#[tokio::test]
async fn a_replacement_names_the_keys_that_force_it() {
    let mut stripe = stripe().await;
    let made = stripe.made("stripe_entity", &rate(500, "usd")).await;
    let payload = Path::attribute("input_payload");
    let fixed = payload.name("FixedAmount");
    assert_eq!(forcing(&mut stripe, &made, &rate(600, "usd")).await, [fixed.name("Amount")]);
    let both = forcing(&mut stripe, &made, &rate(600, "eur")).await;
    assert_eq!(both, [fixed.name("Amount"), fixed.name("Currency")]);
    let plan = ok(stripe.terraform.plan("stripe_entity", &made, &rate(600, "usd")).await);
    assert_eq!(plan.action, Action::Replace);
    stripe.terraform.warnings.clear();
    let text = json!({"display_name": "Post", "type": "fixed_amount", "fixed_amount": {"amount": 500, "currency": "eur"}});
    assert_eq!(forcing(&mut stripe, &made, &entity("ShippingRate", &text)).await, [payload]);
    let told = "Stripe cannot change `fixed_amount.currency` of an existing ShippingRate, so it is replaced.";
    assert!(
        stripe.terraform.warnings.iter().any(|warning| warning == told),
        "{:?}",
        stripe.terraform.warnings
    );
}

#[tokio::test]
async fn a_removed_key_is_unset_set_to_its_default_or_said_to_stay() {
    let mut stripe = stripe().await;
    let product = |more: Json| {
        let mut payload = json!({"name": "Beans"});
        payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        entity("Product", &payload)
    };
    let box_of = json!({"height": 1, "length": 2, "weight": 3, "width": 4});
    let whole = json!({"active": false, "description": "x", "package_dimensions": box_of, "shippable": true});
    let made = stripe.made("stripe_entity", &product(whole)).await;
    stripe.terraform.warnings.clear();
    let plan = ok(stripe.terraform.plan("stripe_entity", &made, &product(json!({}))).await);
    let updated = ok(stripe.terraform.apply("stripe_entity", &plan).await);
    let record = |key: &str| updated.state.get("record").get(key).as_str().map(str::to_owned);
    assert_eq!(
        (record("active").as_deref(), record("description"), record("package_dimensions.height")),
        (Some("true"), None, None)
    );
    let told =
        "Stripe has no call that clears `shippable`, removed from the payload: the Product keeps the value.";
    assert!(
        stripe.terraform.warnings.iter().all(|warning| warning.starts_with(told)),
        "{:?}",
        stripe.terraform.warnings
    );
    assert!(!stripe.terraform.warnings.is_empty());
}

/// Ends an entity elsewhere, and plans its configuration: the state that was read and the plan.
async fn ended(stripe: &mut Stripe, made: &Object, end: &Value, config: &Value) -> (Object, Action) {
    let mut other = process(&stripe.folder).await;
    let plan = ok(other.plan("stripe_entity", made, end).await);
    ok(other.apply("stripe_entity", &plan).await);
    stripe.terraform.warnings.clear();
    let read = ok(stripe.terraform.refresh("stripe_entity", made).await);
    let plan = ok(stripe.terraform.plan("stripe_entity", &read, config).await);
    (ok(stripe.terraform.apply("stripe_entity", &plan).await), plan.action)
}

#[tokio::test]
async fn a_price_that_somebody_archived_is_said_and_brought_back() {
    let mut stripe = stripe().await;
    let product = stripe.id("Product", &json!({"name": "Beans"})).await;
    let config = entity("Price", &json!({"product": product, "currency": "usd", "unit_amount": 5}));
    let made = stripe.made("stripe_entity", &config).await;
    let (now, action) = ended(&mut stripe, &made, &Value::Null, &config).await;
    assert_eq!(action, Action::Update);
    assert_eq!(now.state.get("id"), made.state.get("id"));
    assert_eq!(now.state.get("record").get("active").as_str(), Some("true"));
    let id = made.state.get("id").as_str().unwrap();
    let told = format!("Price {id} has ended in Stripe without a destroy (its `active` is `false`).");
    assert!(stripe.terraform.warnings.contains(&told), "{:?}", stripe.terraform.warnings);
}

#[tokio::test]
async fn an_invoice_that_somebody_voided_is_said_and_made_anew() {
    let mut stripe = stripe().await;
    let customer = stripe.id("Customer", &json!({"name": "A"})).await;
    let config = entity("Invoice", &json!({"customer": customer, "auto_advance": false}));
    let made = stripe.made("stripe_entity", &config).await;
    let id = made.state.get("id").as_str().unwrap().to_owned();
    stripe
        .id("InvoiceItem", &json!({"customer": customer, "invoice": id, "amount": 500, "currency": "usd"}))
        .await;
    for (name, payload) in [
        ("FinalizeInvoice", json!({"InvoiceId": id, "auto_advance": false})),
        ("VoidInvoice", json!({"InvoiceId": id})),
    ] {
        stripe.made("stripe_action", &crate::stripe::action(name, &payload)).await;
    }
    stripe.terraform.warnings.clear();
    let read = ok(stripe.terraform.refresh("stripe_entity", &made).await);
    let plan = ok(stripe.terraform.plan("stripe_entity", &read, &config).await);
    assert_eq!(plan.action, Action::Replace);
    let told = format!(
        "Invoice {id} has ended in Stripe without a destroy (its `status` is `void`): a new one is created in its place."
    );
    assert!(stripe.terraform.warnings.contains(&told), "{:?}", stripe.terraform.warnings);
    let new = ok(stripe.terraform.apply("stripe_entity", &plan).await);
    assert_ne!(new.state.get("id"), made.state.get("id"));
}
