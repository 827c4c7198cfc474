//! Ephemeral resources: each opens on the sandbox, and what is wrong is refused before anything is made.

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, catalog};
use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5::schema::Block;

use crate::samples::Samples;
use crate::support::terraform::{Fault, Object};
use crate::world::World;

/// Every ephemeral resource with the entity type that it makes one of.
pub fn ephemeral() -> Vec<(String, &'static Entity)> {
    let pairs = StripeProvider::ephemeral_resources().into_iter();
    pairs.map(|(name, key)| (name, catalog().by_key(key).unwrap())).collect()
}

fn params(value: &Json) -> Map<String, Json> {
    value.as_object().unwrap().clone()
}

fn block(world: &World, name: &str) -> Block {
    world.terraform.schema.ephemeral_resource_schemas[name].block.clone().unwrap()
}

#[test]
fn every_type_opens_on_the_sandbox_with_its_least_params() {
    let mut world = World::new();
    let mut wrong = Vec::new();
    for (name, entity) in ephemeral() {
        let params = world.params(entity);
        match world.open(&name, &params) {
            Ok(opened) => {
                wrong
                    .extend(lacking(&block(&world, &name), entity, &opened).map(|it| format!("{name}.{it}")));
            }
            Err(fault) => wrong.push(format!("{name}: {fault}")),
        }
    }
    assert!(ephemeral().len() == 19 && wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What Stripe always answers and is not there, and secrets that are not hidden.
fn lacking<'a>(block: &'a Block, entity: &'a Entity, opened: &'a Value) -> impl Iterator<Item = String> + 'a {
    entity.fields.iter().filter(|field| field.shape.is_required()).filter_map(|field| {
        let Some(attribute) = block.attributes.iter().find(|it| it.name == field.name) else {
            return Some(format!("{}: no attribute", field.name));
        };
        let silent = opened.get(&field.name).is_null().then(|| format!("{}: not answered", field.name));
        let shown = (field.shape.sensitive && !attribute.sensitive).then(|| format!("{}: shown", field.name));
        silent.or(shown)
    })
}

#[test]
fn every_argument_is_taken_as_it_is_written() {
    let mut world = World::new();
    let samples = Samples::read();
    let (mut count, mut wrong) = (0, Vec::new());
    for (name, entity) in ephemeral() {
        let least = world.params(entity);
        for param in entity.params() {
            let sample = samples.of(&world.setups, &name, param);
            if sample.skip.is_some() || sample.first.is_null() || least.contains_key(&param.name) {
                continue;
            }
            let mut wanted = least.clone();
            wanted.retain(|name, _| !sample.without.contains(name));
            wanted.extend(sample.beside.clone());
            wanted.insert(param.name.clone(), sample.first.clone());
            let told = world.setups.told(&world.stripe, &json!(wanted), "");
            count += 1;
            if let Err(fault) = world.open(&name, told.as_object().unwrap()) {
                wrong.push(format!("{name}.{}: {fault}", param.name));
            }
        }
    }
    assert!(count > 100 && wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_is_required_is_asked_for_at_its_argument() {
    let mut world = World::new();
    for (name, entity) in ephemeral() {
        let attributes = block(&world, &name).attributes;
        let required: Vec<String> =
            attributes.into_iter().filter(|it| it.required).map(|it| it.name).collect();
        let mut demanded: Vec<&String> =
            entity.create_params().iter().filter(|it| it.shape.is_required()).map(|it| &it.name).collect();
        demanded.sort();
        assert_eq!(required.iter().collect::<Vec<_>>(), demanded, "{name}");
        if required.is_empty() {
            continue;
        }
        let refused = world.open(&name, &Map::new()).unwrap_err().to_string();
        for argument in required {
            assert!(refused.contains(&format!("`{argument}`")), "{name} lacks {argument}: {refused}");
        }
    }
}

#[test]
fn a_value_that_stripe_is_not_known_to_take_is_a_warning() {
    let mut world = World::new();
    let mut link = world.params(catalog().by_key("account_link").unwrap());
    link.insert("type".to_owned(), json!("account_onbording"));
    world.open("stripe_account_link", &link).unwrap_err();
    let told = world.terraform.warnings.join("\n");
    assert!(told.contains("Did you mean `account_onboarding`?"), "{told}");
}

#[test]
fn what_stripe_no_longer_takes_is_a_warning_and_not_sent() {
    let (mut world, tap, _sandbox) = World::served(&[]);
    let mut session = world.params(catalog().by_key("checkout.session").unwrap());
    session.insert("payment_method_types".to_owned(), json!(["card"]));
    let opened = world.open("stripe_checkout_session", &session).unwrap();
    assert_eq!(*opened.get("payment_method_types"), Value::List(vec!["card".into()]), "as it is written");
    let told = world.terraform.warnings.join("\n");
    assert!(told.contains("Write `allowed_payment_method_types`"), "{told}");
    let sent = String::from_utf8_lossy(&tap.writes().pop().unwrap().body).into_owned();
    assert!(sent.contains("success_url") && !sent.contains("payment_method_types"), "{sent}");
}

#[test]
fn what_stripe_documents_to_refuse_is_refused_before_anything_is_made() {
    let (mut world, tap, _sandbox) = World::served(&[]);
    let session = |more: Json| {
        let mut session =
            params(&json!({"mode": "setup", "success_url": "https://example.com/done", "currency": "usd"}));
        session.extend(params(&more));
        session
    };
    let long: Vec<Json> = (0..101).map(|_| json!({"price": "price_1", "quantity": 1})).collect();
    for (more, why) in [
        (json!({"customer": "cus_1", "customer_email": "ada@example.com"}), "customer"),
        (json!({"return_url": "https://example.com/done"}), "return_url"),
        (json!({"line_items": long}), "line_items"),
        (json!({"metadata": {"a".repeat(41): "x"}}), "metadata"),
    ] {
        let refused = match world.open("stripe_checkout_session", &session(more.clone())) {
            Err(fault) => fault.to_string(),
            Ok(_) => panic!("{more} is taken"),
        };
        assert!(refused.contains(why), "{more}: {refused}");
    }
    assert!(tap.calls().is_empty(), "nothing was sent");
}

#[test]
fn default_metadata_is_given_and_keys_of_others_are_not_shown() {
    let defaults = Value::map([("team", Value::from("web"))]);
    let mut world = World::with(&[("default_metadata", defaults)]);
    let wanted = json!({"type": "document", "metadata": {"order": "7"}});
    let opened = world.open("stripe_identity_verification_session", &params(&wanted)).unwrap();
    assert_eq!(*opened.get("metadata"), Value::map([("order", Value::from("7"))]));
    let all = Value::map([("order", Value::from("7")), ("team", "web".into())]);
    assert_eq!(*opened.get("metadata_all"), all);
    let id = opened.get("id").as_str().unwrap();
    let held = world.stripe.done("GET", &format!("/v1/identity/verification_sessions/{id}"), &json!({}));
    assert_eq!(held["metadata"], json!({"order": "7", "team": "web"}));
}

#[test]
fn what_only_an_update_takes_follows_in_a_second_call() {
    let (mut world, tap, _sandbox) = World::served(&[]);
    let mut wanted = world.params(catalog().by_key("checkout.session").unwrap());
    let address = json!({"country": "CH", "line1": "1 Road", "city": "Bern"});
    let details = json!({"shipping_details": {"name": "Ada", "address": address}});
    wanted.insert("collected_information".to_owned(), details);
    let before = tap.writes().len();
    let opened = world.open("stripe_checkout_session", &wanted).unwrap();
    let paths: Vec<String> = tap.writes().into_iter().skip(before).map(|call| call.path).collect();
    let id = opened.get("id").as_str().unwrap();
    assert_eq!(paths, ["/v1/checkout/sessions".to_owned(), format!("/v1/checkout/sessions/{id}")]);
    assert!(!opened.get("url").is_null(), "what the create answered is not lost");
}

#[test]
fn a_page_says_in_which_mode_stripe_makes_one_and_nothing_of_changes() {
    let world = World::new();
    for (name, schema) in &world.terraform.schema.ephemeral_resource_schemas {
        let block = schema.block.as_ref().unwrap();
        let of_changes =
            |text: &str| text.contains("A change creates") || text.contains("when the object is created");
        assert!(!block.attributes.iter().any(|it| of_changes(&it.description)), "{name} is never changed");
        let test_mode = block.description.contains("test mode only");
        assert_eq!(test_mode, name == "stripe_confirmation_token", "{name}");
    }
}

/// Stripe's message repeats what was written; a secret of it is concealed, whatever kind of type it is of.
#[test]
fn a_secret_that_stripe_repeats_is_concealed() {
    let (mut world, _tap, sandbox) = World::served(&[]);
    let error = json!({"error": {"type": "invalid_request_error", "message": "None has 000123456789."}});
    for path in ["/v1/tokens", "/v1/apps/secrets"] {
        let answer = json!({"answer": {"status": 400, "body": error.to_string()}});
        let fault = json!({"method": "POST", "path": path, "kind": answer});
        sandbox.script(serde_json::from_value(fault).unwrap());
    }
    let concealed = |fault: Fault| {
        let told = fault.to_string();
        assert!(told.contains("None has") && !told.contains("000123456789"), "{told}");
    };
    let account = json!({"account_number": "000123456789", "country": "US", "currency": "usd"});
    let params = json!({"bank_account": account}).as_object().unwrap().clone();
    concealed(world.open("stripe_token", &params).unwrap_err());
    let params = json!({"name": "key", "payload": "000123456789", "scope": {"type": "account"}});
    let params = params.as_object().unwrap().clone();
    let plan = world.plan("stripe_apps_secret", &Object::default(), Some(&params)).unwrap();
    concealed(world.apply("stripe_apps_secret", &plan).unwrap_err());
}
