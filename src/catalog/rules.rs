//! The rules as they are written: what Stripe's description does not say, as data.
//! `rules.toml` explains each word; [`super::join`] puts them together with the facts.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::{OutputShape, Removal};

/// The rules of every object in the catalog, by Stripe's spelling of the object.
pub type Rules = BTreeMap<String, EntityRule>;

/// What is known of one object by hand.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityRule {
    /// The name of the entity type; its object in PascalCase where nothing is said.
    pub name: Option<String>,
    /// Other names the type answers to.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What an id starts with.
    pub id_prefix: String,
    /// What destroying an entity does.
    pub removal: Removal,
    /// Fields to expand on read.
    #[serde(default)]
    pub expand: Vec<String>,
    /// Fields whose values are secret.
    #[serde(default)]
    pub sensitive: Vec<String>,
    /// By Stripe's verb.
    #[serde(default)]
    pub actions: BTreeMap<String, ActionRule>,
}

/// What is known of one action by hand.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionRule {
    /// The action's name, where it is not the verb and the entity.
    pub name: Option<String>,
    /// The connector's names of params.
    #[serde(default)]
    pub renames: BTreeMap<String, String>,
    /// Params that must be in the payload although Stripe does not demand them.
    #[serde(default)]
    pub required: Vec<String>,
    /// What the output holds.
    #[serde(default)]
    pub output: OutputShape,
}

/// Reads the text of `rules.toml`.
pub fn parse(text: &str) -> Result<Rules, toml::de::Error> {
    toml::from_str(text)
}

/// `payment_intent` → `PaymentIntent`, `billing.alert` → `BillingAlert`.
pub fn pascal_case(name: &str) -> String {
    let words = name.split(['_', '.', ' ', '-']);
    words
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
                .collect::<String>()
        })
        .collect()
}
