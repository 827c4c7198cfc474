//! Checks the filter clause and the order of a list without a call, and returns the ids that the list
//! found.

use serde_json::Value as Json;

use crate::catalog::Entity;
use crate::connector::{Page, check_filter, check_sort_field};
use crate::provider::explain::explain_connector;
use crate::provider::messages::payload;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::Value;

/// Reports a `sort_order` without a `sort_by`.
pub(super) fn check_order(config: &Value) -> Option<Diagnostic> {
    let alone = config.get("sort_order").as_str().is_some() && config.get("sort_by").is_null();
    alone.then(|| payload::sort_field_missing().at_attribute("sort_order"))
}

/// Reports fields in `filter` and `sort_by` that the type does not have. A clause may name different
/// fields if entities are searched for; `searches` is None while that is unknown.
pub(super) fn check_fields(entity: &'static Entity, config: &Value, searches: Option<bool>) -> Diagnostics {
    let clause = searches.zip(config.get("filter").as_str());
    let filter = clause.and_then(|(searches, clause)| check_filter(entity, clause, searches).err());
    let sort_by = config.get("sort_by").as_str();
    let sorted = sort_by.and_then(|name| check_sort_field(entity, name).err());
    let explain = |(error, attribute)| explain_connector(&error, attribute);
    let found = filter.map(|error| (error, "filter")).into_iter();
    found.chain(sorted.map(|error| (error, "sort_by"))).map(explain).collect()
}

/// The ids that a list has found, in its order.
pub(super) fn ids_of(page: &Page) -> Value {
    let id = |body: &Json| body.get("id").and_then(Json::as_str).map(str::to_owned);
    Value::List(page.entities.iter().map(|body| id(body).into()).collect())
}
