//! What is not known yet may turn out to be null, as each variable of a module is in a validation: nothing is refused for
//! being set while it is unknown.

use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::diagnostic::{Diagnostics, Severity};
use stripe_provider::terraform::provider::{Family, Provider as _};
use stripe_provider::terraform::value::{Type, Value};
use stripe_provider::terraform::wire::tfplugin5::schema::Block;

use crate::config::config;
use crate::support::blocks;
use crate::world::{World, typed};

/// The names of what a configuration may set in a block.
fn settable(block: &Block) -> Vec<String> {
    let attributes = block.attributes.iter().filter(|it| it.required || it.optional).map(|it| &it.name);
    attributes.chain(block.block_types.iter().map(|it| &it.type_name)).cloned().collect()
}

/// A configuration in which nothing of a block is known: none of its blocks, or what stands in one of each.
fn unknown(block: &Block, with_blocks: bool) -> Value {
    let mut all = Value::map(settable(block).into_iter().map(|name| (name, Value::Unknown)));
    for nested in block.block_types.iter().filter(|_| with_blocks) {
        all.set(&nested.type_name, Value::List(vec![unknown(nested.block.as_ref().unwrap(), true)]));
    }
    blocks::whole(block, &all)
}

/// Whatever is required, and these.
fn least(block: &Block, names: &[String]) -> Value {
    let required = block.attributes.iter().filter(|it| it.required).map(|it| &it.name);
    let names = required.chain(names).map(|name| (name.clone(), Value::Unknown));
    blocks::whole(block, &Value::map(names))
}

/// What is refused of a block where all of it is unknown, or one argument is that needs another one if it is set.
fn refused(block: &Block, validate: impl Fn(&Value) -> Diagnostics) -> Vec<String> {
    let all = [false, true].map(|with_blocks| errors(validate(&unknown(block, with_blocks)))).concat();
    let missing = errors(validate(&least(block, &[])));
    let each = settable(block).into_iter().flat_map(|name| errors(validate(&least(block, &[name]))));
    all.into_iter().chain(each.filter(|why| !missing.contains(why))).collect()
}

fn errors(found: Diagnostics) -> Vec<String> {
    let errors = found.into_iter().filter(|it| it.severity == Severity::Error);
    errors.map(|it| format!("{}: {}", it.summary, it.detail)).collect()
}

/// The blocks of every type, with the family that each is of.
fn all_blocks(world: &World) -> Vec<(Family, String, Block)> {
    let schema = &world.terraform.schema;
    let families = [
        (Family::Resource, &schema.resource_schemas),
        (Family::DataSource, &schema.data_source_schemas),
        (Family::EphemeralResource, &schema.ephemeral_resource_schemas),
        (Family::List, &schema.list_resource_schemas),
    ];
    let plain = families.into_iter().flat_map(|(family, schemas)| {
        schemas.iter().map(move |(name, it)| (family, name.clone(), it.block.clone().unwrap()))
    });
    let actions = schema.action_schemas.keys();
    let actions = actions.map(|name| (Family::Action, name.clone(), world.terraform.action_block(name)));
    plain.chain(actions).collect()
}

#[test]
fn no_argument_is_refused_for_being_set_while_it_is_unknown() {
    let world = World::new();
    let provider = StripeProvider::new(Env::from_pairs::<String, String>([]));
    let blocks = all_blocks(&world);
    let mut wrong = Vec::new();
    for (family, name, block) in &blocks {
        let found = refused(block, |config| provider.validate(*family, name, config));
        wrong.extend(found.into_iter().map(|why| format!("{family:?} {name}: {why}")));
    }
    let block = world.terraform.schema.provider.as_ref().unwrap().block.clone().unwrap();
    wrong.extend(refused(&block, |config| provider.validate_provider(config)));
    assert!(blocks.len() > 300 && wrong.is_empty(), "{}:\n{}", blocks.len(), wrong.join("\n"));
}

#[test]
fn a_known_argument_is_not_refused_beside_unknown_ones() {
    let world = World::new();
    let provider = StripeProvider::new(Env::from_pairs::<String, String>([]));
    let mut wrong = Vec::new();
    for (name, entity) in typed() {
        let block = world.block(name);
        let sample = config(&block, &world.params(entity));
        for (argument, value) in sample.as_map().unwrap() {
            let mut config = unknown(&block, false);
            config.set(argument, value.clone());
            let found = errors(provider.validate(Family::Resource, name, &config));
            wrong.extend(found.into_iter().map(|why| format!("{name}: {why}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_refused_for_being_set_is_refused_once_it_is_known() {
    let provider = StripeProvider::new(Env::from_pairs::<String, String>([]));
    let tax_id = |customer: Value, owner: Value| {
        let config = Value::map([
            ("type", Value::from("eu_vat")),
            ("value", "DE123456789".into()),
            ("customer", customer),
            ("owner", owner),
        ]);
        errors(provider.validate(Family::Resource, "stripe_tax_id", &config)).concat()
    };
    let owner = || {
        let ty = Type::object([("type".to_owned(), Type::String)]);
        Value::Dynamic(Box::new((ty, Value::map([("type", Value::from("self"))]))))
    };
    assert_eq!(tax_id(Value::Unknown, owner()), "", "the customer may turn out to be null");
    assert_eq!(tax_id("cus_1".into(), Value::Unknown), "", "the owner may turn out to be null");
    assert_eq!(tax_id(Value::Null, owner()), "");
    assert!(tax_id("cus_1".into(), owner()).contains("`owner` cannot be set beside `customer`"));
    let customer = |source: &str| {
        let config = Value::map([("source", Value::from(source)), ("source_wo", "tok_visa".into())]);
        errors(provider.validate(Family::Resource, "stripe_customer", &config)).concat()
    };
    assert!(customer("tok_visa").contains("Argument Set Twice"));
}
