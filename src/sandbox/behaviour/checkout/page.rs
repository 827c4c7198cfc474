//! The page of a checkout session: what it offers, and whom it knows.

use crate::sandbox::behaviour::payment_method;
use crate::sandbox::behaviour::prelude::*;

/// What the page offers, and to whom.
pub(super) fn offer(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let types = items(&call.params, "allowed_payment_method_types").to_vec();
    if types.is_empty() {
        set(body, "payment_method_types", json!(["card"]));
        set(body, "payment_method_configuration_details", payment_method::configuration(&call.account));
    } else {
        set(body, "payment_method_types", types);
    }
    let customer = call.referred_by("customer", "customer")?;
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
