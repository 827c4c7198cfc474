//! What a list is sorted by, and how values are ordered.

use std::cmp::Ordering;

use serde_json::Value as Json;

use crate::catalog::Entity;
use crate::catalog::names::{Unresolved, resolve};
use crate::connector::Error;

/// The path to the field a list is sorted by, in Stripe's spelling.
pub(super) fn sort_field(entity: &'static Entity, name: &str) -> Result<Vec<String>, Error> {
    resolve(name, &entity.fields).map(|found| found.path).map_err(|why| Error::SortField {
        entity: &entity.name,
        name: name.to_owned(),
        suggestion: match why {
            Unresolved::Unknown { suggestion } => suggestion,
            Unresolved::NoMembers { .. } => None,
        },
    })
}

pub(super) fn value_at<'b>(body: &'b Json, path: &[String]) -> &'b Json {
    path.iter().fold(body, |value, name| value.get(name).unwrap_or(&Json::Null))
}

/// Numbers by size, everything else as text, nulls last in both directions.
pub(super) fn order(a: &Json, b: &Json, descending: bool) -> Ordering {
    let ascending = match (a, b) {
        (Json::Null, Json::Null) => return Ordering::Equal,
        (Json::Null, _) => return Ordering::Greater,
        (_, Json::Null) => return Ordering::Less,
        (Json::Number(a), Json::Number(b)) => {
            a.as_f64().unwrap_or_default().total_cmp(&b.as_f64().unwrap_or_default())
        }
        (Json::String(a), Json::String(b)) => a.cmp(b),
        (a, b) => a.to_string().cmp(&b.to_string()),
    };
    if descending { ascending.reverse() } else { ascending }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{order, sort_field};
    use crate::connector::entity;

    #[test]
    fn values_sort_by_size_with_nulls_last() {
        let mut values = vec![json!(10), json!(null), json!(9)];
        values.sort_by(|a, b| order(a, b, false));
        assert_eq!(values, [json!(9), json!(10), json!(null)]);
        values.sort_by(|a, b| order(a, b, true));
        assert_eq!(values, [json!(10), json!(9), json!(null)]);
    }

    #[test]
    fn a_field_to_sort_by_may_be_spelled_either_path() {
        let customer = entity("Customer").unwrap();
        assert_eq!(sort_field(customer, "Created").unwrap(), ["created"]);
        assert_eq!(
            sort_field(customer, "invoice_settings.DefaultPaymentMethod").unwrap(),
            ["invoice_settings", "default_payment_method"]
        );
        assert_eq!(sort_field(customer, "metadata.OrderId").unwrap(), ["metadata", "OrderId"]);
        let error = sort_field(customer, "Craeted").unwrap_err().to_string();
        assert_eq!(error, r#"Customer has no field "Craeted"; did you mean "created"?"#);
    }
}
