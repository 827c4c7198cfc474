//! Amounts of money, in minor units and as decimals.

use std::str::FromStr;

use serde::Deserializer;
use serde::de::Error;

use crate::catalog::Digits;
use crate::sandbox::currency;
pub(super) use crate::sandbox::currency::{read as known_currency, written};

use crate::sandbox::behaviour::prelude::*;

/// The maximum number of decimal places that Stripe accepts.
const PLACES: usize = 12;

/// The currency of the sandbox's account, and the default of customers.
pub(super) const USUAL: &str = "usd";

/// The largest amount of one payment.
const MOST: i64 = 99_999_999;

/// Returns the required `currency` param, in lower case.
pub(super) fn currency(params: &Body) -> ApiResult<String> {
    known_currency(text(params, "currency").ok_or_else(|| missing("currency"))?, "currency")
}

/// Refuses an amount below the minimum of the currency or with more than eight digits.
pub(super) fn check_payable(amount: i64, currency: &str, param: &str) -> ApiResult<()> {
    if amount < 1 {
        return Err(ApiError::of("too_low", &[("least", &1)]).param(param));
    }
    currency::check_step(amount, currency, param)?;
    let least = currency::least(currency);
    if amount < least {
        let least = written(least, currency);
        let failure = ApiError::of("amount_too_small", &[("least", &least), ("currency", &currency)]);
        return Err(failure.param(param));
    }
    if amount > MOST {
        return Err(ApiError::of("amount_too_large", &[("most", &written(MOST, currency))]).param(param));
    }
    Ok(())
}

/// The params under which amounts may be negative, as credits.
const OF_CREDITS: &str = "add_invoice_items[";

/// Sets the integer and the decimal form of an amount, one of which is given.
pub(super) fn set_both_forms(body: &mut Body, whole: &str, decimal: &str, within: &str) -> ApiResult<()> {
    let may_be_credit = within.contains(OF_CREDITS);
    if let Some(amount) = given_number(body, whole) {
        if amount < 0 && !may_be_credit {
            return Err(ApiError::of("too_low", &[("least", &0)]).param(child(within, whole)));
        }
        set(body, decimal, amount.to_string());
        return Ok(());
    }
    let Some(given) = text(body, decimal).map(str::to_owned) else {
        set(body, whole, Json::Null);
        set(body, decimal, Json::Null);
        return Ok(());
    };
    let (digits, fraction) = given.split_once('.').unwrap_or((given.as_str(), ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > PLACES || given.starts_with('-') && !may_be_credit {
        let failure = ApiError::of("decimal_places", &[("given", &given), ("most", &PLACES)]);
        return Err(failure.param(child(within, decimal)));
    }
    let shown = if fraction.is_empty() { digits.to_owned() } else { format!("{digits}.{fraction}") };
    let amount =
        if fraction.is_empty() { digits.parse::<i64>().map_or(Json::Null, Json::from) } else { Json::Null };
    set(body, decimal, shown);
    set(body, whole, amount);
    Ok(())
}

/// A decimal number, such as a unit amount or a percentage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decimal {
    /// The number as it was written.
    pub text: String,
    digits: i128,
    scale: i128,
}

/// More decimal places than any number has.
const MOST_PLACES: u32 = 24;

impl Decimal {
    /// Returns this number times a quantity, rounded half up to whole units.
    pub fn times(&self, quantity: i64) -> i64 {
        self.part(quantity, 1)
    }

    /// Returns this percentage of an amount, rounded half up.
    pub fn percent_of(&self, amount: i64) -> i64 {
        self.part(amount, 100)
    }

    /// Returns the product with `times`, divided by `whole`.
    fn part(&self, times: i64, whole: i128) -> i64 {
        part_of(self.digits, i128::from(times), self.scale * whole)
    }
}

/// Returns the share `part / whole` of an amount, rounded half up and capped at the largest amount.
pub(super) fn part_of(amount: i128, part: i128, whole: i128) -> i64 {
    let whole = whole.max(1);
    let doubled = amount.saturating_mul(part).saturating_mul(2).saturating_add(whole);
    i64::try_from(doubled.div_euclid(whole * 2)).unwrap_or(if amount < 0 { i64::MIN } else { i64::MAX })
}

impl From<i64> for Decimal {
    fn from(amount: i64) -> Self {
        Self { text: amount.to_string(), digits: amount.into(), scale: 1 }
    }
}

impl FromStr for Decimal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let written = Digits::parse(text)?;
            let digits = format!("{}{}{}", written.sign(), written.whole, written.fraction).parse().ok()?;
            let places =
                u32::try_from(written.fraction.len()).ok().filter(|places| *places <= MOST_PLACES)?;
            Some(Self { text: text.to_owned(), digits, scale: 10_i128.pow(places) })
        };
        read().ok_or_else(|| format!("{text} is no decimal"))
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Json::deserialize(deserializer)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
