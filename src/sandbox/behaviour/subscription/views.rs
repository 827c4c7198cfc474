//! Subscriptions as others see them: in lists, from their invoices, from what they are for.

use crate::sandbox::behaviour::invoice;
use crate::sandbox::behaviour::prelude::*;

use super::ending::ENDED;
use super::{item, pending};

/// `GET /v1/subscriptions`: the canceled ones only when they are asked for.
pub fn list(call: &Call<'_>) -> Outcome<Json> {
    let wanted = text(&call.params, "status");
    page::of_objects(&call.without(&["status"]), "subscription", |body| match wanted {
        Some("all") => true,
        Some("ended") => ENDED.contains(&status(body)),
        Some(one) => status(body) == one,
        None => status(body) != "canceled",
    })
}

/// An invoice of the subscription is paid: it is what it was to become.
pub fn invoice_paid(call: &Call<'_>, invoice: &Body) -> Outcome<()> {
    let Some(mut body) = invoice::subscription_of(call, invoice)? else { return Ok(()) };
    pending::apply(call, &mut body, invoice)?;
    let is_latest = text(&body, "latest_invoice") == Some(id(invoice));
    if is_latest && matches!(status(&body), "incomplete" | "past_due" | "unpaid") {
        call.alter(&mut body, body! {"status": "active"})?;
    }
    Ok(())
}

/// The first invoice is void: what never began is over.
pub fn invoice_voided(call: &Call<'_>, invoice: &Body) -> Outcome<()> {
    let Some(mut body) = invoice::subscription_of(call, invoice)? else { return Ok(()) };
    pending::expire(call, &mut body, invoice)?;
    if status(&body) == "incomplete" {
        call.alter(&mut body, body! {"status": "incomplete_expired", "ended_at": call.now})?;
    }
    Ok(())
}

/// Whether a subscription gives its customer what it is for.
pub fn is_running(body: &Body) -> bool {
    matches!(status(body), "active" | "trialing" | "past_due")
}

/// The products of a subscription.
pub fn products(body: &Body) -> Vec<String> {
    item::shown(body).filter_map(|item| text(item, "price.product").map(str::to_owned)).collect()
}
