//! Subscriptions for other objects: lists of them, and what a paid or voided invoice and a setup intent do to them.

use crate::sandbox::behaviour::invoice;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::termination::ENDED;
use crate::sandbox::behaviour::subscription::{item, pending};

/// Whether what paid an invoice pays the next ones too.
const SAVES: &str = "payment_settings.save_default_payment_method";

/// `GET /v1/subscriptions`: the canceled ones only when they are asked for.
pub fn list(call: &Call<'_>) -> ApiResult<Json> {
    let wanted = text(&call.params, "status");
    page::of_objects(&call.without(&["status"]), "subscription", |body| match wanted {
        Some("all") => true,
        Some("ended") => ENDED.contains(&status(body)),
        Some(one) => status(body) == one,
        None => status(body) != "canceled",
    })
}

/// An invoice of the subscription is paid: it is what it was to become.
pub fn invoice_paid(call: &Call<'_>, invoice: &Body) -> ApiResult<()> {
    let Some(mut body) = invoice::subscription_of(call, invoice)? else { return Ok(()) };
    pending::apply(call, &mut body, invoice)?;
    let is_latest = text(&body, "latest_invoice") == Some(id(invoice));
    if is_latest && matches!(status(&body), "incomplete" | "past_due" | "unpaid") {
        call.update(&mut body, body! {"status": "active"})?;
    }
    match invoice::paid_with(call, invoice)? {
        Some(method) if text(&body, SAVES) == Some("on_subscription") => pay_with(call, &mut body, &method),
        _ => Ok(()),
    }
}

/// The customer saved a method for a subscription that waited for one.
pub fn set_up(call: &Call<'_>, intent: &Body) -> ApiResult<()> {
    let (Some(customer), Some(method)) = (text(intent, "customer"), text(intent, "payment_method")) else {
        return Ok(());
    };
    for mut body in call.session.having("subscription", "customer", customer)? {
        if text(&body, "pending_setup_intent") == Some(id(intent)) {
            set(&mut body, "pending_setup_intent", Json::Null);
            pay_with(call, &mut body, method)?;
        }
    }
    Ok(())
}

/// The subscription is paid with a method from now on, where its customer has it.
fn pay_with(call: &Call<'_>, body: &mut Body, method: &str) -> ApiResult<()> {
    let saved = call.session.get_live("payment_method", method)?;
    if saved.is_some_and(|saved| text(&saved, "customer") == text(body, "customer")) {
        set(body, "default_payment_method", method);
    }
    call.session.put(body)
}

/// The first invoice is void: what never began is over.
pub fn invoice_voided(call: &Call<'_>, invoice: &Body) -> ApiResult<()> {
    let Some(mut body) = invoice::subscription_of(call, invoice)? else { return Ok(()) };
    pending::expire(call, &mut body, invoice)?;
    if status(&body) == "incomplete" {
        call.update(&mut body, body! {"status": "incomplete_expired", "ended_at": call.now})?;
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
