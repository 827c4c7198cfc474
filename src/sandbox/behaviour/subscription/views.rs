//! Subscriptions as others see them: in lists, from their invoices, from what they are for.

use crate::sandbox::behaviour::invoice;
use crate::sandbox::behaviour::prelude::*;

use super::ending::ENDED;
use super::{item, pending};

/// `GET /v1/subscriptions`: the canceled ones only when they are asked for.
pub fn list(call: &Call<'_>) -> Outcome<Json> {
    let wanted = text(&call.params, "status");
    let price = text(&call.params, "price").or_else(|| text(&call.params, "plan"));
    let periods = ["current_period_start", "current_period_end"];
    let rest = call.without(&["status", "price", "plan", "current_period_start", "current_period_end"]);
    page::of_objects(&rest, "subscription", |body| {
        let state = status(body);
        let fits = match wanted {
            Some("all") => true,
            Some("ended") => ENDED.contains(&state),
            Some(one) => state == one,
            None => state != "canceled",
        };
        let own = || item::shown(body);
        let has_price = |price: &str| own().any(|item| text(item, "price.id") == Some(price));
        let within = |name: &&str| {
            let range = call.params.get(*name);
            range.is_none_or(|range| own().any(|item| page::is_within(item.get(*name), range)))
        };
        fits && price.is_none_or(has_price) && periods.iter().all(within)
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
