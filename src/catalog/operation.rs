//! The calls of an entity type: its operations and its actions.

use serde::{Deserialize, Serialize};

use super::fact_format::params;
use super::shape::{Member, Shape, find};

/// Returns whether a path belongs to version 2 of the API.
pub fn is_v2(path: &str) -> bool {
    path.starts_with("/v2/")
}

/// The kinds of operations of an entity type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OperationKind {
    /// Lists entities, newest first.
    List,
    /// Reads one entity, by its id.
    Get,
    /// Creates an entity.
    Create,
    /// Changes one entity.
    Update,
    /// Deletes one entity.
    Delete,
    /// Lists entities that satisfy a clause in Stripe's query language.
    Search,
}

impl OperationKind {
    /// Its name in sentences: `list`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Get => "get",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Search => "search",
        }
    }
}

/// The HTTP method of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, updates and acts.
    Post,
    /// Ends one entity.
    Delete,
}

impl Method {
    /// Its HTTP spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// One HTTP operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Its kind.
    pub kind: OperationKind,
    /// Its HTTP method.
    pub method: Method,
    /// `/v1/customers/{customer}`.
    pub path: String,
    /// Stripe's host for it, if it is not `api`: `files`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub host: String,
    /// Query or body params, sorted by name; `expand` and path params are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "params")]
    pub params: Vec<Member>,
}

/// A call other than the operations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// PascalCase, verb first: `ConfirmPaymentIntent`; in the facts only Stripe's verb: `confirm`.
    pub name: String,
    /// `POST` in all but a few.
    pub method: Method,
    /// `/v1/payment_intents/{intent}/confirm`.
    pub path: String,
    /// Body params, sorted by name; path params are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "params")]
    pub params: Vec<Member>,
    /// The payload keys that fill the path, in its order: `PaymentIntentId`; they come from the rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path_inputs: Vec<String>,
    /// Params that must be in the payload although Stripe does not require them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_inputs: Vec<String>,
    /// Params that may replace required inputs: a customer's account instead of the customer.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub stand_ins: std::collections::BTreeMap<String, String>,
    /// The connector's names for params: `CustomerId` for `customer`.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub renames: std::collections::BTreeMap<String, String>,
    /// What the output contains.
    #[serde(default, skip_serializing_if = "OutputShape::is_record")]
    pub output: OutputShape,
    /// The object that it returns, in Stripe's spelling.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub returns: String,
}

/// What an action's output contains.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OutputShape {
    /// `Success`, then the whole record.
    #[default]
    Record,
    /// Only `Success`.
    Success,
    /// One field under its own name, then `Success`: `{"InvoiceId": "in_…", "Success": "true"}`.
    Field {
        /// The name in the output.
        name: String,
        /// The field with its value.
        field: String,
    },
}

impl Operation {
    /// The top-level param of that name.
    pub fn param(&self, name: &str) -> Option<&Shape> {
        find(&self.params, name).map(|param| &param.shape)
    }
}

impl Action {
    /// Returns whether it belongs to version 2 of the API, whose params are JSON.
    pub fn is_v2(&self) -> bool {
        is_v2(&self.path)
    }
}

impl OutputShape {
    /// True for the default.
    pub fn is_record(&self) -> bool {
        *self == Self::Record
    }
}
