//! What an invoice comes to: its lines, less the discounts, the customer's balance and what was
//! credited.

use super::given::DISCOUNTS;
use super::line::add;
use super::reduce::{Priced, reduce};
use super::tax::{Tax, rates_of};
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
    let usual = items(body, "default_tax_rates");
    let known: Vec<&Body> = lines.iter().filter_map(Json::as_object).collect();
    let priced: Vec<Priced<'_>> = known.iter().map(|line| priced(line, usual)).collect();
    // an invoice without a currency has no amount off either
    let currency = text(body, "currency").unwrap_or("");
    let (reduced, totals) = reduce(&priced, objects(body, DISCOUNTS), currency);
    let (mut discounts, mut taxes) = (Vec::new(), Vec::new());
    let lines = known.into_iter().zip(&reduced).map(|(line, own)| {
        let off =
            own.off.iter().map(|(discount, amount)| json!({"amount": amount, "discount": id(discount)}));
        let (off, due): (Vec<Json>, Vec<Json>) = (off.collect(), own.taxes.iter().map(Tax::shown).collect());
        add(&mut discounts, &off, "discount");
        add(&mut taxes, &due, "tax_rate_details");
        let mut line = line.clone();
        line.extend(body! {"discount_amounts": off, "taxes": due});
        Json::Object(line)
    });
    let lines: Vec<Json> = lines.collect();
    let url = format!("/v1/invoices/{}/lines", id(body));
    body.extend(body! {
        "lines": page::embedded(&lines, &url), (LINES): lines, "total_discount_amounts": discounts,
        "total_taxes": taxes, "subtotal": totals.subtotal,
        "subtotal_excluding_tax": totals.subtotal - totals.inclusive, "total": totals.total,
        "total_excluding_tax": totals.total - totals.exclusive - totals.inclusive,
    });
    due(body);
}

fn priced<'o>(line: &'o Body, usual: &'o [Json]) -> Priced<'o> {
    Priced {
        amount: number(line, "amount"),
        discountable: flag(line, "discountable"),
        product: text(line, "pricing.price_details.product"),
        discounts: objects(line, DISCOUNTS).collect(),
        rates: rates_of(line, usual),
    }
}

/// What is still to be paid.
pub fn due(body: &mut Body) {
    let due = number(body, "total").max(0) + number(body, APPLIED)
        - number(body, "pre_payment_credit_notes_amount");
    set(body, "amount_due", due.max(0));
    set(body, "amount_remaining", (due - number(body, "amount_paid")).max(0));
}
