//! Validates the configuration of any family: against its schema, and with the provider's own checks.

use super::Service;
use super::diagnostics::add;
use crate::terraform::Provider;
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::provider::Family;
use crate::terraform::wire::tfplugin5::{self as wire, ClientCapabilities, DynamicValue};

/// The capabilities assumed for families without a state, whose requests contain none: no write-only value
/// can be stored.
pub(super) const STORES_NOTHING: ClientCapabilities =
    ClientCapabilities { deferral_allowed: false, write_only_attributes_allowed: true };

pub(super) fn validate<P: Provider>(
    service: &Service<P>,
    (family, type_name): (Family, &str),
    config: Option<&DynamicValue>,
    client: ClientCapabilities,
) -> Result<Vec<wire::Diagnostic>, Diagnostic> {
    let codec = service.codecs.of(&service.provider, family, type_name)?;
    let config = codec.decode_config(config)?;
    let mut found = codec.validate(&config);
    if !client.write_only_attributes_allowed {
        found.extend(codec.refuse_write_only(&config));
    }
    add(&mut found, service.provider.validate(family, type_name, &config));
    Ok(codec.diagnostics(found))
}
