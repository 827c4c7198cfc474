//! The RPCs one by one, where the life of a resource does not reach them.

use std::collections::HashMap;
use std::time::Duration;

use stripe_provider::terraform::protocol::MINOR;
use stripe_provider::terraform::value::{Type, Value};
use stripe_provider::terraform::wire::tfplugin5::{self as wire, attribute_path::step::Selector};

use crate::support::blocks;
use crate::support::terraform::{Fault, Object, Terraform, send};
use crate::support::toy::boxes;
use crate::support::toy::{Flaw, Toy};
use crate::support::unimplemented::{self, error};

async fn start(toy: Toy) -> Terraform {
    Terraform::start(toy).await.unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn the_minor_version_is_the_one_in_the_protocol_file() {
    let text = include_str!("../../proto/tfplugin5.proto");
    assert!(text.contains(&format!("Protocol version: 5.{MINOR}\n")), "5.{MINOR}");
}

#[tokio::test]
async fn schema_and_metadata_name_the_same_types_and_capabilities() {
    let mut terraform = start(Toy::default()).await;
    let metadata = terraform.client.get_metadata(wire::get_metadata::Request {}).await.unwrap().into_inner();
    let capabilities = terraform.schema.server_capabilities;
    assert_eq!(metadata.server_capabilities, capabilities);
    let capabilities = capabilities.unwrap();
    assert!(capabilities.plan_destroy && capabilities.get_provider_schema_optional);
    assert!(!capabilities.move_resource_state && !capabilities.generate_resource_config);
    let named: Vec<_> = metadata.resources.iter().map(|resource| &resource.type_name).collect();
    assert_eq!(named, ["toy_box"]);
    assert!(terraform.schema.resource_schemas.keys().eq(["toy_box"]));
    assert!(terraform.schema.data_source_schemas.keys().eq(["toy_boxes"]));
    assert_eq!(metadata.data_sources[0].type_name, "toy_boxes");
    assert!(terraform.schema.ephemeral_resource_schemas.keys().eq(["toy_key"]));
    assert_eq!(metadata.ephemeral_resources[0].type_name, "toy_key");
}

#[tokio::test]
async fn what_is_not_served_is_refused_by_name() {
    unimplemented::calls(&mut start(Toy::default()).await.client).await;
}

macro_rules! unknown {
    ($client:ident, $($rpc:ident),* $(,)?) => {$({
        let request = wire::$rpc::Request { type_name: "toy_thing".to_owned(), ..Default::default() };
        let answer = $client.$rpc(request).await.expect("an answer, not a status").into_inner();
        unimplemented::assert_refused(stringify!($rpc), &answer.diagnostics);
    })*};
}

#[tokio::test]
async fn a_type_that_the_schema_does_not_list_is_refused_by_name() {
    let mut client = start(Toy::default()).await.client;
    unknown!(
        client,
        validate_resource_type_config,
        upgrade_resource_state,
        read_resource,
        plan_resource_change,
        apply_resource_change,
        import_resource_state,
        validate_data_source_config,
        read_data_source,
    );
}

#[tokio::test]
async fn a_panic_is_an_error_with_its_text_and_the_plugin_lives_on() {
    let mut terraform = start(Toy::with(Flaw::Panics)).await;
    let plan = terraform.plan("toy_box", &Object::default(), &boxes::plain("toys")).await.unwrap();
    let Err(Fault::Refused(errors, left)) = terraform.apply("toy_box", &plan).await else {
        panic!("the apply fails");
    };
    assert_eq!(errors[0].summary, "Provider Panicked");
    let detail = &errors[0].detail;
    assert!(detail.contains("ApplyResourceChange of `toy_box` panicked: the shelf fell over"), "{detail}");
    assert!(left.state.is_null());
    let again = terraform.plan("toy_box", &Object::default(), &boxes::plain("toys")).await;
    assert!(again.is_ok(), "the plugin answers after a panic");
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_refused_with_field_and_path() {
    let mut terraform = start(Toy::default()).await;
    let config = send(&Value::map([("name", Value::from(true))]), &Type::object([("name", Type::Bool)]));
    let type_name = "toy_box".to_owned();
    let request = wire::validate_resource_type_config::Request {
        type_name,
        config: Some(config),
        client_capabilities: None,
    };
    let answer = terraform.client.validate_resource_type_config(request).await.unwrap().into_inner();
    let refusal = error(&answer.diagnostics);
    assert_eq!(refusal.summary, "Unreadable Value");
    assert!(refusal.detail.contains("`config`"), "{}", refusal.detail);
}

#[tokio::test]
async fn a_state_that_does_not_fit_keeps_what_does() {
    let mut terraform = start(Toy::with(Flaw::BendsTheState)).await;
    let plan = terraform.plan("toy_box", &Object::default(), &boxes::plain("toys")).await.unwrap();
    let Err(Fault::Refused(errors, left)) = terraform.apply("toy_box", &plan).await else {
        panic!("the apply fails");
    };
    assert_eq!(errors[0].summary, "Value Does Not Fit Schema");
    assert_eq!(left.state.get("id"), &Value::from("box_1"), "the object is not lost");
    assert!(left.state.get("size").is_null());
    assert_eq!(left.private, b"made");
}

#[tokio::test]
async fn diagnostics_arrive_with_severity_and_path() {
    let mut terraform = start(Toy::default()).await;
    let attic = Value::map([("room", Value::from("attic"))]);
    let Err(Fault::Refused(errors, _)) = terraform.configure(&attic).await else {
        panic!("there is no attic")
    };
    let steps = &errors[0].attribute.as_ref().unwrap().steps;
    assert_eq!(steps[0].selector, Some(Selector::AttributeName("room".to_owned())));
    let cellar = Value::map([("room", Value::from("cellar"))]);
    assert!(terraform.configure(&cellar).await.is_ok(), "a warning does not stop the run");
    let mut labelled = boxes::plain("toys");
    labelled.set("labels", Value::Set(vec!["".into()]));
    let Err(Fault::Refused(errors, _)) = terraform.plan("toy_box", &Object::default(), &labelled).await
    else {
        panic!("an empty label is refused");
    };
    assert_eq!(errors[0].attribute.as_ref().unwrap().steps.len(), 1, "the path ends at the set");
}

async fn upgraded(
    terraform: &mut Terraform,
    raw_state: wire::RawState,
) -> wire::upgrade_resource_state::Response {
    let raw_state = Some(raw_state);
    let request =
        wire::upgrade_resource_state::Request { type_name: "toy_box".to_owned(), version: 0, raw_state };
    terraform.client.upgrade_resource_state(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn an_old_state_gains_nulls_and_empty_blocks() {
    let mut terraform = start(Toy::default()).await;
    let json = br#"{"id": "box_1", "name": "toys", "lid": [{"color": "red"}], "weight": 12}"#.to_vec();
    let answer = upgraded(&mut terraform, wire::RawState { json, flatmap: HashMap::new() }).await;
    let block = terraform.block("toy_box");
    let state =
        crate::support::terraform::receive(answer.upgraded_state.as_ref(), &blocks::ty(&block)).unwrap();
    let lid = Value::map([("color", Value::from("red"))]);
    let expected =
        Value::map([("id", Value::from("box_1")), ("name", "toys".into()), ("lid", Value::List(vec![lid]))]);
    assert_eq!(state, blocks::whole(&block, &expected));
    assert_eq!(answer.diagnostics, []);
}

#[tokio::test]
async fn a_flatmap_and_an_empty_state_are_refused() {
    let mut terraform = start(Toy::default()).await;
    let flatmap = HashMap::from([("id".to_owned(), "box_1".to_owned())]);
    let answer = upgraded(&mut terraform, wire::RawState { json: Vec::new(), flatmap }).await;
    assert_eq!(error(&answer.diagnostics).summary, "State Too Old");
    assert_eq!(answer.upgraded_state, None);
    let answer = upgraded(&mut terraform, wire::RawState::default()).await;
    assert_eq!(error(&answer.diagnostics).summary, "Unreadable Value");
}

#[tokio::test]
async fn stop_ends_a_call_in_flight_which_still_says_what_it_made() {
    let mut terraform = start(Toy::default()).await;
    let plan = terraform.plan("toy_box", &Object::default(), &boxes::plain("slow")).await.unwrap();
    let mut other = terraform.clone();
    let apply = async move { other.apply("toy_box", &plan).await };
    let stop = async { terraform.client.stop(wire::stop::Request {}).await.unwrap().into_inner() };
    let both = futures_util::future::join(apply, stop);
    let (applied, stopped) = tokio::time::timeout(Duration::from_secs(10), both).await.unwrap();
    assert_eq!(stopped.error, "");
    let Err(Fault::Refused(errors, left)) = applied else { panic!("the apply was stopped") };
    assert_eq!(errors[0].summary, "Stopped");
    assert_eq!(left.state.get("id"), &Value::from("box_1"));
}

#[tokio::test]
async fn an_import_without_an_id_is_refused() {
    let mut terraform = start(Toy::default()).await;
    let Err(Fault::Refused(errors, _)) = terraform.import("toy_box", "").await else {
        panic!("nothing to import")
    };
    assert_eq!(errors[0].summary, "Cannot Import");
    let Err(Fault::Broken(rules)) = terraform.import("toy_box", "box_9").await else { panic!("no such box") };
    assert_eq!(rules, ["cannot import a non-existent object"]);
}

#[tokio::test]
async fn data_sources_are_read_and_unknown_configuration_plans_as_unknown() {
    let mut terraform = start(Toy::default()).await;
    let plan = terraform.plan("toy_box", &Object::default(), &boxes::plain("toys")).await.unwrap();
    terraform.apply("toy_box", &plan).await.unwrap();
    let counted = terraform.data("toy_boxes", &Value::map([("kind", Value::from("wood"))])).await.unwrap();
    assert_eq!(counted.get("count_of"), &Value::from(1));
    let mut config = boxes::plain("toys");
    config.set("note", Value::Unknown);
    config.set("lid", Value::Unknown);
    let plan = terraform.plan("toy_box", &Object::default(), &config).await.unwrap();
    assert!(plan.planned.state.get("note").is_unknown() && plan.planned.state.get("lid").is_unknown());
}

#[tokio::test]
async fn messages_larger_than_the_default_limit_pass_both_ways() {
    let mut terraform = start(Toy::default()).await;
    let mut config = boxes::plain("toys");
    config.set("note", "x".repeat(6 << 20).into());
    let plan = terraform.plan("toy_box", &Object::default(), &config).await.unwrap();
    assert_eq!(plan.planned.state.get("note"), config.get("note"));
}
