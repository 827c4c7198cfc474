//! Payouts, transfers and their reversals.

use crate::sandbox::behaviour::application_fee;
use crate::sandbox::behaviour::ledger::{self, Movement};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::currency;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        operations: &[(Create, create)],
        actions: &[("CancelPayout", cancel), ("ReversePayout", reverse)],
        ..Behaviour::of(&["payout"])
    },
    Behaviour { operations: &[(Create, transfer)], ..Behaviour::of(&["transfer"]) },
    Behaviour { operations: &[(Create, reversal)], ..Behaviour::of(&["transfer_reversal"]) },
];

fn enter(call: &Call<'_>, body: &mut Body, amount: i64, kind: &str) -> ApiResult<()> {
    ledger::post(call, body, Movement { amount, fee: 0, kind, at_once: true })
}

/// `POST /v1/payouts`: an instant payout arrives at once, others in two days.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let (amount, currency) = (needed_number(&call.params, "amount")?, call.required_param("currency")?);
    currency::check_payout(amount, currency, "amount")?;
    ledger::check_available(call, amount, currency)?;
    let mut body = call.build()?;
    enter(call, &mut body, -amount, "payout")?;
    call.keep(body)
}

/// `POST /v1/payouts/{id}/cancel`: possible while it is on its way.
fn cancel(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    set(&mut body, "status", "canceled");
    let paid = member(&body, "balance_transaction");
    let amount = needed_number(&body, "amount")?;
    enter(call, &mut body, amount, "payout_cancel")?;
    let returned = member(&body, "balance_transaction");
    body.extend(body! {"balance_transaction": paid, "failure_balance_transaction": returned});
    call.keep(body)
}

/// `POST /v1/payouts/{id}/reverse`: creates a payout with a negative amount.
fn reverse(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    let mut back = body.clone();
    copy(&mut back, &call.fresh(), &["id", "created", "metadata"]);
    shape::lay_over(call.entity, &mut back, &call.params)?;
    let amount = needed_number(&body, "amount")?;
    back.extend(body! {"amount": -amount, "original_payout": id(&body), "status": "pending"});
    enter(call, &mut back, amount, "payout")?;
    call.session.put(&back)?;
    call.update(&mut body, body! {"reversed_by": id(&back)})?;
    Ok(Json::Object(back))
}

/// `POST /v1/transfers`: from the available balance, or from a charge.
pub(super) fn transfer(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.build()?;
    let amount = needed_number(&body, "amount")?;
    if text(&body, "source_transaction").is_none() {
        ledger::check_available(call, amount, needed(&body, "currency")?)?;
    }
    show_reversals(call, &mut body)?;
    enter(call, &mut body, -amount, "transfer")?;
    create_destination_payment(call, &mut body)?;
    call.keep(body)
}

/// Creates the payment in the destination account of a transfer.
fn create_destination_payment(call: &Call<'_>, transfer: &mut Body) -> ApiResult<()> {
    let space = ledger::space_of(call, needed(transfer, "destination")?);
    let mut params = Body::new();
    copy(&mut params, transfer, &["amount", "currency"]);
    let mut payment = call.about("charge", params)?.build()?;
    let amount = needed_number(transfer, "amount")?;
    payment.extend(body! {
        "id": identifier::fresh("py_"), "application": null, "amount_captured": amount, "calculated_statement_descriptor": null,
        "captured": true, "paid": true,
        "payment_method_details": {"stripe_account": {}, "type": "stripe_account"},
        "source_transfer": id(transfer), "status": "succeeded",
    });
    ledger::post_in(call, &space, &mut payment, Movement { amount, fee: 0, kind: "payment", at_once: true })?;
    call.session.put_in(&space, &payment)?;
    set(transfer, "destination_payment", id(&payment));
    Ok(())
}

/// Returns the payment in the destination account, and its space.
pub(super) fn destination_payment(call: &Call<'_>, transfer: &Body) -> ApiResult<Option<(String, Body)>> {
    call.session.linked_anywhere(transfer, "destination_payment", "charge")
}

/// Refunds the reversed amount of a transfer's payment.
fn refund_destination_payment(call: &Call<'_>, of: &Body, reversal: &mut Body) -> ApiResult<()> {
    let Some((space, mut payment)) = destination_payment(call, of)? else { return Ok(()) };
    let amount = needed_number(reversal, "amount")?;
    let mut refund = call.about("refund", Body::new())?.build()?;
    refund.extend(body! {
        "id": identifier::fresh("pyr_"), "amount": amount, "charge": id(&payment), "status": "succeeded",
        "currency": member(&payment, "currency"), "source_transfer_reversal": id(reversal),
    });
    let movement = Movement { amount: -amount, fee: 0, kind: "payment_refund", at_once: true };
    ledger::post_in(call, &space, &mut refund, movement)?;
    if flag(&call.params, "refund_application_fee") {
        application_fee::refund_share(call, &payment, amount, Some(&refund))?;
    }
    let refunded = needed_number(&payment, "amount_refunded")? + amount;
    let whole = refunded == needed_number(&payment, "amount")?;
    payment.extend(body! {"amount_refunded": refunded, "refunded": whole});
    set(reversal, "destination_payment_refund", id(&refund));
    call.session.put_in(&space, &refund)?;
    call.session.put_in(&space, &payment)
}

fn show_reversals(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    let all = call.session.having("transfer_reversal", "transfer", id(body))?;
    let url = format!("/v1/transfers/{}/reversals", id(body));
    set(body, "reversals", page::embedded(&all, &url));
    Ok(())
}

/// `POST /v1/transfers/{transfer}/reversals`: at most the amount that is left.
pub(super) fn reversal(call: &Call<'_>) -> ApiResult<Json> {
    let mut of = call.session.named("transfer", call.owner())?;
    let left = needed_number(&of, "amount")? - needed_number(&of, "amount_reversed")?;
    let amount = given_number(&call.params, "amount").unwrap_or(left);
    let mut body = call.build()?;
    copy(&mut body, &of, &["currency"]);
    body.extend(body! {"amount": amount, "transfer": id(&of)});
    enter(call, &mut body, amount, "transfer_refund")?;
    refund_destination_payment(call, &of, &mut body)?;
    call.session.put(&body)?;
    let reversed = needed_number(&of, "amount_reversed")? + amount;
    let all = reversed == needed_number(&of, "amount")?;
    of.extend(body! {"amount_reversed": reversed, "reversed": all});
    show_reversals(call, &mut of)?;
    call.session.put(&of)?;
    Ok(Json::Object(body))
}
