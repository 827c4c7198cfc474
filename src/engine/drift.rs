//! Detects what has changed in Stripe behind Terraform's back.
//!
//! # Theory
//!
//! A test token becomes a payment method's id, `USD` becomes `usd`, a reference comes back expanded.
//! Comparing what was written with what Stripe answers would report drift forever. So the object is compared
//! with its state after the provider's own last write: a written value has drifted if Stripe now answers
//! something else than it did then, and the new answer is not what was asked for.

use serde_json::Value as Json;

use crate::catalog::names::join_path;
use crate::catalog::{Entity, Shape, find};
use crate::connector::{elements, reference};
use crate::engine::Params;
use crate::engine::compare::{equal, fulfils, inside, may_fulfil};
use crate::engine::words::with_words;

/// `params` with every drifted value replaced by Stripe's current one. Returns `None` if nothing has drifted.
pub(super) fn drifted(entity: &Entity, params: &Params, then: &Json, now: &Json) -> Option<Params> {
    if then == now {
        return None;
    }
    let known = entity.params();
    let (then, now) = (&*with_words(entity, then), &*with_words(entity, now));
    let mut found = params.clone();
    for (name, desired) in &mut found {
        let shape = find(known, name).map(|param| &param.shape);
        let (then, now) = (field(then, name), field(now, name));
        if !(entity.advancing.contains(name) && now.as_i64() > then.as_i64()) {
            *desired = drifted_value(shape, desired, then, now);
        }
    }
    (found != *params).then_some(found)
}

fn drifted_value(shape: Option<&Shape>, desired: &Json, then: &Json, now: &Json) -> Json {
    match desired {
        Json::Object(params) if then.is_object() && now.is_object() => {
            let values = params.iter().map(|(name, desired)| {
                let value = drifted_value(inside(shape, name), desired, field(then, name), field(now, name));
                (name.clone(), value)
            });
            values.collect()
        }
        _ if equal(shape, then, now) => desired.clone(),
        _ => answered(shape, desired, now),
    }
}

/// Stripe's answer, limited to what was written: the wanted value if the answer
/// fulfils it, otherwise the answer.
fn answered(shape: Option<&Shape>, desired: &Json, now: &Json) -> Json {
    match desired {
        Json::Object(params) if now.is_object() => {
            let values = params.iter();
            values
                .map(|(name, w)| (name.clone(), answered(inside(shape, name), w, field(now, name))))
                .collect()
        }
        _ if fulfils(shape, desired, now) => desired.clone(),
        Json::Array(items) => elements(now).map_or_else(
            || now.clone(),
            |elements| elements.iter().map(|element| as_written(element, items)).collect(),
        ),
        Json::Object(_) => now.clone(),
        _ => reference(now).clone(),
    }
}

/// An element of a list, limited to the members that were written for any of its elements.
fn as_written(element: &Json, items: &[Json]) -> Json {
    let named = |name: &String| items.iter().any(|item| item.get(name).is_some());
    match element {
        Json::Object(members) if items.iter().any(Json::is_object) => {
            let known = members.iter().filter(|(name, _)| named(name));
            known.map(|(name, value)| (name.clone(), reference(value).clone())).collect()
        }
        _ => reference(element).clone(),
    }
}

/// The params from which an object would have been made, limited to those in `desired`. What Stripe does not
/// answer, at any depth, counts as fulfilled; a key that a map lacks counts as absent.
pub(super) fn presumed(entity: &Entity, desired: &Params, body: &Json) -> Params {
    let body = with_words(entity, body);
    let presumed = desired.iter().map(|(name, desired)| {
        let shape = find(entity.params(), name).map(|param| &param.shape);
        (name.clone(), presumed_value(shape, desired, body.get(name)))
    });
    presumed.filter(|(_, value)| !value.is_null()).collect()
}

/// The prefixes of tokens. Stripe shows what a token became, never the token itself.
const TOKENS: [&str; 3] = ["btok_", "ctoken_", "tok_"];

fn presumed_value(shape: Option<&Shape>, desired: &Json, now: Option<&Json>) -> Json {
    match (desired, now) {
        (Json::String(text), _) if TOKENS.iter().any(|token| text.starts_with(token)) => desired.clone(),
        (_, None) => desired.clone(),
        (Json::Object(params), Some(now)) if now.is_object() => {
            let lacks_key = shape.and_then(Shape::map_value).map(|_| &Json::Null);
            let values = params.iter().map(|(name, desired)| {
                let now = now.get(name).or(lacks_key);
                (name.clone(), presumed_value(inside(shape, name), desired, now))
            });
            values.filter(|(_, value)| !value.is_null()).collect()
        }
        (_, Some(now)) if may_fulfil(shape, desired, now) => desired.clone(),
        (_, Some(now)) => answered(shape, desired, now),
    }
}

/// Replaces presumed values with those that a state recorded, if Stripe answers
/// nothing that could confirm either.
pub(super) fn lay_over(entity: &Entity, presumed: &mut Params, said: &Params, body: &Json) {
    lay_over_unanswered(presumed, said, &with_words(entity, body));
}

fn lay_over_unanswered(presumed: &mut Params, said: &Params, body: &Json) {
    for (name, said) in said {
        match (presumed.get_mut(name), said, body.get(name)) {
            (Some(Json::Object(presumed)), Json::Object(said), now) => {
                lay_over_unanswered(presumed, said, now.unwrap_or(&Json::Null));
            }
            (Some(presumed), said, None) if !says_nothing(said) => presumed.clone_from(said),
            _ => {}
        }
    }
}

/// Whether a value is empty, which is how other providers store a value that is not written.
fn says_nothing(said: &Json) -> bool {
    match said {
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        said => said.is_null(),
    }
}

/// Adds to `params` the wanted values that Stripe already holds although they were not written: a default
/// that is now spelled out, or a value that no call could remove. Such a value need not be sent, and needs no
/// new object.
pub(super) fn hold_beside(entity: &Entity, params: &mut Params, desired: &Params, body: &Json) {
    let body = with_words(entity, body);
    for (name, desired) in desired {
        let shape = find(entity.params(), name).map(|param| &param.shape);
        LiveParam { entity, path: name.clone(), shape, now: body.get(name) }.hold(params, name, desired);
    }
}

/// The position of a param, and what Stripe answers there.
struct LiveParam<'p> {
    entity: &'p Entity,
    path: String,
    shape: Option<&'p Shape>,
    now: Option<&'p Json>,
}

impl LiveParam<'_> {
    /// Adds a wanted param that Stripe holds. A param that Stripe does not
    /// answer counts as having its default.
    fn hold(&self, params: &mut Params, name: &str, desired: &Json) {
        let Self { entity, path, shape, now } = self;
        match (params.get_mut(name), desired) {
            (Some(Json::Object(params)), Json::Object(inner)) => {
                for (name, desired) in inner {
                    let (path, shape) = (join_path(path, name), inside(*shape, name));
                    let now = now.and_then(|now| now.get(name));
                    LiveParam { entity, path, shape, now }.hold(params, name, desired);
                }
            }
            (None, desired) => {
                let is_off = *desired == Json::Bool(false) && entity.recreates.contains(path);
                let by_default = || is_off || entity.defaults.get(path) == Some(desired);
                if now.map_or_else(by_default, |now| fulfils(*shape, desired, now)) {
                    params.insert(name.to_owned(), desired.clone());
                }
            }
            _ => {}
        }
    }
}

/// Whether an object already has the wanted value of a param. A param that Stripe does not answer counts as
/// having its default.
pub(super) fn is_so(entity: &Entity, name: &str, desired: &Json, body: &Json) -> bool {
    let body = with_words(entity, body);
    let shape = find(entity.params(), name).map(|param| &param.shape);
    match body.get(name) {
        Some(now) => fulfils(shape, desired, now),
        None => entity.defaults.get(name) == Some(desired),
    }
}

fn field<'a>(body: &'a Json, name: &str) -> &'a Json {
    body.get(name).unwrap_or(&Json::Null)
}

/// The object as it is now, with the fields that only the answer to its create held.
pub(super) fn retain_answered_once(entity: &Entity, now: &Json, before: &Json) -> Json {
    let mut whole = now.clone();
    for path in &entity.answered_once {
        let pointer = format!("/{}", path.replace('.', "/"));
        let lost = now.pointer(&pointer).is_none_or(Json::is_null);
        let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
        if let (Some(kept), Some(Json::Object(members)), true) =
            (before.pointer(&pointer), whole.pointer_mut(parent), lost)
        {
            members.shift_remove(name);
            // At its old position, so that an unchanged object keeps the same text.
            let before = before.pointer(parent).and_then(Json::as_object);
            let at = before.and_then(|before| before.keys().position(|key| key == name));
            members.shift_insert(at.unwrap_or(usize::MAX).min(members.len()), name.to_owned(), kept.clone());
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{drifted, hold_beside, presumed};
    use crate::connector::entity;
    use crate::engine::Params;

    fn map(value: &Json) -> Params {
        value.as_object().unwrap().clone()
    }

    fn drift(name: &str, params: &Json, then: &Json, now: &Json) -> Option<Json> {
        drifted(entity(name).unwrap(), &map(params), then, now).map(Json::Object)
    }

    #[test]
    fn what_stripe_spells_otherwise_is_no_drift() {
        let params = json!({"currency": "USD", "payment_method": "pm_card_visa", "amount": "1500"});
        let body = json!({"currency": "usd", "payment_method": "pm_1", "amount": 1500});
        assert_eq!(drift("PaymentIntent", &params, &body, &body), None);
    }

    #[test]
    fn a_value_changed_behind_our_back_is_drift() {
        let params = json!({"name": "A", "metadata": {"team": "x"}, "address": {"city": "Bern"}});
        let then =
            json!({"name": "A", "metadata": {"team": "x"}, "address": {"city": "Bern", "line1": null}});
        let now = json!({"name": "a", "metadata": {}, "address": {"city": "Bern", "line1": "x"}});
        let expected = json!({"name": "a", "metadata": {"team": null}, "address": {"city": "Bern"}});
        assert_eq!(drift("Customer", &params, &then, &now).unwrap(), expected);
    }

    /// A test clock is meant to be advanced; only an earlier time is drift.
    #[test]
    fn what_is_meant_to_go_up_drifts_only_down() {
        let clock = |seconds: u32| json!({ "frozen_time": seconds });
        let drift = |now: u32| drift("TestHelpersTestClock", &clock(1000), &clock(1000), &clock(now));
        assert_eq!((drift(2000), drift(900)), (None, Some(clock(900))));
    }

    #[test]
    fn a_reference_that_was_expanded_since_is_no_drift() {
        let now = json!({"customer": {"id": "cus_1", "object": "customer"}});
        let then = json!({"customer": "cus_1"});
        assert_eq!(drift("PaymentIntent", &json!({"customer": "cus_1"}), &then, &now), None);
    }

    #[test]
    fn a_page_of_items_is_compared_as_the_list_it_is() {
        let params = json!({"items": [{"price": "price_1", "quantity": 7}]});
        let page = |quantity: u32, end: u32| {
            json!({"items": {"object": "list", "data": [{
                "id": "si_1", "current_period_end": end, "quantity": quantity,
                "price": {"id": "price_1", "object": "price"}
            }]}})
        };
        assert_eq!(
            drift("Subscription", &params, &page(7, 1), &page(7, 2)),
            None,
            "a new period is no drift"
        );
        let found = drift("Subscription", &params, &page(7, 1), &page(8, 1)).unwrap();
        assert_eq!(found, json!({"items": [{"quantity": 8, "price": "price_1"}]}));
    }

    #[test]
    fn a_key_that_a_map_lacks_is_not_there_at_any_depth() {
        let price = entity("Price").unwrap();
        let body = json!({"metadata": {"a": "1"}, "currency_options": {"eur": {"unit_amount": 5}}});
        let desired = json!({"metadata": {"a": "1", "b": "2", "c": ""},
            "currency_options": {"eur": {"unit_amount": 5}, "gbp": {"unit_amount": 6}}, "transfer_lookup_key": true});
        let expected = json!({"metadata": {"a": "1", "c": ""}, "currency_options": {"eur": {"unit_amount": 5}},
            "transfer_lookup_key": true});
        assert_eq!(presumed(price, &map(&desired), &body), map(&expected));
    }

    #[test]
    fn what_stripe_holds_already_is_as_good_as_written() {
        let price = entity("Price").unwrap();
        let held = |params: Json, desired: Json, body: Json| {
            let mut held = map(&params);
            hold_beside(price, &mut held, &map(&desired), &body);
            Json::Object(held)
        };
        let body = json!({"recurring": {"interval": "month", "usage_type": "licensed"}, "active": true});
        let desired = json!({"recurring": {"interval": "month", "usage_type": "licensed"}, "active": "true"});
        assert_eq!(held(json!({}), desired.clone(), body.clone()), desired, "what no call took away");
        assert_eq!(held(json!({"recurring": {"interval": "month"}}), desired.clone(), body.clone()), desired);
        let other = json!({"recurring": {"interval": "year"}, "nickname": "A"});
        assert_eq!(held(json!({}), other, body), json!({}));
    }

    #[test]
    fn an_imported_object_was_made_from_what_it_shows() {
        let customer = entity("Customer").unwrap();
        let body =
            json!({"name": "A", "balance": 5, "address": {"city": "Bern", "line1": "x"}, "phone": null});
        let fulfilled = json!({"name": "A", "balance": "5", "address": {"city": "Bern"}, "validate": true,
            "phone": "tok_became_something"});
        assert_eq!(presumed(customer, &map(&fulfilled), &body), map(&fulfilled));
        let desired = json!({"name": "B", "phone": "1", "address": {"city": "Basel"}});
        let expected = json!({"name": "A", "address": {"city": "Bern"}});
        assert_eq!(presumed(customer, &map(&desired), &body), map(&expected));
    }
}
