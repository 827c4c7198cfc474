//! The card networks of the sandbox: Stripe's test cards, and what each of them does.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::{Value as Json, json};

use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, inner, set_inner, text};
use crate::sandbox::identifier;
use crate::sandbox::store::Body;

/// What happens when a card is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The payment succeeds.
    Approve,
    /// The customer has to authenticate first; then the payment succeeds.
    Authenticate,
    /// The payment fails.
    Decline(Decline),
}

/// Why a payment fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decline {
    /// Stripe's code.
    pub code: &'static str,
    /// The issuer's reason.
    pub reason: &'static str,
    /// What the customer may be told.
    pub message: &'static str,
    /// The card is refused when it is saved too, not only when it is charged.
    pub at_once: bool,
}

const fn decline(code: &'static str, reason: &'static str, message: &'static str) -> Verdict {
    Verdict::Decline(Decline { code, reason, message, at_once: true })
}

const GENERIC: &str = "Your card was declined.";
const APPROVE: Verdict = Verdict::Approve;
const AUTHENTICATE: Verdict = Verdict::Authenticate;
const CUSTOMER_FAIL: Verdict = Verdict::Decline(Decline {
    code: "card_declined",
    reason: "generic_decline",
    message: GENERIC,
    at_once: false,
});
/// A card that is none of the test cards.
const UNKNOWN: Verdict = decline(
    "card_declined",
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test \
     cards, visit: https://stripe.com/docs/testing.",
);

/// The name after `pm_card_` or `tok_`, the number, the funding, the verdict.
type Card = (&'static str, &'static str, &'static str, Verdict);

const CARDS: &[Card] = &[
    ("visa", "4242424242424242", "credit", APPROVE),
    ("visa_debit", "4000056655665556", "debit", APPROVE),
    ("mastercard", "5555555555554444", "credit", APPROVE),
    ("mastercard_debit", "5200828282828210", "debit", APPROVE),
    ("mastercard_prepaid", "5105105105105100", "prepaid", APPROVE),
    ("amex", "378282246310005", "credit", APPROVE),
    ("discover", "6011111111111117", "credit", APPROVE),
    ("diners", "3056930009020004", "credit", APPROVE),
    ("jcb", "3566002020360505", "credit", APPROVE),
    ("unionpay", "6200000000000005", "credit", APPROVE),
    ("us", "4242424242424242", "credit", APPROVE),
    ("createDispute", "4000000000000259", "credit", APPROVE),
    ("bypassPending", "4000000000000077", "credit", APPROVE),
    ("authenticationRequired", "4000002760003184", "credit", AUTHENTICATE),
    ("authenticationRequiredOnSetup", "4000002500003155", "credit", AUTHENTICATE),
    ("threeDSecure2Required", "4000000000003220", "credit", AUTHENTICATE),
    ("threeDSecureRequired", "4000000000003063", "credit", AUTHENTICATE),
    ("chargeCustomerFail", "4000000000000341", "credit", CUSTOMER_FAIL),
    ("chargeDeclined", "4000000000000002", "credit", decline("card_declined", "generic_decline", GENERIC)),
    (
        "chargeDeclinedInsufficientFunds",
        "4000000000009995",
        "credit",
        decline("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    ),
    ("chargeDeclinedLostCard", "4000000000009987", "credit", decline("card_declined", "lost_card", GENERIC)),
    (
        "chargeDeclinedStolenCard",
        "4000000000009979",
        "credit",
        decline("card_declined", "stolen_card", GENERIC),
    ),
    (
        "chargeDeclinedFraudulent",
        "4100000000000019",
        "credit",
        decline("card_declined", "fraudulent", GENERIC),
    ),
    (
        "chargeDeclinedExpiredCard",
        "4000000000000069",
        "credit",
        decline("expired_card", "expired_card", "Your card has expired."),
    ),
    (
        "chargeDeclinedIncorrectCvc",
        "4000000000000127",
        "credit",
        decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
    ),
    (
        "chargeDeclinedProcessingError",
        "4000000000000119",
        "credit",
        decline(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ),
    (
        "chargeDeclinedVelocityLimitExceeded",
        "4000000000006975",
        "credit",
        decline("card_declined", "card_velocity_exceeded", GENERIC),
    ),
];

/// The number behind `pm_card_visa`, `pm_card_visa_chargeDeclined` or `tok_visa`.
pub(super) fn number_of_token(token: &str) -> Option<&'static str> {
    let name = token.strip_prefix("pm_card_").or_else(|| token.strip_prefix("tok_"))?;
    let known = |name: &str| CARDS.iter().find(|card| card.0 == name).map(|card| card.1);
    known(name).or_else(|| known(name.strip_prefix("visa_")?))
}

/// Whether an id is one of Stripe's test tokens that stand for an object of that type.
pub(super) fn is_test_token(object: &str, id: &str) -> bool {
    let pays = ["bank_account", "card", "payment_method", "source", "token"].contains(&object);
    pays && (number_of_token(id).is_some() || id.starts_with("btok_"))
}

/// What happens when the card of that fingerprint is charged. Numbers are not kept.
pub(super) fn verdict(fingerprint: &str) -> Verdict {
    known().get(fingerprint).map_or(UNKNOWN, |card| card.3)
}

/// Whether the card of that fingerprint is the test card of that name.
pub(super) fn is(fingerprint: &str, name: &str) -> bool {
    known().get(fingerprint).is_some_and(|card| card.0 == name)
}

/// The test cards by their fingerprints; of two names for one number the first.
fn known() -> &'static HashMap<String, &'static Card> {
    static KNOWN: OnceLock<HashMap<String, &'static Card>> = OnceLock::new();
    let pairs = || CARDS.iter().rev().map(|card| (identifier::fingerprint(card.1), card)).collect();
    KNOWN.get_or_init(pairs)
}

/// The `card` field of a payment method, from the `card` param.
pub(super) fn details(card: &Body, now: i64) -> Outcome<Body> {
    if let Some(token) = text(card, "token") {
        let number = number_of_token(token)
            .ok_or_else(|| Failure::unknown_reference("token", token, "card[token]"))?;
        return Ok(described(number, 12, year(now) + 1, true));
    }
    let demanded = |name: &str| given_number(card, name).ok_or_else(|| missing(name));
    let number: String = text(card, "number").ok_or_else(|| missing("number"))?.replace([' ', '-'], "");
    let (month, year_given) = (demanded("exp_month")?, demanded("exp_year")?);
    if !passes_luhn(&number) {
        return Err(card_error("incorrect_number", "Your card number is incorrect.", "number"));
    }
    check_expiry(month, year_given, now)?;
    let with_cvc = text(card, "cvc").is_some();
    let year = if year_given < 100 { year_given + 2000 } else { year_given };
    let mut body = described(&number, month, year, with_cvc);
    if let Some(preferred) = inner(card, "networks").and_then(|networks| text(networks, "preferred")) {
        set_inner(&mut body, "networks", "preferred", preferred);
    }
    Ok(body)
}

/// The `card` field of the card of that number, as a test token has it.
pub(super) fn of_number(number: &str, now: i64) -> Body {
    described(number, 12, year(now) + 1, true)
}

fn missing(name: &str) -> Failure {
    crate::sandbox::check::missing(&format!("card[{name}]"))
}

fn card_error(code: &str, message: &str, param: &str) -> Failure {
    Failure::new(402, "card_error", message).code(code).param(param)
}

fn check_expiry(month: i64, given: i64, now: i64) -> Outcome<()> {
    if !(1..=12).contains(&month) {
        return Err(card_error(
            "invalid_expiry_month",
            "Your card's expiration month is invalid.",
            "exp_month",
        ));
    }
    let given = if given < 100 { given + 2000 } else { given };
    if given < year(now) || given > year(now) + 50 {
        return Err(card_error("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year"));
    }
    Ok(())
}

/// The year of a time.
fn year(now: i64) -> i64 {
    let stamp = jiff::Timestamp::from_second(now).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    i64::from(stamp.to_zoned(jiff::tz::TimeZone::UTC).year())
}

fn passes_luhn(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().map(|letter| letter.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| (12..=19).contains(&digits.len())) else { return false };
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| if at % 2 == 1 { doubled(*digit) } else { *digit })
        .sum();
    sum.is_multiple_of(10)
}

fn brand(number: &str) -> &'static str {
    match number.as_bytes() {
        [b'4', ..] => "visa",
        [b'5' | b'2', ..] => "mastercard",
        [b'3', b'4' | b'7', ..] => "amex",
        [b'3', b'0' | b'6' | b'8', ..] => "diners",
        [b'3', b'5', ..] => "jcb",
        [b'6', b'0' | b'5', ..] => "discover",
        [b'6', b'2', ..] => "unionpay",
        _ => "unknown",
    }
}

fn described(number: &str, month: i64, year: i64, with_cvc: bool) -> Body {
    let brand = brand(number);
    let funding = CARDS.iter().find(|card| card.1 == number).map_or("credit", |card| card.2);
    let last4: String = number.chars().skip(number.chars().count().saturating_sub(4)).collect();
    let cvc_check = if with_cvc { Json::from("pass") } else { Json::Null };
    let card = json!({
        "brand": brand,
        "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": cvc_check},
        "country": "US",
        "display_brand": brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": identifier::fingerprint(number),
        "funding": funding,
        "generated_from": null,
        "last4": last4,
        "networks": {"available": [brand], "preferred": null},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": true},
        "wallet": null,
    });
    card.as_object().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_card_has_a_valid_number() {
        for (name, number, ..) in CARDS {
            assert!(passes_luhn(number), "{name}");
        }
    }

    #[test]
    fn tokens_name_cards_with_and_without_their_network() {
        assert_eq!(number_of_token("pm_card_visa"), Some("4242424242424242"));
        assert_eq!(number_of_token("pm_card_visa_chargeDeclined"), number_of_token("tok_chargeDeclined"));
        assert_eq!(number_of_token("pm_1234"), None);
    }
}
