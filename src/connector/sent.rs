//! What of the params is sent, in the words of each version of the API.

use serde_json::{Map, Value as Json};

use crate::catalog::{Clearing, Member, Shape, find};

/// What the empty text unsets in version 1 of the API, null unsets in version 2.
pub(super) fn unset_by_null(params: Map<String, Json>) -> Map<String, Json> {
    let unset = |value| match value {
        Json::String(text) if text.is_empty() => Json::Null,
        Json::Object(members) => Json::Object(unset_by_null(members)),
        other => other,
    };
    params.into_iter().map(|(name, value)| (name, unset(value))).collect()
}

/// Params without the empty objects, of which a form has no notion: it would say that the empty text
/// unsets them. An object that the empty text unsets is left as it is.
pub(super) fn said(params: Map<String, Json>, known: &[Member]) -> Map<String, Json> {
    let sent = params.into_iter().filter_map(|(name, value)| {
        let shape = find(known, &name).map(|member| &member.shape);
        Some((name, said_value(value, shape)?))
    });
    sent.collect()
}

fn said_value(value: Json, shape: Option<&Shape>) -> Option<Json> {
    match (value, shape) {
        (Json::Object(inside), Some(shape)) if shape.members().is_some() => {
            let inside = said(inside, shape.members().unwrap_or_default());
            let is_said = !inside.is_empty() || shape.clearing == Clearing::Empty;
            is_said.then_some(Json::Object(inside))
        }
        (Json::Array(items), Some(shape)) => {
            let empty = || Json::Object(Map::new());
            let items = items.into_iter().map(|item| said_value(item, shape.item()).unwrap_or_else(empty));
            Some(Json::Array(items.collect()))
        }
        (other, _) => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value as Json, json};

    use super::said;
    use crate::connector::entity;

    fn sent(name: &str, params: &Json) -> Json {
        let params: Map<String, Json> = params.as_object().unwrap().clone();
        Json::Object(said(params, &entity(name).unwrap().create_operation().unwrap().params))
    }

    #[test]
    fn an_empty_object_is_not_said_and_one_that_unsets_is() {
        let method = json!({"type": "alipay", "alipay": {}, "metadata": {}});
        assert_eq!(sent("PaymentMethod", &method), json!({"type": "alipay", "metadata": {}}));
        let link = json!({"line_items": [{"price": "price_1", "adjustable_quantity": {}}],
            "custom_text": {"submit": {}}, "invoice_creation": {"invoice_data": {}}});
        let expected = json!({"line_items": [{"price": "price_1"}], "custom_text": {"submit": {}}});
        assert_eq!(sent("PaymentLink", &link), expected);
    }
}
