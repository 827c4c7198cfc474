//! Taxes of an order: each line has its own rates, or those of the order.

use crate::sandbox::behaviour::money;
use crate::sandbox::behaviour::prelude::*;

use super::line::{add, sum};

/// Kept with a line: its own tax rates, whole.
pub const RATES: &str = "_tax_rates";

/// What one rate asks of an amount.
#[derive(Debug, Clone, Copy)]
pub struct Tax<'r> {
    /// The rate, whole.
    pub rate: &'r Body,
    /// In the smallest unit of the currency.
    pub amount: i64,
    /// The amount without the taxes within it.
    pub taxable: i64,
}

impl Tax<'_> {
    /// As the lines of invoices and credit notes show it.
    pub fn shown(&self) -> Json {
        let behaviour = if flag(self.rate, "inclusive") { "inclusive" } else { "exclusive" };
        json!({
            "amount": self.amount, "tax_behavior": behaviour, "tax_rate_details": {"tax_rate": id(self.rate)},
            "taxability_reason": "not_available", "taxable_amount": self.taxable, "type": "tax_rate_details",
        })
    }
}

/// What taxes come to: on top of the lines, and within them.
#[derive(Debug, Default, Clone, Copy)]
pub struct Sums {
    /// Added to the lines.
    pub exclusive: i64,
    /// Part of the lines.
    pub inclusive: i64,
}

impl Sums {
    /// The same with more taxes.
    #[must_use]
    pub fn and(mut self, taxes: &[Tax<'_>]) -> Self {
        for tax in taxes {
            let part = if flag(tax.rate, "inclusive") { &mut self.inclusive } else { &mut self.exclusive };
            *part += tax.amount;
        }
        self
    }
}

/// The taxes of an amount. What is within it is found from all rates that are within it.
pub fn taxes(rates: &[Json], amount: i64) -> Vec<Tax<'_>> {
    let known = || rates.iter().filter_map(Json::as_object);
    let inclusive = known().filter(|rate| flag(rate, "inclusive"));
    let within: i64 = inclusive.filter_map(|rate| share(rate, 1_000_000)).sum();
    let one = |rate| {
        let taxable = if flag(rate, "inclusive") { net_of(amount, within) } else { amount };
        Some(Tax { rate, amount: share(rate, taxable)?, taxable })
    };
    known().filter_map(one).collect()
}

/// That percentage of an amount; none for a rate without one.
fn share(rate: &Body, amount: i64) -> Option<i64> {
    money::percent_of(&rate.get("percentage")?.to_string(), amount)
}

/// What is left of an amount without the taxes within it, in millionths, rounded half up.
fn net_of(amount: i64, within: i64) -> i64 {
    let (amount, whole) = (i128::from(amount) * 1_000_000, i128::from(1_000_000 + within));
    i64::try_from((amount * 2 + whole).div_euclid(whole * 2)).unwrap_or(i64::MAX)
}

/// The rates of a line: its own, or those of the order.
pub fn rates_of<'r>(line: &'r Body, usual: &'r [Json]) -> &'r [Json] {
    Some(items(line, RATES)).filter(|own| !own.is_empty()).unwrap_or(usual)
}

/// Writes on each line of an invoice what is to be paid in tax for what the discounts left of it.
pub(super) fn apply(invoice: &mut Body, lines: &mut [Body]) -> Sums {
    let usual = items(invoice, "default_tax_rates").to_vec();
    let mut sums = Sums::default();
    let mut totals: Vec<Json> = Vec::new();
    for line in lines {
        let left = number(line, "amount") - sum(items(line, "discount_amounts"), "amount");
        let own = taxes(rates_of(line, &usual), left);
        sums = sums.and(&own);
        let shown: Vec<Json> = own.iter().map(Tax::shown).collect();
        add(&mut totals, &shown, "tax_rate_details");
        set(line, "taxes", shown);
    }
    set(invoice, "total_taxes", totals);
    sums
}

/// The rates that a list param of ids names, whole; without it the object keeps those that it has.
pub fn give_rates(call: &Call<'_>, body: &mut Body, params: &Body, name: &str, path: &str) -> Outcome<()> {
    if !params.contains_key(name) {
        return Ok(());
    }
    let given = items(params, name).iter().filter_map(Json::as_str).enumerate();
    let whole = given.map(|(at, rate)| {
        let param = format!("{}[{at}]", child(path, name));
        call.session.referred("tax_rate", rate, &param).map(Json::Object)
    });
    set(body, name, whole.collect::<Outcome<Vec<_>>>()?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(percentage: i64, inclusive: bool, base: i64) -> i64 {
        let rate = json!({"id": "txr_1", "percentage": percentage, "inclusive": inclusive});
        taxes(&[rate], base).iter().map(|tax| tax.amount).sum()
    }

    #[test]
    fn a_tax_is_on_top_or_within() {
        assert_eq!((amount(19, false, 1000), amount(19, true, 1190)), (190, 190));
        assert_eq!((amount(20, true, 1000), amount(0, false, 5)), (167, 0));
    }
}
