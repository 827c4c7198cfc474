//! Taxes of an order: each line has its own rates, or those of the invoice.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::money;
use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{flag, id, items, number, set};
use crate::sandbox::store::Body;

/// Kept with a line: its own tax rates, whole.
pub(in crate::sandbox::behaviour) const RATES: &str = "_tax_rates";

/// What the taxes of an invoice come to: on top of its lines, and within them.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Sums {
    /// Added to the lines.
    pub exclusive: i64,
    /// Part of the lines.
    pub inclusive: i64,
}

/// Writes on each line what is to be paid in tax for what the discounts left of it.
pub(super) fn apply(body: &mut Body, lines: &mut [Body]) -> Sums {
    let usual = items(body, "default_tax_rates").to_vec();
    let mut sums = Sums::default();
    let mut totals: Vec<Json> = Vec::new();
    for line in lines {
        let own = items(line, RATES).to_vec();
        let off: i64 =
            items(line, "discount_amounts").iter().filter_map(|one| one.get("amount")?.as_i64()).sum();
        let base = number(line, "amount") - off;
        let rates = if own.is_empty() { &usual } else { &own };
        let taxes: Vec<Json> =
            rates.iter().filter_map(Json::as_object).map(|rate| tax(rate, rates, base)).collect();
        for tax in &taxes {
            let amount = tax.get("amount").and_then(Json::as_i64).unwrap_or(0);
            let within = tax.get("tax_behavior").is_some_and(|behaviour| behaviour == "inclusive");
            let slot = if within { &mut sums.inclusive } else { &mut sums.exclusive };
            *slot += amount;
            add(&mut totals, tax);
        }
        set(line, "taxes", taxes);
    }
    set(body, "total_taxes", totals);
    sums
}

/// One tax of a line. What is within the price is found from all rates that are within it.
fn tax(rate: &Body, all: &[Json], base: i64) -> Json {
    let percentage = |rate: &Body| rate.get("percentage").map(ToString::to_string).unwrap_or_default();
    let inclusive = flag(rate, "inclusive");
    let within: i64 = all
        .iter()
        .filter_map(Json::as_object)
        .filter(|rate| flag(rate, "inclusive"))
        .filter_map(|rate| millionths(&percentage(rate)))
        .sum();
    let net = if inclusive { net_of(base, within) } else { base };
    let amount = money::percent_of(&percentage(rate), net).unwrap_or(0);
    json!({
        "amount": amount, "tax_behavior": if inclusive { "inclusive" } else { "exclusive" },
        "tax_rate_details": {"tax_rate": id(rate)}, "taxability_reason": "not_available", "taxable_amount": net,
        "type": "tax_rate_details",
    })
}

/// A percentage in millionths of the whole.
fn millionths(percentage: &str) -> Option<i64> {
    money::percent_of(percentage, 1_000_000)
}

/// What is left of an amount without the taxes within it, rounded half up.
fn net_of(amount: i64, within: i64) -> i64 {
    let (amount, whole) = (i128::from(amount) * 1_000_000, i128::from(1_000_000 + within));
    i64::try_from((amount * 2 + whole).div_euclid(whole * 2)).unwrap_or(i64::MAX)
}

/// Adds a tax to those of the same rate.
fn add(totals: &mut Vec<Json>, tax: &Json) {
    let same = totals.iter_mut().find(|total| total.get("tax_rate_details") == tax.get("tax_rate_details"));
    let Some(total) = same.and_then(Json::as_object_mut) else {
        totals.push(tax.clone());
        return;
    };
    for name in ["amount", "taxable_amount"] {
        let sum = number(total, name) + tax.get(name).and_then(Json::as_i64).unwrap_or(0);
        set(total, name, sum);
    }
}

/// The rates that a list of ids names, whole.
pub(in crate::sandbox::behaviour) fn rates(
    call: &Call<'_>,
    given: &[Json],
    param: &str,
) -> Outcome<Vec<Json>> {
    let known = given.iter().filter_map(Json::as_str).enumerate().map(|(at, rate)| {
        call.session.referred("tax_rate", rate, &format!("{param}[{at}]")).map(Json::Object)
    });
    known.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(percentage: i64, inclusive: bool, base: i64) -> Json {
        let rate = json!({"id": "txr_1", "percentage": percentage, "inclusive": inclusive});
        let own = rate.as_object().cloned().unwrap_or_default();
        tax(&own, &[rate], base).get("amount").cloned().unwrap_or_default()
    }

    #[test]
    fn a_tax_is_on_top_or_within() {
        assert_eq!((amount(19, false, 1000), amount(19, true, 1190)), (190.into(), 190.into()));
        assert_eq!((amount(20, true, 1000), amount(0, false, 5)), (167.into(), 0.into()));
    }
}
