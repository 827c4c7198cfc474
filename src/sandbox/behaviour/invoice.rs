//! Invoices: drafts that collect lines, and are then open until they are paid or void.

use crate::sandbox::behaviour::order::{apply_reductions, recalculate};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{generic, invoice_item, money};

mod advance;
mod attach;
mod balance;
mod edit;
mod finalize_and_pay;
mod payment;
mod share;

pub(super) use advance::{due_at, turn};
pub(super) use attach::succeeded as attached_succeeded;
pub(super) use edit::item_of;
pub(super) use finalize_and_pay::{
    collect, finalize_draft, intent_succeeded, mark_uncollectible, method_of, paid_with, subscription_of,
    update_amount_due, void,
};

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        operations: &[(Create, create), (Delete, delete), (Update, update)],
        actions: &[
            ("AddInvoiceLines", edit::add_lines),
            ("AttachPaymentToInvoice", attach::attach),
            ("FinalizeInvoice", finalize_and_pay::finalize),
            ("MarkInvoiceUncollectible", mark_uncollectible),
            ("PayInvoice", finalize_and_pay::pay),
            ("RemoveInvoiceLines", edit::remove_lines),
            ("SendInvoice", finalize_and_pay::send),
            ("UpdateInvoiceLines", edit::update_lines),
            ("VoidInvoice", void),
        ],
        pages: &[PageField {
            field: "payments",
            of: "invoice_payment",
            by: "invoice",
            oldest_first: true,
            canceled: false,
        }],
        ..Behaviour::of(&["invoice"])
    },
    Behaviour { operations: &[(Update, edit::update_line)], ..Behaviour::of(&["line_item"]) },
];

const DAY: i64 = 24 * 60 * 60;

/// `POST /v1/invoices`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let customer = call.required_object("customer", "customer")?;
    let wanted = text(&call.params, "currency");
    let mut waiting = invoice_item::pending(call, id(&customer), wanted)?;
    let includes = text(&call.params, "pending_invoice_items_behavior") == Some("include");
    let of = text(&call.params, "subscription");
    waiting.retain(|item| includes && (of.is_none() || invoice_item::subscription(item) == of));
    let first = waiting.first().and_then(|item| text(item, "currency"));
    let currency = wanted.or(first).or_else(|| text(&customer, "currency"));
    let mut body = draft(call, &customer, currency.unwrap_or(money::USUAL))?;
    if let Some(owner) = call.referred_by("subscription", "subscription")? {
        set(&mut body, "parent", of_subscription(&owner));
    }
    if inner(&body, "rendering").is_none() {
        set(&mut body, "rendering", json!({"pdf": {"page_size": "auto"}}));
    }
    for item in waiting {
        if text(&item, "currency") == text(&body, "currency") {
            invoice_item::add_to_draft(call, &mut body, item)?;
        }
    }
    advance::schedule(call, &mut body);
    call.keep(body)
}

/// The `parent` of a subscription's invoice.
pub(super) fn of_subscription(owner: &Body) -> Json {
    let details = json!({
        "metadata": owner.get("metadata"), "subscription": id(owner), "subscription_proration_date": null,
    });
    json!({"quote_details": null, "subscription_details": details, "type": "subscription_details"})
}

/// Builds a draft without lines, and does not store it.
pub(super) fn draft(call: &Call<'_>, customer: &Body, currency: &str) -> ApiResult<Body> {
    let mut call = call.clone();
    set(&mut call.params, "customer", id(customer));
    let mut body = call.build()?;
    set(&mut body, "currency", currency.to_ascii_lowercase());
    apply_reductions(&call, &mut body, &call.params, "default_tax_rates", "")?;
    let days = given_number(&call.params, "days_until_due").map(|days| later(call.now, days));
    if let Some(due) = given_number(&call.params, "due_date").or(days) {
        set(&mut body, "due_date", due);
    }
    recalculate(&mut body)?;
    Ok(body)
}

fn later(at: i64, days: i64) -> i64 {
    at.saturating_add(days.saturating_mul(DAY))
}

/// `POST /v1/invoices/{invoice}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.revise()?;
    apply_reductions(call, &mut body, &call.params, "default_tax_rates", "")?;
    if status(&body) == "draft" {
        recalculate(&mut body)?;
    }
    if let Some(days) = given_number(&call.params, "days_until_due") {
        let due = later(needed_number(&body, "created")?, days);
        set(&mut body, "due_date", due);
    }
    if call.params.contains_key("auto_advance") {
        advance::schedule(call, &mut body);
    }
    call.keep(body)
}

/// `DELETE /v1/invoices/{invoice}`: its items are pending again.
fn delete(call: &Call<'_>) -> ApiResult<Json> {
    let body = call.named()?;
    for mut item in call.session.having("invoiceitem", "invoice", id(&body))? {
        call.update(&mut item, body! {"invoice": Json::Null})?;
    }
    generic::remove(call, &body)
}
