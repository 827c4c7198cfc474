//! The balance of a customer: what it owes, or is owed, before the next invoice. Every change
//! is an entry of the ledger.

use serde_json::Value as Json;

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, id, number, set, text};
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Get};
use super::money;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Get, get)],
    ..Behaviour::of(&["customer_balance_transaction"])
}];

/// Adds an amount to a customer's balance; below zero it is in the customer's favour. The entry
/// is kept and comes back; `about` says what it belongs to: a field and an id.
pub(super) fn enter(
    call: &Call<'_>,
    customer: &str,
    (amount, currency): (i64, &str),
    kind: &str,
    about: Option<(&str, &str)>,
) -> Outcome<Body> {
    let mut owner = call.session.named("customer", customer)?;
    let balance = number(&owner, "balance") + amount;
    set(&mut owner, "balance", balance);
    call.session.put(&owner)?;
    let mut entry = call.about("customer_balance_transaction", Body::new())?.fresh();
    set(&mut entry, "amount", amount);
    set(&mut entry, "currency", currency);
    set(&mut entry, "customer", customer);
    set(&mut entry, "ending_balance", balance);
    set(&mut entry, "type", kind);
    if let Some((field, id)) = about {
        set(&mut entry, field, id);
    }
    call.session.put(&entry)?;
    Ok(entry)
}

fn owner(call: &Call<'_>) -> String {
    call.parents.iter().find(|(name, _)| name == "customer").map(|(_, id)| id.clone()).unwrap_or_default()
}

/// `POST /v1/customers/{customer}/balance_transactions`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let customer = owner(call);
    let known = call.session.named("customer", &customer)?;
    let currency = money::currency(&call.params)?;
    if let Some(own) = text(&known, "currency").filter(|own| *own != currency) {
        let message =
            format!("The currency of this customer's balance is {own}; {currency} cannot be added to it.");
        return Err(Failure::state(message).param("currency"));
    }
    let amount =
        given_number(&call.params, "amount").ok_or_else(|| crate::sandbox::check::missing("amount"))?;
    let mut entry = enter(call, &customer, (amount, &currency), "adjustment", None)?;
    crate::sandbox::shape::lay_over(call.entity, &mut entry, &call.params)?;
    set(&mut entry, "currency", currency.as_str());
    let mut known = call.session.named("customer", &customer)?;
    set(&mut known, "currency", currency);
    call.session.put(&known)?;
    call.keep(entry)
}

/// The balance was set by an update of the customer: that is an entry too.
pub(super) fn adjusted(call: &Call<'_>, before: i64, customer: &Body) -> Outcome<()> {
    let now = number(customer, "balance");
    if now == before {
        return Ok(());
    }
    let currency = text(customer, "currency").unwrap_or("usd").to_owned();
    let mut reset = customer.clone();
    set(&mut reset, "balance", before);
    call.session.put(&reset)?;
    enter(call, id(customer), (now.saturating_sub(before), &currency), "adjustment", None).map(drop)
}

/// An entry is found under its own customer only.
fn get(call: &Call<'_>) -> Outcome<Json> {
    let entry = call.named()?;
    if text(&entry, "customer") == Some(&owner(call)) {
        return Ok(Json::Object(entry));
    }
    Err(Failure::absent("customer_balance_transaction", &call.id))
}
