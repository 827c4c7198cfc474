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
        "tiers_mode": "volume", "tiers": [{"up_to": "inf"}]})),
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

#[test]
fn what_stripe_documents_of_some_pages_is_not_asked_of_others() {
    let session = |ui_mode: &str, param: &str| {
        let params = serde_json::json!({"ui_mode": ui_mode, param: "https://example.com"});
        violations("checkout.session.Create", &params, &[])
    };
    for param in ["success_url", "cancel_url"] {
        assert_eq!((session("form", param), session("elements", param)), (0, 1), "{param}");
    }
}

#[test]
fn an_existing_customer_may_have_a_longer_phone_number() {
    let long = serde_json::json!({"phone": "+1 555 0100 0100, extension 7"});
    assert_eq!((violations("customer", &long, &[]), violations("customer.Create", &long, &[])), (0, 1));
}

#[test]
fn tiers_rise_and_the_last_one_alone_is_without_end() {
    let tiers = |ends: Json| {
        let tiers: Vec<Json> =
            ends.as_array().unwrap().iter().map(|end| serde_json::json!({"up_to": end})).collect();
        let params = serde_json::json!({"product": "prod_1", "billing_scheme": "tiered", "tiers_mode": "volume", "tiers": tiers});
        let known = Known { params: params.as_object().unwrap(), unknown: &[], now: 10 };
        constraints()["price.Create"].violations(known).find_map(|violation| match violation {
            Violation::Step(step) => Some((step.place(), step.wrong)),
            _ => None,
        })
    };
    let wrong = |at: usize, wrong: StepFault| Some((format!("tiers.{at}.up_to"), wrong));
    for good in [serde_json::json!(["inf"]), serde_json::json!([5, "10", 20.0, "inf"])] {
        assert_eq!(tiers(good.clone()), None, "{good}");
    }
    assert_eq!(tiers(serde_json::json!([10, 5, "inf"])), wrong(1, StepFault::NotAbove));
    assert_eq!(tiers(serde_json::json!([10, 10, "inf"])), wrong(1, StepFault::NotAbove));
    assert_eq!(tiers(serde_json::json!(["inf", 5])), wrong(0, StepFault::EndsEarly));
    assert_eq!(tiers(serde_json::json!(["inf", "inf"])), wrong(0, StepFault::EndsEarly));
    assert_eq!(tiers(serde_json::json!([5, 10])), wrong(1, StepFault::NoEnd));
    // An unknown item may become any number of steps.
    for open in [
        serde_json::json!([null]),
        serde_json::json!([10, null]),
        serde_json::json!([null, "inf"]),
        serde_json::json!([10, null, 5, "inf"]),
        serde_json::json!(["inf", null]),
    ] {
        assert_eq!(tiers(open.clone()), None, "{open}");
    }
}

#[test]
fn an_address_is_as_little_as_one_may_be() {
    let url = |url: &str| violations("webhook_endpoint", &serde_json::json!({"url": url}), &[]);
    assert_eq!(["https://example.com", "http://localhost:4242/hook", "app:done", ""].map(url), [0; 4]);
    assert_eq!(["example.com", "/hook", ":", "https:"].map(url), [1; 4]);
    let email = |email: &str| violations("customer.Create", &serde_json::json!({"email": email}), &[]);
    assert_eq!(["ada@example.com", "ada@localhost", "\"a@b\"@example.com", ""].map(email), [0; 4]);
    assert_eq!(["ada", "@example.com", "ada@"].map(email), [1; 3]);
}

#[test]
fn what_one_value_allows_another_may_exceed() {
    let plan = |interval: &str, count: i64| {
        let tiers = serde_json::json!({"interval": interval, "interval_count": count, "amount": 5});
        violations("plan.Create", &tiers, &[])
    };
    assert_eq!([plan("month", 36), plan("year", 3), plan("day", 1095), plan("week", 156)], [0; 4]);
    assert_eq!([plan("month", 37), plan("year", 4), plan("day", 1096), plan("week", 157)], [1; 4]);
    let unknown = serde_json::json!({"interval_count": 37, "amount": 5});
    assert_eq!(violations("plan.Create", &unknown, &["interval"]), 0);
}
