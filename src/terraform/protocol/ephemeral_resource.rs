//! The RPCs for ephemeral resources.

use super::Service;
use super::validation::{self, STORES_NOTHING};
use crate::terraform::Provider;
use crate::terraform::diagnostic::{Diagnostic, has_errors};
use crate::terraform::messages;
use crate::terraform::provider::Family;
use crate::terraform::wire::tfplugin5::{
    close_ephemeral_resource, open_ephemeral_resource, renew_ephemeral_resource,
    validate_ephemeral_resource_config,
};

pub(super) fn validate<P: Provider>(
    service: &Service<P>,
    request: &validate_ephemeral_resource_config::Request,
) -> Result<validate_ephemeral_resource_config::Response, Diagnostic> {
    let subject = (Family::EphemeralResource, request.type_name.as_str());
    let diagnostics = validation::validate(service, subject, request.config.as_ref(), STORES_NOTHING)?;
    Ok(validate_ephemeral_resource_config::Response { diagnostics })
}

/// Core opens nothing whose configuration is not fully known: it leaves that to the apply.
pub(super) async fn open<P: Provider>(
    service: &Service<P>,
    request: open_ephemeral_resource::Request,
) -> Result<open_ephemeral_resource::Response, Diagnostic> {
    let codec = service.codecs.of(&service.provider, Family::EphemeralResource, &request.type_name)?;
    let config = codec.decode_config(request.config.as_ref())?;
    if !config.is_wholly_known() {
        return Err(messages::opened_too_early(&request.type_name));
    }
    let opened = service.provider.open(&request.type_name, config).await;
    let failed = has_errors(&opened.diagnostics);
    let result = if failed { None } else { Some(codec.encode(opened.result)?) };
    Ok(open_ephemeral_resource::Response {
        result,
        private: Some(opened.private),
        renew_at: opened.renew_at.map(Into::into),
        diagnostics: codec.diagnostics(opened.diagnostics),
        deferred: None,
    })
}

pub(super) async fn renew<P: Provider>(
    service: &Service<P>,
    request: renew_ephemeral_resource::Request,
) -> Result<renew_ephemeral_resource::Response, Diagnostic> {
    let codec = service.codecs.of(&service.provider, Family::EphemeralResource, &request.type_name)?;
    let renewed = service.provider.renew(&request.type_name, request.private.unwrap_or_default()).await;
    Ok(renew_ephemeral_resource::Response {
        private: Some(renewed.private),
        renew_at: renewed.renew_at.map(Into::into),
        diagnostics: codec.diagnostics(renewed.diagnostics),
    })
}

pub(super) async fn close<P: Provider>(
    service: &Service<P>,
    request: close_ephemeral_resource::Request,
) -> Result<close_ephemeral_resource::Response, Diagnostic> {
    let codec = service.codecs.of(&service.provider, Family::EphemeralResource, &request.type_name)?;
    let told = service.provider.close(&request.type_name, request.private.unwrap_or_default()).await;
    Ok(close_ephemeral_resource::Response { diagnostics: codec.diagnostics(told) })
}
