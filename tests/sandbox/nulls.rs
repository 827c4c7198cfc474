//! No silent nulls: what Stripe always answers as an object or a list is one, at every depth, in
//! the answer to every call; and what it leaves out unless it is asked for is not there.
//!
//! The facts say which fields are never null or missing; `src/sandbox/answers.toml` says it of fields
//! that the facts leave open.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value as Json, json};
use stripe_provider::catalog::{Entity, Kind, Member, Operation, OperationKind, Shape, catalog};

use crate::calls::Stripe;
use crate::every::made;
use crate::full;
use crate::params::{Setups, demanded};

/// Objects that no call of the sandbox answers with, and why; the table may only shrink.
const UNREACHED: &str = "tests/sandbox/unreached.json";
/// How many objects that table may have.
const MOST_UNREACHED: usize = 37;

/// What is known of answers, and what was seen in them.
struct Watch {
    answers: toml::Table,
    seen: BTreeSet<String>,
    fields: usize,
    wrong: BTreeSet<String>,
}

/// Which answer is looked at, and which object of it.
#[derive(Clone, Copy)]
struct At<'a> {
    call: &'a str,
    entity: &'a Entity,
}

impl Watch {
    fn new() -> Self {
        let text = std::fs::read_to_string(root("src/sandbox/answers.toml")).unwrap();
        let answers = text.parse::<toml::Table>().unwrap()["answers"].as_table().unwrap().clone();
        Self { answers, seen: BTreeSet::new(), fields: 0, wrong: BTreeSet::new() }
    }

    /// Looks at every answer so far.
    fn look_at_all(&mut self, stripe: &Stripe) {
        for (call, answer) in stripe.answered() {
            self.look(&call, &answer);
        }
    }

    /// Looks at every object of an answer; objects of the catalog say themselves what they are.
    fn look(&mut self, call: &str, value: &Json) {
        match value {
            Json::Array(items) => items.iter().for_each(|item| self.look(call, item)),
            Json::Object(body) => {
                let object = body.get("object").and_then(Json::as_str).unwrap_or_default();
                let is_stub = body.keys().all(|name| ["id", "object", "deleted"].contains(&name.as_str()));
                if let Some(entity) = catalog().by_key(object).filter(|_| !is_stub) {
                    self.seen.insert(object.to_owned());
                    self.members(At { call, entity }, &entity.fields, value, "");
                }
                body.values().for_each(|value| self.look(call, value));
            }
            _ => {}
        }
    }

    fn members(&mut self, at: At<'_>, fields: &[Member], body: &Json, outer: &str) {
        for field in fields {
            let path = if outer.is_empty() { field.name.clone() } else { format!("{outer}.{}", field.name) };
            let value = body.get(&field.name).filter(|value| !value.is_null());
            let always = structured(&field.shape.kind) && self.always(at.entity, &field.shape, &path);
            self.fields += usize::from(always);
            if body.get(&field.name).is_some() && at.entity.omitted.contains(&path) {
                self.wrong.insert(format!("{} {path} is there unasked ({})", at.entity.object, at.call));
            }
            match value {
                None if always => {
                    let what = if body.get(&field.name).is_some() { "null" } else { "not there" };
                    self.wrong.insert(format!("{} {path} is {what} ({})", at.entity.object, at.call));
                }
                None => {}
                Some(value) => self.within(at, &field.shape, value, &path),
            }
        }
    }

    fn within(&mut self, at: At<'_>, shape: &Shape, value: &Json, path: &str) {
        match &shape.kind {
            Kind::Object(fields) => self.members(at, fields, value, path),
            Kind::List(inner) | Kind::Set(inner) => {
                let items = value.as_array().into_iter().flatten();
                items.for_each(|item| self.within(at, inner, item, path));
            }
            Kind::Map(inner) => {
                let members = value.as_object().into_iter().flat_map(serde_json::Map::values);
                members.for_each(|member| self.within(at, inner, member, path));
            }
            _ => {}
        }
    }

    /// Whether Stripe always answers with the field.
    fn always(&self, entity: &Entity, field: &Shape, path: &str) -> bool {
        let said = self.answers.get(&entity.object).and_then(|answers| answers.get(path)).is_some();
        // what is shown only when it is asked for is not there otherwise
        (said || field.is_required()) && !hides(entity, path)
    }
}

fn hides(entity: &Entity, path: &str) -> bool {
    entity.omitted.iter().chain(&entity.answered_once).any(|hidden| hidden == path)
}

fn structured(kind: &Kind) -> bool {
    use Kind::{List, Map, Object, Page, Set, Whole};
    matches!(kind, List(_) | Map(_) | Object(_) | Page(_) | Set(_) | Whole(_))
}

fn root(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn entities() -> impl Iterator<Item = &'static Entity> {
    catalog().entities().filter_map(|name| catalog().entity(name))
}

/// Creates an object twice, with the least and with all that it takes; changes, reads and lists it,
/// and does what can be done with it.
fn make(stripe: &Stripe, setups: &Setups, entity: &'static Entity) -> usize {
    let least = made(stripe, setups, entity).unwrap_or_else(|why| panic!("{why}"));
    let (full, taken) = full::made(stripe, setups, entity, &least);
    for body in [&least, &full] {
        let Some(id) = body["id"].as_str() else { continue };
        setups.after(stripe, entity, id);
        for kind in [OperationKind::Update, OperationKind::Get, OperationKind::List] {
            let skipped = setups.missing(&entity.key, &format!("{kind:?}"));
            let Some(operation) = entity.operation(kind).filter(|_| !skipped) else { continue };
            let path = setups.path(stripe, entity, &operation.path, id);
            let params = match kind {
                OperationKind::Update => full::change(entity),
                _ => demanded_of(body, operation),
            };
            stripe.done(operation.method.as_str(), &path, &params);
        }
        for action in entity.actions.iter().filter(|_| entity.others.len() < 2) {
            let path = setups.path(stripe, entity, &action.path, id);
            stripe.call(action.method.as_str(), &path, &Json::Object(demanded(&action.params)));
        }
    }
    taken
}

/// What a read demands, as the object has it.
fn demanded_of(body: &Json, operation: &Operation) -> Json {
    let demanded = operation.params.iter().filter(|param| param.shape.is_required()).map(|param| &param.name);
    Json::Object(demanded.map(|name| (name.clone(), body[name.as_str()].clone())).collect())
}

/// Reads what is there although nothing makes it, and does what needs no object.
fn read(stripe: &Stripe, setups: &Setups, entity: &'static Entity) {
    for kind in [OperationKind::List, OperationKind::Get] {
        let skipped = setups.missing(&entity.key, &format!("{kind:?}"));
        let Some(operation) = entity.operation(kind).filter(|_| !skipped) else { continue };
        if operation.path.contains("{id}") {
            continue;
        }
        let mut params = demanded(&operation.params);
        params.extend(setups.more(stripe, entity));
        let path = setups.path(stripe, entity, &operation.path, "");
        stripe.done("GET", &path, &Json::Object(params));
    }
    for action in entity.actions.iter().filter(|action| !action.path.contains('{')) {
        stripe.call(action.method.as_str(), &action.path, &Json::Object(demanded(&action.params)));
    }
}

#[test]
fn objects_and_lists_are_never_null() {
    let mut watch = Watch::new();
    let taken = whatever_is_made(&mut watch);
    whatever_is_there(&mut watch);
    assert!(watch.wrong.is_empty(), "{}", watch.wrong.iter().cloned().collect::<Vec<_>>().join("\n"));
    assert!(taken > 500, "{taken} params were taken in full creates");
    assert!(watch.fields > 10_000, "{} objects and lists were looked at", watch.fields);
    unreached(&watch.seen);
}

fn whatever_is_made(watch: &mut Watch) -> usize {
    let (stripe, setups) = (Stripe::new(), Setups::read());
    setups.before(&stripe);
    let creatable = entities().filter(|entity| entity.creates() && !setups.missing(&entity.key, "Create"));
    let taken = creatable.map(|entity| make(&stripe, &setups, entity)).sum();
    events(&stripe);
    watch.look_at_all(&stripe);
    taken
}

fn whatever_is_there(watch: &mut Watch) {
    let (stripe, setups) = (Stripe::new(), Setups::read());
    setups.before(&stripe);
    for name in setups.recipes() {
        setups.reference(&stripe, &name);
    }
    entities().filter(|entity| !entity.creates()).for_each(|entity| read(&stripe, &setups, entity));
    events(&stripe);
    watch.look_at_all(&stripe);
}

/// Reads every event there is.
fn events(stripe: &Stripe) {
    let mut params = json!({"limit": 100});
    loop {
        let page = stripe.done("GET", "/v1/events", &params);
        let last = page["data"].as_array().unwrap().last();
        match last.filter(|_| page["has_more"] == true) {
            Some(last) => params["starting_after"] = last["id"].clone(),
            None => return,
        }
    }
}

/// The objects that were not seen are those of the table, each with a reason.
fn unreached(seen: &BTreeSet<String>) {
    let text = std::fs::read_to_string(root(UNREACHED)).unwrap();
    let table: BTreeMap<String, String> = serde_json::from_str(&text).unwrap();
    let all = entities().map(|entity| entity.object.clone()).chain(catalog_objects());
    let missing: BTreeSet<String> = all.filter(|object| !seen.contains(object)).collect();
    let listed: BTreeSet<String> = table.keys().cloned().collect();
    assert_eq!(missing, listed, "{UNREACHED} lists what is seen, or lacks what is not");
    assert!(table.values().all(|reason| reason.len() > 10), "{UNREACHED} needs reasons");
    assert!(table.len() <= MOST_UNREACHED, "{UNREACHED} may only shrink: {}", table.len());
}

/// The objects of every facts file, whether a service answers with them or not.
fn catalog_objects() -> impl Iterator<Item = String> {
    let files = std::fs::read_dir(root("src/catalog/facts")).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| !path.ends_with("version.json")).map(|path| {
        let facts: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        facts["object"].as_str().unwrap().to_owned()
    })
}
