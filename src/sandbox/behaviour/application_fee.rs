//! Application fees: what a platform takes from the payments of connected accounts.

use crate::sandbox::behaviour::ledger::{self, Movement};
use crate::sandbox::behaviour::money;
use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create)], ..Behaviour::of(&["fee_refund"]) }];

/// The account of a space.
fn account(space: &str) -> &str {
    space.split('/').next().unwrap_or_default()
}

/// Collects a fee on a payment for the account of the space `platform` from that of the space `payer`. `of`
/// is the platform's charge that caused the payment. Returns the id of the fee.
pub(super) fn collect(
    call: &Call<'_>,
    (platform, payer): (&str, &str),
    payment: &Body,
    amount: i64,
    of: Option<&str>,
) -> ApiResult<String> {
    let mut body = call.fresh_of("application_fee")?;
    let url = format!("/v1/application_fees/{}/refunds", id(&body));
    body.extend(body! {
        "account": account(payer), "amount": amount, "currency": needed(payment, "currency")?, "charge": id(payment),
        "fee_source": {"charge": id(payment), "type": "charge"}, "originating_transaction": of,
        "application": identifier::application(account(platform)), "refunds": page::embedded(&Vec::<Body>::new(), &url),
    });
    let movement = Movement { amount, fee: 0, kind: "application_fee", at_once: false };
    ledger::post_in(call, platform, &mut body, movement)?;
    call.session.put_in(platform, &body)?;
    ledger::add_platform_fee(call, payment, amount, account(platform))?;
    Ok(id(&body).to_owned())
}

/// `POST /v1/application_fees/{fee}/refunds`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let fee = call.session.named("application_fee", call.owner())?;
    let amount = given_number(&call.params, "amount").map_or_else(|| refundable(&fee), Ok)?;
    refund(call, &call.session.space, fee, amount, None).map(Json::Object)
}

/// Refunds the fee of a payment in proportion to `returned`. `undone` is the refund that takes the amount
/// from the payer; the refunded fee reduces what it takes.
pub(super) fn refund_share(
    call: &Call<'_>,
    payment: &Body,
    returned: i64,
    undone: Option<&Body>,
) -> ApiResult<()> {
    let known = call.session.linked_anywhere(payment, "application_fee", "application_fee")?;
    let Some((platform, fee)) = known else { return Ok(()) };
    let (whole, paid) = (needed_number(&fee, "amount")?, needed_number(payment, "amount")?);
    let amount = money::part_of(whole.into(), returned.into(), paid.into()).min(refundable(&fee)?);
    if amount < 1 {
        return Ok(());
    }
    refund(&call.without(&["amount", "metadata"]), &platform, fee, amount, undone).map(drop)
}

fn refundable(fee: &Body) -> ApiResult<i64> {
    Ok(needed_number(fee, "amount")? - needed_number(fee, "amount_refunded")?)
}

fn refund(
    call: &Call<'_>,
    platform: &str,
    mut fee: Body,
    amount: i64,
    undone: Option<&Body>,
) -> ApiResult<Body> {
    let currency = needed(&fee, "currency")?.to_owned();
    let mut body = call.about("fee_refund", call.params.clone())?.build()?;
    body.extend(body! {"amount": amount, "currency": currency, "fee": id(&fee)});
    let movement = Movement { amount: -amount, fee: 0, kind: "application_fee_refund", at_once: false };
    ledger::post_in(call, platform, &mut body, movement)?;
    call.session.put_in(platform, &body)?;
    if let Some(undone) = undone {
        ledger::add_platform_fee(call, undone, -amount, account(platform))?;
    } else {
        let payer = ledger::space_of(call, needed(&fee, "account")?);
        ledger::post_in(call, &payer, &mut body.clone(), Movement { amount, ..movement })?;
    }
    let refunded = needed_number(&fee, "amount_refunded")? + amount;
    let all = call.session.having_in(platform, "fee_refund", "fee", id(&fee))?;
    let url = format!("/v1/application_fees/{}/refunds", id(&fee));
    let whole = refunded == needed_number(&fee, "amount")?;
    fee.extend(body! {"amount_refunded": refunded, "refunded": whole, "refunds": page::embedded(&all, &url)});
    call.session.put_in(platform, &fee)?;
    Ok(body)
}
