//! What a schema can say, and what is done about it before the provider is asked.

use prost::Message as _;
use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::Provider as _;
use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5::{
    self as wire, attribute_path::step::Selector, schema::nested_block::NestingMode,
};

use crate::support::blocks;
use crate::support::terraform::{Action, Fault, Object, Terraform, connect, send};
use crate::support::toy::{Flaw, Toy};

async fn start() -> Terraform {
    Terraform::start(Toy::default()).await.unwrap_or_else(|fault| panic!("{fault}"))
}

fn a_box(pairs: &[(&str, Value)]) -> Value {
    let mut config = Value::map([("name", Value::from("toys")), ("kind", "wood".into())]);
    for (name, value) in pairs {
        config.set(name, value.clone());
    }
    config
}

/// The errors of a fault as summaries with their paths.
#[track_caller]
fn errors<T: std::fmt::Debug>(outcome: Result<T, Fault>) -> Vec<(String, String)> {
    match outcome {
        Err(Fault::Refused(errors, _)) => summaries(&errors),
        other => panic!("it should be refused, not {other:?}"),
    }
}

fn summaries(diagnostics: &[wire::Diagnostic]) -> Vec<(String, String)> {
    let one = |diagnostic: &wire::Diagnostic| {
        let steps = diagnostic.attribute.iter().flat_map(|path| &path.steps);
        let steps = steps.map(|step| match step.selector.as_ref().unwrap() {
            Selector::AttributeName(name) | Selector::ElementKeyString(name) => name.clone(),
            Selector::ElementKeyInt(index) => index.to_string(),
        });
        (diagnostic.summary.clone(), steps.collect::<Vec<_>>().join("."))
    };
    diagnostics.iter().map(one).collect()
}

fn one(summary: &str, path: &str) -> Vec<(String, String)> {
    vec![(summary.to_owned(), path.to_owned())]
}

#[tokio::test]
async fn a_schema_is_built_when_its_type_is_first_used_and_never_again() {
    let toy = Toy::default();
    let built = toy.built();
    let names = || built.lock().unwrap().clone();
    let mut client = connect(toy).await;
    client.get_metadata(wire::get_metadata::Request {}).await.unwrap();
    assert!(names().is_empty(), "the metadata needs no schema");
    for _ in 0..2 {
        let state = Some(wire::RawState { json: b"{}".to_vec(), ..Default::default() });
        let type_name = "toy_box".to_owned();
        let request = wire::upgrade_resource_state::Request { type_name, version: 0, raw_state: state };
        let upgraded = client.upgrade_resource_state(request).await.unwrap().into_inner();
        assert_eq!(upgraded.diagnostics, []);
        assert_eq!(names(), ["toy_box"]);
    }
    for _ in 0..2 {
        client.get_schema(wire::get_provider_schema::Request {}).await.unwrap();
        assert_eq!(names(), ["toy_box", "provider", "toy_boxes", "toy_key", "toy_play_music"]);
    }
}

#[tokio::test]
async fn a_schema_that_cannot_be_built_is_an_error_and_not_the_end() {
    for (flaw, summary) in
        [(Flaw::HasNoSchema, "Unknown Resource Type"), (Flaw::PanicsInASchema, "Provider Panicked")]
    {
        let mut client = connect(Toy::with(flaw)).await;
        for _ in 0..2 {
            let answer = client.get_schema(wire::get_provider_schema::Request {}).await.unwrap().into_inner();
            assert_eq!(summaries(&answer.diagnostics), one(summary, ""));
        }
    }
}

#[tokio::test]
async fn schemas_that_were_encoded_in_advance_leave_as_they_are() {
    let provider = StripeProvider::new(Env::from_pairs::<String, String>([]));
    let encoded = provider.encoded_schemas().unwrap();
    let mut client = connect(provider).await;
    let answer = client.get_schema(wire::get_provider_schema::Request {}).await.unwrap().into_inner();
    assert_eq!(answer.encode_to_vec(), encoded);
    assert!(answer.server_capabilities.unwrap().get_provider_schema_optional, "they are asked for once");
    assert!(answer.resource_schemas.contains_key("stripe_price"));
    assert!(answer.list_resource_schemas.contains_key("stripe_price"));
    assert!(answer.server_capabilities.unwrap().move_resource_state);
}

#[tokio::test]
async fn identity_schemas_leave_as_they_are_and_are_of_all_that_can_be_imported() {
    let provider = StripeProvider::new(Env::from_pairs::<String, String>([]));
    let encoded = provider.encoded_identity_schemas().unwrap();
    let mut client = connect(provider).await;
    let asked = wire::get_resource_identity_schemas::Request {};
    let answer = client.get_resource_identity_schemas(asked).await.unwrap().into_inner();
    let (schemas, asked) = (answer.identity_schemas.clone(), wire::get_metadata::Request {});
    assert_eq!(answer.encode_to_vec(), encoded);
    let types = client.get_metadata(asked).await.unwrap().into_inner().resources;
    let without: Vec<_> = types.iter().filter(|it| !schemas.contains_key(&it.type_name)).collect();
    assert_eq!(without.len(), 1, "{without:?}");
    assert_eq!(without[0].type_name, "stripe_action");
}

#[tokio::test]
async fn the_wire_carries_nesting_deprecation_and_write_only() {
    let block = start().await.block("toy_box");
    let attribute = |name: &str| block.attributes.iter().find(|attribute| attribute.name == name).unwrap();
    let nested = |name: &str| block.block_types.iter().find(|nested| nested.type_name == name).unwrap();
    assert!(attribute("code").write_only && attribute("code").sensitive && !attribute("name").write_only);
    let note = attribute("note");
    assert_eq!((note.deprecated, note.deprecation_message.as_str()), (true, "Use `tags`."));
    assert!(!attribute("name").deprecated);
    assert_eq!(attribute("place").r#type, br#"["object",{"room":"string","shelf":"number"}]"#);
    assert_eq!(nested("lid").nesting(), NestingMode::List);
    assert_eq!(nested("sticker").nesting(), NestingMode::Set);
    assert_eq!(nested("drawer").nesting(), NestingMode::Map);
    let stickers = nested("sticker").block.as_ref().unwrap();
    assert_eq!((stickers.deprecated, stickers.deprecation_message.as_str()), (true, "Use `labels`."));
    let drawer = nested("drawer").block.as_ref().unwrap();
    assert!(drawer.attributes.iter().any(|attribute| attribute.name == "left_handles"));
}

#[tokio::test]
async fn the_rules_of_a_resource_and_what_its_provider_says_are_told_in_one_run() {
    let mut terraform = start().await;
    let mut plan = async |pairs: &[(&str, Value)]| {
        errors(terraform.plan("toy_box", &Object::default(), &a_box(pairs)).await)
    };
    let empty_label = ("labels", Value::Set(vec!["".into()]));
    assert_eq!(plan(&[("kind", "glass".into())]).await, one("Invalid Attribute Value", "kind"));
    assert_eq!(
        plan(&[("name", "".into()), empty_label.clone()]).await,
        [one("Invalid Attribute Value", "name"), one("Empty Label", "labels")].concat()
    );
    assert_eq!(plan(&[empty_label]).await, one("Empty Label", "labels"));
}

#[tokio::test]
async fn of_an_attribute_that_breaks_a_rule_the_rule_alone_speaks() {
    let mut terraform = start().await;
    for (kind, summary) in [("glass", "Invalid Attribute Value"), ("paper", "Paper Boxes Not Counted")] {
        let config = Value::map([("kind", Value::from(kind))]);
        assert_eq!(errors(terraform.data("toy_boxes", &config).await), one(summary, "kind"));
    }
}

#[tokio::test]
async fn the_rules_of_the_provider_block_are_checked_twice() {
    let mut terraform = start().await;
    let nowhere = Value::map([("room", Value::from(""))]);
    let expected = one("Invalid Attribute Value", "room");
    assert_eq!(errors(terraform.configure(&nowhere).await), expected);
    // What was unknown when the block was prepared may break a rule when it is known.
    let block = terraform.schema.provider.as_ref().unwrap().block.clone().unwrap();
    let config = Some(send(&nowhere, &blocks::ty(&block)));
    let configured =
        terraform.client.configure(wire::configure::Request { config, ..Default::default() }).await.unwrap();
    assert_eq!(summaries(&configured.into_inner().diagnostics), expected);
}

#[tokio::test]
async fn the_use_of_what_is_deprecated_is_a_warning() {
    let mut terraform = start().await;
    let block = terraform.block("toy_box");
    let sticker = Value::map([("motif", Value::from("sun"))]);
    let config = a_box(&[("note", "old".into()), ("sticker", Value::Set(vec![sticker]))]);
    let request = wire::validate_resource_type_config::Request {
        type_name: "toy_box".to_owned(),
        config: Some(send(&blocks::whole(&block, &config), &blocks::ty(&block))),
        client_capabilities: None,
    };
    let answer = terraform.client.validate_resource_type_config(request).await.unwrap().into_inner();
    let expected = ["note", "sticker"].map(|path| one(&format!("Deprecated: {path}"), path));
    assert_eq!(summaries(&answer.diagnostics), expected.concat());
    assert!(answer.diagnostics.iter().all(|diagnostic| diagnostic.severity == 2));
}

#[tokio::test]
async fn a_write_only_value_is_in_the_config_and_nowhere_else() {
    let mut terraform = start().await;
    let drawers = |code: &str| Value::map([("top", Value::map([("code", Value::from(code))]))]);
    let config = a_box(&[("code", "1234".into()), ("drawer", drawers("5"))]);
    let plan = terraform.plan("toy_box", &Object::default(), &config).await.unwrap();
    let made = terraform.apply("toy_box", &plan).await.unwrap();
    assert_eq!(made.state.get("locked").as_bool(), Some(true), "the provider has seen the code");
    for state in [&plan.planned.state, &made.state] {
        assert!(state.get("code").is_null() && state.get("drawer").get("top").get("code").is_null());
    }
    let config = a_box(&[("code", "9876".into()), ("drawer", drawers("6"))]);
    let plan = terraform.plan("toy_box", &made, &config).await.unwrap();
    assert_eq!(plan.action, Action::Nothing, "another value is no change that Terraform could see");
}

#[tokio::test]
async fn a_terraform_without_write_only_attributes_is_told_where_it_is_set() {
    let mut terraform = start().await;
    let block = terraform.block("toy_box");
    let drawers = Value::map([("top", Value::map([("code", Value::from("5"))]))]);
    let config = a_box(&[("code", "1234".into()), ("drawer", drawers)]);
    let mut validate = async |config: &Value, client_capabilities| {
        let request = wire::validate_resource_type_config::Request {
            type_name: "toy_box".to_owned(),
            config: Some(send(&blocks::whole(&block, config), &blocks::ty(&block))),
            client_capabilities,
        };
        let answer = terraform.client.validate_resource_type_config(request).await.unwrap();
        summaries(&answer.into_inner().diagnostics)
    };
    let able = wire::ClientCapabilities { write_only_attributes_allowed: true, ..Default::default() };
    assert_eq!(validate(&config, Some(able)).await, []);
    let everywhere = ["code", "drawer.top.code"].map(|path| one("Write-Only Attribute Not Supported", path));
    for unable in [None, Some(wire::ClientCapabilities::default())] {
        assert_eq!(validate(&config, unable).await, everywhere.concat());
        assert_eq!(validate(&a_box(&[]), unable).await, []);
    }
}
