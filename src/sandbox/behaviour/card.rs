//! The card networks of the sandbox: Stripe's test cards, and what each of them does. `card.toml`
//! holds them.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::prelude::*;
use crate::catalog::embedded::embedded_toml;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    funding: String,
    cards: BTreeMap<String, Card>,
    declines: BTreeMap<String, Decline>,
    unknown: Decline,
    unauthenticated: Decline,
    redirects: Redirects,
    accounts: BTreeMap<String, Account>,
    disputes: BTreeMap<String, Body>,
    elevated: Body,
    approved: Body,
    declined: Body,
    brands: BTreeMap<String, Brand>,
}

/// A test card.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Card {
    number: String,
    funding: Option<String>,
    decline: Option<String>,
    later: bool,
    then: Option<Then>,
    country: Option<String>,
    set_up: bool,
    dispute: Option<String>,
    seems: Option<Seems>,
    refund: Option<String>,
}

/// What is odd about a payment that succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Seems {
    Risky,
    WrongCvc,
}

/// A test payment method that is no card.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    #[serde(rename = "type")]
    kind: String,
    details: Body,
}

/// The types of payment method with which the customer pays elsewhere.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Redirects {
    types: Vec<String>,
}

/// What a charge of a card means beyond a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Then {
    Authenticate,
    Settle,
}

/// Why a payment fails.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Decline {
    /// Stripe's code.
    pub code: String,
    /// The issuer's reason.
    reason: String,
    /// What the customer may be told.
    pub message: String,
    /// The code of the network.
    network_code: Option<String>,
    /// What Stripe says about another try.
    advice: Option<String>,
    /// Members of the outcome of the charge that are others than those of an issuer's decline.
    outcome: Body,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Brand {
    starts: Vec<String>,
    spelled: String,
}

/// What happens when a card is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It succeeds.
    Approve,
    /// The customer has to authenticate first; then it succeeds.
    Authenticate,
    /// It fails.
    Decline(&'static Decline),
}

/// A security code of which no bank was asked yet.
const UNCHECKED: &str = "unchecked";

static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_toml!("../card.toml"));

/// The test cards by their fingerprints.
static KNOWN: LazyLock<HashMap<String, &'static Card>> = LazyLock::new(|| {
    TABLE.cards.values().map(|card| (identifier::fingerprint(&card.number), card)).collect()
});

impl Decline {
    /// The refusal of a call whose payment fails.
    pub fn failure(&self) -> Failure {
        let failure = Failure::card(self.message.as_str());
        let failure = failure.code(&self.code).with("decline_code", self.reason.as_str());
        let told = [("advice_code", &self.advice), ("network_decline_code", &self.network_code)];
        let told = told.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        told.fold(failure, |failure, (name, value)| failure.with(name, value))
    }
}

/// The `outcome` of a charge.
pub(super) fn outcome(method: &Body, refused: Option<&Decline>) -> Body {
    let Some(why) = refused else {
        let mut outcome = TABLE.approved.clone();
        if known(method).is_some_and(|card| card.seems == Some(Seems::Risky)) {
            outcome.extend(TABLE.elevated.clone());
        }
        return outcome;
    };
    let mut outcome = TABLE.declined.clone();
    outcome.extend(body! {
        "advice_code": why.advice, "network_decline_code": why.network_code, "reason": why.reason,
        "seller_message": format!("The bank returned the decline code `{}`.", why.reason),
    });
    outcome.extend(why.outcome.clone());
    outcome
}

/// The refusal of a card whose customer has to authenticate and is not there.
pub(super) fn unauthenticated() -> &'static Decline {
    &TABLE.unauthenticated
}

/// The number behind `pm_card_visa`, `pm_card_visa_chargeDeclined` or `tok_visa`.
pub(super) fn number_of_token(token: &str) -> Option<&'static str> {
    let name = token.strip_prefix("pm_card_").or_else(|| token.strip_prefix("tok_"))?;
    let known = TABLE.cards.get(name).or_else(|| TABLE.cards.get(name.strip_prefix("visa_")?));
    known.map(|card| card.number.as_str())
}

/// Whether an id is one of Stripe's test tokens that stand for an object of that type.
pub(super) fn is_test_token(object: &str, id: &str) -> bool {
    let pays = ["bank_account", "card", "payment_method", "source", "token"].contains(&object);
    pays && (number_of_token(id).is_some() || id.starts_with("btok_"))
        || object == "payment_method" && account_of_token(id).is_some()
}

/// The type and the details of the payment method behind a test token that is no card's.
pub(super) fn account_of_token(token: &str) -> Option<(&'static str, &'static Body)> {
    let account = TABLE.accounts.get(token.strip_prefix("pm_")?)?;
    Some((&account.kind, &account.details))
}

/// The test card of a payment method; numbers are not kept, but enough to know them again.
fn known(method: &Body) -> Option<&'static Card> {
    KNOWN.get(text(method, "card.fingerprint")?).copied()
}

/// What happens when a payment method is charged.
pub(super) fn verdict(method: &Body) -> Verdict {
    let Some(card) = known(method) else {
        let is_card = text(method, "card.fingerprint").is_some();
        return match is_card {
            true => Verdict::Decline(&TABLE.unknown),
            false if redirects(method) => Verdict::Authenticate,
            false => Verdict::Approve,
        };
    };
    match card.decline.as_ref().and_then(|name| TABLE.declines.get(name)) {
        Some(why) => Verdict::Decline(why),
        None if card.then == Some(Then::Authenticate) => Verdict::Authenticate,
        None => Verdict::Approve,
    }
}

/// What happens when a payment method is saved.
pub(super) fn verdict_on_saving(method: &Body) -> Verdict {
    if known(method).is_some_and(|card| card.later || card.set_up) {
        Verdict::Approve
    } else {
        verdict(method)
    }
}

/// Whether the customer pays with a method on a page of somebody else.
pub(super) fn redirects(method: &Body) -> bool {
    text(method, "type").is_some_and(|kind| TABLE.redirects.types.iter().any(|one| one == kind))
}

/// Whether the customer has authenticated before for what is charged when nobody is there.
pub(super) fn is_set_up(method: &Body) -> bool {
    known(method).is_some_and(|card| card.set_up)
}

/// What becomes of a refund, where it is not done at once.
pub(super) fn refund(method: &Body) -> Option<&'static str> {
    known(method)?.refund.as_deref()
}

/// What happens when a card of the older kind is saved to a customer; a bank account is not asked.
pub(super) fn verdict_of_source(source: &Body) -> Verdict {
    if object(source) == "card" { verdict_on_saving(&body! {"card": source}) } else { Verdict::Approve }
}

/// How the cardholder disputes every charge; none where nothing is disputed.
pub(super) fn dispute(method: &Body) -> Option<&'static str> {
    known(method)?.dispute.as_deref()
}

/// What a dispute of that kind has in the place of what it usually has.
pub(super) fn disputed_as(kind: &str) -> Body {
    TABLE.disputes.get(kind).cloned().unwrap_or_default()
}

/// Whether what is charged is there at once.
pub(super) fn is_at_once(method: &Body) -> bool {
    known(method).is_some_and(|card| card.then == Some(Then::Settle))
}

/// The `card` field of a payment method, from the `card` param.
pub(super) fn details(card: &Body, now: i64) -> Outcome<Body> {
    if let Some(token) = text(card, "token") {
        let number = number_of_token(token)
            .ok_or_else(|| Failure::unknown_reference("token", token, "card[token]"))?;
        return Ok(of_number(number, now));
    }
    let lacks = |name: &str| missing(&format!("card[{name}]"));
    let demanded = |name: &str| given_number(card, name).ok_or_else(|| lacks(name));
    let number: String = text(card, "number").ok_or_else(|| lacks("number"))?.replace([' ', '-'], "");
    let (month, year) = (demanded("exp_month")?, demanded("exp_year")?);
    let year = if year < 100 { year + 2000 } else { year };
    if !passes_luhn(&number) {
        return Err(Failure::of("incorrect_number", &[]));
    }
    check_expiry(month, year, now)?;
    let cvc_check = text(card, "cvc").map(|_| UNCHECKED);
    let mut body = described(&number, month, year, cvc_check);
    if let Some(preferred) = text(card, "networks.preferred") {
        set_inner(&mut body, "networks", "preferred", preferred);
    }
    Ok(body)
}

/// The `card` field of the card of that number, as a test token has it.
pub(super) fn of_number(number: &str, now: i64) -> Body {
    let card = TABLE.cards.values().find(|card| card.number == number);
    described(number, 12, year(now) + 1, Some(cvc_check(card)))
}

/// What the bank says of the security code of a card.
fn cvc_check(card: Option<&Card>) -> &'static str {
    if card.is_some_and(|card| card.seems == Some(Seems::WrongCvc)) { "fail" } else { "pass" }
}

/// The bank sees the card of a payment method, and whether its security code is right.
pub(super) fn check(method: &mut Body) {
    let result = cvc_check(known(method));
    if let Some(check) = at_mut(method, "card.checks.cvc_check").filter(|check| **check == UNCHECKED) {
        *check = result.into();
    }
}

/// A card is good until its month ends.
fn check_expiry(month: i64, given: i64, now: i64) -> Outcome<()> {
    let is_over = given == year(now) && month < i64::from(date(now).month());
    if !(1..=12).contains(&month) || is_over {
        return Err(Failure::of("invalid_expiry_month", &[]));
    }
    if given < year(now) || given > year(now) + 50 {
        return Err(Failure::of("invalid_expiry_year", &[]));
    }
    Ok(())
}

/// The year of a time.
fn year(now: i64) -> i64 {
    date(now).year().into()
}

fn date(now: i64) -> jiff::civil::Date {
    let stamp = jiff::Timestamp::from_second(now).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    stamp.to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn passes_luhn(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().map(|letter| letter.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| (12..=19).contains(&digits.len())) else { return false };
    let doubled = |digit: &u32| if *digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let odd: u32 = digits.iter().rev().step_by(2).sum();
    let even: u32 = digits.iter().rev().skip(1).step_by(2).map(doubled).sum();
    (odd + even).is_multiple_of(10)
}

/// The network that a number belongs to.
fn brand(number: &str) -> &'static str {
    let known =
        TABLE.brands.iter().find(|(_, brand)| brand.starts.iter().any(|start| number.starts_with(start)));
    known.map_or("unknown", |(name, _)| name.as_str())
}

/// A network as people write it, which is how the older objects spell it.
pub(super) fn spelled(brand: &str) -> &'static str {
    TABLE.brands.get(brand).map_or("Unknown", |brand| brand.spelled.as_str())
}

/// What is shown of an account or card number.
pub(super) fn last4(number: &str) -> String {
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

#[cfg(test)]
mod tests;
