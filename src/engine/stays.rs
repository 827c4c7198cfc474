//! The outcome of an end: why an object stays in Stripe, and what happens to objects that it leaves behind.

use serde_json::Value as Json;

use crate::engine::Object;

/// The result of ending an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndOutcome {
    /// Stripe deleted it, or a call ended it: canceled, voided, detached.
    Ended,
    /// It had already ended, or did not exist.
    AlreadyGone,
    /// It stays in Stripe, either inactive or unchanged.
    Stays {
        /// Why it stays.
        why: StayReason,
        /// The objects that were to be archived with it.
        left: Vec<LeftObject>,
    },
}

/// Why an object stays in Stripe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StayReason {
    /// It was archived: this param now has this value.
    Archived {
        /// The param: `active`.
        param: &'static str,
        /// Its value: `false`.
        value: &'static Json,
    },
    /// This action was called, which does not delete it.
    Called(&'static str),
    /// The configuration keeps it.
    Configured,
    /// It ends only together with another object.
    EndsWith {
        /// The type and id of that object.
        holder: String,
    },
    /// Another object holds it.
    HeldAs {
        /// The field of the other object that refers to it: `default_price`.
        field: &'static str,
        /// The entity type of the other object.
        entity: &'static str,
        /// The id of the other object.
        id: String,
    },
    /// Stripe has no call that ends its type.
    NoCall,
    /// Stripe does not end it while it has this status.
    Status(String),
}

impl EndOutcome {
    pub(super) fn stays(why: StayReason) -> Self {
        Self::Stays { why, left: Vec::new() }
    }

    /// Whether it stays only because another object holds it.
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Stays { why: StayReason::HeldAs { .. }, .. })
    }
}

impl StayReason {
    /// Whether it continues in Stripe as before, although its end was wanted.
    pub fn is_unwanted(&self) -> bool {
        matches!(self, Self::HeldAs { .. } | Self::Status(_))
    }

    /// The reason as a sentence about the object.
    pub fn of(&self, object: &Object) -> String {
        let (name, locator) = (&object.entity.name, &object.locator);
        match self {
            Self::Archived { param, value } => format!(
                "Stripe cannot delete {name} {locator}: it is archived (`{param} = {value}`) and stays in Stripe."
            ),
            Self::Called(action) => format!(
                "Stripe cannot delete {name} {locator}: {action} is called, and the object stays in Stripe."
            ),
            Self::Configured => format!(
                "{name} {locator} stays in Stripe as it is, as configured: it is only removed from the state."
            ),
            Self::EndsWith { holder } => {
                format!("{name} {locator} stays in Stripe as it is: it belongs to {holder} and ends with it.")
            }
            Self::HeldAs { field, entity, id } => format!(
                "{name} {locator} stays in Stripe as it is: it is the `{field}` of {entity} {id}, and Stripe ends it only after {id} has ended or has another one."
            ),
            Self::NoCall => format!(
                "Stripe has no call to end {name} entities: {locator} stays in Stripe and is only removed from the state."
            ),
            Self::Status(status) => format!(
                "Stripe cannot end {name} {locator} while its status is `{status}`: it stays in Stripe as it is."
            ),
        }
    }
}

/// What happened to an object that was left behind when another one was archived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftObject {
    /// The field of the other object that referred to it: `default_price`.
    pub field: &'static str,
    /// Its id.
    pub id: String,
    /// Why it could not be archived, if it could not.
    pub refused: Option<String>,
}

impl LeftObject {
    /// What happened to it, as a sentence about the object that left it behind.
    pub fn of(&self, object: &Object) -> String {
        let Self { field, id, refused } = self;
        let (name, locator) = (&object.entity.name, &object.locator);
        match refused {
            None => format!("The `{field}` {id} of {name} {locator} is archived with it."),
            Some(why) => format!("The `{field}` {id} of {name} {locator} stays as it is: {why}."),
        }
    }
}
