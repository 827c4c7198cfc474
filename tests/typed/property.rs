//! Random values of the shapes of the catalog, in every way of writing them: the plan, the apply and the
//! read keep value and type to the letter, and a second plan is empty, in that way and in another.

use std::cell::RefCell;

use proptest::prelude::any;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Map, Value as Json};
use stripe_provider::catalog::constraint::{Known, constraints};
use stripe_provider::catalog::{Entity, Member};
use stripe_provider::terraform::value::{Type, Value};

use crate::config::config;
use crate::ledger::Cell;
use crate::support::terraform::{Action, Object};
use crate::ways::{Dice, unknown, value_of, written};
use crate::world::{World, at, difference, typed};

/// How many values are tried, and how many of them Stripe takes at least.
const TRIED: u32 = 160;
const TAKEN: usize = 60;

/// An attribute of dynamic type.
type Dynamic = (&'static str, &'static Entity, &'static Member);

fn dynamics(world: &World) -> Vec<Dynamic> {
    let mut found = Vec::new();
    for (name, entity) in typed() {
        let block = world.block(name);
        let is_dynamic = |param: &&Member| {
            block.attributes.iter().any(|it| it.name == param.name && it.r#type == b"\"dynamic\"")
        };
        found.extend(entity.params().iter().filter(is_dynamic).map(|param| (name.as_str(), *entity, param)));
    }
    found
}

#[test]
fn every_way_of_writing_a_value_is_kept() {
    let world = RefCell::new(World::new());
    let (all, taken) = (dynamics(&world.borrow()), RefCell::new(0));
    let config = Config { cases: TRIED, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&any::<u64>(), |seed| {
        let mut dice = Dice(seed);
        let (name, entity, param) = all[dice.roll(all.len())];
        match life(&mut world.borrow_mut(), &mut dice, name, entity, param) {
            Ok(was_taken) => {
                *taken.borrow_mut() += usize::from(was_taken);
                Ok(())
            }
            Err(why) => Err(TestCaseError::fail(format!("{name}.{}: {why}", param.name))),
        }
    });
    outcome.unwrap();
    assert!(*taken.borrow() >= TAKEN, "{} of {TRIED} were taken", taken.borrow());
}

/// Whether Stripe takes the value; that it is kept where it does.
fn life(
    world: &mut World,
    dice: &mut Dice,
    name: &str,
    entity: &'static Entity,
    param: &Member,
) -> Result<bool, String> {
    let Some(json) = value_of(dice, &world.setups, param) else { return Ok(false) };
    let json = world.setups.told(&world.stripe, &json, "");
    if is_against_a_constraint(entity, world.params(entity), param, &json) {
        return Ok(false);
    }
    let base = config(&world.block(name), &world.params(entity));
    let (ty, inner) = written(dice, Some(&param.shape), &json);
    let with = |inner: Value| {
        let mut config = base.clone();
        config.set(&param.name, Value::Dynamic(Box::new((ty.clone(), inner))));
        config
    };
    let known = with(inner.clone());
    let first = if dice.roll(3) == 0 { with(unknown(dice, &inner)) } else { known.clone() };
    let made = match made(world, name, &first, &known) {
        Ok(made) => made,
        Err(why) => {
            return match Cell::of(why) {
                Cell::Skipped(_) => Ok(false),
                Cell::Failed(why) => Err(format!("{why}\n{known:?}")),
            };
        }
    };
    if made.state.get(&param.name) != known.get(&param.name) {
        return Err(format!("{:?} became {:?}", known.get(&param.name), made.state.get(&param.name)));
    }
    idle(world, name, &made, &known)?;
    let other: (Type, Value) = written(dice, Some(&param.shape), &json);
    let mut again = base;
    again.set(&param.name, Value::Dynamic(Box::new(other)));
    idle(world, name, &made, &again).map(|()| true)
}

/// Whether the value is one that Stripe documents as refused, which a plan says at once.
fn is_against_a_constraint(
    entity: &Entity,
    mut params: Map<String, Json>,
    param: &Member,
    json: &Json,
) -> bool {
    params.insert(param.name.clone(), json.clone());
    let known = Known { params: &params, unknown: &[], now: 0 };
    let tables = [entity.key.clone(), format!("{}.Create", entity.key)];
    let mut tables = tables.iter().filter_map(|key| constraints().get(key));
    tables.any(|it| it.violations(known).next().is_some())
}

/// Planned as far as it is known, applied when all is, and read.
fn made(world: &mut World, name: &str, first: &Value, known: &Value) -> Result<Object, String> {
    let mut plan = world.plan_written(name, &Object::default(), first).map_err(at("plan"))?;
    let whole = world.plan_written(name, &Object::default(), known).map_err(at("plan"))?;
    plan.config = whole.config;
    let made = world.apply(name, &plan).map_err(at("create"))?;
    let read = world.refresh(name, &made).map_err(at("read"))?;
    if read.state == made.state { Ok(read) } else { Err(difference(&made.state, &read.state)) }
}

fn idle(world: &mut World, name: &str, object: &Object, config: &Value) -> Result<(), String> {
    let plan = world.plan_written(name, object, config).map_err(at("plan again"))?;
    match plan.action {
        Action::Nothing => Ok(()),
        action => Err(format!("{action:?}: {}", difference(&object.state, &plan.planned.state))),
    }
}
