use super::*;

fn cost(mut price: Json, quantity: i64) -> i64 {
    let common = json!({"id": "price_1", "currency": "usd", "product": "prod_1", "active": true});
    price.as_object_mut().unwrap().extend(members(common));
    Price::of(price.as_object().unwrap()).unwrap().cost(quantity).unwrap()
}

#[test]
fn bundles_are_rounded_as_the_price_says() {
    let with = |round: &str| {
        let bundle = json!({"divide_by": 10, "round": round});
        json!({"billing_scheme": "per_unit", "unit_amount_decimal": "500", "transform_quantity": bundle})
    };
    assert_eq!((cost(with("up"), 11), cost(with("down"), 19)), (1000, 500));
}

#[test]
fn steps_are_taken_one_after_the_other_or_all_at_once() {
    let tiers = json!([
        {"up_to": 10, "unit_amount_decimal": "100"}, {"up_to": null, "unit_amount_decimal": "50", "flat_amount_decimal": "7"},
    ]);
    let with = |mode: &str| json!({"billing_scheme": "tiered", "tiers_mode": mode, "tiers": tiers});
    assert_eq!((cost(with("graduated"), 12), cost(with("volume"), 12)), (1107, 607));
    assert_eq!((cost(with("graduated"), 10), cost(with("volume"), 10)), (1000, 1000));
}

#[test]
fn a_price_that_lacks_something_is_refused() {
    let price = json!({"id": "price_1", "product": "prod_1", "active": true, "billing_scheme": "per_unit"});
    let failure = Price::of(price.as_object().unwrap()).unwrap_err();
    assert!(failure.error["message"].as_str().unwrap().contains("missing field `currency`"));
}
