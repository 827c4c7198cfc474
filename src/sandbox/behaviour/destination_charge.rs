//! Destination charges: what was captured goes on to a connected account, which pays the platform's fee.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{Body, given_number, id, inner, member, needed, number, set, text};
use crate::sandbox::identifier;
use crate::sandbox::page;

use super::ledger::{self, Movement};
use super::payout;

/// A charge was captured: its transfer and its application fee are made.
pub(super) fn transfer(call: &Call<'_>, charge: &Body) -> Outcome<()> {
    let mut charge = call.session.named("charge", id(charge))?;
    let intent = call.session.linked(&charge, "payment_intent", "payment_intent")?;
    let terms = intent.clone().filter(|intent| inner(intent, "transfer_data").is_some());
    let terms = terms.unwrap_or_else(|| charge.clone());
    let Some(data) = inner(&terms, "transfer_data") else { return Ok(()) };
    let destination = needed(data, "destination")?;
    let whole = number(&charge, "amount_captured");
    let amount = given_number(data, "amount").unwrap_or(whole);
    let group = format!("group_{}", intent.as_ref().map_or(id(&charge), id));
    let group = text(&charge, "transfer_group").unwrap_or(&group).to_owned();
    let made = made(call, &charge, (amount, destination, &group))?;
    set(&mut charge, "transfer", made);
    set(&mut charge, "destination", destination);
    set(&mut charge, "transfer_data", json!({"amount": data.get("amount"), "destination": destination}));
    set(&mut charge, "transfer_group", group.as_str());
    set(&mut charge, "on_behalf_of", member(&terms, "on_behalf_of"));
    if let Some(fee) = given_number(&terms, "application_fee_amount").filter(|fee| *fee > 0) {
        let made = application_fee(call, &charge, fee, destination)?;
        set(&mut charge, "application_fee", made);
        set(&mut charge, "application_fee_amount", fee);
    }
    call.session.put(&charge)?;
    let Some(mut intent) = intent else { return Ok(()) };
    set(&mut intent, "transfer_group", group);
    call.session.put(&intent)
}

/// The id of the transfer.
fn made(call: &Call<'_>, charge: &Body, (amount, destination, group): (i64, &str, &str)) -> Outcome<Json> {
    let mut params = Body::new();
    set(&mut params, "amount", amount);
    set(&mut params, "currency", member(charge, "currency"));
    set(&mut params, "destination", destination);
    set(&mut params, "source_transaction", id(charge));
    set(&mut params, "transfer_group", group);
    let made = payout::transfer(&call.about("transfer", params)?)?;
    Ok(made.get("id").cloned().unwrap_or_default())
}

/// The id of the fee that the connected account pays to the platform.
fn application_fee(call: &Call<'_>, charge: &Body, amount: i64, account: &str) -> Outcome<String> {
    let mut body = call.about("application_fee", Body::new())?.fresh();
    set(&mut body, "account", account);
    set(&mut body, "amount", amount);
    set(&mut body, "currency", member(charge, "currency"));
    set(&mut body, "charge", id(charge));
    set(&mut body, "fee_source", json!({"charge": id(charge), "type": "charge"}));
    set(&mut body, "originating_transaction", id(charge));
    set(&mut body, "application", format!("ca_{}", identifier::fingerprint(&call.account)));
    let url = format!("/v1/application_fees/{}/refunds", id(&body));
    set(&mut body, "refunds", page::embedded(&[], &url));
    let movement = Movement { amount, fee: 0, kind: "application_fee", at_once: false };
    ledger::post(call, &mut body, movement)?;
    call.session.put(&body)?;
    Ok(id(&body).to_owned())
}
