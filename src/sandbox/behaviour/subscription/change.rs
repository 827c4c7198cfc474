//! Changing a subscription while it runs: items, the anchor, the trial; what was paid and is not
//! used is credited, what is used and not paid is charged.

use crate::sandbox::behaviour::order::Line;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{invoice_item, period};

use super::ending::ending;
use super::{bill, item, trial};

/// What the params of an update ask for, beside fields of their name.
pub(super) fn run(call: &Call<'_>, mut body: Body) -> Outcome<Body> {
    let ends_trial =
        call.params.get("trial_end").is_some_and(|end| end == "now") && status(&body) == "trialing";
    if let Some(end) = given_number(&call.params, "trial_end") {
        trial::until(call, &mut body, end)?;
        retime(call, &body, |_| Some(end))?;
    }
    if ends_trial && !trial::goes_on(call, &mut body)? {
        set(&mut body, "trial_end", call.now);
        call.session.put(&body)?;
        return call.session.named("subscription", id(&body));
    }
    if ends_trial {
        trial::over(call, &mut body);
    }
    bill::extra(call, &body)?;
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
    ending(call, &mut body)?;
    call.session.put(&body)?;
    Ok(body)
}

/// An item before and after; one of them is missing where it is new or gone.
type Pair = (Option<Body>, Option<Body>);

/// Changes the items that the entries name, adds those that name none.
pub fn items(call: &Call<'_>, mut owner: Body, entries: &[Body], path: &str) -> Outcome<Body> {
    let pairs = apply(call, &mut owner, entries, path)?;
    let resets = pairs.iter().any(|(before, after)| {
        let cycles = before
            .as_ref()
            .zip(after.as_ref())
            .map(|(before, after)| (item::cycle(before), item::cycle(after)));
        matches!(cycles, Some((Ok(before), Ok(after))) if before != after)
    });
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

fn apply(call: &Call<'_>, owner: &mut Body, entries: &[Body], path: &str) -> Outcome<Vec<Pair>> {
    let mut own = item::of(call, id(owner))?;
    let mut pairs = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        // the calls about one item name its params as they are
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
            .ok_or_else(|| Failure::unknown_reference("subscription_item", known, &child(&path, "id")))?;
        let before = own.remove(place);
        if flag(entry, "deleted") {
            call.session.remove("subscription_item", known)?;
            pairs.push((Some(before), None));
            continue;
        }
        let after = item::changed(call, &before, entry, &path)?;
        item::check_new(&own, &after, &path)?;
        call.session.put(&after)?;
        own.insert(place, after.clone());
        pairs.push((Some(before), Some(after)));
    }
    if own.is_empty() {
        return Err(Failure::state("A subscription must have at least one active plan."));
    }
    item::check_count(&own)?;
    Ok(pairs)
}

fn behaviour<'a>(call: &'a Call<'_>) -> &'a str {
    text(&call.params, "proration_behavior").unwrap_or("create_prorations")
}

/// Credits and charges for what is left of the periods; they wait for the next invoice, or are
/// put on one at once.
fn prorate(call: &Call<'_>, owner: &Body, pairs: &[Pair]) -> Outcome<()> {
    if behaviour(call) == "none" {
        return Ok(());
    }
    let at = given_number(&call.params, "proration_date").unwrap_or(call.now);
    let mut count = 0;
    for (before, after) in pairs {
        if let (Some(before), Some(after)) = (before, after)
            && same_cost(before, after)
        {
            continue;
        }
        count += usize::from(waits(call, owner, before.as_ref(), at, -1)?)
            + usize::from(waits(call, owner, after.as_ref(), at, 1)?);
    }
    if count == 0 || behaviour(call) != "always_invoice" {
        return Ok(());
    }
    let mut draft = bill::draft(call, owner, "subscription_update")?;
    bill::gather(call, owner, &mut draft)?;
    bill::settle(call, owner, draft, "past_due")
}

fn same_cost(before: &Body, after: &Body) -> bool {
    text(before, "price.id") == text(after, "price.id") && before.get("quantity") == after.get("quantity")
}

/// An invoice item for what is left of an item's period; `sign` is -1 for a credit. Nothing
/// for what is charged afterwards.
fn waits(call: &Call<'_>, owner: &Body, item: Option<&Body>, at: i64, sign: i64) -> Outcome<bool> {
    let Some(item) = item.filter(|item| !item::is_metered(item)) else { return Ok(false) };
    let (start, end) = item::period(item)?;
    if at >= end {
        return Ok(false);
    }
    let quantity = needed_number(item, "quantity")?;
    let mut line = Line::of_price(&item::price(item, owner)?, quantity)?;
    line.amount = sign * period::part(line.amount, whole_start(item, owner, start), end, at);
    let sold = line.description(call)?;
    let sold = sold.as_deref().unwrap_or("the subscription");
    let which = if sign < 0 { "Unused" } else { "Remaining" };
    let params = body! {
        "customer": member(owner, "customer"), "period": {"end": end, "start": at}, "discountable": false,
        "description": format!("{which} time on {quantity} × {sold}"),
    };
    let mut made = invoice_item::of_line(&call.about("invoiceitem", params)?, &line)?;
    let details = json!({"subscription": id(owner), "subscription_item": id(item)});
    made.extend(body! {
        "proration": true, "parent": {"subscription_details": details, "type": "subscription_details"},
    });
    call.session.put(&made)?;
    Ok(true)
}

/// Where the period of an item that was added in its middle would have begun.
fn whole_start(item: &Body, owner: &Body, start: i64) -> i64 {
    let same = |other: &&Body| {
        other.get("current_period_end") == item.get("current_period_end")
            && matches!((item::cycle(other), item::cycle(item)), (Ok(other), Ok(own)) if other == own)
    };
    let others = item::shown(owner).iter().filter_map(Json::as_object).filter(same);
    others.filter_map(|other| given_number(other, "current_period_start")).fold(start, i64::min)
}

/// Sets when the periods of all items end, where `end` says so.
fn retime(call: &Call<'_>, owner: &Body, end: impl Fn(&Body) -> Option<i64>) -> Outcome<()> {
    for mut item in item::of(call, id(owner))? {
        if let Some(end) = end(&item) {
            set(&mut item, "current_period_end", end);
            call.session.put(&item)?;
        }
    }
    Ok(())
}

/// The periods begin anew now: what is not used of the old ones is credited, the new ones are
/// charged at once.
pub(super) fn restart(call: &Call<'_>, owner: &Body, pairs: &[Pair]) -> Outcome<()> {
    let mut owner = call.session.named("subscription", id(owner))?;
    let was_trial = given_number(&owner, "trial_end") == Some(call.now);
    let own = item::of(call, id(&owner))?;
    if behaviour(call) != "none" && !was_trial {
        for item in &own {
            let pair =
                pairs.iter().find(|(_, after)| after.as_ref().is_some_and(|after| id(after) == id(item)));
            // what was not there before has nothing to credit
            let before = pair.map_or(Some(item), |(before, _)| before.as_ref());
            waits(call, &owner, before, call.now, -1)?;
        }
        for (before, after) in pairs {
            if after.is_none() {
                waits(call, &owner, before.as_ref(), call.now, -1)?;
            }
        }
    }
    set(&mut owner, "billing_cycle_anchor", call.now);
    if status(&owner) == "trialing" {
        set(&mut owner, "status", "active");
    }
    let mut renewed = Vec::new();
    for mut item in own {
        item::set_period(&mut item, &owner, call.now)?;
        call.session.put(&item)?;
        renewed.push(item);
    }
    item::sync(call, &mut owner)?;
    call.session.put(&owner)?;
    let mut draft = bill::draft(call, &owner, "subscription_update")?;
    bill::ahead(call, &owner, &renewed, &mut draft)?;
    bill::gather(call, &owner, &mut draft)?;
    bill::settle(call, &owner, draft, "past_due")
}

/// Credits what is not used of the current periods, for the end of a subscription.
pub(super) fn credit_rest(call: &Call<'_>, owner: &Body) -> Outcome<()> {
    for item in item::of(call, id(owner))? {
        waits(call, owner, Some(&item), call.now, -1)?;
    }
    Ok(())
}
