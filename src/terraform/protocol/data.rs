//! The RPCs about data sources.

use super::Service;
use crate::terraform::Provider;
use crate::terraform::diagnostic::{Diagnostic, has_errors};
use crate::terraform::wire::tfplugin5::{read_data_source, validate_data_source_config};

impl<P: Provider> Service<P> {
    pub(super) fn validate_data(
        &self,
        asked: &validate_data_source_config::Request,
    ) -> Result<validate_data_source_config::Response, Diagnostic> {
        let shape = self.shapes.data_source(&asked.type_name)?;
        let config = shape.decode("config", asked.config.as_ref())?;
        let diagnostics = self.served.validate_data_source(&asked.type_name, &config);
        Ok(validate_data_source_config::Response { diagnostics: shape.diagnostics(diagnostics) })
    }

    pub(super) async fn read_data(
        &self,
        asked: read_data_source::Request,
    ) -> Result<read_data_source::Response, Diagnostic> {
        let shape = self.shapes.data_source(&asked.type_name)?;
        let config = shape.decode("config", asked.config.as_ref())?;
        let (state, diagnostics) = self.served.read_data_source(&asked.type_name, config).await;
        // A read that failed has no state; one that is half filled may not fit the schema.
        let state = if has_errors(&diagnostics) { None } else { Some(shape.encode(state)?) };
        Ok(read_data_source::Response { state, diagnostics: shape.diagnostics(diagnostics), deferred: None })
    }
}
