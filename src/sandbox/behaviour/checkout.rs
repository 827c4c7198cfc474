//! Checkout sessions: a page of Stripe's on which a customer pays, subscribes, or saves a card.

use super::prelude::*;
use super::{discount, line_items};

mod complete;
mod page;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Update, update)],
    pay: Some(complete::complete),
    ..Behaviour::of(&["checkout.session"])
}];

/// How long a session may be open, in seconds: half an hour at least, a day at most.
const OPEN_FOR: (i64, i64) = (30 * 60, 24 * 60 * 60);
/// Params that mean more than a field of their name.
const SPECIAL: &[&str] = &["line_items", "discounts", "shipping_options"];

/// `POST /v1/checkout/sessions`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let mode = call.demanded("mode")?;
    let basket = line_items::filled(call, None)?;
    fits(mode, &basket)?;
    check_expiry(call)?;
    let mut body = draft(call)?;
    if let Some(currency) = line_items::currency(&basket) {
        set(&mut body, "currency", currency);
    }
    let discounts = reductions(call, &mut body)?;
    if mode == "setup" {
        body.extend(members(json!({"payment_status": "no_payment_required", "line_items": null})));
    } else {
        sell(call, &mut body, basket, &discounts)?;
    }
    call.keep(body)
}

/// The prices fit the mode.
fn fits(mode: &str, basket: &[Body]) -> Outcome<()> {
    let recurring = basket.iter().any(line_items::is_recurring);
    let message = match mode {
        "payment" if recurring => {
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only \
             one-time prices."
        }
        "subscription" if !recurring => {
            "You must provide at least one recurring price in `subscription` mode when using prices."
        }
        "setup" if !basket.is_empty() => "You cannot pass `line_items` in `setup` mode.",
        _ => return Ok(()),
    };
    Err(Failure::state(message).param("line_items"))
}

fn draft(call: &Call<'_>) -> Outcome<Body> {
    let mut body = call.without(SPECIAL).build()?;
    let named = identifier::random(if call.livemode { "cs_live_" } else { "cs_test_" }, 58);
    if text(&body, "ui_mode") == Some("hosted_page") {
        let url = format!("https://checkout.stripe.com/c/pay/{named}#{}", identifier::random("", 32));
        set(&mut body, "url", url);
    } else {
        set(&mut body, "client_secret", identifier::random(&format!("{named}_secret_"), 40));
    }
    set(&mut body, "id", named);
    page::offer(call, &mut body)?;
    complete::keep_data(call, &mut body);
    Ok(body)
}

fn check_expiry(call: &Call<'_>) -> Outcome<()> {
    let (least, most) = OPEN_FOR;
    let open = call.now + least..=call.now + most;
    if given_number(&call.params, "expires_at").is_none_or(|at| open.contains(&at)) {
        return Ok(());
    }
    let message =
        "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.";
    Err(Failure::invalid(message).param("expires_at"))
}

fn reductions(call: &Call<'_>, body: &mut Body) -> Outcome<Vec<Body>> {
    let Some(given @ Json::Array(_)) = call.params.get("discounts") else { return Ok(Vec::new()) };
    let ids = discount::take(call, given, body, "discounts")?;
    let found = discount::at_work(call, &ids, call.now)?;
    let shown = found.iter().map(|own| {
        let coupon = inner(own, "source").and_then(|source| source.get("coupon"));
        json!({"coupon": if text(own, "promotion_code").is_some() { None } else { coupon }, "promotion_code": own.get("promotion_code")})
    });
    set(body, "discounts", shown.collect::<Vec<_>>());
    set(body, "_discounts", ids);
    Ok(found)
}

/// Shows what is sold, and what it comes to with the discounts and the shipping.
fn sell(call: &Call<'_>, body: &mut Body, basket: Vec<Body>, discounts: &[Body]) -> Outcome<()> {
    let currency = line_items::currency(&basket).ok_or_else(|| missing("line_items"))?.to_owned();
    let totals = line_items::show(call, body, basket, discounts, &[])?;
    let (options, chosen) = line_items::shipping(call)?;
    let shipping = chosen.as_ref().map_or(Ok(0), |chosen| needed_number(chosen, "amount_total"))?;
    let total = totals.total.saturating_add(shipping);
    line_items::check_total(total, &currency)?;
    body.extend(body! {
        "currency": currency, "amount_subtotal": totals.subtotal, "amount_total": total, "shipping_options": options,
        "total_details": totals.details(shipping), "shipping_cost": chosen,
        "payment_status": if total == 0 { "no_payment_required" } else { "unpaid" },
    });
    Ok(())
}

/// `POST /v1/checkout/sessions/{id}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.without(SPECIAL).revise()?;
    complete::keep_data(call, &mut body);
    if !items(&call.params, "line_items").is_empty() {
        let basket = line_items::requantified(call, &body)?;
        let discounts = discount::at_work(call, items(&body, "_discounts"), call.now)?;
        sell(call, &mut body, basket, &discounts)?;
    }
    call.keep(body)
}
