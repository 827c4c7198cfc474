use super::*;

#[test]
fn amounts_are_written_with_their_minor_unit() {
    assert_eq!(written(2005, "usd"), "$20.05");
    assert_eq!((written(500, "jpy"), written(5120, "kwd")), ("¥500".to_owned(), "5.120".to_owned()));
    assert_eq!((written(-150, "usd"), written(-5, "jpy")), ("-$1.50".to_owned(), "-¥5".to_owned()));
}

#[test]
fn every_currency_of_a_rule_exists() {
    let Table { keys_of: _, zero_decimal, three_decimal, whole_charges, whole_payouts, least, signs } =
        &*TABLE;
    assert!(currencies().count() > 130);
    let words = [zero_decimal, three_decimal, whole_charges, whole_payouts].into_iter();
    let named = words
        .flat_map(|words| words.split_whitespace())
        .chain(least.keys().chain(signs.keys()).map(String::as_str));
    for currency in named {
        assert_eq!(read(currency, "currency").unwrap(), currency);
    }
}

#[test]
fn a_currency_is_taken_in_any_letters_and_has_its_decimals() {
    assert_eq!(read("EUR", "currency").unwrap(), "eur");
    let refusal = read("xqz", "price_data[currency]").unwrap_err().error;
    assert_eq!(refusal["param"], "price_data[currency]");
    let message = refusal["message"].as_str().unwrap();
    assert!(
        message.starts_with("Invalid currency: xqz. Stripe currently supports these currencies: usd, aed,")
    );
    assert_eq!(["usd", "jpy", "kwd", "ugx"].map(places), [2, 0, 3, 2]);
}

#[test]
fn amounts_have_no_decimals_that_cannot_be_paid() {
    let code = |refused: ApiResult<()>| refused.unwrap_err().error["code"].as_str().unwrap().to_owned();
    assert!(check_step(5120, "kwd", "amount").is_ok() && check_step(500, "isk", "amount").is_ok());
    assert_eq!(code(check_step(5124, "kwd", "amount")), "invalid_charge_amount");
    assert_eq!(code(check_step(510, "ugx", "amount")), "invalid_charge_amount_no_decimal_compatible");
    assert!(check_step(1045, "huf", "amount").is_ok());
    assert_eq!(code(check_payout(1045, "huf", "amount")), "invalid_charge_amount_no_decimal_compatible");
}
