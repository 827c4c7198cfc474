//! Taxes of an order: each line has its own rates, or those of the order.

use crate::sandbox::behaviour::money;
use crate::sandbox::behaviour::prelude::*;

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
    /// Part of the price, not on top of it.
    pub fn is_inclusive(&self) -> bool {
        flag(self.rate, "inclusive")
    }

    /// As the lines of invoices and credit notes show it.
    pub fn shown(&self) -> Json {
        let behaviour = if self.is_inclusive() { "inclusive" } else { "exclusive" };
        json!({
            "amount": self.amount, "tax_behavior": behaviour, "tax_rate_details": {"tax_rate": id(self.rate)},
            "taxability_reason": "not_available", "taxable_amount": self.taxable, "type": "tax_rate_details",
        })
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
