//! The page of a checkout session: what it offers, and whom it knows.

use crate::sandbox::behaviour::payment_method;
use crate::sandbox::behaviour::prelude::*;

/// What the page offers, and to whom, as far as the mode and the customer decide it.
pub(super) fn offer(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let mode = call.demanded("mode")?;
    let types = items(&call.params, "allowed_payment_method_types").to_vec();
    if types.is_empty() {
        set(body, "payment_method_types", json!(["card"]));
        set(body, "payment_method_configuration_details", payment_method::configuration(&call.account));
    } else {
        set(body, "payment_method_types", types);
    }
    let customer = call.referred_by("customer", "customer")?;
    let paid = mode == "payment";
    let mut usual = vec![("payment_method_collection", json!(if paid { "if_required" } else { "always" }))];
    if paid {
        usual.push(("invoice_creation", json!({"enabled": false, "invoice_data": {}})));
    }
    match &customer {
        None => usual.push(("customer_creation", json!(if paid { "if_required" } else { "always" }))),
        Some(_) if mode == "setup" => {}
        Some(_) => usual.push((
            "saved_payment_method_options",
            json!({"allow_redisplay_filters": ["always"], "payment_method_remove": "disabled"}),
        )),
    }
    for (name, value) in usual {
        if body.get(name).is_none_or(Json::is_null) {
            set(body, name, value);
        }
    }
    set(body, "customer_details", whom(call, customer.as_ref()));
    Ok(())
}

/// Whom the page knows already; nobody where the call names nobody.
fn whom(call: &Call<'_>, customer: Option<&Body>) -> Json {
    let email = customer.and_then(|customer| text(customer, "email"));
    let exempt = customer.and_then(|customer| text(customer, "tax_exempt")).unwrap_or("none");
    match email.or_else(|| text(&call.params, "customer_email")) {
        None if customer.is_none() => Json::Null,
        email => json!({"email": email, "tax_exempt": exempt}),
    }
}
