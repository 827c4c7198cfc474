use super::*;

#[test]
fn values_are_read_in_millionths() {
    assert_eq!(
        (scaled("25"), scaled("0.5"), scaled("-1.25")),
        (Some(25_000_000), Some(500_000), Some(-1_250_000))
    );
    assert_eq!(scaled("many"), None);
}
