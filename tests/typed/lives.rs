//! The life of an object of every typed resource.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, OperationKind, catalog};
use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5::schema::Block;

use crate::calls::Stripe;
use crate::config::config;
use crate::params::Setups;
use crate::support::terraform::{Action, Fault, Object, Outcome, Terraform};

/// A provider on a sandbox file, and the calls that set up what its resources refer to.
struct World {
    terraform: Terraform,
    stripe: Stripe,
    setups: Setups,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sandbox.db");
        let stripe = Stripe::on(&file);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let env = Env::from_pairs([("TF_DATA_DIR", folder.path().join("data").display().to_string())]);
        let terraform = runtime.block_on(async {
            let mut terraform = ok(Terraform::start(StripeProvider::new(env)).await);
            let block = Value::map([("sandbox", Value::from(file.display().to_string()))]);
            ok(terraform.configure(&block).await);
            terraform
        });
        let setups = Setups::read();
        setups.before(&stripe);
        Self { terraform, stripe, setups, runtime, _folder: folder }
    }

    /// The params of a create, with what the object belongs to.
    fn params(&self, entity: &Entity) -> Map<String, Json> {
        let Some(create) = entity.operation(OperationKind::Create) else { return Map::new() };
        let mut params = self.setups.params(&self.stripe, entity).as_object().unwrap().clone();
        let path = self.setups.path(&self.stripe, entity, &create.path, "");
        for (place, id) in create.path.split('/').zip(path.split('/')) {
            if let Some(name) = place.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
                params.insert(name.to_owned(), json!(id));
            }
        }
        params
    }

    fn block(&self, name: &str) -> Block {
        self.terraform.schema.resource_schemas[name].block.clone().unwrap()
    }
}

#[track_caller]
fn ok<T>(outcome: Outcome<T>) -> T {
    outcome.unwrap_or_else(|fault| panic!("{fault}"))
}

/// The entity type that each typed resource keeps.
fn typed() -> &'static BTreeMap<String, &'static Entity> {
    static TYPED: OnceLock<BTreeMap<String, &'static Entity>> = OnceLock::new();
    TYPED.get_or_init(|| {
        let pairs = StripeProvider::typed_resources();
        pairs.into_iter().map(|(name, key)| (name, catalog().by_object(key).unwrap())).collect()
    })
}

/// What happened to one type, for the ledger.
fn life(world: &mut World, name: &str, entity: &'static Entity) -> Result<(), String> {
    let params = world.params(entity);
    let written = config(&world.block(name), &params);
    let World { terraform, runtime, .. } = world;
    runtime.block_on(async {
        let at = |step: &'static str| move |fault: Fault| format!("{step}: {fault}");
        let plan = terraform.plan(name, &Object::default(), &written).await.map_err(at("plan"))?;
        let made = terraform.apply(name, &plan).await.map_err(at("create"))?;
        let read = terraform.refresh(name, &made).await.map_err(at("read"))?;
        if read.state != made.state {
            return Err(format!("the read differs: {}", difference(&made.state, &read.state)));
        }
        let plan = terraform.plan(name, &read, &written).await.map_err(at("plan again"))?;
        if plan.action != Action::Nothing {
            return Err(format!("no empty plan: {}", difference(&read.state, &plan.planned.state)));
        }
        if entity.operation(OperationKind::Update).is_some_and(|it| it.param("metadata").is_some()) {
            let mut changed = params.clone();
            changed.insert("metadata".to_owned(), json!({"team": "a"}));
            let changed = config(&terraform.schema.resource_schemas[name].block.clone().unwrap(), &changed);
            let plan = terraform.plan(name, &read, &changed).await.map_err(at("plan metadata"))?;
            let updated = terraform.apply(name, &plan).await.map_err(at("update"))?;
            let plan = terraform.plan(name, &updated, &changed).await.map_err(at("plan after"))?;
            if plan.action != Action::Nothing {
                return Err(format!(
                    "no empty plan after the update: {}",
                    difference(&updated.state, &plan.planned.state)
                ));
            }
        }
        shown(terraform, name, entity, &params, &read.state).await?;
        let plan = terraform.plan(name, &read, &Value::Null).await.map_err(at("plan destroy"))?;
        terraform.apply(name, &plan).await.map_err(at("destroy"))?;
        Ok(())
    })
}

/// The data sources of one and of many show what the resource's state has.
async fn shown(
    terraform: &mut Terraform,
    name: &str,
    entity: &Entity,
    params: &Map<String, Json>,
    state: &Value,
) -> Result<(), String> {
    let parents: Vec<(String, Value)> = entity
        .parents()
        .into_iter()
        .filter_map(|parent| Some((parent.to_owned(), params.get(parent)?.as_str()?.into())))
        .collect();
    if entity.operation(OperationKind::Get).is_some()
        && terraform.schema.data_source_schemas.contains_key(name)
    {
        let own = entity.has_own_id().then(|| ("id".to_owned(), state.get("id").clone()));
        let config = Value::map(parents.iter().cloned().chain(own));
        let one = terraform.data(name, &config).await.map_err(|fault| format!("data: {fault}"))?;
        for attribute in &terraform.schema.data_source_schemas[name].block.as_ref().unwrap().attributes {
            let (there, here) = (one.get(&attribute.name), state.get(&attribute.name));
            let scalar = matches!(there, Value::Bool(_) | Value::Number(_) | Value::String(_));
            if scalar && !here.is_null() && here != there && !matches!(attribute.name.as_str(), "updated") {
                return Err(format!("data {}: {there:?}, not {here:?}", attribute.name));
            }
        }
    }
    let plural = stripe_provider::catalog::spelling::plural(name);
    if let Some(schema) = terraform.schema.data_source_schemas.get(&plural) {
        let block = schema.block.clone().unwrap();
        let needs = block.attributes.iter().filter(|it| it.required);
        let needs =
            needs.map(|it| (it.name.clone(), params.get(&it.name).cloned().unwrap_or_else(|| json!("x"))));
        let config = config(&block, &needs.collect());
        let many = terraform.data(&plural, &config).await.map_err(|fault| format!("data list: {fault}"))?;
        if !many.get("ids").items().contains(state.get("id")) && entity.has_own_id() {
            return Err(format!(
                "data list: {:?} is not among {:?}",
                state.get("id"),
                many.get("ids").items().len()
            ));
        }
    }
    Ok(())
}

/// The attributes in which two states differ.
fn difference(was: &Value, is: &Value) -> String {
    let names = was.as_map().into_iter().chain(is.as_map()).flat_map(|it| it.keys());
    let names: std::collections::BTreeSet<&String> = names.collect();
    let differing = names.into_iter().filter(|name| was.get(name) != is.get(name));
    differing
        .map(|name| format!("{name}: {:?} → {:?}", was.get(name), is.get(name)))
        .collect::<Vec<_>>()
        .join("; ")
}

#[test]
fn every_typed_resource_lives() {
    let mut world = World::new();
    let mut failed = Vec::new();
    for (name, entity) in typed() {
        if world.setups.missing(&entity.key, "Create") {
            println!("{name}: the sandbox makes none");
            continue;
        }
        if let Err(why) = life(&mut world, name, entity) {
            failed.push(format!("{name}: {}", why.chars().take(400).collect::<String>()));
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), typed().len(), failed.join("\n"));
}
