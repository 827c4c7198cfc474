//! Ephemeral resources, which are opened and closed in one walk and never stored.

use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5 as wire;

use super::{CAPABILITIES, Object, Outcome, Terraform, broken, named, receive, send};
use crate::support::{blocks, rules};

impl Terraform {
    /// Validates and opens an ephemeral resource, and closes it.
    pub async fn open(&mut self, name: &str, written: &Value) -> Outcome<Value> {
        let block = self.schema.ephemeral_resource_schemas[name].block.clone().unwrap();
        let (ty, type_name) = (blocks::ty(&block), name.to_owned());
        let whole = blocks::whole(&block, written);
        let config = Some(send(&whole, &ty));
        let request = wire::validate_ephemeral_resource_config::Request {
            type_name: type_name.clone(),
            config: config.clone(),
        };
        let valid = self.client.validate_ephemeral_resource_config(request).await.unwrap().into_inner();
        self.heard(&valid.diagnostics, &Object::default())?;
        let client_capabilities = Some(CAPABILITIES);
        let request = wire::open_ephemeral_resource::Request {
            type_name: type_name.clone(),
            config,
            client_capabilities,
        };
        let opened = self.client.open_ephemeral_resource(request).await.unwrap().into_inner();
        self.heard(&opened.diagnostics, &Object::default())?;
        broken(rules::no_escape(false, opened.deferred.is_some()))?;
        let result = receive(opened.result.as_ref(), &ty)?;
        broken(named("opened", rules::data_valid(&result)))?;
        broken(named("opened", rules::plan_valid(&block, &Value::Null, &whole, &result)))?;
        let request = wire::close_ephemeral_resource::Request { type_name, private: opened.private };
        let closed = self.client.close_ephemeral_resource(request).await.unwrap().into_inner();
        self.heard(&closed.diagnostics, &Object::default())?;
        Ok(result)
    }
}
