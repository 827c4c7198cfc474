//! The largest and the smallest numbers, in every param that takes one: they are refused or done,
//! and nothing breaks, hangs or fails inside.

use serde_json::{Value as Json, json};
use stripe_provider::catalog::{Entity, Kind, Member, OperationKind, Shape, catalog};

use crate::calls::Stripe;
use crate::every::made;
use crate::params::{Setups, demanded};

/// The params of a call in which one number is extreme: each number there is, at any depth.
fn extreme(members: &[Member], value: i64) -> Vec<(String, Json)> {
    let each = members.iter().flat_map(|member| {
        of_shape(&member.shape, value).into_iter().map(|value| (member.name.clone(), value))
    });
    each.collect()
}

fn of_shape(shape: &Shape, value: i64) -> Vec<Json> {
    match &shape.kind {
        Kind::Integer | Kind::Time => vec![json!(value)],
        Kind::Decimal | Kind::Number => vec![json!(value.to_string())],
        Kind::Object(inner) => {
            let base = demanded(inner);
            let within = |(name, value): (String, Json)| {
                let mut object = base.clone();
                object.insert(name, value);
                Json::Object(object)
            };
            extreme(inner, value).into_iter().map(within).collect()
        }
        Kind::List(item) | Kind::Set(item) => {
            of_shape(item, value).into_iter().map(|value| json!([value])).collect()
        }
        Kind::Union(shapes) => shapes.iter().flat_map(|shape| of_shape(shape, value)).collect(),
        _ => Vec::new(),
    }
}

const EXTREMES: [i64; 5] = [i64::MAX, i64::MIN, 999_999_999_999_999, 99_999_999_999, -1];

fn entities() -> impl Iterator<Item = &'static Entity> {
    catalog().entities().filter_map(|name| catalog().entity(name))
}

fn ask(stripe: &Stripe, method: &str, path: &str, params: &Json, broken: &mut Vec<String>) {
    let asked = std::panic::AssertUnwindSafe(|| stripe.call(method, path, params).0);
    match std::panic::catch_unwind(asked) {
        Ok(status) if status < 500 || status == 501 => {}
        Ok(status) => broken.push(format!("{method} {path} {params}: {status}")),
        Err(_) => broken.push(format!("{method} {path} {params}: no answer")),
    }
}

#[test]
fn no_number_is_too_large_or_too_small_for_a_create_or_an_update() {
    let (stripe, setups) = (Stripe::new(), Setups::read());
    setups.before(&stripe);
    let (mut broken, mut count) = (Vec::new(), 0);
    for entity in entities().filter(|it| it.creates() && !setups.missing(&it.key, "Create")) {
        if entity.key == "file" {
            continue;
        }
        let create = entity.operation(OperationKind::Create).unwrap();
        let update = entity.operation(OperationKind::Update);
        for value in EXTREMES {
            for (name, value) in extreme(&create.params, value) {
                let mut params = setups.params(&stripe, entity);
                params[&name] = value;
                let path = setups.path(&stripe, entity, &create.path, "");
                ask(&stripe, "POST", &path, &params, &mut broken);
                count += 1;
            }
        }
        let (Some(update), Ok(body)) = (update, made(&stripe, &setups, entity)) else { continue };
        let path = setups.path(&stripe, entity, &update.path, body["id"].as_str().unwrap_or_default());
        for (name, value) in EXTREMES.into_iter().flat_map(|value| extreme(&update.params, value)) {
            ask(&stripe, "POST", &path, &json!({ name: value }), &mut broken);
            count += 1;
        }
    }
    assert!(count > 3000, "{count}");
    assert!(broken.is_empty(), "{} of {count}:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn no_number_is_too_large_or_too_small_for_a_list_or_an_action() {
    let (stripe, setups) = (Stripe::new(), Setups::read());
    setups.before(&stripe);
    let (mut broken, mut count) = (Vec::new(), 0);
    for entity in entities().filter(|it| setups.table["places"].get(&it.key).is_some() || it.creates()) {
        let Some(list) = entity.operation(OperationKind::List) else { continue };
        let places = list.path.matches('{').count();
        if places > setups.table["places"][&entity.key].as_array().map_or(0, Vec::len) {
            continue;
        }
        let path = setups.path(&stripe, entity, &list.path, "");
        for (name, value) in EXTREMES.into_iter().flat_map(|value| extreme(&list.params, value)) {
            let mut params = demanded(&list.params);
            params.extend(setups.more(&stripe, entity));
            params.insert(name, value);
            ask(&stripe, "GET", &path, &Json::Object(params), &mut broken);
            count += 1;
        }
    }
    assert!(count > 300, "{count}");
    assert!(broken.is_empty(), "{} of {count}:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn a_summary_over_all_time_ends() {
    let (stripe, setups) = (Stripe::new(), Setups::read());
    let meter = setups.reference(&stripe, "billing.meter");
    let customer = setups.reference(&stripe, "customer");
    let path = format!("/v1/billing/meters/{meter}/event_summaries");
    let asked = |start: i64, end: i64, window: Option<&str>| {
        let mut params = json!({"customer": customer, "start_time": start, "end_time": end});
        if let Some(window) = window {
            params["value_grouping_window"] = window.into();
        }
        stripe.call("GET", &path, &params).0
    };
    let (first, last) = (i64::MIN / 60 * 60, i64::MAX / 60 * 60);
    for window in [None, Some("hour"), Some("day")] {
        assert_eq!(asked(first, last, window), 400, "{window:?}");
        assert_eq!(asked(last, first, window), 400, "{window:?}");
    }
    let (first, last) = (-62_135_596_800, 253_402_300_740);
    assert_eq!((asked(first, last, None), asked(first, last, Some("day"))), (200, 400));
}
