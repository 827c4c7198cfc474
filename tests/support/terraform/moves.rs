//! Moves of an object from one resource type to another.

use stripe_provider::terraform::wire::tfplugin5 as wire;

use super::{Object, Outcome, Terraform, broken, named, receive};
use crate::support::{blocks, rules};

impl Terraform {
    /// Converts an object of a type of some provider to an object of another type.
    pub async fn move_state(
        &mut self,
        (provider, source): (&str, &str),
        target: &str,
        object: &Object,
    ) -> Outcome<Object> {
        let json = blocks::stored(&object.state).to_string().into_bytes();
        let version = self.schema.resource_schemas.get(source).map_or(0, |schema| schema.version);
        self.move_stored((provider, source, version), target, json, object.private.clone()).await
    }

    /// Converts a stored state to an object of one of this provider's types.
    pub async fn move_stored(
        &mut self,
        (provider, source, version): (&str, &str, i64),
        target: &str,
        json: Vec<u8>,
        private: Vec<u8>,
    ) -> Outcome<Object> {
        let request = wire::move_resource_state::Request {
            source_provider_address: provider.to_owned(),
            source_type_name: source.to_owned(),
            source_schema_version: version,
            source_state: Some(wire::RawState { json, ..Default::default() }),
            source_private: private,
            target_type_name: target.to_owned(),
            ..Default::default()
        };
        let answer = self.client.move_resource_state(request).await.unwrap().into_inner();
        self.heard(&answer.diagnostics, &Object::default())?;
        let state = receive(answer.target_state.as_ref(), &blocks::ty(&self.block(target)))?;
        self.identified(target, answer.target_identity, &state)?;
        broken(named("moved state", rules::wholly_known(&state)))?;
        broken(named("moved state", rules::write_only_null(&self.block(target), &state)))?;
        Ok(Object { state, private: answer.target_private })
    }
}
