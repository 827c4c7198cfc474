//! Wrong params: every param of every call is tried with what Stripe refuses there.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use stripe_provider::catalog::{Clearing, Kind, Shape};

use crate::calls::Stripe;
use crate::rows::{self, Row};

/// What a refusal must say: its code, where Stripe has one, and a part of its message.
type Expected<'e> = &'e dyn Fn(&Row) -> (Option<&'static str>, &'static str);

/// Tries every row; the sentences about those that are not refused as expected come back.
fn tried(rows: &[Row], expected: Expected<'_>) -> Vec<String> {
    let stripe = Stripe::new();
    let mut wrong = Vec::new();
    for row in rows {
        let (status, answer) = stripe.call(row.method, &row.path, &row.params);
        let error = &answer["error"];
        let (code, message) = expected(row);
        let told = (status, error["code"].as_str(), error["param"].as_str());
        let says = error["message"].as_str().unwrap_or_default();
        if told != (400, code, Some(&row.at)) || !says.contains(message) {
            wrong.push(format!("{}: {status} {:?} {:?} {says}", row.name(), told.1, told.2));
        }
    }
    wrong
}

fn report(what: &str, rows: &[Row], wrong: &[String]) {
    std::fs::write(format!("/tmp/scratch/{what}.txt"), wrong.join("\n")).unwrap();
    println!("{what}: {} rows, {} refused as expected", rows.len(), rows.len() - wrong.len());
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        rows.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}

fn clears(shape: &Shape) -> bool {
    shape.clearing != Clearing::Never
        || matches!(&shape.kind, Kind::Union(shapes) if shapes.iter().any(clears))
}

#[test]
fn what_cannot_be_unset_is_not_emptied() {
    let wrong = |shape: &Shape, is_json: bool| match clears(shape) {
        true => vec![],
        false => vec![if is_json { Json::Null } else { json!("") }],
    };
    let rows = rows::all(&wrong, &BTreeMap::new());
    let wrong = tried(&rows, &|_| (Some("parameter_invalid_empty"), "cannot be unset"));
    report("emptied", &rows, &wrong);
}

#[test]
fn a_text_that_is_not_among_the_values_is_refused() {
    let wrong = |shape: &Shape, _: bool| match &shape.kind {
        Kind::Enum(_) => vec![json!("telepathy")],
        _ => vec![],
    };
    let rows = rows::all(&wrong, &BTreeMap::new());
    let wrong = tried(&rows, &|_| (None, "must be one of"));
    report("enums", &rows, &wrong);
}

#[test]
fn a_currency_that_does_not_exist_is_refused() {
    let wrong = |shape: &Shape, _: bool| match &shape.kind {
        Kind::Currency => vec![json!("xqz"), json!("dollars")],
        _ => vec![],
    };
    let rows = rows::all(&wrong, &BTreeMap::new());
    let wrong = tried(&rows, &|_| (None, "Stripe currently supports these currencies: usd, "));
    report("currencies", &rows, &wrong);
}

#[test]
fn a_value_of_another_type_is_refused() {
    let wrong = |shape: &Shape, is_json: bool| match &shape.kind {
        Kind::Boolean => vec![json!("perhaps")],
        Kind::Integer | Kind::Time => vec![json!("soon")],
        Kind::Decimal => vec![json!("much")],
        Kind::Number if !is_json => vec![json!("much")],
        Kind::Object(_) | Kind::Map(_) | Kind::List(_) | Kind::Set(_) => vec![json!("text")],
        _ => vec![],
    };
    let rows = rows::all(&wrong, &BTreeMap::new());
    let wrong = tried(&rows, &|row| match &row.shape.kind {
        Kind::Integer | Kind::Time => (Some("parameter_invalid_integer"), "Invalid integer: soon"),
        _ => (None, "Invalid "),
    });
    report("types", &rows, &wrong);
}

#[test]
fn a_reference_to_nothing_is_refused() {
    let wrong = |shape: &Shape, _: bool| match &shape.kind {
        Kind::Id(_) => vec![json!("none_123")],
        _ => vec![],
    };
    let rows = rows::all(&wrong, &BTreeMap::new());
    let wrong = tried(&rows, &|_| (Some("resource_missing"), "No such "));
    report("references", &rows, &wrong);
}
