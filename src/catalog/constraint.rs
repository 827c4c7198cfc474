//! Constraints on the params of a call, on several together or on the value of one beyond its kind:
//! `constraint.toml`.
//!
//! # Theory
//!
//! A plan knows some params, and of others only that they may come: an unknown param may be present or
//! absent, and may have any value. So a constraint counts as violated only if it is violated whatever
//! becomes known, and nothing that Stripe may accept is refused. The sandbox applies the same constraints
//! to the params of a call, which are all known.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::catalog::embedded::embedded_table;

mod step;

pub use step::{Step, StepFault};

/// The constraints on the params of one object or of one call.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Constraints {
    /// Pairs of params of which a call may have one.
    pub exclusive: Vec<(String, String)>,
    /// The minimum of each number.
    pub least: BTreeMap<String, i32>,
    /// The maximum of each number.
    pub most: BTreeMap<String, f64>,
    /// The maximum length of each text, in characters.
    pub longest: BTreeMap<String, usize>,
    /// Texts that must be web addresses.
    pub urls: Vec<String>,
    /// Texts that must be mail addresses.
    pub emails: Vec<String>,
    /// The maximum number of items of each list.
    pub items: BTreeMap<String, usize>,
    /// Lists, each with the member that rises from item to item and is `inf` in the last.
    pub steps: BTreeMap<String, String>,
    /// Other conditions that are refused.
    pub rules: Vec<Condition>,
}

/// Params that Stripe does not accept together, or not alone.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// At least one of these is present.
    pub given: Vec<String>,
    /// None of these is present.
    pub lacks: Vec<String>,
    /// All of these have their value.
    pub when: BTreeMap<String, Json>,
    /// At least one of these does not have its value.
    pub unless: BTreeMap<String, Json>,
    /// These times have passed.
    pub past: Vec<String>,
    /// These numbers are above their bounds.
    pub above: BTreeMap<String, f64>,
    /// The param that a refusal names, if it is not the first one.
    pub param: Option<String>,
    /// Stripe's message; without it, the refusal is that a param is missing.
    pub message: Option<String>,
    /// Stripe's error code.
    pub code: Option<String>,
}

/// A constraint that params violate.
#[derive(Debug, Clone, Copy)]
pub enum Violation<'t> {
    /// Both params are set, but a call may have only one.
    Exclusive(&'t str, &'t str),
    /// The condition is met.
    Met(&'t Condition),
    /// The number is below this one.
    TooLow(&'t str, i32),
    /// The number is above this one.
    TooHigh(&'t str, f64),
    /// The text has more characters than this.
    TooLong(&'t str, usize),
    /// The list has more items than this.
    TooMany(&'t str, usize),
    /// The text is not a web address.
    NoUrl(&'t str),
    /// The text is not a mail address.
    NoEmail(&'t str),
    /// An item of the list breaks its steps.
    Step(Step<'t>),
}

/// The params of a call, as far as they are known.
#[derive(Debug, Clone, Copy)]
pub struct Known<'p> {
    /// The params whose values are known.
    pub params: &'p Map<String, Json>,
    /// Paths of params that are still unknown.
    pub unknown: &'p [Vec<String>],
    /// The time, in seconds since 1970.
    pub now: i64,
}

static TABLE: LazyLock<BTreeMap<String, Constraints>> =
    LazyLock::new(|| embedded_table!("catalog/constraint.toml"));

/// All constraints, by subject: `coupon` for each of its params, `coupon.Create` for a create as a whole.
pub fn constraints() -> &'static BTreeMap<String, Constraints> {
    &TABLE
}

impl Constraints {
    /// Returns the constraints that are violated whatever becomes known.
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

    /// Returns whether the refusal is that a param is missing.
    pub fn is_of_missing(&self) -> bool {
        !self.lacks.is_empty() && (self.message.is_none() || self.given.is_empty() && self.past.is_empty())
    }

    /// Returns the param that a refusal names.
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
    /// Returns the value at a path, unless it is empty.
    pub fn at(&self, path: &str) -> Option<&'p Json> {
        let mut names = path.split('.');
        let first = self.params.get(names.next()?)?;
        names.try_fold(first, |found, name| found.get(name)).filter(|found| says_something(found))
    }

    /// Returns whether there is a value at the path.
    fn has(&self, path: &str) -> bool {
        self.at(path).is_some()
    }

    /// Returns whether there is no value at the path, and none can become known.
    fn lacks(&self, path: &str) -> bool {
        let path: Vec<&str> = path.split('.').collect();
        let is_at = |unknown: &Vec<String>| unknown.iter().zip(&path).all(|(one, other)| one == other);
        !self.has(&path.join(".")) && !self.unknown.iter().any(is_at)
    }

    /// Returns whether one of these values is at the path; the empty text means no value.
    fn is(&self, path: &str, values: &Json) -> bool {
        one_of(values).iter().any(|value| match self.at(path) {
            Some(found) => found == value,
            None => *value == "" && self.lacks(path),
        })
    }

    /// Returns whether none of these values is at the path, whatever becomes known.
    fn is_not(&self, path: &str, values: &Json) -> bool {
        (self.has(path) || self.lacks(path)) && !self.is(path, values)
    }
}

/// Returns whether a text is an address with a scheme; it may contain `{CHECKOUT_SESSION_ID}`.
fn is_url(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty())
}

/// Returns whether a text is a mail address: a name and a host.
fn is_email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

/// Returns a number, or parses it from a text of digits.
fn number_in(value: &Json) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn one_of(values: &Json) -> &[Json] {
    values.as_array().map_or(std::slice::from_ref(values), Vec::as_slice)
}

/// Returns whether a form contains a value at all: empty values, at every depth, are not sent.
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
