//! What an invoice comes to: its lines, less the discounts, the customer's balance and what was
//! credited.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::discount;
use crate::sandbox::behaviour::line::{sum, write};
use crate::sandbox::fields::{flag, id, items, number, set, text};
use crate::sandbox::page;
use crate::sandbox::store::Body;

use super::taxed;

/// Kept with an invoice: all its lines, of which the first ten are shown.
pub(in crate::sandbox::behaviour) const LINES: &str = "_lines";
/// Kept with an invoice or a line: its discounts, whole.
pub(in crate::sandbox::behaviour) const DISCOUNTS: &str = "_discounts";
/// Kept with an invoice: what the customer's balance adds to what is due, or takes off it.
pub(super) const APPLIED: &str = "_applied";

/// Keeps the lines and everything that follows from them.
pub(in crate::sandbox::behaviour) fn show_lines(body: &mut Body, lines: &[Json]) {
    let mut lines: Vec<Body> = lines.iter().filter_map(|line| line.as_object().cloned()).collect();
    let taken = discounted(body, &mut lines);
    let taxes = taxed::apply(body, &mut lines);
    let lines: Vec<Json> = lines.into_iter().map(Json::Object).collect();
    let url = format!("/v1/invoices/{}/lines", id(body));
    let subtotal = sum(&lines, "amount");
    let off: i64 = taken.iter().map(|(_, amount)| amount).sum();
    set(body, "lines", page::embedded(&lines, &url));
    set(body, LINES, lines);
    let shown = taken.iter().map(|(discount, amount)| json!({"amount": amount, "discount": discount}));
    set(body, "total_discount_amounts", shown.collect::<Vec<_>>());
    write(body, &["subtotal"], subtotal);
    write(body, &["subtotal_excluding_tax"], subtotal - taxes.inclusive);
    write(body, &["total"], subtotal - off + taxes.exclusive);
    write(body, &["total_excluding_tax"], subtotal - off - taxes.inclusive);
    due(body);
}

/// What is still to be paid.
pub(in crate::sandbox::behaviour) fn due(body: &mut Body) {
    let due = number(body, "total").max(0) + number(body, APPLIED)
        - number(body, "pre_payment_credit_notes_amount");
    set(body, "amount_due", due.max(0));
    set(body, "amount_remaining", (due - number(body, "amount_paid")).max(0));
}

/// Writes on each line what the discounts take off it: first those of the line, then those of
/// the invoice, each from what the ones before it left.
fn discounted(body: &Body, lines: &mut [Body]) -> Vec<(String, i64)> {
    let currency = text(body, "currency").unwrap_or("usd").to_owned();
    let mut left: Vec<(i64, Option<String>)> = lines.iter().map(base).collect();
    let mut amounts: Vec<Vec<Json>> = vec![Vec::new(); lines.len()];
    let mut taken: Vec<(String, i64)> = Vec::new();
    let mut note = |discount: &Body, at: usize, share: i64, left: &mut Vec<(i64, Option<String>)>| {
        let (Some(slot), Some(shown)) = (left.get_mut(at), amounts.get_mut(at)) else { return };
        slot.0 -= share;
        shown.push(json!({"amount": share, "discount": id(discount)}));
        match taken.iter_mut().find(|(known, _)| known == id(discount)) {
            Some((_, amount)) => *amount += share,
            None => taken.push((id(discount).to_owned(), share)),
        }
    };
    for (at, line) in lines.iter().enumerate() {
        for own in items(line, DISCOUNTS).iter().filter_map(Json::as_object) {
            let alone: Vec<_> = left.get(at).cloned().into_iter().collect();
            let share = discount::shares(own, &alone, &currency).first().copied().unwrap_or(0);
            note(own, at, share, &mut left);
        }
    }
    for own in items(body, DISCOUNTS).iter().filter_map(Json::as_object) {
        for (at, share) in discount::shares(own, &left.clone(), &currency).into_iter().enumerate() {
            note(own, at, share, &mut left);
        }
    }
    for (line, shown) in lines.iter_mut().zip(amounts) {
        set(line, "discount_amounts", shown);
    }
    taken
}

/// What discounts may be taken from, and the product that is sold.
fn base(line: &Body) -> (i64, Option<String>) {
    let product = line.get("pricing").and_then(|pricing| pricing.pointer("/price_details/product"));
    let amount = if flag(line, "discountable") { number(line, "amount") } else { 0 };
    (amount, product.and_then(Json::as_str).map(str::to_owned))
}
