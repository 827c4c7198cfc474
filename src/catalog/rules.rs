//! The rules as they are written: what Stripe's description does not say, as data.
//! `rules.toml` explains each word; [`super::join`] puts them together with the facts.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::{Items, OutputShape, Removal};

/// The rules by key: the object in Stripe's spelling, or the service. What has no rule is as usual.
pub type Rules = BTreeMap<String, EntityRule>;

/// What is known of one object by hand.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityRule {
    /// The name of the entity type; its key in PascalCase singular where nothing is said.
    pub name: Option<String>,
    /// Other names the type answers to, beside the plural.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What an id starts with; nothing where ids have no prefix.
    #[serde(default)]
    pub id_prefix: String,
    /// What destroying an entity does; a DELETE where Stripe has one and nothing is said.
    pub removal: Option<Removal>,
    /// Fields that Stripe leaves out unless they are asked for.
    #[serde(default)]
    pub hidden: Vec<String>,
    /// Fields to ask for on read.
    #[serde(default)]
    pub expand: Vec<String>,
    /// Fields whose values are secret.
    #[serde(default)]
    pub sensitive: Vec<String>,
    /// Fields that only the answer to the create holds.
    #[serde(default)]
    pub once: Vec<String>,
    /// Params without which a list would leave entities out.
    #[serde(default)]
    pub list_with: BTreeMap<String, String>,
    /// Lists whose items an update must name by their ids.
    #[serde(default)]
    pub items: BTreeMap<String, Items>,
    /// It exists already; what creates it is an update of the one that the payload names.
    #[serde(default)]
    pub adopted: bool,
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

/// The usual name of an entity type: `payment_intent` → `PaymentIntent`,
/// `customers.tax_ids` → `CustomerTaxId`.
pub fn usual_name(key: &str, object: &str) -> String {
    if key == object {
        return pascal_case(key);
    }
    key.split('.').map(|part| pascal_case(&singular(part))).collect()
}

/// `tax_ids` → `tax_id`, `entries` → `entry`, `addresses` → `address`.
pub fn singular(name: &str) -> String {
    match (name.strip_suffix("ies"), name.strip_suffix("sses"), name.strip_suffix('s')) {
        (Some(stem), ..) => format!("{stem}y"),
        (_, Some(stem), _) => format!("{stem}ss"),
        (.., Some(stem)) if !stem.ends_with('s') => stem.to_owned(),
        _ => name.to_owned(),
    }
}

/// `TaxId` → `TaxIds`, `TransactionEntry` → `TransactionEntries`.
pub fn plural(name: &str) -> String {
    match name.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if name.ends_with(['s', 'x']) || name.ends_with("ch") => format!("{name}es"),
        _ => format!("{name}s"),
    }
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

#[cfg(test)]
mod tests {
    use super::{plural, singular, usual_name};

    #[test]
    fn names_are_singular_and_their_aliases_plural() {
        assert_eq!(
            ["tax_ids", "entries", "addresses", "address"].map(singular),
            ["tax_id", "entry", "address", "address"]
        );
        assert_eq!(["TaxId", "Entry", "Address"].map(plural), ["TaxIds", "Entries", "Addresses"]);
        assert_eq!(
            usual_name("billing_portal.configuration", "billing_portal.configuration"),
            "BillingPortalConfiguration"
        );
        assert_eq!(usual_name("customers.tax_ids", "tax_id"), "CustomerTaxId");
    }
}
