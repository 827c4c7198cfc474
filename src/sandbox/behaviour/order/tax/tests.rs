use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn amount(percentage: i64, inclusive: bool, base: i64) -> i64 {
    let rate = json!({"id": "txr_1", "percentage": percentage, "inclusive": inclusive});
    taxes(&[rate], base).unwrap().iter().map(|tax| tax.amount).sum()
}

#[test]
fn a_tax_is_on_top_or_within() {
    assert_eq!((amount(19, false, 1000), amount(19, true, 1190)), (190, 190));
    assert_eq!((amount(20, true, 1000), amount(0, false, 5)), (167, 0));
}

#[test]
fn what_is_within_an_amount_is_rounded_once() {
    let rate = json!({"id": "txr_1", "percentage": 19, "inclusive": true});
    let (tax, net) = taxes(&[rate], 999).unwrap().first().map(|tax| (tax.amount, tax.taxable)).unwrap();
    assert_eq!((tax, net), (160, 839));
}

proptest! {
    #[test]
    fn the_net_and_the_taxes_within_make_the_amount(
        amount in -99_999_999_i64..99_999_999,
        parts in vec(0_i64..1_000_000, 1..5),
    ) {
        let rate = |part: &i64| {
            let percentage = format!("{}.{:04}", part / 10_000, part % 10_000);
            json!({"id": "txr_1", "percentage": percentage, "inclusive": true})
        };
        let rates: Vec<Json> = parts.iter().map(rate).collect();
        let found = taxes(&rates, amount).unwrap();
        prop_assert!(found.iter().all(|tax| tax.taxable == found[0].taxable));
        prop_assert_eq!(found[0].taxable + found.iter().map(|tax| tax.amount).sum::<i64>(), amount);
        let whole = i128::from(WHOLE + parts.iter().sum::<i64>());
        for (tax, part) in found.iter().zip(parts) {
            let exact = i128::from(amount) * i128::from(part);
            prop_assert!((i128::from(tax.amount) * whole - exact).abs() <= whole, "{tax:?}");
        }
    }
}
