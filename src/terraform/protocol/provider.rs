//! The RPCs about the provider block.

use super::Service;
use crate::terraform::Provider;
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::wire::tfplugin5::{configure, prepare_provider_config};

impl<P: Provider> Service<P> {
    /// Checks the provider block. What is sent back as prepared is what came in: Terraform
    /// has ignored it since 0.12, and warns in its log where it differs.
    pub(super) fn prepare(
        &self,
        asked: prepare_provider_config::Request,
    ) -> Result<prepare_provider_config::Response, Diagnostic> {
        let shape = self.shapes.provider();
        let config = shape.decode("config", asked.config.as_ref())?;
        let diagnostics = shape.diagnostics(self.served.validate_provider(&config));
        Ok(prepare_provider_config::Response { prepared_config: asked.config, diagnostics })
    }

    pub(super) async fn set_up(&self, asked: configure::Request) -> Result<configure::Response, Diagnostic> {
        let shape = self.shapes.provider();
        let config = shape.decode("config", asked.config.as_ref())?;
        let diagnostics = self.served.configure(config, &asked.terraform_version).await;
        Ok(configure::Response { diagnostics: shape.diagnostics(diagnostics) })
    }
}
