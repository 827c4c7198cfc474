//! Credit notes, which reduce an invoice before it is paid or return money afterwards.

use crate::sandbox::behaviour::order::{self, Invoice, InvoiceLine, OrderLine};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{customer_balance, invoice, money, refund};
use crate::sandbox::embedded;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        operations: &[(Create, create)],
        actions: &[("PreviewCreditNote", preview), ("VoidCreditNote", void)],
        ..Behaviour::of(&["credit_note"])
    },
    Behaviour { operations: &[(List, list_preview)], ..Behaviour::of(&["credit_notes.preview_lines"]) },
];

/// The ways to give back the amount: to the balance, to the card, or outside Stripe.
const PARTS: [&str; 3] = ["credit_amount", "refund_amount", "out_of_band_amount"];

/// `POST /v1/credit_notes`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let (mut body, mut invoice) = draft(call)?;
    if needed_number(&body, "post_payment_amount")? > 0 {
        return_money(call, &mut body, &invoice)?;
    }
    for kind in ["pre_payment", "post_payment"] {
        let credited = format!("{kind}_credit_notes_amount");
        let amount = needed_number(&invoice, &credited)? + needed_number(&body, &format!("{kind}_amount"))?;
        set(&mut invoice, &credited, amount);
    }
    call.session.put(&body)?;
    if status(&invoice) == "open" {
        invoice::update_amount_due(call, &mut invoice)?;
    }
    call.session.put(&invoice)?;
    Ok(Json::Object(body))
}

/// `GET /v1/credit_notes/preview`.
fn preview(call: &Call<'_>) -> ApiResult<Json> {
    draft(call).map(|(body, _)| Json::Object(body))
}

/// Builds a credit note without storing it, and returns it with its invoice.
fn draft(call: &Call<'_>) -> ApiResult<(Body, Body)> {
    let invoice = call.required_object("invoice", "invoice")?;
    let state = status(&invoice);
    let about = call.about("credit_note", call.params.clone())?;
    let mut body = about.build()?;
    let amount = totals(call, &mut body, &lines(call, &invoice)?);
    check_amount(amount, &typed(&invoice)?)?;
    split(call, &mut body, amount, state == "paid")?;
    let kind = if state == "paid" { "post_payment" } else { "pre_payment" };
    let count = call.session.having("credit_note", "invoice", id(&invoice))?.len() + 1;
    let name = identifier::fingerprint(id(&body));
    let mode = if call.caller.livemode { "live" } else { "test" };
    body.extend(body! {
        (format!("{kind}_amount")): amount, "type": kind, "invoice": id(&invoice),
        "number": format!("{}-CN-{count:02}", needed(&invoice, "number")?),
        "pdf": format!("https://pay.stripe.com/credit_notes/{}/{mode}_{name}/pdf?s=ap", call.caller.account),
    });
    Ok((body, invoice))
}

/// Sets the lines and the totals; returns the amount.
fn totals(call: &Call<'_>, body: &mut Body, lines: &[Json]) -> i64 {
    let subtotal = order::sum(lines, "amount");
    let off = order::sum(lines, "discount_amount");
    let (mut discounts, mut taxes): (Vec<Json>, Vec<Json>) = (Vec::new(), Vec::new());
    for line in lines.iter().filter_map(Json::as_object) {
        order::add(&mut discounts, items(line, "discount_amounts"), "discount");
        order::add(&mut taxes, items(line, "taxes"), "tax_rate_details");
    }
    let of = |behaviour: &str| {
        let own = taxes.iter().filter(|tax| tax.get("tax_behavior").is_some_and(|own| own == behaviour));
        order::sum(&own.cloned().collect::<Vec<_>>(), "amount")
    };
    let (exclusive, inclusive) = (of("exclusive"), of("inclusive"));
    let total = subtotal - off + exclusive;
    embedded::show(call.entity, body, "lines", lines);
    body.extend(body! {
        "amount": total, "discount_amount": off, "pretax_credit_amounts": order::pretax_credits(&discounts),
        "discount_amounts": discounts, "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - inclusive, "total": total,
        "total_excluding_tax": total - exclusive - inclusive, "total_taxes": taxes,
    });
    total
}

/// Refuses to credit more than is left of the invoice.
fn check_amount(amount: i64, invoice: &Invoice<'_>) -> ApiResult<()> {
    let Invoice { status, currency, total, amount_remaining, .. } = *invoice;
    let credited = invoice.pre_payment_credit_notes_amount + invoice.post_payment_credit_notes_amount;
    let most = if status == "open" { amount_remaining } else { total - credited };
    if (1..=most).contains(&amount) {
        return Ok(());
    }
    let (amount, most) = (money::written(amount, currency), money::written(most, currency));
    Err(ApiError::of("credit_note_amount", &[("amount", &amount), ("most", &most)]))
}

/// Returns the lines in the params, or one line for their amount.
fn lines(call: &Call<'_>, invoice: &Body) -> ApiResult<Vec<Json>> {
    if !items(&call.params, "lines").is_empty() {
        let given = entries(&call.params, "lines", "");
        return given.map(|(path, entry)| one(call, invoice, entry, &path).map(Json::Object)).collect();
    }
    let parts = PARTS.iter().filter_map(|name| given_number(&call.params, name));
    let amount = given_number(&call.params, "amount").or_else(|| parts.reduce(|sum, part| sum + part));
    let amount = amount.ok_or_else(|| missing("amount"))?;
    Ok(vec![Json::Object(line(call, &Body::new(), (amount, 1), None))])
}

fn one(call: &Call<'_>, invoice: &Body, entry: &Body, path: &str) -> ApiResult<Body> {
    let quantity = order::quantity(entry);
    let given = OrderLine::of_amount(entry, needed(invoice, "currency")?)?.map(|line| line.amount);
    if text(entry, "type") == Some("custom_line_item") {
        let amount = given.ok_or_else(|| missing(&child(path, "amount")))?;
        let mut line = line(call, entry, (amount, quantity), None);
        order::apply_tax_rates(call, &mut line, entry, "tax_rates", path)?;
        let taxes = shown_taxes(items(&line, "tax_rates"), amount)?;
        set(&mut line, "taxes", taxes);
        return Ok(line);
    }
    let param = child(path, "invoice_line_item");
    let named = text(entry, "invoice_line_item").ok_or_else(|| missing(&param))?;
    let known = order::line_named(invoice, order::LINES, named, &param)?;
    let view: InvoiceLine<'_> = typed(known)?;
    let (whole, many) = (view.amount, view.quantity.map_or(1, |many| many.max(1)));
    let part = given_number(entry, "quantity")
        .map(|quantity| money::part_of(whole.into(), quantity.into(), many.into()));
    let amount = given.or(part).unwrap_or(whole);
    if amount > whole {
        return Err(ApiError::of("credit_note_line_amount", &[("line", &named)]).param(path));
    }
    let mut line = line(call, entry, (amount, quantity), Some((named, view.description)));
    let share = |off: &Body| {
        let off_whole = needed_number(off, "amount")?;
        let off_amount = money::part_of(off_whole.into(), amount.into(), whole.into());
        Ok(json!({"amount": off_amount, "discount": off.get("discount")}))
    };
    let discounts = objects(known, "discount_amounts").map(share).collect::<ApiResult<Vec<Json>>>()?;
    let off = order::sum(&discounts, "amount");
    let rates = order::rates_of(known, items(invoice, "default_tax_rates"));
    let taxes = shown_taxes(rates, amount - off)?;
    line.extend(body! {
        "discount_amount": off, "pretax_credit_amounts": order::pretax_credits(&discounts),
        "discount_amounts": discounts, "taxes": taxes,
    });
    Ok(line)
}

fn shown_taxes(rates: &[Json], amount: i64) -> ApiResult<Vec<Json>> {
    Ok(order::taxes(rates, amount)?.iter().map(order::Tax::shown).collect())
}

/// Builds a line; `of` is the invoice line that it credits.
fn line(
    call: &Call<'_>,
    entry: &Body,
    (amount, quantity): (i64, i64),
    of: Option<(&str, Option<&str>)>,
) -> Body {
    let description = text(entry, "description").or_else(|| of.and_then(|(_, sold)| sold));
    let kind = if of.is_some() { "invoice_line_item" } else { "custom_line_item" };
    let unit = amount / quantity.max(1);
    body! {
        "id": identifier::fresh("cnli_"), "object": "credit_note_line_item", "amount": amount,
        "description": description.unwrap_or("Credit"), "discount_amount": 0, "discount_amounts": [],
        "invoice_line_item": of.map(|(named, _)| named), "livemode": call.caller.livemode,
        "metadata": inner(entry, "metadata"), "pretax_credit_amounts": [], "quantity": quantity, "tax_rates": [],
        "taxes": [], "type": kind, "unit_amount": unit, "unit_amount_decimal": unit.to_string(),
    }
}

/// Splits the amount between the balance, the card and payments outside Stripe, which must add up to it.
fn split(call: &Call<'_>, body: &mut Body, amount: i64, paid: bool) -> ApiResult<()> {
    let named = order::sum(items(&call.params, "refunds"), "amount_refunded");
    let sum = PARTS.iter().map(|name| number(&call.params, name)).sum::<i64>() + named;
    if paid && sum != amount {
        return Err(ApiError::of("credit_note_parts", &[("amount", &amount), ("sum", &sum)]));
    }
    if !paid && sum != 0 && sum != amount {
        return Err(ApiError::of("credit_note_nothing_to_give_back", &[]));
    }
    let elsewhere = number(&call.params, "out_of_band_amount");
    if paid && elsewhere > 0 {
        set(body, "out_of_band_amount", elsewhere);
    }
    Ok(())
}

fn return_money(call: &Call<'_>, body: &mut Body, invoice: &Body) -> ApiResult<()> {
    let (credit, refunded) = (number(&call.params, "credit_amount"), number(&call.params, "refund_amount"));
    if credit > 0 {
        let (customer, currency) = (needed(invoice, "customer")?, needed(invoice, "currency")?);
        let about = Some(("credit_note", id(body)));
        let entry = customer_balance::enter(call, customer, (-credit, currency), "credit_note", about)?;
        set(body, "customer_balance_transaction", id(&entry));
    }
    let mut refunds = Vec::new();
    for (path, named) in entries(&call.params, "refunds", "") {
        let param = child(&path, "refund");
        let known = text(named, "refund").ok_or_else(|| missing(&param))?;
        let known = call.session.referred("refund", known, &param)?;
        let amount =
            given_number(named, "amount_refunded").map_or_else(|| needed_number(&known, "amount"), Ok)?;
        refunds.push(json!({"amount_refunded": amount, "refund": id(&known), "type": "refund"}));
    }
    if refunded > 0 {
        let params = body! {"amount": refunded, "payment_intent": member(invoice, "_payment_intent")};
        let made = refund::made(&call.about("refund", params)?)?;
        refunds.push(json!({"amount_refunded": refunded, "refund": made.get("id"), "type": "refund"}));
    }
    set(body, "refunds", refunds);
    Ok(())
}

/// `POST /v1/credit_notes/{id}/void`: possible only while the invoice is open.
fn void(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    let mut invoice = call.session.named("invoice", needed(&body, "invoice")?)?;
    call.update(&mut body, body! {"status": "void", "voided_at": call.now})?;
    let credited = needed_number(&invoice, "pre_payment_credit_notes_amount")?
        - needed_number(&body, "pre_payment_amount")?;
    set(&mut invoice, "pre_payment_credit_notes_amount", credited);
    invoice::update_amount_due(call, &mut invoice)?;
    call.session.put(&invoice)?;
    Ok(Json::Object(body))
}

/// `GET /v1/credit_notes/preview/lines`: the lines of a previewed note.
fn list_preview(call: &Call<'_>) -> ApiResult<Json> {
    let (body, _) = draft(&call.without(&["limit", "starting_after", "ending_before"]))?;
    page::of_items(&call.about("credit_note", Body::new())?, items(&body, "_lines"))
}
