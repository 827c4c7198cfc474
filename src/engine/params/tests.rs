use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::values::value;
use super::{
    ParamErrors, WrittenParams, config_params, create_params, parse, require, unlisted_values,
    with_original_keys,
};
use crate::catalog::names::join_path;
use crate::catalog::{Entity, Kind, Member, NumberRange, OperationKind, Shape, catalog};
use crate::connector::entity;
use crate::engine::Error;

fn written(given: &Json) -> WrittenParams {
    WrittenParams { members: given.as_object().unwrap().clone(), unknown: Vec::new() }
}

fn create(name: &str, given: &Json) -> Result<Json, ParamErrors> {
    let operation = entity(name).unwrap().operation(OperationKind::Create).unwrap();
    parse(&written(given), &operation.params).map(|desired| Json::Object(desired.params))
}

fn refused(name: &str, given: &Json) -> String {
    sentences(&create(name, given).unwrap_err())
}

/// The faults of the params of a create as text; empty if there are none.
fn told(name: &str, given: &Json) -> String {
    match create_params(entity(name).unwrap(), &written(given)) {
        Err(Error::Params(faults)) => sentences(&faults),
        right => right.map(|_| String::new()).unwrap(),
    }
}

fn sentences(faults: &ParamErrors) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[test]
fn every_fault_is_told_at_once() {
    let given = json!({"Nmae": "A", "Email": {"a": 1}, "address": {"ctiy": "Bern", "line1": []}});
    let expected = r#"unknown param "Nmae" in the payload; did you mean "name"?; "email" must be text, not {"a":1}; unknown param "address.ctiy" in the payload; did you mean "city"?; "address.line1" must be text, not []"#;
    assert_eq!(refused("Customer", &given), expected);
}

#[test]
fn what_is_missing_is_told_beside_the_faults() {
    let wrong = json!({"UnitAmount": "abc", "Recurring": {"Intervall": "month"}});
    let missing = r#"the payload lacks "currency", which Stripe requires"#;
    assert!(told("Price", &wrong).ends_with(missing), "{}", told("Price", &wrong));
    let misspelt = told("Price", &json!({"Curency": "usd"}));
    assert_eq!(misspelt, r#"unknown param "Curency" in the payload; did you mean "currency"?"#);
    let field = told("Product", &json!({"Name": "Gold", "Livemode": true}));
    assert_eq!(field, r#""Livemode" is a field that Stripe sets, not a param: remove it"#);
}

#[test]
fn what_is_not_known_yet_is_not_missing() {
    let given = json!({"currency": "usd", "recurring": {}});
    let path = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    let unknown = vec![path(&["Product"]), path(&["recurring", "Interval"])];
    let given = WrittenParams { members: given.as_object().unwrap().clone(), unknown };
    let params = entity("Price").unwrap();
    let desired = parse(&given, params.params()).unwrap();
    assert_eq!(desired.unknown, [path(&["product"]), path(&["recurring", "interval"])]);
    require(&desired, params.create_params(), false).unwrap();
    let misspelt = WrittenParams { unknown: vec![path(&["Prodcut"])], ..WrittenParams::default() };
    assert!(sentences(&parse(&misspelt, params.params()).unwrap_err()).contains("product"));
}

#[test]
fn every_spelling_of_a_name_is_the_same_param() {
    let expected = json!({"payment_method": "pm_1", "currency": "usd", "amount": 1500});
    for given in [
        json!({"PaymentMethod": "pm_1", "Currency": "usd", "Amount": 1500.0}),
        json!({"payment_method": "pm_1", "currency": "usd", "amount": "1500"}),
        json!({"paymentMethod": "pm_1", "CURRENCY": "usd", "amount": 1500, "Description": null}),
    ] {
        assert_eq!(create("PaymentIntent", &given).unwrap(), expected);
    }
}

#[test]
fn flat_and_dotted_keys_become_nested_params() {
    let expected = json!({"address": {"city": "Bern", "postal_code": "3000"}, "metadata": {"order.id": "7"}});
    let flat = json!({"AddressCity": "Bern", "AddressPostalCode": "3000", "metadata.order.id": 7});
    assert_eq!(create("Customer", &flat).unwrap(), expected);
    let nested = json!({"Address": {"City": "Bern", "PostalCode": 3000}, "Metadata": {"order.id": "7"}});
    assert_eq!(create("Customer", &nested).unwrap(), expected);
}

#[test]
fn the_case_of_a_metadata_key_is_kept() {
    let given = json!({"Metadata": {"OrderId": "7"}});
    assert_eq!(create("Customer", &given).unwrap(), json!({"metadata": {"OrderId": "7"}}));
}

#[test]
fn a_time_may_be_written_as_a_date() {
    let given = json!({"expires_at": "2030-01-02", "customer": "cus_1"});
    assert_eq!(create("Quote", &given).unwrap()["expires_at"], json!(1_893_542_400));
}

#[test]
fn a_wrong_key_is_answered_with_the_right_one() {
    let expected = r#"unknown param "Nmae" in the payload; did you mean "name"?"#;
    assert_eq!(refused("Customer", &json!({"Nmae": "A"})), expected);
    assert_eq!(refused("Customer", &json!({"zzz": 1})), r#"unknown param "zzz" in the payload"#);
}

#[test]
fn a_wrong_value_is_named_with_its_place() {
    assert_eq!(
        refused("PaymentIntent", &json!({"Amount": 15.5})),
        r#""amount" must be a whole number, not 15.5"#
    );
    assert_eq!(
        refused("PaymentIntent", &json!({"Confirm": "yes"})),
        r#""confirm" must be true or false, not "yes""#
    );
    assert_eq!(
        refused("Customer", &json!({"Address": "Bern"})),
        r#""address" must be an object, not "Bern""#
    );
    let long = refused("Customer", &json!({"Email": "x".repeat(600)}));
    assert!(long.starts_with(r#""email" must be at most 512 characters long"#), "{long}");
}

#[test]
fn a_value_newer_than_the_facts_is_stripes_to_judge() {
    let given = json!({"CaptureMethod": "on_delivery"});
    assert_eq!(create("PaymentIntent", &given).unwrap(), json!({"capture_method": "on_delivery"}));
    let unlisted = |given: Json| {
        let intent = entity("PaymentIntent").unwrap();
        let found = unlisted_values(&parse(&written(&given), intent.params()).unwrap(), intent.params());
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let expected = r#"Did you mean "manual"? "capture_method" is "Manual", which Stripe does not document; it documents `automatic`, `automatic_async`, `manual`"#;
    assert_eq!(unlisted(json!({"CaptureMethod": "Manual"})), [expected]);
    assert!(unlisted(json!({"CaptureMethod": "manual"})).is_empty());
    let [euro] = &unlisted(json!({"Currency": "EURO"}))[..] else { panic!("one value") };
    assert!(euro.starts_with(r#"Did you mean "eur"? "currency" is "EURO", which"#), "{euro}");
    assert!(unlisted(json!({"Currency": "EUR"})).is_empty());
}

#[test]
fn a_value_under_a_key_of_a_map_is_looked_at_too() {
    let price = entity("Price").unwrap();
    let options = json!({"currency_options": {"eur": {"tax_behavior": "inclusiv"}}});
    let found = unlisted_values(&parse(&written(&options), price.params()).unwrap(), price.params());
    let [doubted] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        (&*doubted.param, doubted.suggestion.as_deref()),
        ("currency_options.eur.tax_behavior", Some("inclusive"))
    );
}

#[test]
fn a_date_may_stand_beside_a_word() {
    let time = |value: &str| create("Subscription", &json!({"customer": "cus_1", "trial_end": value}));
    assert_eq!(time("2030-01-02").unwrap()["trial_end"], json!(1_893_542_400));
    assert_eq!(time("now").unwrap()["trial_end"], json!("now"));
    assert!(time("soon").is_err());
}

#[test]
fn what_changes_keeps_the_spelling_of_the_payload() {
    let given = json!({"Name": "A", "AddressCity": "Bern", "address.line1": "x", "Metadata": {"k": "1"}});
    let params = &entity("Customer").unwrap().operation(OperationKind::Create).unwrap().params;
    let before = parse(&written(&given), params).unwrap().params;
    let after = json!({"name": "B", "address": {"city": "Basel", "line1": "x"}, "metadata": {"k": "2"}});
    let found = with_original_keys(given.as_object().unwrap(), params, &before, after.as_object().unwrap());
    let expected = json!({"Name": "B", "AddressCity": "Basel", "address.line1": "x", "Metadata": {"k": "2"}});
    assert_eq!(Json::Object(found), expected);
}

#[test]
fn two_keys_for_one_param_are_refused() {
    let error = refused("Customer", &json!({"Name": "A", "name": "B"}));
    assert_eq!(error, r#""name" sets "name", which the payload already sets"#);
    let both = json!({"product": "prod_1", "currency": "usd", "UnitAmount": 5, "UnitAmountDecimal": "5"});
    let told = r#""unit_amount_decimal" sets "unit_amount", which the payload already sets"#;
    assert_eq!(refused("Price", &both), told);
}

#[test]
fn a_required_param_that_is_missing_is_named() {
    let operation = entity("PaymentIntent").unwrap().operation(OperationKind::Create).unwrap();
    let desired = parse(&written(&json!({"amount": 5})), &operation.params).unwrap();
    let faults = require(&desired, &operation.params, false).unwrap_err();
    assert_eq!(sentences(&faults), r#"the payload lacks "currency", which Stripe requires"#);
}

#[test]
fn an_object_of_nothing_is_refused_where_a_form_cannot_say_it() {
    let empty = "must be an object with at least one member, not {}";
    assert_eq!(
        told("BillingPortalConfiguration", &json!({"features": {}})),
        format!(r#""features" {empty}"#)
    );
    let options =
        json!({"product": "prod_1", "currency": "usd", "unit_amount": 5, "currency_options": {"eur": {}}});
    assert_eq!(told("Price", &options), format!(r#""currency_options.eur" {empty}"#));
    let item = json!({"line_items": [{"price": "price_1", "quantity": 1}], "shipping_options": [{}]});
    assert_eq!(told("PaymentLink", &item), format!(r#""shipping_options.0" {empty}"#));
    // An optional object is left out, and JSON can express an empty one.
    assert_eq!(told("Customer", &json!({"name": "Ada", "address": {}})), "");
    assert_eq!(told("V2CoreAccount", &json!({"configuration": {"customer": {}}})), "");
}

/// An import writes what Stripe shows, such as an address that has become empty.
#[test]
fn an_object_that_is_there_may_hold_nothing() {
    let customer = json!({"name": "Ada", "shipping": {"name": "Ada", "address": {}}});
    assert!(told("Customer", &customer).contains("shipping.address"));
    config_params(entity("Customer").unwrap(), &written(&customer)).unwrap();
}

#[test]
fn a_number_may_have_an_exponent_and_is_sent_in_digits() {
    let amount = |text: &str| {
        let given: Json = serde_json::from_str(&format!(r#"{{"amount": {text}}}"#)).unwrap();
        create("PaymentIntent", &given)
            .map(|sent| sent["amount"].to_string())
            .map_err(|faults| sentences(&faults))
    };
    for (text, sent) in
        [("1e3", "1000"), ("1.5E3", "1500"), ("\"15e2\"", "1500"), ("9007199254740993", "9007199254740993")]
    {
        assert_eq!(amount(text).unwrap(), sent, "{text}");
    }
    assert_eq!(amount("1.5e0").unwrap_err(), r#""amount" must be a whole number, not 1.5e+0"#);
    let large = r#""amount" must be a whole number from -9223372036854775808 to 9223372036854775807, not 9223372036854775808"#;
    assert_eq!(amount("9223372036854775808").unwrap_err(), large);
    let decimal = json!({"currency": "usd", "product": "prod_1", "unit_amount_decimal": "1.25e-1"});
    assert_eq!(create("Price", &decimal).unwrap()["unit_amount_decimal"], json!("0.125"));
}

#[test]
fn a_number_out_of_its_range_is_refused() {
    let coupon = |percent: Json| refused("Coupon", &json!({"duration": "once", "percent_off": percent}));
    assert_eq!(coupon(json!(120)), r#""percent_off" must be a number above 0 and up to 100, not 120"#);
    assert_eq!(
        coupon(json!("100.01")),
        r#""percent_off" must be a number above 0 and up to 100, not "100.01""#
    );
    assert_eq!(coupon(json!(-1)), r#""percent_off" must be a number above 0 and up to 100, not -1"#);
    assert_eq!(coupon(json!(0)), r#""percent_off" must be a number above 0 and up to 100, not 0"#);
    assert!(create("Coupon", &json!({"duration": "once", "percent_off": "100.0"})).is_ok());
    let price = json!({"currency": "eur", "product": "prod_1", "recurring": {"interval": "month", "interval_count": 0}});
    assert_eq!(
        refused("Price", &price),
        r#""recurring.interval_count" must be a whole number of at least 1, not 0"#
    );
    let account = json!({"settings": {"payouts": {"schedule": {"monthly_payout_days": [1, 32]}}}});
    assert_eq!(
        refused("Account", &account),
        r#""settings.payouts.schedule.monthly_payout_days.1" must be a whole number from 1 to 31, not 32"#
    );
}

/// For the whole catalog: the ends of a range are accepted, numbers beyond them are not.
#[test]
fn every_number_of_a_range_is_held_to_it() {
    let mut seen = BTreeSet::new();
    let mut hold = |place: &str, shape: &Shape| {
        let Some(range) = NumberRange::at(place) else { return };
        let (least, most) = (i64::from(range.least), range.most.map(i64::from));
        let takes = |number: i64| value(&json!(number), shape, place).is_ok();
        assert!(takes(least) != range.is_open && takes(least + 1) && !takes(least - 1), "{place}");
        assert!(most.is_none_or(|most| takes(most) && !takes(most + 1)), "{place}");
        let own = place.trim_end_matches(".0").rsplit('.').next();
        seen.extend(NumberRange::names().filter(|name| own == Some(name)));
    };
    for entity in catalog().entities().filter_map(|name| catalog().entity(name)) {
        let operations = entity.operations.iter().map(|operation| &operation.params);
        let actions = entity.actions.iter().map(|action| &action.params);
        operations.chain(actions).for_each(|params| each_number(params, "", &mut hold));
    }
    assert_eq!(seen, NumberRange::names().collect(), "names that no param has");
}

fn each_number(params: &[Member], place: &str, found: &mut impl FnMut(&str, &Shape)) {
    for member in params {
        each_number_of(&member.shape, &join_path(place, &member.name), found);
    }
}

fn each_number_of(shape: &Shape, place: &str, found: &mut impl FnMut(&str, &Shape)) {
    match &shape.kind {
        Kind::Object(members) => each_number(members, place, found),
        Kind::List(item) | Kind::Set(item) => each_number_of(item, &join_path(place, "0"), found),
        Kind::Map(value) => each_number_of(value, &join_path(place, "key"), found),
        Kind::Union(shapes) => shapes.iter().for_each(|shape| each_number_of(shape, place, found)),
        Kind::Integer | Kind::Number | Kind::Decimal => found(place, shape),
        _ => {}
    }
}

#[test]
fn metadata_beyond_stripes_limits_is_refused() {
    let many: serde_json::Map<String, Json> = (0..51).map(|at| (format!("k{at}"), json!("v"))).collect();
    for (metadata, why) in [
        (json!(many), r#""metadata" must be a map of at most 50 keys, not 51 keys"#.to_owned()),
        (
            json!({"a[b]": "1"}),
            r#""metadata" must be a map whose keys have no square brackets, not "a[b]""#.to_owned(),
        ),
        (json!({"": "1"}), r#""metadata" must be a map whose keys are not empty, not """#.to_owned()),
        (
            json!({"k".repeat(41): "1"}),
            format!(
                r#""metadata" must be a map whose keys have at most 40 characters, not "{}…"#,
                "k".repeat(39)
            ),
        ),
        (
            json!({"a": "v".repeat(501)}),
            format!(r#""metadata.a" must be at most 500 characters long, not "{}…"#, "v".repeat(39)),
        ),
    ] {
        assert_eq!(refused("Customer", &json!({ "Metadata": metadata })), why);
    }
    let fits = json!({"k".repeat(40): "ü".repeat(500), "gone": null, "empty": ""});
    assert!(create("Customer", &json!({ "metadata": fits })).is_ok());
}

#[test]
fn a_currency_is_a_key_in_either_case_and_once() {
    let price = |options: Json| json!({"currency": "usd", "currency_options": options, "product": "prod_1"});
    let options = json!({"EUR": {"unit_amount": 5}, "gbp": {"unit_amount": 4}});
    let expected = json!({"eur": {"unit_amount": 5}, "gbp": {"unit_amount": 4}});
    assert_eq!(create("Price", &price(options)).unwrap()["currency_options"], expected);
    let twice = refused("Price", &price(json!({"EUR": {"unit_amount": 5}, "eur": {"unit_amount": 4}})));
    assert!(twice.contains("currency_options.eur"), "{twice}");
    assert!(create("Customer", &json!({"metadata": {"A": "1", "a": "2"}})).is_ok(), "no currencies");
}

#[test]
fn a_time_without_a_zone_is_of_utc() {
    for (text, seconds) in [
        ("2030-01-02", 1_893_542_400),
        ("2030-01-02T03:04:05", 1_893_553_445),
        ("2030-01-02 03:04:05", 1_893_553_445),
        ("2030-01-02T03:04:05+01:00", 1_893_549_845),
        ("1893542400", 1_893_542_400),
    ] {
        let given = json!({"expires_at": text, "customer": "cus_1"});
        assert_eq!(create("Quote", &given).unwrap()["expires_at"], json!(seconds), "{text}");
    }
}

#[test]
fn the_id_of_another_type_is_refused_at_its_param() {
    let given = json!({"Customer": "sub_1MowQVLkdIwHu7ixeRlqHVzs", "Items": [{"Price": "price_1", "TaxRates": ["txcd_1"]}]});
    let expected = r#""customer" must be the id of a customer (`cus_…`), not "sub_1MowQVLkdIwHu7ixeRlqHVzs", the id of a subscription; "items.0.tax_rates.0" must be the id of a tax rate (`txr_…`), not "txcd_1", the id of a tax code"#;
    assert_eq!(refused("Subscription", &given), expected);
}

#[test]
fn an_id_that_its_owner_may_have_chosen_is_told_and_sent() {
    let params = entity("Price").unwrap();
    let wanted =
        parse(&written(&json!({"Product": "price_1MoBy5LkdIwHu7ixZhnattbh"})), params.params()).unwrap();
    let told: Vec<String> =
        unlisted_values(&wanted, params.params()).iter().map(ToString::to_string).collect();
    let expected = r#""product" is "price_1MoBy5LkdIwHu7ixZhnattbh", which looks like the id of a price; Stripe takes the id of a product (`prod_…`)"#;
    assert_eq!(told, [expected]);
}

/// For the whole catalog: such an id is refused, or doubted if practitioners can choose ids of its type.
#[test]
fn the_id_of_another_type_is_no_parent_of_any_type() {
    let of_parents = |entity: &'static Entity| entity.parents().into_iter().map(move |name| (entity, name));
    let places = catalog().summaries().flat_map(|it| of_parents(it.entity()));
    let (mut told, mut untold) = (0, BTreeSet::new());
    for (entity, name) in places {
        let invoice = json!({ name: "in_1MtHbELkdIwHu7ixl4OzzPMv" });
        let is_told = match parse(&written(&invoice), entity.params()) {
            Ok(desired) => !unlisted_values(&desired, entity.params()).is_empty(),
            Err(faults) => sentences(&faults).contains("the id of an invoice"),
        };
        told += usize::from(is_told);
        if !is_told {
            untold.insert(name);
        }
    }
    // The id is that of an invoice; the prefixes of the other types are unknown.
    let others = ["application_fee", "financial_account", "invoice", "source", "transaction"];
    assert_eq!((told, untold), (24, BTreeSet::from(others)));
}
