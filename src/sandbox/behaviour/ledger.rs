//! The account's own money: every movement is a balance transaction, the balance is their sum.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{id, member, number, set, text};
use crate::sandbox::page;
use crate::sandbox::store::{Body, Walk};

use super::definition::{Behaviour, Get, List};
use super::money;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour { operations: &[(Get, balance)], ..Behaviour::of(&["balance"]) },
    Behaviour { operations: &[(Get, get), (List, list)], ..Behaviour::of(&["balance_transaction"]) },
];

/// What was charged can be paid out this long afterwards, in seconds: two days.
const SETTLES: i64 = 2 * 24 * 60 * 60;

/// One movement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Movement<'a> {
    /// In the smallest unit; below zero it leaves the account.
    pub amount: i64,
    /// What Stripe keeps of it.
    pub fee: i64,
    /// In small letters.
    pub currency: &'a str,
    /// The type: `charge`, `refund`.
    pub kind: &'a str,
    /// Whether it counts at once.
    pub at_once: bool,
}

/// Keeps a movement that came of an object; its id comes back.
pub(super) fn enter(call: &Call<'_>, source: &Body, of: Movement<'_>) -> Outcome<String> {
    let mut body = call.about("balance_transaction", Body::new())?.fresh();
    set(&mut body, "amount", of.amount);
    set(&mut body, "fee", of.fee);
    set(&mut body, "net", of.amount - of.fee);
    set(&mut body, "currency", of.currency);
    set(&mut body, "type", of.kind);
    set(&mut body, "balance_type", "payments");
    let category = match (text(source, "object"), of.kind) {
        (Some("dispute"), _) => {
            if of.amount < 0 {
                "dispute"
            } else {
                "dispute_reversal"
            }
        }
        (_, "application_fee") => "platform_earning",
        (_, "payment") => "charge",
        (_, "payment_refund") => "refund",
        (_, kind) => kind,
    };
    set(&mut body, "reporting_category", category);
    set(&mut body, "source", id(source));
    set(&mut body, "description", description(source, category));
    set(&mut body, "available_on", if of.at_once { call.now } else { call.now + SETTLES });
    set(&mut body, "status", if of.at_once { "available" } else { "pending" });
    let fee = json!([{
        "amount": of.fee, "application": null, "currency": of.currency,
        "description": if of.kind == "adjustment" { "Dispute fee" } else { "Stripe processing fees" }, "type": "stripe_fee",
    }]);
    set(&mut body, "fee_details", if of.fee == 0 { json!([]) } else { fee });
    call.session.put(&body)?;
    Ok(id(&body).to_owned())
}

/// A dispute has no words of its own.
fn description(source: &Body, category: &str) -> Json {
    let what = match category {
        "dispute" => "withdrawal",
        "dispute_reversal" => "reversal",
        _ => return member(source, "description"),
    };
    format!("Chargeback {what} for {}", text(source, "charge").unwrap_or_default()).into()
}

/// What Stripe keeps of a payment: 2.9 percent and 30 of the smallest unit.
pub(super) fn fee(amount: i64) -> i64 {
    money::percent_of("2.9", amount).unwrap_or(0) + 30
}

/// The movement as it stands now.
fn current(call: &Call<'_>, mut body: Body) -> Body {
    if number(&body, "available_on") <= call.now {
        set(&mut body, "status", "available");
    }
    body
}

/// `GET /v1/balance_transactions/{id}`.
fn get(call: &Call<'_>) -> Outcome<Json> {
    Ok(Json::Object(current(call, call.named()?)))
}

/// `GET /v1/balance_transactions`.
fn list(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    let payout = call.params.shift_remove("payout");
    let page = page::of_objects(&call, "balance_transaction", |body| {
        payout.as_ref().is_none_or(|payout| body.get("source") == Some(payout))
    })?;
    Ok(page::mapped(page, |body| current(&call, body)))
}

/// What is there by currency: at once, and later.
fn sums(call: &Call<'_>) -> Outcome<BTreeMap<String, (i64, i64)>> {
    let mut sums = BTreeMap::from([("usd".to_owned(), (0, 0))]);
    call.session.walk(&Walk { forward: true, ..Walk::of("balance_transaction") }, |stored| {
        let body = stored.body;
        let slot = sums.entry(text(&body, "currency").unwrap_or_default().to_owned()).or_insert((0, 0));
        let net = number(&body, "net");
        if number(&body, "available_on") <= call.now {
            slot.0 += net;
        } else {
            slot.1 += net;
        }
        true
    })?;
    Ok(sums)
}

/// `GET /v1/balance`.
fn balance(call: &Call<'_>) -> Outcome<Json> {
    let sums = sums(call)?;
    let shown = |amount: fn(&(i64, i64)) -> i64| -> Vec<Json> {
        sums.iter()
            .map(|(currency, both)| json!({"amount": amount(both), "currency": currency, "source_types": {"card": amount(both)}}))
            .collect()
    };
    Ok(json!({
        "object": "balance", "available": shown(|both| both.0), "livemode": call.livemode, "pending": shown(|both| both.1),
    }))
}

/// Refuses to take out more than is there.
pub(super) fn demand(call: &Call<'_>, amount: i64, currency: &str, message: &str) -> Outcome<()> {
    let there = sums(call)?.get(currency).map_or(0, |both| both.0);
    if amount <= there {
        return Ok(());
    }
    Err(Failure::state(message).code("balance_insufficient").param("amount"))
}
