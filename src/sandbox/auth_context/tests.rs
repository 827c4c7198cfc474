use super::*;

#[test]
fn a_key_may_name_its_account() {
    let account = |key| Caller::with_key(key).map(|caller| caller.account);
    assert_eq!(account("sk_test_shop_1").as_deref(), Some("acct_shop"));
    assert_eq!(account("rk_live_acct_1Shop_secret").as_deref(), Some("acct_1Shop"));
    assert_eq!(account("pk_test_acct_1Shop").as_deref(), Some("acct_1Shop"));
    assert_eq!(account("sk_test_123").as_deref(), Some(USUAL));
}

#[test]
fn what_is_no_key_belongs_to_nobody() {
    for key in ["wrong", "sk_123", "sk_prod_1", "ek_test_1", "sk_test_invalid", "sk_live_shop_invalid"] {
        assert!(Caller::with_key(key).is_none(), "{key}");
    }
}
