//! Changing a subscription while it runs: items, the anchor, the trial; what was paid and is not
//! used is credited, what is used and not paid is charged.

use serde_json::json;

use crate::sandbox::behaviour::order::{self, Line};
use crate::sandbox::behaviour::{invoice_item, period};
use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{
    flag, given_number, id, inner, items as listed, member, needed, number, set, status, text,
};
use crate::sandbox::store::Body;

use super::bill::reduce;
use super::ending::ending;
use super::{bill, billing_cycle, item, trial};

/// What the params of an update ask for, beside fields of their name.
pub(super) fn run(call: &Call<'_>, mut body: Body) -> Outcome<Body> {
    let ends_trial =
        call.params.get("trial_end").is_some_and(|end| end == "now") && status(&body) == "trialing";
    if let Some(end) = given_number(&call.params, "trial_end") {
        trial::until(call, &mut body, end)?;
        retime(call, &body, |_| Some(end))?;
    }
    if ends_trial && !billing_cycle::goes_on(call, &mut body)? {
        set(&mut body, "trial_end", call.now);
        call.session.put(&body)?;
        return call.session.named("subscription", id(&body));
    }
    if ends_trial {
        trial::over(call, &mut body);
    }
    bill::extra(call, &body)?;
    call.session.put(&body)?;
    let entries: Vec<Body> =
        listed(&call.params, "items").iter().filter_map(|entry| entry.as_object().cloned()).collect();
    let now =
        inner(&call.params, "billing_cycle_anchor").is_some_and(|anchor| text(anchor, "type") == Some("now"));
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
pub(in crate::sandbox::behaviour) fn items(
    call: &Call<'_>,
    mut owner: Body,
    entries: &[Body],
    path: &str,
) -> Outcome<Body> {
    let pairs = apply(call, &mut owner, entries, path)?;
    let resets = pairs.iter().any(|(before, after)| {
        before.as_ref().zip(after.as_ref()).is_some_and(|(before, after)| often(before) != often(after))
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

fn often(item: &Body) -> Option<(String, i64)> {
    let often = item::recurring(item)?;
    Some((text(often, "interval")?.to_owned(), number(often, "interval_count")))
}

fn apply(call: &Call<'_>, owner: &mut Body, entries: &[Body], path: &str) -> Outcome<Vec<Pair>> {
    let mut own = item::of(call, id(owner))?;
    let mut pairs = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let path = if path.is_empty() { String::new() } else { format!("{path}[{at}]") };
        let Some(known) = text(entry, "id") else {
            let mut made = item::made(call, owner, entry, &path)?;
            item::check_new(&own, &made, &path)?;
            item::set_period(&mut made, owner, call.now);
            call.session.put(&made)?;
            own.push(made.clone());
            pairs.push((None, Some(made)));
            continue;
        };
        let place = own.iter().position(|item| id(item) == known);
        let place = place
            .ok_or_else(|| Failure::unknown_reference("subscription_item", known, &format!("{path}[id]")))?;
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
    if own.len() > item::MOST {
        return Err(
            Failure::invalid(format!("A subscription can have at most {} items.", item::MOST)).param("items")
        );
    }
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
    bill::gather(call, &mut draft)?;
    reduce(call, owner, &mut draft)?;
    bill::settle(call, owner, draft, "past_due")
}

fn same_cost(before: &Body, after: &Body) -> bool {
    let price = |item: &Body| inner(item, "price").map(|price| id(price).to_owned());
    price(before) == price(after) && before.get("quantity") == after.get("quantity")
}

/// An invoice item for what is left of an item's period; `sign` is -1 for a credit. Nothing
/// for what is charged afterwards.
fn waits(call: &Call<'_>, owner: &Body, item: Option<&Body>, at: i64, sign: i64) -> Outcome<bool> {
    let Some(item) = item.filter(|item| !item::is_metered(item)) else { return Ok(false) };
    let (start, end) = (number(item, "current_period_start"), number(item, "current_period_end"));
    if at >= end {
        return Ok(false);
    }
    let none = Body::new();
    let price = inner(item, "price").unwrap_or(&none);
    let quantity = number(item, "quantity");
    let amount = sign * period::part(order::cost(price, quantity), whole_start(item, owner, start), end, at);
    let line = Line {
        amount,
        currency: needed(owner, "currency")?.to_owned(),
        quantity,
        unit: text(price, "unit_amount_decimal").unwrap_or("0").to_owned(),
        product: text(price, "product").map(str::to_owned),
        price: Some(price.clone()),
    };
    let sold = line.description(call)?;
    let sold = sold.as_str().unwrap_or("the subscription");
    let mut params = Body::new();
    set(&mut params, "customer", member(owner, "customer"));
    set(&mut params, "period", json!({"end": end, "start": at}));
    set(&mut params, "discountable", false);
    let which = if sign < 0 { "Unused" } else { "Remaining" };
    set(&mut params, "description", format!("{which} time on {quantity} × {sold}"));
    let mut made = invoice_item::of_line(&call.about("invoiceitem", params)?, &line)?;
    set(&mut made, "proration", true);
    let details = json!({"subscription": id(owner), "subscription_item": id(item)});
    set(&mut made, "parent", json!({"subscription_details": details, "type": "subscription_details"}));
    call.session.put(&made)?;
    Ok(true)
}

/// Where the period of an item that was added in its middle would have begun.
fn whole_start(item: &Body, owner: &Body, start: i64) -> i64 {
    let others = item::shown(owner).iter().filter_map(|other| {
        let other = other.as_object()?;
        let same_end = other.get("current_period_end") == item.get("current_period_end");
        (same_end && often(other) == often(item)).then(|| number(other, "current_period_start"))
    });
    others.min().map_or(start, |other| other.min(start))
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
        item::set_period(&mut item, &owner, call.now);
        call.session.put(&item)?;
        renewed.push(item);
    }
    item::sync(call, &mut owner)?;
    call.session.put(&owner)?;
    let mut draft = bill::draft(call, &owner, "subscription_update")?;
    bill::ahead(call, &owner, &renewed, &mut draft)?;
    bill::gather(call, &mut draft)?;
    reduce(call, &owner, &mut draft)?;
    bill::settle(call, &owner, draft, "past_due")
}

/// Credits what is not used of the current periods, for the end of a subscription.
pub(super) fn credit_rest(call: &Call<'_>, owner: &Body) -> Outcome<()> {
    for item in item::of(call, id(owner))? {
        waits(call, owner, Some(&item), call.now, -1)?;
    }
    Ok(())
}
