//! Every argument of every typed resource: set at once, set later, taken away, imported.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use stripe_provider::catalog::{Entity, Member, OperationKind, find, other_spelling};

use crate::params::value;
use crate::support::terraform::{Action, Object};
use crate::world::{World, at, typed};

/// What came of the cells of the matrix.
#[derive(Default)]
struct Ledger {
    held: usize,
    /// Why cells were skipped: the reason, and where.
    skipped: BTreeMap<&'static str, Vec<String>>,
    failed: Vec<String>,
}

impl Ledger {
    fn note(&mut self, cell: &str, outcome: Result<(), Cell>) {
        match outcome {
            Ok(()) => self.held += 1,
            Err(Cell::Skipped(why)) => self.skipped.entry(why).or_default().push(cell.to_owned()),
            Err(Cell::Failed(why)) => {
                self.failed.push(format!("{cell}: {}", why.chars().take(300).collect::<String>()));
            }
        }
    }
}

/// Arguments that take a token once: Stripe shows what it became.
const TOKENS: [(&str, &str); 2] = [("stripe_charge", "source"), ("stripe_payment_method", "card")];

/// How many cells of each half hold at least, and how many are skipped at most.
const EXPECTED: [(usize, usize); 2] = [(500, 260), (450, 260)];

/// Why a cell does not hold.
enum Cell {
    Skipped(&'static str),
    Failed(String),
}

fn failed(why: String) -> Cell {
    if why.contains("Stripe Refused The Request")
        || why.contains("Not Found In Stripe")
        || why.contains("Declined")
        || why.contains("Entity Exists Already")
    {
        Cell::Skipped("the sandbox refuses the sample")
    } else {
        Cell::Failed(why)
    }
}

#[test]
fn every_argument_is_set_changed_and_taken_away() {
    part(0);
}

#[test]
fn every_argument_is_set_changed_and_taken_away_of_the_other_half() {
    part(1);
}

/// Every second type, so that the halves run side by side.
fn part(half: usize) {
    let mut world = World::new();
    let mut ledger = Ledger::default();
    for (name, entity) in typed().iter().skip(half).step_by(2) {
        arguments(&mut world, &mut ledger, name, entity);
        let imported = imported(&mut world, name, entity);
        ledger.note(&format!("{name} import"), imported);
    }
    assert!(ledger.failed.is_empty(), "{} failed:\n{}", ledger.failed.len(), ledger.failed.join("\n"));
    let skipped: usize = ledger.skipped.values().map(Vec::len).sum();
    let (least, most) = EXPECTED[half];
    let found = (ledger.held, skipped);
    assert!(found.0 >= least && found.1 <= most, "{found:?} held and skipped: {:#?}", ledger.skipped);
}

fn arguments(world: &mut World, ledger: &mut Ledger, name: &str, entity: &'static Entity) {
    let least = world.params(entity);
    let mut object = match world.made(name, &least).map_err(failed) {
        Ok(object) => object,
        Err(cell) => return ledger.note(&format!("{name} made"), Err(cell)),
    };
    let parents = entity.parents();
    for param in entity.params() {
        let twin = other_spelling(entity.params(), &param.name);
        if twin.is_some_and(|twin| least.contains_key(&twin.name)) {
            continue;
        }
        if least.contains_key(&param.name) || parents.contains(&param.name.as_str()) || param.name == "id" {
            continue;
        }
        let cell = |what: &str| format!("{name}.{} {what}", param.name);
        let outcome = set_at_once(world, name, entity, param);
        ledger.note(&cell("set"), outcome);
        let (outcome, left) = set_later(world, &Of { name, entity, least: &least }, object, param);
        ledger.note(&cell("set later and taken away"), outcome);
        object = match left.map_or_else(|| world.made(name, &least), Ok) {
            Ok(object) => object,
            Err(why) => return ledger.note(&cell("made anew"), Err(failed(why))),
        };
    }
}

fn with(mut params: Map<String, Json>, param: &Member) -> Map<String, Json> {
    params.insert(param.name.clone(), value(param));
    params
}

fn set_at_once(world: &mut World, name: &str, entity: &'static Entity, param: &Member) -> Result<(), Cell> {
    let params = with(world.params(entity), param);
    world.made(name, &params).map(drop).map_err(failed)
}

/// A type, and the least params that make an object of it.
struct Of<'a> {
    name: &'a str,
    entity: &'static Entity,
    least: &'a Map<String, Json>,
}

/// Set on an object that is there, in place where an update takes it, else by a new object; and taken
/// away again: unset, or said to stay, never by a new object. Answers the object where it is as it was.
fn set_later(
    world: &mut World,
    of: &Of<'_>,
    object: Object,
    param: &Member,
) -> (Result<(), Cell>, Option<Object>) {
    let Of { name, entity, least } = of;
    let params = with((*least).clone(), param);
    let plan = match world.plan(name, &object, Some(&params)).map_err(at("plan")) {
        Ok(plan) => plan,
        Err(why) => return (Err(failed(why)), Some(object)),
    };
    let update = entity.operation(OperationKind::Update).map(|it| it.params.as_slice()).unwrap_or_default();
    let updates = find(update, &param.name);
    let by_path = param.shape.members().is_some();
    let expected = if updates.is_some() { Action::Update } else { Action::Replace };
    if plan.action != expected && plan.action != Action::Nothing && !by_path {
        return (Err(Cell::Failed(format!("planned to {:?}, not to {expected:?}", plan.action))), None);
    }
    match world.apply(name, &plan).map_err(at("apply")) {
        Err(why) => (Err(failed(why)), None),
        Ok(changed) => match taken_away(world, name, least, &params, &changed) {
            Ok(left) => (Ok(()), Some(left)),
            Err(cell) => (Err(cell), None),
        },
    }
}

fn taken_away(
    world: &mut World,
    name: &str,
    least: &Map<String, Json>,
    params: &Map<String, Json>,
    object: &Object,
) -> Result<Object, Cell> {
    world.idle(name, object, params).map_err(Cell::Failed)?;
    let plan = world.plan(name, object, Some(least)).map_err(at("plan away")).map_err(failed)?;
    if plan.action == Action::Replace {
        return Err(Cell::Failed("replaced".to_owned()));
    }
    let left = world.apply(name, &plan).map_err(at("take away")).map_err(failed)?;
    world.idle(name, &left, least).map_err(Cell::Failed)?;
    Ok(left)
}

/// Imported: the configuration that made it changes nothing but in place, and then nothing.
fn imported(world: &mut World, name: &str, entity: &'static Entity) -> Result<(), Cell> {
    if entity.operation(OperationKind::Get).is_none() {
        return Err(Cell::Skipped("Stripe shows none"));
    }
    let params = world.params(entity);
    if TOKENS.iter().any(|(of, param)| *of == name && params.contains_key(*param)) {
        return Err(Cell::Skipped("made of a token, which stands for what it became"));
    }
    let made = world.made(name, &params).map_err(failed)?;
    let parents = entity.parents().into_iter().filter_map(|it| params.get(it)?.as_str());
    let id = made.state.get("id").as_str().unwrap_or_default();
    let own = entity.has_own_id().then_some(id);
    let id = parents.chain(own).collect::<Vec<_>>().join("/");
    let id = if id.is_empty() { entity.key.clone() } else { id };
    let object = world.import(name, &id).map_err(at("import")).map_err(failed)?;
    let plan = world.plan(name, &object, Some(&params)).map_err(at("plan")).map_err(failed)?;
    if plan.action == Action::Replace {
        return Err(Cell::Failed(format!(
            "replaced: {}",
            crate::world::difference(&object.state, &plan.planned.state)
        )));
    }
    let object = world.apply(name, &plan).map_err(at("apply")).map_err(failed)?;
    world.idle(name, &object, &params).map_err(Cell::Failed)
}
