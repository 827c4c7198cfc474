use super::*;

#[test]
fn nothing_is_lost_when_an_amount_is_spread() {
    assert_eq!(spread(100, &[1, 1, 1]), [33, 33, 34]);
    assert_eq!(spread(100, &[0, 300]), [0, 100]);
    assert_eq!(spread(0, &[]), Vec::<i64>::new());
}
