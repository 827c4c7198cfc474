//! The meaning of names and values in a clause, compared with their meaning in a payload.

use serde_json::{Map, Value as Json, json};

use super::{NameLookup, params, parse, values};
use crate::catalog::{Member, OperationKind, Shape, at, catalog, parents};
use crate::connector::entity;
use crate::connector::filter::Filter;
use crate::connector::filter::operand::named;

/// The paths of the params that a call requires.
fn required(members: &[Member], above: &str, found: &mut Vec<String>) {
    for member in members.iter().filter(|member| member.shape.is_required()) {
        let path = format!("{above}{}", member.name);
        match member.shape.members() {
            Some(inside) => required(inside, &format!("{path}."), found),
            None => found.push(path),
        }
    }
}

#[test]
fn what_a_list_cannot_do_without_can_stand_in_the_clause() {
    let mut tried = 0;
    for entity in catalog().entities().filter_map(|name| catalog().entity(name)) {
        let Some(list) = entity.operation(OperationKind::List) else { continue };
        let mut paths: Vec<String> = parents(&list.path).map(str::to_owned).collect();
        required(&list.params, "", &mut paths);
        let names = NameLookup { entity, call: Some(list) };
        // A list of objects is not a single value.
        let single = |path: &String| at(&list.params, path).is_none_or(|it| it.item().is_none());
        for path in paths.into_iter().filter(single) {
            let listed = at(&list.params, &path).map(Shape::values).unwrap_or_default();
            let field = named(&path, 0, names).unwrap_or_else(|why| panic!("{}: {why}", entity.name));
            let value = listed.first().map_or(values(field.holds)[0].to_owned(), |it| format!("'{it}'"));
            let said = params(&entity.name, &format!("{path} = {value}"), &json!({}));
            let place = format!("/{}", path.replace('.', "/"));
            let said = said.unwrap_or_else(|why| panic!("{}: {why}", entity.name));
            assert!(said.pointer(&place).is_some(), "{} {path}: {said}", entity.name);
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn what_stands_two_levels_deep_is_said_at_its_level() {
    let summary = entity("BillingCreditBalanceSummary").unwrap();
    let call = summary.operation(OperationKind::Get).unwrap();
    let clause = "Customer = 'cus_1' AND filter.type = 'applicability_scope' AND filter.applicability_scope.price_type = 'metered'";
    let filter = Filter::parse(clause, summary, Some(call)).unwrap();
    let said = Json::Object(filter.pushdown(call, &Map::new()).unwrap().params);
    let scope = json!({"type": "applicability_scope", "applicability_scope": {"price_type": "metered"}});
    assert_eq!(said, json!({"customer": "cus_1", "filter": scope}));
}

#[test]
fn a_currency_is_compared_in_any_case_and_the_last_day_is_one() {
    let price = json!({"currency": "usd", "created": 253_402_214_399_i64});
    let is = |clause: &str| parse(clause, entity("Price").unwrap()).unwrap().matches(&price);
    assert!(is("Currency = 'USD'") && is("Currency IN ('EUR', 'Usd')") && !is("Currency = 'EUR'"));
    assert!(is("Created < '9999-12-31'") && is("Created < 9999-12-31T23:59:59Z"));
    assert!(!is("Created >= '9999-12-31'"));
    assert_eq!(params("Price", "Currency = 'USD'", &json!({})).unwrap(), json!({"currency": "usd"}));
}

#[test]
fn a_name_inside_an_embedded_object_is_one_of_its_type() {
    let item =
        json!({"price": {"id": "price_1", "object": "price", "unit_amount": 700, "metadata": {"a.b": "c"}}});
    let is = |clause: &str| parse(clause, entity("SubscriptionItem").unwrap()).unwrap().matches(&item);
    assert!(is("Price.UnitAmount = 700") && is("price.unit_amount > 699") && !is("Price.UnitAmount = 7"));
    assert!(is("Price.Metadata.a.b = 'c'") && is("Price.Nickname IS NULL") && is("Price = 'price_1'"));
    let wrong = parse("price.unit_amuont IS NULL", entity("SubscriptionItem").unwrap()).unwrap_err();
    assert!(wrong.message.contains("did you mean \"unit_amount\"?"), "{}", wrong.message);
    assert!(parse("Price.zzz IS NULL", entity("SubscriptionItem").unwrap()).is_err());
    assert!(parse("Data.Object.anything = 'x'", entity("Event").unwrap()).is_ok());
}
