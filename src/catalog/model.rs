//! One entry of the catalog: an entity type with its operations, params, fields and actions.
//! `build.rs` writes entries, [`super::index`] reads them, and `cargo run --bin catalog` fills in
//! what Stripe's description says.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::fact_format::fields;
use super::operation::{Action, Operation, OperationKind, is_v2};
use super::shape::{Member, Shape, at, find};
use super::words::Words;

/// Params whose change changes nothing of any object but the field of their name.
pub const PLAIN: [&str; 4] = ["description", "metadata", "name", "nickname"];

/// One entity type: a Stripe object with its operations, params, fields and actions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// PascalCase singular: `PaymentIntent`; a rule, so absent in the facts.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What facts and rules call it: the object, or the service (`customers.tax_ids`).
    pub key: String,
    /// Stripe's spelling of the object: `payment_intent`.
    pub object: String,
    /// The objects that it belongs to, outermost first: their ids stand before its own in its path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub belongs_to: Vec<Parent>,
    /// Other objects that may stand in its place: a `card` among bank accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
    /// Other names the type answers to, such as the plural.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What an id starts with: `pi_`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id_prefix: String,
    /// List, search, get, create, update and delete, as far as Stripe has them.
    pub operations: Vec<Operation>,
    /// What Stripe returns, sorted by name.
    #[serde(with = "fields")]
    pub fields: Vec<Member>,
    /// Calls that are no operations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
    /// What destroying an entity does in Stripe.
    #[serde(default, skip_serializing_if = "Removal::is_forget")]
    pub removal: Removal,
    /// Fields that say an entity has ended, with the value as text, where the removal does not say it.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub ended: std::collections::BTreeMap<String, String>,
    /// What a plan offers for an entity that has ended outside of Terraform.
    #[serde(default, skip_serializing_if = "Restoration::is_replace")]
    pub restoration: Restoration,
    /// What an update sends for params, by dotted path, that it cannot unset and nobody writes any more.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub defaults: std::collections::BTreeMap<String, serde_json::Value>,
    /// Params that Stripe answers beside the newer one of that name, by dotted path, and takes alone.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub superseded: std::collections::BTreeMap<String, String>,
    /// Params that an update takes only while they have this value, by dotted path; the empty text is none.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub settled: std::collections::BTreeMap<String, String>,
    /// Fields that Stripe omits from an answer unless they are asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omitted: Vec<String>,
    /// Fields that must be asked for to be complete on read, by `expand`, or `include` in version 2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expand: Vec<String>,
    /// Fields that the rules call secret, by dotted path; [`Entity::is_secret`] knows all that are.
    #[serde(skip)]
    pub sensitive: Vec<String>,
    /// Fields that the rules call no secrets although they look like some.
    #[serde(skip)]
    pub public: Vec<String>,
    /// Fields that only the answer to the create holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answered_once: Vec<String>,
    /// Params without which a list would leave entities out.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub list_with: std::collections::BTreeMap<String, String>,
    /// Params of a list that must have the object's own values; otherwise the list does not contain the object.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list_by: Vec<String>,
    /// Lists whose items an update must name by their ids; otherwise it adds them again.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub items: std::collections::BTreeMap<String, Items>,
    /// It exists already; what creates it is an update of the one that the payload names.
    #[serde(default, skip_serializing_if = "is_false")]
    pub preexisting: bool,
    /// Its end cannot be taken back: in live mode it needs the configuration's consent.
    #[serde(default, skip_serializing_if = "is_false")]
    pub irrevocable: bool,
    /// The object that it ends with, where Stripe refuses to end it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_with: Option<EndsWith>,
    /// Fields that name what is archived with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes_along: Vec<String>,
    /// Fields that name what Stripe does not delete while this names it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keeps: Vec<String>,
    /// Params beside `id` of which Stripe takes each value once: `lookup_key`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub natural_keys: Vec<String>,
    /// Objects that use an entity of this type, with the param by which they are listed: `subscription` by `price`.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub used_by: std::collections::BTreeMap<String, String>,
    /// Params that only say how a call is done, by path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<String>,
    /// Params that Stripe never answers, and of which another value makes a new entity. The rest acts at creation only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recreates: Vec<String>,
    /// Params whose values change by themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drifting: Vec<String>,
    /// Params that go up after the creation, as they are meant to: a greater value in Stripe is no drift.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advancing: Vec<String>,
    /// Fields that an update changes along with params of other names.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub follows: std::collections::BTreeMap<String, Vec<String>>,
    /// Params whose change changes nothing of an object but the field of their name; four are so of every object.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plain: Vec<String>,
    /// Names of which Stripe gives each to one entity, with the param that takes it from another.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub transfers: std::collections::BTreeMap<String, String>,
    /// What Stripe answers in other words than it takes.
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    pub words: Words,
    /// What is worked out of the rest when it is first asked for.
    #[serde(skip)]
    pub(super) derived: Derived,
}

/// An object that others belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// The placeholder of its id in their path: `customer`.
    pub placeholder: String,
    /// What it is: `customer`.
    pub object: String,
}

/// Params of an entity type in the forms that are asked for again and again.
#[derive(Debug, Clone, Default)]
pub(super) struct Derived {
    pub(super) create_params: OnceLock<Vec<Member>>,
    pub(super) params: OnceLock<Vec<Member>>,
}

/// Whether it was asked for makes no other type.
impl PartialEq for Derived {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

/// How the items of a list are identified in an update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Items {
    /// The member by which an item of the payload is found among those there are: `price`.
    pub by: String,
    /// The param that takes an item away, where Stripe has one: `deleted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<String>,
}

/// The object that another one ends with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndsWith {
    /// Its type, in Stripe's spelling: `product`.
    pub object: String,
    /// The field that names it: `product`.
    pub field: String,
    /// The field of that object which must name this one: `default_price`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_as: Option<String>,
    /// The states in which that object holds nothing: `draft`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<String>,
}

/// What destroying an entity does in Stripe.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Removal {
    /// Stripe deletes it.
    Delete,
    /// A param makes it inactive; the object stays, and we say so.
    Archive {
        /// The param: `active`.
        param: String,
        /// The value that archives: `false`.
        value: Json,
    },
    /// Stripe deletes it; where Stripe refuses, a param makes it inactive and we say so.
    DeleteOrArchive {
        /// The param: `active`.
        param: String,
        /// The value that archives: `false`.
        value: Json,
    },
    /// A custom call ends it (cancel, void, detach) while its `status` is one of these
    /// (any, when the list is empty); afterwards nothing is left to do.
    Call {
        /// The action: `CancelPaymentIntent`.
        action: String,
        /// The action to try when Stripe refuses the first.
        #[serde(default)]
        otherwise: Option<String>,
        /// Fields that are sent along, for calls that need them to know what to end.
        #[serde(default)]
        with: Vec<String>,
        /// The states in which the call is possible; in others the object stays, and we say so.
        #[serde(default)]
        when: Vec<String>,
        /// The states in which the object has already ended: nothing to do, nothing to say.
        #[serde(default)]
        ended: Vec<String>,
        /// The object stays in Stripe all the same (deactivated, archived), and we say so.
        #[serde(default)]
        stays: bool,
    },
    /// A custom call ends it while this field is set (detach while `customer` is); where the
    /// field is null, nothing is left to do.
    CallWhileSet {
        /// The action: `DetachPaymentMethodFromCustomer`.
        action: String,
        /// The field: `customer`.
        field: String,
    },
    /// Stripe deletes it in these states; in the others the call ends it.
    DeleteOrCall {
        /// The states in which DELETE is possible: `draft`.
        delete_when: Vec<String>,
        /// The action for the other states.
        action: String,
        /// The states in which the call is possible.
        when: Vec<String>,
        /// The states in which the object has already ended.
        #[serde(default)]
        ended: Vec<String>,
    },
    /// Stripe has no end for it: it is only forgotten, and we say so.
    #[default]
    Forget,
}

/// What a plan offers for an entity that has ended outside of Terraform.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Restoration {
    /// A new entity takes its place.
    #[default]
    Replace,
    /// An update brings it back.
    Update {
        /// The param: `active`.
        param: String,
        /// The value that brings it back: `true`.
        value: Json,
    },
    /// A custom call brings it back: `ReactivateBillingMeter`.
    Call(String),
    /// Nothing, because such an entity ends by itself or has moved money. Where a call has ended it,
    /// a change of its payload makes a new one.
    Nothing,
}

impl Restoration {
    /// True for the default.
    pub fn is_replace(&self) -> bool {
        *self == Self::Replace
    }

    /// What follows from the removal: what a flag has archived comes back by the same flag.
    pub fn of(removal: &Removal) -> Self {
        match removal {
            Removal::Archive { param, value } | Removal::DeleteOrArchive { param, value }
                if *value == Json::Bool(false) =>
            {
                Self::Update { param: param.clone(), value: Json::Bool(true) }
            }
            _ => Self::Replace,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Removal {
    /// True for the default.
    pub fn is_forget(&self) -> bool {
        *self == Self::Forget
    }
}

impl Entity {
    /// The operation of that kind, where Stripe has it.
    pub fn operation(&self, kind: OperationKind) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.kind == kind)
    }

    /// Whether it is of version 2 of the API: JSON bodies, page tokens, null unsets.
    pub fn is_v2(&self) -> bool {
        self.operations.iter().any(|operation| is_v2(&operation.path))
    }

    /// Whether Stripe has a call that makes one.
    pub fn creates(&self) -> bool {
        self.operation(OperationKind::Create).is_some()
    }

    /// The top-level field of that name.
    pub fn field(&self, name: &str) -> Option<&Shape> {
        find(&self.fields, name).map(|field| &field.shape)
    }

    /// The field that a dotted path leads to.
    pub fn field_at(&self, path: &str) -> Option<&Shape> {
        at(&self.fields, path)
    }
}

/// The placeholders of a path but for the one of the object itself.
pub fn parents(path: &str) -> impl Iterator<Item = &str> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.filter(|name| *name != "id")
}
