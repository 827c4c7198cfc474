//! The customer's balance and an invoice: what one pays of the other.

use crate::sandbox::behaviour::order::{self, APPLIED};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{customer_balance, money};

/// An amount below this may be too small to be charged.
const MOST_TOO_SMALL: i64 = 100;

/// What the customer is owed pays first; what it owes is paid with the invoice. An invoice
/// below zero, or too small to be charged, goes to the balance.
pub(super) fn apply(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let owner = call.session.named("customer", needed(body, "customer")?)?;
    let (start, total) = (number(&owner, "balance"), number(body, "total"));
    let applied = if total <= 0 { 0 } else { start.max(-total) };
    enter(call, body, if total < 0 { total } else { -applied }, "applied_to_invoice")?;
    set(body, APPLIED, applied);
    order::due(body);
    let due = number(body, "amount_due");
    let currency = needed(body, "currency")?;
    if due > 0 && due < MOST_TOO_SMALL && money::payable(due, currency, "amount").is_err() {
        enter(call, body, due, "invoice_too_small")?;
        set(body, APPLIED, applied - due);
        order::due(body);
    }
    let owner = call.session.named("customer", id(&owner))?;
    body.extend(body! {"starting_balance": start, "ending_balance": number(&owner, "balance")});
    Ok(())
}

fn enter(call: &Call<'_>, invoice: &Body, amount: i64, kind: &str) -> Outcome<()> {
    if amount == 0 {
        return Ok(());
    }
    let (customer, currency) = (needed(invoice, "customer")?, needed(invoice, "currency")?);
    let about = Some(("invoice", id(invoice)));
    customer_balance::enter(call, customer, (amount, currency), kind, about).map(drop)
}

/// What the balance paid of an invoice that is given up goes back to the customer.
pub(super) fn give_back(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    enter(call, body, number(body, APPLIED), "unapplied_from_invoice")?;
    set(body, APPLIED, 0);
    Ok(())
}
