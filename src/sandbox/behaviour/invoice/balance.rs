//! The customer's balance and an invoice: what one pays of the other.

use crate::sandbox::behaviour::order::{self, APPLIED};
use crate::sandbox::behaviour::{customer_balance, money};
use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{id, needed, number, set};
use crate::sandbox::store::Body;

/// What the customer is owed pays first; what it owes is paid with the invoice. An invoice
/// below zero, or too small to be charged, goes to the balance.
pub(super) fn apply(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let customer = needed(body, "customer")?.to_owned();
    let owner = call.session.alive("customer", &customer)?.unwrap_or_default();
    let (start, total) = (number(&owner, "balance"), number(body, "total"));
    let currency = needed(body, "currency")?.to_owned();
    set(body, "starting_balance", start);
    let applied = if total <= 0 { 0 } else { start.max(-total) };
    let entered = if total < 0 { total } else { -applied };
    let about = id(body).to_owned();
    let enter = |amount: i64, kind: &str| {
        customer_balance::enter(call, &customer, (amount, &currency), kind, Some(("invoice", &about)))
            .map(drop)
    };
    if entered != 0 {
        enter(entered, "applied_to_invoice")?;
    }
    set(body, APPLIED, applied);
    order::due(body);
    let due = number(body, "amount_due");
    let too_small = due > 0 && money::payable(due, &currency, "amount").is_err();
    if too_small && due < 100 {
        enter(due, "invoice_too_small")?;
        set(body, APPLIED, applied - due);
        order::due(body);
    }
    set(body, "ending_balance", start + entered + if too_small && due < 100 { due } else { 0 });
    Ok(())
}

/// What the balance paid of an invoice that is given up goes back to the customer.
pub(super) fn give_back(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let applied = number(body, APPLIED);
    if applied == 0 {
        return Ok(());
    }
    let customer = needed(body, "customer")?.to_owned();
    let currency = needed(body, "currency")?.to_owned();
    let about = Some(("invoice", id(body)));
    customer_balance::enter(call, &customer, (applied, &currency), "unapplied_from_invoice", about)?;
    set(body, APPLIED, 0);
    Ok(())
}
