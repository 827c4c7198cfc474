//! What the params of a call must be together, and what a single one takes beyond its kind: `constraint.toml`.
//!
//! # Theory
//!
//! A plan knows some params and knows of others only that they may come: what is not known yet is there and is not
//! there, has every value and none. So a rule is met where it is met whatever becomes known, and nothing that Stripe
//! may take is refused. The sandbox asks the same of the params of a call, which are all known.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::catalog::embedded::embedded_table;

mod step;

pub use step::{Step, StepFault};

/// What params must be, of one object or of one call.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Constraints {
    /// Params of which a call may have one.
    pub exclusive: Vec<(String, String)>,
    /// What a number must be at least.
    pub least: BTreeMap<String, i32>,
    /// What a number may be at most.
    pub most: BTreeMap<String, f64>,
    /// The most characters of a text.
    pub longest: BTreeMap<String, usize>,
    /// Texts that are web addresses.
    pub urls: Vec<String>,
    /// Texts that are mail addresses.
    pub emails: Vec<String>,
    /// The most items of a list.
    pub items: BTreeMap<String, usize>,
    /// Lists, with the member that rises from item to item and is `inf` in the last.
    pub steps: BTreeMap<String, String>,
    /// What else is refused.
    pub rules: Vec<Condition>,
}

/// Params that Stripe does not take together, or not alone.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// One of these is there.
    pub given: Vec<String>,
    /// None of these is there.
    pub lacks: Vec<String>,
    /// All of these have their value.
    pub when: BTreeMap<String, Json>,
    /// Not all of these have their value.
    pub unless: BTreeMap<String, Json>,
    /// These times have come.
    pub past: Vec<String>,
    /// These numbers are above their bounds.
    pub above: BTreeMap<String, f64>,
    /// The param that is named, where it is not the first one.
    pub param: Option<String>,
    /// What Stripe says; without it a param is missing.
    pub message: Option<String>,
    /// Stripe's code.
    pub code: Option<String>,
}

/// A constraint that params violate.
#[derive(Debug, Clone, Copy)]
pub enum Violation<'t> {
    /// Both params are set, of which a call may have one.
    Exclusive(&'t str, &'t str),
    /// The condition is met.
    Met(&'t Condition),
    /// The number is below this one.
    TooLow(&'t str, i32),
    /// The number is above this one.
    TooHigh(&'t str, f64),
    /// The text has more characters.
    TooLong(&'t str, usize),
    /// The list has more items.
    TooMany(&'t str, usize),
    /// The text is not a web address.
    NoUrl(&'t str),
    /// The text is not a mail address.
    NoEmail(&'t str),
    /// An item of the list does not continue its steps.
    Step(Step<'t>),
}

/// The params of a call, as far as they are known.
#[derive(Debug, Clone, Copy)]
pub struct Known<'p> {
    /// The params whose values are known.
    pub params: &'p Map<String, Json>,
    /// Paths of params that are not known yet.
    pub unknown: &'p [Vec<String>],
    /// The time, in seconds since 1970.
    pub now: i64,
}

static TABLE: LazyLock<BTreeMap<String, Constraints>> =
    LazyLock::new(|| embedded_table!("catalog/constraint.toml"));

/// Every constraint, by what it is of: `coupon` for each of its params, `coupon.Create` for all of a create.
pub fn constraints() -> &'static BTreeMap<String, Constraints> {
    &TABLE
}

impl Constraints {
    /// The constraints that are violated whatever becomes known.
    pub fn violations<'t>(&'t self, known: Known<'t>) -> impl Iterator<Item = Violation<'t>> {
        let both = move |pair: &&(String, String)| known.has(&pair.0) && known.has(&pair.1);
        let pairs =
            self.exclusive.iter().filter(both).map(|(first, second)| Violation::Exclusive(first, second));
        let met = self.rules.iter().filter(move |rule| rule.is_met(known)).map(Violation::Met);
        let misstepped = self.steps.iter().filter_map(move |(list, member)| Step::wrong(known, list, member));
        let all = pairs.chain(met).chain(self.limit_violations(known)).chain(self.address_violations(known));
        all.chain(misstepped.map(Violation::Step))
    }

    fn limit_violations<'t>(&'t self, known: Known<'t>) -> impl Iterator<Item = Violation<'t>> {
        let number = move |path: &str| known.at(path).and_then(number_in);
        let length = move |path: &str| known.at(path)?.as_str().map(|text| text.chars().count());
        let count = move |path: &str| known.at(path)?.as_array().map(Vec::len);
        let low = self
            .least
            .iter()
            .filter(move |(path, least)| number(path).is_some_and(|it| it < f64::from(**least)));
        let high = self.most.iter().filter(move |(path, most)| number(path).is_some_and(|it| it > **most));
        let long = self.longest.iter().filter(move |(path, most)| length(path).is_some_and(|it| it > **most));
        let many = self.items.iter().filter(move |(path, most)| count(path).is_some_and(|it| it > **most));
        low.map(|(path, least)| Violation::TooLow(path, *least))
            .chain(high.map(|(path, most)| Violation::TooHigh(path, *most)))
            .chain(long.map(|(path, most)| Violation::TooLong(path, *most)))
            .chain(many.map(|(path, most)| Violation::TooMany(path, *most)))
    }

    fn address_violations<'t>(&'t self, known: Known<'t>) -> impl Iterator<Item = Violation<'t>> {
        let text = move |path: &str| known.at(path).and_then(Json::as_str);
        let urls = self.urls.iter().filter(move |path| text(path).is_some_and(|it| !is_url(it)));
        let emails = self.emails.iter().filter(move |path| text(path).is_some_and(|it| !is_email(it)));
        urls.map(|path| Violation::NoUrl(path)).chain(emails.map(|path| Violation::NoEmail(path)))
    }
}

impl Condition {
    fn is_met(&self, known: Known<'_>) -> bool {
        let has_one = self.given.is_empty() || self.given.iter().any(|path| known.has(path));
        let has_come =
            |path: &String| known.at(path).and_then(Json::as_i64).is_some_and(|at| at <= known.now);
        has_one
            && self.lacks.iter().all(|path| known.lacks(path))
            && self.when.iter().all(|(path, values)| known.is(path, values))
            && (self.unless.is_empty() || self.unless.iter().any(|(path, values)| known.is_not(path, values)))
            && self.past.iter().all(has_come)
            && self
                .above
                .iter()
                .all(|(path, most)| known.at(path).and_then(number_in).is_some_and(|it| it > *most))
    }

    /// Whether it is that a param is missing.
    pub fn is_of_missing(&self) -> bool {
        !self.lacks.is_empty() && (self.message.is_none() || self.given.is_empty() && self.past.is_empty())
    }

    /// The param that a refusal names.
    pub fn about(&self, params: &Map<String, Json>) -> &str {
        let known = Known { params, unknown: &[], now: 0 };
        let there = self.given.iter().find(|path| known.has(path));
        let about = self
            .param
            .as_ref()
            .or(there)
            .or(self.lacks.first())
            .or(self.past.first())
            .or(self.above.keys().next());
        about.map_or("", String::as_str)
    }
}

impl<'p> Known<'p> {
    /// What stands at a path and says something.
    pub fn at(&self, path: &str) -> Option<&'p Json> {
        let mut names = path.split('.');
        let first = self.params.get(names.next()?)?;
        names.try_fold(first, |found, name| found.get(name)).filter(|found| says_something(found))
    }

    /// Whether something stands there.
    fn has(&self, path: &str) -> bool {
        self.at(path).is_some()
    }

    /// Whether nothing stands there, and nothing will.
    fn lacks(&self, path: &str) -> bool {
        let path: Vec<&str> = path.split('.').collect();
        let is_at = |unknown: &Vec<String>| unknown.iter().zip(&path).all(|(one, other)| one == other);
        !self.has(&path.join(".")) && !self.unknown.iter().any(is_at)
    }

    /// Whether one of these values stands there; the empty text is nothing at all.
    fn is(&self, path: &str, values: &Json) -> bool {
        one_of(values).iter().any(|value| match self.at(path) {
            Some(found) => found == value,
            None => *value == "" && self.lacks(path),
        })
    }

    /// Whether none of these values stands there, whatever becomes known.
    fn is_not(&self, path: &str, values: &Json) -> bool {
        (self.has(path) || self.lacks(path)) && !self.is(path, values)
    }
}

/// Whether a text is an address with a scheme; `{CHECKOUT_SESSION_ID}` may stand in it.
fn is_url(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty())
}

/// Whether a text is a mail address: a name and a host.
fn is_email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

/// A number, or the number that a text of digits is.
fn number_in(value: &Json) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn one_of(values: &Json) -> &[Json] {
    values.as_array().map_or(std::slice::from_ref(values), Vec::as_slice)
}

/// Whether a form has a value at all: what is empty, at every depth, is not sent.
fn says_something(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::String(text) => !text.is_empty(),
        Json::Array(items) => !items.is_empty(),
        Json::Object(members) => members.values().any(says_something),
        _ => true,
    }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
