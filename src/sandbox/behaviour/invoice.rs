//! Invoices: drafts that gather lines, then open until they are paid or void.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, id, inner, items, member, set, status, text};
use crate::sandbox::page;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Delete, List, Page, Update};
use super::order::{LINES, add, give_discounts, rates, show_lines};
use super::{generic, invoice_item};

mod attach;
mod balance;
mod edit;
mod finalize_and_pay;
mod payment;

pub(super) use edit::item_of;
pub(super) use finalize_and_pay::{
    collect, due_now, intent_succeeded, mark_uncollectible, method_of, open, subscription_of, void,
};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        operations: &[(Create, create), (Delete, delete), (List, list), (Update, update)],
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
        pages: &[Page {
            field: "payments",
            of: "invoice_payment",
            by: "invoice",
            oldest_first: true,
            canceled: false,
        }],
        ..Behaviour::of(&["invoice"])
    },
    Behaviour { operations: &[(List, payment::list)], ..Behaviour::of(&["invoice_payment"]) },
    Behaviour {
        operations: &[(List, edit::list_lines), (Update, edit::update_line)],
        ..Behaviour::of(&["line_item"])
    },
];

const DAY: i64 = 24 * 60 * 60;
/// What may still be changed once an invoice is no draft.
const ALWAYS: &[&str] = &["auto_advance", "default_payment_method", "metadata", "payment_settings"];

/// `POST /v1/invoices`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let customer = call.session.referred("customer", call.demanded("customer")?, "customer")?;
    let includes = text(&call.params, "pending_invoice_items_behavior") == Some("include");
    let waiting = invoice_item::waiting(call, id(&customer), text(&call.params, "currency"))?;
    let first = waiting.first().filter(|_| includes).and_then(|item| text(item, "currency"));
    let currency = text(&call.params, "currency").or(first).or_else(|| text(&customer, "currency"));
    let mut body = draft(call, &customer, currency.unwrap_or("usd"))?;
    if inner(&body, "rendering").is_none() {
        set(&mut body, "rendering", json!({"pdf": {"page_size": "auto"}}));
    }
    let fitting = waiting.iter().filter(|item| includes && text(item, "currency") == text(&body, "currency"));
    for item in fitting.cloned().collect::<Vec<_>>() {
        add(call, &mut body, &item);
        let mut item = item;
        set(&mut item, "invoice", id(&body));
        call.session.put(&item)?;
    }
    call.keep(body)
}

/// A draft without lines, not yet kept.
pub(super) fn draft(call: &Call<'_>, customer: &Body, currency: &str) -> Outcome<Body> {
    let mut plain = call.clone();
    let discounts = plain.params.shift_remove("discounts");
    let given_rates = plain.params.shift_remove("default_tax_rates").unwrap_or_default();
    let mut body = plain.build()?;
    set(&mut body, "status", "draft");
    set(&mut body, "currency", currency.to_ascii_lowercase());
    set(&mut body, "customer", id(customer));
    set(&mut body, "billing_reason", "manual");
    for name in ["address", "email", "name", "phone", "shipping", "tax_exempt"] {
        set(&mut body, &format!("customer_{name}"), customer.get(name).cloned().unwrap_or_default());
    }
    for name in ["period_start", "period_end", "webhooks_delivered_at"] {
        set(&mut body, name, call.now);
    }
    if !call.params.contains_key("auto_advance") {
        set(&mut body, "auto_advance", false);
    }
    set(&mut body, "discounts", json!([]));
    set(&mut body, "default_tax_rates", rates(call, items_of(&given_rates), "default_tax_rates")?);
    set(&mut body, "test_clock", member(customer, "test_clock"));
    collection(call, &mut body)?;
    if let Some(discounts) = discounts.filter(Json::is_array) {
        give_discounts(call, &mut body, &discounts, "discounts")?;
    }
    show_lines(&mut body, &[]);
    Ok(body)
}

/// The elements of a list param; none for an empty text.
fn items_of(given: &Json) -> &[Json] {
    given.as_array().map_or(&[], Vec::as_slice)
}

/// How it is to be paid: by itself, or when the customer gets to it.
fn collection(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let method = text(&call.params, "collection_method").unwrap_or("charge_automatically").to_owned();
    let days = given_number(&call.params, "days_until_due");
    let due = given_number(&call.params, "due_date");
    match (method.as_str(), days, due) {
        ("send_invoice", None, None) => {
            let message = "When using the `collection_method=send_invoice`, you must specify either `days_until_due` or `due_date`.";
            return Err(Failure::invalid(message).param("days_until_due"));
        }
        ("send_invoice", days, due) => {
            let due = due.or_else(|| days.map(|days| call.now + days * DAY));
            set(body, "due_date", due.map_or(Json::Null, Json::from));
        }
        (_, None, None) => {}
        _ => {
            let message =
                "You can only use `days_until_due` and `due_date` with `collection_method=send_invoice`.";
            return Err(Failure::invalid(message).param("days_until_due"));
        }
    }
    set(body, "collection_method", method);
    Ok(())
}

/// `POST /v1/invoices/{invoice}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let locked = call.params.keys().find(|name| !ALWAYS.contains(&name.as_str()));
    if let (Some(name), true) = (locked, status(&before) != "draft") {
        let message = format!("Finalized invoices can't be updated in this way: {name}.");
        return Err(Failure::state(message).code("invoice_not_editable").param(name.as_str()));
    }
    let mut plain = call.clone();
    let discounts = plain.params.shift_remove("discounts");
    let given_rates = plain.params.shift_remove("default_tax_rates");
    let mut body = plain.revise()?;
    if let Some(given_rates) = given_rates {
        set(&mut body, "default_tax_rates", rates(call, items_of(&given_rates), "default_tax_rates")?);
        let lines = items(&body, LINES).to_vec();
        show_lines(&mut body, &lines);
    }
    if let Some(discounts) = discounts {
        give_discounts(call, &mut body, &discounts, "discounts")?;
        let lines = items(&body, LINES).to_vec();
        show_lines(&mut body, &lines);
    }
    if let Some(days) = given_number(&call.params, "days_until_due") {
        let created = given_number(&body, "created").unwrap_or(call.now);
        set(&mut body, "due_date", created.saturating_add(days.saturating_mul(DAY)));
    }
    call.keep(body)
}

/// `GET /v1/invoices`; `subscription` is what an invoice stems from.
fn list(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    let wanted = call.params.shift_remove("subscription").filter(|wanted| *wanted != "");
    page::of_objects(&call, "invoice", |body| {
        let own = body.get("parent").and_then(|parent| parent.pointer("/subscription_details/subscription"));
        wanted.is_none() || own == wanted.as_ref()
    })
}

/// `DELETE /v1/invoices/{invoice}`: a draft only; its items wait again.
fn delete(call: &Call<'_>) -> Outcome<Json> {
    let body = call.named()?;
    if status(&body) != "draft" {
        let message = "You can only delete draft invoices. To cancel a non-draft invoice, void it.";
        return Err(Failure::state(message).code("invoice_not_editable"));
    }
    for mut item in call.session.having("invoiceitem", "invoice", id(&body))? {
        set(&mut item, "invoice", Json::Null);
        call.session.put(&item)?;
    }
    generic::remove(call, &body)
}
