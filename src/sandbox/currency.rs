//! Currencies: their names, their decimals, and the amounts that can be paid, as listed in `currency.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::catalog::currencies;
use crate::catalog::embedded::embedded_table;
use crate::sandbox::error::{ApiError, ApiResult};

/// The table; a list is written as the words of one text.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    keys_of: String,
    zero_decimal: String,
    three_decimal: String,
    whole_charges: String,
    whole_payouts: String,
    least: BTreeMap<String, i64>,
    signs: BTreeMap<String, String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_table!("sandbox/currency.toml"));

fn lists(words: &str, currency: &str) -> bool {
    words.split_whitespace().any(|word| word == currency)
}

/// Returns a known currency in lower case; Stripe accepts any case.
pub(super) fn read(given: &str, param: &str) -> ApiResult<String> {
    let small = given.to_ascii_lowercase();
    if currencies().any(|code| code == small) {
        return Ok(small);
    }
    let all: Vec<&str> = currencies().collect();
    Err(ApiError::of("currency_unknown", &[("given", &given), ("all", &all.join(", "))]).param(param))
}

/// Whether the keys of a map with this name are currencies.
pub(super) fn are_keys(name: &str) -> bool {
    TABLE.keys_of.split_whitespace().any(|end| name.ends_with(end))
}

/// Returns the number of decimals of an amount.
pub(super) fn places(currency: &str) -> u32 {
    if lists(&TABLE.zero_decimal, currency) {
        0
    } else if lists(&TABLE.three_decimal, currency) {
        3
    } else {
        2
    }
}

/// Formats an amount: `$20.00`, `-$20.00`.
pub(super) fn written(amount: i64, currency: &str) -> String {
    let minus = if amount < 0 { "-" } else { "" };
    let sign = TABLE.signs.get(currency).map_or("", String::as_str);
    let (amount, places) = (amount.unsigned_abs(), places(currency));
    if places == 0 {
        return format!("{minus}{sign}{amount}");
    }
    let unit = 10_u64.pow(places);
    let width = usize::try_from(places).unwrap_or(2);
    format!("{minus}{sign}{}.{:0width$}", amount / unit, amount % unit)
}

/// The minimum amount of a charge.
pub(super) fn least(currency: &str) -> i64 {
    TABLE.least.get(currency).copied().unwrap_or(1)
}

/// Refuses an amount with more decimals than can be paid.
pub(super) fn check_step(amount: i64, currency: &str, param: &str) -> ApiResult<()> {
    if lists(&TABLE.three_decimal, currency) && amount % 10 != 0 {
        return Err(
            ApiError::of("amount_not_rounded", &[("currency", &currency.to_uppercase())]).param(param)
        );
    }
    whole(&TABLE.whole_charges, amount, currency, "charged amounts", param)
}

/// Refuses a payout with decimals if the currency is only paid out in whole units.
pub(super) fn check_payout(amount: i64, currency: &str, param: &str) -> ApiResult<()> {
    whole(&TABLE.whole_payouts, amount, currency, "payout amounts", param)
}

fn whole(words: &str, amount: i64, currency: &str, what: &str, param: &str) -> ApiResult<()> {
    if !lists(words, currency) || amount % 100 == 0 {
        return Ok(());
    }
    Err(ApiError::of("amount_not_whole", &[("currency", &currency.to_uppercase()), ("what", &what)])
        .param(param))
}

#[cfg(test)]
mod tests;
