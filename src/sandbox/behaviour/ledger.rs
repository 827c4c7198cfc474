//! The balance of the account: the sum of its balance transactions.

use std::collections::BTreeMap;

use crate::sandbox::behaviour::money;
use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Get, balance)], ..Behaviour::of(&["balance"]) }];

/// How long a charge is pending before it is available, in seconds: two days.
const SETTLES: i64 = 2 * 24 * 60 * 60;

/// One balance transaction, in the currency of its source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Movement<'a> {
    /// In the smallest unit; negative if it leaves the account.
    pub amount: i64,
    /// Stripe's fee.
    pub fee: i64,
    /// The type: `charge`, `refund`.
    pub kind: &'a str,
    /// Whether the amount is available at once.
    pub at_once: bool,
}

/// Posts the balance transaction of an object and writes its id into the object.
pub(super) fn post(call: &Call<'_>, body: &mut Body, of: Movement<'_>) -> ApiResult<()> {
    let entry = enter(call, body, of)?;
    set(body, "balance_transaction", id(&entry));
    Ok(())
}

/// Posts the balance transaction of an object and returns it.
pub(super) fn enter(call: &Call<'_>, source: &Body, of: Movement<'_>) -> ApiResult<Body> {
    let body = entry(call, source, of)?;
    call.session.put(&body)?;
    Ok(body)
}

/// The space of another account in the same mode.
pub(super) fn space_of(call: &Call<'_>, account: &str) -> String {
    format!("{account}/{}", if call.caller.livemode { "live" } else { "test" })
}

/// Posts the balance transaction of an object in another space and writes its id into the object.
pub(super) fn post_in(call: &Call<'_>, space: &str, body: &mut Body, of: Movement<'_>) -> ApiResult<()> {
    let entry = entry(call, body, of)?;
    set(body, "balance_transaction", id(&entry));
    call.session.put_in(space, &entry)
}

/// Adds a platform's fee to the balance transaction of an object, or removes it.
pub(super) fn add_platform_fee(call: &Call<'_>, of: &Body, fee: i64, platform: &str) -> ApiResult<()> {
    let known = call.session.linked_anywhere(of, "balance_transaction", "balance_transaction")?;
    let Some((space, mut entry)) = known else { return Ok(()) };
    let part = json!({
        "amount": fee, "application": identifier::application(platform), "currency": entry.get("currency"),
        "description": "Sandbox application fee", "type": "application_fee",
    });
    let details: Vec<Json> = std::iter::once(part).chain(items(&entry, "fee_details").to_vec()).collect();
    let (whole, net) = (needed_number(&entry, "fee")? + fee, needed_number(&entry, "net")? - fee);
    entry.extend(body! {"fee": whole, "fee_details": details, "net": net});
    call.session.put_in(&space, &entry)
}

/// Builds a balance transaction without storing it.
fn entry(call: &Call<'_>, source: &Body, of: Movement<'_>) -> ApiResult<Body> {
    let category = match (object(source), of.kind) {
        ("dispute", _) if of.amount < 0 => "dispute",
        ("dispute", _) => "dispute_reversal",
        (_, "application_fee") => "platform_earning",
        (_, "application_fee_refund") => "platform_earning_refund",
        (_, "payment") => "charge",
        (_, "payment_refund") => "refund",
        (_, kind) => kind,
    };
    let currency = needed(source, "currency")?;
    let what = if of.kind == "adjustment" { "Dispute fee" } else { "Stripe processing fees" };
    let fee = json!({"amount": of.fee, "currency": currency, "description": what, "type": "stripe_fee"});
    let words = description(call, source, if of.kind == "adjustment" { category } else { of.kind })?;
    let mut body = call.fresh_of("balance_transaction")?;
    body.extend(members(json!({
        "amount": of.amount, "fee": of.fee, "net": of.amount - of.fee, "currency": currency, "type": of.kind,
        "balance_type": "payments", "reporting_category": category, "source": id(source),
        "description": words, "status": if of.at_once { "available" } else { "pending" },
        "available_on": if of.at_once { call.now } else { call.now + SETTLES },
        "fee_details": if of.fee == 0 { json!([]) } else { json!([fee]) },
    })));
    Ok(body)
}

/// Returns the description; a dispute or a refund has that of its charge.
fn description(call: &Call<'_>, source: &Body, kind: &str) -> ApiResult<Json> {
    let what = match kind {
        "dispute" => "withdrawal",
        "dispute_reversal" => "reversal",
        "refund" | "payment_refund" => {
            let what = if kind == "refund" { "CHARGE" } else { "PAYMENT" };
            let charge = call.session.anywhere("charge", needed(source, "charge")?)?;
            let words = charge.as_ref().and_then(|(_, charge)| text(charge, "description"));
            let words = words.map_or_else(String::new, |words| format!(" ({words})"));
            return Ok(format!("REFUND FOR {what}{words}").into());
        }
        _ => return Ok(member(source, "description")),
    };
    Ok(format!("Chargeback {what} for {}", needed(source, "charge")?).into())
}

/// Stripe's fee for a payment: 2.9 percent plus 30 of the smallest unit.
pub(super) fn fee(amount: i64) -> i64 {
    money::part_of(amount.into(), 29, 1000) + 30
}

/// Returns the available and the pending balance, by currency.
fn balances(call: &Call<'_>) -> ApiResult<BTreeMap<String, (i64, i64)>> {
    let mut sums = BTreeMap::from([(money::USUAL.to_owned(), (0, 0))]);
    let mut add = |body: &Body| {
        let (now, later) = sums.entry(needed(body, "currency")?.to_owned()).or_default();
        let sum = if needed_number(body, "available_on")? <= call.now { now } else { later };
        *sum += needed_number(body, "net")?;
        Ok(())
    };
    let mut added = Ok(());
    call.session.walk(&ObjectQuery::of("balance_transaction"), |stored| {
        added = add(&stored.body);
        added.is_ok()
    })?;
    added.map(|()| sums)
}

/// `GET /v1/balance`.
fn balance(call: &Call<'_>) -> ApiResult<Json> {
    let sums = balances(call)?;
    let shown = |(currency, amount)| json!({"amount": amount, "currency": currency, "source_types": {"card": amount}});
    let available: Vec<Json> = sums.iter().map(|(currency, (now, _))| shown((currency, now))).collect();
    let pending: Vec<Json> = sums.iter().map(|(currency, (_, later))| shown((currency, later))).collect();
    Ok(
        json!({"object": "balance", "available": available, "livemode": call.caller.livemode, "pending": pending}),
    )
}

/// Refuses to take out more than is available.
pub(super) fn check_available(call: &Call<'_>, amount: i64, currency: &str) -> ApiResult<()> {
    let there = balances(call)?.get(currency).map_or(0, |both| both.0);
    if amount <= there { Ok(()) } else { Err(ApiError::of("balance_insufficient", &[])) }
}
