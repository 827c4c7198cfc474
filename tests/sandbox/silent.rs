//! No param is silent: an answer or an event differs where it is set, or it stands on the list of what is
//! stored only, or the sandbox says that it does not do it.
//!
//! A call is made twice, each time on a copy of one sandbox, at the same time and with the same chance: once
//! with the param and once without. What differs then is the param's effect, in every run.
//! `silent.json` holds samples by name, params that a call has beside the param in question where the
//! least ones do not do, what is done after a call to see its effect (`then`), what actions are done with
//! (`acts_on`), and the list. `UPDATE_PAGES=1 cargo test --test sandbox silent` writes the list
//! and the page anew; a list that has grown is refused.

mod found;
mod ledger;
mod places;
mod probe;
mod samples;

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use stripe_provider::catalog::catalog;

use crate::calls::{STILL, Stripe};
use crate::params::Setups;
use places::places;

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

/// So many tests share the work.
const PARTS: usize = 8;

fn part(number: usize) {
    let (home, setups, table) = (Stripe::still(), Setups::at(STILL), ledger::table());
    setups.before(&home);
    let all = catalog().entities().filter_map(|name| catalog().entity(name));
    let mut wrong = Vec::new();
    for entity in all.skip(number).step_by(PARTS) {
        for mut probe in found::probes(&home, &setups, &table, entity) {
            let found: BTreeMap<_, _> =
                places(probe.known).iter().map(|place| (place.path.join("."), probe.came(place))).collect();
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
