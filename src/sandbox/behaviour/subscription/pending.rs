//! Pending updates: changes of a subscription that are applied once their invoice is paid (`pending_update`).

use crate::sandbox::behaviour::invoice;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::bill::HOUR;
use crate::sandbox::behaviour::subscription::item;

/// Stored with a subscription: the invoice of its pending update, and the fields and items to apply.
const PENDING: &str = "_pending";
/// The maximum time that an update stays pending.
const LONGEST: i64 = 23 * HOUR;
/// Fields that the update itself changes, so that they are not applied later.
const OTHERS: &[&str] = &["items", "latest_invoice", "status"];

/// Changes a subscription. With `payment_behavior=pending_if_incomplete`, an unpaid change becomes a pending
/// update.
pub(super) fn once_paid(
    call: &Call<'_>,
    owner: &Body,
    change: impl FnOnce() -> ApiResult<Body>,
) -> ApiResult<Body> {
    if call.params.keys().any(|name| name != "metadata") {
        discard(call, owner)?;
    }
    if text(&call.params, "payment_behavior") != Some("pending_if_incomplete") {
        return change();
    }
    let own = item::of(call, id(owner))?;
    let after = change()?;
    let latest = call.session.linked(&after, "latest_invoice", "invoice")?;
    match latest.filter(|latest| text(owner, "latest_invoice") != Some(id(latest))) {
        Some(latest) if status(&latest) == "open" => make_pending(call, owner, &own, after, latest),
        _ => Ok(after),
    }
}

/// Restores the subscription and its items, and stores the change as a pending update. Its invoice stays
/// open.
fn make_pending(
    call: &Call<'_>,
    owner: &Body,
    own: &[Body],
    mut after: Body,
    mut invoice: Body,
) -> ApiResult<Body> {
    let changed = item::of(call, id(owner))?;
    replace_items(call, owner, own)?;
    call.update(&mut invoice, body! {"auto_advance": false, "next_payment_attempt": null})?;
    after.retain(|name, new| owner.get(name) != Some(new) && !OTHERS.contains(&name.as_str()));
    let ends = own.iter().filter_map(|item| given_number(item, "current_period_end"));
    let expires = ends.fold(call.now + LONGEST, i64::min);
    let mut update = body! {"expires_at": expires, "subscription_items": changed};
    copy_given(&mut update, &after, &["billing_cycle_anchor", "trial_end"]);
    let mut body = owner.clone();
    call.update(
        &mut body,
        body! {
            "latest_invoice": id(&invoice), "pending_update": update,
            (PENDING): {"invoice": id(&invoice), "fields": after, "items": changed},
        },
    )?;
    Ok(body)
}

fn replace_items(call: &Call<'_>, owner: &Body, own: &[Body]) -> ApiResult<()> {
    for gone in item::of(call, id(owner))?.iter().filter(|known| own.iter().all(|own| id(own) != id(known))) {
        call.session.remove("subscription_item", id(gone))?;
    }
    own.iter().try_for_each(|item| call.session.put(item))
}

/// Applies the pending update whose invoice was paid.
pub(super) fn apply(call: &Call<'_>, body: &mut Body, invoice: &Body) -> ApiResult<()> {
    let Some(waiting) = take_pending(body, invoice) else { return Ok(()) };
    let own: Vec<Body> = objects(&waiting, "items").cloned().collect();
    replace_items(call, body, &own)?;
    body.extend(inner(&waiting, "fields").cloned().into_iter().flatten());
    set(body, "_pending_applied", id(invoice));
    item::sync(call, body)?;
    call.session.put(body)
}

/// Drops the pending update whose invoice was voided.
pub(super) fn expire(call: &Call<'_>, body: &mut Body, invoice: &Body) -> ApiResult<()> {
    if take_pending(body, invoice).is_none() {
        return Ok(());
    }
    call.update(body, body! {"_pending_expired": id(invoice)})
}

/// Removes the pending update of this invoice and returns it.
fn take_pending(body: &mut Body, invoice: &Body) -> Option<Body> {
    inner(body, PENDING).filter(|waiting| text(waiting, "invoice") == Some(id(invoice)))?;
    set(body, "pending_update", Json::Null);
    body.shift_remove(PENDING).map(members)
}

/// Voids the invoice of the pending update, which drops the update.
pub(super) fn discard(call: &Call<'_>, body: &Body) -> ApiResult<()> {
    let Some(invoice) = text(body, "_pending.invoice") else { return Ok(()) };
    invoice::void(&call.on("invoice", invoice, Body::new())?)?;
    call.react()
}
