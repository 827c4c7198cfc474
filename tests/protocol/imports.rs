//! Imports: of every type of object that there is, with the payload that the import writes as the
//! configuration; and the ids that lead to one.

use std::collections::BTreeMap;

use serde_json::json;
use stripe_provider::catalog::{Entity, OperationKind, catalog};
use stripe_provider::engine;
use stripe_provider::sandbox::Sandbox;
use stripe_provider::terraform::value::Value;

use crate::calls;
use crate::full;
use crate::params::Setups;
use crate::stripe::{entity, ok, process, stripe};
use crate::support::terraform::{Action, Object, Terraform};

/// How many types came to what.
type Ledger = BTreeMap<&'static str, usize>;

/// The ids of a path, as a locator.
fn locator(template: &str, path: &str) -> String {
    let both = template.split('/').zip(path.split('/'));
    both.filter(|(part, _)| part.starts_with('{')).map(|(_, id)| id).collect::<Vec<_>>().join("/")
}

/// Makes an object of a type, and answers what it is imported by; else why there is none.
fn made(stripe: &calls::Stripe, setups: &Setups, entity: &Entity) -> Result<String, &'static str> {
    let get = entity.operation(OperationKind::Get).ok_or("Stripe shows none again")?;
    let of = |id: &str| {
        let place = locator(&get.path, &setups.path(stripe, entity, &get.path, id));
        if place.is_empty() { entity.name.clone() } else { format!("{}/{place}", entity.name) }
    };
    if !entity.creates() {
        // It is there already.
        let path = setups.path(stripe, entity, &get.path, "");
        let is_there = entity.parents().len() == usize::from(get.path.contains('{')) && !path.contains('{');
        let shown = is_there.then(|| stripe.call("GET", &path, &json!({})).0);
        return if shown == Some(200) { Ok(of("")) } else { Err("the sandbox has none") };
    }
    if setups.missing(&entity.key, "Create") {
        return Err("the sandbox makes none");
    }
    if entity.key == "file" {
        let path = &entity.operation(OperationKind::Create).unwrap().path;
        let file = stripe.upload(path, &json!({"purpose": "dispute_evidence"}));
        return Ok(of(file["id"].as_str().unwrap()));
    }
    let create = entity.operation(OperationKind::Create).unwrap();
    let params = setups.params(stripe, entity);
    let (status, least) = stripe.call("POST", &setups.path(stripe, entity, &create.path, ""), &params);
    let (body, _) = full::made(stripe, setups, entity, &least);
    assert_eq!(status, 200, "{}: {least}", entity.name);
    body["id"].as_str().map(of).ok_or("it has no id")
}

/// Imports an object and plans the payload that the import wrote: what that comes to.
async fn generated(terraform: &mut Terraform, id: &str, name: &str) -> Result<&'static str, String> {
    let imported = match terraform.import("stripe_entity", id).await {
        Ok(imported) => imported,
        Err(fault) => return Err(format!("{id}: {fault}")),
    };
    let payload = imported.state.get("input_payload").clone();
    let config = Value::map([("entity", Value::from(name)), ("input_payload", payload)]);
    match terraform.plan("stripe_entity", &imported, &config).await {
        Ok(plan) if plan.action == Action::Nothing => Ok("plans nothing"),
        Ok(plan) => Err(format!("{id}: {:?}: {config:?}", plan.action)),
        Err(fault) => Err(format!("{id}: {fault}: {config:?}")),
    }
}

/// What comes of an object of every type that there is, counted.
#[track_caller]
fn ledger(act: &impl AsyncFn(&mut Terraform, &str, &str) -> Result<&'static str, String>) -> Ledger {
    let folder = tempfile::tempdir().unwrap();
    let stripe = calls::Stripe::over(Sandbox::open(&folder.path().join("sandbox.db")).unwrap());
    let setups = Setups::read();
    setups.before(&stripe);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut terraform = runtime.block_on(process(&folder));
    let (mut ledger, mut wrong) = (Ledger::new(), Vec::new());
    for entity in catalog().entities().filter_map(|name| catalog().entity(name)) {
        if entity.create_operation().is_none() {
            *ledger.entry("Stripe alone makes and changes it").or_insert(0) += 1;
            continue;
        }
        let found = match made(&stripe, &setups, entity) {
            Ok(id) => runtime.block_on(act(&mut terraform, &id, &entity.name)),
            Err(why) => Ok(why),
        };
        match found {
            Ok(found) => *ledger.entry(found).or_insert(0) += 1,
            Err(why) => wrong.push(why),
        }
    }
    assert!(wrong.is_empty(), "{} types, {ledger:?}:\n{}", wrong.len(), wrong.join("\n"));
    ledger
}

#[test]
fn what_an_import_writes_plans_nothing_for_every_type_there_is() {
    let expected = BTreeMap::from([
        ("Stripe alone makes and changes it", 55),
        ("Stripe shows none again", 17),
        ("plans nothing", 98),
        ("the sandbox has none", 1),
    ]);
    assert_eq!(ledger(&generated), expected, "types of object");
}

/// Ends an object as a destroy does, and imports and plans what is left of it: what that comes to.
async fn ended(terraform: &mut Terraform, id: &str, name: &str) -> Result<&'static str, String> {
    let imported = terraform.import("stripe_entity", id).await.map_err(|fault| format!("{id}: {fault}"))?;
    let destroy = terraform.plan("stripe_entity", &imported, &Value::Null).await;
    let destroy = destroy.map_err(|fault| format!("{id}: {fault}"))?;
    if terraform.apply("stripe_entity", &destroy).await.is_err() {
        return Ok("the sandbox does not end it");
    }
    match terraform.import("stripe_entity", id).await {
        Ok(imported) if has_ended(&imported, name) => {
            let found = generated(terraform, id, name).await?;
            kept(terraform, &imported, name).await.map_err(|fault| format!("{id}: {fault}"))?;
            Ok(found)
        }
        Ok(_) => Ok("nothing ends it"),
        Err(_) => Ok("is gone"),
    }
}

/// A change of the resource alone is no change of the object, now or in the next plan.
async fn kept(terraform: &mut Terraform, imported: &Object, name: &str) -> Result<(), String> {
    let payload = imported.state.get("input_payload").clone();
    let config = Value::map([
        ("entity", Value::from(name)),
        ("input_payload", payload),
        ("on_destroy", Value::from("keep")),
    ]);
    let plan = terraform.plan("stripe_entity", imported, &config).await.map_err(|it| it.to_string())?;
    let applied = terraform.apply("stripe_entity", &plan).await.map_err(|it| it.to_string())?;
    let again = terraform.plan("stripe_entity", &applied, &config).await.map_err(|it| it.to_string())?;
    match again.action {
        Action::Nothing => Ok(()),
        action => Err(format!("{action:?} after another `on_destroy`")),
    }
}

fn has_ended(imported: &Object, name: &str) -> bool {
    let body = imported.state.get("output_payload").as_str().unwrap();
    engine::has_ended(catalog().entity(name).unwrap(), &serde_json::from_str(body).unwrap())
}

/// A successor of a subscription that was canceled long ago would be billed.
#[test]
fn what_had_ended_when_it_was_imported_plans_nothing() {
    let expected = BTreeMap::from([
        ("Stripe alone makes and changes it", 55),
        ("Stripe shows none again", 17),
        ("is gone", 24),
        ("nothing ends it", 35),
        ("plans nothing", 37),
        ("the sandbox does not end it", 2),
        ("the sandbox has none", 1),
    ]);
    assert_eq!(ledger(&ended), expected, "types of object");
}

/// Its plan shows `disabled = true -> null`: an apply that changed nothing would leave events unsent.
#[tokio::test]
async fn an_endpoint_that_was_disabled_when_it_was_imported_is_enabled_where_no_argument_disables_it() {
    let mut stripe = stripe().await;
    let payload = json!({"url": "https://a.example", "enabled_events": ["*"], "disabled": true});
    let id = stripe.id("WebhookEndpoint", &payload).await;
    let typed = |disabled: Value| {
        let url = Value::from("https://a.example");
        Value::map([
            ("url", url),
            ("enabled_events", Value::List(vec![Value::from("*")])),
            ("disabled", disabled),
        ])
    };
    let import = ok(stripe.terraform.import("stripe_webhook_endpoint", &id).await);
    let plan = ok(stripe.terraform.plan("stripe_webhook_endpoint", &import, &typed(Value::from(true))).await);
    assert_eq!(plan.action, Action::Nothing);
    let plan = ok(stripe.terraform.plan("stripe_webhook_endpoint", &import, &typed(Value::Null)).await);
    assert_eq!(plan.action, Action::Update);
    let applied = ok(stripe.terraform.apply("stripe_webhook_endpoint", &plan).await);
    assert_eq!(applied.state.get("status").as_str(), Some("enabled"));
}

#[tokio::test]
async fn a_key_that_is_taken_from_what_an_import_wrote_and_one_that_is_changed() {
    let mut stripe = stripe().await;
    let payload = json!({"name": "Ada", "email": "a@b.example", "metadata": {"team": "x"}});
    let made = stripe.made("stripe_entity", &entity("Customer", &payload)).await;
    let id = format!("Customer/{}", made.state.get("id").as_str().unwrap());
    let imported = ok(stripe.terraform.import("stripe_entity", &id).await);
    let other = entity("Customer", &json!({"Name": "Eve", "Metadata": {"team": "x"}}));
    let plan = ok(stripe.terraform.plan("stripe_entity", &imported, &other).await);
    assert_eq!(plan.action, Action::Update);
    let updated = ok(stripe.terraform.apply("stripe_entity", &plan).await);
    let record = updated.state.get("record");
    assert_eq!(record.get("name").as_str(), Some("Eve"));
    assert_eq!(record.get("email").as_str(), Some("a@b.example"), "what no configuration had is left alone");
    let without = entity("Customer", &json!({"Name": "Eve"}));
    let plan = ok(stripe.terraform.plan("stripe_entity", &updated, &without).await);
    assert_eq!(plan.planned.state.get("record").get("metadata.team"), &Value::Null, "what it had is removed");
}

#[tokio::test]
async fn an_import_may_name_the_account_of_the_object() {
    let mut stripe = stripe().await;
    let account = json!({"controller": {"stripe_dashboard": {"type": "none"}}, "country": "US"});
    let account = stripe.id("Account", &account).await;
    let theirs = stripe.id("Customer", &json!({"name": "of the platform"})).await;
    let ours = stripe.terraform.import("stripe_entity", &format!("Customer/{account}/{theirs}")).await;
    assert!(ours.is_err(), "the customer is of the platform: {ours:?}");
    let settings = ok(stripe.terraform.import("stripe_entity", &format!("TaxSettings/{account}")).await);
    assert_eq!(settings.state.get("entity_id").as_str(), Some("tax.settings"));
}

#[tokio::test]
async fn an_import_that_gets_its_connection_keeps_what_no_configuration_had() {
    let mut stripe = stripe().await;
    let connection = Value::map([("name", Value::from("shop")), ("location", Value::from("global"))]);
    let connection = stripe.made("stripe_connection", &connection).await;
    let id = stripe.id("Customer", &json!({"name": "Ada", "email": "a@b.example"})).await;
    let imported = ok(stripe.terraform.import("stripe_entity", &format!("Customer/{id}")).await);
    let mut config = entity("Customer", &json!({"name": "Ada"}));
    config.set("connection_handle", connection.state.get("handle").clone());
    let plan = ok(stripe.terraform.plan("stripe_entity", &imported, &config).await);
    assert_eq!(plan.action, Action::Update);
    let updated = ok(stripe.terraform.apply("stripe_entity", &plan).await);
    let plan = ok(stripe.terraform.plan("stripe_entity", &updated, &config).await);
    assert_eq!(plan.action, Action::Nothing);
    assert_eq!(updated.state.get("record").get("email").as_str(), Some("a@b.example"));
}

#[tokio::test]
async fn a_connection_is_imported_by_its_location_and_name() {
    let mut stripe = stripe().await;
    let connection = Value::map([("name", Value::from("shop")), ("location", Value::from("global"))]);
    let made = stripe.made("stripe_connection", &connection).await;
    assert_eq!(stripe.terraform.identity, connection);
    let imported = ok(stripe.terraform.import_identity("stripe_connection", &connection).await);
    assert_eq!(imported.state.get("id"), made.state.get("id"));
    assert_eq!(stripe.terraform.identity, connection);
    let nameless = Value::map([("name", Value::from("")), ("location", Value::from("global"))]);
    assert!(stripe.terraform.import_identity("stripe_connection", &nameless).await.is_err());
}
