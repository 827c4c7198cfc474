use super::*;

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
