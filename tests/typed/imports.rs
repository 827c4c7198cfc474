//! Imports of every typed resource: by the configuration that made it, and by the one that Terraform
//! generates.

use serde_json::{Map, Value as Json};
use stripe_provider::catalog::{Entity, OperationKind};
use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5::schema::Block;

use crate::ledger::{Cell, Ledger};
use crate::support::terraform::{Action, Object};
use crate::world::{World, at, difference};

/// Arguments that Stripe takes and does not show as they were written: a configuration that is
/// generated lacks them.
const UNANSWERED: [&str; 0] = [];

/// The import of an object with these params.
pub fn cells(world: &mut World, ledger: &mut Ledger, name: &str, entity: &'static Entity, params: &Map<String, Json>) {
    if entity.operation(OperationKind::Get).is_none() {
        let skipped = Err(Cell::Skipped("Stripe shows none".to_owned()));
        return ledger.note(name, "", "import", skipped);
    }
    match object(world, name, entity, params) {
        Err(cell) => ledger.note(name, "", "import", Err(cell)),
        Ok(object) => {
            let again = generated(world, name, &object);
            ledger.note(name, "", "generated", again);
            let outcome = settled(world, name, &object, params);
            ledger.note(name, "", "import", outcome);
        }
    }
}

/// A new object, imported.
fn object(
    world: &mut World,
    name: &str,
    entity: &'static Entity,
    params: &Map<String, Json>,
) -> Result<Object, Cell> {
    let made = world.made(name, params).map_err(Cell::of)?;
    let parents = entity.parents().into_iter().filter_map(|it| params.get(it)?.as_str());
    let id = made.state.get("id").as_str().unwrap_or_default();
    let own = entity.has_own_id().then_some(id);
    let id = parents.chain(own).collect::<Vec<_>>().join("/");
    let id = if id.is_empty() { entity.key.clone() } else { id };
    world.import(name, &id).map_err(at("import")).map_err(Cell::of)
}

/// The configuration that made it changes nothing but in place, and then nothing.
fn settled(world: &mut World, name: &str, object: &Object, params: &Map<String, Json>) -> Result<(), Cell> {
    let plan = world.plan(name, object, Some(params)).map_err(at("plan")).map_err(Cell::of)?;
    if plan.action == Action::Replace {
        let differs = difference(&object.state, &plan.planned.state);
        return Err(Cell::Failed(format!("replaced: {differs}")));
    }
    let object = world.apply(name, &plan).map_err(at("apply")).map_err(Cell::of)?;
    world.idle(name, &object, params).map_err(Cell::Failed)
}

/// What Terraform generates for an imported object plans empty.
fn generated(world: &mut World, name: &str, object: &Object) -> Result<(), Cell> {
    let block = world.block(name);
    let lacking = block.attributes.iter().find(|it| it.required && object.state.get(&it.name).is_null());
    if let Some(lacking) = lacking {
        assert!(UNANSWERED.is_empty() || UNANSWERED.contains(&lacking.name.as_str()), "{name}.{}", lacking.name);
        return Err(Cell::Skipped(format!("Stripe does not answer `{}`, which it requires", lacking.name)));
    }
    let written = config(&block, &object.state);
    let plan = world.plan_written(name, object, &written).map_err(at("plan")).map_err(Cell::of)?;
    match plan.action {
        Action::Nothing => Ok(()),
        action => Err(Cell::Failed(format!("{action:?}: {}", difference(&object.state, &plan.planned.state)))),
    }
}

/// As Terraform generates it: what can be set and is no secret, as the state has it.
fn config(block: &Block, state: &Value) -> Value {
    let settable = block.attributes.iter().filter(|it| (it.required || it.optional) && !it.sensitive);
    let settable = settable.filter(|it| !it.deprecated && !(it.name == "id" && it.computed));
    let attributes = settable.map(|it| (it.name.clone(), state.get(&it.name).clone()));
    let blocks = block.block_types.iter().map(|nested| {
        let inner = nested.block.as_ref().unwrap();
        let items = state.get(&nested.type_name).items().iter().map(|item| config(inner, item));
        (nested.type_name.clone(), Value::List(items.collect()))
    });
    Value::map(attributes.chain(blocks))
}
