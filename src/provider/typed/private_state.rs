//! The private data of a typed resource: what was written and what Stripe returned.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::engine::Params;
use crate::provider::object::{PrivateData, decode_private};
use crate::terraform::diagnostic::Diagnostic;

/// The private data: what was written, and what Stripe returned.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct TypedPrivateData {
    /// The data that every resource keeps: the connection, and the key of a planned create.
    #[serde(flatten)]
    pub(super) common: PrivateData,
    /// The place of the object: its id, after the ids of its parents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) locator: Option<String>,
    /// The last written params; empty for an object that was just imported.
    #[serde(default, skip_serializing_if = "Params::is_empty")]
    pub(super) params: Params,
    /// The metadata that it also got from the provider block.
    #[serde(default, skip_serializing_if = "Params::is_empty")]
    pub(super) default_metadata: Params,
    /// The params that the plan of a change asks for. An apply sees the configuration without
    /// `ignore_changes`, and values that the plan did not show must not be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) planned: Option<Params>,
    /// The object in Stripe's last response.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub(super) body: Json,
}

impl TypedPrivateData {
    /// Reads private data.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Diagnostic> {
        // A failed change leaves behind what its plan asked for.
        Ok(Self { planned: None, ..Self::of_plan(bytes)? })
    }

    /// Reads the private data of a plan that is being applied.
    pub(super) fn of_plan(bytes: &[u8]) -> Result<Self, Diagnostic> {
        decode_private(bytes)
    }

    /// Returns the bytes that Terraform keeps.
    pub(super) fn encode(&self) -> Vec<u8> {
        // Text, maps and JSON always serialise.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The parts of the private data that make up an object's identity.
#[derive(Debug, Default, Deserialize)]
pub(super) struct StoredIdentity {
    /// The place of the object.
    pub(super) locator: Option<String>,
    /// The account that the import named.
    pub(super) account: Option<String>,
}

impl StoredIdentity {
    /// Reads private data without the object in them.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Diagnostic> {
        decode_private(bytes)
    }
}
