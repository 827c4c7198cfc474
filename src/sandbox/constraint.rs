//! What the params of a call must be beside their kinds, and what the object it is about must be:
//! `constraint.toml`, read and applied.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value as Json;

use super::call::Call;
use super::check::missing;
use super::error::{Failure, Outcome};
use super::fields::{Body, at, status, text};
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
    rules: Vec<Rule>,
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
    of: Vec<String>,
    is: BTreeMap<String, Json>,
    is_not: BTreeMap<String, Json>,
    param: Option<String>,
    message: Option<String>,
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
    constraints.check(&call.params, call.now)?;
    for rule in constraints.rules.iter().filter(|rule| rule.is_of_state()) {
        if let Some(body) = rule.subject(call)? {
            rule.check(&call.params, Some(&body))?;
        }
    }
    constraints.locked.as_ref().map_or(Ok(()), |locked| locked.check(&call.params, &call.named()?))
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
        let number = |path: &String| said(params, path).and_then(Json::as_i64);
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
        let text = |path: &&String| said(params, path).and_then(Json::as_str).is_some_and(|url| !is_url(url));
        self.urls.iter().find(text).map_or(Ok(()), |path| {
            let message = "Not a valid URL: an explicit scheme (such as https) must be provided.";
            Err(Failure::invalid(message).code("url_invalid").param(form_name(path)))
        })
    }
}

impl Rule {
    /// Whether it is about the object, too.
    fn is_of_state(&self) -> bool {
        !self.is.is_empty() || !self.is_not.is_empty()
    }

    /// The object that it is about: that of the call, or the one that a path of params and fields leads to.
    fn subject(&self, call: &Call<'_>) -> Outcome<Option<Body>> {
        if self.of.is_empty() {
            return call.named().map(Some);
        }
        let path =
            self.of.iter().find(|path| said(&call.params, path.split('.').next().unwrap_or(path)).is_some());
        let Some(path) = path else { return Ok(None) };
        let mut found = call.params.clone();
        for name in path.split('.') {
            let named = text(&found, name).map_or(Ok(None), |id| call.session.find(id))?;
            let Some(stored) = named.filter(|stored| !stored.gone) else { return Ok(None) };
            found = stored.body;
        }
        Ok(Some(found))
    }

    fn check(&self, params: &Body, body: Option<&Body>) -> Outcome<()> {
        if !self.is_met(params) || !body.is_none_or(|body| self.is_met_by(body)) {
            return Ok(());
        }
        let param = self.param.as_ref().or(self.given.first()).or(self.lacks.first());
        let param = param.map(|path| form_name(path));
        let Some(message) = &self.message else { return Err(missing(&param.unwrap_or_default())) };
        let failure = match body {
            Some(body) => state::refusal(body, message, self.code.as_deref()),
            None => {
                self.code.iter().fold(Failure::invalid(message.as_str()), |failure, code| failure.code(code))
            }
        };
        Err(param.into_iter().fold(failure, Failure::param))
    }

    fn is_met(&self, params: &Body) -> bool {
        let there = |path: &String| said(params, path).is_some();
        (self.given.is_empty() || self.given.iter().any(there))
            && !self.lacks.iter().any(there)
            && all_have(params, &self.when)
            && (self.unless.is_empty() || !all_have(params, &self.unless))
    }

    fn is_met_by(&self, body: &Body) -> bool {
        all_have(body, &self.is) && (self.is_not.is_empty() || !all_have(body, &self.is_not))
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
/// text stands.
fn all_have(members: &Body, values: &BTreeMap<String, Json>) -> bool {
    values.iter().all(|(path, value)| match value {
        Json::Array(several) => several.iter().any(|one| has(members, path, one)),
        one => has(members, path, one),
    })
}

fn has(members: &Body, path: &str, value: &Json) -> bool {
    let found = said(members, path);
    if value == "" { found.is_none() } else { found == Some(value) }
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

/// `amount[monetary]`, as a form spells `amount.monetary`.
fn form_name(path: &str) -> String {
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| format!("{name}[{part}]"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Entity, Member, OperationKind, catalog, find};
    use serde_json::json;

    fn read() -> BTreeMap<String, Constraints> {
        toml::from_str(include_str!("constraint.toml")).unwrap()
    }

    fn called(name: &str) -> (&'static Entity, &'static [Member]) {
        if let Some((entity, action)) = catalog().action(name) {
            return (entity, &action.params);
        }
        let (key, kind) = name.rsplit_once('.').unwrap();
        let kinds =
            [OperationKind::Create, OperationKind::Update, OperationKind::Delete, OperationKind::List];
        let kind = kinds.into_iter().find(|known| format!("{known:?}") == kind).unwrap();
        let entity = catalog().by_object(key).unwrap_or_else(|| panic!("there is no {key}"));
        (entity, &entity.operation(kind).unwrap_or_else(|| panic!("{name} is no call")).params)
    }

    /// The type of object that a path of params and fields leads to.
    fn led_to(params: &[Member], path: &str) -> &'static Entity {
        let (mut members, mut found) = (params, None);
        for name in path.split('.') {
            let objects = find(members, name).unwrap_or_else(|| panic!("there is no {path}")).shape.objects();
            let entity = catalog().by_object(&objects[0]).unwrap();
            (members, found) = (&entity.fields, Some(entity));
        }
        found.unwrap()
    }

    #[test]
    fn every_constraint_is_about_a_param_of_its_call() {
        for (name, constraints) in read() {
            let (entity, known) = called(&name);
            let rules = constraints.rules.iter().flat_map(|rule| {
                rule.given.iter().chain(&rule.lacks).chain(rule.when.keys()).chain(rule.unless.keys())
            });
            let pairs = constraints.exclusive.iter().flat_map(|(first, second)| [first, second]);
            let bounds = constraints.least.keys().chain(constraints.most.keys());
            let but = constraints.locked.iter().flat_map(|locked| &locked.but);
            let named = constraints.demanded.iter().chain(&constraints.future).chain(&constraints.urls);
            let all = named.chain(bounds).chain(pairs).chain(but);
            for path in all.chain(rules) {
                let first = path.split('.').next().unwrap();
                assert!(find(known, first).is_some(), "{name} has no param {path}");
            }
            for rule in &constraints.rules {
                let subject = rule.of.first().map_or(entity, |path| led_to(known, path));
                let strange =
                    rule.is.keys().chain(rule.is_not.keys()).find(|path| subject.field_at(path).is_none());
                assert_eq!(strange, None, "{name} is about {}", subject.object);
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
