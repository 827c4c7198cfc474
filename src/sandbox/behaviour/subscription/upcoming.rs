//! Announces a renewal some days before it happens (`invoice.upcoming`).

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::item;
use crate::sandbox::behaviour::subscription::termination::ENDED;

/// How long before a renewal it is announced, in seconds; renewals of shorter periods are not announced.
const AHEAD: i64 = 7 * 24 * 60 * 60;
/// Stored with a subscription: the end of the period whose renewal was announced.
const ANNOUNCED: &str = "_upcoming";

/// Returns when the next renewal should be announced, or `None` if that was already done or there is no
/// renewal.
pub(super) fn due_at(body: &Body) -> Option<i64> {
    let end = renews_at(body)?;
    let start = item::shown(body).filter_map(|item| given_number(item, "current_period_start")).min()?;
    let ends = given_number(body, "cancel_at").is_some_and(|at| at <= end);
    let is_announced = given_number(body, ANNOUNCED) == Some(end);
    Some(end - AHEAD).filter(|at| *at > start && !ends && !is_announced)
}

/// Marks the renewal as announced; a reaction creates the event.
pub(super) fn announce(call: &Call<'_>, mut body: Body) -> ApiResult<()> {
    let end = renews_at(&body);
    set(&mut body, ANNOUNCED, end);
    call.session.put(&body)
}

/// Returns when the subscription renews next, which is the first end of its current periods, or `None` if it
/// has ended.
pub fn renews_at(owner: &Body) -> Option<i64> {
    item::period_ends(owner).map(|(first, _)| first).filter(|_| !ENDED.contains(&status(owner)))
}
