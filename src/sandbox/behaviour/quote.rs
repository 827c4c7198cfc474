//! Quotes: drafts that are finalized, then either accepted, which makes an invoice or a subscription, or
//! canceled.

use crate::sandbox::behaviour::order::{self, DISCOUNTS};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{invoice, line_items, schedule, subscription};
use crate::sandbox::embedded;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Update, update)],
    actions: &[("AcceptQuote", accept), ("FinalizeQuote", finalize)],
    ..Behaviour::of(&["quote"])
}];

/// The default `days_until_due` of a sent invoice.
const DAYS_UNTIL_DUE: i64 = 30;

/// `POST /v1/quotes`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.build()?;
    let basket = line_items::from_params(call, None)?;
    set_lines(call, &mut body, basket)?;
    call.keep(body)
}

/// `POST /v1/quotes/{quote}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.revise()?;
    let changes = call.params.contains_key("line_items");
    let basket = if changes { line_items::from_params(call, Some(&body))? } else { line_items::of(&body) };
    if call.params.keys().any(|name| name != "metadata") {
        set_lines(call, &mut body, basket)?;
    }
    call.keep(body)
}

/// Sets the lines, the discounts, the tax rates and the totals.
fn set_lines(call: &Call<'_>, body: &mut Body, basket: Vec<Body>) -> ApiResult<()> {
    let currency = line_items::currency(&basket).or_else(|| text(&call.params, "currency"));
    set(body, "currency", currency);
    order::apply_reductions(call, body, &call.params, "default_tax_rates", "")?;
    let discounts: Vec<Body> = objects(body, DISCOUNTS).cloned().collect();
    let rates = items(body, "default_tax_rates").to_vec();
    let again = recurring_totals(&basket, &discounts, &rates)?;
    let totals = line_items::show(call, body, basket, &discounts, &rates)?;
    let lines: Vec<Json> = line_items::of(body).into_iter().map(Json::Object).collect();
    embedded::show(call.entity, body, "computed_upfront_line_items", &lines);
    body.shift_remove("computed_upfront_line_items");
    let amounts = body! {
        "amount_subtotal": totals.subtotal, "amount_total": totals.total, "total_details": totals.details(0),
    };
    let mut upfront = amounts.clone();
    copy(&mut upfront, body, &["line_items"]);
    body.extend(amounts);
    set(body, "computed", json!({"recurring": again, "upfront": upfront}));
    Ok(())
}

/// Returns the recurring total: the recurring lines, minus the discounts that last.
fn recurring_totals(basket: &[Body], discounts: &[Body], rates: &[Json]) -> ApiResult<Option<Json>> {
    let mut basket: Vec<Body> =
        basket.iter().filter(|item| line_items::is_recurring(item)).cloned().collect();
    let lasts = |own: &&Body| text(own, "_terms.duration") == Some("forever");
    let discounts: Vec<Body> = discounts.iter().filter(lasts).cloned().collect();
    let totals = line_items::work_out(&mut basket, &discounts, rates)?;
    let shown = |item: &Body| {
        json!({
            "amount_subtotal": totals.subtotal, "amount_total": totals.total, "total_details": totals.details(0),
            "interval": at(item, "price.recurring.interval"),
            "interval_count": at(item, "price.recurring.interval_count"),
        })
    };
    Ok(basket.first().map(shown))
}

/// `POST /v1/quotes/{quote}/finalize`.
fn finalize(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    if let Some(expires) = given_number(&call.params, "expires_at") {
        set(&mut body, "expires_at", expires);
    }
    let number = next_number(call, &body)?;
    body.extend(body! {"number": number, "status": "open"});
    set_inner(&mut body, "status_transitions", "finalized_at", call.now);
    call.keep(body)
}

/// Returns the number: the customer's prefix, the sequence number of the quote, and its version.
fn next_number(call: &Call<'_>, body: &Body) -> ApiResult<String> {
    let customer = call.session.named("customer", needed(body, "customer")?)?;
    let others = call.session.having("quote", "customer", id(&customer))?;
    let next = others.iter().filter(|other| text(other, "number").is_some()).count() + 1;
    Ok(format!("QT-{}-{next:04}-1", needed(&customer, "invoice_prefix")?))
}

/// `POST /v1/quotes/{quote}/accept`: recurring lines become a subscription, with the other lines on its first
/// invoice. Without recurring lines, the quote becomes a draft invoice.
fn accept(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    let (again, once): (Vec<Body>, Vec<Body>) =
        line_items::of(&body).into_iter().partition(line_items::is_recurring);
    let starts = given_number(&body, "subscription_data.effective_date").filter(|at| *at > call.now);
    if again.is_empty() {
        let made = invoice_of(call, &body, &once)?;
        call.session.put(&made)?;
        set(&mut body, "invoice", id(&made));
    } else if let Some(starts) = starts {
        let made = schedule_of(call, &body, &again, starts)?;
        set(&mut body, "subscription_schedule", id(&made));
    } else {
        let made = subscription_of(call, &body, &again, &once)?;
        body.extend(body! {"invoice": member(&made, "latest_invoice"), "subscription": id(&made)});
    }
    set(&mut body, "status", "accepted");
    set_inner(&mut body, "status_transitions", "accepted_at", call.now);
    call.keep(body)
}

/// Returns the params of the invoice or the subscription.
fn params(quote: &Body) -> ApiResult<Body> {
    let rates = order::rate_ids(quote, "default_tax_rates");
    let discounts = items(quote, "discounts").iter().map(|id| json!({"discount": id}));
    let method = needed(quote, "collection_method")?;
    let mut params = body! {
        "collection_method": method, "customer": needed(quote, "customer")?, "default_tax_rates": rates,
        "discounts": discounts.collect::<Json>(),
    };
    if method == "send_invoice" {
        let days = inner(quote, "invoice_settings").and_then(|own| given_number(own, "days_until_due"));
        set(&mut params, "days_until_due", days.unwrap_or(DAYS_UNTIL_DUE));
    }
    Ok(params)
}

fn subscription_of(call: &Call<'_>, quote: &Body, again: &[Body], once: &[Body]) -> ApiResult<Body> {
    let entries = |basket: &[Body]| basket.iter().map(line_items::entry).collect::<Vec<_>>();
    let mut params = params(quote)?;
    params.extend(body! {
        "add_invoice_items": entries(once), "currency": member(quote, "currency"), "items": entries(again),
    });
    if let Some(data) = inner(quote, "subscription_data") {
        copy_given(&mut params, data, &["description", "metadata", "trial_period_days"]);
    }
    if text(&params, "collection_method") == Some("charge_automatically") {
        set(&mut params, "payment_behavior", "default_incomplete");
    }
    subscription::made(&call.about("subscription", params)?)
}

/// Returns the schedule of a subscription that starts later, which has one phase.
fn schedule_of(call: &Call<'_>, quote: &Body, again: &[Body], starts: i64) -> ApiResult<Body> {
    let mut phase = params(quote)?;
    let days = phase.shift_remove("days_until_due");
    let customer = phase.shift_remove("customer");
    phase.extend(body! {
        "currency": member(quote, "currency"), "items": again.iter().map(line_items::entry).collect::<Vec<_>>(),
    });
    if let Some(days) = days {
        set(&mut phase, "invoice_settings", json!({"days_until_due": days}));
    }
    if let Some(data) = inner(quote, "subscription_data") {
        copy_given(&mut phase, data, &["description", "metadata"]);
    }
    let params =
        body! {"customer": customer, "end_behavior": "release", "phases": [phase], "start_date": starts};
    schedule::create(&call.about("subscription_schedule", params)?).map(members)
}

fn invoice_of(call: &Call<'_>, quote: &Body, basket: &[Body]) -> ApiResult<Body> {
    let customer = call.session.named("customer", needed(quote, "customer")?)?;
    let about = call.about("invoice", params(quote)?)?;
    let mut made = invoice::draft(&about, &customer, needed(quote, "currency")?)?;
    for item in basket {
        let item = invoice::item_of(call, &made, &line_items::entry(item), "line_items")?;
        order::add_item(call, &mut made, &item)?;
    }
    let details =
        json!({"quote_details": {"quote": id(quote)}, "subscription_details": null, "type": "quote_details"});
    made.extend(body! {"billing_reason": "quote_accept", "parent": details});
    Ok(made)
}
