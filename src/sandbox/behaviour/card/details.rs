//! The details of a card, from its number and other params, and the checks by its bank.

use crate::sandbox::behaviour::card::table::{Card, PaymentFlaw, TABLE, known, number_of_token};
use crate::sandbox::behaviour::prelude::*;

/// The state of a security code that has not been checked yet.
const UNCHECKED: &str = "unchecked";

/// Builds the `card` field of a payment method from the `card` param.
pub(in crate::sandbox::behaviour) fn details(card: &Body, now: i64) -> ApiResult<Body> {
    if let Some(token) = text(card, "token") {
        let number = number_of_token(token)
            .ok_or_else(|| ApiError::unknown_reference("token", token, "card[token]"))?;
        return Ok(of_number(number, now));
    }
    let lacks = |name: &str| missing(&format!("card[{name}]"));
    let demanded = |name: &str| given_number(card, name).ok_or_else(|| lacks(name));
    let number: String = text(card, "number").ok_or_else(|| lacks("number"))?.replace([' ', '-'], "");
    let (month, year) = (demanded("exp_month")?, demanded("exp_year")?);
    let year = if year < 100 { year + 2000 } else { year };
    if !passes_luhn(&number) {
        return Err(ApiError::of("incorrect_number", &[]));
    }
    check_expiry(month, year, now)?;
    check_cvc(text(card, "cvc"))?;
    let cvc_check = text(card, "cvc").map(|_| UNCHECKED);
    let mut body = described(&number, month, year, cvc_check);
    if let Some(preferred) = text(card, "networks.preferred") {
        set_inner(&mut body, "networks", "preferred", preferred);
    }
    Ok(body)
}

/// Builds the `card` field of a test card.
pub(in crate::sandbox::behaviour) fn of_number(number: &str, now: i64) -> Body {
    let card = TABLE.cards.values().find(|card| card.number == number);
    described(number, 12, year(now) + 1, Some(cvc_check(card)))
}

/// The result of checking the security code.
fn cvc_check(card: Option<&Card>) -> &'static str {
    if card.is_some_and(|card| card.seems == Some(PaymentFlaw::WrongCvc)) { "fail" } else { "pass" }
}

/// Checks the security code of a payment method's card.
pub(in crate::sandbox::behaviour) fn check(method: &mut Body) {
    let result = cvc_check(known(method));
    if let Some(check) = at_mut(method, "card.checks.cvc_check").filter(|check| **check == UNCHECKED) {
        *check = result.into();
    }
    let card = known(method);
    let said: [(&str, &str, Option<&String>); 2] = [
        ("line1", "address_line1_check", card.and_then(|card| card.line1.as_ref())),
        ("postal_code", "address_postal_code_check", card.and_then(|card| card.zip.as_ref())),
    ];
    for (part, check, result) in said {
        let is_known = text(method, &format!("billing_details.address.{part}")).is_some();
        if let Some(check) = at_mut(method, &format!("card.checks.{check}")).filter(|_| is_known) {
            *check = result.map_or("pass", String::as_str).into();
        }
    }
}

/// Refuses an expired card; a card is valid until the end of its month.
pub(super) fn check_expiry(month: i64, given: i64, now: i64) -> ApiResult<()> {
    let is_over = given == year(now) && month < i64::from(date(now).month());
    if !(1..=12).contains(&month) || is_over {
        return Err(ApiError::of("invalid_expiry_month", &[]));
    }
    if given < year(now) || given > year(now) + 50 {
        return Err(ApiError::of("invalid_expiry_year", &[]));
    }
    Ok(())
}

/// Refuses a security code without three or four digits.
fn check_cvc(given: Option<&str>) -> ApiResult<()> {
    let is_right =
        |code: &str| (3..=4).contains(&code.len()) && code.bytes().all(|digit| digit.is_ascii_digit());
    if given.is_none_or(is_right) { Ok(()) } else { Err(ApiError::of("invalid_cvc", &[])) }
}

/// The year of a time.
fn year(now: i64) -> i64 {
    date(now).year().into()
}

fn date(now: i64) -> jiff::civil::Date {
    let stamp = jiff::Timestamp::from_second(now).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    stamp.to_zoned(jiff::tz::TimeZone::UTC).date()
}

pub(super) fn passes_luhn(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().map(|letter| letter.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| (12..=19).contains(&digits.len())) else { return false };
    let doubled = |digit: &u32| if *digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let odd: u32 = digits.iter().rev().step_by(2).sum();
    let even: u32 = digits.iter().rev().skip(1).step_by(2).map(doubled).sum();
    (odd + even).is_multiple_of(10)
}

/// The network of a card number.
pub(super) fn brand(number: &str) -> &'static str {
    let known =
        TABLE.brands.iter().find(|(_, brand)| brand.starts.iter().any(|start| number.starts_with(start)));
    known.map_or("unknown", |(name, _)| name.as_str())
}

/// The display name of a network, as used in legacy objects.
pub(in crate::sandbox::behaviour) fn display_name(brand: &str) -> &'static str {
    TABLE.brands.get(brand).map_or("Unknown", |brand| brand.spelled.as_str())
}

/// The network with this display name.
pub(in crate::sandbox::behaviour) fn network_of(spelled: &str) -> &'static str {
    let known = TABLE.brands.iter().find(|(_, brand)| brand.spelled == spelled);
    known.map_or("unknown", |(name, _)| name.as_str())
}

/// The last four digits of a number.
pub(in crate::sandbox::behaviour) fn last4(number: &str) -> String {
    number.chars().skip(number.chars().count().saturating_sub(4)).collect()
}

fn described(number: &str, month: i64, year: i64, cvc_check: Option<&str>) -> Body {
    let brand = brand(number);
    let known = TABLE.cards.values().find(|card| card.number == number);
    let funding = known.and_then(|card| card.funding.as_ref()).unwrap_or(&TABLE.funding);
    let country = known.and_then(|card| card.country.as_deref()).unwrap_or("US");
    members(json!({
        "brand": brand, "country": country, "display_brand": brand, "exp_month": month, "exp_year": year,
        "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": cvc_check},
        "fingerprint": identifier::fingerprint(number), "funding": funding,
        "generated_from": null, "last4": last4(number), "networks": {"available": [brand], "preferred": null},
        "regulated_status": "unregulated", "three_d_secure_usage": {"supported": true}, "wallet": null,
    }))
}
