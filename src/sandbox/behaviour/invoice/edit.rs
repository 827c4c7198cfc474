//! Changing the lines of a draft.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::invoice_item;
use crate::sandbox::behaviour::order::{
    self, Accepts, DISCOUNTS, LINES, Line, add, give_discounts, show_lines,
};
use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{id, inner, items, member, needed, set, status, text};
use crate::sandbox::page;
use crate::sandbox::shape;
use crate::sandbox::store::Body;

fn editable(call: &Call<'_>, invoice: &str) -> Outcome<Body> {
    let body = call.session.named("invoice", invoice)?;
    if status(&body) == "draft" {
        return Ok(body);
    }
    let message = format!("The invoice {invoice} is not editable because it is no longer a draft.");
    Err(Failure::state(message).code("invoice_not_editable"))
}

fn entries(call: &Call<'_>) -> Vec<Body> {
    items(&call.params, "lines").iter().filter_map(|entry| entry.as_object().cloned()).collect()
}

fn invoice_metadata(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let Some(given) = call.params.get("invoice_metadata") else { return Ok(()) };
    let mut params = Body::new();
    set(&mut params, "metadata", given.clone());
    shape::lay_over(call.entity, body, &params)
}

/// `POST /v1/invoices/{id}/add_lines`.
pub(in crate::sandbox::behaviour) fn add_lines(call: &Call<'_>) -> Outcome<Json> {
    let mut body = editable(call, &call.id)?;
    for (at, entry) in entries(call).iter().enumerate() {
        let path = format!("lines[{at}]");
        if let Some(known) = text(entry, "invoice_item") {
            let param = format!("{path}[invoice_item]");
            let mut item = call.session.referred("invoiceitem", known, &param)?;
            if text(&item, "invoice").is_some() {
                let message = "This invoice item is on an invoice already.";
                return Err(Failure::state(message).param(param));
            }
            add(call, &mut body, &item);
            set(&mut item, "invoice", id(&body));
            call.session.put(&item)?;
            continue;
        }
        let item = item_of(call, &body, entry, &path)?;
        add(call, &mut body, &item);
    }
    invoice_metadata(call, &mut body)?;
    call.keep(body)
}

/// An invoice item of its own for each line that is described, kept.
pub(in crate::sandbox::behaviour) fn item_of(
    call: &Call<'_>,
    invoice: &Body,
    entry: &Body,
    path: &str,
) -> Outcome<Body> {
    let mut params = entry.clone();
    let discounts = params.shift_remove("discounts");
    let rates = params.shift_remove("tax_rates").unwrap_or_default();
    set(&mut params, "customer", member(invoice, "customer"));
    let about = call.about("invoiceitem", params.clone())?;
    let currency = needed(invoice, "currency")?;
    let cost = cost(&about, &params, currency, path)?;
    let mut item = invoice_item::of_line(&about, &cost)?;
    set(&mut item, "invoice", id(invoice));
    let rates = rates.as_array().map_or(&[][..], Vec::as_slice);
    set(&mut item, "tax_rates", order::rates(call, rates, &format!("{path}[tax_rates]"))?);
    if let Some(discounts) = discounts {
        give_discounts(call, &mut item, &discounts, &format!("{path}[discounts]"))?;
    }
    call.session.put(&item)?;
    Ok(item)
}

fn cost(call: &Call<'_>, params: &Body, currency: &str, path: &str) -> Outcome<Line> {
    let line = match Line::of(call, params, Accepts::Any, path)? {
        Some(line) => line,
        None => Line::of_amount(params, currency).ok_or_else(|| missing(&format!("{path}[amount]")))?,
    };
    if line.currency == currency {
        return Ok(line);
    }
    Err(Failure::state("The currency of a line and of its invoice must be the same.").param(path))
}

/// `POST /v1/invoices/{id}/remove_lines`: their items are deleted, or wait again.
pub(in crate::sandbox::behaviour) fn remove_lines(call: &Call<'_>) -> Outcome<Json> {
    let mut body = editable(call, &call.id)?;
    for (at, entry) in entries(call).iter().enumerate() {
        let param = format!("lines[{at}][id]");
        let line = line_of(&body, text(entry, "id").unwrap_or_default(), &param)?;
        if let Some(mut item) = item_behind(call, &line)? {
            if text(entry, "behavior") == Some("unassign") {
                set(&mut item, "invoice", Json::Null);
                call.session.put(&item)?;
            } else {
                call.session.remove("invoiceitem", id(&item))?;
            }
        }
        let left: Vec<Json> =
            items(&body, LINES).iter().filter(|other| other.get("id") != line.get("id")).cloned().collect();
        show_lines(&mut body, &left);
    }
    invoice_metadata(call, &mut body)?;
    call.keep(body)
}

fn line_of(invoice: &Body, line: &str, param: &str) -> Outcome<Body> {
    let known = items(invoice, LINES).iter().filter_map(Json::as_object).find(|known| id(known) == line);
    known.cloned().ok_or_else(|| Failure::unknown_reference("line_item", line, param))
}

fn item_behind(call: &Call<'_>, line: &Body) -> Outcome<Option<Body>> {
    let item = line.get("parent").and_then(|parent| parent.pointer("/invoice_item_details/invoice_item"));
    match item.and_then(Json::as_str) {
        Some(item) => call.session.alive("invoiceitem", item),
        None => Ok(None),
    }
}

/// `POST /v1/invoices/{id}/update_lines`.
pub(in crate::sandbox::behaviour) fn update_lines(call: &Call<'_>) -> Outcome<Json> {
    let mut body = editable(call, &call.id)?;
    for (at, entry) in entries(call).iter().enumerate() {
        let path = format!("lines[{at}]");
        let line = line_of(&body, text(entry, "id").unwrap_or_default(), &format!("{path}[id]"))?;
        change(call, &mut body, &line, entry, &path)?;
    }
    invoice_metadata(call, &mut body)?;
    call.keep(body)
}

/// `POST /v1/invoices/{invoice}/lines/{id}`.
pub(in crate::sandbox::behaviour) fn update_line(call: &Call<'_>) -> Outcome<Json> {
    let invoice = call.parents.first().map(|(_, id)| id.clone()).unwrap_or_default();
    let mut body = editable(call, &invoice)?;
    let line = line_of(&body, &call.id, "id").map_err(|failure| Failure { status: 404, ..failure })?;
    change(call, &mut body, &line, &call.params, "")?;
    call.session.put(&body)?;
    line_of(&body, &call.id, "id").map(Json::Object)
}

/// `GET /v1/invoices/{invoice}/lines`.
pub(in crate::sandbox::behaviour) fn list_lines(call: &Call<'_>) -> Outcome<Json> {
    let invoice = call.parents.first().map(|(_, id)| id.as_str()).unwrap_or_default();
    let body = call.session.named("invoice", invoice)?;
    page::of_items(call, items(&body, LINES))
}

fn change(call: &Call<'_>, invoice: &mut Body, line: &Body, entry: &Body, path: &str) -> Outcome<()> {
    let mut changed = line.clone();
    let mut plain = entry.clone();
    plain.retain(|name, _| matches!(name.as_str(), "description" | "discountable" | "metadata" | "period"));
    shape::lay_over(call.about("line_item", Body::new())?.entity, &mut changed, &plain)?;
    if ["amount", "price_data", "pricing", "quantity"].iter().any(|name| entry.contains_key(*name)) {
        let mut params = entry.clone();
        keep_unit(&mut params, line);
        let cost = cost(call, &params, needed(invoice, "currency")?, path)?;
        set(&mut changed, "amount", cost.amount);
        set(&mut changed, "subtotal", cost.amount);
        set(&mut changed, "quantity", cost.quantity);
        set(&mut changed, "pricing", cost.pricing());
    }
    if entry.contains_key("tax_rates") {
        let rates = order::rates(call, items(entry, "tax_rates"), &format!("{path}[tax_rates]"))?;
        set(&mut changed, order::RATES, rates);
    }
    if let Some(discounts) = entry.get("discounts") {
        let mut owner = invoice.clone();
        give_discounts(call, &mut owner, discounts, &format!("{path}[discounts]"))?;
        for name in ["discounts", DISCOUNTS] {
            set(&mut changed, name, owner.get(name).cloned().unwrap_or_else(|| json!([])));
        }
    }
    let replaced = |other: &Json| {
        if other.get("id") == changed.get("id") { Json::Object(changed.clone()) } else { other.clone() }
    };
    let lines: Vec<Json> = items(invoice, LINES).iter().map(replaced).collect();
    show_lines(invoice, &lines);
    Ok(())
}

/// A new quantity alone leaves the price of one as it was.
fn keep_unit(params: &mut Body, line: &Body) {
    let says = ["amount", "price_data", "pricing", "unit_amount_decimal"]
        .iter()
        .any(|name| params.contains_key(*name));
    let unit = inner(line, "pricing").and_then(|pricing| text(pricing, "unit_amount_decimal"));
    if let (false, Some(unit)) = (says, unit) {
        set(params, "unit_amount_decimal", unit);
    }
}
