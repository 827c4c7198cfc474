//! The private data that every resource keeps beside its state.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::connection::AccountIdentity;
use crate::connector::Connector;
use crate::engine::{Change, DesiredParams, Object, Params, put, without};
use crate::provider::messages::found;
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::value::Value;

/// Below this number, reading the objects of one list one by one is just as cheap.
const FEW: usize = 4;

/// The private data beside the state: a destroy sees neither the config nor the connection.
///
/// States that an earlier version wrote are read too: if a field's name differs from that in the stored
/// JSON, `rename` keeps the stored one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::provider) struct PrivateData {
    /// The handle of the connection that calls use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::provider) handle: Option<String>,
    /// The account and the mode in which the object was created.
    #[serde(rename = "home", default, skip_serializing_if = "Option::is_none")]
    pub(in crate::provider) origin: Option<AccountIdentity>,
    /// The handle of the old connection if the object is replaced on another one: its end uses the old
    /// one.
    #[serde(rename = "leaves", default, skip_serializing_if = "Option::is_none")]
    pub(in crate::provider) replaced_handle: Option<String>,
    /// The mark of the create that a plan is for; if this object is replaced, the mark of its successor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::provider) successor: Option<String>,
    /// No configuration has been applied since the import.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::provider) imported: bool,
    /// The object had already ended when it was imported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::provider) ended_at_import: bool,
    /// The account that the import named; calls without a handle go to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::provider) account: Option<String>,
    /// How many objects of the same list the run that wrote this used. It tells the next run how many
    /// reads to expect.
    #[serde(rename = "peers", default, skip_serializing_if = "Option::is_none")]
    pub(in crate::provider) expected_reads: Option<usize>,
    /// Paths of params that are in the state but not in Stripe: the call that sets them failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::provider) unset: Vec<String>,
    /// Removed params that no call could unset.
    #[serde(rename = "stays", default, skip_serializing_if = "Params::is_empty")]
    pub(in crate::provider) uncleared: Params,
    /// Names that it once had, such as a lookup key: the object that has them now may be its successor.
    #[serde(default, skip_serializing_if = "Params::is_empty")]
    pub(in crate::provider) lost_names: Params,
    /// The plan of the end has said what remains in Stripe, so the apply does not repeat it.
    #[serde(rename = "told", default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::provider) announced: bool,
}

impl PrivateData {
    pub(in crate::provider) fn decode(bytes: &[u8]) -> Result<Self, Diagnostic> {
        decode_private(bytes)
    }

    pub(in crate::provider) fn encode(&self) -> Vec<u8> {
        // A struct of strings and booleans always serialises.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Returns the private data of a newly created object: what the plan left in them is no longer needed.
    pub(super) fn of_new(&self, origin: Option<AccountIdentity>) -> Self {
        let Self { handle, account, expected_reads, .. } = self.clone();
        Self { handle, origin, account, expected_reads, ..Self::default() }
    }

    /// Returns the private data of an object after a change of it was sent.
    pub(super) fn of_changed(self, object: &Object, change: &Change, desired: &DesiredParams) -> Self {
        let uncleared = object.uncleared_after(change, desired);
        // A change of the resource alone, such as `on_destroy`, says nothing about the object.
        let ended_at_import = self.ended_at_import && change.is_nothing();
        let (unset, lost_names) = (Vec::new(), Params::new());
        Self { imported: false, ended_at_import, unset, uncleared, lost_names, ..self }
    }

    /// Adds to an object what these data know beyond its state.
    pub(in crate::provider) fn known(&self, mut object: Object) -> Object {
        let mut unset = Params::new();
        self.unset.iter().for_each(|path| put(&mut unset, path, Json::Null));
        object.params = without(object.params, &unset);
        object.imported = self.imported;
        object.ended_at_import = self.ended_at_import;
        object.uncleared.clone_from(&self.uncleared);
        object.expected_reads = self.expected_reads.unwrap_or_default();
        object
    }

    /// Returns the same data with another handle.
    pub(in crate::provider) fn on(&self, handle: Option<String>) -> Self {
        Self { handle, replaced_handle: None, ..self.clone() }
    }

    /// Returns the same data with the newest handle of the connection, for something that is not an object
    /// in an account: the configured handle, else the freshest that this process has seen of the stored
    /// one's connection.
    pub(in crate::provider) fn on_newest(
        mut self,
        runtime: &Runtime,
        configured: &Value,
        stored: &Value,
    ) -> Self {
        let old = self.handle.take().or_else(|| stored.as_str().map(str::to_owned));
        let newest = configured.as_str().map(str::to_owned);
        self.handle = newest.or_else(|| old.map(|old| runtime.freshest(&old)));
        self
    }

    /// Returns the connector for calls: on the handle's connection, else on the default one, for the
    /// account that the import named. Fails while their destination is unknown.
    pub(in crate::provider) fn connector(&self, runtime: &Runtime) -> Result<Connector, Diagnostic> {
        match (&self.handle, &self.account) {
            (None, Some(account)) => runtime.connector_of_account(account),
            (handle, _) => runtime.known_connector(handle.as_deref()),
        }
    }

    /// Raises the number of objects expected in the object's list. A read does not do so: `terraform plan
    /// -refresh-only -detailed-exitcode` reports changed private data as drift, and the next read knows
    /// the highest number of all objects anyway.
    pub(super) fn raise_expected_reads(&mut self, expected_reads: usize) {
        if expected_reads >= FEW {
            self.expected_reads = self.expected_reads.max(Some(expected_reads));
        }
    }

    /// Returns the same data with one more object of the list counted: this one, which was changed or is
    /// read for the first time.
    pub(super) fn with_expected_reads(mut self, connector: &Connector, object: &Object, body: &Json) -> Self {
        self.raise_expected_reads(connector.count_listed(object.entity, &object.locator, body));
        self
    }
}

/// Decodes the private data of a resource; data that were never written are empty, or `null` if a
/// preceding provider wrote the state. Unreadable data do not count as missing: without the account in
/// them, a missing object would be taken for deleted, and be created again.
pub(in crate::provider) fn decode_private<T: Default + DeserializeOwned>(
    bytes: &[u8],
) -> Result<T, Diagnostic> {
    if bytes.is_empty() {
        return Ok(T::default());
    }
    let read: Result<Option<T>, _> = serde_json::from_slice(bytes);
    read.map(Option::unwrap_or_default).map_err(|error: serde_json::Error| {
        // The user does not see the text that the position refers to.
        let why = error.to_string();
        found::private_not_readable(why.split(" at line ").next().unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::PrivateData;

    #[test]
    fn what_an_earlier_version_kept_beside_a_state_is_left_out() {
        let kept = br#"{"handle":"h","key":"an idempotency key"}"#;
        assert_eq!(PrivateData::decode(kept).unwrap().encode(), br#"{"handle":"h"}"#);
    }

    #[test]
    fn what_a_provider_before_kept_is_nothing_here_and_damaged_data_are_refused() {
        for kept in [&b""[..], b"null", br#"{"schema_version":"1"}"#] {
            assert_eq!(PrivateData::decode(kept).unwrap().encode(), b"{}");
        }
        assert!(PrivateData::decode(b"nul").is_err());
        assert!(PrivateData::decode(br#"{"handle":1}"#).is_err());
    }
}
