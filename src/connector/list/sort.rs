//! Sorts entities by the field that a list request names.

use std::cmp::Ordering;

use serde_json::Value as Json;

use crate::catalog::names::{Unresolved, resolve};
use crate::catalog::{Entity, Kind, Shape};
use crate::connector::decimal::compare_numbers;
use crate::connector::{Error, scalar};

/// A field by which a list is sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SortField {
    /// The path to it, in Stripe's spelling.
    path: Vec<String>,
    /// Whether texts that are numbers are sorted by size, as for decimals and the values of maps.
    by_size: bool,
}

/// The field with this name.
pub(super) fn sort_field(entity: &'static Entity, name: &str) -> Result<SortField, Error> {
    let found = resolve(name, &entity.fields).map_err(|why| Error::SortField {
        entity: &entity.name,
        name: name.to_owned(),
        suggestion: match why {
            Unresolved::Unknown { suggestion } => suggestion,
            Unresolved::NoMembers { .. } => None,
        },
    })?;
    let numeric = |shape: &Shape| matches!(shape.kind, Kind::Integer | Kind::Decimal | Kind::Number);
    let by_size = found.shape.is_none_or(numeric) || entity.is_key_of_map(&found.path);
    Ok(SortField { path: found.path, by_size })
}

impl SortField {
    /// The value of the field in an entity; null if there is none.
    pub(super) fn value<'b>(&self, body: &'b Json) -> &'b Json {
        self.path.iter().fold(body, |value, name| value.get(name).unwrap_or(&Json::Null))
    }

    /// The order of two values: numbers by size and before texts, texts by their letters, and nulls last in
    /// both directions.
    pub(super) fn order(&self, a: &Json, b: &Json, descending: bool) -> Ordering {
        let ascending = match (a, b) {
            (Json::Null, Json::Null) => return Ordering::Equal,
            (Json::Null, _) => return Ordering::Greater,
            (_, Json::Null) => return Ordering::Less,
            (a, b) => match (self.number(a), self.number(b)) {
                (Some(a), Some(b)) => compare_numbers(&a, &b).unwrap_or(Ordering::Equal),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => scalar(a).cmp(&scalar(b)).then_with(|| a.to_string().cmp(&b.to_string())),
            },
        };
        if descending { ascending.reverse() } else { ascending }
    }

    /// The digits of a value that is sorted by size.
    fn number(&self, value: &Json) -> Option<String> {
        let digits = match value {
            Json::Number(number) => number.to_string(),
            Json::String(text) if self.by_size => text.clone(),
            _ => return None,
        };
        compare_numbers(&digits, &digits).map(|_| digits)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::sort_field;
    use crate::connector::entity;

    fn sorted(name: &str, mut values: Vec<Json>, descending: bool) -> Vec<Json> {
        let field = sort_field(entity("Price").unwrap(), name).unwrap();
        values.sort_by(|a, b| field.order(a, b, descending));
        values
    }

    #[test]
    fn values_sort_by_size_with_nulls_last() {
        let values = || vec![json!(10), json!(null), json!(9)];
        assert_eq!(sorted("UnitAmount", values(), false), [json!(9), json!(10), json!(null)]);
        assert_eq!(sorted("UnitAmount", values(), true), [json!(10), json!(9), json!(null)]);
    }

    #[test]
    fn numbers_that_are_texts_sort_by_size_where_they_are_numbers() {
        let values = || vec![json!("b"), json!("10.5"), json!("9"), json!("a")];
        let by_size = [json!("9"), json!("10.5"), json!("a"), json!("b")];
        assert_eq!(sorted("metadata.rank", values(), false), by_size);
        assert_eq!(sorted("UnitAmountDecimal", values(), false), by_size);
        assert_eq!(sorted("Nickname", values(), false), [json!("10.5"), json!("9"), json!("a"), json!("b")]);
    }

    #[test]
    fn a_field_to_sort_by_may_be_spelled_either_path() {
        let customer = entity("Customer").unwrap();
        let path = |name: &str| sort_field(customer, name).unwrap().path.join("/");
        assert_eq!(path("Created"), "created");
        assert_eq!(path("AddressCity"), "address/city");
        assert_eq!(path("address.city"), "address/city");
        assert_eq!(path("invoice_settings.DefaultPaymentMethod"), "invoice_settings/default_payment_method");
        assert_eq!(path("metadata.OrderId"), "metadata/OrderId");
        let error = sort_field(customer, "Craeted").unwrap_err().to_string();
        assert_eq!(error, r#"Customer has no field "Craeted"; did you mean "created"?"#);
    }
}
