//! Identities: every object has one, it stays the same, and it leads to the object.

use serde_json::json;
use stripe_provider::catalog::{Entity, OperationKind};
use stripe_provider::terraform::value::Value;

use crate::support::blocks::whole;
use crate::support::terraform::{Action, Fault, Object};
use crate::world::{World, at, fine, typed};

#[test]
fn every_object_is_imported_by_its_identity_as_by_its_id() {
    let mut world = World::new();
    let mut failed = Vec::new();
    for (name, entity) in typed() {
        if let Err(why) = identity(&mut world, name, entity) {
            failed.push(format!("{name}: {}", why.chars().take(400).collect::<String>()));
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), typed().len(), failed.join("\n"));
}

fn identity(world: &mut World, name: &str, entity: &'static Entity) -> Result<(), String> {
    let params = world.params(entity);
    let mut made = world.made(name, &params)?;
    let identity = world.terraform.identity.clone();
    let id = made.state.get("id").as_str().unwrap_or_default();
    world.setups.after(&world.stripe, entity, id);
    made = world.refresh(name, &made).map_err(at("read"))?;
    if entity.operation(OperationKind::Update).is_some_and(|it| it.param("metadata").is_some()) {
        let mut changed = params.clone();
        changed.insert("metadata".to_owned(), json!({"team": "a"}));
        let plan = world.plan(name, &made, Some(&changed)).map_err(at("plan"))?;
        made = world.apply(name, &plan).map_err(at("update"))?;
        same(world, &identity, "after an update")?;
    }
    let moved = world.moved(name, "stripe_entity", &made).map_err(at("move"))?;
    world.refresh("stripe_entity", &moved).map_err(at("read there"))?;
    let there = world.terraform.identity.clone();
    if entity.operation(OperationKind::Get).is_none() {
        return Ok(());
    }
    for (name, identity) in [(name, &identity), ("stripe_entity", &there)] {
        let by_identity = world.identified(name, identity).map_err(at("import by the identity"))?;
        same(world, identity, "after the import")?;
        let by_id = world.import(name, &import_id(name, entity, identity)).map_err(at("import by the id"))?;
        same(world, identity, "after the import by the id")?;
        if by_identity.state != by_id.state {
            return Err(format!("{name} is imported otherwise by its id"));
        }
    }
    Ok(())
}

fn same(world: &World, identity: &Value, when: &str) -> Result<(), String> {
    let now = &world.terraform.identity;
    if now == identity { Ok(()) } else { Err(format!("{when} it is {now:?}, not {identity:?}")) }
}

/// What an object is imported by.
fn import_id(name: &str, entity: &Entity, identity: &Value) -> String {
    let parents = entity.parents();
    let ids = parents.iter().copied().chain(["id"]).filter_map(|part| identity.get(part).as_str());
    let ids = ids.collect::<Vec<_>>().join("/");
    if name == "stripe_entity" { format!("{}/{ids}", entity.name) } else { ids }
}

#[test]
fn what_belongs_to_another_object_and_what_is_of_another_account_says_so() {
    let mut world = World::new();
    let parts = |world: &World, name: &str| -> Vec<(String, bool)> {
        let parts = world.terraform.identities[name].identity_attributes.iter();
        parts.map(|it| (it.name.clone(), it.required_for_import)).collect()
    };
    let part = |name: &str, required: bool| (name.to_owned(), required);
    assert_eq!(parts(&world, "stripe_price"), [part("id", true), part("account", false)]);
    let of_tax_id = [part("customer", false), part("id", true), part("account", false)];
    assert_eq!(parts(&world, "stripe_tax_id"), of_tax_id);
    let of_person = [part("account", true), part("id", true), part("stripe_account", false)];
    assert_eq!(parts(&world, "stripe_person"), of_person);
    assert_eq!(parts(&world, "stripe_tax_settings"), [part("id", false), part("account", false)]);
    assert!(!world.terraform.identities.contains_key("stripe_action"));
    let customer = world.made("stripe_customer", json!({"name": "Ada"}).as_object().unwrap()).unwrap();
    let customer = customer.state.get("id").as_str().unwrap();
    let vat = json!({"customer": customer, "type": "eu_vat", "value": "DE123456789"});
    let vat = world.made("stripe_tax_id", vat.as_object().unwrap()).unwrap();
    let identity = world.terraform.identity.clone();
    assert_eq!(identity.get("customer").as_str(), Some(customer));
    let imported = fine(world.identified("stripe_tax_id", &identity));
    assert_eq!(imported.state.get("id"), vat.state.get("id"));
    let account = json!({"country": "US", "controller": {"stripe_dashboard": {"type": "none"}}});
    let (_, account) = world.stripe.call("POST", "/v1/accounts", &account);
    let settings = Value::map([("account", Value::from(account["id"].as_str().unwrap()))]);
    let imported = fine(world.identified("stripe_tax_settings", &settings));
    assert_eq!(world.terraform.identity.get("account"), settings.get("account"));
    assert_eq!(world.terraform.identity.get("id").as_str(), Some("tax.settings"));
    fine(world.refresh("stripe_tax_settings", &imported));
    assert_eq!(world.terraform.identity.get("account"), settings.get("account"));
}

#[test]
fn a_state_without_an_identity_gets_one_and_a_plan_says_what_it_will_be() {
    let mut world = World::new();
    let params = json!({"name": "Gold"});
    let plan = fine(world.plan("stripe_product", &Object::default(), params.as_object()));
    assert!(world.terraform.identity.is_null(), "nobody knows the id yet");
    let made = fine(world.apply("stripe_product", &plan));
    let identity = world.terraform.identity.clone();
    assert_eq!(identity.get("id"), made.state.get("id"));
    let plan = fine(world.plan("stripe_product", &made, params.as_object()));
    assert_eq!((plan.action, &world.terraform.identity), (Action::Nothing, &identity));
    let id = Value::map([("id", made.state.get("id").clone())]);
    let other = Object { state: whole(&world.block("stripe_product"), &id), private: Vec::new() };
    fine(world.refresh("stripe_product", &other));
    assert_eq!(world.terraform.identity, identity);
    let old = json!({"id": "prod_1"});
    let raw = stripe_provider::terraform::wire::tfplugin5::RawState {
        json: old.to_string().into_bytes(),
        ..Default::default()
    };
    let upgraded = world.upgraded_identity("stripe_product", raw);
    assert_eq!(upgraded, Value::map([("account", Value::Null), ("id", "prod_1".into())]));
}

#[test]
fn an_identity_that_leads_nowhere_is_refused() {
    let mut world = World::new();
    let nothing = Value::map([("id", Value::Null), ("account", Value::Null)]);
    let refused = world.identified("stripe_price", &nothing);
    assert!(
        matches!(refused, Err(Fault::Refused(ref errors, _)) if errors[0].summary == "Invalid Import Id")
    );
    let gone = Value::map([("id", Value::from("price_404")), ("account", Value::Null)]);
    assert!(matches!(world.identified("stripe_price", &gone), Err(Fault::Broken(_))));
}
