//! Adds, changes and removes the lines of a draft.

use crate::sandbox::behaviour::invoice_item;
use crate::sandbox::behaviour::order::{
    self, Accepts, DISCOUNTS, LINES, OrderLine, add_item, apply_reductions, change_lines,
};
use crate::sandbox::behaviour::prelude::*;

/// Changes each of the `lines` of a call; `invoice_metadata` is applied to the invoice.
fn for_each(call: &Call<'_>, change: impl Fn(&mut Body, &Body, &str) -> ApiResult<()>) -> ApiResult<Json> {
    let mut body = call.named()?;
    for (path, entry) in entries(&call.params, "lines", "") {
        change(&mut body, entry, &path)?;
    }
    if let Some(given) = call.params.get("invoice_metadata") {
        shape::lay_over(call.entity, &mut body, &body! {"metadata": given})?;
    }
    call.keep(body)
}

/// `POST /v1/invoices/{id}/add_lines`.
pub fn add_lines(call: &Call<'_>) -> ApiResult<Json> {
    for_each(call, |body, entry, path| {
        let Some(known) = text(entry, "invoice_item") else {
            let item = item_of(call, body, entry, path)?;
            return add_item(call, body, &item);
        };
        let param = child(path, "invoice_item");
        let item = call.session.referred("invoiceitem", known, &param)?;
        if text(&item, "invoice").is_some() {
            return Err(ApiError::of("invoice_item_on_invoice", &[]).param(param));
        }
        invoice_item::add_to_draft(call, body, item)
    })
}

/// Creates the invoice item for a described line.
pub fn item_of(call: &Call<'_>, invoice: &Body, entry: &Body, path: &str) -> ApiResult<Body> {
    let mut params = entry.clone();
    copy(&mut params, invoice, &["customer"]);
    let about = call.about("invoiceitem", params)?;
    let mut item = invoice_item::of_line(&about, &cost(call, entry, invoice, path)?)?;
    set(&mut item, "invoice", id(invoice));
    apply_reductions(call, &mut item, entry, "tax_rates", path)?;
    call.session.put(&item)?;
    Ok(item)
}

fn cost(call: &Call<'_>, entry: &Body, invoice: &Body, path: &str) -> ApiResult<OrderLine> {
    let currency = needed(invoice, "currency")?;
    match OrderLine::of(call, entry, Accepts::Any, Some(currency), path)? {
        Some(line) => Ok(line),
        None => OrderLine::of_amount(entry, currency)?.ok_or_else(|| missing(&child(path, "amount"))),
    }
}

/// `POST /v1/invoices/{id}/remove_lines`: deletes their invoice items, or makes them pending again.
pub fn remove_lines(call: &Call<'_>) -> ApiResult<Json> {
    for_each(call, |body, entry, path| {
        let line = line_of(body, entry, path)?;
        let item = order::item_of_line(&line);
        let item = item.map_or(Ok(None), |item| call.session.get_live("invoiceitem", item))?;
        match item {
            Some(mut item) if text(entry, "behavior") == Some("unassign") => {
                call.update(&mut item, body! {"invoice": Json::Null})?;
            }
            Some(item) => call.session.remove("invoiceitem", id(&item))?,
            None => {}
        }
        change_lines(body, |other| (id(other) != id(&line)).then(|| other.clone()))
    })
}

/// Returns the line that an entry names.
fn line_of(invoice: &Body, entry: &Body, path: &str) -> ApiResult<Body> {
    order::line_named(invoice, LINES, id(entry), &child(path, "id")).cloned()
}

/// `POST /v1/invoices/{id}/update_lines`.
pub fn update_lines(call: &Call<'_>) -> ApiResult<Json> {
    for_each(call, |body, entry, path| {
        let line = line_of(body, entry, path)?;
        change(call, body, line, entry, path)
    })
}

/// `POST /v1/invoices/{invoice}/lines/{id}`.
pub fn update_line(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.session.named("invoice", call.owner())?;
    let named = body! {"id": call.id};
    let line = line_of(&body, &named, "").map_err(|failure| ApiError { status: 404, ..failure })?;
    change(call, &mut body, line, &call.params, "")?;
    call.session.put(&body)?;
    line_of(&body, &named, "").map(Json::Object)
}

/// Changes a line according to the params.
fn change(call: &Call<'_>, invoice: &mut Body, mut line: Body, entry: &Body, path: &str) -> ApiResult<()> {
    let mut plain = entry.clone();
    plain.retain(|name, _| matches!(name.as_str(), "description" | "discountable" | "metadata" | "period"));
    if ["amount", "price_data", "pricing", "quantity"].iter().any(|name| entry.contains_key(*name)) {
        let mut params = entry.clone();
        invoice_item::keep_unit(&mut params, &line);
        let cost = cost(call, &params, invoice, path)?;
        line.extend(body! {
            "amount": cost.amount, "pricing": cost.pricing(), "quantity": cost.quantity, "subtotal": cost.amount,
        });
    }
    shape::lay_over(call.about("line_item", Body::new())?.entity, &mut line, &plain)?;
    let mut given = body! {"object": "invoice", "id": id(invoice)};
    copy(&mut given, invoice, &["customer", "currency"]);
    apply_reductions(call, &mut given, entry, "tax_rates", path)?;
    for (from, to) in [("tax_rates", order::RATES), ("discounts", "discounts"), (DISCOUNTS, DISCOUNTS)] {
        line.extend(given.remove(from).map(|value| (to.to_owned(), value)));
    }
    change_lines(invoice, |other| Some(if id(other) == id(&line) { line.clone() } else { other.clone() }))
}
