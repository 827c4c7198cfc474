//! The invoices of a subscription: what is on them, and how they are paid.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::order::{self, Accepts, DISCOUNTS, Line};
use crate::sandbox::behaviour::payment_intent::Attempt;
use crate::sandbox::behaviour::{discount, invoice, invoice_item, meter, money, period};
use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome, Stage};
use crate::sandbox::fields::{
    copy, flag, given_number, id, inner, items, member, needed, number, set, status, text,
};
use crate::sandbox::store::Body;

use super::item;

/// A draft of a renewal is finalized this long after it was made.
pub(super) const HOUR: i64 = 60 * 60;

/// A draft for the subscription, without lines, not yet kept.
pub(super) fn draft(call: &Call<'_>, owner: &Body, reason: &str) -> Outcome<Body> {
    let customer = call.session.named("customer", needed(owner, "customer")?)?;
    let mut params = Body::new();
    let method = text(owner, "collection_method").unwrap_or("charge_automatically");
    set(&mut params, "collection_method", method);
    set(&mut params, "auto_advance", true);
    if method == "send_invoice" {
        set(&mut params, "days_until_due", number(owner, "days_until_due"));
    }
    let about = call.about("invoice", params)?;
    let mut body = invoice::draft(&about, &customer, needed(owner, "currency")?)?;
    set(&mut body, "billing_reason", reason);
    set(&mut body, "default_tax_rates", items(owner, "default_tax_rates").to_vec());
    let details = json!({
        "metadata": owner.get("metadata"), "subscription": id(owner), "subscription_proration_date": null,
    });
    set(
        &mut body,
        "parent",
        json!({"quote_details": null, "subscription_details": details, "type": "subscription_details"}),
    );
    Ok(body)
}

/// One period of an item as a line.
pub(super) fn line(
    call: &Call<'_>,
    owner: &Body,
    item: &Body,
    (start, end): (i64, i64),
    quantity: i64,
) -> Outcome<Json> {
    let mut line = Line::of_price(inner(item, "price").cloned().unwrap_or_default(), quantity)?;
    let is_trial = status(owner) == "trialing";
    line.amount = if is_trial { 0 } else { short(call, owner, item, start, line.amount) };
    let sold = line.description(call)?;
    let sold = sold.as_str().unwrap_or("Subscription");
    let words = if is_trial {
        format!("Trial period for {sold}")
    } else {
        format!("{quantity} × {sold}{}", terms(item))
    };
    let mut about = Body::new();
    copy(&mut about, item, &["discounts", "metadata", "tax_rates"]);
    set(&mut about, "amount", line.amount);
    set(&mut about, "currency", line.currency.as_str());
    set(&mut about, "description", words);
    set(&mut about, "discountable", true);
    set(&mut about, DISCOUNTS, discounts(call, item)?);
    set(&mut about, "period", json!({"end": end, "start": start}));
    set(&mut about, "pricing", line.pricing());
    set(&mut about, "quantity", quantity);
    let parent = json!({
        "invoice_item_details": null,
        "subscription_item_details": {
            "invoice_item": null, "proration": false, "proration_details": {"credited_items": null},
            "subscription": id(owner), "subscription_item": id(item),
        },
        "type": "subscription_item_details",
    });
    Ok(order::invoice_line(call, &about, &parent))
}

/// What a price asks for, as it stands behind the name of what is sold; nothing of one in tiers.
fn terms(item: &Body) -> String {
    let price = inner(item, "price");
    let amount = price.and_then(|price| given_number(price, "unit_amount"));
    let (Some(price), Some(amount), Some(often)) = (price, amount, item::recurring(item)) else {
        return String::new();
    };
    let amount = money::written(amount, text(price, "currency").unwrap_or_default());
    let interval = text(often, "interval").unwrap_or_default();
    match number(often, "interval_count") {
        0 | 1 => format!(" (at {amount} / {interval})"),
        count => format!(" (at {amount} / every {count} {interval}s)"),
    }
}

/// A period before the anchor is only a part of a whole one, and costs as much.
fn short(call: &Call<'_>, owner: &Body, item: &Body, start: i64, whole: i64) -> i64 {
    let anchor = number(owner, "billing_cycle_anchor");
    let Some(often) = item::recurring(item).filter(|_| start < anchor) else { return whole };
    if text(&call.params, "proration_behavior") == Some("none") {
        return 0;
    }
    let interval = text(often, "interval").unwrap_or("month");
    let (begin, end) = period::around(anchor, interval, number(often, "interval_count"), start);
    period::part(whole, begin, end, start)
}

fn discounts(call: &Call<'_>, item: &Body) -> Outcome<Vec<Json>> {
    let at_work = discount::at_work(call, items(item, "discounts"), call.now)?;
    Ok(at_work.into_iter().map(Json::Object).collect())
}

/// The lines of the periods that begin now: what is paid in advance.
pub(super) fn ahead(call: &Call<'_>, owner: &Body, own: &[Body], draft: &mut Body) -> Outcome<()> {
    for item in own {
        let within = (number(item, "current_period_start"), number(item, "current_period_end"));
        let quantity = if item::is_metered(item) { 0 } else { number(item, "quantity") };
        order::push(draft, line(call, owner, item, within, quantity)?);
    }
    Ok(())
}

/// The line of what was used in a period that is over.
pub(super) fn used(
    call: &Call<'_>,
    owner: &Body,
    item: &Body,
    within: (i64, i64),
    draft: &mut Body,
) -> Outcome<()> {
    let meter = item::recurring(item).and_then(|often| text(often, "meter")).unwrap_or_default();
    let customer = needed(owner, "customer")?;
    let quantity = meter::used(call, meter, customer, within.0, within.1)?;
    order::push(draft, line(call, owner, item, within, quantity)?);
    Ok(())
}

/// The items of the customer that wait go on the draft.
pub(super) fn gather(call: &Call<'_>, draft: &mut Body) -> Outcome<()> {
    let customer = needed(draft, "customer")?.to_owned();
    let currency = needed(draft, "currency")?.to_owned();
    for mut waiting in invoice_item::waiting(call, &customer, Some(&currency))? {
        order::add(call, draft, &waiting);
        set(&mut waiting, "invoice", id(draft));
        call.session.put(&waiting)?;
    }
    Ok(())
}

/// What `add_invoice_items` puts on the next invoice beside the items.
pub(super) fn extra(call: &Call<'_>, owner: &Body) -> Outcome<()> {
    for (at, params) in items(&call.params, "add_invoice_items").iter().enumerate() {
        let params = params.as_object().cloned().unwrap_or_default();
        let path = format!("add_invoice_items[{at}]");
        let line = Line::of(call, &params, Accepts::OneTime, &path)?;
        let line = line.ok_or_else(|| missing(&format!("{path}[price]")))?;
        let mut about = Body::new();
        set(&mut about, "customer", member(owner, "customer"));
        let made = invoice_item::of_line(&call.about("invoiceitem", about)?, &line)?;
        call.session.put(&made)?;
    }
    Ok(())
}

/// The first invoice, and its payment as `payment_behavior` says.
pub(super) fn first(call: &Call<'_>, owner: &Body) -> Outcome<()> {
    extra(call, owner)?;
    let mut body = draft(call, owner, "subscription_create")?;
    ahead(call, owner, &item::of(call, id(owner))?, &mut body)?;
    gather(call, &mut body)?;
    reduce(call, owner, &mut body)?;
    settle(call, owner, body, "incomplete")
}

/// Keeps an invoice as the latest and has it paid; what cannot be paid leaves the subscription
/// in the state `unpaid`.
pub(super) fn settle(call: &Call<'_>, owner: &Body, mut body: Body, unpaid: &str) -> Outcome<()> {
    let mut owner = call.session.named("subscription", id(owner))?;
    set(&mut owner, "latest_invoice", id(&body));
    if text(&owner, "collection_method") == Some("send_invoice") && number(&body, "total") > 0 {
        set(&mut body, "automatically_finalizes_at", call.now + HOUR);
        call.session.put(&owner)?;
        return call.session.put(&body);
    }
    let behaviour = text(&call.params, "payment_behavior").unwrap_or("allow_incomplete").to_owned();
    if number(&body, "total") > 0 && status(&owner) != "trialing" {
        set(&mut owner, "status", unpaid);
    }
    call.session.put(&owner)?;
    invoice::open(call, &mut body)?;
    call.session.put(&body)?;
    if status(&body) == "paid" || behaviour == "default_incomplete" {
        return call.react();
    }
    let method = invoice::method_of(call, &body).map_err(|failure| no_method(call, failure))?;
    let off_session = flag(&call.params, "off_session");
    match invoice::collect(call, &mut body, method, off_session)? {
        Attempt::Failed(failure) if behaviour == "error_if_incomplete" => {
            return Err(failure.at(Stage::Undone));
        }
        Attempt::Waits if behaviour == "error_if_incomplete" => return Err(needs_action()),
        Attempt::Failed(_) | Attempt::Waits if behaviour == "pending_if_incomplete" => {
            return Err(Failure::unsupported("pending updates of subscriptions"));
        }
        _ => {}
    }
    call.session.put(&body)?;
    call.react()
}

fn no_method(call: &Call<'_>, failure: Failure) -> Failure {
    if text(&call.params, "default_payment_method").is_some() {
        return failure;
    }
    Failure::state(
        "This customer has no attached payment source or default payment method. Please consider adding a default \
         payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
    )
    .code("resource_missing")
}

fn needs_action() -> Failure {
    Failure::new(
        402,
        "card_error",
        "This payment requires additional user action before it can be completed successfully.",
    )
    .code("subscription_payment_intent_requires_action")
    .at(Stage::Undone)
}

/// Discounts of the subscription that work at that time, on an invoice that was drafted.
pub(super) fn reduce(call: &Call<'_>, body: &Body, draft: &mut Body) -> Outcome<()> {
    let at_work = discount::at_work(call, items(body, "discounts"), call.now)?;
    if at_work.is_empty() {
        return Ok(());
    }
    let ids: Vec<Json> = at_work.iter().map(|own| Json::from(id(own))).collect();
    set(draft, "discounts", ids);
    discount::use_up(call, &at_work)?;
    set(draft, DISCOUNTS, at_work.into_iter().map(Json::Object).collect::<Vec<_>>());
    let lines = items(draft, order::LINES).to_vec();
    order::show_lines(draft, &lines);
    Ok(())
}
