//! One call of which every param is tried.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::Member;

use crate::calls::Stripe;
use crate::params::Setups;

use super::Came;
use super::places::{Place, with};
use super::samples::Samples;

/// Makes what a call is about on a copy of the sandbox; its id.
pub type Prepare<'p> = Box<dyn Fn(&Stripe, &Setups) -> Option<String> + 'p>;
/// Makes a call about an object with params on a copy of that copy: status and answer.
pub type Send<'p> = Box<dyn Fn(&Stripe, &Setups, &str, &Json) -> (u16, Json) + 'p>;

/// A copy of the sandbox with what a call is about, from which each call starts.
pub struct Stage {
    /// How many calls the sandbox itself had answered.
    version: usize,
    stripe: Stripe,
    setups: Setups,
    /// What the call is about; none where it could not be made.
    id: Option<String>,
    /// The last event before the call.
    since: Json,
}

/// One call: how it is made, and what is known of its params.
pub struct Probe<'p> {
    /// No call that is tried is made here, only on copies of it.
    pub home: &'p Stripe,
    pub samples: Samples<'p>,
    /// `customer.create`
    pub label: String,
    pub known: &'p [Member],
    /// Params to start from, one set after the other until something differs.
    pub bases: Vec<Map<String, Json>>,
    pub prepare: Prepare<'p>,
    pub send: Send<'p>,
    pub stage: Option<Stage>,
    /// Calls that show what the call did.
    pub then: &'p [Json],
    /// What was answered without a param, by what was asked.
    pub before: BTreeMap<String, (u16, Json)>,
}

impl Probe<'_> {
    /// Where every call starts, made anew where the sandbox has gone on.
    fn stage(&mut self) -> &Stage {
        let version = self.home.calls();
        if self.stage.as_ref().is_none_or(|stage| stage.version != version) {
            let (stripe, setups) = (self.home.copy(), self.samples.setups.copy());
            let id = (self.prepare)(&stripe, &setups);
            let since = stripe.done("GET", "/v1/events", &json!({"limit": 1}))["data"][0]["id"].clone();
            self.stage = Some(Stage { version, stripe, setups, id, since });
            self.before.clear();
        }
        self.stage.as_ref().unwrap()
    }

    /// The answer to a call, what is seen after it, and the events of both.
    fn ask(&mut self, params: &Map<String, Json>) -> (u16, Json) {
        let stage = self.stage();
        let (stripe, setups, since) = (stage.stripe.copy(), stage.setups.copy(), stage.since.clone());
        let Some(about) = stage.id.clone() else { return (400, json!([])) };
        let (status, answer) = (self.send)(&stripe, &setups, &about, &Json::Object(params.clone()));
        let id = answer["id"].as_str().unwrap_or_default();
        let after = self.then.iter().map(|step| seen(&stripe, &setups, step, id));
        let after: Vec<Json> = after.take_while(|_| status == 200).collect();
        let mut wanted = json!({"limit": 100});
        if since.is_string() {
            wanted["ending_before"] = since;
        }
        let told = stripe.done("GET", "/v1/events", &wanted);
        let told = told["data"].as_array().unwrap().iter().map(|event| {
            json!([event["type"], event["data"]["object"], event["data"]["previous_attributes"]])
        });
        (status, json!([answer, after, told.collect::<Json>()]))
    }

    /// What comes of a param, and of which value or why.
    pub fn came(&mut self, place: &Place<'_>) -> (Came, String) {
        let mut came = (Came::Refused, "no sample".to_owned());
        for base in 0..self.bases.len() {
            for value in self.samples.of(place.param) {
                let found = self.with(base, place, &value);
                let better = found.0 != Came::Refused || came.0 == Came::Refused;
                if better {
                    came = found;
                }
                if matches!(came.0, Came::Effect | Came::Unsupported) {
                    return came;
                }
            }
        }
        came
    }

    /// What comes of one value beside one set of params.
    fn with(&mut self, base: usize, place: &Place<'_>, value: &Json) -> (Came, String) {
        let (set, without) = {
            let demanded = |members: &[Member]| self.samples.demanded(members);
            let set = |value| with(&self.bases[base], self.known, &place.path, value, &demanded);
            (set(Some(value)), set(None))
        };
        let (status, answer) = self.ask(&set);
        let why = || answer[0]["error"]["message"].as_str().unwrap_or_default().to_owned();
        match status {
            200 | 402 => {}
            501 => return (Came::Unsupported, why()),
            _ => return (Came::Refused, why()),
        }
        let key = Json::Object(without.clone()).to_string();
        let before = match self.before.get(&key) {
            Some(before) => before.clone(),
            None => self.ask(&without),
        };
        self.before.insert(key, before.clone());
        let differs = (status, &answer) != (before.0, &before.1);
        match (status, differs) {
            // refused with and without it
            (402, false) => (Came::Refused, why()),
            (_, false) if is_short(&answer[0]) => (Came::Refused, "the list is too short".to_owned()),
            (_, true) => (Came::Effect, value.to_string()),
            (_, false) => (Came::Nothing, value.to_string()),
        }
    }
}

/// Whether an answer is a list that shows nothing of what picks from it.
fn is_short(answer: &Json) -> bool {
    answer["object"] == "list" && answer["data"].as_array().is_some_and(|all| all.len() < 2)
}

/// One call after the call that is tried.
fn seen(stripe: &Stripe, setups: &Setups, step: &Json, id: &str) -> Json {
    let (method, path) = match (step["get"].as_str(), step["post"].as_str()) {
        (Some(path), _) => ("GET", path),
        (_, path) => ("POST", path.unwrap()),
    };
    let params = setups.told(stripe, &step["params"], id);
    let part = |part: &str| match part.strip_prefix('@') {
        Some(_) => setups.told(stripe, &json!(part), id).as_str().unwrap().to_owned(),
        None => part.to_owned(),
    };
    let path: Vec<String> = path.split('/').map(part).collect();
    let (status, answer) = stripe.call(method, &path.join("/"), &params);
    json!([status, answer])
}
