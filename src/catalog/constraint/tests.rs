use super::samples::samples;
use super::*;

fn violations(table: &str, params: &Json, unknown: &[&str]) -> usize {
    let unknown: Vec<Vec<String>> =
        unknown.iter().map(|path| path.split('.').map(str::to_owned).collect()).collect();
    let known = Known { params: params.as_object().unwrap(), unknown: &unknown, now: 10 };
    constraints()[table].violations(known).count()
}

#[test]
fn the_table_is_read_and_is_about_params_of_creates() {
    let table: BTreeMap<String, Constraints> = toml::from_str(include_str!("../constraint.toml")).unwrap();
    assert_eq!(table.len(), constraints().len());
    assert!(samples().len() > 60, "{}", samples().len());
}

#[test]
fn what_is_not_known_yet_is_there_and_is_not_there() {
    let coupon = |params: Json, unknown: &[&str]| violations("coupon.Create", &params, unknown);
    assert_eq!(coupon(serde_json::json!({"percent_off": 5}), &[]), 0);
    assert_eq!(coupon(serde_json::json!({"percent_off": "", "amount_off": null}), &[]), 1);
    assert_eq!(coupon(serde_json::json!({}), &["amount_off"]), 0);
    assert_eq!(coupon(serde_json::json!({"percent_off": 5}), &["amount_off"]), 0);
    let months = serde_json::json!({"percent_off": 5, "duration_in_months": 2});
    assert_eq!(coupon(months.clone(), &[]), 1);
    assert_eq!(coupon(months, &["duration"]), 0);
    assert_eq!(coupon(serde_json::json!({"percent_off": 5, "redeem_by": 10}), &[]), 1);
    assert_eq!(coupon(serde_json::json!({"percent_off": 5, "redeem_by": 11}), &[]), 0);
}

#[test]
fn an_empty_object_is_not_there() {
    let price = |params: &Json| violations("price.Create", params, &[]);
    assert_eq!(
        price(&serde_json::json!({"product": "prod_1", "transform_quantity": {}, "billing_scheme": "tiered",
        "tiers_mode": "volume"})),
        0
    );
    assert_eq!(price(&serde_json::json!({"product": "prod_1", "unit_amount": 0})), 0);
    assert_eq!(price(&serde_json::json!({"product": "prod_1", "custom_unit_amount": {}})), 1);
}

#[test]
fn what_is_off_is_not_asked_for() {
    let intent = |params: Json| violations("payment_intent.Create", &params, &[]);
    assert_eq!(intent(serde_json::json!({"off_session": false})), 0);
    assert_eq!(intent(serde_json::json!({"off_session": true})), 1);
    assert_eq!(intent(serde_json::json!({"off_session": true, "confirm": true})), 0);
}
