//! The cells of the arguments that one object has: each is changed, taken away, set again, and changed
//! by somebody else.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use stripe_provider::catalog::{Entity, Member, OperationKind, Removal, Restoration, find};
use stripe_provider::terraform::value::{Entries, Value};

use crate::config::config;
use crate::ledger::{Cell, Ledger};
use crate::samples::Sample;
use crate::support::terraform::{Action, Object};
use crate::world::{World, at, difference};

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

/// A type, and where what comes of its cells is noted.
pub struct Of<'a> {
    pub world: &'a mut World,
    pub ledger: &'a mut Ledger,
    pub name: &'a str,
    pub entity: &'static Entity,
}

/// One object and the params that it has now.
pub struct Rows<'a, 'w> {
    pub of: &'a mut Of<'w>,
    pub object: Object,
    pub params: Map<String, Json>,
    /// The names of all params that the object ever had.
    pub written: BTreeSet<String>,
}

impl Rows<'_, '_> {
    /// Every cell of every row.
    pub fn cells(&mut self, rows: Vec<Row>) {
        let id = self.id();
        self.of.world.setups.after(&self.of.world.stripe, self.of.entity, &id);
        self.catch_up();
        for Row { param, sample } in rows {
            self.of.ledger.note(self.of.name, &param.name, "set", Ok(()));
            if let Some(second) = &sample.second {
                let outcome = self.changed(param, &sample.first, second);
                self.of.ledger.note(self.of.name, &param.name, "change", outcome);
            }
            if !param.shape.is_required() {
                let outcome = self.unset(param);
                self.of.ledger.note(self.of.name, &param.name, "unset", outcome);
                let outcome = self.set_back(param, &sample.first);
                self.of.ledger.note(self.of.name, &param.name, "set back", outcome);
            }
            let outcome = self.set_again(param, &sample);
            self.of.ledger.note(self.of.name, &param.name, "set later", outcome);
            if let Some(second) = &sample.second
                && let Some(outcome) = self.drift(param, second)
            {
                self.of.ledger.note(self.of.name, &param.name, "drift", outcome);
            }
        }
    }

    fn id(&self) -> String {
        self.object.state.get("id").as_str().unwrap_or_default().to_owned()
    }

    fn update(&self) -> &'static [Member] {
        self.of.entity.operation(OperationKind::Update).map(|it| it.params.as_slice()).unwrap_or_default()
    }

    /// The state as the object is now, whatever came before.
    fn catch_up(&mut self) {
        if let Ok(now) = self.of.world.refresh(self.of.name, &self.object)
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
        let in_place = updates || self.of.entity.acts_at_creation(&param.name);
        let either = self.of.entity.items.contains_key(&param.name) || !updates && first.is_object();
        let is_modifier = self.of.entity.is_modifier(&param.name);
        self.unknown(param, &wanted)?;
        self.of_a_provider_before(param, first, &wanted)?;
        let expected = match in_place {
            _ if is_modifier => Action::Nothing,
            true => Action::Update,
            false => Action::Replace,
        };
        self.step(wanted, |action| action == expected || either && action != Action::Nothing)
    }

    /// Not known yet: planned as a new object, if what it turns out to be needs one. An apply cannot make that of an
    /// update.
    fn unknown(&mut self, param: &Member, wanted: &Map<String, Json>) -> Result<(), Cell> {
        let world = &mut *self.of.world;
        let mut written = config(&world.block(self.of.name), wanted);
        if written.get(&param.name).is_null() {
            return Ok(());
        }
        written.set(&param.name, Value::Unknown);
        let unknown = world.plan_written(self.of.name, &self.object, &written).map_err(at("plan unknown"));
        let known = world.plan(self.of.name, &self.object, Some(wanted)).map_err(at("plan"));
        let (unknown, known) = (unknown.map_err(Cell::of)?.action, known.map_err(Cell::of)?.action);
        if known == Action::Replace && unknown != Action::Replace {
            return Err(Cell::Failed(format!("unknown it is planned to {unknown:?}")));
        }
        Ok(())
    }

    /// In a state that another provider wrote: as it was nothing is planned, and another value that only a new object can
    /// have needs one. What that state lacks counts as it is wanted.
    fn of_a_provider_before(
        &mut self,
        param: &Member,
        first: &Json,
        wanted: &Map<String, Json>,
    ) -> Result<(), Cell> {
        let (world, name) = (&mut *self.of.world, self.of.name);
        if world.block(name).attributes.iter().any(|it| it.name == param.name && it.write_only) {
            return Ok(());
        }
        let known = world.plan(name, &self.object, Some(wanted)).map_err(at("plan")).map_err(Cell::of)?;
        let foreign = Object { private: b"null".to_vec(), ..self.object.clone() };
        // What such a state does not say where to find is imported.
        let Ok(read) = world.refresh(name, &foreign) else { return Ok(()) };
        if self.of.entity.operation(OperationKind::Get).is_none() {
            return Ok(());
        }
        let plan = world.plan(name, &read, Some(wanted)).map_err(at("plan as foreign")).map_err(Cell::of)?;
        let is_same = (known.action == Action::Replace) == (plan.action == Action::Replace);
        let mut kept = self.params.clone();
        kept.insert(param.name.clone(), first.clone());
        let unchanged =
            world.plan(name, &read, Some(&kept)).map_err(at("plan unchanged")).map_err(Cell::of)?;
        let told = || difference(&read.state, &unchanged.planned.state);
        let is_said = self.of.entity.field(&param.name).is_none();
        let differs = read.state.get(&param.name) != unchanged.planned.state.get(&param.name);
        match unchanged.action {
            _ if !is_same => Err(Cell::Failed(format!("{:?}, as foreign {:?}", known.action, plan.action))),
            Action::Replace if is_said && differs => {
                Err(Cell::Failed(format!("foreign and unchanged: {}", told())))
            }
            _ => Ok(()),
        }
    }

    /// Taken away: unset, or said to stay, never by a new object.
    fn unset(&mut self, param: &Member) -> Result<(), Cell> {
        let mut wanted = self.params.clone();
        wanted.shift_remove(&param.name);
        self.step(wanted, |action| action != Action::Replace)
    }

    /// Written as it was before it was taken away, which Stripe holds or an update brings back, and taken away again.
    /// Which secret Stripe holds is not remembered.
    fn set_back(&mut self, param: &Member, first: &Json) -> Result<(), Cell> {
        let without = self.params.clone();
        let mut wanted = without.clone();
        wanted.insert(param.name.clone(), first.clone());
        let is_secret = param.shape.holds_secret();
        self.step(wanted, |action| action != Action::Replace || is_secret)?;
        self.step(without, |action| action != Action::Replace)
    }

    /// Written on an object that is there without it; as it was where a new object would be needed
    /// for another value, unless there is one only.
    fn set_again(&mut self, param: &Member, sample: &Sample) -> Result<(), Cell> {
        let updates = find(self.update(), &param.name).is_some();
        let other = sample.second.as_ref().filter(|_| !updates);
        let mut wanted = self.params.clone();
        wanted.insert(param.name.clone(), other.unwrap_or(&sample.first).clone());
        let replaces = other.is_some() && !self.of.entity.acts_at_creation(&param.name);
        let by_path = sample.first.is_object();
        self.step(wanted, |action| match action {
            Action::Replace => replaces || by_path,
            _ => !replaces || by_path,
        })
    }

    /// From what is to what is wanted, unless that takes a new object; then nothing is left to do.
    fn step(&mut self, wanted: Map<String, Json>, expected: impl Fn(Action) -> bool) -> Result<(), Cell> {
        let plan = self
            .of
            .world
            .plan(self.of.name, &self.object, Some(&wanted))
            .map_err(at("plan"))
            .map_err(Cell::of)?;
        let is_replaced = plan.action == Action::Replace && self.is_archived_for_good();
        if !expected(plan.action) && !is_replaced {
            return Err(Cell::Failed(format!("planned to {:?}", plan.action)));
        }
        if plan.action == Action::Replace {
            return Ok(());
        }
        match self.of.world.apply(self.of.name, &plan).map_err(at("apply")) {
            Ok(object) => (self.object, self.params) = (object, wanted),
            Err(why) => {
                self.catch_up();
                return Err(Cell::of(why));
            }
        }
        self.is_true().map_err(Cell::Failed)?;
        self.of.world.idle(self.of.name, &self.object, &self.params).map_err(Cell::Failed)
    }

    /// Whether its own params have archived the object, and Stripe does not bring it back.
    fn is_archived_for_good(&self) -> bool {
        let Removal::Archive { param, value } = &self.of.entity.removal else { return false };
        self.of.entity.restoration == Restoration::Replace && self.params.get(param) == Some(value)
    }

    /// What nobody ever wrote is in the state as a read shows it.
    fn is_true(&mut self) -> Result<(), String> {
        let now = self.of.world.refresh(self.of.name, &self.object).map_err(at("read again"))?;
        let (was, is) = (&self.object.state, &now.state);
        let names = is.as_map().into_iter().flat_map(Entries::keys).map(AsRef::<str>::as_ref);
        let unwritten = names.filter(|name| !self.written.contains(*name) && *name != "output");
        let stale: Vec<&str> = unwritten.filter(|name| was.get(name) != is.get(name)).collect();
        if stale.is_empty() { Ok(()) } else { Err(format!("{stale:?} are not as the state says")) }
    }

    /// Somebody else changes it: where Stripe shows it, the state says so, and a plan takes it back.
    fn drift(&mut self, param: &Member, second: &Json) -> Option<Result<(), Cell>> {
        let update = self.of.entity.operation(OperationKind::Update)?;
        find(&update.params, &param.name)?;
        let id = self.id();
        let path = self.of.world.setups.path(&self.of.world.stripe, self.of.entity, &update.path, &id);
        let (_, before) = self.of.world.stripe.call("GET", &path, &Json::Null);
        let (status, after) = self.of.world.stripe.call(
            "POST",
            &path,
            &Json::Object([(param.name.clone(), second.clone())].into_iter().collect()),
        );
        let shown = before.get(&param.name) != after.get(&param.name);
        let is_seen = status == 200 && shown && self.params.contains_key(&param.name);
        is_seen.then(|| self.seen(param)).flatten()
    }

    /// What a read shows of it; none where Stripe answers an object in another form than it takes.
    fn seen(&mut self, param: &Member) -> Option<Result<(), Cell>> {
        let was = self.object.clone();
        self.object = match self.of.world.refresh(self.of.name, &was).map_err(at("read")) {
            Ok(now) => now,
            Err(why) => return Some(Err(Cell::of(why))),
        };
        let names = [param.name.clone(), format!("stripe_{}", param.name)];
        let is_shown = names.iter().any(|name| self.object.state.get(name) != was.state.get(name));
        if !is_shown && param.shape.members().is_some() {
            return None;
        }
        if !is_shown {
            return Some(Err(Cell::Failed("the state does not show what became of it".to_owned())));
        }
        let wanted = self.params.clone();
        Some(self.step(wanted, |action| action != Action::Nothing))
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
