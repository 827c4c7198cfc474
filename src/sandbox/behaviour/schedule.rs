//! Subscription schedules: what a subscription is to become, phase by phase.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{
    given_number, id, inner, items, member, needed, number, set, set_inner, status, text,
};
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Update};
use super::{customer_time, subscription};

mod phase;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Update, update)],
    actions: &[("CancelSubscriptionSchedule", cancel), ("ReleaseSubscriptionSchedule", release)],
    ..Behaviour::of(&["subscription_schedule"])
}];

/// States of a schedule that still has something to do.
const ALIVE: &[&str] = &["active", "not_started"];

/// `POST /v1/subscription_schedules`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    if let Some(from) = text(&call.params, "from_subscription") {
        return from_subscription(call, from);
    }
    let customer = call.session.referred("customer", call.demanded("customer")?, "customer")?;
    let call = &customer_time::of(call, &customer)?;
    let phases = items(&call.params, "phases");
    if phases.is_empty() {
        return Err(missing("phases"));
    }
    let start = given_number(&call.params, "start_date").unwrap_or(call.now);
    let mut body = blank(call, &customer)?;
    let phases = phase::all(call, phases, start)?;
    set(&mut body, "phases", phases);
    set(&mut body, "status", "not_started");
    call.session.put(&body)?;
    if start <= call.now {
        begin(call, id(&body))?;
    }
    call.session.named("subscription_schedule", id(&body)).map(Json::Object)
}

fn blank(call: &Call<'_>, customer: &Body) -> Outcome<Body> {
    let mut plain = call.clone();
    plain.params.retain(|name, _| !matches!(name.as_str(), "phases" | "from_subscription" | "start_date"));
    let mut body = plain.build()?;
    set(&mut body, "customer", id(customer));
    set(&mut body, "test_clock", member(customer, "test_clock"));
    set(&mut body, "end_behavior", text(&call.params, "end_behavior").unwrap_or("release"));
    let mode = inner(&call.params, "billing_mode").and_then(|mode| text(mode, "type"));
    set_inner(&mut body, "billing_mode", "type", mode.unwrap_or("flexible"));
    if inner(&body, "default_settings").and_then(|own| text(own, "billing_cycle_anchor")).is_none() {
        set_inner(&mut body, "default_settings", "billing_cycle_anchor", "automatic");
    }
    if body.get("pause_schedules").is_none_or(Json::is_null) {
        set(&mut body, "pause_schedules", json!([]));
    }
    Ok(body)
}

/// A schedule around a subscription as it is: one phase, the current period.
fn from_subscription(call: &Call<'_>, from: &str) -> Outcome<Json> {
    let exclusive = ["customer", "default_settings", "end_behavior", "phases", "start_date"];
    if let Some(other) = exclusive.into_iter().find(|name| call.params.contains_key(*name)) {
        let message = format!("You cannot set `{other}` if `from_subscription` is set.");
        return Err(Failure::invalid(message).param("from_subscription"));
    }
    let mut owner = call.session.referred("subscription", from, "from_subscription")?;
    if text(&owner, "schedule").is_some() || !subscription::is_running(&owner) {
        let message = "You cannot migrate a subscription that is already attached to a schedule, or that is not active.";
        return Err(Failure::state(message).param("from_subscription"));
    }
    let customer = call.session.named("customer", needed(&owner, "customer")?)?;
    let call = &customer_time::of(call, &customer)?;
    let mut body = blank(call, &customer)?;
    let phase = phase::current(&owner);
    set(
        &mut body,
        "current_phase",
        json!({"end_date": phase.get("end_date"), "start_date": phase.get("start_date")}),
    );
    set(&mut body, "phases", json!([phase]));
    set(&mut body, "status", "active");
    set(&mut body, "subscription", id(&owner));
    set(&mut owner, "schedule", id(&body));
    call.session.put(&owner)?;
    call.keep(body)
}

/// The first phase begins: the subscription is made.
fn begin(call: &Call<'_>, schedule: &str) -> Outcome<()> {
    let mut body = call.session.named("subscription_schedule", schedule)?;
    let Some(first) = items(&body, "phases").first().and_then(Json::as_object).cloned() else {
        return Ok(());
    };
    let mut made = subscription::made(&call.about("subscription", phase::params(&body, &first, true))?)?;
    set(&mut made, "schedule", schedule);
    call.session.put(&made)?;
    set(&mut body, "status", "active");
    set(&mut body, "subscription", id(&made));
    show_phase(&mut body, &first);
    call.session.put(&body)
}

fn show_phase(body: &mut Body, phase: &Body) {
    let shown = json!({"end_date": phase.get("end_date"), "start_date": phase.get("start_date")});
    set(body, "current_phase", shown);
}

/// When the next phase begins, or the last one ends.
pub(super) fn due_at(body: &Body) -> Option<i64> {
    match status(body) {
        "not_started" => items(body, "phases").first().and_then(|first| first.get("start_date")?.as_i64()),
        "active" => inner(body, "current_phase").map(|phase| number(phase, "end_date")),
        _ => None,
    }
}

/// Goes on to the next phase, or comes to the end.
pub(super) fn turn(call: &Call<'_>, schedule: &str) -> Outcome<()> {
    let mut body = call.session.named("subscription_schedule", schedule)?;
    if status(&body) == "not_started" {
        return begin(call, schedule);
    }
    let phases: Vec<Body> =
        items(&body, "phases").iter().filter_map(|phase| phase.as_object().cloned()).collect();
    let Some(next) = phases.iter().find(|phase| number(phase, "end_date") > call.now) else {
        return complete(call, body);
    };
    show_phase(&mut body, next);
    call.session.put(&body)?;
    let owner = call.session.named("subscription", needed(&body, "subscription")?)?;
    phase::enter(call, &body, &owner, next)
}

fn complete(call: &Call<'_>, mut body: Body) -> Outcome<()> {
    let owner = text(&body, "subscription").unwrap_or_default().to_owned();
    if text(&body, "end_behavior") == Some("cancel") {
        set(&mut body, "status", "completed");
        set(&mut body, "completed_at", call.now);
        set(&mut body, "current_phase", Json::Null);
        call.session.put(&body)?;
        return subscription::close(call, &owner);
    }
    let_go(call, body).map(drop)
}

/// The subscription goes on without the schedule.
fn let_go(call: &Call<'_>, mut body: Body) -> Outcome<Body> {
    if let Some(mut owner) = call.session.linked(&body, "subscription", "subscription")? {
        set(&mut owner, "schedule", Json::Null);
        call.session.put(&owner)?;
        set(&mut body, "released_subscription", id(&owner));
    }
    set(&mut body, "subscription", Json::Null);
    set(&mut body, "status", "released");
    set(&mut body, "released_at", call.now);
    set(&mut body, "current_phase", Json::Null);
    call.session.put(&body)?;
    Ok(body)
}

fn timed<'a>(call: &Call<'a>, body: &Body) -> Outcome<Call<'a>> {
    let customer = call.session.named("customer", needed(body, "customer")?)?;
    customer_time::of(call, &customer)
}

/// `POST /v1/subscription_schedules/{id}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    if !ALIVE.contains(&status(&before)) && call.params.keys().any(|name| name != "metadata") {
        let message = format!(
            "You cannot update a subscription schedule that is currently in the `{}` status.",
            status(&before)
        );
        return Err(Failure::state(message));
    }
    let call = &timed(call, &before)?;
    let mut plain = call.clone();
    let phases = plain.params.shift_remove("phases");
    plain.params.shift_remove("proration_behavior");
    let mut body = plain.revise()?;
    let Some(phases) = phases.as_ref().and_then(Json::as_array) else { return call.keep(body) };
    let start = items(&before, "phases").first().and_then(|first| first.get("start_date")?.as_i64());
    let phases = phase::all(call, phases, start.unwrap_or(call.now))?;
    let current =
        phases.iter().filter_map(Json::as_object).find(|phase| number(phase, "end_date") > call.now).cloned();
    set(&mut body, "phases", phases);
    if status(&body) == "active" {
        let Some(current) = current else {
            return Err(Failure::state("The phases of a schedule cannot all be in the past.").param("phases"));
        };
        show_phase(&mut body, &current);
        call.session.put(&body)?;
        let owner = call.session.named("subscription", needed(&body, "subscription")?)?;
        phase::enter(call, &body, &owner, &current)?;
    }
    call.keep(body)
}

/// `POST /v1/subscription_schedules/{id}/cancel`: the subscription ends with it.
fn cancel(call: &Call<'_>) -> Outcome<Json> {
    let body = call.named()?;
    let call = &timed(call, &body)?;
    if let Some(owner) = text(&body, "subscription") {
        let mut about = call.about("subscription", call.params.clone())?;
        owner.clone_into(&mut about.id);
        subscription::cancel(&about)?;
    }
    ended(call, id(&body), "canceled")?;
    call.named().map(Json::Object)
}

/// A subscription was canceled: the schedule that manages it is over too.
pub(super) fn subscription_canceled(call: &Call<'_>, subscription: &Body) -> Outcome<()> {
    let Some(schedule) = text(subscription, "schedule") else { return Ok(()) };
    ended(&timed(call, subscription)?, schedule, "canceled")
}

/// The schedule is over in that way.
fn ended(call: &Call<'_>, schedule: &str, how: &str) -> Outcome<()> {
    let Some(mut body) = call.session.alive("subscription_schedule", schedule)? else { return Ok(()) };
    if ALIVE.contains(&status(&body)) {
        set(&mut body, "status", how);
        set(&mut body, &format!("{how}_at"), call.now);
        set(&mut body, "current_phase", Json::Null);
        call.session.put(&body)?;
    }
    Ok(())
}

/// `POST /v1/subscription_schedules/{id}/release`.
fn release(call: &Call<'_>) -> Outcome<Json> {
    let body = call.named()?;
    let call = &timed(call, &body)?;
    let_go(call, body).map(Json::Object)
}
