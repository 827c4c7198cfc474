//! What an invoice comes to: its lines, less the discounts, the customer's balance and what was
//! credited.

use super::discounts;
use super::line::sum;
use super::tax;
use crate::sandbox::behaviour::prelude::*;

/// Kept with an invoice: all its lines, of which the first ten are shown.
pub const LINES: &str = "_lines";
/// Kept with an invoice: what the customer's balance adds to what is due, or takes off it.
pub const APPLIED: &str = "_applied";

/// Works an invoice out anew, after its discounts or its rates have changed.
pub fn work_out(body: &mut Body) {
    let lines = items(body, LINES).to_vec();
    show_lines(body, &lines);
}

/// Keeps the lines and everything that follows from them.
pub fn show_lines(body: &mut Body, lines: &[Json]) {
    let mut lines: Vec<Body> = lines.iter().filter_map(|line| line.as_object().cloned()).collect();
    let taken = discounts::of_invoice(body, &mut lines);
    let taxes = tax::apply(body, &mut lines);
    let lines: Vec<Json> = lines.into_iter().map(Json::Object).collect();
    let subtotal = sum(&lines, "amount");
    let off: i64 = taken.iter().map(|(_, amount)| amount).sum();
    let shown = taken.iter().map(|(discount, amount)| json!({"amount": amount, "discount": discount}));
    let url = format!("/v1/invoices/{}/lines", id(body));
    body.extend(body! {
        "lines": page::embedded(&lines, &url), (LINES): lines,
        "total_discount_amounts": shown.collect::<Vec<_>>(), "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - taxes.inclusive, "total": subtotal - off + taxes.exclusive,
        "total_excluding_tax": subtotal - off - taxes.inclusive,
    });
    due(body);
}

/// What is still to be paid.
pub fn due(body: &mut Body) {
    let due = number(body, "total").max(0) + number(body, APPLIED)
        - number(body, "pre_payment_credit_notes_amount");
    set(body, "amount_due", due.max(0));
    set(body, "amount_remaining", (due - number(body, "amount_paid")).max(0));
}
