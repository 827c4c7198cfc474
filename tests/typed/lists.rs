//! Lists, as `terraform query` asks for them: every object that can be listed and imported, with the state that its
//! import would have.

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, OperationKind};
use stripe_provider::terraform::value::Value;

use crate::support::terraform::Fault;
use crate::support::terraform::lists::Listed;
use crate::world::{World, at, difference, fine, typed};

/// Every object of a list.
const ALL: (bool, i64) = (true, 10_000);

#[test]
fn every_object_is_listed_as_its_import_shows_it() {
    let mut world = World::new();
    let (mut failed, mut held) = (Vec::new(), 0);
    for (name, entity) in typed() {
        let is_listed = world.terraform.schema.list_resource_schemas.contains_key(name);
        let can_be =
            [OperationKind::List, OperationKind::Get].iter().all(|it| entity.operation(*it).is_some());
        assert_eq!(is_listed, can_be, "{name}");
        if is_listed {
            held += 1;
            failed.extend(listed(&mut world, name, entity).err().map(|why| format!("{name}: {why:.400}")));
        }
    }
    assert!(failed.is_empty(), "{} of {held}:\n{}", failed.len(), failed.join("\n"));
    assert!(held > 50, "{held}");
}

fn listed(world: &mut World, name: &str, entity: &'static Entity) -> Result<(), String> {
    let params = world.params(entity);
    let made = world.made(name, &params)?;
    let id = made.state.get("id").as_str().unwrap_or_default();
    world.setups.after(&world.stripe, entity, id);
    let needs = &world.terraform.schema.list_resource_schemas[name].block;
    let needs: Vec<_> = needs.iter().flat_map(|it| &it.attributes).filter(|it| it.required).collect();
    let needs = needs.iter().map(|it| (it.name.clone(), params.get(&it.name).cloned().unwrap_or(json!("x"))));
    let needs = Json::Object(needs.collect::<Map<_, _>>());
    let found = world.listed(name, &needs, ALL).map_err(at("list"))?;
    let is_it = |it: &&Listed| it.identity.get("id").as_str() == Some(id);
    let one = found.iter().find(is_it).ok_or_else(|| format!("it is none of {}", found.len()))?;
    if one.name.is_empty() {
        return Err("it has no name".to_owned());
    }
    let imported = world.identified(name, &one.identity).map_err(at("import"))?;
    if imported.state != one.resource {
        return Err(difference(&imported.state, &one.resource));
    }
    let bare = world.listed(name, &needs, (false, 1)).map_err(at("list one"))?;
    if bare.len() == 1 { Ok(()) } else { Err(format!("{} are one", bare.len())) }
}

#[test]
fn a_list_stops_at_its_limit_and_asks_for_no_page_more() {
    let (mut world, tap, _) = World::served(&[]);
    for number in 0..120 {
        let name = format!("product {number:03}");
        world.stripe.call("POST", "/v1/products", &json!({"name": name, "active": number != 7}));
    }
    let mut calls = 0;
    let mut list = |params: &Json, limit: i64| {
        let found = fine(world.listed("stripe_product", params, (false, limit)));
        let lists = tap.calls().iter().filter(|call| call.path.contains("/v1/products")).count();
        let of_this = lists - std::mem::replace(&mut calls, lists);
        (found.iter().map(|it| it.name.clone()).collect::<Vec<_>>(), of_this)
    };
    let (names, calls) = list(&json!({}), 20);
    assert_eq!((names.len(), names[0].as_str(), calls), (20, "product 119", 1));
    let (names, calls) = list(&json!({}), 110);
    assert_eq!((names.len(), names[109].as_str(), calls), (110, "product 010", 2));
    let (names, calls) = list(&json!({}), 1_000);
    assert_eq!((names.len(), calls), (120, 2));
    assert_eq!(list(&json!({"active": false}), 100), (vec!["product 007".to_owned()], 1));
    assert_eq!(list(&json!({"filter": "Name = 'product 042'"}), 100).0, ["product 042"]);
    let sorted = json!({"sort_by": "name", "sort_order": "ASC"});
    assert_eq!(list(&sorted, 2).0, ["product 000", "product 001"]);
}

#[test]
fn what_is_wrong_with_a_list_is_said_before_and_while_it_is_read() {
    let mut world = World::new();
    for (params, told) in [
        (json!({"filter": "Nmae = 'x'"}), "Nmae"),
        (json!({"sort_order": "ASC"}), "sort_by"),
        (json!({"sort_by": "craeted"}), "craeted"),
    ] {
        let refused = world.listed("stripe_product", &params, ALL);
        let Err(Fault::Refused(errors, _)) = refused else { panic!("{params}: {refused:?}") };
        assert!(errors[0].detail.contains(told), "{}", errors[0].detail);
    }
    let refused = world.listed("stripe_person", &json!({"account": "acct_404"}), ALL);
    let Err(Fault::Refused(errors, _)) = refused else { panic!("{refused:?}") };
    assert!(errors[0].detail.contains("acct_404"), "{}", errors[0].detail);
}

#[test]
fn what_is_listed_through_a_connection_of_another_account_names_that_account() {
    let mut world = World::new();
    let account = json!({"country": "US", "controller": {"stripe_dashboard": {"type": "none"}}});
    let (_, account) = world.stripe.call("POST", "/v1/accounts", &account);
    let account = account["id"].as_str().unwrap();
    let connection = json!({"name": "shop", "location": "global", "account_id": account});
    let connection = world.made("stripe_connection", connection.as_object().unwrap()).unwrap();
    let handle = connection.state.get("handle").as_str().unwrap();
    let mine = json!({"name": "Gold", "connection_handle": handle});
    let mine = world.made("stripe_product", mine.as_object().unwrap()).unwrap();
    let found = fine(world.listed("stripe_product", &json!({"connection_handle": handle}), ALL));
    let [one] = &found[..] else { panic!("{found:?}") };
    let identity = [("id", mine.state.get("id").clone()), ("account", Value::from(account))];
    assert_eq!((&one.identity, one.name.as_str()), (&Value::map(identity), "Gold"));
    assert_eq!(fine(world.identified("stripe_product", &one.identity)).state, one.resource);
}
