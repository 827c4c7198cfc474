//! What discounts take off the lines of an order, each from what the ones before it left.

use crate::sandbox::behaviour::discount;
use crate::sandbox::behaviour::prelude::*;

/// Kept with an invoice or a line: its discounts, whole.
pub const DISCOUNTS: &str = "_discounts";

/// What a discount can be taken from, and the product that is sold.
pub type Base = (i64, Option<String>);

/// Takes a discount off amounts; what it takes off each of them comes back.
pub fn take_off(discount: &Body, left: &mut [Base], currency: &str) -> Vec<i64> {
    let shares = discount::shares(discount, left, currency);
    for ((amount, _), share) in left.iter_mut().zip(&shares) {
        *amount -= share;
    }
    shares
}

/// Writes on each line of an invoice what the discounts take off it: first those of the line, then
/// those of the invoice. What each takes off in all comes back.
pub(super) fn of_invoice(body: &Body, lines: &mut [Body]) -> Vec<(String, i64)> {
    // an invoice without a currency has no amount off either
    let currency = text(body, "currency").unwrap_or("");
    let mut left: Vec<Base> = lines.iter().map(base).collect();
    let mut taken: Vec<(String, i64)> = Vec::new();
    let mut amounts: Vec<Vec<Json>> = vec![Vec::new(); lines.len()];
    let mut take = |own: &Body, left: &mut [Base], shown: &mut [Vec<Json>]| {
        for (slot, share) in shown.iter_mut().zip(take_off(own, left, currency)) {
            slot.push(json!({"amount": share, "discount": id(own)}));
            match taken.iter_mut().find(|(known, _)| known == id(own)) {
                Some((_, amount)) => *amount += share,
                None => taken.push((id(own).to_owned(), share)),
            }
        }
    };
    for ((line, slot), shown) in lines.iter().zip(&mut left).zip(&mut amounts) {
        for own in objects(line, DISCOUNTS) {
            take(own, std::slice::from_mut(slot), std::slice::from_mut(shown));
        }
    }
    objects(body, DISCOUNTS).for_each(|own| take(own, &mut left, &mut amounts));
    for (line, shown) in lines.iter_mut().zip(amounts) {
        set(line, "discount_amounts", shown);
    }
    taken
}

fn base(line: &Body) -> Base {
    let product = text(line, "pricing.price_details.product");
    let amount = if flag(line, "discountable") { number(line, "amount") } else { 0 };
    (amount, product.map(str::to_owned))
}

/// The discounts of a `discounts` param, by id and whole; without one nothing changes.
pub fn give_discounts(call: &Call<'_>, body: &mut Body, params: &Body, path: &str) -> Outcome<()> {
    if params.contains_key("discounts") {
        discount::give(call, body, params, path)?;
        let whole = discount::at_work(call, items(body, "discounts"), call.now)?;
        keep_discounts(body, &whole);
    }
    Ok(())
}

/// Keeps discounts whole with what they are taken off.
pub fn keep_discounts(body: &mut Body, discounts: &[Body]) {
    set(body, DISCOUNTS, discounts.iter().cloned().map(Json::Object).collect::<Vec<_>>());
}
