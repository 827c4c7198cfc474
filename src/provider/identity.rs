//! Identities: the ids that lead to an object, and its connected account if an import named one.

use crate::terraform::schema::IdentityAttribute;
use crate::terraform::value::Value;

/// The part that names the connected account.
const ACCOUNT: &str = "account";
/// Its name if an id in the path is already called `account`.
const OTHER_ACCOUNT: &str = "stripe_account";

/// Returns the account's name in an identity with these other parts.
pub(super) fn account_beside(parts: &[&str]) -> &'static str {
    if parts.contains(&ACCOUNT) { OTHER_ACCOUNT } else { ACCOUNT }
}

/// The account as a part of an identity.
pub(super) fn account(name: &'static str) -> IdentityAttribute {
    let description = "The connected account of the object, if it is not the provider's account: `acct_123`.";
    IdentityAttribute::optional(name, description)
}

/// An import id: the ids of a place, after the account if one is named.
pub(super) fn place<'p>(identity: &'p Value, account: &str, parts: impl Iterator<Item = &'p str>) -> String {
    let text = |name: &str| identity.get(name).as_str().filter(|text| !text.is_empty());
    let named = text(account).into_iter();
    named.chain(parts.filter_map(text)).collect::<Vec<_>>().join("/")
}
