//! The RPCs for the provider block.

use super::Service;
use super::diagnostics::add;
use crate::terraform::Provider;
use crate::terraform::diagnostic::{Diagnostic, has_errors};
use crate::terraform::wire::tfplugin5::{configure, prepare_provider_config};

/// Checks the provider block. The "prepared" block in the response is the one that was sent: Terraform has
/// ignored it since 0.12, and logs a warning if it differs.
pub(super) fn prepare<P: Provider>(
    service: &Service<P>,
    request: prepare_provider_config::Request,
) -> Result<prepare_provider_config::Response, Diagnostic> {
    let codec = service.codecs.provider(&service.provider);
    let config = codec.decode("config", request.config.as_ref())?;
    let mut found = codec.validate(&config);
    add(&mut found, service.provider.validate_provider(&config));
    Ok(prepare_provider_config::Response {
        prepared_config: request.config,
        diagnostics: codec.diagnostics(found),
    })
}

/// Configures the provider. The rules are checked again, because values that were unknown when the block was
/// prepared may be known now.
pub(super) async fn configure<P: Provider>(
    service: &Service<P>,
    request: configure::Request,
) -> Result<configure::Response, Diagnostic> {
    let codec = service.codecs.provider(&service.provider);
    let config = codec.decode("config", request.config.as_ref())?;
    let mut found = codec.check(&config);
    if !has_errors(&found) {
        found.extend(service.provider.configure(config, &request.terraform_version).await);
    }
    Ok(configure::Response { diagnostics: codec.diagnostics(found) })
}
