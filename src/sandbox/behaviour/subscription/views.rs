//! Subscriptions as others see them: in lists, from their invoices, from what they are for.

use serde_json::Value as Json;

use crate::sandbox::behaviour::invoice;
use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{id, set, status, text};
use crate::sandbox::page;
use crate::sandbox::store::Body;

use super::ending::ENDED;
use super::item;

/// `GET /v1/subscriptions`: the canceled ones only when they are asked for.
pub(in crate::sandbox::behaviour) fn list(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    let mut take = |name: &str| call.params.shift_remove(name);
    let wanted = take("status").and_then(|wanted| wanted.as_str().map(str::to_owned));
    let price = take("price").or(take("plan"));
    let periods = ["current_period_start", "current_period_end"].map(|name| (name, take(name)));
    page::of_objects(&call, "subscription", |body| {
        let state = status(body);
        let fits = match wanted.as_deref() {
            Some("all") => true,
            Some("ended") => ENDED.contains(&state),
            Some(one) => state == one,
            None => state != "canceled",
        };
        let own = item::shown(body);
        let has_price = |price: &Json| {
            own.iter().any(|item| item.get("price").and_then(|own| own.get("id")) == Some(price))
        };
        let within = |name: &str, range: &Option<Json>| {
            range.as_ref().is_none_or(|range| own.iter().any(|item| page::is_within(item.get(name), range)))
        };
        fits && price.as_ref().is_none_or(has_price)
            && periods.iter().all(|(name, range)| within(name, range))
    })
}

/// An invoice of the subscription is paid: it is what it was to become.
pub(in crate::sandbox::behaviour) fn invoice_paid(call: &Call<'_>, invoice: &Body) -> Outcome<()> {
    let Some(mut body) = invoice::subscription_of(call, invoice)? else { return Ok(()) };
    let is_latest = text(&body, "latest_invoice") == Some(id(invoice));
    if is_latest && matches!(status(&body), "incomplete" | "past_due" | "unpaid") {
        set(&mut body, "status", "active");
        call.session.put(&body)?;
    }
    Ok(())
}

/// The first invoice is void: what never began is over.
pub(in crate::sandbox::behaviour) fn invoice_voided(call: &Call<'_>, invoice: &Body) -> Outcome<()> {
    let Some(mut body) = invoice::subscription_of(call, invoice)? else { return Ok(()) };
    if status(&body) == "incomplete" {
        set(&mut body, "status", "incomplete_expired");
        set(&mut body, "ended_at", call.now);
        call.session.put(&body)?;
    }
    Ok(())
}

/// Whether a subscription gives its customer what it is for.
pub(in crate::sandbox::behaviour) fn is_running(body: &Body) -> bool {
    matches!(status(body), "active" | "trialing" | "past_due")
}

/// The prices of a subscription.
pub(in crate::sandbox::behaviour) fn products(body: &Body) -> Vec<String> {
    let own = item::shown(body).iter().filter_map(|item| item.get("price")?.get("product")?.as_str());
    own.map(str::to_owned).collect()
}
