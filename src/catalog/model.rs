//! One entry of the catalog: an entity type with its operations, params, fields and actions. `build.rs`
//! writes entries, [`super::index`] reads them, and `cargo run --bin catalog` fills in what Stripe's
//! description says.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::fact_format::fields;
use super::operation::{Action, Operation, OperationKind, is_v2};
use super::shape::{Member, Shape, at, find};
use super::words::Words;

/// Params of any object whose change affects only the field of the same name.
pub const PLAIN: [&str; 4] = ["description", "metadata", "name", "nickname"];

/// One entity type: a Stripe object with its operations, params, fields and actions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// PascalCase singular: `PaymentIntent`; it comes from the rules, so the facts do not have it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its name in facts and rules: the object, or the service (`customers.tax_ids`).
    pub key: String,
    /// Stripe's spelling of the object: `payment_intent`.
    pub object: String,
    /// Its parents, outermost first: their ids come before its own in its path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub belongs_to: Vec<Parent>,
    /// Other objects that may occur in its place: a `card` among bank accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
    /// Other names of the type, such as the plural.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The prefix of its ids: `pi_`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id_prefix: String,
    /// List, search, get, create, update and delete, as far as Stripe has them.
    pub operations: Vec<Operation>,
    /// What Stripe returns, sorted by name.
    #[serde(with = "fields")]
    pub fields: Vec<Member>,
    /// Calls other than the operations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
    /// What destroying an entity does in Stripe.
    #[serde(default, skip_serializing_if = "Removal::is_forget")]
    pub removal: Removal,
    /// Fields that show that an entity has ended, with the value as text, if the removal does not say so.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub ended: std::collections::BTreeMap<String, String>,
    /// What a plan offers for an entity that has ended outside Terraform.
    #[serde(default, skip_serializing_if = "Restoration::is_replace")]
    pub restoration: Restoration,
    /// The values that an update sends for params, by dotted path, that it cannot unset and that are no
    /// longer written.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub defaults: std::collections::BTreeMap<String, serde_json::Value>,
    /// Old params, by path, with the new param that replaces each; Stripe returns both and accepts one.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub superseded: std::collections::BTreeMap<String, String>,
    /// Params, by dotted path, that an update accepts only while they have this value; the empty text
    /// means none.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub settled: std::collections::BTreeMap<String, String>,
    /// Fields that Stripe omits from a response unless they are requested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omitted: Vec<String>,
    /// Fields that must be requested to be complete on read, by `expand`, or `include` in version 2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expand: Vec<String>,
    /// Fields that the rules call secret, by dotted path; [`Entity::is_secret`] knows all secret fields.
    #[serde(skip)]
    pub sensitive: Vec<String>,
    /// Fields that look secret but that the rules declare public.
    #[serde(skip)]
    pub public: Vec<String>,
    /// Fields that only the response to the create contains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answered_once: Vec<String>,
    /// Params without which a list would omit entities.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub list_with: std::collections::BTreeMap<String, String>,
    /// Params of a list that must have the object's own values; otherwise the list omits the object.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list_by: Vec<String>,
    /// Lists whose items an update must name by their ids; otherwise it adds them again.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub items: std::collections::BTreeMap<String, Items>,
    /// It already exists; it is created by an update of the one that the payload names.
    #[serde(default, skip_serializing_if = "is_false")]
    pub preexisting: bool,
    /// Its end cannot be undone: in live mode it needs the configuration's consent.
    #[serde(default, skip_serializing_if = "is_false")]
    pub irrevocable: bool,
    /// The object that it ends with, if Stripe refuses to end it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_with: Option<EndsWith>,
    /// Fields with the ids of objects that are archived with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes_along: Vec<String>,
    /// Fields with the ids of objects that Stripe does not delete while this object refers to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keeps: Vec<String>,
    /// Params besides `id` whose values must be unique in Stripe: `lookup_key`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub natural_keys: Vec<String>,
    /// Objects that use an entity of this type, with the param by which they are listed: `subscription` by
    /// `price`.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub used_by: std::collections::BTreeMap<String, String>,
    /// Params, by path, that only control how a call is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<String>,
    /// Params that Stripe never returns, and whose change needs a new entity. Other such params only have
    /// an effect on create.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recreates: Vec<String>,
    /// Params whose values change by themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drifting: Vec<String>,
    /// Params that increase after the creation, as intended: a greater value in Stripe is no drift.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advancing: Vec<String>,
    /// Fields that an update changes together with params of other names.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub follows: std::collections::BTreeMap<String, Vec<String>>,
    /// Params whose change affects only the field of the same name, besides the four that every object
    /// has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plain: Vec<String>,
    /// Unique names, each with the param that transfers it from another entity.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub transfers: std::collections::BTreeMap<String, String>,
    /// Params that Stripe returns in other words than it accepts.
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    pub words: Words,
    /// Values derived from the rest on first use.
    #[serde(skip)]
    pub(super) derived: Derived,
}

/// The parent of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// The placeholder of its id in the children's path: `customer`.
    pub placeholder: String,
    /// Its type: `customer`.
    pub object: String,
}

/// Params of an entity type in frequently used forms.
#[derive(Debug, Clone, Default)]
pub(super) struct Derived {
    pub(super) create_params: OnceLock<Vec<Member>>,
    pub(super) params: OnceLock<Vec<Member>>,
}

/// The cache does not take part in equality.
impl PartialEq for Derived {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

/// How the items of a list are identified in an update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Items {
    /// The member that matches an item of the payload with an existing one: `price`.
    pub by: String,
    /// The param that removes an item, if Stripe has one: `deleted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<String>,
}

/// The object with which another one ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndsWith {
    /// Its type, in Stripe's spelling: `product`.
    pub object: String,
    /// The field with its id: `product`.
    pub field: String,
    /// The field in which that object must refer to this one: `default_price`.
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
    /// A param makes it inactive; the object stays, and the user is told.
    Archive {
        /// The param: `active`.
        param: String,
        /// The value that archives: `false`.
        value: Json,
    },
    /// Stripe deletes it; if Stripe refuses, a param makes it inactive, and the user is told.
    DeleteOrArchive {
        /// The param: `active`.
        param: String,
        /// The value that archives: `false`.
        value: Json,
    },
    /// A custom call ends it (cancel, void, detach) while its `status` is one of these (any, if the list
    /// is empty); afterwards nothing is left to do.
    Call {
        /// The action: `CancelPaymentIntent`.
        action: String,
        /// The action to try if Stripe refuses the first.
        #[serde(default)]
        otherwise: Option<String>,
        /// Fields sent along, for calls that need them to know what to end.
        #[serde(default)]
        with: Vec<String>,
        /// The states in which the call is possible; in others the object stays, and the user is told.
        #[serde(default)]
        when: Vec<String>,
        /// The states in which the object has already ended: nothing to do or to report.
        #[serde(default)]
        ended: Vec<String>,
        /// The object stays in Stripe anyway (deactivated, archived), and the user is told.
        #[serde(default)]
        stays: bool,
    },
    /// A custom call ends it while this field is set (detach while `customer` is set); if the field is
    /// null, nothing is left to do.
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
    /// Stripe cannot end it: Terraform only forgets it, and the user is told.
    #[default]
    Forget,
}

/// What a plan offers for an entity that has ended outside Terraform.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Restoration {
    /// A new entity replaces it.
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
    /// Nothing, because such an entity ends by itself or has moved money. If a call has ended it, a change
    /// of its payload creates a new one.
    Nothing,
}

impl Restoration {
    /// True for the default.
    pub fn is_replace(&self) -> bool {
        *self == Self::Replace
    }

    /// Returns the usual restoration for a removal: an object archived by a flag is restored by the same
    /// flag.
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
    /// Returns the operation of that kind, if Stripe has it.
    pub fn operation(&self, kind: OperationKind) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.kind == kind)
    }

    /// Returns whether it belongs to version 2 of the API: JSON bodies, page tokens, null unsets.
    pub fn is_v2(&self) -> bool {
        self.operations.iter().any(|operation| is_v2(&operation.path))
    }

    /// Returns whether Stripe has a call that creates one.
    pub fn creates(&self) -> bool {
        self.operation(OperationKind::Create).is_some()
    }

    /// Returns the top-level field of that name.
    pub fn field(&self, name: &str) -> Option<&Shape> {
        find(&self.fields, name).map(|field| &field.shape)
    }

    /// Returns the field at a dotted path.
    pub fn field_at(&self, path: &str) -> Option<&Shape> {
        at(&self.fields, path)
    }
}

/// Returns the placeholders of a path except the object's own.
pub fn parents(path: &str) -> impl Iterator<Item = &str> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.filter(|name| *name != "id")
}
