//! What the params of a call must be beside their kinds, and what the object it is about must be:
//! `constraint.toml`, read and applied.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value as Json;

use super::call::Call;
use super::check::missing;
use super::currency;
use super::error::{Failure, Outcome};
use super::fields::{Body, at, given_number, id, number, status, text};
use super::state;
use super::table;

/// What the params of one call must be.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Constraints {
    exclusive: Vec<(String, String)>,
    least: BTreeMap<String, i64>,
    most: BTreeMap<String, i64>,
    future: Vec<String>,
    demanded: Vec<String>,
    urls: Vec<String>,
    emails: Vec<String>,
    minutes: Vec<String>,
    rules: Vec<Rule>,
    taken: Vec<Value>,
    there: Vec<Value>,
    locked: Option<Locked>,
}

/// A refusal with a text of its own, or that of a param that is missing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rule {
    given: Vec<String>,
    lacks: Vec<String>,
    when: BTreeMap<String, Json>,
    unless: BTreeMap<String, Json>,
    above: BTreeMap<String, String>,
    below: BTreeMap<String, String>,
    up_to: BTreeMap<String, String>,
    of: Vec<String>,
    is: BTreeMap<String, Json>,
    is_not: BTreeMap<String, Json>,
    past: Vec<String>,
    param: Option<String>,
    message: Option<String>,
    code: Option<String>,
}

/// A value that no other object may have, or that one must have.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Value {
    of: String,
    by: String,
    value: Option<String>,
    is: BTreeMap<String, Json>,
    param: Option<String>,
    message: String,
    code: Option<String>,
}

/// The params that change an object in some of its states only.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Locked {
    unless: Vec<String>,
    but: Vec<String>,
    message: String,
    code: Option<String>,
}

type Table = BTreeMap<String, Constraints>;

static TABLE: LazyLock<Table> = LazyLock::new(|| table::read(include_str!("constraint.toml")));

/// Refuses what the call of that name cannot do: `coupon.Create`, `CapturePaymentIntent`.
pub(super) fn check(call: &Call<'_>, name: &str) -> Outcome<()> {
    let Some(constraints) = TABLE.get(name) else { return Ok(()) };
    let known = known(call);
    constraints.check(&known, call.now)?;
    for rule in constraints.rules.iter().filter(|rule| rule.is_of_state()) {
        if let Some(body) = rule.subject(call, &known)? {
            rule.check(&known, Some(&body))?;
        }
    }
    constraints.taken.iter().try_for_each(|value| value.check(call, false))?;
    constraints.there.iter().try_for_each(|value| value.check(call, true))?;
    constraints.locked.as_ref().map_or(Ok(()), |locked| locked.check(&call.params, &call.named()?))
}

/// What a rule may name: the params, what stands before them in the path, the time.
fn known(call: &Call<'_>) -> Body {
    let owners = call.parents.iter().map(|(name, id)| (name.as_str(), id.as_str()));
    let path = owners.chain([("path_id", call.id.as_str())]);
    let path = path.map(|(name, id)| (name.to_owned(), Json::from(id)));
    path.chain(call.params.clone()).chain([("now".to_owned(), call.now.into())]).collect()
}

impl Constraints {
    fn check(&self, params: &Body, now: i64) -> Outcome<()> {
        if let Some(path) = self.demanded.iter().find(|path| said(params, path).is_none()) {
            return Err(missing(&form_name(path)));
        }
        let both =
            |(first, second): &&(String, String)| said(params, first).and(said(params, second)).is_some();
        if let Some((first, second)) = self.exclusive.iter().find(both) {
            return Err(Failure::exclusive(&form_name(first), &form_name(second)));
        }
        let mut rules = self.rules.iter().filter(|rule| !rule.is_of_state());
        rules.try_for_each(|rule| rule.check(params, None))?;
        let number = |path: &String| given_number(params, path);
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
        if let Some(path) = self.future.iter().find(|path| number(path).is_some_and(|time| time <= now)) {
            return Err(Failure::not_in_future(&form_name(path)));
        }
        if let Some(path) = self.minutes.iter().find(|path| number(path).is_some_and(|time| time % 60 != 0)) {
            let message = format!("`{path}` must be aligned with the start of a minute.");
            return Err(Failure::invalid(message).param(form_name(path)));
        }
        self.check_addresses(params)
    }

    fn check_addresses(&self, params: &Body) -> Outcome<()> {
        let mut given = self.urls.iter().filter_map(|path| Some((path, text(params, path)?)));
        if let Some((path, _)) = given.find(|(_, given)| !is_url(given)) {
            let message = "Not a valid URL: an explicit scheme (such as https) must be provided.";
            return Err(Failure::invalid(message).code("url_invalid").param(form_name(path)));
        }
        let mut given = self.emails.iter().filter_map(|path| Some((path, text(params, path)?)));
        given.find(|(_, given)| !is_email(given)).map_or(Ok(()), |(path, given)| {
            let message = format!("Invalid email address: {given}");
            Err(Failure::invalid(message).code("email_invalid").param(form_name(path)))
        })
    }
}

impl Rule {
    /// Whether it is about the object, too.
    fn is_of_state(&self) -> bool {
        !(self.is.is_empty() && self.is_not.is_empty() && self.past.is_empty() && self.of.is_empty())
    }

    /// The object that it is about: that of the call, or the one that a path of params and fields leads to.
    fn subject(&self, call: &Call<'_>, known: &Body) -> Outcome<Option<Body>> {
        if self.of.is_empty() {
            return call.named().map(Some);
        }
        let path = self.of.iter().find(|path| said(known, path.split('.').next().unwrap_or(path)).is_some());
        let Some(path) = path else { return Ok(None) };
        let mut found = known.clone();
        for name in path.split('.') {
            let named = text(&found, name).map_or(Ok(None), |id| call.session.find(id))?;
            let Some(stored) = named.filter(|stored| !stored.gone) else { return Ok(None) };
            found = stored.body;
        }
        Ok(Some(found))
    }

    fn check(&self, known: &Body, body: Option<&Body>) -> Outcome<()> {
        let is_met = self.is_met(known) && body.is_none_or(|body| self.is_met_by(known, body));
        let Some(bound) = self.crossed(known, body.unwrap_or(known)).filter(|_| is_met) else {
            return Ok(());
        };
        let about = self.given.first().or(self.lacks.first()).or(self.bounds().map(|(path, ..)| path).next());
        let param = self.param.as_ref().or(about);
        let given = param.and_then(|path| said(known, path));
        let param = param.filter(|path| !path.is_empty()).map(|path| form_name(path));
        let Some(message) = &self.message else { return Err(missing(&param.unwrap_or_default())) };
        let message = state::message(message, |name| match name {
            "given" => given.map(|given| told(given, body)),
            "bound" => Some(told(&bound.into(), body)),
            name => text(known, name).filter(|_| name == "path_id").map(str::to_owned),
        });
        Err(param.into_iter().fold(refusal(body, &message, self.code.as_deref()), Failure::param))
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

    /// The params that are compared, with their bounds and how.
    fn bounds(&self) -> impl Iterator<Item = (&String, &String, fn(&i64, &i64) -> bool)> {
        let all: [(_, fn(&i64, &i64) -> bool); 3] =
            [(&self.above, i64::gt), (&self.below, i64::lt), (&self.up_to, i64::le)];
        all.into_iter().flat_map(|(bounds, is)| bounds.iter().map(move |(path, bound)| (path, bound, is)))
    }

    /// The bound that a param has crossed: zero where there is none to cross.
    fn crossed(&self, known: &Body, of: &Body) -> Option<i64> {
        self.bounds().try_fold(0, |_, (path, bound, is)| {
            let bound = sum(bound, known, of)?;
            is(&given_number(known, path)?, &bound).then_some(bound)
        })
    }
}

/// A sum: `amount_captured-amount_refunded`, `now+60`.
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

/// A value in a message: an amount where it is one of an object that has a currency.
fn told(value: &Json, of: Option<&Body>) -> String {
    match (value.as_i64(), of.and_then(|of| text(of, "currency"))) {
        (Some(amount), Some(currency)) => currency::written(amount, currency),
        _ => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    }
}

/// A refusal of what the object does not allow, or of params alone.
fn refusal(body: Option<&Body>, message: &str, code: Option<&str>) -> Failure {
    match body {
        Some(body) => state::refusal(body, message, code),
        None => code.into_iter().fold(Failure::invalid(message), Failure::code),
    }
}

impl Value {
    /// The value is that of a param, else of the object that the path names.
    fn check(&self, call: &Call<'_>, must_be: bool) -> Outcome<()> {
        let path = self.value.as_ref().unwrap_or(&self.by);
        let own = if call.id.is_empty() { Body::new() } else { call.named()? };
        let Some(value) = text(&call.params, path).or_else(|| text(&own, path)) else { return Ok(()) };
        let others = call.session.having(&self.of, &self.by, value)?;
        let is_other = |other: &&Body| id(other) != call.id && all_have(other, &self.is, &call.params);
        let other = others.iter().find(is_other);
        if other.is_some() == must_be {
            return Ok(());
        }
        let message = self.message.replace("{given}", value);
        let failure = state::refusal(other.unwrap_or(&own), &message, self.code.as_deref());
        Err(self.param.iter().fold(failure, |failure, param| failure.param(param.as_str())))
    }
}

impl Locked {
    fn check(&self, params: &Body, body: &Body) -> Outcome<()> {
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

/// Whether the members have these values: one of several where a list stands, none where an empty
/// text stands, that of a param where its name stands in braces.
fn all_have(members: &Body, values: &BTreeMap<String, Json>, known: &Body) -> bool {
    let has = |path: &str, value: &Json| {
        let named = value.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix('}'));
        let value = named.map_or(Some(value), |name| said(known, name));
        said(members, path) == value.filter(|value| *value != "")
    };
    values.iter().all(|(path, value)| match value {
        Json::Array(several) => several.iter().any(|one| has(path, one)),
        one => has(path, one),
    })
}

/// What was said at a path; none where it is nothing, an empty text or an empty list.
fn said<'p>(params: &'p Body, path: &str) -> Option<&'p Json> {
    at(params, path)
        .filter(|found| !found.is_null() && *found != "" && !found.as_array().is_some_and(Vec::is_empty))
}

/// Whether a text is a web address with a scheme; `{CHECKOUT_SESSION_ID}` may stand in it.
fn is_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty())
}

/// Whether a text is a mail address: a name and a host.
fn is_email(text: &str) -> bool {
    let parts = text.split_once('@').filter(|(name, host)| !name.is_empty() && !host.is_empty());
    parts.is_some() && !text.contains(char::is_whitespace)
}

/// `amount[monetary]`, as a form spells `amount.monetary`.
fn form_name(path: &str) -> String {
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| format!("{name}[{part}]"))
}

#[cfg(test)]
mod tests;
