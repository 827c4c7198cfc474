use super::*;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn percentages_are_exact_and_rounded_half_up() {
    let percent = |text: &str, amount| decimal(text).percent_of(amount);
    assert_eq!((percent("12.5", 1000), percent("33.33", 100)), (125, 33));
    assert_eq!((percent("50", 1), percent("100", 7)), (1, 7));
    for wrong in ["x", "", ".", ".+5", ".-5", "++5", "+-5"] {
        assert!(wrong.parse::<Decimal>().is_err(), "{wrong}");
    }
}

#[test]
fn decimal_amounts_are_multiplied_exactly_and_rounded_half_up() {
    let times = |text: &str, quantity| decimal(text).times(quantity);
    assert_eq!((times("0.3", 3), times("0.5", 1), times("1500", 2)), (1, 1, 3000));
    assert_eq!((times("0.000000000001", 1), times("99999999999", i64::MAX)), (0, i64::MAX));
}

#[test]
fn a_part_is_rounded_half_up() {
    assert_eq!((part_of(1000, 15, 30), part_of(1001, 15, 30), part_of(1000, 0, 30)), (500, 501, 0));
    assert_eq!(part_of(-1000, 10, 30), -333);
}

#[test]
fn only_what_is_added_to_an_invoice_may_be_a_credit() {
    let brought = |amount: Json, within: &str| {
        let name = if amount.is_string() { "unit_amount_decimal" } else { "unit_amount" };
        let mut body = Body::from_iter([(name.to_owned(), amount)]);
        set_both_forms(&mut body, "unit_amount", "unit_amount_decimal", within).map(|()| body)
    };
    for amount in [Json::from(-500), Json::from("-500")] {
        let credit = brought(amount.clone(), "add_invoice_items[0][price_data]").unwrap();
        assert_eq!(
            (&credit["unit_amount"], &credit["unit_amount_decimal"]),
            (&Json::from(-500), &Json::from("-500"))
        );
        assert!(brought(amount, "items[0][price_data]").is_err());
    }
}
