use super::*;

#[test]
fn ids_have_their_prefix_and_length_and_do_not_repeat() {
    let (first, second) = (fresh("pi_"), fresh("pi_"));
    assert_eq!((first.len(), fresh("cus_").len()), (27, 18));
    assert!(first.starts_with("pi_") && first[3..].bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_ne!(first, second);
}
