//! Amounts: currencies, whole and decimal amounts.

use crate::sandbox::currency;
pub(super) use crate::sandbox::currency::written;

use super::prelude::*;

/// Decimal places of a decimal amount that Stripe takes.
const PLACES: usize = 12;

/// The currency of the sandbox's account: that of customers who have none yet.
pub(super) const USUAL: &str = "usd";

/// Largest amount of one payment.
const MOST: i64 = 99_999_999;

/// The `currency` param, demanded, in small letters.
pub(super) fn currency(params: &Body) -> Outcome<String> {
    known_currency(text(params, "currency").ok_or_else(|| missing("currency"))?, "currency")
}

/// A currency, in small letters.
pub(super) fn known_currency(given: &str, param: &str) -> Outcome<String> {
    currency::read(given, param)
}

/// The amount of a payment: at least what the currency asks for, at most eight digits.
pub(super) fn payable(amount: i64, currency: &str, param: &str) -> Outcome<()> {
    if amount < 1 {
        return Err(Failure::too_low(1, param));
    }
    currency::check_step(amount, currency, param)?;
    let least = currency::least(currency);
    if amount < least {
        let message = format!("Amount must be at least {} {currency}", written(least, currency));
        return Err(Failure::invalid(message).code("amount_too_small").param(param));
    }
    if amount > MOST {
        let message = format!("Amount must be no more than {}", written(MOST, currency));
        return Err(Failure::invalid(message).code("amount_too_large").param(param));
    }
    Ok(())
}

/// Brings a whole amount and its decimal form in step, whichever is given.
pub(super) fn in_step(body: &mut Body, whole: &str, decimal: &str, within: &str) -> Outcome<()> {
    if let Some(amount) = given_number(body, whole) {
        if amount < 0 {
            return Err(Failure::too_low(0, child(within, whole)));
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
    if fraction.len() > PLACES || given.starts_with('-') {
        let message = format!("Invalid decimal: {given}; must contain at maximum {PLACES} decimal places.");
        return Err(Failure::invalid(message).param(child(within, decimal)));
    }
    let shown = if fraction.is_empty() { digits.to_owned() } else { format!("{digits}.{fraction}") };
    let amount =
        if fraction.is_empty() { digits.parse::<i64>().map_or(Json::Null, Json::from) } else { Json::Null };
    set(body, decimal, shown);
    set(body, whole, amount);
    Ok(())
}

/// A decimal amount times a quantity, rounded half up to whole units.
pub(super) fn times(decimal: &str, quantity: i64) -> Option<i64> {
    parts(decimal, quantity, 1)
}

/// That percentage of an amount, rounded half up; none for what is no decimal.
pub(super) fn percent_of(percentage: &str, amount: i64) -> Option<i64> {
    parts(percentage, amount, 100)
}

/// So many `whole`ths of the product, rounded half up.
fn parts(decimal: &str, times: i64, whole: i128) -> Option<i64> {
    let (digits, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?.checked_mul(whole)?;
    let amount: i128 = format!("{digits}{fraction}").parse().ok()?;
    let doubled = amount.checked_mul(i128::from(times))?.checked_mul(2)?;
    i64::try_from(doubled.checked_add(scale)?.div_euclid(scale.checked_mul(2)?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_exact_and_rounded_half_up() {
        assert_eq!((percent_of("12.5", 1000), percent_of("33.33", 100)), (Some(125), Some(33)));
        assert_eq!((percent_of("50", 1), percent_of("100", 7), percent_of("x", 1)), (Some(1), Some(7), None));
    }

    #[test]
    fn decimal_amounts_are_multiplied_exactly_and_rounded_half_up() {
        assert_eq!(times("0.3", 3), Some(1));
        assert_eq!(times("0.5", 1), Some(1));
        assert_eq!(times("1500", 2), Some(3000));
        assert_eq!(times("0.000000000001", 1), Some(0));
    }
}
