//! Imports of every typed resource: by the configuration that made it, and by the one that Terraform
//! generates.

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, OperationKind};
use stripe_provider::terraform::value::{Entries, Value};
use stripe_provider::terraform::wire::tfplugin5::schema::Block;

use crate::cells::Of;
use crate::ledger::Cell;
use crate::support::terraform::{Action, Object};
use crate::world::{World, at, difference};

/// Required arguments that Stripe takes and does not answer: a generated configuration lacks them.
const UNANSWERED: [(&str, &str); 7] = [
    ("stripe_card", "source"),
    ("stripe_external_account", "external_account"),
    ("stripe_file", "file"),
    ("stripe_payment_source", "source"),
    ("stripe_terminal_reader", "registration_code"),
    ("stripe_v2_core_vault_gb_bank_account", "currency"),
    ("stripe_v2_core_vault_us_bank_account", "currency"),
];

/// The import of an object that was made with these params.
pub fn cells(of: &mut Of<'_>, object: &Object, params: &Map<String, Json>) {
    let Of { world, ledger, name, entity } = of;
    if entity.operation(OperationKind::Get).is_none() {
        let skipped = Err(Cell::Skipped("Stripe shows none".to_owned()));
        return ledger.note(name, "", "import", skipped);
    }
    let parents = entity.parents().into_iter().filter_map(|it| params.get(it)?.as_str());
    let id = object.state.get("id").as_str().unwrap_or_default();
    let own = entity.has_own_id().then_some(id);
    let id = parents.chain(own).collect::<Vec<_>>().join("/");
    let id = if id.is_empty() { entity.key.clone() } else { id };
    match world.import(name, &id).map_err(at("import")) {
        Err(why) => ledger.note(name, "", "import", Err(Cell::of(why))),
        Ok(imported) => {
            ledger.note(name, "", "generated", generated(world, name, &imported));
            ledger.note(
                name,
                "",
                "import, one key more",
                one_key_more(world, name, entity, (&imported, params)),
            );
            ledger.note(name, "", "import", settled(world, name, &imported, params));
        }
    }
}

/// A key that an imported object's metadata lacks is sent, and only then in the state.
fn one_key_more(
    world: &mut World,
    name: &str,
    entity: &Entity,
    (object, params): (&Object, &Map<String, Json>),
) -> Result<(), Cell> {
    let update = entity.operation(OperationKind::Update).filter(|it| it.param("metadata").is_some());
    let Some(update) = update.filter(|_| object.state.get("metadata").as_map().is_some()) else {
        return Ok(());
    };
    let mut wanted = params.clone();
    let mut metadata = wanted.get("metadata").cloned().unwrap_or_else(|| json!({}));
    metadata["one_key_more"] = json!("x");
    wanted.insert("metadata".to_owned(), metadata);
    let plan = world.plan(name, object, Some(&wanted)).map_err(at("plan")).map_err(Cell::of)?;
    let made = world.apply(name, &plan).map_err(at("apply")).map_err(Cell::of)?;
    let id = made.state.get("id").as_str().unwrap_or_default();
    let path = world.setups.path(&world.stripe, entity, &update.path, id);
    let (_, now) = world.stripe.call("GET", &path, &Json::Null);
    match now["metadata"]["one_key_more"].as_str() {
        Some("x") => Ok(()),
        _ => Err(Cell::Failed(format!("the key was not sent: {:?}", now["metadata"]))),
    }
}

/// The configuration that made it changes nothing but in place, makes nothing inside a block unknown, and then
/// changes nothing.
fn settled(world: &mut World, name: &str, object: &Object, params: &Map<String, Json>) -> Result<(), Cell> {
    let plan = world.plan(name, object, Some(params)).map_err(at("plan")).map_err(Cell::of)?;
    if plan.action == Action::Replace {
        let differs = difference(&object.state, &plan.planned.state);
        return Err(Cell::Failed(format!("replaced: {differs}")));
    }
    let mut unsettled = forgotten(&object.state, &plan.planned.state);
    // What stands beside an argument that Stripe never shows may follow it.
    unsettled.retain(|path| path.contains('.'));
    if !unsettled.is_empty() {
        return Err(Cell::Failed(format!("no longer known: {}", unsettled.join(", "))));
    }
    let object = world.apply(name, &plan).map_err(at("apply")).map_err(Cell::of)?;
    world.idle(name, &object, params).map_err(Cell::Failed)
}

/// The attributes, also those inside blocks, whose values are known and would not be.
fn forgotten(was: &Value, is: &Value) -> Vec<String> {
    let names = was.as_map().into_iter().flat_map(Entries::keys);
    let of = |name: &str| {
        let (was, is) = (was.get(name), is.get(name));
        let inner = was.items().iter().zip(is.items()).flat_map(|(was, is)| forgotten(was, is));
        let inner = inner.map(|below| format!("{name}.{below}")).collect();
        if is.is_unknown() && !was.is_null() { vec![name.to_owned()] } else { inner }
    };
    names.flat_map(|name| of(name)).collect()
}

/// What Terraform generates for an imported object plans empty.
pub fn generated(world: &mut World, name: &str, object: &Object) -> Result<(), Cell> {
    let block = world.block(name);
    let lacking = block.attributes.iter().find(|it| it.required && object.state.get(&it.name).is_null());
    if let Some(lacking) = lacking {
        return if UNANSWERED.contains(&(name, lacking.name.as_str())) {
            Ok(())
        } else {
            Err(Cell::Failed(format!("Stripe does not answer `{}`, which it requires", lacking.name)))
        };
    }
    let written = config(&block, &object.state);
    let plan = world.plan_written(name, object, &written).map_err(at("plan")).map_err(Cell::of)?;
    match plan.action {
        Action::Nothing => Ok(()),
        action => {
            Err(Cell::Failed(format!("{action:?}: {}", difference(&object.state, &plan.planned.state))))
        }
    }
}

/// As Terraform generates it: what can be set and is no secret, as the state has it.
fn config(block: &Block, state: &Value) -> Value {
    let settable = block.attributes.iter().filter(|it| (it.required || it.optional) && !it.sensitive);
    let settable = settable.filter(|it| !(it.deprecated || it.name == "id" && it.computed));
    let attributes = settable.map(|it| (it.name.clone(), state.get(&it.name).clone()));
    let blocks = block.block_types.iter().map(|nested| {
        let inner = nested.block.as_ref().unwrap();
        let items = state.get(&nested.type_name).items().iter().map(|item| config(inner, item));
        (nested.type_name.clone(), Value::List(items.collect()))
    });
    Value::map(attributes.chain(blocks))
}
