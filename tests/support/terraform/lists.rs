//! Lists of objects, as `terraform query` requests them.

use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5 as wire;
use tokio_stream::StreamExt as _;

use super::{Object, Outcome, Terraform, broken, receive, send};
use crate::support::{blocks, rules};

/// One object of a list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub identity: Value,
    pub name: String,
    /// Null if it was not requested.
    pub resource: Value,
}

impl Terraform {
    /// Validates a list and runs it for at most `limit` objects, with or without the state of each.
    pub async fn list(
        &mut self,
        name: &str,
        written: &Value,
        (include_resource_object, limit): (bool, i64),
    ) -> Outcome<Vec<Listed>> {
        let block = self.schema.list_resource_schemas[name].block.clone().unwrap();
        let config = Some(send(&blocks::whole(&block, written), &blocks::ty(&block)));
        let type_name = name.to_owned();
        let request = wire::validate_list_resource_config::Request {
            type_name: type_name.clone(),
            config: config.clone(),
            ..Default::default()
        };
        let valid = self.client.validate_list_resource_config(request).await.unwrap().into_inner();
        self.heard(&valid.diagnostics, &Object::default())?;
        let request = wire::list_resource::Request { type_name, config, include_resource_object, limit };
        let mut events = self.client.list_resource(request).await.unwrap().into_inner();
        let mut listed = Vec::new();
        while let Some(event) = events.next().await {
            let event = event.unwrap();
            self.heard(&event.diagnostic, &Object::default())?;
            listed.push(self.listed(name, event, include_resource_object)?);
        }
        Ok(listed)
    }

    fn listed(&self, name: &str, event: wire::list_resource::Event, included: bool) -> Outcome<Listed> {
        let identity = self.received(name, event.identity)?;
        let lacks = identity.is_null().then(|| "missing identity data".to_owned());
        broken(lacks.into_iter().collect())?;
        let resource = receive(event.resource_object.as_ref(), &blocks::ty(&self.block(name)))?;
        broken(rules::wholly_known(&resource))?;
        let wrong = (resource.is_null() == included).then(|| "a state, or none, unasked".to_owned());
        broken(wrong.into_iter().collect())?;
        Ok(Listed { identity, name: event.display_name, resource })
    }
}
