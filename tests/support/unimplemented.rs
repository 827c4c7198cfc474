//! The RPCs for a type that a provider does not have: each is answered with an empty list or with an error
//! that repeats the name, never with a gRPC status.

use stripe_provider::terraform::wire::tfplugin5 as wire;
use tokio_stream::StreamExt;

use super::terraform::Client;

/// Returns the only error of an answer.
#[track_caller]
pub fn error(diagnostics: &[wire::Diagnostic]) -> &wire::Diagnostic {
    let [only] = diagnostics else { panic!("one diagnostic, not {diagnostics:?}") };
    assert_eq!(only.severity, 1, "{only:?}");
    only
}

/// Fails unless the answer of an RPC is one error that names `toy_thing`.
#[track_caller]
pub fn assert_refused(rpc: &str, diagnostics: &[wire::Diagnostic]) {
    let detail = &error(diagnostics).detail;
    assert!(detail.contains("`toy_thing`"), "{rpc}: {detail}");
}

macro_rules! refused {
    ($client:ident, $($rpc:ident by $field:ident),* $(,)?) => {$({
        let request = wire::$rpc::Request { $field: "toy_thing".to_owned(), ..Default::default() };
        let answer = $client.$rpc(request).await.expect("an answer, not a status").into_inner();
        assert_refused(stringify!($rpc), &answer.diagnostics);
    })*};
}

/// Calls every one of these RPCs.
pub async fn calls(client: &mut Client) {
    refused!(
        client,
        upgrade_resource_identity by type_name,
        generate_resource_config by type_name,
        move_resource_state by target_type_name,
        validate_ephemeral_resource_config by type_name,
        open_ephemeral_resource by type_name,
        renew_ephemeral_resource by type_name,
        close_ephemeral_resource by type_name,
        validate_list_resource_config by type_name,
        validate_action_config by action_type,
        plan_action by action_type,
    );
    list_resource(client).await;
    invoke_action(client).await;
    functions(client).await;
    let identities = client.get_resource_identity_schemas(wire::get_resource_identity_schemas::Request {});
    let identities = identities.await.unwrap().into_inner();
    assert_eq!(identities, wire::get_resource_identity_schemas::Response::default());
}

async fn list_resource(client: &mut Client) {
    let request = wire::list_resource::Request { type_name: "toy_thing".to_owned(), ..Default::default() };
    let mut events = client.list_resource(request).await.unwrap().into_inner();
    assert_refused("list_resource", &events.next().await.unwrap().unwrap().diagnostic);
    assert!(events.next().await.is_none());
}

async fn invoke_action(client: &mut Client) {
    let request = wire::invoke_action::Request { action_type: "toy_thing".to_owned(), ..Default::default() };
    let mut events = client.invoke_action(request).await.unwrap().into_inner();
    let Some(wire::invoke_action::event::Type::Completed(end)) = events.next().await.unwrap().unwrap().r#type
    else {
        panic!("the invocation completes");
    };
    assert_refused("invoke_action", &end.diagnostics);
    assert!(events.next().await.is_none());
}

async fn functions(client: &mut Client) {
    let functions = client.get_functions(wire::get_functions::Request {}).await.unwrap();
    assert_eq!(functions.into_inner(), wire::get_functions::Response::default());
    let call = wire::call_function::Request { name: "toy_thing".to_owned(), arguments: Vec::new() };
    let error = client.call_function(call).await.unwrap().into_inner().error.unwrap();
    assert!(error.text.contains("`toy_thing`"), "{}", error.text);
}
