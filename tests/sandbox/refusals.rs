//! Wrong params: every param of every call is tried with what Stripe refuses there. What is not
//! refused stands in a ledger with its reason.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use stripe_provider::catalog::{Clearing, Kind, NumberRange, OperationKind, Shape, catalog};

use crate::calls::Stripe;
use crate::params::Setups;
use crate::rows::{self, Place, Row};

/// A code, where Stripe has one, and a part of the message.
type Refusal = (Option<&'static str>, &'static str);

/// A part of what a row tells, and why such rows are not refused as all others are.
type Ledger<'l> = &'l [(&'l str, &'l str)];

/// Tries every row; each must be refused as expected, and everything in the ledger must not be.
fn try_all(stripe: &Stripe, rows: &[Row], expected: &dyn Fn(&Place) -> Refusal, ledger: Ledger<'_>) {
    let mut wrong: Vec<String> = rows.iter().filter_map(|row| tried(stripe, row, expected)).collect();
    for (part, why) in ledger {
        let before = wrong.len();
        wrong.retain(|told| !told.contains(part));
        assert!(wrong.len() < before, "{part} is refused, so this is no reason any more: {why}");
    }
    let shown = wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {} are not refused as expected:\n{shown}", wrong.len(), rows.len());
}

/// What is wrong with the answer to a row.
fn tried(stripe: &Stripe, row: &Row, expected: &dyn Fn(&Place) -> Refusal) -> Option<String> {
    let place = &row.place;
    let uploads = place.path == "/v1/files" && place.method == "POST" && place.at != "file";
    let (status, answer) = if uploads {
        let mut params = row.params.clone();
        params.as_object_mut().unwrap().remove("file");
        stripe.call_with_file(&place.path, &params)
    } else {
        stripe.call(place.method, &place.path, &row.params)
    };
    let error = &answer["error"];
    let (code, message) = expected(place);
    let told = (status, error["code"].as_str(), error["param"].as_str());
    let says = error["message"].as_str().unwrap_or_default();
    let is_right = told == (400, code, Some(&place.at)) && says.contains(message);
    (!is_right).then(|| format!("{}: {status} {:?} {:?} {says}", row.told(), told.1, told.2))
}

fn clears(shape: &Shape) -> bool {
    shape.clearing != Clearing::Never
        || matches!(&shape.kind, Kind::Union(shapes) if shapes.iter().any(clears))
}

#[test]
fn what_cannot_be_unset_is_not_emptied() {
    let is_metadata =
        |place: &Place| place.at.ends_with("metadata][usd]") || place.at.ends_with("metadata[usd]");
    let wrong = |place: &Place| {
        let may_be = clears(place.shape) || is_metadata(place);
        if may_be { Vec::new() } else { vec![place.emptied()] }
    };
    let rows = rows::all(&wrong, &BTreeMap::new());
    assert!(rows.len() > 10_000, "{}", rows.len());
    try_all(&Stripe::new(), &rows, &|_| (Some("parameter_invalid_empty"), "cannot be unset"), &[]);
}

#[test]
fn what_can_be_unset_may_be_emptied() {
    let empty = |place: &Place| if clears(place.shape) { vec![place.emptied()] } else { Vec::new() };
    let rows = rows::all(&empty, &BTreeMap::new());
    let stripe = Stripe::new();
    for row in &rows {
        let (_, answer) = stripe.call(row.place.method, &row.place.path, &row.params);
        let refused = (answer["error"]["code"].as_str(), answer["error"]["param"].as_str());
        assert_ne!(refused, (Some("parameter_invalid_empty"), Some(row.place.at.as_str())), "{}", row.told());
    }
    assert!(rows.len() > 1000, "{}", rows.len());
}

#[test]
fn a_text_that_is_not_among_the_values_is_refused() {
    let wrong = |place: &Place| match &place.shape.kind {
        Kind::Enum(_) => vec![json!("telepathy")],
        _ => vec![],
    };
    let rows = rows::all(&wrong, &BTreeMap::new());
    assert!(rows.len() > 1900, "{}", rows.len());
    try_all(&Stripe::new(), &rows, &|_| (None, "must be one of"), &[]);
}

#[test]
fn a_currency_that_does_not_exist_is_refused() {
    let wrong = |place: &Place| match &place.shape.kind {
        Kind::Currency => vec![json!("xqz"), json!("dollars")],
        _ => vec![],
    };
    let rows = rows::all(&wrong, &BTreeMap::new());
    assert!(rows.len() > 250, "{}", rows.len());
    let listed = "Stripe currently supports these currencies: usd, ";
    try_all(&Stripe::new(), &rows, &|_| (None, listed), &[]);
}

#[test]
fn a_map_by_currency_has_currencies_for_keys() {
    let stripe = Stripe::new();
    let rule = json!({"currency": "usd", "unit_amount": 1, "currency_options": {"xqz": {"unit_amount": 1}}});
    let (status, answer) = stripe.call("POST", "/v1/prices", &rule);
    assert_eq!((status, &answer["error"]["param"]), (400, &json!("currency_options[xqz]")), "{answer}");
}

#[test]
fn a_value_of_another_type_is_refused() {
    let wrong = |place: &Place| match &place.shape.kind {
        Kind::Boolean => vec![json!("perhaps")],
        Kind::Integer | Kind::Time => vec![json!("soon")],
        Kind::Decimal | Kind::Number => vec![json!("much")],
        Kind::Object(_) | Kind::Map(_) | Kind::List(_) | Kind::Set(_) => vec![json!("text")],
        _ => vec![],
    };
    let rows = rows::all(&wrong, &BTreeMap::new());
    assert!(rows.len() > 6000, "{}", rows.len());
    let expected = |place: &Place| match &place.shape.kind {
        Kind::Integer | Kind::Time => (Some("parameter_invalid_integer"), "Invalid integer: soon"),
        _ => (None, "Invalid "),
    };
    try_all(&Stripe::new(), &rows, &expected, &[]);
}

#[test]
fn a_whole_number_out_of_its_range_is_refused() {
    let wrong = |place: &Place| match (&place.shape.kind, NumberRange::at(&place.at)) {
        (Kind::Integer, Some(range)) => {
            let beyond = range.most.map(|most| json!(most + 1));
            [Some(json!(i64::from(range.least) - 1)), beyond].into_iter().flatten().collect()
        }
        _ => vec![],
    };
    let rows = rows::all(&wrong, &BTreeMap::new());
    assert!(rows.len() > 200, "{}", rows.len());
    let expected = |_: &Place| (Some("parameter_invalid_integer"), "This value must be ");
    try_all(&Stripe::new(), &rows, &expected, &[]);
}

/// An object of every type that a param may name; what looks like one where none can be made.
fn objects(stripe: &Stripe) -> BTreeMap<String, String> {
    let setups = Setups::read();
    setups.before(stripe);
    let held: Json = serde_json::from_str(include_str!("../../src/sandbox/reference_data.json")).unwrap();
    let id = |object: &String| {
        if setups.makes(object) {
            return setups.reference(stripe, object);
        }
        if let Some(id) = held[object][0]["id"].as_str() {
            return id.to_owned();
        }
        let prefix = catalog().by_key(object).map_or("", |entity| entity.id_prefix.as_str());
        format!("{prefix}example")
    };
    rows::referenced().iter().map(|object| (object.clone(), id(object))).collect()
}

#[test]
fn a_reference_must_be_of_the_right_type_and_exist() {
    let stripe = Stripe::new();
    let ids = objects(&stripe);
    let wrong = |place: &Place| match &place.shape.kind {
        Kind::Id(objects) => {
            let other =
                if objects.iter().any(|object| object == "customer") { "product" } else { "customer" };
            vec![json!("none_123"), json!(ids[other])]
        }
        _ => vec![],
    };
    let rows = rows::all(&wrong, &ids);
    assert!(rows.len() > 1900, "{}", rows.len());
    try_all(&stripe, &rows, &|_| (Some("resource_missing"), "No such "), UNREACHED);
}

const UNREACHED: Ledger<'_> = &[
    (
        "[payout_method] = \"none_123\"",
        "nothing makes payout methods, and Stripe does not say how their ids begin",
    ),
    (" payout_method = \"none_123\"", "the same"),
    (
        " application = \"none_123\"",
        "nothing makes applications, and Stripe does not say how their ids begin",
    ),
    ("transaction_entries transaction = \"none_123\"", "nothing makes transactions of version 2"),
];

#[test]
fn a_page_begins_at_an_object_of_its_type() {
    let wrong = |place: &Place| match place.at.as_str() {
        "starting_after" | "ending_before" => vec![json!("none_123")],
        _ => vec![],
    };
    let stripe = Stripe::new();
    let mut rows = rows::all(&wrong, &objects(&stripe));
    // below an owner that does not exist nothing is listed
    rows.retain(|row| !row.place.path.contains("/none"));
    assert!(rows.len() > 150, "{}", rows.len());
    let ledger: Ledger<'_> = &[(
        "preview/lines",
        "a preview needs an amount or lines, though Stripe's description demands neither",
    )];
    try_all(&stripe, &rows, &|_| (Some("resource_missing"), "No such "), ledger);
}

/// What the answer to a call says of a path to expand: it is refused before anything is looked for.
fn expanded(stripe: &Stripe, path: &str, field: &str) -> (bool, String) {
    let (status, answer) = stripe.call("GET", path, &json!({"expand": [field]}));
    let says = answer["error"]["message"].as_str().unwrap_or_default().to_owned();
    let told = (status, answer["error"]["param"].as_str());
    (told == (400, Some("expand")) && says.contains(&format!("cannot be expanded ({field})")), says)
}

#[test]
fn only_what_holds_an_object_is_expanded() {
    let stripe = Stripe::new();
    let (mut refused, mut done) = (0, 0);
    for entity in catalog().entities().filter_map(|name| catalog().entity(name)).filter(|one| !one.is_v2()) {
        let Some(get) = entity.operation(OperationKind::Get).filter(|get| get.path.ends_with("{id}")) else {
            continue;
        };
        let path: Vec<&str> =
            get.path.split('/').map(|part| if part.starts_with('{') { "none" } else { part }).collect();
        for field in entity.fields.iter().filter(|field| !entity.omitted.contains(&field.name)) {
            let plain = match &field.shape.kind {
                Kind::Id(_) | Kind::Page(_) | Kind::Whole(_) => false,
                Kind::Boolean | Kind::Integer | Kind::Map(_) | Kind::Text { .. } | Kind::Time => true,
                _ => continue,
            };
            let (is_refused, says) = expanded(&stripe, &path.join("/"), &field.name);
            assert_eq!(is_refused, plain, "{} {}: {says}", get.path, field.name);
            if plain { refused += 1 } else { done += 1 }
        }
        assert!(expanded(&stripe, &path.join("/"), "telepathy").0, "{}", get.path);
    }
    assert!(refused > 900 && done > 150, "{refused} {done}");
}

#[test]
fn a_list_expands_below_its_data() {
    let stripe = Stripe::new();
    for (path, field) in [
        ("/v1/prices", "data.currency"),
        ("/v1/prices", "data.product.name"),
        ("/v1/prices", "data.metadata"),
        ("/v1/subscriptions", "data.items.price"),
        ("/v1/invoices", "data.lines.data.amount"),
        ("/v1/invoices", "telepathy"),
    ] {
        assert!(expanded(&stripe, path, field).0, "{field}");
    }
    let (is_refused, says) = expanded(&stripe, "/v1/prices", "product");
    assert!(is_refused && says.ends_with("You may want to try expanding 'data.product' instead."), "{says}");
    for field in ["data.product", "data.product.default_price", "data.tiers", "data.currency_options"] {
        assert!(!expanded(&stripe, "/v1/prices", field).0, "{field}");
    }
    let deep = stripe.call("GET", "/v1/invoices", &json!({"expand": ["data.a.b.c.d"]})).1;
    assert!(deep["error"]["message"].as_str().unwrap().starts_with("You cannot expand more than 4 levels"));
}

#[test]
fn an_id_in_a_path_is_named_as_stripe_names_it() {
    let stripe = Stripe::new();
    for (path, message, param) in [
        ("/v1/payment_intents/pi_none", "No such payment_intent: 'pi_none'", "intent"),
        ("/v1/payment_methods/pm_none", "No such PaymentMethod: 'pm_none'", "payment_method"),
        ("/v1/customers/cus_none", "No such customer: 'cus_none'", "id"),
        ("/v1/prices/price_none", "No such price: 'price_none'", "price"),
    ] {
        let (status, answer) = stripe.call("GET", path, &json!({}));
        let error = &answer["error"];
        assert_eq!((status, &error["code"]), (404, &json!("resource_missing")), "{path}");
        assert_eq!((&error["message"], &error["param"]), (&json!(message), &json!(param)));
    }
}
