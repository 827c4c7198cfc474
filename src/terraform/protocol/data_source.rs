//! The RPCs for data sources.

use super::Service;
use super::validation::{self, STORES_NOTHING};
use crate::terraform::Provider;
use crate::terraform::diagnostic::{Diagnostic, has_errors};
use crate::terraform::provider::Family;
use crate::terraform::wire::tfplugin5::{read_data_source, validate_data_source_config};

pub(super) fn validate<P: Provider>(
    service: &Service<P>,
    request: &validate_data_source_config::Request,
) -> Result<validate_data_source_config::Response, Diagnostic> {
    let subject = (Family::DataSource, request.type_name.as_str());
    let diagnostics = validation::validate(service, subject, request.config.as_ref(), STORES_NOTHING)?;
    Ok(validate_data_source_config::Response { diagnostics })
}

pub(super) async fn read<P: Provider>(
    service: &Service<P>,
    request: read_data_source::Request,
) -> Result<read_data_source::Response, Diagnostic> {
    let codec = service.codecs.of(&service.provider, Family::DataSource, &request.type_name)?;
    let config = codec.decode_config(request.config.as_ref())?;
    let (state, diagnostics) = service.provider.read_data_source(&request.type_name, config).await;
    // A failed read has no state; a half-filled one might not fit the schema.
    let state = if has_errors(&diagnostics) { None } else { Some(codec.encode(state)?) };
    Ok(read_data_source::Response { state, diagnostics: codec.diagnostics(diagnostics), deferred: None })
}
