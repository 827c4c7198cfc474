//! Scenes of objects that change, end, and end outside of Terraform.

use serde_json::json;

use super::stage::{Stage, Told, id};
use crate::support::shop::refusal;
use crate::support::terraform::Object;

pub async fn told() -> Vec<Told> {
    let mut stage = Stage::open().await;
    typed(&mut stage).await;
    payloads(&mut stage).await;
    used(&mut stage).await;
    ended(&mut stage).await;
    held(&mut stage).await;
    declined(&mut stage).await;
    inherited(&mut stage).await;
    live(&mut stage).await;
    stage.told
}

async fn typed(stage: &mut Stage) {
    let product = stage.make("stripe_product", &json!({"name": "Gold", "shippable": true})).await;
    stage.change("stripe_product", &product, &json!({"name": "Gold"})).await;
    let price = json!({"product": id(&product), "currency": "usd", "unit_amount": 5, "lookup_key": "gold"});
    let made = stage.make("stripe_price", &price).await;
    let mut dearer = price.clone();
    dearer["unit_amount"] = json!(6);
    let made = stage.change("stripe_price", &made, &dearer).await;
    stage.change("stripe_price", &made, &json!(null)).await;
    not_ended(stage, &product).await;
    let customer = stage.make("stripe_customer", &json!({"name": "Ada", "tax_exempt": "none"})).await;
    let acts = json!({"name": "Ada", "tax_exempt": "none", "payment_method": "pm_card_visa"});
    let customer = stage.change("stripe_customer", &customer, &acts).await;
    stage
        .change("stripe_customer", &customer, &json!({"name": "Ada", "payment_method": "pm_card_mastercard"}))
        .await;
}

/// Stripe does not archive the price that is replaced in one update.
async fn not_ended(stage: &mut Stage, product: &Object) {
    let price = |amount: u32| json!({"product": id(product), "currency": "usd", "unit_amount": amount, "replace_in_place": true});
    let made = stage.make("stripe_price", &price(7)).await;
    let refused = refusal(&format!("/v1/prices/{}", id(&made)), 400, "price_in_use", "The price is in use");
    stage.shop.fault(json!({"method": "POST", "path": refused["path"], "times": 1, "kind": refused["kind"]}));
    stage.change("stripe_price", &made, &price(8)).await;
}

/// A run makes the price that takes over the lookup key, and a later one ends the default price that had it.
async fn inherited(stage: &mut Stage) {
    let product = stage.make("stripe_product", &json!({"name": "Silver"})).await;
    let price = |amount: u32| {
        json!({"product": id(&product), "currency": "usd", "unit_amount": amount, "lookup_key": "silver",
            "transfer_lookup_key": true})
    };
    let old = stage.make("stripe_price", &price(5)).await;
    let with_default = json!({"name": "Silver", "default_price": id(&old)});
    stage.change("stripe_product", &product, &with_default).await;
    stage.make("stripe_price", &price(6)).await;
    stage.again("sk_test_shop_1", &json!({})).await;
    let old = stage.read("stripe_price", &old).await;
    stage.change("stripe_price", &old, &json!(null)).await;
}

async fn payloads(stage: &mut Stage) {
    let entity = |name: &str, payload: serde_json::Value| json!({"entity": name, "input_payload": payload});
    stage.entity("Customer", &json!({"name": "Ada", "default_source": "card_nowhere"})).await;
    let product = stage.entity("Product", &json!({"name": "Beans", "shippable": true})).await;
    stage.change("stripe_entity", &product, &entity("Product", json!({"name": "Beans"}))).await;
    let price = json!({"product": id(&product), "currency": "usd", "unit_amount": 5});
    let made = stage.entity("Price", &price).await;
    let other = json!({"product": id(&product), "currency": "eur", "unit_amount": 5});
    stage.change("stripe_entity", &made, &entity("Price", other)).await;
    let customer = stage.entity("Customer", &json!({"name": "Ada", "validate": true})).await;
    let customer = json!({"entity": "Customer", "input_payload": {"name": "Ada"}, "_": id(&customer)});
    drop(customer);
    let ada = stage.entity("Customer", &json!({"name": "Ada", "payment_method": "pm_card_visa"})).await;
    let other = json!({"name": "Ada", "payment_method": "pm_card_mastercard"});
    let ada = stage.change("stripe_entity", &ada, &entity("Customer", other)).await;
    stage.change("stripe_entity", &ada, &entity("Customer", json!({"name": "Ada"}))).await;
    let coupon = stage.entity("Coupon", &json!({"id": "TEN", "percent_off": 10, "duration": "once"})).await;
    drop(coupon);
    stage.entity("Coupon", &json!({"id": "TEN", "percent_off": 10, "duration": "once"})).await;
}

/// A price that a subscription uses is to be destroyed.
async fn used(stage: &mut Stage) {
    let product = id(&stage.entity("Product", &json!({"name": "Club"})).await);
    let price =
        json!({"product": product, "currency": "usd", "unit_amount": 5, "recurring": {"interval": "month"}});
    let price = stage.entity("Price", &price).await;
    let paying = json!({"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}});
    let customer = id(&stage.entity("Customer", &paying).await);
    stage.entity("Subscription", &json!({"customer": customer, "items": [{"price": id(&price)}]})).await;
    stage.change("stripe_entity", &price, &json!(null)).await;
    let coupon = stage.entity("Coupon", &json!({"id": "SUMMER", "percent_off": 10})).await;
    let code = json!({"code": "SUN", "promotion": {"type": "coupon", "coupon": "SUMMER"}});
    stage.entity("PromotionCode", &code).await;
    stage.change("stripe_entity", &coupon, &json!(null)).await;
}

/// Somebody else archives a price and voids an invoice.
async fn ended(stage: &mut Stage) {
    let product = id(&stage.entity("Product", &json!({"name": "Tea"})).await);
    let price = json!({"entity": "Price", "input_payload": {"product": product, "currency": "usd", "unit_amount": 5}});
    let made = stage.make("stripe_entity", &price).await;
    stage.change("stripe_entity", &made, &json!(null)).await;
    let read = stage.read("stripe_entity", &made).await;
    stage.change("stripe_entity", &read, &price).await;

    let customer = id(&stage.entity("Customer", &json!({"name": "Ada"})).await);
    let invoice =
        json!({"entity": "Invoice", "input_payload": {"customer": customer, "auto_advance": false}});
    let made = stage.make("stripe_entity", &invoice).await;
    let item = json!({"customer": customer, "invoice": id(&made), "amount": 500, "currency": "usd"});
    stage.entity("InvoiceItem", &item).await;
    for (action, payload) in [
        ("FinalizeInvoice", json!({"InvoiceId": id(&made), "auto_advance": false})),
        ("VoidInvoice", json!({"InvoiceId": id(&made)})),
    ] {
        stage.make("stripe_action", &json!({"action": action, "input_payload": payload})).await;
    }
    let read = stage.read("stripe_entity", &made).await;
    stage.change("stripe_entity", &read, &invoice).await;
}

/// A default price is destroyed without a successor.
async fn held(stage: &mut Stage) {
    let product = stage.make("stripe_product", &json!({"name": "Coffee"})).await;
    let price = json!({"product": id(&product), "currency": "usd", "unit_amount": 5});
    let price = stage.make("stripe_price", &price).await;
    let with_default = json!({"name": "Coffee", "default_price": id(&price)});
    stage.change("stripe_product", &product, &with_default).await;
    stage.change("stripe_price", &price, &json!(null)).await;
}

/// A card is declined by the call that makes the payment intent.
async fn declined(stage: &mut Stage) {
    let card = json!({"amount": 500, "currency": "usd", "confirm": true, "payment_method": "pm_card_chargeDeclined",
        "allowed_payment_method_types": ["card"]});
    stage.entity("PaymentIntent", &card).await;
}

async fn live(stage: &mut Stage) {
    stage.again("sk_live_shop_1", &json!({})).await;
    let customer = stage.make("stripe_customer", &json!({"name": "Ada"})).await;
    stage.change("stripe_customer", &customer, &json!(null)).await;
}
