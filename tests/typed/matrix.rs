//! Every argument of every typed resource: set, changed, taken away, set again, changed by somebody
//! else, imported, and misspelt at every level.
//!
//! `LEDGER=FOLDER` writes what was skipped, and why.

use serde_json::{Map, Value as Json};
use stripe_provider::catalog::{Member, other_spelling};

use crate::cells::{Of, Row, Rows};
use crate::imports;
use crate::ledger::{Cell, Ledger};
use crate::samples::{Sample, Samples};
use crate::support::terraform::Object;
use crate::world::{World, typed};

#[test]
fn every_argument_is_set_changed_and_taken_away() {
    part(0);
}

#[test]
fn every_argument_is_set_changed_and_taken_away_of_the_other_half() {
    part(1);
}

/// Every second type, so that the halves run side by side. `ONLY=stripe_price` leaves one.
fn part(half: usize) {
    let (samples, mut ledger, mut world) = (Samples::read(), Ledger::default(), World::new());
    let only = std::env::var("ONLY").unwrap_or_default();
    for (name, entity) in typed().iter().skip(half).step_by(2) {
        if only.is_empty() || only.split(',').any(|it| it == name) {
            let of = Of { world: &mut world, ledger: &mut ledger, name, entity };
            Type { of, samples: &samples }.cells();
        }
    }
    ledger.hold();
}

/// One type, with samples.
struct Type<'a> {
    of: Of<'a>,
    samples: &'a Samples,
}

/// Params that Stripe took together, and the object that has them all.
struct Group {
    rows: Vec<Row>,
    params: Map<String, Json>,
    object: Object,
}

impl Type<'_> {
    fn cells(&mut self) {
        let least = self.of.world.params(self.of.entity);
        let made = self.of.world.made(self.of.name, &least).map_err(Cell::Failed);
        let rows = self.rows(&least);
        match made {
            Err(cell) => return self.of.ledger.note(self.of.name, "", "least", Err(cell)),
            Ok(object) => {
                self.of.ledger.note(self.of.name, "", "least", Ok(()));
                if rows.is_empty() {
                    imports::cells(&mut self.of, &object, &least);
                }
            }
        }
        let (mut waiting, alone): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|row| row.sample.is_sociable());
        let mut is_first = true;
        while !waiting.is_empty() {
            let (group, rest) = self.together(waiting);
            waiting = rest;
            if let Some(group) = group {
                self.group(group, is_first);
                is_first = false;
            }
        }
        for row in alone {
            if let (Some(group), _) = self.together(vec![row]) {
                self.group(group, is_first);
                is_first = false;
            }
        }
    }

    /// The cells of a group, and of the import of the first one.
    fn group(&mut self, Group { rows, params, object }: Group, is_first: bool) {
        if is_first {
            imports::cells(&mut self.of, &object, &params);
        }
        let written = params.keys().cloned().collect();
        Rows { of: &mut self.of, object, params, written }.cells(rows);
    }

    /// What is no part of the least object, with samples.
    fn rows(&mut self, least: &Map<String, Json>) -> Vec<Row> {
        let parents = self.of.entity.parents();
        let optional = self.of.entity.params().iter().filter(|param| {
            !least.contains_key(&param.name) && !parents.contains(&param.name.as_str()) && param.name != "id"
        });
        let mut rows = Vec::new();
        for param in optional {
            let sample = self.sample(param, least);
            match &sample.skip {
                Some(why) => {
                    let skipped = Err(Cell::Skipped(why.clone()));
                    self.of.ledger.note(self.of.name, &param.name, "set", skipped);
                }
                None => rows.push(Row { param, sample }),
            }
        }
        rows
    }

    /// A sample, with the type that names the param and without the spelling it stands in for.
    fn sample(&self, param: &Member, least: &Map<String, Json>) -> Sample {
        let mut sample = self.samples.of(&self.of.world.setups, self.of.name, param);
        let twin = other_spelling(self.of.entity.params(), &param.name);
        if let Some(twin) = twin.filter(|twin| least.contains_key(&twin.name)) {
            sample.without.push(twin.name.clone());
        }
        let types = self.of.entity.params().iter().find(|it| it.name == "type");
        let kinds = types.map(|it| it.shape.values()).unwrap_or_default();
        if let Some(Json::String(kind)) = least.get("type").filter(|_| kinds.contains(&param.name)) {
            sample.without.push(kind.clone());
            sample.beside.entry("type").or_insert_with(|| Json::from(param.name.clone()));
        }
        sample
    }

    /// The largest part of the rows that Stripe takes together, and the rest.
    fn together(&mut self, mut rows: Vec<Row>) -> (Option<Group>, Vec<Row>) {
        let mut rest = Vec::new();
        loop {
            for row in &mut rows {
                row.tell(self.of.world);
            }
            let params = self.with(&rows);
            let why = match self.of.world.made(self.of.name, &params) {
                Ok(object) => return (Some(Group { rows, params, object }), rest),
                Err(why) => why,
            };
            if let [row] = rows.as_slice() {
                self.of.ledger.note(self.of.name, &row.param.name, "set", Err(Cell::of(why)));
                return (None, rest);
            }
            match rows.iter().position(|row| blames(&why, &row.param.name)) {
                Some(at) => rest.push(rows.remove(at)),
                None => rest.extend(rows.split_off(rows.len().div_ceil(2))),
            }
        }
    }

    /// The params of a new object that has these rows.
    fn with(&mut self, rows: &[Row]) -> Map<String, Json> {
        let mut params = self.of.world.params(self.of.entity);
        for row in rows {
            row.sample.without.iter().for_each(|name| drop(params.shift_remove(name)));
            params.extend(row.sample.beside.clone());
        }
        params.extend(rows.iter().map(|row| (row.param.name.clone(), row.sample.first.clone())));
        params
    }
}

/// Whether a refusal names a param.
fn blames(why: &str, param: &str) -> bool {
    let refused = ["param {},", "param {}[", "`{}` sets", "Refuse: `{}`"];
    refused.map(|told| told.replace("{}", param)).iter().any(|it| why.contains(it))
}
