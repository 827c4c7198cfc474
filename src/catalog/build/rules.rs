//! The format of `rules.toml`: what Stripe's description does not say, as data. The file explains each word; `join`
//! applies the rules to the facts.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::{EndsWith, Items, Removal, Restoration};
use super::operation::OutputShape;
use super::words::Words;

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
    /// Fields with the values that say an entity has ended, where its removal does not say it.
    #[serde(default)]
    pub ended: BTreeMap<String, String>,
    /// What a plan offers for what has ended outside of Terraform; what follows from the removal
    /// where nothing is said.
    pub restoration: Option<Restoration>,
    /// What Stripe takes for params of an update where nothing is written.
    #[serde(default)]
    pub defaults: BTreeMap<String, serde_json::Value>,
    /// Params that Stripe answers beside the newer one of that name, by path.
    #[serde(default)]
    pub superseded: BTreeMap<String, String>,
    /// Params that an update takes only while they have this value, by path.
    #[serde(default)]
    pub settled: BTreeMap<String, String>,
    /// Lists whose order means nothing, by path; lists of known values are such by themselves.
    #[serde(default)]
    pub sets: Vec<String>,
    /// Lists of known values whose order means something, by path.
    #[serde(default)]
    pub ordered: Vec<String>,
    /// Fields that Stripe omits from an answer unless they are asked for.
    #[serde(default)]
    pub omitted: Vec<String>,
    /// Fields to ask for on read.
    #[serde(default)]
    pub expand: Vec<String>,
    /// Fields whose values are secret, beside those whose names or neighbours say so.
    #[serde(default)]
    pub sensitive: Vec<String>,
    /// Fields that look secret and are there to be handed out.
    #[serde(default)]
    pub public: Vec<String>,
    /// Fields that only the answer to the create holds.
    #[serde(default)]
    pub answered_once: Vec<String>,
    /// Params without which a list would leave entities out.
    #[serde(default)]
    pub list_with: BTreeMap<String, String>,
    /// Params of a list that must have the object's own values; otherwise the list does not contain the object.
    #[serde(default)]
    pub list_by: Vec<String>,
    /// Lists whose items an update must name by their ids.
    #[serde(default)]
    pub items: BTreeMap<String, Items>,
    /// It exists already; what creates it is an update of the one that the payload names.
    #[serde(default)]
    pub preexisting: bool,
    /// Its end cannot be taken back.
    #[serde(default)]
    pub irrevocable: bool,
    /// The object that it ends with.
    pub ends_with: Option<EndsWith>,
    /// Fields that name what is archived with it.
    #[serde(default)]
    pub takes_along: Vec<String>,
    /// Fields that name what Stripe does not delete while this names it.
    #[serde(default)]
    pub keeps: Vec<String>,
    /// Params beside `id` of which Stripe takes each value once.
    #[serde(default)]
    pub natural_keys: Vec<String>,
    /// Objects that use an entity of this type and go on when it is archived, with the param that lists
    /// them.
    #[serde(default)]
    pub used_by: BTreeMap<String, String>,
    /// Params that only say how a call is done, by path.
    #[serde(default)]
    pub modifiers: Vec<String>,
    /// Params that Stripe takes at creation, never answers, and of which another value makes a new
    /// entity.
    #[serde(default)]
    pub recreates: Vec<String>,
    /// Params whose values change by themselves.
    #[serde(default)]
    pub drifting: Vec<String>,
    /// Params that go up after the creation.
    #[serde(default)]
    pub advancing: Vec<String>,
    /// Fields that an update changes along with params of other names.
    #[serde(default)]
    pub follows: BTreeMap<String, Vec<String>>,
    /// Params whose change changes nothing of an object but the field of their name.
    #[serde(default)]
    pub plain: Vec<String>,
    /// Names of which Stripe gives each to one entity, with the param that takes it from another.
    #[serde(default)]
    pub transfers: BTreeMap<String, String>,
    /// What Stripe answers in other words than it takes.
    #[serde(default)]
    pub words: Words,
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
    /// Params that must be in the payload although Stripe does not require them.
    #[serde(default)]
    pub required: Vec<String>,
    /// Params that may stand in the place of required ones.
    #[serde(default)]
    pub stand_ins: BTreeMap<String, String>,
    /// What the output holds.
    #[serde(default)]
    pub output: OutputShape,
}

/// Reads the text of `rules.toml`.
pub fn parse(text: &str) -> Result<Rules, toml::de::Error> {
    toml::from_str(text)
}
