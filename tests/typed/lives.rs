//! The life of an object of every typed resource.

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, OperationKind, Removal, Restoration, spelling::plural};
use stripe_provider::terraform::value::Value;

use crate::config::config;
use crate::support::terraform::{Action, Object};
use crate::world::{World, at, typed};

#[test]
fn every_typed_resource_lives() {
    let mut world = World::new();
    let mut failed = Vec::new();
    for (name, entity) in typed() {
        if let Err(why) = life(&mut world, name, entity) {
            failed.push(format!("{name}: {}", why.chars().take(400).collect::<String>()));
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), typed().len(), failed.join("\n"));
}

/// Created, planned empty, changed, shown by data sources, imported, destroyed, and gone.
fn life(world: &mut World, name: &str, entity: &'static Entity) -> Result<(), String> {
    let params = world.params(entity);
    let mut object = world.made(name, &params)?;
    let id = object.state.get("id").as_str().unwrap_or_default().to_owned();
    world.setups.after(&world.stripe, entity, &id);
    let now = world.refresh(name, &object).map_err(at("read after"))?;
    shown(world, name, entity, &params, &now.state)?;
    if entity.operation(OperationKind::Update).is_some_and(|it| it.param("metadata").is_some()) {
        let mut changed = params.clone();
        changed.insert("metadata".to_owned(), json!({"team": "a"}));
        object = world.refresh(name, &object).map_err(at("read"))?;
        let plan = world.plan(name, &object, Some(&changed)).map_err(at("plan metadata"))?;
        object = world.apply(name, &plan).map_err(at("update"))?;
        world.idle(name, &object, &changed)?;
    }
    object = brought_back(world, name, entity, object, &params)?;
    let plan = world.plan(name, &object, None).map_err(at("plan destroy"))?;
    world.apply(name, &plan).map_err(at("destroy"))?;
    let plan = world.plan(name, &object, None).map_err(at("plan destroy again"))?;
    world.apply(name, &plan).map_err(at("destroy again"))?;
    Ok(())
}

/// What somebody else has archived, and an update brings back, is planned, brought back and then left alone.
fn brought_back(
    world: &mut World,
    name: &str,
    entity: &'static Entity,
    object: Object,
    params: &Map<String, Json>,
) -> Result<Object, String> {
    let (Restoration::Update { .. }, Some(update)) =
        (&entity.restoration, entity.operation(OperationKind::Update))
    else {
        return Ok(object);
    };
    let (Removal::Archive { param, value } | Removal::DeleteOrArchive { param, value }) = &entity.removal
    else {
        return Ok(object);
    };
    let id = object.state.get("id").as_str().unwrap_or_default();
    let path = world.setups.path(&world.stripe, entity, &update.path, id);
    let (status, body) = world.stripe.call("POST", &path, &json!({ param: value }));
    if status != 200 {
        return Err(format!("cannot be archived: {body}"));
    }
    let ended = world.refresh(name, &object).map_err(at("read the archived"))?;
    let plan = world.plan(name, &ended, Some(params)).map_err(at("plan of the archived"))?;
    if plan.action != Action::Update {
        return Err(format!("what was archived is planned to {:?}", plan.action));
    }
    let back = world.apply(name, &plan).map_err(at("bring back"))?;
    let (_, now) = world.stripe.call("GET", &path, &Json::Null);
    let shown = now[param].as_str().map_or_else(|| now[param].to_string(), str::to_owned);
    if shown == *value {
        return Err(format!("{param} is {} still", now[param]));
    }
    world.settled(name, &back, params)
}

/// The data sources of one and of many show what the resource's state has.
fn shown(
    world: &mut World,
    name: &str,
    entity: &Entity,
    params: &Map<String, Json>,
    state: &Value,
) -> Result<(), String> {
    let schemas = world.terraform.schema.data_source_schemas.clone();
    if let Some(schema) = schemas.get(name).filter(|_| entity.operation(OperationKind::Get).is_some()) {
        let parents =
            entity.parents().into_iter().filter_map(|it| Some((it, params.get(it)?.as_str()?.into())));
        let own = entity.has_own_id().then(|| ("id", state.get("id").clone()));
        let one = world.data(name, &Value::map(parents.chain(own))).map_err(at("data"))?;
        for attribute in &schema.block.as_ref().unwrap().attributes {
            let (there, here) = (one.get(&attribute.name), state.get(&attribute.name));
            let scalar = matches!(there, Value::Bool(_) | Value::Number(_) | Value::String(_));
            if scalar && !here.is_null() && here != there && attribute.name != "updated" {
                return Err(format!("data {}: {there:?}, not {here:?}", attribute.name));
            }
        }
    }
    let plural = plural(name);
    if let Some(schema) = schemas.get(&plural) {
        let block = schema.block.clone().unwrap();
        let needs = block.attributes.iter().filter(|it| it.required);
        let needs =
            needs.map(|it| (it.name.clone(), params.get(&it.name).cloned().unwrap_or_else(|| json!("x"))));
        let many = world.data(&plural, &config(&block, &needs.collect())).map_err(at("data list"))?;
        if !many.get("ids").items().contains(state.get("id")) && entity.has_own_id() {
            return Err(format!("{plural} lacks {:?}", state.get("id")));
        }
    }
    Ok(())
}
