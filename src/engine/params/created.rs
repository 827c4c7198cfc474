//! Separates the params that a create takes from those that only an update takes,
//! which are sent in a second call.

use serde_json::Value as Json;

use super::{ParamError, ParamErrors, Params};
use crate::catalog::names::join_path;
use crate::catalog::{Entity, Kind, Member, Shape, find};

/// The params that a create takes, and those that only an update takes, at every level of objects. A list
/// goes with the create as a whole.
pub(in crate::engine) fn split_create(entity: &Entity, params: Params) -> (Params, Params) {
    split(params, entity.create_params())
}

fn split(params: Params, created: &[Member]) -> (Params, Params) {
    let (mut first, mut second) = (Params::new(), Params::new());
    for (name, value) in params {
        match (find(created, &name).map(|member| &member.shape.kind), value) {
            (None, value) => drop(second.insert(name, value)),
            (Some(Kind::Object(members)), Json::Object(given)) if !given.is_empty() => {
                let (now, later) = split(given, members);
                for (params, part) in [(&mut first, now), (&mut second, later)] {
                    if !part.is_empty() {
                        params.insert(name.clone(), Json::Object(part));
                    }
                }
            }
            (Some(_), value) => drop(first.insert(name, value)),
        }
    }
    (first, second)
}

/// The dotted paths of params that are only in the second call.
pub(in crate::engine) fn paths_of_second_call(first: &Params, second: &Params) -> Vec<String> {
    let paths = second.iter().flat_map(|(name, later)| match (first.get(name), later) {
        (Some(Json::Object(now)), Json::Object(later)) => {
            paths_of_second_call(now, later).iter().map(|path| join_path(name, path)).collect()
        }
        _ => vec![name.clone()],
    });
    paths.collect()
}

/// Reports each member of a list item that only an update takes: an item that does not exist yet has no id,
/// so a second call could not refer to it.
pub(super) fn late_members(entity: &Entity, params: &Params) -> ParamErrors {
    let mut found = ParamErrors::new();
    let (known, created) = (entity.params(), entity.create_params());
    for (name, value) in params {
        if let (Some(known), Some(created)) = (find(known, name), find(created, name)) {
            in_value(value, (&known.shape, &created.shape), name, &mut found);
        }
    }
    found
}

fn in_value(value: &Json, (known, created): (&Shape, &Shape), place: &str, found: &mut ParamErrors) {
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                if let (Some(known), Some(created)) = (known.member(name), created.member(name)) {
                    let shapes = (&known.shape, &created.shape);
                    in_value(value, shapes, &join_path(place, name), found);
                }
            }
        }
        Json::Array(items) => {
            let Some(shapes) = known.item().zip(created.item()) else { return };
            for (at, item) in items.iter().enumerate() {
                in_item(item, shapes, &join_path(place, &at.to_string()), found);
            }
        }
        _ => {}
    }
}

fn in_item(item: &Json, (known, created): (&Shape, &Shape), place: &str, found: &mut ParamErrors) {
    let names = item.as_object().into_iter().flat_map(|members| members.keys());
    let late = names.filter(|name| known.member(name).is_some() && created.member(name).is_none());
    found.extend(late.map(|name| ParamError::Refused {
        param: join_path(place, name),
        why: "cannot be set at creation: it is for an object that exists already".to_owned(),
    }));
    in_value(item, (known, created), place, found);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{late_members, paths_of_second_call, split_create};
    use crate::connector::entity;

    #[track_caller]
    fn assert_split(name: &str, params: &Json, first: &Json, second: &Json) {
        let (now, later) = split_create(entity(name).unwrap(), params.as_object().unwrap().clone());
        assert_eq!((Json::Object(now), Json::Object(later)), (first.clone(), second.clone()));
    }

    #[test]
    fn what_only_an_update_takes_follows_at_every_level() {
        assert_split(
            "Product",
            &json!({"name": "Gold", "default_price": "price_1"}),
            &json!({"name": "Gold"}),
            &json!({"default_price": "price_1"}),
        );
        let license = json!({"files": ["file_1"]});
        assert_split(
            "Account",
            &json!({"type": "custom", "documents": {"company_license": license, "proof_of_registration": license}}),
            &json!({"type": "custom", "documents": {"company_license": license}}),
            &json!({"documents": {"proof_of_registration": license}}),
        );
        let invoices = json!({"settings": {"invoices": {"default_account_tax_ids": ["txi_1"]}}});
        assert_split("Account", &invoices, &json!({}), &invoices);
        let emptied = json!({"metadata": {}, "documents": {}});
        assert_split("Account", &emptied, &emptied, &json!({}));
    }

    #[test]
    fn what_a_second_call_sets_is_told_apart_from_what_the_first_one_set() {
        let profile = json!({"support_email": "ada@example.com"});
        let settings = json!({
            "invoices": {"default_account_tax_ids": ["txi_1"]},
            "payments": {"statement_descriptor": "BEANS"},
        });
        let params = json!({"business_profile": profile, "settings": settings});
        let (first, second) = split_create(entity("Account").unwrap(), params.as_object().unwrap().clone());
        assert_eq!(paths_of_second_call(&first, &second), ["settings.invoices"]);
    }

    #[test]
    fn what_an_item_gets_later_is_refused_at_creation() {
        let found = |name: &str, params: Json| -> Vec<String> {
            let faults = late_members(entity(name).unwrap(), params.as_object().unwrap());
            faults.iter().map(|fault| fault.param().to_owned()).collect()
        };
        let items =
            json!({"customer": "cus_1", "items": [{"price": "price_1"}, {"id": "si_1", "deleted": true}]});
        assert_eq!(found("Subscription", items), ["items.1.id", "items.1.deleted"]);
        let phases = json!({"phases": [{"start_date": 1, "items": [{"price": "price_1"}]}]});
        assert_eq!(found("SubscriptionSchedule", phases), ["phases.0.start_date"]);
        assert!(
            found("PaymentLink", json!({"line_items": [{"price": "price_1", "quantity": 1}]})).is_empty()
        );
    }
}
