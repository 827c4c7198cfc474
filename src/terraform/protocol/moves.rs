//! The RPC that takes over an object from another resource type.

use super::{Service, identity};
use crate::terraform::Provider;
use crate::terraform::diagnostic::{Diagnostic, has_errors};
use crate::terraform::messages;
use crate::terraform::provider::{Family, MoveRequest};
use crate::terraform::value::Value;
use crate::terraform::wire::tfplugin5::move_resource_state;

pub(super) fn move_state<P: Provider>(
    service: &Service<P>,
    request: &move_resource_state::Request,
) -> Result<move_resource_state::Response, Diagnostic> {
    let move_resource_state::Request { source_provider_address, source_type_name, target_type_name, .. } =
        request;
    if !service.provider.takes_over(source_provider_address) {
        let refused =
            messages::move_not_supported(source_type_name, source_provider_address, target_type_name);
        return Err(refused);
    }
    let target = service.codecs.of(&service.provider, Family::Resource, target_type_name)?;
    let from = MoveRequest { state: source_state(service, request)?, ..request_of(request) };
    let moved = service.provider.move_state(target_type_name, from);
    let target_identity = identity::of(service, target_type_name, &moved.state, &moved.private)?;
    // A failed move has no state.
    let state = if has_errors(&moved.diagnostics) { None } else { Some(target.encode(moved.state)?) };
    Ok(move_resource_state::Response {
        target_identity,
        target_state: state,
        target_private: moved.private,
        diagnostics: target.diagnostics(moved.diagnostics),
    })
}

/// Decodes the state with the provider's own schema for the source type, or returns null if it has none.
fn source_state<P: Provider>(
    service: &Service<P>,
    request: &move_resource_state::Request,
) -> Result<Value, Diagnostic> {
    match service.codecs.of(&service.provider, Family::Resource, &request.source_type_name) {
        Ok(source) => source.decode_stored(request.source_state.as_ref(), request.source_schema_version),
        Err(_) => Ok(Value::Null),
    }
}

fn request_of(request: &move_resource_state::Request) -> MoveRequest {
    MoveRequest {
        provider: request.source_provider_address.clone(),
        type_name: request.source_type_name.clone(),
        private: request.source_private.clone(),
        state: Value::Null,
    }
}
