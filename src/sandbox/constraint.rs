//! What the params of a call must be beside their kinds: `constraint.toml`, read and applied.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value as Json;

use super::call::Call;
use super::check::missing;
use super::error::{Failure, Outcome};
use super::fields::{self, Body};

/// What the params of one call must be.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Constraints {
    exclusive: Vec<(String, String)>,
    least: BTreeMap<String, i64>,
    most: BTreeMap<String, i64>,
    future: Vec<String>,
    demanded: Vec<String>,
    rules: Vec<Rule>,
}

/// A refusal with a text of its own, or that of a param that is missing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rule {
    given: Vec<String>,
    lacks: Vec<String>,
    beside: Vec<String>,
    when: BTreeMap<String, Json>,
    unless: BTreeMap<String, Json>,
    param: Option<String>,
    message: Option<String>,
    code: Option<String>,
}

fn table() -> &'static BTreeMap<String, Constraints> {
    static TABLE: OnceLock<BTreeMap<String, Constraints>> = OnceLock::new();
    // a table that cannot be read is caught by the test below
    TABLE.get_or_init(|| toml::from_str(include_str!("constraint.toml")).unwrap_or_default())
}

/// Refuses params that the call of that name cannot have: `coupon.Create`, `CapturePaymentIntent`.
pub(super) fn check(call: &Call<'_>, name: &str) -> Outcome<()> {
    table().get(name).map_or(Ok(()), |constraints| constraints.check(&call.params, call.now))
}

impl Constraints {
    fn check(&self, params: &Body, now: i64) -> Outcome<()> {
        for path in &self.demanded {
            if at(params, path).is_none() {
                return Err(missing(&form_name(path)));
            }
        }
        for (first, second) in &self.exclusive {
            if at(params, first).is_some() && at(params, second).is_some() {
                return Err(Failure::exclusive(&form_name(first), &form_name(second)));
            }
        }
        for rule in &self.rules {
            rule.check(params)?;
        }
        let number = |path: &String| at(params, path).and_then(Json::as_i64);
        for (path, least) in &self.least {
            if number(path).is_some_and(|given| given < *least) {
                return Err(Failure::too_low(*least, form_name(path)));
            }
        }
        for (path, most) in &self.most {
            if number(path).is_some_and(|given| given > *most) {
                return Err(Failure::too_high(*most, form_name(path)));
            }
        }
        match self.future.iter().find(|path| number(path).is_some_and(|time| time <= now)) {
            None => Ok(()),
            Some(path) => Err(Failure::not_in_future(&form_name(path))),
        }
    }
}

impl Rule {
    fn check(&self, params: &Body) -> Outcome<()> {
        if !self.is_met(params) {
            return Ok(());
        }
        let param = self.param.as_ref().or(self.given.first()).or(self.lacks.first());
        let param = param.map(|path| form_name(path)).unwrap_or_default();
        let Some(message) = &self.message else { return Err(missing(&param)) };
        let beside = self.beside.iter().find(|path| at(params, path).is_some());
        let failure = Failure::invalid(message.replace("{beside}", beside.map_or("", |path| path)));
        let failure = self.code.iter().fold(failure, |failure, code| failure.code(code));
        Err(failure.param(param))
    }

    fn is_met(&self, params: &Body) -> bool {
        let there = |path: &String| at(params, path).is_some();
        let has = |(path, value): (&String, &Json)| at(params, path) == Some(value);
        (self.given.is_empty() || self.given.iter().any(there))
            && (self.beside.is_empty() || self.beside.iter().any(there))
            && !self.lacks.iter().any(there)
            && self.when.iter().all(has)
            && (self.unless.is_empty() || !self.unless.iter().all(has))
    }
}

/// What a path leads to; none where nothing was said there, or an empty text, or an empty list.
fn at<'p>(params: &'p Body, path: &str) -> Option<&'p Json> {
    let found = fields::at(params, path)?;
    let is_empty = found.is_null() || found == "" || found.as_array().is_some_and(Vec::is_empty);
    (!is_empty).then_some(found)
}

/// `amount[monetary]`, as a form spells `amount.monetary`.
fn form_name(path: &str) -> String {
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| format!("{name}[{part}]"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Member, OperationKind, catalog, find};
    use serde_json::json;

    fn read() -> BTreeMap<String, Constraints> {
        toml::from_str(include_str!("constraint.toml")).unwrap()
    }

    fn params(name: &str) -> &'static [Member] {
        if let Some((_, action)) = catalog().action(name) {
            return &action.params;
        }
        let (key, kind) = name.rsplit_once('.').unwrap();
        let kind = if kind == "Create" { OperationKind::Create } else { OperationKind::Update };
        let entity = catalog().by_object(key).unwrap_or_else(|| panic!("there is no {key}"));
        &entity.operation(kind).unwrap_or_else(|| panic!("{name} is no call")).params
    }

    #[test]
    fn every_constraint_is_about_a_param_of_its_call() {
        for (name, constraints) in read() {
            let known = params(&name);
            let rules = constraints.rules.iter().flat_map(|rule| {
                rule.given
                    .iter()
                    .chain(&rule.lacks)
                    .chain(&rule.beside)
                    .chain(rule.when.keys())
                    .chain(rule.unless.keys())
            });
            let pairs = constraints.exclusive.iter().flat_map(|(first, second)| [first, second]);
            let bounds = constraints.least.keys().chain(constraints.most.keys());
            let all = constraints.demanded.iter().chain(&constraints.future).chain(bounds).chain(pairs);
            for path in all.chain(rules) {
                let first = path.split('.').next().unwrap();
                assert!(find(known, first).is_some(), "{name} has no param {path}");
            }
        }
    }

    #[test]
    fn rules_are_met_by_what_is_given_and_what_is_not() {
        let coupon = &read()["coupon.Create"];
        let refused = |params: Json| {
            let failure = coupon.check(params.as_object().unwrap(), 10).err()?;
            Some(failure.error["param"].as_str().unwrap().to_owned())
        };
        assert_eq!(refused(json!({"percent_off": 5})), None);
        assert_eq!(refused(json!({})).as_deref(), Some("percent_off"));
        assert_eq!(refused(json!({"percent_off": 5, "amount_off": 5})).as_deref(), Some("amount_off"));
        let months = json!({"percent_off": 5, "duration_in_months": 2});
        assert_eq!(refused(months).as_deref(), Some("duration_in_months"));
        assert_eq!(refused(json!({"amount_off": 0})).as_deref(), Some("amount_off"));
        assert_eq!(refused(json!({"amount_off": 1, "redeem_by": 9})).as_deref(), Some("redeem_by"));
    }
}
