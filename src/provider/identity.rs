//! Identities: the ids that lead to an object, and the connected account that it is of, where an import
//! named it.

use crate::terraform::schema::IdentityAttribute;
use crate::terraform::value::Value;

/// The part that names the connected account.
const ACCOUNT: &str = "account";
/// Its name where an id of the path is called so.
const OTHER_ACCOUNT: &str = "stripe_account";

/// What the account is called beside these parts of an identity.
pub(super) fn account_beside(parts: &[&str]) -> &'static str {
    if parts.contains(&ACCOUNT) { OTHER_ACCOUNT } else { ACCOUNT }
}

/// The account as a part of an identity.
pub(super) fn account(name: &'static str) -> IdentityAttribute {
    let description = "The connected account of the object, if it is not the provider's account: `acct_123`.";
    IdentityAttribute::optional(name, description)
}

/// An import id: the ids of a place behind the account, where one is named.
pub(super) fn place<'p>(identity: &'p Value, account: &str, parts: impl Iterator<Item = &'p str>) -> String {
    let text = |name: &str| identity.get(name).as_str().filter(|text| !text.is_empty());
    let named = text(account).into_iter();
    named.chain(parts.filter_map(text)).collect::<Vec<_>>().join("/")
}
