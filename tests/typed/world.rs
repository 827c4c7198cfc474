//! A provider on a sandbox file, and the calls that set up what its resources refer to.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, OperationKind, catalog};
use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::sandbox::Sandbox;
use stripe_provider::terraform::value::{Entries, Value, msgpack};
use stripe_provider::terraform::wire::tfplugin5::{self as wire, Diagnostic, schema::Block};

use crate::calls::Stripe;
use crate::config::config;
use crate::params::Setups;
use crate::support::invocation::Invocation;
use crate::support::tap::Tap;
use crate::support::terraform::lists::Listed;
use crate::support::terraform::{Action, Fault, Object, Outcome, Plan, Terraform};

/// A provider on a sandbox file, and the calls that set up what its resources refer to.
pub struct World {
    pub terraform: Terraform,
    pub stripe: Stripe,
    pub setups: Setups,
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
}

impl World {
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// A world whose provider block says more.
    pub fn with(settings: &[(&str, Value)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sandbox.db");
        let stripe = Stripe::over(Sandbox::open(&file).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let env = Env::from_pairs([("TF_DATA_DIR", folder.path().join("data").display().to_string())]);
        let terraform = runtime.block_on(async {
            let mut terraform = fine(Terraform::start(StripeProvider::new(env)).await);
            let mut block =
                Value::map(settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
            block.set("sandbox", Value::from(file.display().to_string()));
            fine(terraform.configure(&block).await);
            terraform
        });
        let setups = Setups::read();
        setups.before(&stripe);
        Self { terraform, stripe, setups, runtime, folder }
    }

    /// Says something else in the provider block.
    pub fn configure(&mut self, settings: &[(&str, Value)]) -> Outcome<()> {
        let mut block = Value::map(settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        block.set("sandbox", Value::from(self.folder.path().join("sandbox.db").display().to_string()));
        self.runtime.block_on(self.terraform.configure(&block))
    }

    /// A provider before a sandbox whose calls are noted and that meets faults; with these settings.
    pub fn served(settings: &[(&str, Value)]) -> (Self, Tap, Sandbox) {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::memory().unwrap();
        let tap = Tap::before(&sandbox);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let data = folder.path().join("data").display().to_string();
        let env = Env::from_pairs([("TF_DATA_DIR", data), ("STRIPE_API_KEY", "sk_test_every".to_owned())]);
        let terraform = runtime.block_on(async {
            let mut terraform = fine(Terraform::start(StripeProvider::new(env)).await);
            let mut block = Value::map([("api_base", Value::from(tap.base.as_str()))]);
            for (name, value) in settings {
                block.set(name, value.clone());
            }
            fine(terraform.configure(&block).await);
            terraform
        });
        let (stripe, setups) = (Stripe::over(sandbox.clone()), Setups::read());
        (Self { terraform, stripe, setups, runtime, folder }, tap, sandbox)
    }

    /// The params of a create, with what the object belongs to.
    pub fn params(&self, entity: &Entity) -> Map<String, Json> {
        let create = entity.create_operation().unwrap();
        let mut params = match create.kind {
            OperationKind::Create => self.setups.params(&self.stripe, entity).as_object().unwrap().clone(),
            _ => self.setups.more(&self.stripe, entity),
        };
        // What a create does not take: the id of what exists already, a file.
        params.extend(self.setups.table["typed"][&entity.key].as_object().cloned().unwrap_or_default());
        let path = self.setups.path(&self.stripe, entity, &create.path, "");
        for (place, id) in create.path.split('/').zip(path.split('/')) {
            let name = place.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
            if let Some(name) = name.filter(|name| *name != "id") {
                params.insert(name.to_owned(), json!(id));
            }
        }
        params
    }

    pub fn block(&self, name: &str) -> Block {
        self.terraform.schema.resource_schemas[name].block.clone().unwrap()
    }

    /// A plan from an object to params; of a destroy, where there are none.
    pub fn plan(&mut self, name: &str, object: &Object, params: Option<&Map<String, Json>>) -> Outcome<Plan> {
        let written = params.map_or(Value::Null, |params| config(&self.block(name), params));
        self.plan_written(name, object, &written)
    }

    /// A plan from an object to what is written, which may be unknown in parts.
    pub fn plan_written(&mut self, name: &str, object: &Object, written: &Value) -> Outcome<Plan> {
        self.runtime.block_on(self.terraform.plan(name, object, written))
    }

    /// What a plan of the provider comes to, without what Terraform checks before.
    pub fn plan_unchecked(&mut self, name: &str, object: &Object, written: &Value) -> Outcome<Object> {
        let planned = self.runtime.block_on(self.terraform.plan_again(name, object, written))?;
        Ok(planned.planned)
    }

    pub fn apply(&mut self, name: &str, plan: &Plan) -> Outcome<Object> {
        self.runtime.block_on(self.terraform.apply(name, plan))
    }

    /// Applies a plan in an apply walk that goes on.
    pub fn apply_also(&mut self, name: &str, plan: &Plan) -> Outcome<Object> {
        self.runtime.block_on(self.terraform.apply_also(name, plan))
    }

    pub fn refresh(&mut self, name: &str, object: &Object) -> Outcome<Object> {
        self.runtime.block_on(self.terraform.refresh(name, object))
    }

    pub fn import(&mut self, name: &str, id: &str) -> Outcome<Object> {
        self.runtime.block_on(self.terraform.import(name, id))
    }

    pub fn data(&mut self, name: &str, written: &Value) -> Outcome<Value> {
        self.runtime.block_on(self.terraform.data(name, written))
    }

    /// Opens an ephemeral resource of these params.
    pub fn open(&mut self, name: &str, params: &Map<String, Json>) -> Outcome<Value> {
        let block = self.terraform.schema.ephemeral_resource_schemas[name].block.clone().unwrap();
        self.open_written(name, &config(&block, params))
    }

    /// Opens an ephemeral resource as it is written.
    pub fn open_written(&mut self, name: &str, written: &Value) -> Outcome<Value> {
        self.runtime.block_on(self.terraform.open(name, written))
    }

    /// The configuration of an action that sets these params.
    pub fn action_config(&self, name: &str, params: &Json) -> Value {
        config(&self.terraform.action_block(name), params.as_object().unwrap())
    }

    pub fn validate_action(&mut self, name: &str, written: &Value) -> Vec<Diagnostic> {
        self.runtime.block_on(self.terraform.validate_action(name, written))
    }

    pub fn plan_action(&mut self, name: &str, written: &Value) -> Vec<Diagnostic> {
        self.runtime.block_on(self.terraform.plan_action(name, written))
    }

    pub fn invoke(&mut self, name: &str, written: &Value) -> Invocation {
        self.runtime.block_on(self.terraform.invoke(name, written))
    }

    /// The lines of the journals of the run.
    pub fn journal(&self) -> Vec<String> {
        let folder = self.folder.path().join("data/stripe-creates/default");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let texts = files.filter_map(|path| std::fs::read_to_string(path).ok());
        texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    /// The objects of a list.
    pub fn listed(&mut self, name: &str, params: &Json, how: (bool, i64)) -> Outcome<Vec<Listed>> {
        let block = self.terraform.schema.list_resource_schemas[name].block.clone().unwrap();
        let written = config(&block, params.as_object().unwrap());
        self.runtime.block_on(self.terraform.list(name, &written, how))
    }

    /// A stored identity as the provider would have it now.
    pub fn upgraded_identity(&mut self, name: &str, raw: wire::RawState) -> Value {
        let request = wire::upgrade_resource_identity::Request {
            type_name: name.to_owned(),
            version: 0,
            raw_identity: Some(raw),
        };
        let ty = self.terraform.identity_type(name).unwrap();
        let answer = self.runtime.block_on(self.terraform.client.upgrade_resource_identity(request));
        let data = answer.unwrap().into_inner().upgraded_identity.unwrap().identity_data.unwrap();
        msgpack::decode(&data.msgpack, &ty).unwrap()
    }

    /// The object of an identity.
    pub fn identified(&mut self, name: &str, identity: &Value) -> Outcome<Object> {
        self.runtime.block_on(self.terraform.import_identity(name, identity))
    }

    /// An object as one of another type, which a process makes of it that was not configured.
    pub fn moved(&mut self, source: &str, target: &str, object: &Object) -> Outcome<Object> {
        self.runtime.block_on(async {
            let mut other =
                Terraform::start(StripeProvider::new(Env::from_pairs::<String, String>([]))).await?;
            other.move_state(("registry.terraform.io/connectors/stripe", source), target, object).await
        })
    }

    /// The object of a state that another provider wrote, as one of this type.
    pub fn moved_from(&mut self, from: (&str, &str, i64), target: &str, state: &Json) -> Outcome<Object> {
        let json = state.to_string().into_bytes();
        self.runtime.block_on(self.terraform.move_stored(from, target, json, Vec::new()))
    }

    /// A new object, and that nothing is left to do.
    pub fn made(&mut self, name: &str, params: &Map<String, Json>) -> Result<Object, String> {
        let plan = self.plan(name, &Object::default(), Some(params)).map_err(at("plan"))?;
        let made = self.apply(name, &plan).map_err(at("create"))?;
        self.settled(name, &made, params)
    }

    /// Reads the object, which must be as it was with all beside it, and plans, which must come to nothing.
    pub fn settled(
        &mut self,
        name: &str,
        object: &Object,
        params: &Map<String, Json>,
    ) -> Result<Object, String> {
        let read = self.refresh(name, object).map_err(at("read"))?;
        if read.state != object.state {
            return Err(format!("the read differs: {}", difference(&object.state, &read.state)));
        }
        if read.private != object.private {
            let [was, is] = [object, &read].map(|it| String::from_utf8_lossy(&it.private).into_owned());
            return Err(format!("the read changes the private data:\n{was}\n{is}"));
        }
        self.idle(name, &read, params)?;
        Ok(read)
    }

    /// That a plan comes to nothing.
    pub fn idle(&mut self, name: &str, object: &Object, params: &Map<String, Json>) -> Result<(), String> {
        let plan = self.plan(name, object, Some(params)).map_err(at("plan again"))?;
        match plan.action {
            Action::Nothing => Ok(()),
            action => Err(format!("{action:?}: {}", difference(&object.state, &plan.planned.state))),
        }
    }
}

/// What an operation comes to, which must not fail.
#[track_caller]
pub fn fine<T>(outcome: Outcome<T>) -> T {
    outcome.unwrap_or_else(|fault| panic!("{fault}"))
}

/// A fault, with the step it came of.
pub fn at(step: &'static str) -> impl Fn(Fault) -> String {
    move |fault| format!("{step}: {fault}")
}

/// The attributes in which two states differ.
pub fn difference(was: &Value, is: &Value) -> String {
    let names = was.as_map().into_iter().chain(is.as_map()).flat_map(Entries::keys);
    let names: std::collections::BTreeSet<_> = names.collect();
    let differing = names.into_iter().filter(|name| was.get(name) != is.get(name));
    differing
        .map(|name| format!("{name}: {:?} → {:?}", was.get(name), is.get(name)))
        .collect::<Vec<_>>()
        .join("; ")
}

/// The entity type that each typed resource keeps.
pub fn typed() -> &'static BTreeMap<String, &'static Entity> {
    static TYPED: OnceLock<BTreeMap<String, &'static Entity>> = OnceLock::new();
    TYPED.get_or_init(|| {
        let pairs = StripeProvider::typed_resources();
        pairs.into_iter().map(|(name, key)| (name, catalog().by_key(key).unwrap())).collect()
    })
}
