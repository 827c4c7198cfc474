//! Imports by id and by identity, and core's handling of identities.

use stripe_provider::terraform::value::{Type, Value, msgpack};
use stripe_provider::terraform::wire::tfplugin5 as wire;

use super::{Fault, Object, Outcome, Terraform, broken, receive, send};
use crate::support::{blocks, rules};

impl Terraform {
    /// Imports an object and reads it.
    pub async fn import(&mut self, name: &str, id: &str) -> Outcome<Object> {
        self.imported(name, id, None).await
    }

    async fn imported(
        &mut self,
        name: &str,
        id: &str,
        identity: Option<wire::ResourceIdentityData>,
    ) -> Outcome<Object> {
        let request = wire::import_resource_state::Request {
            type_name: name.to_owned(),
            id: id.to_owned(),
            identity,
            ..Default::default()
        };
        let answer = self.client.import_resource_state(request).await.unwrap().into_inner();
        self.heard(&answer.diagnostics, &Object::default())?;
        broken(rules::import_valid(name, &answer.imported_resources))?;
        let imported = &answer.imported_resources[0];
        let state = receive(imported.state.as_ref(), &blocks::ty(&self.block(name)))?;
        self.identified(name, imported.identity.clone(), &state)?;
        let read = self.refresh(name, &Object { state, private: imported.private.clone() }).await?;
        let gone = read.state.is_null().then(|| "cannot import a non-existent object".to_owned());
        broken(gone.into_iter().collect())?;
        Ok(read)
    }

    /// Imports the object with this identity and reads it.
    pub async fn import_identity(&mut self, name: &str, identity: &Value) -> Outcome<Object> {
        let data = send(identity, &self.identity_type(name).expect("an identity schema"));
        self.imported(name, "", Some(wire::ResourceIdentityData { identity_data: Some(data) })).await
    }

    /// The type of a resource type's identities.
    pub fn identity_type(&self, name: &str) -> Option<Type> {
        self.identities.get(name).map(rules::identity_type)
    }

    /// Records the identity of an object, which must have one if its type has an identity schema.
    pub(super) fn identified(
        &mut self,
        name: &str,
        answered: Option<wire::ResourceIdentityData>,
        state: &Value,
    ) -> Outcome<()> {
        self.identity = self.received(name, answered)?;
        let lacks = self.identities.contains_key(name) && !state.is_null() && self.identity.is_null();
        broken(lacks.then(|| format!("the {name} has no identity")).into_iter().collect())
    }

    /// Records a planned identity, which is fully known if it is present.
    pub(super) fn planned_identity(
        &mut self,
        name: &str,
        answered: Option<wire::ResourceIdentityData>,
    ) -> Outcome<()> {
        self.identity = self.received(name, answered)?;
        Ok(())
    }

    pub(super) fn received(
        &self,
        name: &str,
        answered: Option<wire::ResourceIdentityData>,
    ) -> Outcome<Value> {
        let Some(data) = answered.and_then(|it| it.identity_data) else { return Ok(Value::Null) };
        let refused = |why: String| Fault::Broken(vec![format!("the identity of a {name}: {why}")]);
        let ty = self.identity_type(name).ok_or_else(|| refused("there is none".to_owned()))?;
        let identity = msgpack::decode(&data.msgpack, &ty).map_err(|error| refused(error.to_string()))?;
        if identity.is_wholly_known() { Ok(identity) } else { Err(refused("it is not known".to_owned())) }
    }
}
