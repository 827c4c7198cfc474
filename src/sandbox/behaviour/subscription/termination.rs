//! Ends subscriptions, at a scheduled time or now.

use crate::sandbox::behaviour::invoice;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::item::{self, Item};
use crate::sandbox::behaviour::subscription::proration::{self, ProrationKind, create_proration_for};
use crate::sandbox::behaviour::subscription::{bill, pending};

/// The final states.
pub(super) const ENDED: &[&str] = &["canceled", "incomplete_expired"];

/// Schedules the cancellation that the params ask for, and stores the subscription.
pub(super) fn schedule_cancellation(call: &Call<'_>, mut body: Body) -> ApiResult<Body> {
    let at_period_end = call.params.get("cancel_at_period_end").and_then(Json::as_bool);
    let at = call.params.get("cancel_at").filter(|at| !at.is_null());
    if at_period_end.is_some() || at.is_some() {
        let own = item::of(call, id(&body))?;
        let usual = |item: &Body| item::usual_end(item, &body, needed_number(item, "current_period_start")?);
        let ends = own.iter().map(usual).collect::<ApiResult<Vec<i64>>>()?;
        let (first, last) = (ends.iter().min().copied(), ends.iter().max().copied());
        let until = match (at_period_end, at) {
            (Some(true), _) => first,
            (_, Some(Json::String(word))) if word == "min_period_end" => first,
            (_, Some(Json::String(word))) if !word.is_empty() => last,
            (_, Some(at)) => at.as_i64(),
            _ => None,
        };
        if until.is_some_and(|until| until <= call.now) {
            return Err(not_in_future("cancel_at"));
        }
        body.extend(body! {
            "cancel_at": until, "cancel_at_period_end": at_period_end == Some(true),
            "canceled_at": until.map(|_| call.now),
        });
        set_inner(&mut body, "cancellation_details", "reason", until.map(|_| "cancellation_requested"));
        return shorten_periods(call, body, own.into_iter().zip(ends), until);
    }
    call.session.put(&body)?;
    Ok(body)
}

/// Ends the current periods together with the subscription. Time paid beyond the end is credited, and is
/// charged again if the end is revoked. Without prorations, paid periods stay.
fn shorten_periods(
    call: &Call<'_>,
    mut body: Body,
    own: impl Iterator<Item = (Body, i64)>,
    until: Option<i64>,
) -> ApiResult<Body> {
    let prorates = proration::behaviour(call) != "none";
    let is_billed = text(&body, "latest_invoice").is_some() && matches!(status(&body), "active" | "past_due");
    let mut waits = false;
    for (mut item, usual) in own {
        let end = until.map_or(usual, |until| until.min(usual));
        let view = Item::of(&item, &body)?;
        let (_, before) = view.period;
        if end == before || (end < before && !prorates) {
            continue;
        }
        if prorates && is_billed {
            waits |= create_proration_for(call, &body, &view, (end, before), ProrationKind::Unused)?;
            waits |= create_proration_for(call, &body, &view, (before, end), ProrationKind::Remaining)?;
        }
        call.update(&mut item, body! {"current_period_end": end})?;
    }
    item::sync(call, &mut body)?;
    call.session.put(&body)?;
    if waits {
        bill::invoice_now_if_asked(call, &body)?;
    }
    call.session.named("subscription", id(&body))
}

/// What is billed when a subscription ends.
#[derive(Debug, Clone, Copy)]
pub enum FinalBilling {
    /// Nothing: the usage so far is free.
    Nothing,
    /// A scheduled end bills the usage since the last renewal, and the pending invoice items.
    AsPlanned,
    /// A call that ends the subscription says whether to credit unused time and whether to invoice the rest.
    AsAsked { prorate: bool, invoice_now: bool },
}

/// Ends a subscription now and stops the collection of its invoices.
pub fn end_now(call: &Call<'_>, subscription: &str, billing: FinalBilling) -> ApiResult<()> {
    pending::discard(call, &call.session.named("subscription", subscription)?)?;
    let body = call.session.named("subscription", subscription)?;
    if status(&body) != "incomplete" {
        stop_collection(call, &body)?;
    }
    match billing {
        FinalBilling::Nothing => {}
        FinalBilling::AsPlanned => bill::invoice_remaining(call, &body, "subscription_cycle", "past_due")?,
        FinalBilling::AsAsked { prorate, invoice_now } => {
            if prorate && status(&body) == "active" {
                proration::credit_unused(call, &body, &item::of(call, subscription)?)?;
            }
            if invoice_now {
                bill::invoice_remaining(call, &body, "subscription_update", "active")?;
            }
        }
    }
    close(call, subscription)
}

/// Stops the automatic collection of the subscription's invoices.
fn stop_collection(call: &Call<'_>, owner: &Body) -> ApiResult<()> {
    for mut own in call.session.having("invoice", "customer", needed(owner, "customer")?)? {
        let is_of_owner = text(&own, "parent.subscription_details.subscription") == Some(id(owner));
        if is_of_owner && flag(&own, "auto_advance") && matches!(status(&own), "draft" | "open") {
            let stopped = body! {
                "auto_advance": false, "automatically_finalizes_at": null, "next_payment_attempt": null,
            };
            call.update(&mut own, stopped)?;
        }
    }
    Ok(())
}

/// Sets the final state. If the subscription never started, its open invoice is voided; otherwise it is left
/// for the customer to pay.
fn close(call: &Call<'_>, subscription: &str) -> ApiResult<()> {
    let mut body = call.session.named("subscription", subscription)?;
    let never_began = status(&body) == "incomplete";
    let state = if never_began { "incomplete_expired" } else { "canceled" };
    body.extend(body! {"status": state, "cancel_at_period_end": false, "ended_at": call.now});
    if given_number(&body, "canceled_at").is_none() {
        set(&mut body, "canceled_at", call.now);
    }
    call.session.put(&body)?;
    let latest = call.session.linked(&body, "latest_invoice", "invoice")?;
    match latest.filter(|latest| status(latest) == "open") {
        Some(latest) if never_began => {
            invoice::void(&call.on("invoice", id(&latest), Body::new())?).map(drop)
        }
        Some(mut latest) => {
            call.update(&mut latest, body! {"auto_advance": false, "next_payment_attempt": null})
        }
        None => Ok(()),
    }
}
