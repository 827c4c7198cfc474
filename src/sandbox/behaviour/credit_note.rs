//! Credit notes: what an invoice is too much by, before it is paid or after.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, id, items, member, needed, number, set, status, text};
use crate::sandbox::identifier;
use crate::sandbox::page;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, List};
use super::{customer_balance, invoice, money, order, refund};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        operations: &[(Create, create)],
        actions: &[("PreviewCreditNote", preview), ("VoidCreditNote", void)],
        ..Behaviour::of(&["credit_note"])
    },
    Behaviour {
        operations: &[(List, list_lines)],
        ..Behaviour::of(&["credit_note_line_item", "credit_notes.preview_lines"])
    },
];

/// Kept with a credit note: all its lines.
const LINES: &str = "_lines";

/// `POST /v1/credit_notes`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let (mut body, mut invoice) = worked_out(call)?;
    if number(&body, "post_payment_amount") > 0 {
        return_money(call, &mut body, &invoice)?;
    }
    for (note, owner) in [
        ("pre_payment_amount", "pre_payment_credit_notes_amount"),
        ("post_payment_amount", "post_payment_credit_notes_amount"),
    ] {
        let amount = number(&invoice, owner) + number(&body, note);
        set(&mut invoice, owner, amount);
    }
    call.session.put(&body)?;
    if status(&invoice) == "open" {
        invoice::due_now(call, &mut invoice)?;
    }
    call.session.put(&invoice)?;
    Ok(Json::Object(body))
}

/// `GET /v1/credit_notes/preview`.
fn preview(call: &Call<'_>) -> Outcome<Json> {
    worked_out(call).map(|(body, _)| Json::Object(body))
}

/// A note that is not yet kept, and its invoice.
fn worked_out(call: &Call<'_>) -> Outcome<(Body, Body)> {
    let invoice = call.session.referred("invoice", call.demanded("invoice")?, "invoice")?;
    if !matches!(status(&invoice), "open" | "paid") {
        let message = format!(
            "You can only create credit notes for open or paid invoices; {} is {}.",
            id(&invoice),
            status(&invoice)
        );
        return Err(Failure::state(message).param("invoice"));
    }
    let mut about = call.about("credit_note", call.params.clone())?;
    about.params.retain(|name, _| !matches!(name.as_str(), "lines" | "amount" | "refunds" | "shipping_cost"));
    let mut body = about.build()?;
    let currency = needed(&invoice, "currency")?.to_owned();
    let lines = lines(call, &invoice)?;
    let amount: i64 = lines.iter().map(|line| line.get("amount").and_then(Json::as_i64).unwrap_or(0)).sum();
    let most = creditable(&invoice);
    if amount < 1 || amount > most {
        let message = format!(
            "The sum of credit amount, refund amount and out of band amount ({}) must be between one and the amount \
             that can still be credited ({}).",
            money::written(amount, &currency),
            money::written(most, &currency)
        );
        return Err(Failure::state(message).param("amount"));
    }
    let paid = status(&invoice) == "paid";
    split(call, &mut body, amount, paid)?;
    for name in ["amount", "subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax"] {
        set(&mut body, name, amount);
    }
    set(&mut body, if paid { "post_payment_amount" } else { "pre_payment_amount" }, amount);
    set(&mut body, "type", if paid { "post_payment" } else { "pre_payment" });
    set(&mut body, "currency", currency);
    set(&mut body, "customer", member(&invoice, "customer"));
    set(&mut body, "invoice", id(&invoice));
    set(&mut body, "status", "issued");
    if given_number(&call.params, "effective_at").is_none() {
        set(&mut body, "effective_at", call.now);
    }
    let count = call.session.having("credit_note", "invoice", id(&invoice))?.len() + 1;
    let number = text(&invoice, "number").unwrap_or_default();
    set(&mut body, "number", format!("{number}-CN-{count:02}"));
    let pdf = format!(
        "https://pay.stripe.com/credit_notes/{}/{}/pdf",
        call.account,
        identifier::fingerprint(id(&body))
    );
    set(&mut body, "pdf", pdf);
    let url = format!("/v1/credit_notes/{}/lines", id(&body));
    set(&mut body, "lines", page::embedded(&lines, &url));
    set(&mut body, LINES, lines);
    Ok((body, invoice))
}

/// What of an invoice was not credited yet.
fn creditable(invoice: &Body) -> i64 {
    if status(invoice) == "open" {
        return number(invoice, "amount_remaining");
    }
    let credited = number(invoice, "post_payment_credit_notes_amount")
        + number(invoice, "pre_payment_credit_notes_amount");
    number(invoice, "total") - credited
}

fn lines(call: &Call<'_>, invoice: &Body) -> Outcome<Vec<Json>> {
    let given = items(&call.params, "lines");
    if given.is_empty() {
        let sum = || {
            ["credit_amount", "refund_amount", "out_of_band_amount"]
                .map(|name| given_number(&call.params, name))
        };
        let amount = given_number(&call.params, "amount").or_else(|| {
            let parts: Vec<i64> = sum().into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.iter().sum())
        });
        let amount = amount.ok_or_else(|| missing("amount"))?;
        return Ok(vec![line(call, &Body::new(), (amount, 1), None)]);
    }
    let worked_out = given.iter().enumerate().map(|(at, entry)| {
        let entry = entry.as_object().cloned().unwrap_or_default();
        one(call, invoice, &entry, &format!("lines[{at}]"))
    });
    worked_out.collect()
}

fn one(call: &Call<'_>, invoice: &Body, entry: &Body, path: &str) -> Outcome<Json> {
    let quantity = given_number(entry, "quantity").unwrap_or(1);
    let unit = text(entry, "unit_amount_decimal").map(str::to_owned);
    let unit = unit.or_else(|| given_number(entry, "unit_amount").map(|unit| unit.to_string()));
    let given = given_number(entry, "amount").or_else(|| money::times(unit.as_deref()?, quantity));
    if text(entry, "type") == Some("custom_line_item") {
        let amount = given.ok_or_else(|| missing(&format!("{path}[amount]")))?;
        return Ok(line(call, entry, (amount, quantity), None));
    }
    let param = format!("{path}[invoice_line_item]");
    let named = text(entry, "invoice_line_item").ok_or_else(|| missing(&param))?;
    let known =
        items(invoice, order::LINES).iter().filter_map(Json::as_object).find(|known| id(known) == named);
    let known = known.ok_or_else(|| Failure::unknown_reference("line_item", named, &param))?;
    let whole = number(known, "amount");
    let part =
        given_number(entry, "quantity").map(|quantity| whole * quantity / number(known, "quantity").max(1));
    let amount = given.or(part).unwrap_or(whole);
    if amount > whole {
        let message = format!("The amount credited for line {named} is greater than the amount of the line.");
        return Err(Failure::state(message).param(path));
    }
    let usual = text(known, "description").unwrap_or("Credit");
    Ok(line(call, entry, (amount, quantity), Some((named, usual))))
}

/// A line; `of` is the line of the invoice and its description.
fn line(call: &Call<'_>, entry: &Body, (amount, quantity): (i64, i64), of: Option<(&str, &str)>) -> Json {
    let (of, usual) = of.map_or((None, "Credit"), |(of, usual)| (Some(of), usual));
    let kind = if of.is_some() { "invoice_line_item" } else { "custom_line_item" };
    json!({
        "id": identifier::fresh("cnli_"), "object": "credit_note_line_item", "amount": amount,
        "description": text(entry, "description").unwrap_or(usual), "discount_amount": 0, "discount_amounts": [],
        "invoice_line_item": of, "livemode": call.livemode, "metadata": entry.get("metadata").cloned().unwrap_or_else(|| json!({})),
        "pretax_credit_amounts": [], "quantity": quantity, "tax_rates": [], "taxes": [], "type": kind,
        "unit_amount": amount / quantity.max(1), "unit_amount_decimal": (amount / quantity.max(1)).to_string(),
    })
}

/// What was paid goes to the balance, back to the card, or another way: the parts make the whole.
fn split(call: &Call<'_>, body: &mut Body, amount: i64, paid: bool) -> Outcome<()> {
    let part = |name: &str| given_number(&call.params, name).unwrap_or(0);
    let named: i64 = items(&call.params, "refunds")
        .iter()
        .filter_map(|refund| refund.get("amount_refunded").and_then(Json::as_i64))
        .sum();
    let sum = part("credit_amount") + part("refund_amount") + part("out_of_band_amount") + named;
    if paid && sum != amount {
        let message = format!(
            "When an invoice is paid, the sum of `credit_amount`, `refund_amount` and `out_of_band_amount` must equal \
             the amount of the credit note ({amount}); it is {sum}."
        );
        return Err(Failure::state(message).param("amount"));
    }
    if !paid && sum != 0 && sum != amount {
        return Err(Failure::state("An open invoice has nothing to give back.").param("refund_amount"));
    }
    if paid && part("out_of_band_amount") > 0 {
        set(body, "out_of_band_amount", part("out_of_band_amount"));
    }
    Ok(())
}

fn return_money(call: &Call<'_>, body: &mut Body, invoice: &Body) -> Outcome<()> {
    let part = |name: &str| given_number(&call.params, name).unwrap_or(0);
    let customer = needed(invoice, "customer")?;
    let currency = needed(invoice, "currency")?;
    if part("credit_amount") > 0 {
        let amount = (-part("credit_amount"), currency);
        let entry =
            customer_balance::enter(call, customer, amount, "credit_note", Some(("credit_note", id(body))))?;
        set(body, "customer_balance_transaction", id(&entry));
    }
    let mut refunds = Vec::new();
    for (at, named) in items(&call.params, "refunds").iter().enumerate() {
        let known = named.get("refund").and_then(Json::as_str).unwrap_or_default();
        let known = call.session.referred("refund", known, &format!("refunds[{at}][refund]"))?;
        let amount =
            named.get("amount_refunded").and_then(Json::as_i64).unwrap_or_else(|| number(&known, "amount"));
        refunds.push(json!({"amount_refunded": amount, "refund": id(&known), "type": "refund"}));
    }
    if part("refund_amount") > 0 {
        let mut params = Body::new();
        set(&mut params, "amount", part("refund_amount"));
        set(&mut params, "payment_intent", member(invoice, "_payment_intent"));
        let made = refund::made(&call.about("refund", params)?)?;
        refunds.push(
            json!({"amount_refunded": part("refund_amount"), "refund": made.get("id"), "type": "refund"}),
        );
    }
    set(body, "refunds", refunds);
    Ok(())
}

/// `POST /v1/credit_notes/{id}/void`: only while the invoice is open.
fn void(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    let mut invoice = call.session.named("invoice", needed(&body, "invoice")?)?;
    if status(&body) != "issued" || status(&invoice) != "open" {
        let message = "You can only void a credit note that is issued and whose invoice is open.";
        return Err(Failure::state(message));
    }
    set(&mut body, "status", "void");
    set(&mut body, "voided_at", call.now);
    call.session.put(&body)?;
    let credited = number(&invoice, "pre_payment_credit_notes_amount") - number(&body, "pre_payment_amount");
    set(&mut invoice, "pre_payment_credit_notes_amount", credited);
    invoice::due_now(call, &mut invoice)?;
    call.session.put(&invoice)?;
    Ok(Json::Object(body))
}

/// `GET /v1/credit_notes/{credit_note}/lines`, and those of a note that is not made.
fn list_lines(call: &Call<'_>) -> Outcome<Json> {
    let Some((_, note)) = call.parents.first() else {
        let mut call = call.clone();
        for name in ["limit", "starting_after", "ending_before"] {
            call.params.shift_remove(name);
        }
        let (body, _) = worked_out(&call)?;
        return page::of_items(&call.about("credit_note", Body::new())?, items(&body, LINES));
    };
    let body = call.session.named("credit_note", note)?;
    page::of_items(call, items(&body, LINES))
}
