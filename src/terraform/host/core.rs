//! The calls of Terraform's core, in the same order but without its checks: enough to stand in for it. A
//! miniature core that also checks every answer belongs to the tests.

use tonic::transport::Channel;

use crate::terraform::host::{Error, blocks};
use crate::terraform::protocol::MESSAGE_LIMIT;
use crate::terraform::value::{Type, Value, msgpack};
use crate::terraform::wire::tfplugin5::provider_client::ProviderClient;
use crate::terraform::wire::tfplugin5::schema::Block;
use crate::terraform::wire::tfplugin5::{self as wire, DynamicValue, diagnostic::Severity};

/// The Terraform version that is reported to a provider.
const TERRAFORM_VERSION: &str = "1.11.0";

/// A connection to a provider, and its schemas.
#[derive(Debug, Clone)]
pub struct Core {
    client: ProviderClient<Channel>,
    schema: wire::get_provider_schema::Response,
}

/// An object in a state, or one that is planned.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResourceInstance {
    /// Its attributes; null if there is no object.
    pub state: Value,
    /// Private data, which only the provider reads.
    pub private: Vec<u8>,
}

impl Core {
    /// Loads the schemas of a provider.
    pub async fn over(channel: Channel) -> Result<Self, Error> {
        let client = ProviderClient::new(channel);
        let mut client =
            client.max_decoding_message_size(MESSAGE_LIMIT).max_encoding_message_size(MESSAGE_LIMIT);
        let schema = client.get_schema(wire::get_provider_schema::Request {}).await?.into_inner();
        heard(&schema.diagnostics)?;
        Ok(Self { client, schema })
    }

    /// The type of the provider block.
    pub fn provider_type(&self) -> Result<Type, Error> {
        blocks::ty(&self.provider_block())
    }

    /// The type of the objects of a resource type.
    pub fn resource_type(&self, name: &str) -> Result<Type, Error> {
        blocks::ty(&self.resource(name)?)
    }

    /// The type of a data source's result.
    pub fn data_type(&self, name: &str) -> Result<Type, Error> {
        blocks::ty(&self.data_source(name)?)
    }

    fn provider_block(&self) -> Block {
        self.schema.provider.clone().and_then(|schema| schema.block).unwrap_or_default()
    }

    fn resource(&self, name: &str) -> Result<Block, Error> {
        block(self.schema.resource_schemas.get(name), name)
    }

    fn data_source(&self, name: &str) -> Result<Block, Error> {
        block(self.schema.data_source_schemas.get(name), name)
    }

    /// Configures the provider.
    pub async fn configure(&mut self, written: &Value) -> Result<(), Error> {
        let config = Some(whole(&self.provider_block(), written)?);
        let request = wire::prepare_provider_config::Request { config: config.clone() };
        heard(&self.client.prepare_provider_config(request).await?.into_inner().diagnostics)?;
        let request = wire::configure::Request {
            config,
            terraform_version: TERRAFORM_VERSION.to_owned(),
            client_capabilities: None,
        };
        heard(&self.client.configure(request).await?.into_inner().diagnostics)
    }

    /// Validates an object as it is written, and plans it.
    pub async fn plan(
        &mut self,
        name: &str,
        prior: &ResourceInstance,
        written: &Value,
    ) -> Result<ResourceInstance, Error> {
        let block = self.resource(name)?;
        let (ty, config) = (blocks::ty(&block)?, blocks::whole(&block, written)?);
        let request = wire::validate_resource_type_config::Request {
            type_name: name.to_owned(),
            config: Some(whole(&block, written)?),
            client_capabilities: None,
        };
        heard(&self.client.validate_resource_type_config(request).await?.into_inner().diagnostics)?;
        let request = wire::plan_resource_change::Request {
            type_name: name.to_owned(),
            prior_state: Some(send(&block, &prior.state)?),
            proposed_new_state: Some(send(&block, &blocks::proposed(&block, &prior.state, &config)?)?),
            config: Some(send(&block, &config)?),
            prior_private: prior.private.clone(),
            ..Default::default()
        };
        let answer = self.client.plan_resource_change(request).await?.into_inner();
        heard(&answer.diagnostics)?;
        Ok(ResourceInstance {
            state: receive(answer.planned_state.as_ref(), &ty)?,
            private: answer.planned_private,
        })
    }

    /// Applies a plan.
    pub async fn apply(
        &mut self,
        name: &str,
        prior: &ResourceInstance,
        planned: &ResourceInstance,
        written: &Value,
    ) -> Result<ResourceInstance, Error> {
        let block = self.resource(name)?;
        let request = wire::apply_resource_change::Request {
            type_name: name.to_owned(),
            prior_state: Some(send(&block, &prior.state)?),
            planned_state: Some(send(&block, &planned.state)?),
            config: Some(whole(&block, written)?),
            planned_private: planned.private.clone(),
            ..Default::default()
        };
        let answer = self.client.apply_resource_change(request).await?.into_inner();
        heard(&answer.diagnostics)?;
        let state = receive(answer.new_state.as_ref(), &blocks::ty(&block)?)?;
        Ok(ResourceInstance { state, private: answer.private })
    }

    /// Refreshes an object.
    pub async fn refresh(
        &mut self,
        name: &str,
        object: &ResourceInstance,
    ) -> Result<ResourceInstance, Error> {
        let block = self.resource(name)?;
        let request = wire::read_resource::Request {
            type_name: name.to_owned(),
            current_state: Some(send(&block, &object.state)?),
            private: object.private.clone(),
            ..Default::default()
        };
        let answer = self.client.read_resource(request).await?.into_inner();
        heard(&answer.diagnostics)?;
        let state = receive(answer.new_state.as_ref(), &blocks::ty(&block)?)?;
        Ok(ResourceInstance { state, private: answer.private })
    }

    /// Reads a data source.
    pub async fn data(&mut self, name: &str, written: &Value) -> Result<Value, Error> {
        let block = self.data_source(name)?;
        let request = wire::read_data_source::Request {
            type_name: name.to_owned(),
            config: Some(whole(&block, written)?),
            ..Default::default()
        };
        let answer = self.client.read_data_source(request).await?.into_inner();
        heard(&answer.diagnostics)?;
        receive(answer.state.as_ref(), &blocks::ty(&block)?)
    }
}

fn block(schema: Option<&wire::Schema>, name: &str) -> Result<Block, Error> {
    let missing = || Error::Schema(format!("the provider has no {name}"));
    schema.and_then(|schema| schema.block.clone()).ok_or_else(missing)
}

fn whole(block: &Block, written: &Value) -> Result<DynamicValue, Error> {
    send(block, &blocks::whole(block, written)?)
}

fn send(block: &Block, value: &Value) -> Result<DynamicValue, Error> {
    let msgpack = msgpack::encode(value, &blocks::ty(block)?);
    let msgpack = msgpack.map_err(|error| Error::Schema(error.to_string()))?;
    Ok(DynamicValue { msgpack, json: Vec::new() })
}

fn receive(value: Option<&DynamicValue>, ty: &Type) -> Result<Value, Error> {
    let Some(value) = value else { return Ok(Value::Null) };
    msgpack::decode(&value.msgpack, ty).map_err(|error| Error::Schema(error.to_string()))
}

/// Fails if there are errors among the diagnostics.
fn heard(diagnostics: &[wire::Diagnostic]) -> Result<(), Error> {
    let errors = diagnostics.iter().filter(|told| told.severity() == Severity::Error);
    let errors: Vec<_> = errors.map(|told| format!("{}: {}", told.summary, told.detail)).collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::Refused(errors)) }
}
