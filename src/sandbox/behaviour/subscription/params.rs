//! Params of a subscription that mean more than a field of their name.

use crate::sandbox::behaviour::payment_method;
use crate::sandbox::behaviour::prelude::*;

/// Params that mean more than a field of their name.
pub(super) const SPECIAL: &[&str] = &[
    "add_invoice_items",
    "billing_cycle_anchor",
    "billing_cycle_anchor_config",
    "cancel_at",
    "cancel_at_period_end",
    "items",
    "trial_end",
];

/// The default method must be one that is saved to the customer.
pub(super) fn own_method(call: &Call<'_>, customer: &str) -> Outcome<()> {
    let Some(method) = text(&call.params, "default_payment_method") else { return Ok(()) };
    let known = call.session.referred("payment_method", method, "default_payment_method")?;
    if text(&known, "customer") == Some(customer) {
        return Ok(());
    }
    Err(payment_method::not_attached(method, "default_payment_method"))
}
