//! The balance of a customer, which the next invoice takes into account. Every change is a customer balance
//! transaction.

use crate::sandbox::behaviour::money;
use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create)], ..Behaviour::of(&["customer_balance_transaction"]) }];

/// Adds an amount to a customer's balance; a negative balance is a credit. Stores and returns the
/// transaction; `about` is the field and the id of its cause.
pub(super) fn enter(
    call: &Call<'_>,
    customer: &str,
    (amount, currency): (i64, &str),
    kind: &str,
    about: Option<(&str, &str)>,
) -> ApiResult<Body> {
    let mut owner = call.session.named("customer", customer)?;
    let balance = needed_number(&owner, "balance")? + amount;
    call.update(&mut owner, body! {"balance": balance})?;
    let mut entry = call.fresh_of("customer_balance_transaction")?;
    entry.extend(body! {
        "amount": amount, "currency": currency, "customer": customer, "ending_balance": balance, "type": kind,
    });
    if let Some((field, id)) = about {
        set(&mut entry, field, id);
    }
    call.session.put(&entry)?;
    Ok(entry)
}

/// `POST /v1/customers/{customer}/balance_transactions`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let customer = call.owner();
    let currency = call.required_param("currency")?;
    let amount = needed_number(&call.params, "amount")?;
    let mut entry = enter(call, customer, (amount, currency), "adjustment", None)?;
    shape::lay_over(call.entity, &mut entry, &call.params)?;
    let mut known = call.session.named("customer", customer)?;
    call.update(&mut known, body! {"currency": currency})?;
    call.keep(entry)
}

/// Stores the transaction for a balance that an update of the customer has set.
pub(super) fn record_adjustment(call: &Call<'_>, before: i64, customer: &Body) -> ApiResult<()> {
    let now = needed_number(customer, "balance")?;
    if now == before {
        return Ok(());
    }
    let currency = text(customer, "currency").unwrap_or(money::USUAL);
    let mut reset = customer.clone();
    call.update(&mut reset, body! {"balance": before})?;
    enter(call, id(customer), (now.saturating_sub(before), currency), "adjustment", None).map(drop)
}
