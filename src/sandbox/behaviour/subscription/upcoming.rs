//! The announcement of a renewal, some days before it comes.

use crate::sandbox::behaviour::prelude::*;

use super::{item, preview};

/// A renewal is told of so long before, in seconds; that of a shorter period is not.
const AHEAD: i64 = 7 * 24 * 60 * 60;
/// Kept with a subscription: the end of the period whose renewal was told of.
const TOLD: &str = "_upcoming";

/// When the next renewal is to be told of; none where it was, or where none follows.
pub(super) fn due_at(body: &Body) -> Option<i64> {
    let end = preview::renews_at(body)?;
    let start = item::shown(body).filter_map(|item| given_number(item, "current_period_start")).min()?;
    let ends = given_number(body, "cancel_at").is_some_and(|at| at <= end);
    let is_told = given_number(body, TOLD) == Some(end);
    Some(end - AHEAD).filter(|at| *at > start && !ends && !is_told)
}

/// Tells of the invoice that the renewal will bring, as it is seen today.
pub(super) fn tell(call: &Call<'_>, mut body: Body) -> Outcome<()> {
    let end = preview::renews_at(&body);
    set(&mut body, TOLD, end);
    call.session.put(&body)?;
    let about = call.about("subscription", Body::new())?;
    // what cannot be foreseen is not told
    let Ok(mut invoice) = call.session.tried(|| preview::previewed(&about, id(&body)))? else {
        return Ok(());
    };
    let named = format!("upcoming_{}", id(&invoice));
    invoice.extend(body! {"id": named, "status": "draft"});
    let before = invoice.clone();
    set(&mut invoice, TOLD, true);
    call.session.tell(before, invoice);
    Ok(())
}
