use super::*;

#[test]
fn values_are_checked_by_their_type() {
    assert!(is_right("eu_vat", "DE123456789") && is_right("eu_vat", "IE1234567FA"));
    assert!(!is_right("eu_vat", "US123456789") && !is_right("eu_vat", "DE"));
    assert!(is_right("ch_vat", "CHE-123.456.789 MWST") && is_right("ch_vat", "CHE-123.456.789"));
    assert!(is_right("no_vat", "123456789MVA") && !is_right("no_vat", "123456789"));
    assert!(is_right("us_ein", "12-3456789") && !is_right("us_ein", "12-345678"));
    assert!(is_right("al_tin", "anything"));
    assert_eq!(
        (country("eu_vat", "EL123456789"), country("gb_vat", "GB123456789")),
        ("GR".into(), "GB".into())
    );
}
