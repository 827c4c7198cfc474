//! The lines of an invoice, and how they come on a draft.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::discount;
use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{Body, flag, id, items, member, set};
use crate::sandbox::identifier;

use super::discounts::DISCOUNTS;
use super::line::Line;
use super::tax::RATES;
use super::total::{LINES, show_lines};

/// Puts an invoice item on a draft.
pub(in crate::sandbox::behaviour) fn add(call: &Call<'_>, draft: &mut Body, item: &Body) {
    let subscription =
        item.get("parent").and_then(|parent| parent.pointer("/subscription_details/subscription"));
    let parent = json!({
        "invoice_item_details": {
            "invoice_item": id(item), "proration": flag(item, "proration"),
            "proration_details": {"credited_items": null}, "subscription": subscription,
        },
        "subscription_item_details": null, "type": "invoice_item_details",
    });
    push(draft, invoice_line(call, item, &parent));
}

/// The line that has the amount, the price and the period of an invoice item, or of what is like one.
pub(in crate::sandbox::behaviour) fn invoice_line(call: &Call<'_>, item: &Body, parent: &Json) -> Json {
    let discounts = item.get("discounts").filter(|own| own.is_array()).cloned().unwrap_or_else(|| json!([]));
    let of = |details: &str| parent.pointer(&format!("/{details}/subscription")).filter(|id| !id.is_null());
    let subscription = of("invoice_item_details").or_else(|| of("subscription_item_details")).cloned();
    json!({
        "id": identifier::fresh("il_"), "object": "line_item", "amount": member(item, "amount"),
        "currency": member(item, "currency"), "description": member(item, "description"), "discount_amounts": [],
        "discountable": member(item, "discountable"), "discounts": discounts, (DISCOUNTS): item.get(DISCOUNTS),
        (RATES): item.get("tax_rates"), "invoice": null, "livemode": call.livemode,
        "metadata": member(item, "metadata"), "parent": parent, "period": member(item, "period"),
        "pretax_credit_amounts": [], "pricing": member(item, "pricing"), "quantity": member(item, "quantity"),
        "quantity_decimal": member(item, "quantity").to_string(), "subscription": subscription,
        "subtotal": member(item, "amount"), "taxes": [],
    })
}

/// Puts a line on a draft.
pub(in crate::sandbox::behaviour) fn push(draft: &mut Body, mut line: Json) {
    if let Some(line) = line.as_object_mut() {
        set(line, "invoice", id(draft));
    }
    let mut lines = items(draft, LINES).to_vec();
    lines.push(line);
    show_lines(draft, &lines);
}

/// Puts a line of a quote on a draft.
pub(in crate::sandbox::behaviour) fn add_line(call: &Call<'_>, draft: &mut Body, line: &Line) -> Outcome<()> {
    let mut item = Body::new();
    set(&mut item, "amount", line.amount);
    set(&mut item, "currency", line.currency.as_str());
    set(&mut item, "description", line.description(call)?);
    set(&mut item, "discountable", true);
    set(&mut item, "metadata", json!({}));
    set(&mut item, "period", json!({"end": call.now, "start": call.now}));
    set(&mut item, "pricing", line.pricing());
    set(&mut item, "quantity", line.quantity);
    set(&mut item, "id", identifier::fresh("ii_"));
    add(call, draft, &item);
    Ok(())
}

/// Takes an invoice item off a draft.
pub(in crate::sandbox::behaviour) fn remove(draft: &mut Body, item: &str) {
    let stays = |line: &&Json| {
        line.pointer("/parent/invoice_item_details/invoice_item").and_then(Json::as_str) != Some(item)
    };
    let lines: Vec<Json> = items(draft, LINES).iter().filter(stays).cloned().collect();
    show_lines(draft, &lines);
}

/// The discounts of a `discounts` param, by id and whole.
pub(in crate::sandbox::behaviour) fn give_discounts(
    call: &Call<'_>,
    body: &mut Body,
    given: &Json,
    param: &str,
) -> Outcome<()> {
    let ids = discount::take(call, given, body, param)?;
    let whole = discount::at_work(call, &ids, call.now)?;
    set(body, "discounts", ids);
    set(body, DISCOUNTS, whole.into_iter().map(Json::Object).collect::<Vec<_>>());
    Ok(())
}
