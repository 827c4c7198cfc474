//! Items of lists in an update: Stripe adds what has no id, so what is there already gets its own.

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Items, Member, OperationKind, find};
use crate::engine::compare::{elements, reference};

/// The params of an update with the items of lists named by the ids they have in the entity as
/// last seen, and those that are no longer wanted taken away.
pub fn with_ids(entity: &Entity, mut params: Map<String, Json>, body: &Json) -> Map<String, Json> {
    for (list, rule) in &entity.items {
        let there = body.get(list).and_then(elements).unwrap_or_default();
        if let Some(Json::Array(wanted)) = params.get_mut(list) {
            let known = known_members(entity, list);
            let mut left: Vec<&Json> = there.iter().collect();
            for item in wanted.iter_mut() {
                name(item, rule, &mut left, known);
            }
            let gone = rule.gone.as_ref().map(|gone| left.iter().filter_map(|item| taken(item, gone)));
            wanted.extend(gone.into_iter().flatten());
        }
    }
    params
}

/// What an update takes of one item.
fn known_members<'e>(entity: &'e Entity, list: &str) -> &'e [Member] {
    let param = entity.operation(OperationKind::Update).and_then(|update| update.param(list));
    param.and_then(|list| list.item()?.members()).unwrap_or_default()
}

/// Gives an item the id of the one that is there, which is then taken out of `left`.
fn name(item: &mut Json, rule: &Items, left: &mut Vec<&Json>, known: &[Member]) {
    let Some(members) = item.as_object_mut().filter(|members| !members.contains_key("id")) else { return };
    let wanted = members.get(&rule.by).filter(|value| !value.is_null());
    let same = |there: &&Json| there.get(&rule.by).map(reference) == wanted;
    if let (Some(at), true) = (left.iter().position(same), wanted.is_some()) {
        let id = left.remove(at).get("id").cloned().unwrap_or_default();
        // What only a create takes says nothing new of an item that is there.
        members.retain(|name, _| find(known, name).is_some());
        members.insert("id".to_owned(), id);
    }
}

fn taken(item: &Json, gone: &str) -> Option<Json> {
    let id = item.get("id")?.clone();
    Some(Json::Object(Map::from_iter([("id".to_owned(), id), (gone.to_owned(), Json::Bool(true))])))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::with_ids;
    use crate::connector::entity;

    fn sent(name: &str, params: &Json, body: &Json) -> Json {
        Json::Object(with_ids(entity(name).unwrap(), params.as_object().unwrap().clone(), body))
    }

    #[test]
    fn items_that_are_there_are_named_and_others_taken_away() {
        let body = json!({"items": {"object": "list", "data": [
            {"id": "si_1", "price": {"id": "price_1", "object": "price"}, "quantity": 7},
            {"id": "si_2", "price": {"id": "price_2", "object": "price"}, "quantity": 1}
        ]}});
        let wanted = json!({"items": [{"price": "price_1", "quantity": 9}, {"price": "price_3"}]});
        let expected = json!({"items": [
            {"price": "price_1", "quantity": 9, "id": "si_1"}, {"price": "price_3"}, {"id": "si_2", "deleted": true}
        ]});
        assert_eq!(sent("Subscription", &wanted, &body), expected);
    }

    #[test]
    fn what_an_update_does_not_take_of_an_item_is_left_out() {
        let body = json!({"line_items": {"object": "list", "data": [{"id": "li_1", "price": {"id": "price_1", "object": "price"}}]}});
        let wanted = json!({"line_items": [{"price": "price_1", "quantity": 2}]});
        let expected = json!({"line_items": [{"quantity": 2, "id": "li_1"}]});
        assert_eq!(sent("PaymentLink", &wanted, &body), expected);
        assert_eq!(sent("Customer", &json!({"name": "A"}), &body), json!({"name": "A"}));
    }
}
