//! Creates with all that an object takes: every param of the facts with a sample value, as far as
//! the params do not exclude each other.

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, Kind, Member, OperationKind, Shape};

use crate::calls::Stripe;
use crate::params::{Setups, value};

/// An object made of as many params as are taken together, and how many more these are than the
/// least ones; the minimal object where nothing more is taken.
pub fn made(stripe: &Stripe, setups: &Setups, entity: &Entity, least: &Json) -> (Json, usize) {
    let create = entity.operation(OperationKind::Create).unwrap();
    let (mut best, mut taken) = (least.clone(), Map::new());
    let known = setups.params(stripe, entity);
    let more =
        create.params.iter().filter(|param| known.get(&param.name).is_none() && !is_special(&param.name));
    for param in more {
        for sample in [whole(param), value(param)] {
            let mut params = setups.params(stripe, entity);
            let tried = params.as_object_mut().unwrap();
            tried.extend(taken.clone());
            tried.insert(param.name.clone(), sample.clone());
            let path = setups.path(stripe, entity, &create.path, "");
            let (status, answer) = stripe.call("POST", &path, &params);
            if status == 200 {
                taken.insert(param.name.clone(), sample);
                best = answer;
                break;
            }
        }
    }
    (best, taken.len())
}

/// Params that say how to answer, or whose sample would do more than describe the object.
fn is_special(name: &str) -> bool {
    matches!(name, "expand" | "include" | "id" | "confirm" | "livemode")
}

/// A change of what most objects have.
pub fn change(entity: &Entity) -> Json {
    let update = entity.operation(OperationKind::Update).unwrap();
    let known = update.params.iter().any(|param| param.name == "metadata");
    if known { json!({"metadata": {"team": "a"}}) } else { json!({}) }
}

/// A sample with every member of every object in it.
fn whole(param: &Member) -> Json {
    match (&param.shape.kind, param.shape.item().and_then(Shape::members)) {
        (Kind::Object(params), _) => members(params),
        (_, Some(params)) => json!([members(params)]),
        _ => value(param),
    }
}

fn members(params: &[Member]) -> Json {
    let all = params.iter().map(|param| (param.name.clone(), whole(param)));
    Json::Object(all.collect::<Map<_, _>>())
}
