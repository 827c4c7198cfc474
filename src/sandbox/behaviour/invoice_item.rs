//! Invoice items: wait for the next invoice of their customer, or belong to a draft.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{id, inner, member, needed, set, status, text};
use crate::sandbox::page;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Delete, List, Update};
use super::order::{self, Accepts, Line};
use super::{generic, money};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Delete, delete), (List, list), (Update, update)],
    ..Behaviour::of(&["invoiceitem"])
}];

/// Params that change what an item costs.
const COST: &[&str] = &["amount", "price_data", "pricing", "quantity", "unit_amount_decimal"];

/// `POST /v1/invoiceitems`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let customer = call.session.referred("customer", call.demanded("customer")?, "customer")?;
    let line = cost(call, &customer)?;
    let mut plain = call.clone();
    let discounts = plain.params.shift_remove("discounts");
    let subscription = plain.params.shift_remove("subscription");
    let rates = plain.params.shift_remove("tax_rates").unwrap_or_default();
    let mut body = of_line(&plain, &line)?;
    let rates = rates.as_array().map_or(&[][..], Vec::as_slice);
    set(&mut body, "tax_rates", order::rates(call, rates, "tax_rates")?);
    if let Some(discounts) = discounts.filter(Json::is_array) {
        order::give_discounts(call, &mut body, &discounts, "discounts")?;
    }
    if let Some(subscription) = subscription.as_ref().and_then(Json::as_str) {
        call.session.referred("subscription", subscription, "subscription")?;
        let details = json!({"subscription": subscription, "subscription_item": null});
        set(&mut body, "parent", json!({"subscription_details": details, "type": "subscription_details"}));
    }
    if let Some(draft) = text(&call.params, "invoice") {
        let mut draft = call.session.referred("invoice", draft, "invoice")?;
        check_fits(&draft, &body)?;
        order::add(call, &mut draft, &body);
        call.session.put(&draft)?;
    }
    call.keep(body)
}

/// An item of a line that is worked out, not yet kept.
pub(super) fn of_line(call: &Call<'_>, line: &Line) -> Outcome<Body> {
    let mut body = call.build()?;
    write(call, &mut body, line)?;
    set(&mut body, "date", call.now);
    if inner(&call.params, "period").is_none() {
        set(&mut body, "period", json!({"end": call.now, "start": call.now}));
    }
    if !call.params.contains_key("discountable") {
        set(&mut body, "discountable", true);
    }
    Ok(body)
}

fn cost(call: &Call<'_>, customer: &Body) -> Outcome<Line> {
    if let Some(line) = Line::of(call, &call.params, Accepts::OneTime, "")? {
        return Ok(line);
    }
    let currency = text(&call.params, "currency").or_else(|| text(customer, "currency")).unwrap_or("usd");
    let currency = money::known_currency(currency, "currency")?;
    if call.params.contains_key("amount") && text(&call.params, "unit_amount_decimal").is_some() {
        return Err(Failure::exclusive("amount", "unit_amount_decimal"));
    }
    Line::of_amount(&call.params, &currency).ok_or_else(|| {
        let message =
            "You must provide one of these parameters: amount, pricing, price_data, unit_amount_decimal.";
        Failure::invalid(message).code("parameter_missing").param("amount")
    })
}

fn write(call: &Call<'_>, body: &mut Body, line: &Line) -> Outcome<()> {
    set(body, "amount", line.amount);
    set(body, "net_amount", line.amount);
    set(body, "currency", line.currency.as_str());
    set(body, "quantity", line.quantity);
    set(body, "quantity_decimal", line.quantity.to_string());
    set(body, "pricing", line.pricing());
    if text(body, "description").is_none() {
        set(body, "description", line.description(call)?);
    }
    Ok(())
}

fn check_fits(draft: &Body, item: &Body) -> Outcome<()> {
    if status(draft) != "draft" {
        let message = format!("The invoice {} is not editable because it is no longer a draft.", id(draft));
        return Err(Failure::state(message).code("invoice_not_editable").param("invoice"));
    }
    if text(draft, "customer") != text(item, "customer") {
        let message = "The customer of the invoice item and of its invoice must be the same.";
        return Err(Failure::state(message).param("invoice"));
    }
    if text(draft, "currency") != text(item, "currency") {
        let message = "The currency of the invoice item and of its invoice must be the same.";
        return Err(Failure::state(message).param("currency"));
    }
    Ok(())
}

/// The invoice an item is on, which must still be a draft.
fn editable(call: &Call<'_>, item: &Body) -> Outcome<Option<Body>> {
    let Some(on) = text(item, "invoice") else { return Ok(None) };
    match call.session.alive("invoice", on)? {
        Some(invoice) if status(&invoice) != "draft" => {
            let message =
                "You cannot modify an invoice item that is attached to an invoice that is no longer a draft.";
            Err(Failure::state(message).code("invoice_not_editable"))
        }
        other => Ok(other),
    }
}

/// `POST /v1/invoiceitems/{invoiceitem}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let draft = editable(call, &before)?;
    let mut body = call.revise()?;
    if call.params.keys().any(|name| COST.contains(&name.as_str())) {
        let customer = needed(&before, "customer")?;
        let customer = call.session.alive("customer", customer)?.unwrap_or_default();
        let mut again = call.clone();
        again.params.entry("currency").or_insert_with(|| member(&before, "currency"));
        keep_unit(&mut again.params, &before);
        write(call, &mut body, &cost(&again, &customer)?)?;
    }
    if let Some(mut draft) = draft {
        order::remove(&mut draft, id(&body));
        order::add(call, &mut draft, &body);
        call.session.put(&draft)?;
    }
    call.keep(body)
}

/// A new quantity alone leaves the price of one as it was.
fn keep_unit(params: &mut Body, before: &Body) {
    let says_cost = COST.iter().any(|name| *name != "quantity" && params.contains_key(*name));
    let unit = inner(before, "pricing").and_then(|pricing| text(pricing, "unit_amount_decimal"));
    if let (false, Some(unit)) = (says_cost, unit) {
        set(params, "unit_amount_decimal", unit);
    }
}

/// `DELETE /v1/invoiceitems/{invoiceitem}`.
fn delete(call: &Call<'_>) -> Outcome<Json> {
    let body = call.named()?;
    if let Some(mut draft) = editable(call, &body)? {
        order::remove(&mut draft, id(&body));
        call.session.put(&draft)?;
    }
    generic::remove(call, &body)
}

/// `GET /v1/invoiceitems`; `pending` are those on no invoice.
fn list(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    let pending = call.params.shift_remove("pending").and_then(|pending| pending.as_bool());
    page::of_objects(&call, "invoiceitem", |item| {
        pending.is_none_or(|pending| pending == text(item, "invoice").is_none())
    })
}

/// The items of a customer that wait for an invoice in that currency, oldest first.
pub(super) fn waiting(call: &Call<'_>, customer: &str, currency: Option<&str>) -> Outcome<Vec<Body>> {
    let mut items = call.session.having("invoiceitem", "customer", customer)?;
    items.retain(|item| {
        text(item, "invoice").is_none() && currency.is_none_or(|c| text(item, "currency") == Some(c))
    });
    items.reverse();
    Ok(items)
}
