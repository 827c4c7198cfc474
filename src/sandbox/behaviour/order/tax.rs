//! Taxes of an order: each line has its own rates, or else those of the order.

use crate::sandbox::behaviour::money::{self, Decimal};
use crate::sandbox::behaviour::prelude::*;

/// Stored with a line: its own tax rates, as whole objects.
pub const RATES: &str = "_tax_rates";

/// One tax on an amount.
#[derive(Debug, Clone, Copy)]
pub struct Tax<'r> {
    /// The rate, as a whole object.
    pub rate: &'r Body,
    /// In the smallest unit of the currency.
    pub amount: i64,
    /// The taxable amount, without inclusive taxes.
    pub taxable: i64,
}

impl Tax<'_> {
    /// Whether the tax is included in the price instead of added to it.
    pub fn is_inclusive(&self) -> bool {
        flag(self.rate, "inclusive")
    }

    /// Returns the tax in the form of invoice and credit note lines.
    pub fn shown(&self) -> Json {
        let behaviour = if self.is_inclusive() { "inclusive" } else { "exclusive" };
        json!({
            "amount": self.amount, "tax_behavior": behaviour, "tax_rate_details": {"tax_rate": id(self.rate)},
            "taxability_reason": "not_available", "taxable_amount": self.taxable, "type": "tax_rate_details",
        })
    }
}

/// Returns the taxes on an amount. Inclusive taxes are calculated together: the net amount and all of them
/// add up to the amount.
pub fn taxes(rates: &[Json], amount: i64) -> ApiResult<Vec<Tax<'_>>> {
    let read = |rate| Ok((rate, typed::<Percentage>(rate)?.percentage));
    let known = rates.iter().filter_map(Json::as_object).map(read).collect::<ApiResult<Vec<_>>>()?;
    let inclusive = known.iter().filter(|(rate, _)| flag(rate, "inclusive"));
    let sum = inclusive.map(|(_, part)| part.percent_of(WHOLE)).sum::<i64>();
    let within = |parts: i64| money::part_of(amount.into(), parts.into(), (WHOLE + sum).into());
    let net = amount - within(sum);
    let mut parts = 0;
    let one = |(rate, part): (_, Decimal)| {
        if !flag(rate, "inclusive") {
            return Tax { rate, amount: part.percent_of(amount), taxable: amount };
        }
        // Each tax is the growth of the rounded sum so far, so that rounding loses no unit.
        let before = within(parts);
        parts += part.percent_of(WHOLE);
        Tax { rate, amount: within(parts) - before, taxable: net }
    };
    Ok(known.into_iter().map(one).collect())
}

/// The unit of inclusive tax rates: millionths.
const WHOLE: i64 = 1_000_000;

#[derive(Deserialize)]
struct Percentage {
    percentage: Decimal,
}

/// Returns the rates of a line: its own, or else those of the order.
pub fn rates_of<'r>(line: &'r Body, usual: &'r [Json]) -> &'r [Json] {
    match items(line, RATES) {
        [] => usual,
        own => own,
    }
}

#[cfg(test)]
mod tests;
