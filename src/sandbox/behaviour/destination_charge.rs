//! Payments between a platform and its connected accounts. A destination charge is transferred to such an
//! account, a direct charge is made on behalf of one; the platform takes its fee from both.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{application_fee, money, payout};
use crate::sandbox::{auth_context, constraint};

/// Handles a captured charge: takes the platform's fee and transfers the rest.
pub(super) fn captured(call: &Call<'_>, charge: &Body) -> ApiResult<()> {
    let mut charge = call.session.named("charge", id(charge))?;
    let intent = call.session.linked(&charge, "payment_intent", "payment_intent")?;
    let terms = intent.clone().filter(|intent| {
        inner(intent, "transfer_data").is_some() || given_number(intent, "application_fee_amount").is_some()
    });
    let terms = terms.unwrap_or_else(|| charge.clone());
    let fee = given_number(&terms, "application_fee_amount").filter(|fee| *fee > 0);
    let Some(data) = inner(&terms, "transfer_data") else { return take_direct_fee(call, charge, fee) };
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
    if let Some(fee) = fee {
        take_fee(call, &mut charge, &made, fee)?;
    }
    call.session.put(&charge)?;
    let Some(mut intent) = intent else { return Ok(()) };
    call.update(&mut intent, body! {"transfer_group": group})
}

/// Takes the platform's fee for a destination charge from the payment of its transfer; both then name the
/// fee.
fn take_fee(call: &Call<'_>, charge: &mut Body, transfer: &Body, fee: i64) -> ApiResult<()> {
    let Some((space, mut payment)) = payout::destination_payment(call, transfer)? else { return Ok(()) };
    let between = (call.session.space.as_str(), space.as_str());
    let made = application_fee::collect(call, between, &payment, fee, Some(id(charge)))?;
    for told in [charge, &mut payment] {
        told.extend(body! {"application_fee": made, "application_fee_amount": fee});
    }
    call.session.put_in(&space, &payment)
}

/// Takes the platform's fee for a direct charge.
fn take_direct_fee(call: &Call<'_>, mut charge: Body, fee: Option<i64>) -> ApiResult<()> {
    let made = auth_context::made(call.session, &call.session.space)?;
    let (Some(fee), Some((platform, _))) = (fee, made) else { return Ok(()) };
    let between = (platform.as_str(), call.session.space.as_str());
    let made = application_fee::collect(call, between, &charge, fee, None)?;
    charge.extend(body! {"application_fee": made, "application_fee_amount": fee});
    call.session.put(&charge)
}

/// Handles a refund: reverses the transfer and refunds the platform's fee if the params ask for it.
pub(super) fn refunded(call: &Call<'_>, charge: &Body, refund: &mut Body) -> ApiResult<()> {
    let returned = needed_number(refund, "amount")?;
    let mut taken = None;
    let transfer = call.session.linked(charge, "transfer", "transfer")?;
    if let Some(transfer) = transfer.as_ref().filter(|_| flag(&call.params, "reverse_transfer")) {
        taken = reverse_transfer(call, transfer, (returned, needed_number(charge, "amount")?), refund)?;
    }
    if !flag(&call.params, "refund_application_fee") {
        return Ok(());
    }
    // The fee of a destination charge was not paid by the account from which the refund is taken.
    let undone = if transfer.is_some() { taken.as_ref() } else { Some(&*refund) };
    application_fee::refund_share(call, charge, returned, undone)
}

/// Reverses a transfer in proportion to the refund, up to the amount that is left; returns the refund of the
/// destination's payment.
fn reverse_transfer(
    call: &Call<'_>,
    transfer: &Body,
    (returned, charged): (i64, i64),
    refund: &mut Body,
) -> ApiResult<Option<Body>> {
    let sent = needed_number(transfer, "amount")?;
    let part = money::part_of(sent.into(), returned.into(), charged.into());
    let amount = part.min(sent - needed_number(transfer, "amount_reversed")?);
    if amount < 1 {
        return Ok(None);
    }
    let mut about = call.about("transfer_reversal", body! {"amount": amount})?;
    about.parents = vec![("transfer".to_owned(), id(transfer).to_owned())];
    let mut reversal = members(payout::reversal(&about)?);
    call.update(&mut reversal, body! {"source_refund": id(refund)})?;
    set(refund, "transfer_reversal", id(&reversal));
    let found = call.session.linked_anywhere(&reversal, "destination_payment_refund", "refund")?;
    Ok(found.map(|(_, taken)| taken))
}
