//! Scenes of Terraform's own side: calls, values and states that do not fit, on a toy provider.

use stripe_provider::terraform::value::{Type, Value};
use stripe_provider::terraform::wire::tfplugin5 as wire;

use super::stage::{Told, fine};
use crate::support::blocks;
use crate::support::terraform::{Fault, Object, Terraform, send};
use crate::support::toy::boxes;
use crate::support::toy::{Flaw, Toy, music};

pub async fn told() -> Vec<Told> {
    let mut terraform = fine(Terraform::start(Toy::default()).await);
    let mut heard = Vec::new();
    let toy_box = "toy_box".to_owned();
    let name =
        |value: Value, ty: Type| Some(send(&Value::map([("name", value)]), &Type::object([("name", ty)])));
    let config = name(Value::from(true), Type::Bool);
    let request = wire::validate_resource_type_config::Request {
        type_name: toy_box.clone(),
        config,
        client_capabilities: None,
    };
    let answer = terraform.client.validate_resource_type_config(request).await.unwrap().into_inner();
    heard.extend(answer.diagnostics);
    heard.extend(not_settable(&mut terraform).await);
    let request = wire::read_resource::Request { type_name: "toy_thing".to_owned(), ..Default::default() };
    heard.extend(terraform.client.read_resource(request).await.unwrap().into_inner().diagnostics);
    let request = wire::move_resource_state::Request {
        source_provider_address: "registry.terraform.io/other/toys".to_owned(),
        source_type_name: "toy_crate".to_owned(),
        target_type_name: toy_box.clone(),
        ..Default::default()
    };
    heard.extend(terraform.client.move_resource_state(request).await.unwrap().into_inner().diagnostics);
    let request =
        wire::upgrade_resource_identity::Request { type_name: toy_box.clone(), ..Default::default() };
    let answer = terraform.client.upgrade_resource_identity(request).await.unwrap().into_inner();
    heard.extend(answer.diagnostics);
    let flatmap = [("name".to_owned(), "toys".to_owned())].into();
    let old = wire::RawState { json: Vec::new(), flatmap };
    let request = wire::upgrade_resource_state::Request {
        type_name: toy_box.clone(),
        version: 0,
        raw_state: Some(old),
    };
    heard.extend(terraform.client.upgrade_resource_state(request).await.unwrap().into_inner().diagnostics);
    let request = wire::import_resource_state::Request { type_name: toy_box, ..Default::default() };
    heard.extend(terraform.client.import_resource_state(request).await.unwrap().into_inner().diagnostics);
    heard.extend(opened_too_early(&mut terraform).await);
    heard.extend(told_late(&mut terraform).await);
    for flaw in [Flaw::Panics, Flaw::BendsTheState] {
        heard.extend(flawed(flaw).await);
    }
    heard.iter().map(Told::of).collect()
}

/// What is told of attributes that a configuration must not set: for an old Terraform, and for none.
async fn not_settable(terraform: &mut Terraform) -> Vec<wire::Diagnostic> {
    let block = terraform.block("toy_box");
    let mut heard = Vec::new();
    for (name, value) in [("code", Value::from("1234")), ("revision", 7.into())] {
        let mut written = boxes::plain("toys");
        written.set(name, value);
        let request = wire::validate_resource_type_config::Request {
            type_name: "toy_box".to_owned(),
            config: Some(send(&blocks::whole(&block, &written), &blocks::ty(&block))),
            client_capabilities: None,
        };
        let answer = terraform.client.validate_resource_type_config(request).await.unwrap().into_inner();
        heard.extend(answer.diagnostics);
    }
    heard
}

/// What is told of an action that goes on after a stop.
async fn told_late(terraform: &mut Terraform) -> Vec<wire::Diagnostic> {
    terraform.client.stop(wire::stop::Request {}).await.unwrap();
    let music = Value::map([("turns", 1.into()), ("song", Value::from("short")), ("code", Value::Null)]);
    terraform.invoke(music::NAME, &music).await.diagnostics
}

/// What is told of an ephemeral resource whose configuration is not known.
async fn opened_too_early(terraform: &mut Terraform) -> Vec<wire::Diagnostic> {
    let unknown = Value::map([("fits", Value::Unknown), ("teeth", Value::Null)]);
    let ty = Type::object([("fits", Type::String), ("teeth", Type::String)]);
    let request = wire::open_ephemeral_resource::Request {
        type_name: "toy_key".to_owned(),
        config: Some(send(&unknown, &ty)),
        client_capabilities: None,
    };
    terraform.client.open_ephemeral_resource(request).await.unwrap().into_inner().diagnostics
}

/// What an apply of a toy with a flaw tells.
async fn flawed(flaw: Flaw) -> Vec<wire::Diagnostic> {
    let mut terraform = fine(Terraform::start(Toy::with(flaw)).await);
    let plan = fine(terraform.plan("toy_box", &Object::default(), &boxes::plain("toys")).await);
    match terraform.apply("toy_box", &plan).await {
        Err(Fault::Refused(errors, _)) => errors,
        _ => Vec::new(),
    }
}
