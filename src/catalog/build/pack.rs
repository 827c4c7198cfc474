//! Writes what `index` reads: every entity type as one document of a blob, and an index of names and
//! routes as Rust source, so that nothing is parsed before it is needed.

use std::fmt::Write as _;

use super::model::Entity;
use super::operation::{Action, Method, Operation, OperationKind};

/// The compression level of the blob.
const EFFORT: u8 = 9;

/// The two files of the packed catalog.
#[derive(Debug)]
pub struct Packed {
    /// One deflated JSON document per entity type, end to end.
    pub blob: Vec<u8>,
    /// The statics that `index` includes.
    pub index: String,
}

/// Packs entity types, which must be sorted by name.
pub fn pack(entities: &[Entity], version: &str) -> Result<Packed, serde_json::Error> {
    let mut blob = Vec::new();
    let (mut packed, mut actions, mut routes) = (Vec::new(), Vec::new(), Vec::new());
    for (index, entity) in entities.iter().enumerate() {
        let start = blob.len();
        blob.extend(miniz_oxide::deflate::compress_to_vec(&serde_json::to_vec(entity)?, EFFORT));
        packed.push(packed_entity(entity, start, blob.len()));
        for (place, action) in entity.actions.iter().enumerate() {
            actions.push(packed_action(action, index, place));
            let target = format!("Target::Action({:?})", action.name);
            routes.push(Route::new(action.method.as_str(), &action.path, index, &target));
        }
        for operation in &entity.operations {
            let target = format!("Target::Operation(OperationKind::{:?})", operation.kind);
            routes.push(Route::new(operation.method.as_str(), &operation.path, index, &target));
        }
    }
    actions.sort();
    routes.sort_by(|a, b| a.rank.cmp(&b.rank));
    let routes: Vec<String> = routes.into_iter().map(|route| route.source).collect();
    let mut index = format!(
        "/// The version of the API the facts describe.\npub const API_VERSION: &str = {version:?};\n"
    );
    list(&mut index, "ENTITIES", "PackedEntity", &packed);
    list(&mut index, "ACTIONS", "PackedAction", &actions);
    list(&mut index, "ROUTES", "Route", &routes);
    Ok(Packed { blob, index })
}

fn packed_entity(entity: &Entity, start: usize, end: usize) -> String {
    let Entity { name, key, aliases, .. } = entity;
    let (start, end, reachable) = (grouped(start), grouped(end), !entity.operations.is_empty());
    let is_object = entity.key == entity.object;
    let offers: Vec<String> = offers(entity).iter().map(|offer| format!("Offer::{offer}")).collect();
    let offers = offers.join(", ");
    format!(
        "PackedEntity {{ name: {name:?}, key: {key:?}, aliases: &{aliases:?}, reachable: {reachable}, \
         is_object: {is_object}, offers: &[{offers}], start: {start}, end: {end}, decoded: OnceLock::new() }}"
    )
}

/// Formats an action, with the index of its entity type and its own index among the type's actions.
fn packed_action(action: &Action, entity: usize, place: usize) -> String {
    let (name, reads) = (&action.name, action.method == Method::Get);
    format!("PackedAction {{ name: {name:?}, entity: &ENTITIES[{entity}], index: {place}, reads: {reads} }}")
}

/// Returns which calls Stripe has for the entity type, as `index` names them.
fn offers(entity: &Entity) -> Vec<&'static str> {
    let has = |kind| entity.operations.iter().any(|operation| operation.kind == kind);
    // A call that can read an object by its locator alone.
    let shows = |it: &Operation| {
        it.kind == OperationKind::Get && it.params.iter().all(|param| !param.shape.is_required())
    };
    let readable = entity.operations.iter().any(shows);
    // An object without an id of its own exists already, and an update sets it.
    let singleton = readable && !entity.operations.iter().any(|it| it.path.ends_with("/{id}"));
    let preexisting = has(OperationKind::Update) && (entity.preexisting || singleton);
    let offered = [
        (has(OperationKind::Create) || preexisting, "Create"),
        (readable, "Read"),
        (has(OperationKind::List), "List"),
    ];
    offered.into_iter().filter(|(is_offered, _)| *is_offered).map(|(_, offer)| offer).collect()
}

/// A number as Rust source, in groups of three.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|g| std::str::from_utf8(g).ok()).collect();
    groups.join("_")
}

struct Route {
    /// Literal segments sort before placeholders, so that the first match is the right one.
    rank: (Vec<(bool, String)>, String),
    source: String,
}

impl Route {
    fn new(method: &str, path: &str, entity: usize, target: &str) -> Self {
        let segments =
            path.split('/').map(|segment| (segment.starts_with('{'), segment.to_owned())).collect();
        let source = format!(
            "Route {{ method: {method:?}, path: {path:?}, entity: &ENTITIES[{entity}], target: {target} }}"
        );
        Self { rank: (segments, method.to_owned()), source }
    }
}

fn list(source: &mut String, name: &str, element: &str, items: &[String]) {
    // Writing to a String cannot fail.
    let _ = writeln!(source, "static {name}: [{element}; {}] = [", items.len());
    for item in items {
        let _ = writeln!(source, "    {item},");
    }
    source.push_str("];\n");
}
