//! Thousands of hostile inputs to every resource, data source and the provider block: none makes the
//! provider panic, hang or break a rule of core, and every refusal is a diagnostic that repeats no key.
//!
//! `HOSTILE_INPUTS=24000 cargo test --test protocol hostile::inputs -- --nocapture` is the long form.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Kind, Member, catalog};
use stripe_provider::connector;
use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::value::{Type, Value, msgpack};
use stripe_provider::terraform::wire::tfplugin5::{self as wire, DynamicValue, schema::Block};

use super::dice::{Dice, NEEDLE};
use super::{ok, stored};
use crate::support::blocks;
use crate::support::terraform::{Fault, Object, Terraform};

/// Inputs of a run that says nothing else.
const USUAL: u64 = 480;
/// No input takes so long: the rest of the time is for a busy machine.
const HANGS: Duration = Duration::from_mins(2);

/// The provider on a sandbox, and what its answers came to.
struct Run {
    terraform: Terraform,
    folder: tempfile::TempDir,
    /// By what was tried and what came of it.
    counts: BTreeMap<(&'static str, &'static str), usize>,
}

impl Run {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        let env = Env::from_pairs([("TF_DATA_DIR", path.clone()), ("XDG_RUNTIME_DIR", path)]);
        let terraform = ok(Terraform::start(StripeProvider::new(env)).await);
        let mut run = Self { terraform, folder, counts: BTreeMap::new() };
        run.configure_well().await;
        run
    }

    async fn configure_well(&mut self) {
        let nodes = Value::map([("min_node_count", Value::from(50)), ("max_node_count", Value::from(50))]);
        let config = Value::map([
            ("sandbox", Value::from(self.folder.path().join("sandbox.db").display().to_string())),
            ("api_key", Value::from(format!("sk_test_{NEEDLE}"))),
            ("requests_per_second", Value::from(1000)),
            ("max_retries", Value::from(0)),
            ("node_config", Value::List(vec![nodes])),
        ]);
        ok(self.terraform.configure(&config).await);
    }

    /// One input, chosen by its number.
    async fn input(&mut self, number: u64) {
        let mut dice = Dice(number);
        let (what, outcome) = match number % 12 {
            0..=3 => ("entity", self.resource("stripe_entity", &mut dice).await),
            4 | 5 => ("action", self.resource("stripe_action", &mut dice).await),
            6 => ("connection", self.resource("stripe_connection", &mut dice).await),
            7 | 8 => ("data source", self.data(&mut dice).await),
            9 => ("provider block", self.provider(&mut dice).await),
            10 => ("stored state", self.state(&mut dice).await),
            _ => ("bytes", self.bytes(&mut dice).await),
        };
        let came_to = judged(outcome).unwrap_or_else(|why| panic!("input {number}, {what}: {why}"));
        *self.counts.entry((what, came_to)).or_default() += 1;
    }

    /// Validates and plans a resource, and applies it now and then.
    async fn resource(&mut self, name: &'static str, dice: &mut Dice) -> Result<(), Fault> {
        let block = self.terraform.block(name);
        let mut config = self.config(&block, dice, true);
        match name {
            "stripe_connection" if dice.one_in(8) => {}
            "stripe_connection" => {
                config.set("name", Value::from("shop"));
                config.set("location", Value::from("global"));
            }
            name => aim(name, &mut config, dice),
        }
        let plan = self.terraform.plan(name, &Object::default(), &config).await?;
        // What a connection needs for its status may be anywhere in the world.
        if !config.is_wholly_known() || name == "stripe_connection" {
            return Ok(());
        }
        let made = self.terraform.apply(name, &plan).await?;
        let read = self.terraform.refresh(name, &made).await?;
        let plan = self.terraform.plan(name, &read, &Value::Null).await?;
        self.terraform.apply(name, &plan).await.map(drop)
    }

    async fn data(&mut self, dice: &mut Dice) -> Result<(), Fault> {
        // The lists of all types and actions take long, and few inputs.
        let large = |name: &&String| ["stripe_actions", "stripe_entity_types"].contains(&name.as_str());
        let seldom = dice.one_in(16);
        let names = self.terraform.schema.data_source_schemas.keys().filter(|name| seldom == large(name));
        let name = (*dice.pick(&names.collect::<Vec<_>>())).clone();
        let block = self.terraform.schema.data_source_schemas[&name].block.clone().unwrap();
        let mut config = self.config(&block, dice, false);
        let names: Vec<_> = catalog().entities().collect();
        let has = |config: &Value, name: &str| config.as_map().is_some_and(|it| it.contains_key(name));
        if has(&config, "entity") && !dice.one_in(8) {
            config.set("entity", Value::from(*dice.pick(&names)));
        }
        if has(&config, "filter") {
            config.set("filter", Value::from(dice.clause()));
            for name in ["search", "page_token", "page_size", "sort_order"] {
                if has(&config, name) && !dice.one_in(4) {
                    config.set(name, Value::Null);
                }
            }
        }
        if !dice.one_in(8) {
            config.set("connection_handle", Value::Null);
        }
        self.terraform.data(&name, &config).await.map(drop)
    }

    async fn provider(&mut self, dice: &mut Dice) -> Result<(), Fault> {
        let block = self.terraform.schema.provider.as_ref().unwrap().block.clone().unwrap();
        let config = self.config(&block, dice, true);
        let outcome = self.terraform.configure(&config).await;
        self.configure_well().await;
        outcome
    }

    /// Reads and destroys what stands in a state that somebody edited.
    async fn state(&mut self, dice: &mut Dice) -> Result<(), Fault> {
        let names: Vec<_> = catalog().entities().collect();
        let name = *dice.pick(&names);
        let mut object = stored(name, &dice.text(), &dice.json(2), &dice.json(2));
        if dice.one_in(3) {
            object.state.set("output_payload", dice.text().into());
            object.state.set("input_payload", Value::Dynamic(Box::new((Type::String, dice.text().into()))));
        }
        if dice.one_in(4) {
            object.state.set("connection_handle", dice.text().into());
        }
        object.private = dice.text().into_bytes();
        if dice.one_in(2) {
            let id = format!("{name}/{}", dice.text());
            return self.terraform.import("stripe_entity", &id).await.map(drop);
        }
        let read = self.terraform.refresh("stripe_entity", &object).await;
        let plan = self.terraform.plan("stripe_entity", &object, &Value::Null).await?;
        let ended = self.terraform.apply("stripe_entity", &plan).await.map(drop);
        read.and(ended)
    }

    /// Sends what no Terraform would: bytes that are no value, or one of another type.
    async fn bytes(&mut self, dice: &mut Dice) -> Result<(), Fault> {
        let name = *dice.pick(&["stripe_entity", "stripe_action", "stripe_connection"]);
        let ty = blocks::ty(&self.terraform.block(name));
        let whole = msgpack::encode(&dice.value(&ty, true), &ty).unwrap();
        let value = |bytes: Vec<u8>, as_json| {
            let (json, msgpack) = if as_json { (bytes, Vec::new()) } else { (Vec::new(), bytes) };
            DynamicValue { msgpack, json }
        };
        let mut any = || Some(value(dice.damage(whole.clone()), dice.one_in(4)));
        let (config, prior_state, proposed_new_state, current_state) = (any(), any(), any(), any());
        let type_name = name.to_owned();
        let client = &mut self.terraform.client;
        let planned = wire::plan_resource_change::Request {
            type_name: type_name.clone(),
            prior_state,
            proposed_new_state,
            config: config.clone(),
            ..Default::default()
        };
        let read = wire::read_resource::Request {
            type_name: type_name.clone(),
            current_state,
            ..Default::default()
        };
        let valid = wire::validate_resource_type_config::Request {
            type_name: type_name.clone(),
            config,
            ..Default::default()
        };
        let raw_state = Some(wire::RawState {
            json: dice.damage(b"{\"entity\":\"Customer\"}".to_vec()),
            ..Default::default()
        });
        let upgrade = wire::upgrade_resource_state::Request {
            type_name,
            version: dice.roll().cast_signed(),
            raw_state,
        };
        let mut said = client.plan_resource_change(planned).await.unwrap().into_inner().diagnostics;
        said.extend(client.read_resource(read).await.unwrap().into_inner().diagnostics);
        said.extend(client.validate_resource_type_config(valid).await.unwrap().into_inner().diagnostics);
        said.extend(client.upgrade_resource_state(upgrade).await.unwrap().into_inner().diagnostics);
        if said.is_empty() { Ok(()) } else { Err(Fault::Refused(said, Box::default())) }
    }

    /// A configuration that core would pass on: nothing in computed attributes, something in required
    /// ones, and no path outside of the run's folder.
    fn config(&self, block: &Block, dice: &mut Dice, open: bool) -> Value {
        let attributes = block.attributes.iter().map(|attribute| {
            let spelling: Json = serde_json::from_slice(&attribute.r#type).unwrap();
            let ty = Type::from_json(&spelling).unwrap();
            let value = if !attribute.required && (!attribute.optional || !dice.one_in(5)) {
                Value::Null
            } else if ["file", "sandbox"].contains(&attribute.name.as_str())
                || attribute.name.ends_with("_file")
            {
                let name = dice.text().replace(['/', '.'], "_");
                Value::from(self.folder.path().join(name).display().to_string())
            } else {
                let value = dice.value(&ty, open);
                if attribute.required && value.is_null() { dice.value(&ty, false) } else { value }
            };
            (attribute.name.clone(), value)
        });
        let attributes: Vec<_> = attributes.collect();
        let nested = block.block_types.iter().map(|nested| {
            let inner = nested.block.as_ref().unwrap();
            let items = (0..dice.below(2)).map(|_| self.config(inner, dice, open)).collect();
            (nested.type_name.clone(), Value::List(items))
        });
        let nested: Vec<_> = nested.collect();
        Value::map(attributes.into_iter().chain(nested))
    }
}

/// Makes most of the inputs get far: names that exist, and params that the type has.
fn aim(resource: &str, config: &mut Value, dice: &mut Dice) {
    if !dice.one_in(8) {
        config.set("connection_handle", Value::Null);
    }
    if dice.one_in(8) {
        return;
    }
    let (attribute, name, params): (_, &str, Vec<Member>) = if resource == "stripe_entity" {
        let names: Vec<_> = catalog().entities().collect();
        let name = *dice.pick(&names);
        ("entity", name, connector::entity(name).unwrap().params().to_vec())
    } else {
        let names: Vec<_> = catalog().actions().collect();
        let (name, _) = *dice.pick(&names);
        let action = connector::action(name).unwrap().action;
        let ids =
            action.path_inputs.iter().map(|id| Member::new(id, stripe_provider::catalog::Shape::text()));
        ("action", name, ids.chain(action.params.clone()).collect())
    };
    config.set(attribute, Value::from(name));
    let payload = members(&params, dice, 3);
    config.set("input_payload", dice.dynamic(&payload));
}

/// A payload of some of these params, good and hostile.
fn members(params: &[Member], dice: &mut Dice, depth: usize) -> Json {
    let mut payload = Map::new();
    for param in params {
        if param.shape.is_required() && !dice.one_in(6) || dice.one_in(params.len() / 2 + 1) {
            payload.insert(param.name.clone(), one(&param.shape.kind, dice, depth));
        }
    }
    if dice.one_in(6) {
        payload.insert(dice.text(), dice.json(2));
    }
    Json::Object(payload)
}

fn one(kind: &Kind, dice: &mut Dice, depth: usize) -> Json {
    match kind {
        _ if dice.one_in(4) => dice.json(2),
        Kind::Boolean => json!(dice.one_in(2)),
        Kind::Enum(values) => json!(dice.pick(values)),
        Kind::Currency => json!("usd"),
        Kind::Decimal | Kind::Integer | Kind::Number | Kind::Time => json!(dice.below(2_000_000_000)),
        Kind::Object(params) if depth > 0 => members(params, dice, depth - 1),
        Kind::List(item) | Kind::Set(item) => json!([one(&item.kind, dice, depth.saturating_sub(1))]),
        Kind::Map(_) => json!({ dice.text(): dice.text() }),
        Kind::Union(shapes) => one(&dice.pick(shapes).kind, dice, depth),
        _ => json!("a"),
    }
}

/// What an outcome came to, or what is wrong with it.
fn judged(outcome: Result<(), Fault>) -> Result<&'static str, String> {
    let said = match outcome {
        Ok(()) => return Ok("accepted"),
        // Core says this itself, of an id that leads to nothing.
        Err(Fault::Broken(rules)) if rules == ["cannot import a non-existent object"] => {
            return Ok("refused");
        }
        Err(fault @ Fault::Broken(_)) => return Err(format!("a broken rule: {fault}")),
        Err(Fault::Refused(said, _)) => said,
    };
    for wire::Diagnostic { summary, detail, .. } in &said {
        let text = format!("{summary}: {detail}");
        let fault = if text.contains("Panicked") || text.contains("This is a bug") {
            "a bug"
        } else if text.contains(NEEDLE) {
            "a key"
        } else if text.chars().any(|letter| letter.is_control() && !"\n\t".contains(letter)) {
            "a control character"
        } else if detail.is_empty() || text.chars().count() > 15_000 {
            "no message that a person reads"
        } else {
            continue;
        };
        return Err(format!("{fault}: {text:.2000}"));
    }
    Ok("refused")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_inputs_are_refused_and_never_break_anything() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("HOSTILE_FIRST").unwrap_or(0);
    let inputs = number("HOSTILE_INPUTS").unwrap_or(USUAL);
    let mut run = Run::start().await;
    for number in first..first + inputs {
        let hung = format!("input {number} hangs");
        tokio::time::timeout(HANGS, Box::pin(run.input(number))).await.expect(&hung);
    }
    for ((what, came_to), count) in &run.counts {
        println!("{what}: {count} {came_to}");
    }
    let all = |came_to| {
        run.counts.iter().filter(|((_, to), _)| *to == came_to).map(|(_, count)| count).sum::<usize>()
    };
    assert!(inputs < USUAL || all("accepted") > 0 && all("refused") > all("accepted"), "{:?}", run.counts);
}
