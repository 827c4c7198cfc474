//! How other objects see and change subscriptions: lists, paid and voided invoices, setup intents.

use crate::sandbox::behaviour::invoice;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::termination::ENDED;
use crate::sandbox::behaviour::subscription::{item, pending};

/// Whether a successful payment saves its payment method as the default of the subscription.
const SAVES: &str = "payment_settings.save_default_payment_method";

/// `GET /v1/subscriptions`: canceled subscriptions are listed only on request.
pub fn list(call: &Call<'_>) -> ApiResult<Json> {
    let wanted = text(&call.params, "status");
    page::of_objects(&call.without(&["status"]), "subscription", |body| match wanted {
        Some("all") => true,
        Some("ended") => ENDED.contains(&status(body)),
        Some(one) => status(body) == one,
        None => status(body) != "canceled",
    })
}

/// Handles a paid invoice: applies the pending update, and makes the subscription active.
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

/// Handles a succeeded setup intent: its payment method becomes the default of the subscription that waited
/// for it.
pub fn setup_succeeded(call: &Call<'_>, intent: &Body) -> ApiResult<()> {
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

/// Sets the default payment method, if the customer owns it.
fn pay_with(call: &Call<'_>, body: &mut Body, method: &str) -> ApiResult<()> {
    let saved = call.session.get_live("payment_method", method)?;
    if saved.is_some_and(|saved| text(&saved, "customer") == text(body, "customer")) {
        set(body, "default_payment_method", method);
    }
    call.session.put(body)
}

/// Handles a voided invoice: drops its pending update, and lets an incomplete subscription expire.
pub fn invoice_voided(call: &Call<'_>, invoice: &Body) -> ApiResult<()> {
    let Some(mut body) = invoice::subscription_of(call, invoice)? else { return Ok(()) };
    pending::expire(call, &mut body, invoice)?;
    if status(&body) == "incomplete" {
        call.update(&mut body, body! {"status": "incomplete_expired", "ended_at": call.now})?;
    }
    Ok(())
}

/// Whether a subscription entitles its customer to its products.
pub fn is_running(body: &Body) -> bool {
    matches!(status(body), "active" | "trialing" | "past_due")
}

/// The products of a subscription.
pub fn products(body: &Body) -> Vec<String> {
    item::shown(body).filter_map(|item| text(item, "price.product").map(str::to_owned)).collect()
}
