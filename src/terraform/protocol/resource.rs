//! The RPCs for managed resources.

use super::{Service, identity, validation};
use crate::terraform::Provider;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics, has_errors};
use crate::terraform::messages;
use crate::terraform::provider::{ApplyRequest, Family, PlanRequest, StateResponse};
use crate::terraform::value::Value;
use crate::terraform::wire::tfplugin5::{
    ResourceIdentityData, apply_resource_change, import_resource_state, plan_resource_change, read_resource,
    upgrade_resource_state, validate_resource_type_config,
};

pub(super) fn validate<P: Provider>(
    service: &Service<P>,
    request: &validate_resource_type_config::Request,
) -> Result<validate_resource_type_config::Response, Diagnostic> {
    let subject = (Family::Resource, request.type_name.as_str());
    let diagnostics = validation::validate(
        service,
        subject,
        request.config.as_ref(),
        request.client_capabilities.unwrap_or_default(),
    )?;
    Ok(validate_resource_type_config::Response { diagnostics })
}

pub(super) fn upgrade<P: Provider>(
    service: &Service<P>,
    request: &upgrade_resource_state::Request,
) -> Result<upgrade_resource_state::Response, Diagnostic> {
    let codec = service.codecs.of(&service.provider, Family::Resource, &request.type_name)?;
    let stored = codec.decode_stored(request.raw_state.as_ref(), request.version)?;
    let (state, diagnostics) = service.provider.upgrade(&request.type_name, request.version, stored);
    Ok(upgrade_resource_state::Response {
        upgraded_state: Some(codec.encode(state)?),
        diagnostics: codec.diagnostics(diagnostics),
    })
}

pub(super) async fn read<P: Provider>(
    service: &Service<P>,
    request: read_resource::Request,
) -> Result<read_resource::Response, Diagnostic> {
    let codec = service.codecs.of(&service.provider, Family::Resource, &request.type_name)?;
    let state = codec.decode("current_state", request.current_state.as_ref())?;
    let mut response = service.provider.read(&request.type_name, state, request.private).await;
    let new_identity = told_identity(service, &request.type_name, &mut response);
    Ok(read_resource::Response {
        new_identity,
        new_state: Some(codec.encode(response.state)?),
        diagnostics: codec.diagnostics(response.diagnostics),
        private: response.private,
        ..Default::default()
    })
}

pub(super) async fn plan<P: Provider>(
    service: &Service<P>,
    request: plan_resource_change::Request,
) -> Result<plan_resource_change::Response, Diagnostic> {
    let codec = service.codecs.of(&service.provider, Family::Resource, &request.type_name)?;
    let plan_request = PlanRequest {
        prior: codec.decode("prior_state", request.prior_state.as_ref())?,
        // Terraform's proposal contains write-only values too, which would look like a change.
        proposed: codec.decode_state("proposed_new_state", request.proposed_new_state.as_ref())?,
        config: codec.decode("config", request.config.as_ref())?,
        private: request.prior_private,
    };
    let mut planned = service.provider.plan(&request.type_name, plan_request).await;
    let identity = identity::of(service, &request.type_name, &planned.state, &planned.private);
    let planned_identity = or_told(identity, &mut planned.diagnostics);
    Ok(plan_resource_change::Response {
        planned_identity,
        planned_state: Some(codec.encode(planned.state)?),
        requires_replace: codec.paths(&planned.requires_replace),
        planned_private: planned.private,
        diagnostics: codec.diagnostics(planned.diagnostics),
        ..Default::default()
    })
}

pub(super) async fn apply<P: Provider>(
    service: &Service<P>,
    request: apply_resource_change::Request,
) -> Result<apply_resource_change::Response, Diagnostic> {
    let codec = service.codecs.of(&service.provider, Family::Resource, &request.type_name)?;
    let apply_request = ApplyRequest {
        prior: codec.decode("prior_state", request.prior_state.as_ref())?,
        planned: codec.decode("planned_state", request.planned_state.as_ref())?,
        config: codec.decode("config", request.config.as_ref())?,
        private: request.planned_private,
    };
    let mut applied = service.provider.apply(&request.type_name, apply_request).await;
    let new_identity = told_identity(service, &request.type_name, &mut applied);
    let new_state = codec.encode_what_fits(applied.state, &mut applied.diagnostics)?;
    Ok(apply_resource_change::Response {
        new_identity,
        new_state: Some(new_state),
        private: applied.private,
        diagnostics: codec.diagnostics(applied.diagnostics),
        ..Default::default()
    })
}

pub(super) async fn import<P: Provider>(
    service: &Service<P>,
    request: import_resource_state::Request,
) -> Result<import_resource_state::Response, Diagnostic> {
    let codec = service.codecs.of(&service.provider, Family::Resource, &request.type_name)?;
    let identity = identity::decode(service, &request.type_name, request.identity.as_ref())?;
    let mut imported = match (request.id.as_str(), identity) {
        ("", Value::Null) => {
            return Err(nothing_to_import(&request.type_name, "an import needs the object's id"));
        }
        ("", identity) => service.provider.import_by_identity(&request.type_name, identity).await,
        (id, _) => service.provider.import(&request.type_name, id).await,
    };
    let mut response = import_resource_state::Response::default();
    if !imported.state.is_null() {
        let identity = told_identity(service, &request.type_name, &mut imported);
        response.imported_resources.push(import_resource_state::ImportedResource {
            type_name: request.type_name,
            state: Some(codec.encode(imported.state)?),
            private: imported.private,
            identity,
        });
    } else if !has_errors(&imported.diagnostics) {
        return Err(nothing_to_import(&request.type_name, &format!("there is no object `{}`", request.id)));
    }
    response.diagnostics = codec.diagnostics(imported.diagnostics);
    Ok(response)
}

/// Returns the identity of an object in the provider's answer. A problem with the identity does not take
/// anything away from the answer.
fn told_identity<P: Provider>(
    service: &Service<P>,
    type_name: &str,
    answer: &mut StateResponse,
) -> Option<ResourceIdentityData> {
    let identity = identity::of(service, type_name, &answer.state, &answer.private);
    or_told(identity, &mut answer.diagnostics)
}

fn or_told<T>(found: Result<Option<T>, Diagnostic>, diagnostics: &mut Diagnostics) -> Option<T> {
    found.unwrap_or_else(|error| {
        diagnostics.push(error);
        None
    })
}

fn nothing_to_import(type_name: &str, why: &str) -> Diagnostic {
    messages::nothing_to_import(type_name, why)
}
