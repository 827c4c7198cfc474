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
