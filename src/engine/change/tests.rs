use serde_json::{Value as Json, json};

use super::{Change, DesiredParams, between};
use crate::catalog::names::join_path;
use crate::catalog::{Entity, Kind, Member, Shape, catalog, other_spelling, whole_spelling};
use crate::connector::entity;
use crate::engine::Params;

fn change(name: &str, before: &Json, after: &Json) -> Change {
    let map = |value: &Json| value.as_object().unwrap().clone();
    let desired = DesiredParams { params: map(after), ..DesiredParams::default() };
    between(entity(name).unwrap(), &map(before), &desired)
}

#[test]
fn an_unknown_member_updates_where_an_update_takes_it_and_replaces_where_none_does() {
    let before = json!({"currency": "usd", "nickname": "A", "recurring": {"interval": "month"}});
    let unknown = |path: &[&str], after: Json| {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        let desired = DesiredParams {
            params: after.as_object().unwrap().clone(),
            unknown: vec![path],
            ..DesiredParams::default()
        };
        between(entity("Price").unwrap(), before.as_object().unwrap(), &desired)
    };
    let found = unknown(&["nickname"], json!({"currency": "usd", "recurring": {"interval": "month"}}));
    assert_eq!(found, Change { unknown: true, ..Change::default() });
    let found = unknown(&["recurring"], json!({"currency": "usd", "nickname": "A"}));
    assert_eq!(found.replaces, ["recurring"]);
    let found =
        unknown(&["recurring", "interval"], json!({"currency": "usd", "nickname": "A", "recurring": {}}));
    assert_eq!(found, Change { replaces: vec!["recurring.interval".into()], ..Change::default() });
}

#[test]
fn a_change_sends_what_differs_and_clears_what_is_gone() {
    let before = json!({"name": "A", "email": "a@b.c", "metadata": {"x": "1", "y": "2"}, "phone": "1"});
    let after = json!({"name": "A", "email": "c@b.c", "metadata": {"x": "1", "z": "3"}});
    let found = change("Customer", &before, &after);
    let expected = json!({"email": "c@b.c", "metadata": {"z": "3", "y": ""}, "phone": ""});
    assert_eq!(Json::Object(found.update), expected);
    assert!(found.uncleared.is_empty() && found.replaces.is_empty());
}

#[test]
fn a_removed_param_that_no_call_unsets_is_set_to_its_default_or_stays() {
    let removed = |given: Json| {
        let mut before = json!({"name": "A"});
        before.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
        change("Product", &before, &json!({"name": "A"}))
    };
    assert_eq!(Json::Object(removed(json!({"active": false})).update), json!({"active": true}));
    assert!(removed(json!({"active": true})).is_nothing(), "that is the default");
    let found = removed(json!({"shippable": true}));
    assert_eq!((found.update.len(), found.uncleared), (0, vec!["shippable".to_owned()]));
    let whole =
        removed(json!({"package_dimensions": {"height": "1", "length": "1", "weight": "1", "width": "1"}}));
    assert_eq!(Json::Object(whole.update), json!({"package_dimensions": ""}));
}

#[test]
fn what_unsets_members_is_sent_with_what_stripe_requires_beside_them() {
    let features = |more: Json| {
        let mut cancel = json!({"enabled": true});
        cancel.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"features": {"subscription_cancel": cancel}})
    };
    let reason = json!({"cancellation_reason": {"enabled": true, "options": ["too_complex", "other"]}});
    let found = change("BillingPortalConfiguration", &features(reason), &features(json!({})));
    let expected = features(json!({"cancellation_reason": {"enabled": false, "options": ""}}));
    assert_eq!((Json::Object(found.update), found.uncleared.len()), (expected, 0));
}

#[test]
fn what_was_removed_of_an_item_is_unset() {
    let items = |metadata: Json, quantity: Json| json!({"items": [{"price": "price_1", "metadata": metadata, "quantity": quantity}, {"price": "price_2"}]});
    let found = change(
        "Subscription",
        &items(json!({"a": "1", "b": "2"}), json!(1)),
        &items(json!({"b": "2"}), json!(2)),
    );
    assert_eq!(Json::Object(found.update), items(json!({"a": ""}), json!(2)));
    let before = json!({"items": [{"price": "price_1", "quantity": 2}]});
    let found = change("Subscription", &before, &json!({"items": [{"price": "price_1"}]}));
    assert_eq!(found.uncleared, ["items.0.quantity"]);
}

#[test]
fn two_spellings_of_one_value_are_one_param() {
    let (whole, decimal) = (json!({"unit_amount": 1500}), json!({"unit_amount_decimal": "1500.0"}));
    assert!(change("Price", &whole, &decimal).is_nothing());
    let found = change("Price", &whole, &json!({"unit_amount_decimal": "1500.5"}));
    assert_eq!(found, Change { replaces: vec!["unit_amount_decimal".into()], ..Change::default() });
}

#[test]
fn the_order_of_a_set_is_no_change() {
    let events = |events: &[&str]| json!({"url": "https://a.test", "enabled_events": events});
    let before = events(&["charge.failed", "charge.succeeded"]);
    assert!(change("WebhookEndpoint", &before, &events(&["charge.succeeded", "charge.failed"])).is_nothing());
    let locales = |locales: &[&str]| json!({"preferred_locales": locales});
    let found = change("Customer", &locales(&["de", "fr"]), &locales(&["fr", "de"]));
    assert_eq!(Json::Object(found.update), locales(&["fr", "de"]));
}

#[test]
fn members_below_the_second_level_are_cleared() {
    let before = json!({"shipping": {"name": "A", "address": {"line1": "x", "line2": "y"}}});
    let after = json!({"shipping": {"name": "A", "address": {"line1": "x"}}});
    let found = change("Customer", &before, &after);
    let expected = json!({"shipping": {"name": "A", "address": {"line1": "x", "line2": ""}}});
    assert_eq!(Json::Object(found.update), expected);
}

#[test]
fn replacement_is_decided_by_path() {
    let rate = |amount: u32, eur: u32| {
        json!({"display_name": "A", "fixed_amount": {"amount": amount, "currency": "usd",
            "currency_options": {"eur": {"amount": eur}}}})
    };
    let found = change("ShippingRate", &rate(5, 4), &rate(6, 4));
    assert_eq!(found.replaces, ["fixed_amount.amount"]);
    let found = change("ShippingRate", &rate(5, 4), &rate(5, 3));
    let expected = json!({"fixed_amount": {"currency_options": {"eur": {"amount": 3}}}});
    assert_eq!((found.replaces.len(), Json::Object(found.update)), (0, expected));
}

#[test]
fn what_is_spelled_otherwise_is_no_change() {
    assert!(change("Price", &json!({"currency": "USD"}), &json!({"currency": "usd"})).is_nothing());
    let decimals = (json!({"unit_amount_decimal": "10.50"}), json!({"unit_amount_decimal": "10.5"}));
    assert!(change("Price", &decimals.0, &decimals.1).is_nothing());
    let renamed = change("Customer", &json!({"name": "acme gmbh"}), &json!({"name": "ACME GmbH"}));
    assert_eq!(Json::Object(renamed.update), json!({"name": "ACME GmbH"}));
}

#[test]
fn version_two_is_unset_by_null() {
    let before = json!({"display_name": "A", "contact_email": "a@b.c"});
    let found = change("v2.core.account", &before, &json!({"display_name": "A"}));
    assert_eq!(Json::Object(found.update), json!({"contact_email": null}));
}

#[test]
fn a_list_whose_items_only_a_new_object_can_have_replaces() {
    let link = |prices: &[&str]| {
        let items: Vec<Json> = prices.iter().map(|price| json!({"price": price, "quantity": 1})).collect();
        json!({ "line_items": items })
    };
    let found = change("PaymentLink", &link(&["price_1"]), &link(&["price_2"]));
    assert_eq!(found.replaces, ["line_items.0.price"]);
    let found = change("PaymentLink", &link(&["price_1", "price_2"]), &link(&["price_1"]));
    assert_eq!(found.replaces, ["line_items"]);
    let more = json!({"line_items": [{"price": "price_1", "quantity": 3}]});
    assert!(change("PaymentLink", &link(&["price_1"]), &more).replaces.is_empty());
}

#[test]
fn an_item_is_told_by_what_its_price_is_made_from_and_counted() {
    let made = |amount: u32| json!({"price_data": {"currency": "usd", "product": "prod_1", "unit_amount": amount}, "quantity": 1});
    let named = |price: &str| json!({"price": price, "quantity": 1});
    let replaces = |before: &[Json], after: &[Json]| {
        let found = change("PaymentLink", &json!({"line_items": before}), &json!({"line_items": after}));
        found.replaces.join(" ")
    };
    let rows = [
        (vec![made(4), named("price_1")], vec![made(4)], "line_items"),
        (vec![named("price_1"), named("price_1")], vec![named("price_1")], "line_items"),
        (vec![named("price_1")], vec![made(4)], "line_items.0.price_data"),
        (vec![made(4)], vec![made(5)], "line_items.0.price_data"),
        (vec![made(4)], vec![made(4), named("price_1")], "line_items.1.price"),
        (vec![made(4)], vec![named("price_1")], "line_items.0.price"),
        (vec![named("price_1")], vec![named("price_1"), named("price_1")], "line_items.1.price"),
        (vec![named("price_1"), made(4)], vec![made(4), named("price_1")], ""),
    ];
    for (before, after, expected) in rows {
        assert_eq!(replaces(&before, &after), expected, "{before:?} to {after:?}");
    }
    // An item whose price is still unknown may be any of them.
    let open = json!({"quantity": 1});
    assert_eq!(replaces(&[made(4), named("price_1")], &[made(4), open.clone()]), "");
    assert_eq!(replaces(&[open, named("price_1")], &[named("price_2"), named("price_1")]), "");
}

#[test]
fn an_unknown_member_of_an_item_replaces_where_no_update_takes_it() {
    let before = json!({"line_items": [{"price": "price_1", "quantity": 1}]});
    let path = ["line_items", "0", "price"].map(str::to_owned).to_vec();
    let desired = DesiredParams { params: Params::new(), unknown: vec![path], ..DesiredParams::default() };
    let found = between(entity("PaymentLink").unwrap(), before.as_object().unwrap(), &desired);
    assert_eq!(found.replaces, ["line_items.0.price"]);
    let items = json!({"items": [{"price": "price_1", "quantity": 1}], "customer": "cus_1"});
    let desired = DesiredParams {
        params: json!({"customer": "cus_1"}).as_object().unwrap().clone(),
        unknown: vec![["items", "0", "price"].map(str::to_owned).to_vec()],
        ..DesiredParams::default()
    };
    let found = between(entity("Subscription").unwrap(), items.as_object().unwrap(), &desired);
    assert!(found.replaces.is_empty() && found.unknown && found.uncleared.is_empty(), "{found:?}");
}

#[test]
fn a_param_that_only_says_how_a_call_is_done_goes_along_and_causes_none() {
    let before = json!({"items": [{"price": "price_1"}], "metadata": {"a": "1"}});
    let modified =
        json!({"items": [{"price": "price_1"}], "metadata": {"a": "1"}, "proration_behavior": "none"});
    assert!(change("Subscription", &before, &modified).is_nothing());
    assert!(change("Subscription", &modified, &before).is_nothing());
    let both = json!({"items": [{"price": "price_1"}], "metadata": {"a": "2"}, "proration_behavior": "none"});
    let update = json!({"metadata": {"a": "2"}, "proration_behavior": "none"});
    assert_eq!(Json::Object(change("Subscription", &before, &both).update), update);
}

#[test]
fn what_stripe_never_answers_acts_at_creation_unless_a_rule_says_otherwise() {
    let found = change(
        "Subscription",
        &json!({"customer": "cus_1"}),
        &json!({"customer": "cus_1", "trial_period_days": 14}),
    );
    assert_eq!((found.at_creation, found.update.is_empty()), (vec!["trial_period_days".to_owned()], true));
    assert!(found.replaces.is_empty());
    let connect = change("WebhookEndpoint", &json!({"connect": false}), &json!({"connect": true}));
    assert_eq!(connect.replaces, ["connect"]);
    let place = change("TaxId", &json!({}), &json!({"customer": "cus_1"}));
    assert!(place.at_creation.is_empty(), "where an object is says which one it is");
}

#[test]
fn an_object_under_a_key_stays_where_no_call_takes_the_key_away() {
    let both = json!({"amount_off": 5, "currency": "usd",
        "currency_options": {"eur": {"amount_off": 4}, "gbp": {"amount_off": 3}}});
    let one = json!({"amount_off": 5, "currency": "usd", "currency_options": {"eur": {"amount_off": 4}}});
    let found = change("Coupon", &both, &one);
    assert_eq!((found.uncleared, found.update), (vec!["currency_options.gbp".to_owned()], Params::new()));
    let none = change("Coupon", &one, &json!({"amount_off": 5, "currency": "usd"}));
    assert_eq!((none.uncleared, none.update), (vec!["currency_options.eur".to_owned()], Params::new()));
}

#[test]
fn what_an_update_takes_no_more_needs_a_new_object() {
    let price =
        |old: &str, new: &str| change("Price", &json!({"tax_behavior": old}), &json!({"tax_behavior": new}));
    assert_eq!(price("unspecified", "inclusive").update["tax_behavior"], "inclusive");
    assert_eq!(price("inclusive", "exclusive").replaces, ["tax_behavior"]);
    let at = |country: &str, city: &str| json!({"address": {"country": country, "city": city}});
    assert_eq!(change("TerminalLocation", &at("US", "A"), &at("DE", "A")).replaces, ["address.country"]);
    let moved = change("TerminalLocation", &at("US", "A"), &at("US", "B"));
    assert_eq!(Json::Object(moved.update), at("US", "B"));
    assert!(moved.replaces.is_empty());
}

#[test]
fn a_value_that_only_a_create_takes_needs_a_new_object() {
    let anchor = |value: Json| json!({ "billing_cycle_anchor": value });
    let moved = change("Subscription", &anchor(json!(1_900_000_000)), &anchor(json!(1_950_000_000)));
    assert_eq!(moved.replaces, ["billing_cycle_anchor"]);
}

/// The objects of the catalog in which one value has two spellings: the entity, the path and the two names.
fn twins() -> Vec<(&'static Entity, String, String)> {
    let mut found = Vec::new();
    for entity in catalog().entities().filter_map(|name| catalog().entity(name)) {
        twins_among(entity, entity.params(), "", &mut found);
    }
    found
}

fn twins_among(
    entity: &'static Entity,
    members: &[Member],
    place: &str,
    found: &mut Vec<(&'static Entity, String, String)>,
) {
    for member in members {
        let path = join_path(place, &member.name);
        if other_spelling(members, &member.name).is_some() && whole_spelling(&member.name).is_none() {
            found.push((entity, place.to_owned(), member.name.clone()));
        }
        twins_inside(entity, &member.shape, &path, found);
    }
}

fn twins_inside(
    entity: &'static Entity,
    shape: &Shape,
    path: &str,
    found: &mut Vec<(&'static Entity, String, String)>,
) {
    match &shape.kind {
        Kind::Object(members) => twins_among(entity, members, path, found),
        Kind::List(item) | Kind::Set(item) => twins_inside(entity, item, &join_path(path, "[]"), found),
        Kind::Map(value) => twins_inside(entity, value, &join_path(path, "eur"), found),
        Kind::Union(shapes) => shapes.iter().for_each(|shape| twins_inside(entity, shape, path, found)),
        _ => {}
    }
}

/// Params with one object at a path; `[]` is the only item of a list.
fn holding(path: &str, object: Json) -> Json {
    path.split('.').filter(|name| !name.is_empty()).rev().fold(object, |inside, name| match name {
        "[]" => json!([inside]),
        name => json!({ name: inside }),
    })
}

#[test]
fn the_other_spelling_of_a_value_is_no_change_wherever_it_stands() {
    let found = twins();
    assert!(found.iter().any(|(_, place, _)| place.ends_with("tiers.[]")), "{found:?}");
    for (entity, place, name) in found {
        let at = |object: Json| holding(&place, object).as_object().unwrap().clone();
        let decimal = format!("{name}_decimal");
        let (whole, same, other) = (
            at(json!({ name.as_str(): 500, "x": 1 })),
            at(json!({ decimal.as_str(): "500.0", "x": 1 })),
            at(json!({ decimal.as_str(): "500.5", "x": 1 })),
        );
        let desired = |params: &Params| DesiredParams { params: params.clone(), ..DesiredParams::default() };
        for (before, after) in [(&whole, &same), (&same, &whole)] {
            let change = between(entity, before, &desired(after));
            assert!(change.is_nothing(), "{} {place}.{name}: {change:?}", entity.name);
        }
        assert!(!between(entity, &whole, &desired(&other)).is_nothing(), "{} {place}.{name}", entity.name);
    }
}
