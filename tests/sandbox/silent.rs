//! No param is silent: an answer or an event differs where it is set, or it stands on the list of what is
//! stored only, or the sandbox says that it does not do it.
//!
//! `silent.json` holds samples by name, params that a call has beside the param in question where the
//! least ones do not do, and the list. `UPDATE_PAGES=1 cargo test --test sandbox silent` writes the list
//! and the page anew; a list that has grown is refused.

mod ledger;
mod places;
mod samples;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use stripe_provider::catalog::{Entity, Kind, Member, OperationKind, catalog};

use crate::calls::Stripe;
use crate::every::made;
use crate::params::Setups;
use places::{Place, places, with};
use samples::Samples;

/// What came of a param.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    /// Something differs where it is set.
    Effect,
    /// It is taken, and nothing differs.
    Nothing,
    /// No sample was taken.
    Refused,
    /// The sandbox says that it does not do it.
    Unsupported,
}

/// Makes a call with params: status and answer.
type Send<'p> = Box<dyn Fn(&Json) -> (u16, Json) + 'p>;

/// One call: how it is made, and what is known of its params.
struct Probe<'p> {
    stripe: &'p Stripe,
    samples: Samples<'p>,
    /// `customer.create`
    label: String,
    known: &'p [Member],
    /// Params to start from, one set after the other until something differs.
    bases: Vec<Json>,
    send: Send<'p>,
    /// Answers to what was asked before, with the places that differ from time to time.
    before: BTreeMap<String, (u16, Json, BTreeSet<String>)>,
}

impl Probe<'_> {
    /// An answer together with the events of the call.
    fn ask(&self, params: &Json) -> (u16, Json) {
        let since = self.stripe.done("GET", "/v1/events", &json!({"limit": 1}))["data"][0]["id"].clone();
        let (status, answer) = (self.send)(params);
        let mut wanted = json!({"limit": 100});
        if since.is_string() {
            wanted["ending_before"] = since;
        }
        let told = self.stripe.done("GET", "/v1/events", &wanted);
        let told = told["data"].as_array().unwrap().iter().map(|event| {
            json!([event["type"], event["data"]["object"], event["data"]["previous_attributes"]])
        });
        (status, json!([answer, told.collect::<Json>()]))
    }

    fn came(&mut self, place: &Place<'_>) -> (Came, String) {
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
        let start = self.samples.setups.told(self.stripe, &self.bases[base], "");
        let start = start.as_object().unwrap();
        let demanded = |members: &[Member]| self.samples.demanded(members);
        let set = |value| Json::Object(with(start, self.known, &place.path, value, &demanded));
        let (status, answer) = self.ask(&set(Some(value)));
        if status != 200 {
            let came = if status == 501 { Came::Unsupported } else { Came::Refused };
            return (came, answer[0]["error"]["message"].as_str().unwrap_or_default().to_owned());
        }
        let without = set(None);
        let key = without.to_string();
        let key = format!("{base} {}", if key.len() < 2 { String::new() } else { shape_of(&without) });
        let known = self.before.get(&key).cloned().unwrap_or_else(|| {
            let (one, two) = (self.ask(&without), self.ask(&set(None)));
            let mut volatile = BTreeSet::new();
            differing(&one.1, &two.1, "", &mut volatile);
            (one.0, one.1, volatile)
        });
        self.before.insert(key, known.clone());
        let (status, before, volatile) = known;
        let mut differ = BTreeSet::new();
        differing(&before, &answer, "", &mut differ);
        let is_volatile = |path: &String| volatile.iter().any(|one| path.starts_with(one.as_str()));
        let says = |answer: &Json| value.as_str().is_some_and(|value| answer.to_string().contains(value));
        let told = value.as_str().is_some_and(|value| value.len() > 3) && says(&answer) && !says(&before);
        let differs = told || status != 200 || differ.iter().any(|path| !is_volatile(path));
        (if differs { Came::Effect } else { Came::Nothing }, value.to_string())
    }
}

/// The names of params at every depth, which tell one question from another; ids do not.
fn shape_of(params: &Json) -> String {
    match params {
        Json::Object(members) => members
            .iter()
            .flat_map(|(name, value)| [name.clone(), "(".to_owned(), shape_of(value), ")".to_owned()])
            .collect(),
        Json::Array(items) => items.iter().map(shape_of).collect(),
        _ => String::new(),
    }
}

/// The places in which two answers differ.
fn differing(one: &Json, other: &Json, path: &str, found: &mut BTreeSet<String>) {
    match (one, other) {
        (Json::Object(one), Json::Object(other)) => {
            for name in one.keys().chain(other.keys()) {
                let absent = json!("absent");
                let (one, other) = (one.get(name).unwrap_or(&absent), other.get(name).unwrap_or(&absent));
                differing(one, other, &format!("{path}/{name}"), found);
            }
        }
        (Json::Array(one), Json::Array(other)) if one.len() == other.len() => {
            for (at, (one, other)) in one.iter().zip(other).enumerate() {
                differing(one, other, &format!("{path}/{at}"), found);
            }
        }
        _ if one == other || is_now(one) && is_now(other) => {}
        _ => drop(found.insert(path.to_owned())),
    }
}

/// A moment of this run: two of them do not differ.
fn is_now(value: &Json) -> bool {
    const LONGEST_RUN: i64 = 2 * 60 * 60;
    let text = || value.as_str()?.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second);
    let at = value.as_i64().or_else(text);
    at.is_some_and(|at| (at - jiff::Timestamp::now().as_second()).abs() < LONGEST_RUN)
}

/// What a call asks for so that its answer hides nothing.
fn shown(entity: &Entity, known: &[Member], mut params: Json) -> Json {
    if let Some(include) = known.iter().find(|param| param.name == "include") {
        let values = include.shape.item().map_or(&[][..], |item| match &item.kind {
            Kind::Enum(values) => values.as_slice(),
            _ => &[],
        });
        params["include"] = json!(values);
    }
    if !entity.is_v2() {
        let mut expand = params["expand"].as_array().cloned().unwrap_or_default();
        expand.extend(entity.omitted.iter().map(|path| json!(path)));
        params["expand"] = expand.into();
        prune(&mut params);
    }
    params
}

/// Takes out what is empty: in a form it would be the request to unset it.
fn prune(value: &mut Json) {
    match value {
        Json::Object(members) => {
            members.values_mut().for_each(prune);
            members.retain(|_, value| *value != json!({}) && *value != json!([]));
        }
        Json::Array(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}

fn probes<'p>(
    stripe: &'p Stripe,
    setups: &'p Setups,
    table: &'p Json,
    entity: &'static Entity,
) -> Vec<Probe<'p>> {
    let named = table["samples"].as_object().unwrap();
    let probe = |what: &str, known: &'p [Member], least: Json, send: Send<'p>| {
        let label = format!("{}.{what}", entity.key);
        let beside = table["bases"][&label].as_array().into_iter().flatten();
        let bases = std::iter::once(&Json::Null).chain(beside).map(|more| {
            let mut base = least.clone();
            base.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
            base.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            base
        });
        let bases = bases.collect();
        Probe {
            stripe,
            samples: Samples { stripe, setups, named },
            label,
            known,
            bases,
            send,
            before: BTreeMap::new(),
        }
    };
    let mut found = Vec::new();
    let create = entity.operation(OperationKind::Create).unwrap();
    let least = setups.least(entity);
    found.push(probe(
        "create",
        &create.params,
        least,
        Box::new(move |params| {
            let path = setups.path(stripe, entity, &create.path, "");
            stripe.call("POST", &path, &shown(entity, &create.params, params.clone()))
        }),
    ));
    let update = entity.operation(OperationKind::Update).filter(|_| !setups.missing(&entity.key, "Update"));
    if let Some(update) = update {
        found.push(probe(
            "update",
            &update.params,
            json!({}),
            Box::new(move |params| {
                let Ok(body) = made(stripe, setups, entity) else { return (400, json!({})) };
                let id = body["id"].as_str().unwrap_or_default();
                setups.after(stripe, entity, id);
                let path = setups.path(stripe, entity, &update.path, id);
                stripe.call("POST", &path, &shown(entity, &update.params, params.clone()))
            }),
        ));
    }
    found
}

/// So many tests share the work.
const PARTS: usize = 8;
/// References are made anew after so many params: what belongs to one customer grows otherwise.
const RENEWED: usize = 12;

/// How often a param that is on no list is asked again before it counts as one without effect.
const AGAIN: usize = 5;

fn part(number: usize) {
    let (stripe, setups, table) = (Stripe::new(), Setups::read(), ledger::table());
    setups.before(&stripe);
    let all = catalog().entities().filter_map(|name| catalog().entity(name));
    let all = all.filter(|it| it.creates() && !setups.missing(&it.key, "Create") && it.key != "file");
    let mut wrong = Vec::new();
    for entity in all.skip(number).step_by(PARTS) {
        for mut probe in probes(&stripe, &setups, &table, entity) {
            let mut found = BTreeMap::new();
            for (at, place) in places(probe.known).into_iter().enumerate() {
                if at % RENEWED == RENEWED - 1 {
                    setups.forget();
                    probe.before.clear();
                }
                let name = place.path.join(".");
                let mut came = probe.came(&place);
                let is_listed = ledger::is_listed(&table, &probe.label, &name);
                for _ in 0..AGAIN {
                    if came.0 == Came::Effect || is_listed {
                        break;
                    }
                    // what differs from time to time may hide it: again, from the beginning
                    setups.forget();
                    probe.before.clear();
                    came = probe.came(&place);
                }
                found.insert(name, came);
            }
            wrong.extend(ledger::compare(&table, &probe.label, &found));
        }
    }
    assert!(wrong.is_empty(), "{} params:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_param_is_silent_1() {
    part(0);
}

#[test]
fn no_param_is_silent_2() {
    part(1);
}

#[test]
fn no_param_is_silent_3() {
    part(2);
}

#[test]
fn no_param_is_silent_4() {
    part(3);
}

#[test]
fn no_param_is_silent_5() {
    part(4);
}

#[test]
fn no_param_is_silent_6() {
    part(5);
}

#[test]
fn no_param_is_silent_7() {
    part(6);
}

#[test]
fn no_param_is_silent_8() {
    part(7);
}

/// Params whose effect is seen on another object than the one that is made or changed.
#[test]
fn what_takes_two_objects_has_an_effect() {
    let stripe = Stripe::new();
    let made =
        |path: &str, params: Json| stripe.done("POST", path, &params)["id"].as_str().unwrap().to_owned();
    let product = made("/v1/products", json!({"name": "Tea"}));
    let price = |more: Json| {
        let mut params = json!({"currency": "usd", "unit_amount": 300, "product": product});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        made("/v1/prices", params)
    };
    let (first, second) = (price(json!({"lookup_key": "tea"})), price(json!({})));
    let keyed = json!({"lookup_key": "tea"});
    assert_eq!(stripe.call("POST", &format!("/v1/prices/{second}"), &keyed).0, 400);
    stripe.done(
        "POST",
        &format!("/v1/prices/{second}"),
        &json!({"lookup_key": "tea", "transfer_lookup_key": true}),
    );
    let shown = stripe.done("GET", &format!("/v1/prices/{first}"), &json!({}));
    assert_eq!(shown["lookup_key"], Json::Null);
    let third = price(json!({"lookup_key": "tea", "transfer_lookup_key": true}));
    assert_eq!(
        stripe.done("GET", "/v1/prices", &json!({"lookup_keys": ["tea"]}))["data"][0]["id"],
        json!(third)
    );
    let path = format!("/v1/products/{product}");
    assert_eq!(stripe.done("POST", &path, &json!({"default_price": first}))["default_price"], json!(first));
    let link = json!({"line_items": [{"price": first, "quantity": 1}], "expand": ["line_items"]});
    let link = stripe.done("POST", "/v1/payment_links", &link);
    let item = json!({"id": link["line_items"]["data"][0]["id"], "quantity": 3,
        "adjustable_quantity": {"enabled": true, "minimum": 2, "maximum": 7}});
    let path = format!("/v1/payment_links/{}", link["id"].as_str().unwrap());
    let changed = stripe.done("POST", &path, &json!({"line_items": [item], "expand": ["line_items"]}));
    let changed = &changed["line_items"]["data"][0];
    assert_eq!((&changed["quantity"], &changed["amount_total"]), (&json!(3), &json!(900)), "{changed}");
    let customer = made("/v1/customers", json!({}));
    let bank = json!({"type": "us_bank_account", "billing_details": {"name": "Ada"}, "us_bank_account": {
        "account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "individual"}});
    let bank = made("/v1/payment_methods", bank);
    stripe.done("POST", &format!("/v1/payment_methods/{bank}/attach"), &json!({"customer": customer}));
    let default = json!({"invoice_settings": {"default_payment_method": bank}});
    let shown = stripe.done("POST", &format!("/v1/customers/{customer}"), &default);
    assert_eq!(shown["invoice_settings"]["default_payment_method"], json!(bank));
    let company = json!({"us_bank_account": {"account_holder_type": "company", "account_type": "savings"}});
    let shown = stripe.done("POST", &format!("/v1/payment_methods/{bank}"), &company);
    let shown = &shown["us_bank_account"];
    assert_eq!(
        (&shown["account_holder_type"], &shown["account_type"]),
        (&json!("company"), &json!("savings"))
    );
    let other = made("/v1/customers", json!({}));
    let copied = |customer: &str| json!({"payment_method": bank, "customer": customer});
    assert_eq!(stripe.call("POST", "/v1/payment_methods", &copied(&other)).0, 400);
    assert_eq!(stripe.call("POST", "/v1/payment_methods", &copied(&customer)).0, 200);
}
