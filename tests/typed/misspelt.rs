//! A misspelt key, at every level of every typed resource, is refused with its path and the key meant.

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, Kind, Member, Shape};
use stripe_provider::terraform::wire::tfplugin5::schema::Block;

use crate::ephemeral::ephemeral;
use crate::support::terraform::{Object, Outcome};
use crate::world::{World, typed};

/// A misspelt key: as the refusal spells it, and what was meant.
struct Typo {
    path: String,
    meant: String,
}

#[test]
fn a_misspelt_key_at_every_level_is_refused_with_the_key_that_was_meant() {
    let mut world = World::new();
    let (mut levels, mut wrong) = (0, Vec::new());
    for (name, entity) in typed() {
        let (params, typos) = with_typos(&world.block(name), entity);
        levels += typos.len();
        let planned = (!typos.is_empty()).then(|| world.plan(name, &Object::default(), Some(&params)));
        wrong.extend(planned.into_iter().flat_map(|planned| untold(name, &typos, planned)));
    }
    assert!(levels > 300 && wrong.is_empty(), "{} of {levels}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_misspelt_key_of_an_ephemeral_resource_is_refused_with_the_key_that_was_meant() {
    let mut world = World::new();
    let (mut levels, mut wrong) = (0, Vec::new());
    for (name, entity) in ephemeral() {
        let block = world.terraform.schema.ephemeral_resource_schemas[&name].block.clone().unwrap();
        let (params, typos) = with_typos(&block, entity);
        levels += typos.len();
        let opened = (!typos.is_empty()).then(|| world.open(&name, &params));
        wrong.extend(opened.into_iter().flat_map(|opened| untold(&name, &typos, opened)));
    }
    assert!(levels > 50 && wrong.is_empty(), "{} of {levels}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Params of a type with a misspelt key at every level.
fn with_typos(block: &Block, entity: &Entity) -> (Map<String, Json>, Vec<Typo>) {
    let (mut params, mut typos) = (Map::new(), Vec::new());
    for param in entity.params().iter().filter(|param| is_dynamic(block, &param.name)) {
        let value = misspelt(&param.shape, &shown(block, &param.name), &mut typos);
        params.extend(value.map(|value| (param.name.clone(), value)));
    }
    (params, typos)
}

/// What the refusal of misspelt keys does not say.
fn untold<T>(name: &str, typos: &[Typo], outcome: Outcome<T>) -> Vec<String> {
    let Err(fault) = outcome else { panic!("{name} takes misspelt keys") };
    let refused = fault.to_string();
    let told =
        |typo: &Typo| format!("There is no `{}` in a {name}; did you mean `{}`?", typo.path, typo.meant);
    typos.iter().map(told).filter(|told| !refused.contains(told)).collect()
}

fn is_dynamic(block: &Block, param: &str) -> bool {
    let names = [param.to_owned(), format!("stripe_{param}")];
    block.attributes.iter().any(|it| names.contains(&it.name) && it.r#type == b"\"dynamic\"")
}

/// The name of the attribute of a param.
fn shown(block: &Block, param: &str) -> String {
    let own = block.attributes.iter().any(|it| it.name == param);
    if own { param.to_owned() } else { format!("stripe_{param}") }
}

/// A value with a misspelt key in it, at each level of its own.
fn misspelt(shape: &Shape, path: &str, typos: &mut Vec<Typo>) -> Option<Json> {
    match &shape.kind {
        Kind::Object(members) => Some(object(members, path, typos)),
        Kind::List(item) | Kind::Set(item) => Some(json!([misspelt(item, &format!("{path}[0]"), typos)?])),
        Kind::Map(value) => Some(json!({ "usd": misspelt(value, &format!("{path}.usd"), typos)? })),
        // Of several objects the one that is meant cannot be told.
        Kind::Union(shapes) => {
            let objects = shapes.iter().filter(|it| it.members().is_some()).count();
            let lists = shapes.iter().filter(|it| it.item().is_some()).count();
            let only = shapes.iter().find(|it| it.members().is_some() || it.item().is_some())?;
            if objects + lists == 1 { misspelt(only, path, typos) } else { None }
        }
        _ => None,
    }
}

fn object(members: &[Member], path: &str, typos: &mut Vec<Typo>) -> Json {
    let mut object = Map::new();
    for member in members {
        let at = format!("{path}.{}", member.name);
        object.extend(misspelt(&member.shape, &at, typos).map(|value| (member.name.clone(), value)));
    }
    let longest = members.iter().filter(|it| it.name.len() > 3).max_by_key(|it| it.name.len());
    if let Some(longest) = longest {
        let key = doubled(&longest.name);
        typos.push(Typo { path: format!("{path}.{key}"), meant: longest.name.clone() });
        object.insert(key, json!(true));
    }
    Json::Object(object)
}

/// A name with its last letter twice, as fingers slip.
fn doubled(name: &str) -> String {
    let last = name.chars().last().unwrap();
    format!("{name}{last}")
}
