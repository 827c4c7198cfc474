//! Parses import ids: an entity type and the place of one of its entities.

use crate::catalog::names::quoted;
use crate::catalog::{Entity, OperationKind, OtherId};
use crate::connector::{self, id_count};

/// A parsed import id: `ENTITY/LOCATOR` or `ENTITY/ACCOUNT/LOCATOR`. An entity type with only one entity
/// needs no locator.
#[derive(Debug, Clone)]
pub struct ImportId {
    /// The entity type.
    pub entity: &'static Entity,
    /// The connected account to which the entity belongs, if the id names one:
    /// `acct_1`, or a path of accounts.
    pub account: Option<String>,
    /// The locator of the entity: `cus_1`, `cus_1/txi_1`.
    pub locator: String,
    /// The type that the id seems to belong to, if it is another type but the id may have been chosen by a
    /// practitioner.
    pub other: Option<OtherId>,
}

/// Why nothing can be imported by an id.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is not in the form of an import id.
    #[error("{} must be `ENTITY/ID`, such as `Customer/cus_123`", quoted(id))]
    Form {
        /// The text that was given.
        id: String,
    },
    /// There is no such entity type, or its entities have locators of another form.
    #[error(transparent)]
    Entity(#[from] connector::Error),
    /// It is the id of an object of another type.
    #[error("it is {found}, not {expected}")]
    OtherType {
        /// What it is: `the id of a subscription`.
        found: String,
        /// What it should be: ``the id of a customer (`cus_…`)``.
        expected: String,
    },
    /// Stripe has no call that reads such an entity.
    #[error("Stripe shows no {entity} again, so none can be imported")]
    Unreadable {
        /// The entity type.
        entity: &'static str,
    },
}

impl ImportId {
    /// Parses an import id.
    pub fn parse(id: &str) -> Result<Self, ImportError> {
        let (name, place) = id.split_once('/').unwrap_or((id, ""));
        let is_type = || connector::entity(name).is_ok_and(|entity| id_count(entity) == 0);
        if place.is_empty() && !is_type() {
            return Err(ImportError::Form { id: id.to_owned() });
        }
        Self::of(connector::entity(name)?, place)
    }

    /// Parses an import id of a known type: `LOCATOR` or `ACCOUNT/LOCATOR`. An entity type with only one
    /// entity needs no locator.
    pub fn of(entity: &'static Entity, place: &str) -> Result<Self, ImportError> {
        let (account, locator) = account_and_locator(entity, place);
        let locator = if locator.is_empty() && id_count(entity) == 0 { &entity.key } else { locator };
        connector::check_locator(entity, locator)?;
        if entity.operation(OperationKind::Get).is_none() {
            return Err(ImportError::Unreadable { entity: &entity.name });
        }
        let own = connector::own_id(entity, locator);
        let other = match OtherId::of(own, std::slice::from_ref(&entity.object)) {
            Some(OtherId { found, expected, is_sure: true }) => {
                return Err(ImportError::OtherType { found, expected });
            }
            other => other,
        };
        Ok(Self { entity, account: account.map(str::to_owned), locator: locator.to_owned(), other })
    }
}

/// The prefixes of the ids of accounts and of organizations.
const ACCOUNTS: [&str; 2] = ["acct_", "org_"];

/// Whether an id belongs to an account or an organization, and so may precede a locator.
pub fn is_account(id: &str) -> bool {
    ACCOUNTS.iter().any(|it| id.starts_with(it))
}

/// Splits off the account, or the path of accounts, that precedes a locator if there are more ids than the
/// locator has.
fn account_and_locator<'p>(entity: &Entity, place: &'p str) -> (Option<&'p str>, &'p str) {
    let more = place.split('/').count().saturating_sub(id_count(entity));
    let accounts = place.split('/').take(more).take_while(|id| is_account(id)).count();
    let Some(last) = accounts.checked_sub(1) else { return (None, place) };
    let end = place.match_indices('/').nth(last).map_or(place.len(), |(at, _)| at);
    let (account, rest) = place.split_at(end);
    (Some(account), rest.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::ImportId;

    #[test]
    fn an_import_id_may_name_the_account_and_needs_no_id_of_what_there_is_only_one_of() {
        for (id, account, locator) in [
            ("Price/price_1", None, "price_1"),
            ("Price/acct_1/price_1", Some("acct_1"), "price_1"),
            ("Price/Pro plan $699/month", None, "Pro plan $699/month"),
            ("Price/acct_1/$699/month", Some("acct_1"), "$699/month"),
            ("Price/acct_1/acct_2/price_1", Some("acct_1/acct_2"), "price_1"),
            ("Account/acct_1", None, "acct_1"),
            ("Account/acct_1/acct_2", Some("acct_1"), "acct_2"),
            ("Person/acct_1/person_1", None, "acct_1/person_1"),
            ("Person/acct_1/acct_2/person_1", Some("acct_1"), "acct_2/person_1"),
            ("CustomerTaxId/acct_1/cus_1/txi_1", Some("acct_1"), "cus_1/txi_1"),
            ("TaxSettings", None, "tax.settings"),
            ("TaxSettings/acct_1", Some("acct_1"), "tax.settings"),
            ("TaxSettings/tax.settings", None, "tax.settings"),
        ] {
            let found = ImportId::parse(id).unwrap_or_else(|error| panic!("{id}: {error}"));
            assert_eq!((found.account.as_deref(), found.locator.as_str()), (account, locator), "{id}");
        }
        let [unsure, sure] = ["Price/prod_NffrFeUfNV2Hib", "Invoice/sub_NffrFeUfNV2Hib"].map(ImportId::parse);
        assert_eq!(unsure.unwrap().other.unwrap().found, "the id of a product");
        let why = sure.unwrap_err().to_string();
        assert_eq!(why, "it is the id of a subscription, not the id of an invoice (`in_…`)");
        assert!(ImportId::parse("Price/price_NffrFeUfNV2Hib").unwrap().other.is_none());
        assert!(ImportId::parse("TaxSettings/oops").is_err(), "there is one, and it is called otherwise");
        assert!(ImportId::parse("Price").is_err() && ImportId::parse("Price/").is_err());
        let price = ImportId::parse("Price/price_1").unwrap().entity;
        assert!(ImportId::of(price, "").is_err() && ImportId::of(price, "acct_1/").is_err());
    }
}
