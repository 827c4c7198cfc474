//! Reads `card.toml`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::catalog::embedded::embedded_table;
use crate::sandbox::behaviour::prelude::*;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) funding: String,
    pub(super) cards: BTreeMap<String, Card>,
    pub(super) declines: BTreeMap<String, Decline>,
    pub(super) unknown: Decline,
    pub(super) unauthenticated: Decline,
    pub(super) redirects: Redirects,
    pub(super) currencies: BTreeMap<String, Vec<String>>,
    pub(super) accounts: BTreeMap<String, Account>,
    pub(super) disputes: BTreeMap<String, Body>,
    pub(super) elevated: Body,
    pub(super) approved: Body,
    pub(super) declined: Body,
    pub(super) brands: BTreeMap<String, Brand>,
}

/// A test card.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Card {
    pub(super) number: String,
    pub(super) funding: Option<String>,
    pub(super) decline: Option<String>,
    pub(super) later: bool,
    pub(super) then: Option<ChargeEffect>,
    pub(super) country: Option<String>,
    pub(super) set_up: Option<PriorSetup>,
    pub(super) line1: Option<String>,
    pub(super) zip: Option<String>,
    pub(super) dispute: Option<String>,
    pub(super) seems: Option<PaymentFlaw>,
    pub(super) refund: Option<String>,
}

/// Whether a customer has already authenticated off-session payments, or has to do so once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PriorSetup {
    Already,
    Once,
}

/// A special result of a successful payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PaymentFlaw {
    Risky,
    WrongCvc,
}

/// A test payment method other than a card.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) details: Body,
}

/// Types of payment methods that redirect the customer.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Redirects {
    pub(super) types: Vec<String>,
}

/// What a charge of a card causes beyond the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ChargeEffect {
    Authenticate,
    Settle,
}

/// Why a payment fails.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::sandbox::behaviour) struct Decline {
    /// Stripe's code.
    pub code: String,
    /// The issuer's decline code.
    pub(super) reason: String,
    /// The message for the customer.
    pub message: String,
    /// The network's code.
    pub(super) network_code: Option<String>,
    /// Stripe's advice code about another attempt.
    pub(super) advice: Option<String>,
    /// Fields of the charge's `outcome` that differ from an issuer's decline.
    pub(super) outcome: Body,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Brand {
    pub(super) starts: Vec<String>,
    pub(super) spelled: String,
}

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_table!("sandbox/card.toml"));

/// The test cards, by their fingerprints.
pub(super) static KNOWN: LazyLock<HashMap<String, &'static Card>> = LazyLock::new(|| {
    TABLE.cards.values().map(|card| (identifier::fingerprint(&card.number), card)).collect()
});

impl Card {
    pub(super) fn decline(&self) -> Option<&'static Decline> {
        self.decline.as_ref().and_then(|name| TABLE.declines.get(name))
    }
}

/// Returns the number behind `pm_card_visa`, `pm_card_visa_chargeDeclined` or `tok_visa`.
pub(in crate::sandbox::behaviour) fn number_of_token(token: &str) -> Option<&'static str> {
    let name = token.strip_prefix("pm_card_").or_else(|| token.strip_prefix("tok_"))?;
    let known = TABLE.cards.get(name).or_else(|| TABLE.cards.get(name.strip_prefix("visa_")?));
    known.map(|card| card.number.as_str())
}

/// Returns the test card of a payment method, found by its fingerprint because numbers are not stored.
pub(super) fn known(method: &Body) -> Option<&'static Card> {
    KNOWN.get(text(method, "card.fingerprint")?).copied()
}
