//! The totals of an invoice: its lines, minus discounts, the customer's balance and credit notes.

use crate::sandbox::behaviour::order::given::DISCOUNTS;
use crate::sandbox::behaviour::order::line::add;
use crate::sandbox::behaviour::order::reduce::{Priced, reduce};
use crate::sandbox::behaviour::order::tax::{Tax, rates_of};
use crate::sandbox::behaviour::prelude::*;

/// Stored with an invoice: all of its lines, of which it shows the first ten.
pub const LINES: &str = "_lines";
/// Stored with an invoice: the part of the customer's balance that was applied to it.
pub const APPLIED: &str = "_applied";

/// A view of an invoice, with fields of the same names and amounts in the smallest unit of the currency, and
/// with the part of the customer's balance that was applied to it.
#[derive(Debug, Deserialize)]
pub struct Invoice<'b> {
    pub status: &'b str,
    pub customer: &'b str,
    pub currency: &'b str,
    pub collection_method: &'b str,
    pub auto_advance: bool,
    pub attempt_count: i64,
    pub total: i64,
    pub amount_due: i64,
    pub amount_paid: i64,
    pub amount_remaining: i64,
    pub pre_payment_credit_notes_amount: i64,
    pub post_payment_credit_notes_amount: i64,
    #[serde(rename = "_applied", default)]
    pub applied: i64,
}

/// A view of an invoice line, with fields of the same names; the amount is before discounts and taxes.
#[derive(Debug, Deserialize)]
pub struct InvoiceLine<'b> {
    pub amount: i64,
    pub discountable: bool,
    pub quantity: Option<i64>,
    pub description: Option<&'b str>,
}

/// Recalculates an invoice after its discounts or its rates have changed.
pub fn recalculate(body: &mut Body) -> ApiResult<()> {
    let lines = items(body, LINES).to_vec();
    show_lines(body, &lines)
}

/// Stores the lines and recalculates the totals.
pub fn show_lines(body: &mut Body, lines: &[Json]) -> ApiResult<()> {
    let usual = items(body, "default_tax_rates");
    let known: Vec<&Body> = lines.iter().filter_map(Json::as_object).collect();
    let priced = known.iter().map(|line| priced(line, usual)).collect::<ApiResult<Vec<_>>>()?;
    let (reduced, totals) = reduce(&priced, objects(body, DISCOUNTS), needed(body, "currency")?)?;
    let (mut discounts, mut taxes, mut credits) = (Vec::new(), Vec::new(), Vec::new());
    let lines = known.into_iter().zip(&reduced).map(|(line, own)| {
        let off =
            own.off.iter().map(|(discount, amount)| json!({"amount": amount, "discount": id(discount)}));
        let (off, due): (Vec<Json>, Vec<Json>) = (off.collect(), own.taxes.iter().map(Tax::shown).collect());
        let pretax = pretax_credits(&off);
        add(&mut discounts, &off, "discount");
        add(&mut credits, &pretax, "discount");
        add(&mut taxes, &due, "tax_rate_details");
        let mut line = line.clone();
        line.extend(body! {"discount_amounts": off, "pretax_credit_amounts": pretax, "taxes": due});
        Json::Object(line)
    });
    let lines: Vec<Json> = lines.collect();
    let url = format!("/v1/invoices/{}/lines", id(body));
    body.extend(body! {
        "lines": page::embedded(&lines, &url), (LINES): lines, "total_discount_amounts": discounts,
        "total_pretax_credit_amounts": credits, "total_taxes": taxes, "subtotal": totals.subtotal,
        "subtotal_excluding_tax": totals.subtotal - totals.inclusive, "total": totals.total,
        "total_excluding_tax": totals.total - totals.exclusive - totals.inclusive,
    });
    set_amounts_due(body)
}

/// Returns the `pretax_credit_amounts` of discounts.
pub fn pretax_credits(off: &[Json]) -> Vec<Json> {
    let credit = |off: &Json| json!({"amount": off.get("amount"), "discount": off.get("discount"), "type": "discount"});
    off.iter().map(credit).collect()
}

fn priced<'o>(line: &'o Body, usual: &'o [Json]) -> ApiResult<Priced<'o>> {
    let InvoiceLine { amount, discountable, .. } = typed(line)?;
    Ok(Priced {
        amount,
        discountable,
        product: text(line, "pricing.price_details.product"),
        discounts: objects(line, DISCOUNTS).collect(),
        rates: rates_of(line, usual),
    })
}

/// Sets the amounts that are due.
pub fn set_amounts_due(body: &mut Body) -> ApiResult<()> {
    let Invoice { total, applied, pre_payment_credit_notes_amount, amount_paid, .. } = typed(body)?;
    let due = total.max(0) + applied - pre_payment_credit_notes_amount;
    body.extend(body! {"amount_due": due.max(0), "amount_remaining": (due - amount_paid).max(0)});
    Ok(())
}
