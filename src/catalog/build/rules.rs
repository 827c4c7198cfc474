//! The format of `rules.toml`: what Stripe's description does not say, as data. The file explains each
//! word; `join` applies the rules to the facts.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::{EndsWith, Items, Removal, Restoration};
use super::operation::OutputShape;
use super::words::Words;

/// The rules by key: the object in Stripe's spelling, or the service. An object without a rule follows the
/// defaults.
pub type Rules = BTreeMap<String, EntityRule>;

/// The handwritten rule of one object.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityRule {
    /// The name of the entity type; by default its key in PascalCase singular.
    pub name: Option<String>,
    /// Other names of the type, besides the plural.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The prefix of its ids; empty if they have none.
    #[serde(default)]
    pub id_prefix: String,
    /// What destroying an entity does; by default a DELETE, if Stripe has one.
    pub removal: Option<Removal>,
    /// Fields with the values that mean an entity has ended, if its removal does not say so.
    #[serde(default)]
    pub ended: BTreeMap<String, String>,
    /// What a plan offers for an entity that has ended outside Terraform; by default what follows from the
    /// removal.
    pub restoration: Option<Restoration>,
    /// The values that Stripe uses for unwritten params of an update.
    #[serde(default)]
    pub defaults: BTreeMap<String, serde_json::Value>,
    /// Old params, by path, with the new param that replaces each; Stripe returns both and accepts one.
    #[serde(default)]
    pub superseded: BTreeMap<String, String>,
    /// Params, by path, that an update accepts only while they have this value.
    #[serde(default)]
    pub settled: BTreeMap<String, String>,
    /// Lists without a meaningful order, by path; lists of known values are sets anyway.
    #[serde(default)]
    pub sets: Vec<String>,
    /// Lists of known values with a meaningful order, by path.
    #[serde(default)]
    pub ordered: Vec<String>,
    /// Fields that Stripe omits from a response unless they are requested.
    #[serde(default)]
    pub omitted: Vec<String>,
    /// Fields to request on read.
    #[serde(default)]
    pub expand: Vec<String>,
    /// Fields with secret values, besides those whose names or neighbours show it.
    #[serde(default)]
    pub sensitive: Vec<String>,
    /// Fields that look secret but are meant to be handed out.
    #[serde(default)]
    pub public: Vec<String>,
    /// Fields that only the response to the create contains.
    #[serde(default)]
    pub answered_once: Vec<String>,
    /// Params without which a list would omit entities.
    #[serde(default)]
    pub list_with: BTreeMap<String, String>,
    /// Params of a list that must have the object's own values; otherwise the list omits the object.
    #[serde(default)]
    pub list_by: Vec<String>,
    /// Lists whose items an update must name by their ids.
    #[serde(default)]
    pub items: BTreeMap<String, Items>,
    /// It already exists; it is created by an update of the one that the payload names.
    #[serde(default)]
    pub preexisting: bool,
    /// Its end cannot be undone.
    #[serde(default)]
    pub irrevocable: bool,
    /// The object that it ends with.
    pub ends_with: Option<EndsWith>,
    /// Fields with the ids of objects that are archived with it.
    #[serde(default)]
    pub takes_along: Vec<String>,
    /// Fields with the ids of objects that Stripe does not delete while this object refers to them.
    #[serde(default)]
    pub keeps: Vec<String>,
    /// Params besides `id` whose values must be unique in Stripe.
    #[serde(default)]
    pub natural_keys: Vec<String>,
    /// Objects that use an entity of this type and go on when it is archived, with the param that lists
    /// them.
    #[serde(default)]
    pub used_by: BTreeMap<String, String>,
    /// Params, by path, that only control how a call is done.
    #[serde(default)]
    pub modifiers: Vec<String>,
    /// Params that Stripe accepts on create and never returns, and whose change needs a new entity.
    #[serde(default)]
    pub recreates: Vec<String>,
    /// Params whose values change by themselves.
    #[serde(default)]
    pub drifting: Vec<String>,
    /// Params that increase after the creation.
    #[serde(default)]
    pub advancing: Vec<String>,
    /// Fields that an update changes together with params of other names.
    #[serde(default)]
    pub follows: BTreeMap<String, Vec<String>>,
    /// Params whose change affects only the field of the same name.
    #[serde(default)]
    pub plain: Vec<String>,
    /// Unique names, each with the param that transfers it from another entity.
    #[serde(default)]
    pub transfers: BTreeMap<String, String>,
    /// Params that Stripe returns in other words than it accepts.
    #[serde(default)]
    pub words: Words,
    /// The rules of actions, by Stripe's verb.
    #[serde(default)]
    pub actions: BTreeMap<String, ActionRule>,
}

/// The handwritten rule of one action.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionRule {
    /// The action's name, if it is not the verb and the entity.
    pub name: Option<String>,
    /// The connector's names for params.
    #[serde(default)]
    pub renames: BTreeMap<String, String>,
    /// Params that must be in the payload although Stripe does not require them.
    #[serde(default)]
    pub required: Vec<String>,
    /// Params that may replace required ones.
    #[serde(default)]
    pub stand_ins: BTreeMap<String, String>,
    /// What the output contains.
    #[serde(default)]
    pub output: OutputShape,
}

/// Reads the text of `rules.toml`.
pub fn parse(text: &str) -> Result<Rules, toml::de::Error> {
    toml::from_str(text)
}
