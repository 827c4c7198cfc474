//! Changes a running subscription: its items, its anchor, its trial. Unused time is credited and new time is
//! charged.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::proration::{self, ProrationKind, create_proration};
use crate::sandbox::behaviour::subscription::termination::schedule_cancellation;
use crate::sandbox::behaviour::subscription::{bill, item, trial};

/// Applies the params of an update that do more than set the field of their name.
pub(super) fn run(call: &Call<'_>, mut body: Body) -> ApiResult<Body> {
    let ends_trial =
        call.params.get("trial_end").is_some_and(|end| end == "now") && status(&body) == "trialing";
    if let Some(end) = given_number(&call.params, "trial_end") {
        begin_trial(call, &mut body, end)?;
    }
    if ends_trial && !trial::end_trial(call, &mut body)? {
        call.update(&mut body, body! {"trial_end": call.now})?;
        return call.session.named("subscription", id(&body));
    }
    if ends_trial {
        trial::end_early(call, &mut body);
    }
    bill::add_extra_items(call, &body)?;
    call.session.put(&body)?;
    let entries: Vec<Body> = objects(&call.params, "items").cloned().collect();
    let now = text(&call.params, "billing_cycle_anchor.type") == Some("now");
    if ends_trial || now {
        let pairs = apply(call, &mut body, &entries, "items")?;
        restart(call, &body, &pairs)?;
    } else if !entries.is_empty() {
        items(call, body.clone(), &entries, "items")?;
    }
    let mut body = call.session.named("subscription", id(&body))?;
    item::sync(call, &mut body)?;
    schedule_cancellation(call, body)
}

/// Extends the trial, or starts one with its own period: usage before it is billed, and paid time within it
/// is credited.
fn begin_trial(call: &Call<'_>, body: &mut Body, end: i64) -> ApiResult<()> {
    let own = item::of(call, id(body))?;
    let was_trial = status(body) == "trialing";
    if status(body) == "active" && own.iter().any(item::is_metered) {
        call.session.put(body)?;
        bill::invoice_remaining(call, body, "subscription_update", "past_due")?;
        *body = call.session.named("subscription", id(body))?;
    }
    if status(body) == "active" && proration::behaviour(call) != "none" {
        proration::credit_unused(call, body, &own)?;
    }
    trial::set_end(call, body, end);
    for mut item in own {
        if !was_trial {
            set(&mut item, "current_period_start", call.now);
        }
        call.update(&mut item, body! {"current_period_end": end})?;
    }
    Ok(())
}

/// An item before and after a change; `None` on the side where it does not exist.
type ItemChange = (Option<Body>, Option<Body>);

/// Changes the items whose ids the entries give, and adds the other entries as new items.
pub fn items(call: &Call<'_>, mut owner: Body, entries: &[Body], path: &str) -> ApiResult<Body> {
    let pairs = apply(call, &mut owner, entries, path)?;
    let resets = |(before, after): &ItemChange| {
        let (Some(before), Some(after)) = (before, after) else { return Ok(false) };
        Ok::<_, ApiError>(item::cycle(before)? != item::cycle(after)?)
    };
    let resets = pairs.iter().map(resets).collect::<ApiResult<Vec<bool>>>()?.contains(&true);
    item::sync(call, &mut owner)?;
    call.session.put(&owner)?;
    if status(&owner) == "active" || status(&owner) == "past_due" {
        if resets {
            restart(call, &owner, &pairs)?;
        } else {
            prorate(call, &owner, &pairs)?;
        }
    }
    let mut owner = call.session.named("subscription", id(&owner))?;
    item::sync(call, &mut owner)?;
    call.session.put(&owner)?;
    Ok(owner)
}

fn apply(call: &Call<'_>, owner: &mut Body, entries: &[Body], path: &str) -> ApiResult<Vec<ItemChange>> {
    let mut own = item::of(call, id(owner))?;
    let mut pairs = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        // Calls for a single item have no path in front of their params.
        let path = if path.is_empty() { String::new() } else { format!("{path}[{at}]") };
        let Some(known) = text(entry, "id") else {
            let mut made = item::made(call, owner, entry, &path)?;
            item::check_new(&own, &made, &path)?;
            item::set_period(&mut made, owner, call.now)?;
            call.session.put(&made)?;
            own.push(made.clone());
            pairs.push((None, Some(made)));
            continue;
        };
        let place = own.iter().position(|item| id(item) == known);
        let place = place
            .ok_or_else(|| ApiError::unknown_reference("subscription_item", known, &child(&path, "id")))?;
        let before = own.remove(place);
        if flag(entry, "deleted") {
            call.session.remove("subscription_item", known)?;
            pairs.push((Some(before), None));
            continue;
        }
        let after = item::changed(call, owner, &before, entry, &path)?;
        item::check_new(&own, &after, &path)?;
        call.session.put(&after)?;
        own.insert(place, after.clone());
        pairs.push((Some(before), Some(after)));
    }
    if own.is_empty() {
        return Err(ApiError::of("no_items_left", &[]));
    }
    item::check_count(&own)?;
    Ok(pairs)
}

/// Creates prorations for the rest of the current periods. They stay pending, or are invoiced at once.
fn prorate(call: &Call<'_>, owner: &Body, pairs: &[ItemChange]) -> ApiResult<()> {
    if proration::behaviour(call) == "none" {
        return Ok(());
    }
    let at = given_number(&call.params, "proration_date").unwrap_or(call.now);
    let mut waits = false;
    for (before, after) in pairs.iter().filter(|pair| !is_same_cost(pair)) {
        if let Some(before) = before {
            waits |= create_proration(call, owner, before, at, ProrationKind::Unused)?;
        }
        if let Some(mut after) = after.clone() {
            proration::keep_discounts(call, owner, &mut after)?;
            call.session.put(&after)?;
            waits |= create_proration(call, owner, &after, at, ProrationKind::Remaining)?;
        }
    }
    if waits { bill::invoice_now_if_asked(call, owner) } else { Ok(()) }
}

fn is_same_cost(pair: &ItemChange) -> bool {
    let (Some(before), Some(after)) = pair else { return false };
    text(before, "price.id") == text(after, "price.id") && before.get("quantity") == after.get("quantity")
}

/// Restarts the billing periods now: credits the unused time, bills the usage, and charges the new periods at
/// once.
pub(super) fn restart(call: &Call<'_>, owner: &Body, pairs: &[ItemChange]) -> ApiResult<()> {
    let mut owner = call.session.named("subscription", id(owner))?;
    let was_trial = given_number(&owner, "trial_end") == Some(call.now);
    let mut own = item::of(call, id(&owner))?;
    let changed = |item: &&Body| pairs.iter().flat_map(|(_, after)| after).any(|after| id(after) == id(item));
    // A new item has nothing to credit.
    let old = pairs
        .iter()
        .filter_map(|(before, _)| before.as_ref())
        .chain(own.iter().filter(|item| !changed(item)));
    let old: Vec<Body> = old.cloned().collect();
    let mut draft = bill::draft(call, &owner, "subscription_update")?;
    if proration::behaviour(call) != "none" && !was_trial {
        proration::credit_unused(call, &owner, &old)?;
    }
    if !was_trial {
        for item in old.iter().filter(|item| item::is_metered(item)) {
            bill::add_usage_line(call, &owner, item, call.now, &mut draft)?;
        }
    }
    owner.extend(body! {"billing_cycle_anchor": call.now, "billing_cycle_anchor_config": null});
    if status(&owner) == "trialing" {
        set(&mut owner, "status", "active");
    }
    own.iter_mut().try_for_each(|item| item::set_period(item, &owner, call.now))?;
    bill::add_advance_lines(call, &owner, own, &mut draft)?;
    item::sync(call, &mut owner)?;
    call.session.put(&owner)?;
    bill::complete_draft(call, &owner, &mut draft)?;
    bill::collect_invoice(call, &owner, draft, "past_due")
}
