//! What so many of a price cost: by the piece, by the bundle, by steps.

use crate::sandbox::behaviour::money;
use crate::sandbox::behaviour::prelude::*;

/// The cost of a quantity in the smallest unit of the currency, rounded half up.
pub fn of(price: &Body, quantity: i64) -> i64 {
    let quantity = match inner(price, "transform_quantity") {
        Some(bundle) => {
            bundles(quantity, number(bundle, "divide_by").max(1), text(bundle, "round") == Some("up"))
        }
        None => quantity,
    };
    if text(price, "billing_scheme") == Some("tiered") {
        return tiered(price, quantity);
    }
    money::times(text(price, "unit_amount_decimal").unwrap_or("0"), quantity).unwrap_or(i64::MAX)
}

fn bundles(quantity: i64, size: i64, up: bool) -> i64 {
    quantity / size + i64::from(up && quantity % size != 0)
}

fn tiered(price: &Body, quantity: i64) -> i64 {
    let tiers: Vec<&Body> = items(price, "tiers").iter().filter_map(Json::as_object).collect();
    let cost = |tier: &Body, count: i64| {
        let part =
            |name: &str, count: i64| money::times(text(tier, name).unwrap_or("0"), count).unwrap_or(i64::MAX);
        part("unit_amount_decimal", count).saturating_add(part("flat_amount_decimal", 1))
    };
    let top = |tier: &Body| given_number(tier, "up_to").unwrap_or(i64::MAX);
    if text(price, "tiers_mode") == Some("volume") {
        return tiers.iter().find(|tier| quantity <= top(tier)).map_or(0, |tier| cost(tier, quantity));
    }
    let (mut below, mut total) = (0, 0_i64);
    for tier in tiers {
        let within = quantity.min(top(tier)) - below;
        if within <= 0 && below > 0 {
            break;
        }
        total = total.saturating_add(cost(tier, within.max(0)));
        below = top(tier);
        if quantity <= below {
            break;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn price(value: &Json) -> Body {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn bundles_are_rounded_as_the_price_says() {
        let with = |round: &str| {
            price(
                &json!({"unit_amount_decimal": "500", "transform_quantity": {"divide_by": 10, "round": round}}),
            )
        };
        assert_eq!((of(&with("up"), 11), of(&with("down"), 19)), (1000, 500));
    }

    #[test]
    fn steps_are_taken_one_after_the_other_or_all_at_once() {
        let tiers = json!([
            {"up_to": 10, "unit_amount_decimal": "100"}, {"up_to": null, "unit_amount_decimal": "50", "flat_amount_decimal": "7"},
        ]);
        let with =
            |mode: &str| price(&json!({"billing_scheme": "tiered", "tiers_mode": mode, "tiers": tiers}));
        assert_eq!((of(&with("graduated"), 12), of(&with("volume"), 12)), (1107, 607));
        assert_eq!((of(&with("graduated"), 10), of(&with("volume"), 10)), (1000, 1000));
    }
}
