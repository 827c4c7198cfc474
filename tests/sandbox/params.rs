//! Params for a create: what Stripe demands by the facts, and what `clients/setups.json` adds.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, Kind, Member, NumberRange, OperationKind, Shape, catalog};

use crate::calls::Stripe;

/// The table of setups, and the objects that were made for references.
pub struct Setups {
    pub table: Rc<Json>,
    lifecycle: Rc<toml::Table>,
    made: RefCell<BTreeMap<String, String>>,
    /// The time of the sandbox.
    pub now: i64,
    counted: Cell<u32>,
}

impl Setups {
    pub fn read() -> Self {
        let read =
            |path: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        let table = serde_json::from_str(&read("tests/support/setups.json")).unwrap();
        let lifecycle = Rc::new(read("src/sandbox/lifecycle.toml").parse().unwrap());
        Self {
            table: Rc::new(table),
            lifecycle,
            made: RefCell::default(),
            now: now(),
            counted: Cell::default(),
        }
    }

    /// Setups for a sandbox whose time stands still: nothing in them differs from run to run.
    pub fn at(now: i64) -> Self {
        Self { now, counted: Cell::new(1), ..Self::read() }
    }

    /// The same setups for a copy of the sandbox: what is made there is not known here.
    pub fn copy(&self) -> Self {
        Self {
            table: Rc::clone(&self.table),
            lifecycle: Rc::clone(&self.lifecycle),
            made: self.made.clone(),
            now: self.now,
            counted: self.counted.clone(),
        }
    }

    /// The same setups where none of what was made is known: what they make belongs to others.
    pub fn elsewhere(&self) -> Self {
        const APART: u32 = 1_000;
        let setups = self.copy();
        setups.forget();
        setups.counted.set(self.counted.get() + APART);
        setups
    }

    /// A number that no other is: by chance, or counted where the time stands still.
    fn unique(&self) -> u128 {
        let counted = self.counted.get();
        if counted == 0 {
            return uuid::Uuid::new_v4().as_u128();
        }
        self.counted.set(counted + 1);
        counted.into()
    }

    /// Whether the sandbox says itself that it does not do an operation.
    pub fn missing(&self, key: &str, operation: &str) -> bool {
        self.lifecycle.get("missing").and_then(|all| all.get(key)?.get(operation)).is_some()
    }

    /// Whether the sandbox says itself that it does not do an action.
    pub fn missing_action(&self, name: &str) -> bool {
        self.lifecycle.get("actions").and_then(|all| all.get(name)?.get("missing")).is_some()
    }

    /// The params of a create.
    pub fn params(&self, stripe: &Stripe, entity: &Entity) -> Json {
        self.told(stripe, &self.least(entity), "")
    }

    /// The params of a create with the names of references.
    pub fn least(&self, entity: &Entity) -> Json {
        let create = entity.operation(OperationKind::Create).unwrap();
        let mut params = demanded_at(&create.params, self.now);
        if let Some(more) = self.table["params"][&entity.key].as_object() {
            params.extend(more.clone());
        }
        Json::Object(params)
    }

    /// What a list of objects that nobody makes needs to be told.
    pub fn more(&self, stripe: &Stripe, entity: &Entity) -> Map<String, Json> {
        let told = self.told(stripe, &self.table["params"][&entity.key], "");
        told.as_object().cloned().unwrap_or_default()
    }

    /// The names of what takes several steps to make.
    pub fn recipes(&self) -> Vec<String> {
        self.table["recipes"].as_object().unwrap().keys().cloned().collect()
    }

    /// A path of the entity type with what it belongs to in the place of placeholders.
    pub fn path(&self, stripe: &Stripe, entity: &Entity, path: &str, id: &str) -> String {
        let mut places = self.table["places"][&entity.key].as_array().into_iter().flatten();
        let mut part = |part: &str| match part {
            "{id}" => id.to_owned(),
            part if part.starts_with('{') => {
                let place = places.next().unwrap_or_else(|| panic!("{} has no place for {part}", entity.key));
                self.told(stripe, place, "").as_str().unwrap().to_owned()
            }
            part => part.to_owned(),
        };
        path.split('/').map(&mut part).collect::<Vec<_>>().join("/")
    }

    /// Whether an object of that type can be made for a reference.
    pub fn makes(&self, object: &str) -> bool {
        let creates = catalog().by_key(object).is_some_and(Entity::creates);
        self.table["recipes"].get(object).is_some() || creates && !self.missing(object, "Create")
    }

    /// What has to be there before anything else: money to pay out.
    pub fn before(&self, stripe: &Stripe) {
        for step in self.table["before"].as_array().unwrap() {
            self.step(stripe, step, "");
        }
    }

    /// What has to be done with a new object before it can be changed.
    pub fn after(&self, stripe: &Stripe, entity: &Entity, id: &str) {
        for step in self.table["after"][&entity.key].as_array().into_iter().flatten() {
            self.step(stripe, step, id);
        }
    }

    /// A value with what its references stand for.
    pub fn told(&self, stripe: &Stripe, value: &Json, last: &str) -> Json {
        match value {
            Json::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), self.told(stripe, value, last))).collect()
            }
            Json::Array(items) => items.iter().map(|item| self.told(stripe, item, last)).collect(),
            Json::String(text) => match text.split_once('@') {
                Some((before, "unique")) => json!(format!("{before}{:032x}", self.unique())),
                Some((before, "number")) => {
                    let number = self.unique() % 900_000_000 + 100_000_000;
                    json!(format!("{before}{number}"))
                }
                Some(("", "tomorrow")) => json!(self.now + DAY),
                Some(("", "later")) => json!(self.now + 2 * DAY),
                Some(("", "last")) => json!(last),
                Some(("", name)) => json!(self.reference(stripe, name)),
                _ => value.clone(),
            },
            plain => plain.clone(),
        }
    }

    /// The id of an object that was made for references, once; behind `new:`, of another one
    /// each time.
    pub fn reference(&self, stripe: &Stripe, name: &str) -> String {
        let (name, is_new) = name.strip_prefix("new:").map_or((name, false), |name| (name, true));
        if let Some(id) = self.made.borrow().get(name).filter(|_| !is_new) {
            return id.clone();
        }
        let id = if let Some(steps) = self.table["recipes"][name].as_array() {
            self.steps(stripe, steps)
        } else {
            let entity = catalog().by_key(name).unwrap_or_else(|| panic!("nothing is called {name}"));
            let path = &entity.operation(OperationKind::Create).unwrap().path;
            let params = self.params(stripe, entity);
            let made = stripe.done("POST", &self.path(stripe, entity, path, ""), &params);
            made["id"].as_str().unwrap().to_owned()
        };
        self.made.borrow_mut().insert(name.to_owned(), id.clone());
        id
    }

    /// Makes the objects that references name anew from here on.
    fn forget(&self) {
        self.made.borrow_mut().clear();
    }

    /// Does steps one after the other, each with the id of the one before it; answers with the last.
    pub fn steps(&self, stripe: &Stripe, steps: &[Json]) -> String {
        steps.iter().fold(String::new(), |last, step| self.step(stripe, step, &last))
    }

    fn step(&self, stripe: &Stripe, step: &Json, last: &str) -> String {
        let params = self.told(stripe, &step["params"], last);
        let made = match step["upload"].as_str() {
            Some(path) => stripe.upload(path, &params),
            None => stripe.done("POST", &step["post"].as_str().unwrap().replace("@last", last), &params),
        };
        made[step["field"].as_str().unwrap_or("id")].as_str().unwrap().to_owned()
    }
}

/// One day in seconds.
pub const DAY: i64 = 86_400;

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// What Stripe demands.
pub fn demanded(params: &[Member]) -> Map<String, Json> {
    demanded_at(params, now())
}

/// A sample of what a param takes.
pub fn value(param: &Member) -> Json {
    value_at(param, now())
}

/// What Stripe demands, where it is that time.
fn demanded_at(params: &[Member], now: i64) -> Map<String, Json> {
    let required = params.iter().filter(|param| param.shape.is_required());
    required.map(|param| (param.name.clone(), value_at(param, now))).collect()
}

/// A sample of what a param takes: an object has what is demanded of it.
fn value_at(param: &Member, now: i64) -> Json {
    match (param.name.as_str(), &param.shape.kind) {
        ("currency", _) => json!("usd"),
        ("country", _) => json!("US"),
        (name, Kind::Text { .. }) if name.ends_with("url") => json!("https://example.com/here"),
        (name, Kind::Integer) => json!(NumberRange::of(name).and_then(|range| range.most).unwrap_or(100)),
        _ => of_shape(&param.shape, now),
    }
}

fn of_shape(shape: &Shape, now: i64) -> Json {
    match &shape.kind {
        Kind::Enum(values) => json!(values[0]),
        Kind::Currency => json!("usd"),
        Kind::Id(_) | Kind::Text { .. } => json!("example"),
        Kind::Integer => json!(100),
        Kind::Decimal => json!("1.5"),
        Kind::Number => json!(1.5),
        Kind::Boolean => json!(true),
        Kind::Time | Kind::Range => json!(now + DAY),
        Kind::DateTime => json!("2030-01-01T00:00:00Z"),
        Kind::Object(params) => Json::Object(demanded_at(params, now)),
        Kind::List(item) | Kind::Set(item) => json!([of_shape(item, now)]),
        Kind::Map(value) => json!({ "name": of_shape(value, now) }),
        Kind::Union(shapes) => of_shape(&shapes[0], now),
        Kind::Any | Kind::File | Kind::Page(_) | Kind::Whole(_) => Json::Null,
    }
}
