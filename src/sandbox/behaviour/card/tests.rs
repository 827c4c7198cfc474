use crate::sandbox::behaviour::card::details::{brand, check_expiry, passes_luhn};
use crate::sandbox::behaviour::card::table::{Table, number_of_token};

#[test]
fn every_test_card_has_a_valid_number() {
    let table: Table = toml::from_str(include_str!("../../card.toml")).unwrap();
    for (name, card) in table.cards {
        assert!(passes_luhn(&card.number) && brand(&card.number) != "unknown", "{name}");
        assert!(card.decline.is_none_or(|decline| table.declines.contains_key(&decline)), "{name}");
    }
}

#[test]
fn tokens_name_cards_with_and_without_their_network() {
    assert_eq!(number_of_token("pm_card_visa"), Some("4242424242424242"));
    assert_eq!(number_of_token("pm_card_visa_chargeDeclined"), number_of_token("tok_chargeDeclined"));
    assert_eq!(number_of_token("pm_1234"), None);
}

#[test]
fn a_card_is_good_until_its_month_ends() {
    // 2026-11-30T23:59:59Z
    let now = 1_796_083_199;
    let refused = |month, year| check_expiry(month, year, now).err().map(|failure| format!("{failure:?}"));
    for (month, year) in [(11, 2026), (12, 2026), (1, 2027), (12, 2076)] {
        assert_eq!(refused(month, year), None, "{month}/{year}");
    }
    for (month, year, at) in
        [(10, 2026, "month"), (1, 2026, "month"), (13, 2027, "month"), (12, 2025, "year"), (1, 2077, "year")]
    {
        let failure = refused(month, year).unwrap();
        assert!(failure.contains(&format!("invalid_expiry_{at}")), "{month}/{year}: {failure}");
    }
    assert!(check_expiry(11, 2026, now + 1).is_err());
}
