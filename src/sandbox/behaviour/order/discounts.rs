//! What discounts take off the lines of an order, each from what the ones before it left.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::discount;
use crate::sandbox::fields::{Body, flag, id, items, number, set, text};

/// Kept with an invoice or a line: its discounts, whole.
pub(in crate::sandbox::behaviour) const DISCOUNTS: &str = "_discounts";

/// What a discount can be taken from, and the product that is sold.
pub(in crate::sandbox::behaviour) type Base = (i64, Option<String>);

/// Takes a discount off amounts; what it takes off each of them comes back.
pub(in crate::sandbox::behaviour) fn take_off(
    discount: &Body,
    left: &mut [Base],
    currency: &str,
) -> Vec<i64> {
    let shares = discount::shares(discount, left, currency);
    for ((amount, _), share) in left.iter_mut().zip(&shares) {
        *amount -= share;
    }
    shares
}

/// Writes on each line of an invoice what the discounts take off it: first those of the line, then
/// those of the invoice. What each takes off in all comes back.
pub(super) fn of_invoice(body: &Body, lines: &mut [Body]) -> Vec<(String, i64)> {
    let currency = text(body, "currency").unwrap_or_default().to_owned();
    let mut left: Vec<Base> = lines.iter().map(base).collect();
    let mut taken: Vec<(String, i64)> = Vec::new();
    let mut amounts: Vec<Vec<Json>> = vec![Vec::new(); lines.len()];
    let mut note = |discount: &Body, shown: &mut [Vec<Json>], shares: &[i64]| {
        for (slot, share) in shown.iter_mut().zip(shares) {
            slot.push(json!({"amount": share, "discount": id(discount)}));
            match taken.iter_mut().find(|(known, _)| known == id(discount)) {
                Some((_, amount)) => *amount += share,
                None => taken.push((id(discount).to_owned(), *share)),
            }
        }
    };
    for ((line, slot), shown) in lines.iter().zip(&mut left).zip(&mut amounts) {
        for own in items(line, DISCOUNTS).iter().filter_map(Json::as_object) {
            let shares = take_off(own, std::slice::from_mut(slot), &currency);
            note(own, std::slice::from_mut(shown), &shares);
        }
    }
    for own in items(body, DISCOUNTS).iter().filter_map(Json::as_object) {
        let shares = take_off(own, &mut left, &currency);
        note(own, &mut amounts, &shares);
    }
    for (line, shown) in lines.iter_mut().zip(amounts) {
        set(line, "discount_amounts", shown);
    }
    taken
}

fn base(line: &Body) -> Base {
    let product = line.get("pricing").and_then(|pricing| pricing.pointer("/price_details/product"));
    let amount = if flag(line, "discountable") { number(line, "amount") } else { 0 };
    (amount, product.and_then(Json::as_str).map(str::to_owned))
}
