//! Previews the invoices of a subscription schedule.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{customer_time, schedule, subscription};

/// Previews the next invoice of a schedule with the changes that the call asks for, or the first invoice of a
/// new schedule.
pub(super) fn previewed(call: &Call<'_>) -> ApiResult<Body> {
    let mut params = members_at(&call.params, "schedule_details");
    check(&params)?;
    // A preview does not collect money.
    set(&mut params, "payment_behavior", "default_incomplete");
    let Some(known) = call.referred_by("schedule", "subscription_schedule")? else {
        return invoice_of_new(call, params);
    };
    if text(&params, "proration_behavior") == Some("always_invoice") {
        set(&mut params, "proration_behavior", "create_prorations");
    }
    let call = customer_time::of(&call.on("subscription_schedule", id(&known), params)?, &known)?;
    let body = members(schedule::update(&call)?);
    match status(&body) {
        "active" => next_invoice(&call, &body),
        "not_started" => invoice_at_start(&call, body),
        _ => subscription::nothing_upcoming(&body),
    }
}

/// Params of a phase that a preview does not show.
const UNSEEN: &[&str] = &[
    "application_fee_percent",
    "billing_cycle_anchor",
    "billing_thresholds",
    "on_behalf_of",
    "transfer_data",
];

/// Refuses params that a preview does not show.
fn check(params: &Body) -> ApiResult<()> {
    let unseen = |phase: &Body| UNSEEN.iter().find(|name| phase.contains_key(**name));
    let pauses = params.contains_key("pause_schedules").then_some(&"pause_schedules");
    match objects(params, "phases").find_map(unseen).or(pauses) {
        Some(name) => {
            let what = format!("{name} in previews of schedules");
            Err(ApiError::unsupported(&what).param("schedule_details"))
        }
        None => Ok(()),
    }
}

/// Returns the first invoice of a new schedule.
fn invoice_of_new(call: &Call<'_>, mut params: Body) -> ApiResult<Body> {
    set(&mut params, "customer", call.required_param("customer")?);
    let first = objects(&params, "phases").next().and_then(|first| first.get("start_date").cloned());
    params.extend(first.map(|start| ("start_date".to_owned(), start)));
    let customer = call.required_object("customer", "customer")?;
    let call = customer_time::of(&call.about("subscription_schedule", params)?, &customer)?;
    let body = members(schedule::create(&call)?);
    if status(&body) == "active" { shown(&call, &body) } else { invoice_at_start(&call, body) }
}

/// Returns the first invoice of a schedule, as of its start.
fn invoice_at_start(call: &Call<'_>, mut body: Body) -> ApiResult<Body> {
    let start = schedule::start(&body).unwrap_or(call.now);
    schedule::begin(&at_time(call, &body, start)?, &mut body)?;
    shown(call, &body)
}

/// Returns the same call at a later time, to which the customer's test clock is set.
fn at_time<'a>(call: &Call<'a>, body: &Body, now: i64) -> ApiResult<Call<'a>> {
    if let Some(mut clock) = call.session.linked(body, "test_clock", "test_helpers.test_clock")? {
        call.update(&mut clock, body! {"frozen_time": now})?;
    }
    Ok(Call { now, ..call.clone() })
}

fn shown(call: &Call<'_>, body: &Body) -> ApiResult<Body> {
    subscription::first_invoice(call, &call.session.named("subscription", needed(body, "subscription")?)?)
}

/// Returns the next invoice of a running schedule, after the phases that start before it.
fn next_invoice(call: &Call<'_>, body: &Body) -> ApiResult<Body> {
    let owner = needed(body, "subscription")?;
    for _ in items(body, "phases") {
        let body = call.session.named("subscription_schedule", id(body))?;
        let next = subscription::renews_at(&call.session.named("subscription", owner)?);
        let due = schedule::due_at(&body).filter(|due| next.is_none_or(|next| *due <= next));
        let Some(due) = due else { break };
        schedule::turn(&at_time(call, &body, due)?, id(&body))?;
    }
    subscription::previewed(&call.about("invoice", Body::new())?, owner)
}
