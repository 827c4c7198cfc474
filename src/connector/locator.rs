//! Locators: texts that identify an entity.
//!
//! ```text
//! cus_1                  an entity with an id of its own
//! cus_1/txi_1            an entity that belongs to another (`/v1/customers/{customer}/tax_ids/{id}`)
//! cus_1                  the only entity of its parent (`/v1/customers/{customer}/cash_balance`)
//! tax.settings           the only entity of its type
//! ```

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, ids_are_chosen, parents};
use crate::connector::Error;
use crate::connector::id::check_any_id;
use crate::connector::record::scalar;

/// The ids for the entity's path, in its order.
pub(super) fn ids<'l>(entity: &'static Entity, locator: &'l str) -> Result<Vec<&'l str>, Error> {
    let places = places(entity);
    let ids: Vec<&str> = match places.len() {
        0 if locator == entity.key => Vec::new(),
        _ => split(entity, locator, places.len()),
    };
    if ids.len() == places.len() && ids.iter().all(|id| !id.is_empty()) {
        ids.iter().try_for_each(|id| check_any_id(id))?;
        return Ok(ids);
    }
    Err(Error::Locator { entity: &entity.name, locator: locator.to_owned(), form: form(entity) })
}

/// Splits a locator into its ids. If the first id may be chosen by its owner, it keeps all slashes except
/// those before the other ids.
fn split<'l>(entity: &'static Entity, locator: &'l str, places: usize) -> Vec<&'l str> {
    let first = entity.parents().first().copied().unwrap_or(&entity.object);
    let most = if ids_are_chosen(first) { places } else { usize::MAX };
    let mut ids: Vec<&str> = locator.rsplitn(most, '/').collect();
    ids.reverse();
    ids
}

/// The id of the entity itself, which is the last in its locator.
pub fn own_id<'l>(entity: &'static Entity, locator: &'l str) -> &'l str {
    ids(entity, locator).ok().and_then(|ids| ids.last().copied()).unwrap_or(locator)
}

/// Checks that a text can be a locator of the entity type.
pub fn check(entity: &'static Entity, locator: &str) -> Result<(), Error> {
    ids(entity, locator).map(drop)
}

/// The params of a create that follow from a locator: the placeholders of the path with their ids. Empty if
/// the text is not a locator of the type.
pub fn placed(entity: &'static Entity, locator: &str) -> Vec<(&'static str, String)> {
    let ids = ids(entity, locator).unwrap_or_default();
    places(entity).into_iter().zip(ids).map(|(place, id)| (place, id.to_owned())).collect()
}

/// The number of ids in a locator of the entity type: 0 if there is only one entity of the type.
pub fn id_count(entity: &Entity) -> usize {
    places(entity).len()
}

/// The form of a locator of the entity type: `CUSTOMER/ID`, `tax.settings`.
fn form(entity: &Entity) -> String {
    let places = places(entity);
    if places.is_empty() { entity.key.clone() } else { places.join("/").to_uppercase() }
}

fn places(entity: &Entity) -> Vec<&str> {
    entity.parents().into_iter().chain(entity.has_own_id().then_some("id")).collect()
}

/// The locator of an entity that Stripe just answered. `params` contain its parents; `otherwise` replaces its
/// id if Stripe gives it none.
pub fn locator(entity: &Entity, params: &Map<String, Json>, body: &Json, otherwise: &str) -> String {
    let mut ids: Vec<String> =
        entity.parents().iter().filter_map(|parent| params.get(*parent).and_then(scalar)).collect();
    if entity.has_own_id() {
        ids.push(body.get("id").and_then(Json::as_str).unwrap_or(otherwise).to_owned());
    }
    if ids.is_empty() { entity.key.clone() } else { ids.join("/") }
}

/// Stripe's id of an entity, or its locator if Stripe gives it none.
pub fn id_of<'a>(body: &'a Json, locator: &'a str) -> &'a str {
    body.get("id").and_then(Json::as_str).unwrap_or(locator)
}

/// Removes the values for the placeholders of a path from the params, and returns them.
pub(super) fn take_places(path: &str, params: &mut Map<String, Json>) -> Vec<String> {
    let own = path.ends_with("/{id}").then_some("id");
    let places = parents(path).chain(own);
    places.map(|name| params.shift_remove(name).as_ref().and_then(scalar).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::{form, ids, locator};
    use crate::connector::entity;

    #[test]
    fn a_locator_has_an_id_for_every_place_of_the_path() {
        let customer = entity("Customer").unwrap();
        assert_eq!(ids(customer, "a b").unwrap(), ["a b"]);
        assert_eq!(
            ids(customer, "a/b").unwrap_err().to_string(),
            r#""a/b" is not a valid Customer id: write it as ID"#
        );
        let climbs = ids(customer, "..").unwrap_err().to_string();
        assert_eq!(climbs, r#"".." cannot be an id: it leads to another path"#);
        let tax_id = entity("CustomerTaxId").unwrap();
        assert_eq!(
            (ids(tax_id, "cus_1/txi_1").unwrap(), form(tax_id)),
            (vec!["cus_1", "txi_1"], "CUSTOMER/ID".into())
        );
        let price = entity("Price").unwrap();
        assert_eq!(ids(price, "Pro plan $699/month").unwrap(), ["Pro plan $699/month"]);
        assert_eq!(ids(entity("ProductFeature").unwrap(), "a/b/feat_1").unwrap(), ["a/b", "feat_1"]);
        assert!(ids(price, "a/../b").is_err());
        let error = ids(tax_id, "txi_1").unwrap_err().to_string();
        assert_eq!(error, r#""txi_1" is not a valid CustomerTaxId id: write it as CUSTOMER/ID"#);
        assert_eq!(ids(entity("CashBalance").unwrap(), "cus_1").unwrap(), ["cus_1"]);
        assert!(ids(entity("TaxSettings").unwrap(), "tax.settings").unwrap().is_empty());
    }

    #[test]
    fn an_answer_is_located_by_its_id_and_what_it_belongs_to() {
        let params = Map::from_iter([("customer".to_owned(), json!("cus_1"))]);
        let at = |name: &str, body| locator(entity(name).unwrap(), &params, &body, "run");
        assert_eq!(at("CustomerTaxId", json!({"id": "txi_1"})), "cus_1/txi_1");
        assert_eq!(at("CashBalance", json!({})), "cus_1");
        assert_eq!(at("Customer", json!({"id": "cus_2"})), "cus_2");
        assert_eq!(at("BalanceSettings", json!({})), "balance_settings");
        assert_eq!(at("CustomerSession", json!({})), "run");
    }
}
