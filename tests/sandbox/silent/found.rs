//! The calls of a type of object: those that make and change one, its actions, its lists.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use stripe_provider::catalog::{Action, Entity, Kind, Member, Operation, OperationKind};

use crate::calls::Stripe;
use crate::every::made;
use crate::params::{Setups, demanded};

use super::probe::{Prepare, Probe, Send};
use super::samples::{FIRST, LAST, Samples};

/// Every call of a type of object.
pub fn probes<'p>(
    home: &'p Stripe,
    setups: &'p Setups,
    table: &'p Json,
    entity: &'static Entity,
) -> Vec<Probe<'p>> {
    let maker = Maker { home, setups, table, entity };
    let can_make = is_made(setups, entity);
    let is_there = |kind: OperationKind| {
        entity.operation(kind).filter(|_| !setups.missing(&entity.key, &format!("{kind:?}")))
    };
    let mut found = Vec::new();
    if can_make && entity.key != "file" {
        found.extend(is_there(OperationKind::Create).map(|create| maker.create(create)));
        found.extend(is_there(OperationKind::Update).map(|update| maker.update(update)));
    }
    found.extend(is_there(OperationKind::List).map(|list| maker.list(list, can_make)));
    let actions = entity.actions.iter().filter(|action| !setups.missing_action(&action.name));
    let done_with = |action: &&Action| can_make || table["acts_on"].get(&action.name).is_some();
    found.extend(actions.filter(done_with).map(|action| maker.action(action)));
    found
}

/// Whether the setups make objects of that type.
fn is_made(setups: &Setups, entity: &Entity) -> bool {
    entity.creates() && !setups.missing(&entity.key, "Create")
}

/// What all calls of a type of object are tried with.
struct Maker<'p> {
    home: &'p Stripe,
    setups: &'p Setups,
    table: &'p Json,
    entity: &'static Entity,
}

impl<'p> Maker<'p> {
    fn probe(
        &self,
        what: &str,
        (known, least): (&'static [Member], Json),
        prepare: Prepare<'p>,
        send: Send<'p>,
    ) -> Probe<'p> {
        let (home, setups, table) = (self.home, self.setups, self.table);
        let label = format!("{}.{what}", self.entity.key);
        let beside = table["bases"][&label].as_array().into_iter().flatten();
        let bases = std::iter::once(&Json::Null).chain(beside).map(|more| {
            let mut base = least.as_object().cloned().unwrap_or_default();
            base.extend(more.as_object().cloned().unwrap_or_default());
            base.retain(|_, value| !value.is_null());
            setups.told(home, &Json::Object(base), "").as_object().cloned().unwrap()
        });
        Probe {
            home,
            samples: Samples { stripe: home, setups, named: table["samples"].as_object().unwrap() },
            bases: bases.collect(),
            then: table["then"][&label].as_array().map_or(&[], Vec::as_slice),
            label,
            known,
            prepare,
            send,
            stage: None,
            before: BTreeMap::new(),
        }
    }

    /// Makes an object for each call.
    fn fresh(&self) -> Prepare<'p> {
        let entity = self.entity;
        Box::new(move |stripe, setups| fresh(stripe, setups, entity))
    }

    fn create(&self, create: &'static Operation) -> Probe<'p> {
        let entity = self.entity;
        let send: Send<'p> = Box::new(move |stripe, setups, _, params| {
            let path = setups.path(stripe, entity, &create.path, "");
            stripe.call("POST", &path, &shown(entity, &create.params, params.clone()))
        });
        let nothing: Prepare<'p> = Box::new(|_, _| Some(String::new()));
        self.probe("create", (&create.params, self.setups.least(entity)), nothing, send)
    }

    fn update(&self, update: &'static Operation) -> Probe<'p> {
        let entity = self.entity;
        let send: Send<'p> = Box::new(move |stripe, setups, id, params| {
            let path = setups.path(stripe, entity, &update.path, id);
            stripe.call("POST", &path, &shown(entity, &update.params, params.clone()))
        });
        self.probe("update", (&update.params, json!({})), self.fresh(), send)
    }

    fn action(&self, action: &'static Action) -> Probe<'p> {
        let (entity, acts_on) = (self.entity, self.table["acts_on"].get(&action.name));
        let prepare: Prepare<'p> = Box::new(move |stripe, setups| match acts_on {
            Some(Json::Array(steps)) => Some(setups.steps(stripe, steps)),
            Some(named) => setups.told(stripe, named, "").as_str().map(str::to_owned),
            None => fresh(stripe, setups, entity),
        });
        let send: Send<'p> = Box::new(move |stripe, setups, id, params| {
            stripe.call(action.method.as_str(), &setups.path(stripe, entity, &action.path, id), params)
        });
        self.probe(&action.name, (&action.params, Json::Object(demanded(&action.params))), prepare, send)
    }

    /// A list of two objects that belong to different ones, or of what is there.
    fn list(&self, list: &'static Operation, can_make: bool) -> Probe<'p> {
        let entity = self.entity;
        let prepare: Prepare<'p> = Box::new(move |stripe, setups| {
            if can_make {
                fresh(stripe, &setups.elsewhere(), entity);
                fresh(stripe, setups, entity);
            }
            Some(String::new())
        });
        let send: Send<'p> = Box::new(move |stripe, setups, _, params| {
            let path = setups.path(stripe, entity, &list.path, "");
            let mut params = params.as_object().cloned().unwrap_or_default();
            let from = params.iter().find(|(_, value)| **value == FIRST || **value == LAST);
            if let Some((name, place)) = from.map(|(name, place)| (name.clone(), place.clone())) {
                params.shift_remove(&name);
                let page = stripe.call("GET", &path, &Json::Object(params.clone())).1;
                let all = page["data"].as_array().map_or(&[][..], Vec::as_slice);
                let one = if place == FIRST { all.first() } else { all.last() };
                let Some(one) = one else { return (400, page) };
                params.insert(name, one["id"].clone());
            }
            stripe.call("GET", &path, &Json::Object(params))
        });
        let mut least = demanded(&list.params);
        let more = self.setups.more(self.home, entity);
        least.extend(more.into_iter().filter(|(name, _)| {
            let own = list.params.iter().find(|param| param.name == *name);
            own.is_some_and(|own| own.shape.is_required() || !entity.creates())
        }));
        self.probe("list", (&list.params, Json::Object(least)), prepare, send)
    }
}

/// The id of a new object that can be changed.
fn fresh(stripe: &Stripe, setups: &Setups, entity: &Entity) -> Option<String> {
    let body = made(stripe, setups, entity).ok()?;
    let id = body["id"].as_str().unwrap_or_default();
    setups.after(stripe, entity, id);
    Some(id.to_owned())
}

/// What a call asks for so that its answer hides nothing.
fn shown(entity: &Entity, known: &[Member], mut params: Json) -> Json {
    let include = known.iter().find(|param| param.name == "include");
    if let Some(include) = include.filter(|_| params.get("include").is_none()) {
        let values = include.shape.item().map_or(&[][..], |item| match &item.kind {
            Kind::Enum(values) => values.as_slice(),
            _ => &[],
        });
        params["include"] = json!(values);
    }
    if !entity.is_v2() {
        let mut expand = params["expand"].as_array().cloned().unwrap_or_default();
        expand.extend(entity.omitted.iter().map(|path| json!(path)));
        params["expand"] = expand.into();
        prune(&mut params);
    }
    params
}

/// Takes out what is empty: in a form it would be the request to unset it.
fn prune(value: &mut Json) {
    match value {
        Json::Object(members) => {
            members.values_mut().for_each(prune);
            members.retain(|_, value| *value != json!({}) && *value != json!([]));
        }
        Json::Array(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}
