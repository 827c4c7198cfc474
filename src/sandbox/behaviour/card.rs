//! Test cards, and what happens when each is used: `card.toml`.

use crate::sandbox::behaviour::prelude::*;

mod details;
mod table;

pub(super) use details::{check, details, display_name, last4, network_of, of_number};
pub(super) use table::{Decline, number_of_token};

use table::{ChargeEffect, PaymentFlaw, PriorSetup, TABLE, known};

/// What happens when a card is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CardOutcome {
    /// It succeeds.
    Approve,
    /// The customer must authenticate first; then it succeeds.
    Authenticate,
    /// It fails.
    Decline(&'static Decline),
}

/// Stored with a payment method whose customer authenticated when it was saved.
pub(super) const AUTHENTICATED: &str = "_authenticated";

impl Decline {
    /// The error for a call whose payment fails.
    pub fn failure(&self) -> ApiError {
        let failure = ApiError::card(self.message.as_str());
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
        if known(method).is_some_and(|card| card.seems == Some(PaymentFlaw::Risky)) {
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

/// The decline of a payment for which an absent customer would have to authenticate.
pub(super) fn unauthenticated() -> &'static Decline {
    &TABLE.unauthenticated
}

/// Whether an id is one of Stripe's test tokens that stand for an object of this type.
pub(super) fn is_test_token(object: &str, id: &str) -> bool {
    let pays = ["bank_account", "card", "payment_method", "source", "token"].contains(&object);
    pays && (number_of_token(id).is_some() || id.starts_with("btok_"))
        || object == "payment_method" && account_of_token(id).is_some()
}

/// Returns the type and the details of a test token that is not a card.
pub(super) fn account_of_token(token: &str) -> Option<(&'static str, &'static Body)> {
    let account = TABLE.accounts.get(token.strip_prefix("pm_")?)?;
    Some((&account.kind, &account.details))
}

/// What happens when a payment method is charged.
pub(super) fn charge_outcome(method: &Body) -> CardOutcome {
    let Some(card) = known(method) else {
        let is_card = text(method, "card.fingerprint").is_some();
        return match is_card {
            true => CardOutcome::Decline(&TABLE.unknown),
            false if redirects(method) => CardOutcome::Authenticate,
            false => CardOutcome::Approve,
        };
    };
    match card.decline() {
        _ if card.then == Some(ChargeEffect::Authenticate) => CardOutcome::Authenticate,
        Some(why) => CardOutcome::Decline(why),
        None => CardOutcome::Approve,
    }
}

/// Returns why a payment fails after authentication, or `None` if it succeeds.
pub(super) fn decline_after_authentication(method: &Body) -> Option<&'static Decline> {
    known(method)?.decline()
}

/// What happens when a payment method is saved.
pub(super) fn save_outcome(method: &Body) -> CardOutcome {
    if known(method).is_some_and(|card| card.later || card.set_up == Some(PriorSetup::Already)) {
        CardOutcome::Approve
    } else {
        charge_outcome(method)
    }
}

/// Whether the customer is redirected to pay.
pub(super) fn redirects(method: &Body) -> bool {
    text(method, "type").is_some_and(|kind| TABLE.redirects.types.iter().any(|one| one == kind))
}

/// Returns the currencies of a type of payment method; empty if it accepts all.
pub(super) fn currencies_of(kind: &str) -> &'static [String] {
    TABLE.currencies.get(kind).map_or(&[], Vec::as_slice)
}

/// Whether the customer has already authenticated off-session payments.
pub(super) fn is_set_up(method: &Body) -> bool {
    known(method).is_some_and(|card| match card.set_up {
        Some(PriorSetup::Already) => true,
        Some(PriorSetup::Once) => flag(method, AUTHENTICATED),
        None => false,
    })
}

/// The outcome of a refund that does not succeed at once.
pub(super) fn refund(method: &Body) -> Option<&'static str> {
    known(method)?.refund.as_deref()
}

/// What happens when a legacy card is saved to a customer; bank accounts are always accepted.
pub(super) fn source_outcome(source: &Body) -> CardOutcome {
    if object(source) == "card" { save_outcome(&body! {"card": source}) } else { CardOutcome::Approve }
}

/// Returns how the cardholder disputes every charge, or `None` if nothing is disputed.
pub(super) fn dispute(method: &Body) -> Option<&'static str> {
    known(method)?.dispute.as_deref()
}

/// Returns the fields in which a dispute of this kind differs.
pub(super) fn dispute_fields(kind: &str) -> Body {
    TABLE.disputes.get(kind).cloned().unwrap_or_default()
}

/// Whether the amount of a charge is available at once.
pub(super) fn is_at_once(method: &Body) -> bool {
    known(method).is_some_and(|card| card.then == Some(ChargeEffect::Settle))
}

#[cfg(test)]
mod tests;
