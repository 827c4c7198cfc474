//! Encodes the params of a call for each version of the API.

use serde_json::{Map, Value as Json};

use crate::catalog::{Clearing, Member, Shape, find};

/// Version 1 of the API unsets a param with an empty text, version 2 with null.
pub(super) fn unset_by_null(params: Map<String, Json>) -> Map<String, Json> {
    let unset = |value| match value {
        Json::String(text) if text.is_empty() => Json::Null,
        Json::Object(members) => Json::Object(unset_by_null(members)),
        other => other,
    };
    params.into_iter().map(|(name, value)| (name, unset(value))).collect()
}

/// The call for which params are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Create,
    Update,
}

/// The params of an update, without values that a form cannot express: an empty object, list or map would be
/// written as the empty text, which unsets a value, and which Stripe refuses if the value cannot be unset.
pub(super) fn said(params: Map<String, Json>, known: &[Member]) -> Map<String, Json> {
    spoken(params, known, Call::Update)
}

/// The params of a create: also without empty texts, because there is nothing yet to unset.
pub(super) fn said_first(params: Map<String, Json>, known: &[Member]) -> Map<String, Json> {
    spoken(params, known, Call::Create)
}

fn spoken(params: Map<String, Json>, known: &[Member], call: Call) -> Map<String, Json> {
    let sent = params.into_iter().filter_map(|(name, value)| {
        let shape = find(known, &name).map(|member| &member.shape);
        Some((name, spoken_value(value, shape, call)?))
    });
    sent.collect()
}

fn spoken_value(value: Json, shape: Option<&Shape>, call: Call) -> Option<Json> {
    let unsets = shape.is_none_or(|shape| shape.clearing != Clearing::Never);
    match (value, shape) {
        (Json::Object(inside), Some(shape)) if shape.members().is_some() => {
            let inside = spoken(inside, shape.members().unwrap_or_default(), call);
            (!inside.is_empty() || unsets).then_some(Json::Object(inside))
        }
        (Json::Object(inside), _) if inside.is_empty() && !unsets => None,
        (Json::Array(items), _) if items.is_empty() && !unsets => None,
        (Json::Array(items), Some(shape)) => {
            let empty = || Json::Object(Map::new());
            let spoken = |item| spoken_value(item, shape.item(), call).unwrap_or_else(empty);
            Some(Json::Array(items.into_iter().map(spoken).collect()))
        }
        (Json::String(text), Some(shape))
            if text.is_empty() && call == Call::Create && !unsets && !shape.is_required() =>
        {
            None
        }
        (other, _) => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value as Json, json};

    use super::{said, said_first};
    use crate::catalog::OperationKind;
    use crate::connector::entity;

    fn sent(name: &str, params: &Json) -> Json {
        let params: Map<String, Json> = params.as_object().unwrap().clone();
        Json::Object(said_first(params, &entity(name).unwrap().create_operation().unwrap().params))
    }

    #[test]
    fn a_create_unsets_nothing_and_an_update_what_can_be_unset() {
        let product = json!({"name": "A", "metadata": {}, "images": [], "description": ""});
        assert_eq!(sent("Product", &product), json!({"name": "A"}));
        assert_eq!(
            sent("Product", &json!({"name": ""})),
            json!({"name": ""}),
            "Stripe says that it is required"
        );
        let coupon = json!({"metadata": {}, "applies_to": {"products": []}});
        assert_eq!(
            sent("Coupon", &coupon),
            json!({"metadata": {}}),
            "it may be unset, though nothing is there"
        );
        let update = &entity("Product").unwrap().operation(OperationKind::Update).unwrap().params;
        let product = product.as_object().unwrap().clone();
        assert_eq!(Json::Object(said(product.clone(), update)), Json::Object(product));
    }

    #[test]
    fn an_empty_object_is_not_said_and_one_that_unsets_is() {
        let method = json!({"type": "alipay", "alipay": {}});
        assert_eq!(sent("PaymentMethod", &method), json!({"type": "alipay"}));
        let link = json!({"line_items": [{"price": "price_1", "adjustable_quantity": {}}],
            "custom_text": {"submit": {}}, "invoice_creation": {"invoice_data": {}}});
        let expected = json!({"line_items": [{"price": "price_1"}], "custom_text": {"submit": {}}});
        assert_eq!(sent("PaymentLink", &link), expected);
    }
}
