//! A rule as data, about params, the object of the call, or an object that a param names.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::{Body, all_have, given_number, number, said, text};
use crate::sandbox::{currency, message, state};

/// Whether a number is on the wrong side of a bound.
type Crosses = fn(&i64, &i64) -> bool;

/// A rule with its own error message, or a rule about a missing param.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Rule {
    pub given: Vec<String>,
    pub lacks: Vec<String>,
    pub when: BTreeMap<String, Json>,
    pub unless: BTreeMap<String, Json>,
    pub above: BTreeMap<String, String>,
    pub below: BTreeMap<String, String>,
    pub up_to: BTreeMap<String, String>,
    pub of: Vec<String>,
    pub is: BTreeMap<String, Json>,
    pub is_not: BTreeMap<String, Json>,
    pub past: Vec<String>,
    pub param: Option<String>,
    pub message: Option<String>,
    pub code: Option<String>,
}

impl Rule {
    /// Whether the rule also concerns an object.
    pub fn is_of_state(&self) -> bool {
        !(self.is.is_empty() && self.is_not.is_empty() && self.past.is_empty() && self.of.is_empty())
    }

    /// Returns the object that the rule concerns: that of the call, or the one at a path of params and
    /// fields.
    pub fn subject(&self, call: &Call<'_>, known: &Body) -> ApiResult<Option<Body>> {
        if self.of.is_empty() {
            return call.named().map(Some);
        }
        let path = self.of.iter().find(|path| said(known, path.split('.').next().unwrap_or(path)).is_some());
        let Some(path) = path else { return Ok(None) };
        call.object_at(known, path)
    }

    pub fn check(&self, known: &Body, body: Option<&Body>) -> ApiResult<()> {
        let is_met = self.is_met(known) && body.is_none_or(|body| self.is_met_by(known, body));
        let Some(bound) = self.crossed(known, body.unwrap_or(known)).filter(|_| is_met) else {
            return Ok(());
        };
        let there = self.given.iter().find(|path| said(known, path).is_some());
        let about = there.or(self.lacks.first()).or(self.bounds().map(|(path, ..)| path).next());
        let param = self.param.as_ref().or(about);
        let given = param.and_then(|path| said(known, path));
        let param = param.filter(|path| !path.is_empty()).map(|path| form_name(path));
        let Some(message) = &self.message else { return Err(missing(&param.unwrap_or_default())) };
        let message = message::message(message, |name| match name {
            "given" => given.map(|given| in_words(given, body)),
            "bound" => Some(in_words(&bound.into(), body)),
            name => text(known, name).filter(|_| name == "path_id").map(str::to_owned),
        });
        Err(param.into_iter().fold(refusal(body, &message, self.code.as_deref()), ApiError::param))
    }

    fn is_met(&self, known: &Body) -> bool {
        let there = |path: &String| said(known, path).is_some();
        (self.given.is_empty() || self.given.iter().any(there))
            && !self.lacks.iter().any(there)
            && all_have(known, &self.when, known)
            && (self.unless.is_empty() || !all_have(known, &self.unless, known))
    }

    fn is_met_by(&self, known: &Body, body: &Body) -> bool {
        let is_past = |path: &String| given_number(body, path).is_some_and(|at| at <= number(known, "now"));
        all_have(body, &self.is, known)
            && (self.is_not.is_empty() || !all_have(body, &self.is_not, known))
            && self.past.iter().all(is_past)
    }

    /// Iterates over the params that have bounds, with their bounds and the comparison.
    pub fn bounds(&self) -> impl Iterator<Item = (&String, &String, Crosses)> {
        let all: [(_, Crosses); 3] = [(&self.above, i64::gt), (&self.below, i64::lt), (&self.up_to, i64::le)];
        all.into_iter().flat_map(|(bounds, is)| bounds.iter().map(move |(path, bound)| (path, bound, is)))
    }

    /// Returns the bound that a param violates; zero if there is no bound to compute.
    fn crossed(&self, known: &Body, of: &Body) -> Option<i64> {
        self.bounds().try_fold(0, |_, (path, bound, is)| {
            let bound = sum(bound, known, of)?;
            is(&given_number(known, path)?, &bound).then_some(bound)
        })
    }
}

/// Evaluates a sum: `amount_captured-amount_refunded`, `now+60`.
fn sum(text: &str, known: &Body, of: &Body) -> Option<i64> {
    let Some((left, right)) = text.rfind(['+', '-']).and_then(|at| text.split_at_checked(at)) else {
        let named = || given_number(of, text).or_else(|| given_number(known, text));
        return text.parse().ok().or_else(named);
    };
    let left = sum(left, known, of)?;
    match right.strip_prefix('-') {
        Some(right) => left.checked_sub(sum(right, known, of)?),
        None => left.checked_add(sum(right.strip_prefix('+')?, known, of)?),
    }
}

/// Formats a value for a message, as an amount if the object has a currency.
fn in_words(value: &Json, of: Option<&Body>) -> String {
    match (value.as_i64(), of.and_then(|of| text(of, "currency"))) {
        (Some(amount), Some(currency)) => currency::written(amount, currency),
        _ => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    }
}

/// The error about the object, or about params alone.
fn refusal(body: Option<&Body>, message: &str, code: Option<&str>) -> ApiError {
    match body {
        Some(body) => state::refusal(body, message, code),
        None => code.into_iter().fold(ApiError::invalid(message), ApiError::code),
    }
}

/// Spells `amount.monetary` as in a form: `amount[monetary]`.
pub(in crate::sandbox) fn form_name(path: &str) -> String {
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| format!("{name}[{part}]"))
}
