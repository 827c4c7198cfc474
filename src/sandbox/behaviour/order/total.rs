//! What an invoice comes to: its lines, less the discounts, the customer's balance and what was
//! credited.

use super::given::DISCOUNTS;
use super::line::add;
use super::reduce::{Priced, reduce};
use super::tax::{Tax, rates_of};
use crate::sandbox::behaviour::prelude::*;

/// Kept with an invoice: all its lines, of which the first ten are shown.
pub const LINES: &str = "_lines";
/// Kept with an invoice: the part of the customer's balance that was applied to it.
pub const APPLIED: &str = "_applied";

/// A view of an invoice: its state, and its amounts in the smallest unit of the currency.
#[derive(Debug, Deserialize)]
pub struct Invoice<'b> {
    /// Draft, open, paid, void, uncollectible.
    pub status: &'b str,
    /// Who is to pay.
    pub customer: &'b str,
    /// In small letters.
    pub currency: &'b str,
    /// Whether it is sent, or taken from the customer.
    pub collection_method: &'b str,
    /// It goes on to its end by itself.
    pub auto_advance: bool,
    /// How often it was tried to be paid.
    pub attempt_count: i64,
    /// What all lines come to.
    pub total: i64,
    /// What of it is to be paid.
    pub amount_due: i64,
    /// What of that was paid.
    pub amount_paid: i64,
    /// What of it was not.
    pub amount_remaining: i64,
    /// What was credited before it was paid.
    pub pre_payment_credit_notes_amount: i64,
    /// What was credited afterwards.
    pub post_payment_credit_notes_amount: i64,
    /// What the customer's balance adds to what is due, or takes off it.
    #[serde(rename = "_applied", default)]
    pub applied: i64,
}

/// A view of a line of an invoice.
#[derive(Debug, Deserialize)]
pub struct InvoiceLine<'b> {
    /// Before discounts and taxes, in the smallest unit of the currency.
    pub amount: i64,
    /// False where no discount takes anything off it.
    pub discountable: bool,
    /// How many; none where nobody said.
    pub quantity: Option<i64>,
    /// What is sold, in words.
    pub description: Option<&'b str>,
}

/// Works an invoice out anew, after its discounts or its rates have changed.
pub fn work_out(body: &mut Body) -> Outcome<()> {
    let lines = items(body, LINES).to_vec();
    show_lines(body, &lines)
}

/// Keeps the lines and everything that follows from them.
pub fn show_lines(body: &mut Body, lines: &[Json]) -> Outcome<()> {
    let usual = items(body, "default_tax_rates");
    let known: Vec<&Body> = lines.iter().filter_map(Json::as_object).collect();
    let priced = known.iter().map(|line| priced(line, usual)).collect::<Outcome<Vec<_>>>()?;
    let (reduced, totals) = reduce(&priced, objects(body, DISCOUNTS), needed(body, "currency")?)?;
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
    due(body)
}

fn priced<'o>(line: &'o Body, usual: &'o [Json]) -> Outcome<Priced<'o>> {
    let InvoiceLine { amount, discountable, .. } = typed(line)?;
    Ok(Priced {
        amount,
        discountable,
        product: text(line, "pricing.price_details.product"),
        discounts: objects(line, DISCOUNTS).collect(),
        rates: rates_of(line, usual),
    })
}

/// What is still to be paid.
pub fn due(body: &mut Body) -> Outcome<()> {
    let Invoice { total, applied, pre_payment_credit_notes_amount, amount_paid, .. } = typed(body)?;
    let due = total.max(0) + applied - pre_payment_credit_notes_amount;
    body.extend(body! {"amount_due": due.max(0), "amount_remaining": (due - amount_paid).max(0)});
    Ok(())
}
