//! Creates and collects the invoices of a subscription.

use crate::sandbox::behaviour::order::{self, Accepts, Invoice, LINES, OrderLine, Price};
use crate::sandbox::behaviour::payment_intent::PaymentAttempt;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::item::{self, Item};
use crate::sandbox::behaviour::subscription::proration;
use crate::sandbox::behaviour::{discount, invoice, invoice_item, meter, money};

/// How long a renewal invoice stays a draft, in seconds.
pub(super) const HOUR: i64 = 60 * 60;

/// Builds a draft invoice of the subscription, without lines and without storing it.
pub(super) fn draft(call: &Call<'_>, owner: &Body, reason: &str) -> ApiResult<Body> {
    let customer = call.session.named("customer", needed(owner, "customer")?)?;
    let method = needed(owner, "collection_method")?;
    let mut params = body! {"auto_advance": true, "collection_method": method};
    if method == "send_invoice" {
        set(&mut params, "days_until_due", needed_number(owner, "days_until_due")?);
    }
    let mut body = invoice::draft(&call.about("invoice", params)?, &customer, needed(owner, "currency")?)?;
    body.extend(body! {
        "billing_reason": reason, "default_tax_rates": items(owner, "default_tax_rates"),
        "on_behalf_of": member(owner, "on_behalf_of"), "parent": invoice::of_subscription(owner),
    });
    Ok(body)
}

/// Returns the line for one period of an item: for the usage in it (`used`), or for what is billed in
/// advance.
fn line(
    call: &Call<'_>,
    owner: &Body,
    item: &Item<'_>,
    (start, end): (i64, i64),
    used: Option<i64>,
) -> ApiResult<Body> {
    // A metered item has no usage yet when it is billed in advance.
    let quantity = item.quantity.or(used).unwrap_or(0);
    let mut line = OrderLine::of_price(&item.price, quantity)?;
    let is_trial = status(owner) == "trialing";
    line.amount = match (used, item.quantity) {
        _ if is_trial => 0,
        (Some(_), _) => line.amount,
        (None, None) => 0,
        (None, Some(_)) => prorated_amount(call, owner, item, line.amount)?,
    };
    let sold = line.description(call)?;
    let sold = sold.as_deref().unwrap_or("Subscription");
    let words = if is_trial {
        format!("Trial period for {sold}")
    } else {
        format!("{quantity} × {sold}{}", terms(&item.price))
    };
    let mut about = body! {
        "amount": line.amount, "currency": line.currency, "description": words, "discountable": true,
        "period": {"end": end, "start": start}, "pricing": line.pricing(), "quantity": quantity,
    };
    order::keep_discounts(&mut about, &discount::active(call, items(item.body, "discounts"), call.now)?);
    copy(&mut about, item.body, &["discounts", "metadata", "tax_rates"]);
    let parent = json!({
        "invoice_item_details": null,
        "subscription_item_details": {
            "invoice_item": null, "proration": false, "proration_details": {"credited_items": null},
            "subscription": id(owner), "subscription_item": id(item.body),
        },
        "type": "subscription_item_details",
    });
    Ok(order::invoice_line(call, &about, &parent))
}

/// Returns the terms of a price that follow the name of the product, such as ` (at $5.00 / month)`. Empty for
/// a price in tiers.
fn terms(price: &Price<'_>) -> String {
    let (Some(amount), Some(cycle)) = (price.amounts.unit_amount, price.recurring) else {
        return String::new();
    };
    let (amount, interval) = (money::written(amount, price.currency), cycle.interval);
    match cycle.count {
        1 => format!(" (at {amount} / {interval})"),
        count => format!(" (at {amount} / every {count} {interval}s)"),
    }
}

/// Returns the price of the current period, which is a part of the whole price if the period is shorter than
/// a cycle.
fn prorated_amount(call: &Call<'_>, owner: &Body, item: &Item<'_>, whole: i64) -> ApiResult<i64> {
    let (start, end) = item.period;
    let is_free = proration::behaviour(call) == "none";
    if is_free && start < needed_number(owner, "billing_cycle_anchor")? {
        return Ok(0);
    }
    Ok(item.part(whole, end - start))
}

/// Adds the lines billed in advance for the periods that start now, newest item first. Stores each item's
/// discounts, so that a later credit is reduced in the same way.
pub(super) fn add_advance_lines(
    call: &Call<'_>,
    owner: &Body,
    own: Vec<Body>,
    draft: &mut Body,
) -> ApiResult<()> {
    for mut item in own.into_iter().rev() {
        let view = Item::of(&item, owner)?;
        order::push_line(draft, line(call, owner, &view, view.period, None)?)?;
        proration::keep_discounts(call, owner, &mut item)?;
        call.session.put(&item)?;
    }
    Ok(())
}

/// Adds the usage of a metered item in a period that has ended.
pub(super) fn add_usage_line(
    call: &Call<'_>,
    owner: &Body,
    item: &Body,
    end: i64,
    draft: &mut Body,
) -> ApiResult<()> {
    let item = Item::of(item, owner)?;
    let (start, _) = item.period;
    // A price without a meter has no usage.
    let quantity = text(item.body, "price.recurring.meter")
        .map_or(Ok(0), |meter| meter::usage_in_period(call, meter, needed(owner, "customer")?, start, end))?;
    order::push_line(draft, line(call, owner, &item, (start, end), Some(quantity))?)
}

/// Builds a draft for the usage so far and the pending invoice items, without storing it.
pub(super) fn final_draft(call: &Call<'_>, owner: &Body, reason: &str) -> ApiResult<Body> {
    let mut draft = draft(call, owner, reason)?;
    for item in item::of(call, id(owner))?.iter().filter(|item| item::is_metered(item)) {
        add_usage_line(call, owner, item, call.now, &mut draft)?;
    }
    complete_draft(call, owner, &mut draft)?;
    Ok(draft)
}

/// Invoices the usage so far and the pending invoice items. If there are none, there is no invoice.
pub(super) fn invoice_remaining(
    call: &Call<'_>,
    owner: &Body,
    reason: &str,
    unpaid_status: &str,
) -> ApiResult<()> {
    let draft = final_draft(call, owner, reason)?;
    if items(&draft, LINES).is_empty() { Ok(()) } else { collect_invoice(call, owner, draft, unpaid_status) }
}

/// Adds the pending invoice items of the subscription and of its customer, newest first and before the lines
/// for periods. Then applies the discounts of the subscription.
pub(super) fn complete_draft(call: &Call<'_>, owner: &Body, draft: &mut Body) -> ApiResult<()> {
    let (customer, currency) = (needed(draft, "customer")?, needed(draft, "currency")?);
    let periods = items(draft, LINES).len();
    for pending in invoice_item::pending(call, customer, Some(currency))? {
        if invoice_item::subscription(&pending).is_none_or(|of| of == id(owner)) {
            invoice_item::add_to_draft(call, draft, pending)?;
        }
    }
    order::move_first(draft, periods)?;
    let active = discount::active(call, items(owner, "discounts"), call.now)?;
    set(draft, "discounts", active.iter().map(id).collect::<Vec<_>>());
    order::keep_discounts(draft, &active);
    order::recalculate(draft)?;
    discount::end_used(call, draft)
}

/// Removes discounts that an invoice has used up from the subscription and its items.
pub(super) fn drop_ended_discounts(call: &Call<'_>, owner: &mut Body) -> ApiResult<()> {
    for mut own in item::of(call, id(owner))? {
        if discount::drop_ended(call, &mut own)? {
            call.session.put(&own)?;
        }
    }
    discount::drop_ended(call, owner)?;
    item::sync(call, owner)
}

/// Invoices the pending items at once if `proration_behavior=always_invoice`.
pub(super) fn invoice_now_if_asked(call: &Call<'_>, owner: &Body) -> ApiResult<()> {
    if proration::behaviour(call) != "always_invoice" {
        return Ok(());
    }
    let mut draft = draft(call, owner, "subscription_update")?;
    complete_draft(call, owner, &mut draft)?;
    collect_invoice(call, owner, draft, "past_due")
}

/// Creates the invoice items of `add_invoice_items`.
pub(super) fn add_extra_items(call: &Call<'_>, owner: &Body) -> ApiResult<()> {
    for (path, params) in entries(&call.params, "add_invoice_items", "") {
        let line = OrderLine::of(call, params, Accepts::OneTime, Some(needed(owner, "currency")?), &path)?;
        let line = line.ok_or_else(|| missing(&child(&path, "price")))?;
        let about = call.about("invoiceitem", body! {"customer": member(owner, "customer")})?;
        let mut made = invoice_item::of_line(&about, &line)?;
        order::apply_reductions(call, &mut made, params, "tax_rates", &path)?;
        copy_given(&mut made, params, &["discountable", "metadata"]);
        for end in ["start", "end"] {
            if let Some(at) = given_number(params, &format!("period.{end}.timestamp")) {
                set_inner(&mut made, "period", end, at);
            }
        }
        call.session.put(&made)?;
    }
    Ok(())
}

/// Creates the first invoice and collects it according to `payment_behavior`.
pub(super) fn create_first_invoice(call: &Call<'_>, owner: &Body) -> ApiResult<()> {
    add_extra_items(call, owner)?;
    let mut body = draft(call, owner, "subscription_create")?;
    add_advance_lines(call, owner, item::of(call, id(owner))?, &mut body)?;
    complete_draft(call, owner, &mut body)?;
    collect_invoice(call, owner, body, "incomplete")
}

/// Stores an invoice as the latest one and collects it. If it cannot be paid, the subscription gets the
/// status `unpaid_status`.
pub(super) fn collect_invoice(
    call: &Call<'_>,
    owner: &Body,
    mut body: Body,
    unpaid_status: &str,
) -> ApiResult<()> {
    let mut owner = call.session.named("subscription", id(owner))?;
    set(&mut owner, "latest_invoice", id(&body));
    drop_ended_discounts(call, &mut owner)?;
    let Invoice { total, collection_method, .. } = typed(&body)?;
    if collection_method == "send_invoice" && total > 0 {
        set(&mut body, "automatically_finalizes_at", call.now + HOUR);
        call.session.put(&owner)?;
        return call.session.put(&body);
    }
    if total > 0 && status(&owner) != "trialing" {
        set(&mut owner, "status", unpaid_status);
    }
    call.session.put(&owner)?;
    call.session.put(&body)?;
    invoice::finalize_draft(call, &mut body)?;
    if unpaid_status == "incomplete" {
        // Stripe does not retry a first payment: the customer makes it.
        set(&mut body, "next_payment_attempt", Json::Null);
    }
    call.session.put(&body)?;
    let waits_for_customer = text(&call.params, "payment_behavior") == Some("default_incomplete");
    if status(&body) != "paid" && !waits_for_customer {
        pay(call, &mut body)?;
    }
    call.react()
}

/// Tries to pay an open invoice; with `payment_behavior=error_if_incomplete`, it must succeed.
fn pay(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    let must_succeed = text(&call.params, "payment_behavior") == Some("error_if_incomplete");
    let says_method = text(&call.params, "default_payment_method").is_some();
    let lacking =
        |failure| if says_method { failure } else { ApiError::of("no_method_for_subscription", &[]) };
    let method = invoice::method_of(call, body).map_err(lacking)?;
    let off_session = flag(&call.params, "off_session");
    match invoice::collect(call, body, method, off_session)? {
        PaymentAttempt::Failed(failure) if must_succeed => Err(failure.at(Stage::Undone)),
        PaymentAttempt::Waits if must_succeed => {
            Err(ApiError::of("subscription_requires_action", &[]).at(Stage::Undone))
        }
        _ => call.session.put(body),
    }
}
