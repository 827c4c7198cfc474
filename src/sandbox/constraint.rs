//! Rules for params and for the state of objects: reads and applies `constraint.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::catalog::embedded::embedded_table;
use crate::sandbox::call::Call;
use crate::sandbox::check::{exclusive, missing, not_in_future};
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::{Body, all_have, given_number, id, said, status, text};
use crate::sandbox::{auth_context, state};

mod documented;
mod rule;

use rule::Rule;

pub(super) use rule::form_name;

/// The rules for one call.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Constraints {
    exclusive: Vec<(String, String)>,
    least: BTreeMap<String, i64>,
    future: Vec<String>,
    demanded: Vec<String>,
    minutes: Vec<String>,
    rules: Vec<Rule>,
    taken: Vec<Value>,
    there: Vec<Value>,
    locked: Option<StateLock>,
}

/// A value that must be unique among objects, or must exist in one of them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Value {
    of: String,
    by: String,
    from: Option<String>,
    is: BTreeMap<String, Json>,
    param: Option<String>,
    message: String,
    code: Option<String>,
}

/// Params that are allowed only in some states of the object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateLock {
    unless: Vec<String>,
    but: Vec<String>,
    message: String,
    code: Option<String>,
}

type Table = BTreeMap<String, Constraints>;

static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_table!("sandbox/constraint.toml"));

/// Checks the rules for the call with this name: `coupon.Create`, `CapturePaymentIntent`.
pub(super) fn check(call: &Call<'_>, name: &str) -> ApiResult<()> {
    documented::check(&call.params, name, call.now)?;
    let Some(constraints) = TABLE.get(name) else { return Ok(()) };
    let known = known(call)?;
    constraints.check(&known, call.now)?;
    for rule in constraints.rules.iter().filter(|rule| rule.is_of_state()) {
        if let Some(body) = rule.subject(call, &known)? {
            rule.check(&known, Some(&body))?;
        }
    }
    constraints.taken.iter().try_for_each(|value| value.check(call, &known, false))?;
    constraints.there.iter().try_for_each(|value| value.check(call, &known, true))?;
    constraints.locked.as_ref().map_or(Ok(()), |locked| locked.check(&call.params, &call.named()?))
}

/// Returns the values that a rule may name: the params, the owners in the path, the platform, the time.
fn known(call: &Call<'_>) -> ApiResult<Body> {
    let platform = auth_context::made(call.session, &call.session.space)?.map(|(platform, _)| platform);
    let owners = call.parents.iter().map(|(name, id)| (name.as_str(), id.as_str()));
    let path = owners.chain([("path_id", call.id.as_str())]);
    let path = path.map(|(name, id)| (name.to_owned(), Json::from(id)));
    let all = path.chain(call.params.clone()).chain([("now".to_owned(), call.now.into())]);
    Ok(all.chain([("platform".to_owned(), platform.into())]).collect())
}

impl Constraints {
    fn check(&self, params: &Body, now: i64) -> ApiResult<()> {
        if let Some(path) = self.demanded.iter().find(|path| said(params, path).is_none()) {
            return Err(missing(&form_name(path)));
        }
        let both =
            |(first, second): &&(String, String)| said(params, first).and(said(params, second)).is_some();
        if let Some((first, second)) = self.exclusive.iter().find(both) {
            return Err(exclusive(&form_name(first), &form_name(second)));
        }
        let mut rules = self.rules.iter().filter(|rule| !rule.is_of_state());
        rules.try_for_each(|rule| rule.check(params, None))?;
        let number = |path: &String| given_number(params, path);
        for (path, least) in &self.least {
            if number(path).is_some_and(|given| given < *least) {
                return Err(documented::too_low(path, *least));
            }
        }
        if let Some(path) = self.future.iter().find(|path| number(path).is_some_and(|time| time <= now)) {
            return Err(not_in_future(&form_name(path)));
        }
        if let Some(path) = self.minutes.iter().find(|path| number(path).is_some_and(|time| time % 60 != 0)) {
            return Err(ApiError::of("not_a_minute", &[("path", path)]).param(form_name(path)));
        }
        Ok(())
    }
}

impl Value {
    /// Checks a value that a rule may name, or else the one of the object in the path.
    fn check(&self, call: &Call<'_>, known: &Body, must_be: bool) -> ApiResult<()> {
        let path = self.from.as_ref().unwrap_or(&self.by);
        let own = if call.id.is_empty() { Body::new() } else { call.named()? };
        let Some(value) = text(known, path).or_else(|| text(&own, path)) else { return Ok(()) };
        let others = call.session.having(&self.of, &self.by, value)?;
        let is_other = |other: &&Body| id(other) != call.id && all_have(other, &self.is, known);
        let other = others.iter().find(is_other);
        if other.is_some() == must_be {
            return Ok(());
        }
        let message = self.message.replace("{given}", value);
        let failure = state::refusal(other.unwrap_or(&own), &message, self.code.as_deref());
        Err(self.param.iter().fold(failure, |failure, param| failure.param(param.as_str())))
    }
}

impl StateLock {
    fn check(&self, params: &Body, body: &Body) -> ApiResult<()> {
        let locked = params.keys().find(|name| !self.but.contains(name));
        match locked.filter(|_| self.unless.iter().all(|state| state != status(body))) {
            None => Ok(()),
            Some(name) => {
                let message =
                    self.message.replace("{param}", name).replace("{states}", &self.unless.join(", "));
                Err(state::refusal(body, &message, self.code.as_deref()).param(name.as_str()))
            }
        }
    }
}

#[cfg(test)]
mod tests;
