//! The cells of the arguments that one object has: each is changed, taken away, set again, and changed
//! by somebody else.

use serde_json::{Map, Value as Json};
use stripe_provider::catalog::{Entity, Member, OperationKind, find};

use crate::ledger::{Cell, Ledger};
use crate::samples::Sample;
use crate::support::terraform::{Action, Object};
use crate::world::{World, at};

/// A param with samples of it.
#[derive(Debug, Clone)]
pub struct Row {
    pub param: &'static Member,
    pub sample: Sample,
}

impl Row {
    /// Resolves what its samples refer to.
    pub fn tell(&mut self, world: &World) {
        let told = |value: &Json| world.setups.told(&world.stripe, value, "");
        self.sample.first = told(&self.sample.first);
        self.sample.second = self.sample.second.as_ref().map(told);
        self.sample.beside = self.sample.beside.iter().map(|(name, it)| (name.clone(), told(it))).collect();
    }
}

/// One object and the params that it has now.
pub struct Rows<'a> {
    world: &'a mut World,
    ledger: &'a mut Ledger,
    name: &'a str,
    entity: &'static Entity,
    object: Object,
    params: Map<String, Json>,
}

impl<'a> Rows<'a> {
    pub fn new(
        world: &'a mut World,
        ledger: &'a mut Ledger,
        name: &'a str,
        entity: &'static Entity,
        object: Object,
        params: Map<String, Json>,
    ) -> Self {
        Self { world, ledger, name, entity, object, params }
    }

    /// Every cell of every row.
    pub fn cells(&mut self, rows: Vec<Row>) {
        let id = self.id();
        self.world.setups.after(&self.world.stripe, self.entity, &id);
        self.catch_up();
        for Row { param, sample } in rows {
            self.ledger.note(self.name, &param.name, "set", Ok(()));
            if let Some(second) = &sample.second {
                let outcome = self.changed(param, &sample.first, second);
                self.ledger.note(self.name, &param.name, "change", outcome);
            }
            if !param.shape.is_required() {
                let outcome = self.unset(param);
                self.ledger.note(self.name, &param.name, "unset", outcome);
            }
            let outcome = self.set_again(param, &sample.first);
            self.ledger.note(self.name, &param.name, "set later", outcome);
            if let Some(second) = &sample.second
                && let Some(outcome) = self.drift(param, second)
            {
                self.ledger.note(self.name, &param.name, "drift", outcome);
            }
        }
    }

    fn id(&self) -> String {
        self.object.state.get("id").as_str().unwrap_or_default().to_owned()
    }

    fn update(&self) -> &'static [Member] {
        self.entity.operation(OperationKind::Update).map(|it| it.params.as_slice()).unwrap_or_default()
    }

    /// The state as the object is now, whatever came before.
    fn catch_up(&mut self) {
        if let Ok(now) = self.world.refresh(self.name, &self.object)
            && !now.state.is_null()
        {
            self.object = now;
        }
    }

    /// Another value: an update, or a new object where no update takes it.
    fn changed(&mut self, param: &Member, first: &Json, second: &Json) -> Result<(), Cell> {
        let mut wanted = self.params.clone();
        wanted.insert(param.name.clone(), second.clone());
        let updates = find(self.update(), &param.name).is_some_and(|it| takes(it, first, second));
        let either = self.entity.items.contains_key(&param.name);
        let expected = if updates { Action::Update } else { Action::Replace };
        self.step(wanted, |action| action == expected || either && action != Action::Nothing)
    }

    /// Taken away: unset, or said to stay, never by a new object.
    fn unset(&mut self, param: &Member) -> Result<(), Cell> {
        let mut wanted = self.params.clone();
        wanted.shift_remove(&param.name);
        self.step(wanted, |action| action != Action::Replace)
    }

    /// Written on an object that is there without it.
    fn set_again(&mut self, param: &Member, first: &Json) -> Result<(), Cell> {
        let mut wanted = self.params.clone();
        wanted.insert(param.name.clone(), first.clone());
        let updates = find(self.update(), &param.name).is_some();
        let by_path = first.is_object();
        self.step(wanted, |action| match action {
            Action::Update => updates,
            Action::Replace => !updates || by_path,
            action => action == Action::Nothing && param.shape.is_required(),
        })
    }

    /// From what is to what is wanted, unless that takes a new object; then nothing is left to do.
    fn step(
        &mut self,
        wanted: Map<String, Json>,
        expected: impl Fn(Action) -> bool,
    ) -> Result<(), Cell> {
        let plan = self.world.plan(self.name, &self.object, Some(&wanted)).map_err(at("plan")).map_err(Cell::of)?;
        if !expected(plan.action) {
            return Err(Cell::Failed(format!("planned to {:?}", plan.action)));
        }
        if plan.action == Action::Replace {
            return Ok(());
        }
        match self.world.apply(self.name, &plan).map_err(at("apply")) {
            Ok(object) => (self.object, self.params) = (object, wanted),
            Err(why) => {
                self.catch_up();
                return Err(Cell::of(why));
            }
        }
        self.world.idle(self.name, &self.object, &self.params).map_err(Cell::Failed)
    }

    /// Somebody else changes it: where Stripe shows it, the state says so, and a plan takes it back.
    fn drift(&mut self, param: &Member, second: &Json) -> Option<Result<(), Cell>> {
        let update = self.entity.operation(OperationKind::Update)?;
        find(&update.params, &param.name)?;
        let id = self.id();
        let path = self.world.setups.path(&self.world.stripe, self.entity, &update.path, &id);
        let (_, before) = self.world.stripe.call("GET", &path, &Json::Null);
        let (status, after) =
            self.world.stripe.call("POST", &path, &Json::Object([(param.name.clone(), second.clone())].into_iter().collect()));
        let shown = before.get(&param.name) != after.get(&param.name);
        (status == 200 && shown && self.params.contains_key(&param.name)).then(|| self.seen(param))
    }

    fn seen(&mut self, param: &Member) -> Result<(), Cell> {
        let was = self.object.clone();
        self.object = self.world.refresh(self.name, &was).map_err(at("read")).map_err(Cell::of)?;
        if self.object.state == was.state {
            return Err(Cell::Failed(format!("the state does not show what became of {}", param.name)));
        }
        let wanted = self.params.clone();
        self.step(wanted, |action| action != Action::Nothing)
    }
}

/// Whether an update takes all in which two values differ.
fn takes(param: &Member, first: &Json, second: &Json) -> bool {
    match (param.shape.members(), first, second) {
        (Some(members), Json::Object(first), Json::Object(second)) => {
            let differing = second.iter().filter(|(name, value)| first.get(*name) != Some(*value));
            differing.into_iter().all(|(name, second)| {
                let null = Json::Null;
                find(members, name).is_some_and(|it| takes(it, first.get(name).unwrap_or(&null), second))
            })
        }
        _ => true,
    }
}
