//! What a list is sorted by, and how values are ordered.

use std::cmp::Ordering;

use serde_json::Value as Json;

use crate::catalog::{Entity, Field, FieldKind};
use crate::connector::Error;
use crate::connector::payload::plain;

/// The way to the field a list is sorted by, in Stripe's spelling.
pub(super) fn sort_field(entity: &'static Entity, name: &str) -> Result<Vec<String>, Error> {
    let closest = || {
        let scored =
            entity.fields.iter().map(|field| (strsim::jaro_winkler(&field.name, &plain(name)), &field.name));
        let best = scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(alike, _)| *alike > 0.8);
        best.map(|(_, name)| name.clone())
    };
    let unknown = || Error::SortField { entity: &entity.name, name: name.to_owned(), suggestion: closest() };
    way(&entity.fields, name).ok_or_else(unknown)
}

fn way(fields: &[Field], name: &str) -> Option<Vec<String>> {
    let (head, rest) = name.split_once('.').map_or((name, None), |(head, rest)| (head, Some(rest)));
    let field = fields.iter().find(|field| plain(&field.name) == plain(head))?;
    let mut found = vec![field.name.clone()];
    match (&field.kind, rest) {
        (_, None) => {}
        (FieldKind::Object(inner), Some(rest)) => found.extend(way(inner, rest)?),
        // The keys of a map are its own; what stands in another object is not known here.
        (FieldKind::Map(_), Some(rest)) => found.push(rest.to_owned()),
        (FieldKind::Reference(_) | FieldKind::Either(_) | FieldKind::Any, Some(rest)) => {
            found.extend(rest.split('.').map(str::to_owned));
        }
        _ => return None,
    }
    Some(found)
}

pub(super) fn value_at<'b>(body: &'b Json, way: &[String]) -> &'b Json {
    way.iter().fold(body, |value, name| value.get(name).unwrap_or(&Json::Null))
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
    fn a_field_to_sort_by_may_be_spelled_either_way() {
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
