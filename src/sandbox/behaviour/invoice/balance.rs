//! Applies the customer's balance to an invoice.

use crate::sandbox::behaviour::order::{self, APPLIED, Invoice};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{customer_balance, money};

/// Amounts below this may be too small to charge.
const MOST_TOO_SMALL: i64 = 100;

/// Applies the customer's balance: a credit pays first, and a debt is added. A total that is negative or too
/// small to charge goes to the balance.
pub(super) fn apply(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    let Invoice { customer, total, .. } = typed(body)?;
    let customer = customer.to_owned();
    let balance = || needed_number(&call.session.named("customer", &customer)?, "balance");
    let start = balance()?;
    let applied = if total <= 0 { 0 } else { start.max(-total) };
    enter(call, body, if total < 0 { total } else { -applied }, "applied_to_invoice")?;
    set(body, APPLIED, applied);
    order::set_amounts_due(body)?;
    let Invoice { amount_due: due, currency, .. } = typed(body)?;
    if due > 0 && due < MOST_TOO_SMALL && money::check_payable(due, currency, "amount").is_err() {
        enter(call, body, due, "invoice_too_small")?;
        set(body, APPLIED, applied - due);
        order::set_amounts_due(body)?;
    }
    body.extend(body! {"starting_balance": start, "ending_balance": balance()?});
    Ok(())
}

fn enter(call: &Call<'_>, invoice: &Body, amount: i64, kind: &str) -> ApiResult<()> {
    if amount == 0 {
        return Ok(());
    }
    let Invoice { customer, currency, .. } = typed(invoice)?;
    let about = Some(("invoice", id(invoice)));
    customer_balance::enter(call, customer, (amount, currency), kind, about).map(drop)
}

/// Returns the applied balance of an invoice that is voided.
pub(super) fn return_applied(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    let Invoice { applied, .. } = typed(body)?;
    enter(call, body, applied, "unapplied_from_invoice")?;
    set(body, APPLIED, 0);
    Ok(())
}
