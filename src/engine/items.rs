//! Gives the items of a list their ids in an update, because Stripe adds an item that has no id.

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Member, OperationKind, find};
use crate::connector::{elements, reference};
use crate::engine::compare::{equal, may_fulfil};

/// The members that identify an item of a list.
pub(super) struct ItemKeys<'e> {
    /// The member that names it: `price`.
    pub(super) by: &'e str,
    /// The older spelling of that member: `plan`.
    older: Option<&'e str>,
    /// The member with the data from which a new one is made: `price_data`.
    data: String,
}

impl<'e> ItemKeys<'e> {
    /// The keys of the items of a list. Returns `None` if the rules name none.
    pub(super) fn of(entity: &'e Entity, list: &str) -> Option<Self> {
        let by = entity.items.get(list)?.by.as_str();
        let older = entity.superseded.iter().find_map(|(path, newer)| {
            let (of, older) = path.rsplit_once('.')?;
            (of == list && newer == by).then_some(older)
        });
        Some(Self { by, older, data: format!("{by}_data") })
    }

    /// The name with which an item is written.
    pub(super) fn name<'i>(&self, item: &'i Json) -> Option<&'i Json> {
        let written = |key: &str| item.get(key).filter(|value| !value.is_null());
        written(self.by).or_else(|| written(self.older?))
    }

    /// The data from which an item is to be made.
    pub(super) fn origin<'i>(&self, item: &'i Json) -> Option<&'i Json> {
        item.get(&self.data).filter(|value| !value.is_null())
    }

    /// Whether it is known which item is meant.
    pub(super) fn is_told(&self, item: &Json) -> bool {
        self.name(item).or_else(|| self.origin(item)).is_some()
    }

    /// The member that identifies the item: its name, or the data from which it is made.
    pub(super) fn place(&self, item: &Json) -> &str {
        if self.name(item).is_some() { self.by } else { &self.data }
    }

    /// Whether two written items are the same item.
    pub(super) fn are_same(&self, one: &Json, other: &Json, members: &[Member]) -> bool {
        let alike = |one: Option<&Json>, other: Option<&Json>, key: &str| match (one, other) {
            (Some(one), Some(other)) => equal(find(members, key).map(|it| &it.shape), one, other),
            (None, None) => true,
            _ => false,
        };
        alike(self.name(one), self.name(other), self.by)
            && alike(self.origin(one), self.origin(other), &self.data)
    }

    /// Whether an existing item is the written one.
    fn is_item(&self, written: &Json, known: &[Member], there: &Json) -> bool {
        let named = there.get(self.by).unwrap_or(&Json::Null);
        match (self.name(written), self.origin(written)) {
            (Some(desired), _) => reference(named) == desired,
            (None, Some(desired)) if named.is_object() => {
                may_fulfil(find(known, &self.data).map(|it| &it.shape), desired, named)
            }
            _ => false,
        }
    }
}

/// The params of an update in which the items of lists carry the ids of the existing items in `body`, and
/// existing items that are no longer wanted are removed.
pub fn with_ids(entity: &Entity, mut params: Map<String, Json>, body: &Json) -> Map<String, Json> {
    for (list, rule) in &entity.items {
        let there = body.get(list).and_then(elements).unwrap_or_default();
        if let (Some(Json::Array(desired)), Some(keys)) = (params.get_mut(list), ItemKeys::of(entity, list)) {
            let known = known_members(entity, list);
            let mut left: Vec<&Json> = there.iter().collect();
            for item in desired.iter_mut() {
                name(item, &keys, &mut left, known);
            }
            let gone = rule.gone.as_ref().map(|gone| left.iter().filter_map(|item| taken(item, gone)));
            desired.extend(gone.into_iter().flatten());
        }
    }
    params
}

/// The members of one item that an update takes.
fn known_members<'e>(entity: &'e Entity, list: &str) -> &'e [Member] {
    let param = entity.operation(OperationKind::Update).and_then(|update| update.param(list));
    param.and_then(|list| list.item()?.members()).unwrap_or_default()
}

/// Gives an item the id of the matching existing one, which is then removed from `left`.
fn name(item: &mut Json, keys: &ItemKeys<'_>, left: &mut Vec<&Json>, known: &[Member]) {
    let Some(at) = left.iter().position(|there| keys.is_item(item, known, there)) else { return };
    let Some(members) = item.as_object_mut().filter(|members| !members.contains_key("id")) else { return };
    let id = left.remove(at).get("id").cloned().unwrap_or_default();
    // A param that only a create takes changes nothing in an existing item, nor does the data from which it
    // was made.
    members.retain(|name, _| *name != keys.data && find(known, name).is_some());
    members.insert("id".to_owned(), id);
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
        let desired = json!({"items": [{"price": "price_1", "quantity": 9}, {"price": "price_3"}]});
        let expected = json!({"items": [
            {"price": "price_1", "quantity": 9, "id": "si_1"}, {"price": "price_3"}, {"id": "si_2", "deleted": true}
        ]});
        assert_eq!(sent("Subscription", &desired, &body), expected);
    }

    #[test]
    fn an_item_that_is_written_as_what_its_price_is_made_from_is_named_too() {
        let data = json!({"currency": "usd", "product": "prod_1", "unit_amount": 500, "recurring": {"interval": "month"}});
        let price = json!({"id": "price_9", "object": "price", "currency": "usd", "product": "prod_1", "unit_amount": 500,
            "recurring": {"interval": "month", "interval_count": 1}});
        let body = json!({"items": {"object": "list", "data": [
            {"id": "si_2", "price": price, "quantity": 5},
            {"id": "si_1", "price": {"id": "price_1", "object": "price"}, "quantity": 1}
        ]}});
        let desired =
            json!({"items": [{"price": "price_1", "quantity": 2}, {"price_data": data, "quantity": 5}]});
        let expected = json!({"items": [
            {"price": "price_1", "quantity": 2, "id": "si_1"}, {"quantity": 5, "id": "si_2"}
        ]});
        assert_eq!(sent("Subscription", &desired, &body), expected);
        let mut other = desired.clone();
        other["items"][1]["price_data"]["unit_amount"] = 600.into();
        let expected = json!({"items": [
            {"price": "price_1", "quantity": 2, "id": "si_1"}, other["items"][1], {"id": "si_2", "deleted": true}
        ]});
        assert_eq!(sent("Subscription", &other, &body), expected);
        let data = json!({"currency": "usd", "unit_amount": 500, "product_data": {"name": "T-shirt"}});
        let body = json!({"line_items": {"object": "list", "data": [{"id": "li_1", "price": price, "quantity": 1}]}});
        let desired = json!({"line_items": [{"price_data": data, "quantity": 2}]});
        assert_eq!(
            sent("PaymentLink", &desired, &body),
            json!({"line_items": [{"quantity": 2, "id": "li_1"}]})
        );
    }

    /// Each item has a plan and a price with the same id, whichever of them was written.
    #[test]
    fn an_item_that_is_written_with_its_plan_is_named_too() {
        let price = json!({"id": "plan_1", "object": "price"});
        let body =
            json!({"items": {"object": "list", "data": [{"id": "si_1", "price": price, "quantity": 2}]}});
        let desired = json!({"items": [{"plan": "plan_1", "quantity": 3}]});
        let expected = json!({"items": [{"plan": "plan_1", "quantity": 3, "id": "si_1"}]});
        assert_eq!(sent("Subscription", &desired, &body), expected);
    }

    #[test]
    fn what_an_update_does_not_take_of_an_item_is_left_out() {
        let body = json!({"line_items": {"object": "list", "data": [{"id": "li_1", "price": {"id": "price_1", "object": "price"}}]}});
        let desired = json!({"line_items": [{"price": "price_1", "quantity": 2}]});
        let expected = json!({"line_items": [{"quantity": 2, "id": "li_1"}]});
        assert_eq!(sent("PaymentLink", &desired, &body), expected);
        assert_eq!(sent("Customer", &json!({"name": "A"}), &body), json!({"name": "A"}));
    }
}
