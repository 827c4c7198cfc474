//! Subscription schedules, which change a subscription phase by phase.

use crate::sandbox::behaviour::customer_time;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::{self, FinalBilling};

mod phase;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Update, update)],
    actions: &[("CancelSubscriptionSchedule", cancel), ("ReleaseSubscriptionSchedule", release)],
    ..Behaviour::of(&["subscription_schedule"])
}];

/// `POST /v1/subscription_schedules`.
pub(super) fn create(call: &Call<'_>) -> ApiResult<Json> {
    if let Some(from) = text(&call.params, "from_subscription") {
        return from_subscription(call, from);
    }
    call.required_object("customer", "customer")?;
    let start = given_number(&call.params, "start_date").unwrap_or(call.now);
    let phases = phase::from_params(call, start)?;
    let mut body = call.build()?;
    call.update(&mut body, body! {"phases": phases})?;
    if start <= call.now {
        begin(call, &mut body)?;
    }
    Ok(Json::Object(body))
}

/// Creates a schedule for an existing subscription, with the current period as its only phase.
fn from_subscription(call: &Call<'_>, from: &str) -> ApiResult<Json> {
    let mut owner = call.session.referred("subscription", from, "from_subscription")?;
    let call = &customer_time::of(call, &owner)?;
    let mut about = call.clone();
    set(&mut about.params, "customer", needed(&owner, "customer")?);
    let mut body = about.build()?;
    let phase = phase::current(&owner);
    body.extend(body! {
        "current_phase": phase::dates(&phase), "phases": [phase], "status": "active", "subscription": id(&owner),
    });
    call.update(&mut owner, body! {"schedule": id(&body)})?;
    call.keep(body)
}

/// Starts the first phase, which creates the subscription.
pub(super) fn begin(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    let Some(first) = objects(body, "phases").next().cloned() else { return Ok(()) };
    let mut made = phase::begin(call, body, &first)?;
    call.update(&mut made, body! {"schedule": id(body)})?;
    call.update(
        body,
        body! {
            "current_phase": phase::dates(&first), "status": "active", "subscription": id(&made),
        },
    )
}

/// Returns when the first phase starts.
pub(super) fn start(body: &Body) -> Option<i64> {
    objects(body, "phases").next().and_then(|first| given_number(first, "start_date"))
}

/// Returns when the next phase starts, or when the last one ends.
pub(super) fn due_at(body: &Body) -> Option<i64> {
    match status(body) {
        "not_started" => start(body),
        "active" => inner(body, "current_phase").and_then(|phase| given_number(phase, "end_date")),
        _ => None,
    }
}

/// Starts the next phase, or ends the schedule.
pub(super) fn turn(call: &Call<'_>, schedule: &str) -> ApiResult<()> {
    let mut body = call.session.named("subscription_schedule", schedule)?;
    if status(&body) == "not_started" {
        return begin(call, &mut body);
    }
    match current_phase(call, &body) {
        Some(next) => start_phase(call, &mut body, &next),
        None => complete(call, body),
    }
}

/// Returns the current phase.
fn current_phase(call: &Call<'_>, body: &Body) -> Option<Body> {
    let later = |phase: &&Body| given_number(phase, "end_date").is_some_and(|end| end > call.now);
    objects(body, "phases").find(later).cloned()
}

/// Starts a phase.
fn start_phase(call: &Call<'_>, body: &mut Body, phase: &Body) -> ApiResult<()> {
    call.update(body, body! {"current_phase": phase::dates(phase)})?;
    let owner = call.session.named("subscription", needed(body, "subscription")?)?;
    phase::enter(call, body, &owner, phase)
}

fn complete(call: &Call<'_>, body: Body) -> ApiResult<()> {
    if text(&body, "end_behavior") != Some("cancel") {
        return release_subscription(call, body).map(drop);
    }
    end(call, id(&body), "completed")?;
    subscription::end_now(call, needed(&body, "subscription")?, FinalBilling::AsPlanned)
}

/// Releases the subscription.
fn release_subscription(call: &Call<'_>, mut body: Body) -> ApiResult<Json> {
    if let Some(mut owner) = call.session.linked(&body, "subscription", "subscription")? {
        call.update(&mut owner, body! {"schedule": Json::Null})?;
        set(&mut body, "released_subscription", id(&owner));
    }
    body.extend(body! {
        "current_phase": null, "released_at": call.now, "status": "released", "subscription": null,
    });
    call.keep(body)
}

/// `POST /v1/subscription_schedules/{id}`.
pub(super) fn update(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.revise()?;
    if items(&call.params, "phases").is_empty() {
        return call.keep(body);
    }
    let first = objects(&call.params, "phases").find_map(|first| phase::time(call, first, "start_date"));
    let start = first.or_else(|| start(&body));
    let start = start.ok_or_else(|| ApiError::internal("A schedule is kept without its phases."))?;
    let phases = phase::from_params(call, start)?;
    set(&mut body, "phases", phases);
    if status(&body) == "active" {
        let Some(mut current) = current_phase(call, &body) else {
            return Err(ApiError::of("phases_past", &[]));
        };
        // Prorations and extra items of a phase apply only at its start.
        let prorates = text(&call.params, "proration_behavior").unwrap_or("create_prorations");
        set(&mut current, "proration_behavior", prorates);
        current.shift_remove("add_invoice_items");
        start_phase(call, &mut body, &current)?;
    }
    call.keep(body)
}

/// `POST /v1/subscription_schedules/{id}/cancel`: also cancels the subscription, and bills the rest unless
/// the call says otherwise.
fn cancel(call: &Call<'_>) -> ApiResult<Json> {
    let body = call.named()?;
    if let Some(owner) = text(&body, "subscription") {
        let mut params = body! {"invoice_now": true, "prorate": true};
        params.extend(call.params.clone());
        subscription::cancel(&call.on("subscription", owner, params)?)?;
    }
    end(call, id(&body), "canceled")?;
    call.named().map(Json::Object)
}

/// Cancels the schedule of a canceled subscription.
pub(super) fn subscription_canceled(call: &Call<'_>, subscription: &Body) -> ApiResult<()> {
    let Some(schedule) = text(subscription, "schedule") else { return Ok(()) };
    end(call, schedule, "canceled")
}

/// Ends a schedule with this status.
fn end(call: &Call<'_>, schedule: &str, how: &str) -> ApiResult<()> {
    match call.session.get_live("subscription_schedule", schedule)? {
        Some(mut body) if matches!(status(&body), "active" | "not_started") => call
            .update(&mut body, body! {"status": how, (format!("{how}_at")): call.now, "current_phase": null}),
        _ => Ok(()),
    }
}

/// `POST /v1/subscription_schedules/{id}/release`.
fn release(call: &Call<'_>) -> ApiResult<Json> {
    release_subscription(call, call.named()?)
}
