//! A miniature of Terraform's core: it plans, applies, reads, imports and destroys through the protocol, in
//! core's order, and checks every answer against the rules.

use std::collections::BTreeMap;
use std::fmt;

use hyper_util::rt::TokioIo;
use stripe_provider::terraform::Provider;
use stripe_provider::terraform::protocol::{MESSAGE_LIMIT, Service};
use stripe_provider::terraform::value::{Type, Value, msgpack};
use stripe_provider::terraform::wire::tfplugin5::{
    self as wire, DynamicValue, provider_client::ProviderClient, schema::Block,
};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint, Server};

use super::calls::Calls;
use super::{blocks, rules};

mod ephemeral;
mod imports;
pub mod lists;
mod moves;

/// The capabilities of this core.
const CAPABILITIES: wire::ClientCapabilities =
    wire::ClientCapabilities { deferral_allowed: false, write_only_attributes_allowed: true };

/// The connection to a provider.
pub type Client = ProviderClient<InterceptedService<Channel, Calls>>;

/// Core, connected to one provider process.
#[derive(Debug, Clone)]
pub struct Terraform {
    pub client: Client,
    pub schema: wire::get_provider_schema::Response,
    /// The texts of the warnings of reads and plans since this was last emptied.
    pub warnings: Vec<String>,
    /// The warnings since this was last emptied.
    pub told: Vec<wire::Diagnostic>,
    /// The identity schemas of the resource types.
    pub identities: BTreeMap<String, wire::ResourceIdentitySchema>,
    /// The identity of the object that was last planned, changed, read, moved or imported; null if it has
    /// none.
    pub identity: Value,
    /// The last configuration of the provider.
    configured: Option<wire::configure::Request>,
}

/// An object in the state.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object {
    pub state: Value,
    pub private: Vec<u8>,
}

/// What to do with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Nothing,
    Create,
    Update,
    Replace,
    Delete,
}

/// A planned change.
#[derive(Debug, Clone)]
pub struct Plan {
    pub action: Action,
    pub prior: Object,
    pub config: Value,
    /// The configuration that the apply sees, if it differs from that of the plan because of ignored changes.
    pub written: Option<Value>,
    pub planned: Object,
}

/// Why core stops.
#[derive(Debug)]
pub enum Fault {
    /// The provider answered with errors; the object is what it left.
    Refused(Vec<wire::Diagnostic>, Box<Object>),
    /// The provider broke rules.
    Broken(Vec<String>),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(rules) => f.write_str(&rules.join("\n")),
            Self::Refused(errors, _) => {
                errors.iter().try_for_each(|error| writeln!(f, "{}: {}", error.summary, error.detail))
            }
        }
    }
}

/// The result of an operation of core.
pub type Outcome<T> = Result<T, Fault>;

impl Terraform {
    /// Starts a provider and loads its schemas.
    pub async fn start<P: Provider>(provider: P) -> Outcome<Self> {
        Self::over(connect(provider).await).await
    }

    /// Loads the schemas of a connected provider.
    pub async fn over(mut client: Client) -> Outcome<Self> {
        let schema = client.get_schema(wire::get_provider_schema::Request {}).await.unwrap().into_inner();
        broken(rules::loadable(&schema))?;
        let asked = wire::get_resource_identity_schemas::Request {};
        let identities = client.get_resource_identity_schemas(asked).await.unwrap().into_inner();
        let identities: BTreeMap<_, _> = identities.identity_schemas.into_iter().collect();
        broken(rules::identifiable(&identities, &schema))?;
        let (warnings, told, identity, configured) = (Vec::new(), Vec::new(), Value::Null, None);
        Ok(Self { client, schema, warnings, told, identities, identity, configured })
    }

    /// Prepares and configures the provider.
    pub async fn configure(&mut self, written: &Value) -> Outcome<()> {
        let block = self.schema.provider.as_ref().unwrap().block.clone().unwrap();
        let config = Some(send(&blocks::whole(&block, written), &blocks::ty(&block)));
        let request = wire::prepare_provider_config::Request { config: config.clone() };
        let prepared = self.client.prepare_provider_config(request).await.unwrap().into_inner();
        self.heard(&prepared.diagnostics, &Object::default())?;
        let request = wire::configure::Request {
            config,
            terraform_version: "1.14.0".to_owned(),
            client_capabilities: None,
        };
        self.configured = Some(request);
        self.begin_walk().await
    }

    /// Configures the provider again: each walk of a real core has a process of its own.
    async fn begin_walk(&mut self) -> Outcome<()> {
        let Some(request) = self.configured.clone() else { return Ok(()) };
        let configured = self.client.configure(request).await.unwrap().into_inner();
        self.heard(&configured.diagnostics, &Object::default())
    }

    /// Plans what the configuration asks for; `written` is null to destroy.
    pub async fn plan(&mut self, name: &str, prior: &Object, written: &Value) -> Outcome<Plan> {
        let block = self.block(name);
        let config = blocks::whole(&block, written);
        self.validate(name, &config).await?;
        let first = self.plan_once(name, prior, &config).await?;
        let again = self.plan_once(name, prior, &config).await?;
        broken(rules::repeatable(&first, &again))?;
        broken(rules::plan_valid(&block, &prior.state, &config, &first.planned.state))?;
        let (replaces, missing) =
            rules::replacing(&first.requires_replace, &prior.state, &first.planned.state);
        broken(missing)?;
        let action = match (prior.state.is_null(), config.is_null()) {
            (true, true) => Action::Nothing,
            (true, false) => Action::Create,
            (false, true) => Action::Delete,
            (false, false) if replaces => Action::Replace,
            (false, false) if first.planned.state == prior.state => Action::Nothing,
            (false, false) => Action::Update,
        };
        let mut planned = first.planned;
        if action == Action::Replace {
            let fresh = Object { state: Value::Null, private: planned.private };
            planned = self.plan_once(name, &fresh, &config).await?.planned;
            broken(rules::plan_valid(&block, &Value::Null, &config, &planned.state))?;
        }
        Ok(Plan { action, prior: prior.clone(), config, written: None, planned })
    }

    /// Carries out a plan in its own apply walk.
    pub async fn apply(&mut self, name: &str, plan: &Plan) -> Outcome<Object> {
        let applied = self.apply_also(name, plan).await;
        self.begin_walk().await?;
        applied
    }

    /// Carries out a plan in the order of core's apply walk, which continues afterwards.
    pub async fn apply_also(&mut self, name: &str, plan: &Plan) -> Outcome<Object> {
        let mut prior = plan.prior.clone();
        if !prior.state.is_null() {
            prior.state = self.upgrade(name, &prior.state).await?;
        }
        match plan.action {
            Action::Nothing => return Ok(prior),
            Action::Delete => return self.change(name, &prior, &plan.planned, &Value::Null).await,
            Action::Replace => {
                let gone = Object { state: Value::Null, private: plan.planned.private.clone() };
                self.change(name, &prior, &gone, &Value::Null).await?;
                prior = Object::default();
            }
            Action::Create | Action::Update => {}
        }
        self.validate(name, &plan.config).await?;
        let rules::Planned { planned: final_plan, requires_replace } =
            self.plan_once(name, &prior, &plan.config).await?;
        let (replaces, _) = rules::replacing(&requires_replace, &prior.state, &final_plan.state);
        let other = replaces.then(|| "inconsistent final plan: it replaces".to_owned());
        broken(other.into_iter().collect())?;
        let block = self.block(name);
        broken(rules::plan_valid(&block, &prior.state, &plan.config, &final_plan.state))?;
        let differing = rules::compatible(&block, &plan.planned.state, &final_plan.state);
        broken(named("inconsistent final plan", differing))?;
        let written = plan.written.as_ref().map(|written| blocks::whole(&block, written));
        self.change(name, &prior, &final_plan, written.as_ref().unwrap_or(&plan.config)).await
    }

    /// Upgrades and reads an object; returns null if it is gone.
    pub async fn refresh(&mut self, name: &str, object: &Object) -> Outcome<Object> {
        let state = self.upgrade(name, &object.state).await?;
        let ty = blocks::ty(&self.block(name));
        let request = wire::read_resource::Request {
            type_name: name.to_owned(),
            current_state: Some(send(&state, &ty)),
            private: object.private.clone(),
            ..Default::default()
        };
        let answer = self.client.read_resource(request).await.unwrap().into_inner();
        self.heard(&answer.diagnostics, object)?;
        let read = Object { state: receive(answer.new_state.as_ref(), &ty)?, private: answer.private };
        self.identified(name, answer.new_identity, &read.state)?;
        broken(rules::read_valid(&object.private, &read))?;
        broken(named("after read", rules::write_only_null(&self.block(name), &read.state)))?;
        Ok(read)
    }

    /// Validates and reads a data source.
    pub async fn data(&mut self, name: &str, written: &Value) -> Outcome<Value> {
        let block = self.schema.data_source_schemas[name].block.clone().unwrap();
        let (ty, type_name) = (blocks::ty(&block), name.to_owned());
        let config = Some(send(&blocks::whole(&block, written), &ty));
        let request = wire::validate_data_source_config::Request {
            type_name: type_name.clone(),
            config: config.clone(),
        };
        let valid = self.client.validate_data_source_config(request).await.unwrap().into_inner();
        self.heard(&valid.diagnostics, &Object::default())?;
        let request = wire::read_data_source::Request { type_name, config, ..Default::default() };
        let answer = self.client.read_data_source(request).await.unwrap().into_inner();
        self.heard(&answer.diagnostics, &Object::default())?;
        let state = receive(answer.state.as_ref(), &ty)?;
        broken(rules::data_valid(&state))?;
        Ok(state)
    }

    /// Upgrades a stored state to the form that the provider now has.
    pub async fn upgrade(&mut self, name: &str, state: &Value) -> Outcome<Value> {
        let raw =
            wire::RawState { json: blocks::stored(state).to_string().into_bytes(), ..Default::default() };
        let version = self.schema.resource_schemas[name].version;
        let request = wire::upgrade_resource_state::Request {
            type_name: name.to_owned(),
            version,
            raw_state: Some(raw),
        };
        let answer = self.client.upgrade_resource_state(request).await.unwrap().into_inner();
        self.heard(&answer.diagnostics, &Object::default())?;
        let upgraded = receive(answer.upgraded_state.as_ref(), &blocks::ty(&self.block(name)))?;
        broken(named("upgraded state", rules::wholly_known(&upgraded)))?;
        broken(named("upgraded state", rules::write_only_null(&self.block(name), &upgraded)))?;
        Ok(upgraded)
    }

    /// Collects warnings, and stops at errors.
    fn heard(&mut self, diagnostics: &[wire::Diagnostic], left: &Object) -> Outcome<()> {
        broken(rules::diagnostics_valid(diagnostics))?;
        let (errors, warnings): (Vec<_>, Vec<_>) =
            diagnostics.iter().cloned().partition(|it| it.severity == 1);
        self.warnings.extend(warnings.iter().map(|it| it.detail.clone()));
        self.told.extend(warnings);
        if errors.is_empty() { Ok(()) } else { Err(Fault::Refused(errors, Box::new(left.clone()))) }
    }

    /// The schema of a resource type.
    pub fn block(&self, name: &str) -> Block {
        self.schema.resource_schemas[name].block.clone().unwrap()
    }

    async fn validate(&mut self, name: &str, config: &Value) -> Outcome<()> {
        if config.is_null() {
            return Ok(());
        }
        let request = wire::validate_resource_type_config::Request {
            type_name: name.to_owned(),
            config: Some(send(config, &blocks::ty(&self.block(name)))),
            client_capabilities: Some(CAPABILITIES),
        };
        let answer = self.client.validate_resource_type_config(request).await.unwrap().into_inner();
        self.heard(&answer.diagnostics, &Object::default())
    }

    /// Returns one plan as the provider answers it.
    pub async fn plan_again(
        &mut self,
        name: &str,
        prior: &Object,
        written: &Value,
    ) -> Outcome<rules::Planned> {
        let config = blocks::whole(&self.block(name), written);
        self.plan_once(name, prior, &config).await
    }

    async fn plan_once(&mut self, name: &str, prior: &Object, config: &Value) -> Outcome<rules::Planned> {
        let block = self.block(name);
        let ty = blocks::ty(&block);
        let request = wire::plan_resource_change::Request {
            type_name: name.to_owned(),
            prior_state: Some(send(&prior.state, &ty)),
            proposed_new_state: Some(send(&blocks::proposed(&block, &prior.state, config), &ty)),
            config: Some(send(config, &ty)),
            prior_private: prior.private.clone(),
            ..Default::default()
        };
        let answer = self.client.plan_resource_change(request).await.unwrap().into_inner();
        self.heard(&answer.diagnostics, prior)?;
        broken(rules::no_escape(answer.legacy_type_system, answer.deferred.is_some()))?;
        let state = receive(answer.planned_state.as_ref(), &ty)?;
        broken(named("planned", rules::write_only_null(&block, &state)))?;
        self.planned_identity(name, answer.planned_identity)?;
        let planned = Object { state, private: answer.planned_private };
        Ok(rules::Planned { planned, requires_replace: answer.requires_replace })
    }

    async fn change(
        &mut self,
        name: &str,
        prior: &Object,
        planned: &Object,
        config: &Value,
    ) -> Outcome<Object> {
        let block = self.block(name);
        let ty = blocks::ty(&block);
        let request = wire::apply_resource_change::Request {
            type_name: name.to_owned(),
            prior_state: Some(send(&prior.state, &ty)),
            planned_state: Some(send(&planned.state, &ty)),
            config: Some(send(config, &ty)),
            planned_private: planned.private.clone(),
            ..Default::default()
        };
        let answer = self.client.apply_resource_change(request).await.unwrap().into_inner();
        let object = Object { state: receive(answer.new_state.as_ref(), &ty)?, private: answer.private };
        broken(named("after apply", rules::wholly_known(&object.state)))?;
        broken(named("after apply", rules::write_only_null(&block, &object.state)))?;
        self.heard(&answer.diagnostics, &object)?;
        self.identified(name, answer.new_identity, &object.state)?;
        broken(rules::no_escape(answer.legacy_type_system, false))?;
        let differing = rules::compatible(&block, &planned.state, &object.state);
        broken(named("inconsistent result after apply", differing))?;
        Ok(object)
    }
}

/// Starts a provider in this process and connects to it.
pub async fn connect<P: Provider>(provider: P) -> Client {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let service = Service::new(provider).into_server();
    let incoming = tokio_stream::once(Ok::<_, std::io::Error>(theirs));
    tokio::spawn(Server::builder().serve_with_incoming(service, incoming));
    let mut ours = Some(TokioIo::new(ours));
    let connector = tower::service_fn(move |_| {
        let stream = ours.take().ok_or_else(|| std::io::Error::other("one connection only"));
        async move { stream }
    });
    let endpoint = Endpoint::from_static("http://provider.invalid");
    let channel = endpoint.connect_with_connector(connector).await.unwrap();
    client(channel, Calls::default())
}

/// Creates a client with core's limits, whose calls are recorded.
pub fn client(channel: Channel, calls: Calls) -> Client {
    let client = ProviderClient::with_interceptor(channel, calls);
    client.max_decoding_message_size(MESSAGE_LIMIT).max_encoding_message_size(MESSAGE_LIMIT)
}

/// Encodes a value as core does.
pub fn send(value: &Value, ty: &Type) -> DynamicValue {
    DynamicValue { msgpack: msgpack::encode(value, ty).unwrap(), json: Vec::new() }
}

/// Decodes a value as core does; one that is not set is null.
pub fn receive(value: Option<&DynamicValue>, ty: &Type) -> Outcome<Value> {
    let Some(value) = value else { return Ok(Value::Null) };
    msgpack::decode(&value.msgpack, ty)
        .map_err(|error| Fault::Broken(vec![format!("does not conform: {error}")]))
}

fn broken(rules: Vec<String>) -> Outcome<()> {
    if rules.is_empty() { Ok(()) } else { Err(Fault::Broken(rules)) }
}

fn named(rule: &str, broken: Vec<String>) -> Vec<String> {
    broken.into_iter().map(|what| format!("{rule}: {what}")).collect()
}
