use super::*;
use crate::catalog::catalog;

fn other(given: &str, objects: &[&str]) -> Option<OtherId> {
    let objects: Vec<String> = objects.iter().map(|object| (*object).to_owned()).collect();
    OtherId::of(given, &objects)
}

/// Every type is in the catalog, and its prefix is that of the sandbox's ids.
#[test]
fn the_table_is_about_objects_and_their_ids() {
    let lists = TABLE.prefixes.values().chain(TABLE.substitutes.values()).flatten();
    for object in lists.chain(TABLE.chosen.keys()).chain(TABLE.substitutes.keys()).chain(&TABLE.once_chosen) {
        assert!(catalog().by_key(object).is_some(), "{object}");
    }
    for (object, entity) in
        TABLE.prefixes.values().flatten().filter_map(|it| Some((it, catalog().by_key(it)?)))
    {
        let (owners, _) = TABLE.owners(&format!("{}1", entity.id_prefix)).unwrap();
        assert!(owners.contains(object), "{object} begins with {}", entity.id_prefix);
    }
    for (object, prefix) in &TABLE.chosen {
        assert_eq!(&catalog().by_key(object).unwrap().id_prefix, prefix, "{object}");
    }
}

#[test]
fn an_id_of_another_type_is_told_with_what_is_taken() {
    let found = other("sub_1MowQVLkdIwHu7ixeRlqHVzs", &["customer"]).unwrap();
    assert_eq!(found.expected, "the id of a customer (`cus_…`)");
    assert_eq!((found.found.as_str(), found.is_sure), ("the id of a subscription", true));
    let schedule = other("sub_sched_1", &["subscription"]).unwrap();
    assert_eq!(schedule.found, "the id of a subscription schedule");
    assert_eq!(other("mtr_test_61", &["invoice"]).unwrap().found, "the id of a billing meter");
    assert_eq!(other("price_1", &["subscription_item", "invoice"]).unwrap().found, "the id of a price");
}

#[test]
fn what_may_be_taken_is_not_told() {
    for (given, objects) in [
        ("cus_1", &["customer"] as &[&str]),
        ("acct_1", &["customer"]),
        ("py_1", &["charge"]),
        ("tr_1", &["payout"]),
        // Cards, sources and tokens can pay like a payment method.
        ("card_1", &["payment_method"]),
        ("tok_visa", &["payment_method"]),
        // One of the types is not in the table, or there is no type.
        ("sub_1", &["customer", "card"]),
        ("sub_1", &[]),
        // A customer may have an id from the years when owners chose it.
        ("in_2024", &["customer"]),
        // Not an id that Stripe assigns.
        ("sub_", &["customer"]),
        ("sub_my_own", &["customer"]),
        ("gold", &["customer"]),
        ("in_2024", &["product"]),
    ] {
        assert_eq!(other(given, objects), None, "{given}");
    }
}

/// An owner may choose an id for a product that looks like a price's: only random letters are doubted.
#[test]
fn what_its_owner_may_have_chosen_is_doubted_at_most() {
    assert_eq!(other("price_123", &["product"]), None);
    assert_eq!(other("in_production2024plan", &["product"]), None);
    let found = other("price_1MoBy5LkdIwHu7ixZhnattbh", &["product"]).unwrap();
    assert_eq!((found.expected.as_str(), found.is_sure), ("the id of a product (`prod_…`)", false));
    assert!(!other("prod_NWjs8kKbJWmuuc", &["price"]).unwrap().is_sure);
    assert_eq!(other("price_1MoBy5LkdIwHu7ixZhnattbh", &["plan"]), None);
    let coupon = other("promo_1MiM6KLkdIwHu7ixrIaX4wgn", &["coupon"]).unwrap();
    assert_eq!(coupon.expected, "the id of a coupon");
}
