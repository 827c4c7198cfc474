//! Destination charges: what was captured goes on to a connected account, which pays the platform's fee.

use crate::sandbox::constraint;

use super::ledger::{self, Movement};
use super::payout;
use super::prelude::*;

/// A charge was captured: its transfer and its application fee are made.
pub(super) fn transfer(call: &Call<'_>, charge: &Body) -> Outcome<()> {
    let mut charge = call.session.named("charge", id(charge))?;
    let intent = call.session.linked(&charge, "payment_intent", "payment_intent")?;
    let terms = intent.clone().filter(|intent| inner(intent, "transfer_data").is_some());
    let terms = terms.unwrap_or_else(|| charge.clone());
    let Some(data) = inner(&terms, "transfer_data") else { return Ok(()) };
    let destination = needed(data, "destination")?;
    let amount =
        given_number(data, "amount").map_or_else(|| needed_number(&charge, "amount_captured"), Ok)?;
    let group = format!("group_{}", intent.as_ref().map_or(id(&charge), id));
    let group = text(&charge, "transfer_group").unwrap_or(&group).to_owned();
    let params = body! {
        "amount": amount, "currency": needed(&charge, "currency")?, "destination": destination,
        "source_transaction": id(&charge), "transfer_group": group,
    };
    let transfer = call.about("transfer", params)?;
    constraint::check(&transfer, "transfer.Create")?;
    let made = members(payout::transfer(&transfer)?);
    charge.extend(body! {
        "transfer": id(&made), "destination": destination, "transfer_group": group,
        "transfer_data": {"amount": data.get("amount"), "destination": destination},
        "on_behalf_of": member(&terms, "on_behalf_of"),
    });
    if let Some(fee) = given_number(&terms, "application_fee_amount").filter(|fee| *fee > 0) {
        let made = application_fee(call, &charge, fee, destination)?;
        charge.extend(body! {"application_fee": made, "application_fee_amount": fee});
    }
    call.session.put(&charge)?;
    let Some(mut intent) = intent else { return Ok(()) };
    set(&mut intent, "transfer_group", group);
    call.session.put(&intent)
}

/// The id of the fee that the connected account pays to the platform.
fn application_fee(call: &Call<'_>, charge: &Body, amount: i64, account: &str) -> Outcome<String> {
    let mut body = call.fresh_of("application_fee")?;
    let url = format!("/v1/application_fees/{}/refunds", id(&body));
    body.extend(body! {
        "account": account, "amount": amount, "currency": needed(charge, "currency")?, "charge": id(charge),
        "fee_source": {"charge": id(charge), "type": "charge"}, "originating_transaction": id(charge),
        "application": format!("ca_{}", identifier::fingerprint(&call.account)),
        "refunds": page::embedded(&[], &url),
    });
    let movement = Movement { amount, fee: 0, kind: "application_fee", at_once: false };
    ledger::post(call, &mut body, movement)?;
    call.session.put(&body)?;
    Ok(id(&body).to_owned())
}
