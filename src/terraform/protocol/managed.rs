//! The RPCs about managed resources.

use super::Service;
use crate::terraform::Provider;
use crate::terraform::diagnostic::{Diagnostic, has_errors};
use crate::terraform::provider::{ApplyRequest, PlanRequest};
use crate::terraform::wire::tfplugin5::{
    apply_resource_change, import_resource_state, plan_resource_change, read_resource,
    upgrade_resource_state, validate_resource_type_config,
};

impl<P: Provider> Service<P> {
    pub(super) fn validate_managed(
        &self,
        asked: &validate_resource_type_config::Request,
    ) -> Result<validate_resource_type_config::Response, Diagnostic> {
        let shape = self.shapes.resource(&asked.type_name)?;
        let config = shape.decode("config", asked.config.as_ref())?;
        let diagnostics = self.served.validate_resource(&asked.type_name, &config);
        Ok(validate_resource_type_config::Response { diagnostics: shape.diagnostics(diagnostics) })
    }

    pub(super) fn upgrade_managed(
        &self,
        asked: &upgrade_resource_state::Request,
    ) -> Result<upgrade_resource_state::Response, Diagnostic> {
        let shape = self.shapes.resource(&asked.type_name)?;
        let stored = shape.decode_stored(asked.raw_state.as_ref())?;
        let (state, diagnostics) = self.served.upgrade(&asked.type_name, asked.version, stored);
        Ok(upgrade_resource_state::Response {
            upgraded_state: Some(shape.encode(state)?),
            diagnostics: shape.diagnostics(diagnostics),
        })
    }

    pub(super) async fn read_managed(
        &self,
        asked: read_resource::Request,
    ) -> Result<read_resource::Response, Diagnostic> {
        let shape = self.shapes.resource(&asked.type_name)?;
        let state = shape.decode("current_state", asked.current_state.as_ref())?;
        let outcome = self.served.read(&asked.type_name, state, asked.private).await;
        Ok(read_resource::Response {
            new_state: Some(shape.encode(outcome.state)?),
            diagnostics: shape.diagnostics(outcome.diagnostics),
            private: outcome.private,
            ..Default::default()
        })
    }

    pub(super) async fn plan_managed(
        &self,
        asked: plan_resource_change::Request,
    ) -> Result<plan_resource_change::Response, Diagnostic> {
        let shape = self.shapes.resource(&asked.type_name)?;
        let request = PlanRequest {
            prior: shape.decode("prior_state", asked.prior_state.as_ref())?,
            proposed: shape.decode("proposed_new_state", asked.proposed_new_state.as_ref())?,
            config: shape.decode("config", asked.config.as_ref())?,
            private: asked.prior_private,
        };
        let planned = self.served.plan(&asked.type_name, request).await;
        Ok(plan_resource_change::Response {
            planned_state: Some(shape.encode(planned.state)?),
            requires_replace: shape.paths(&planned.requires_replace),
            planned_private: planned.private,
            diagnostics: shape.diagnostics(planned.diagnostics),
            ..Default::default()
        })
    }

    pub(super) async fn apply_managed(
        &self,
        asked: apply_resource_change::Request,
    ) -> Result<apply_resource_change::Response, Diagnostic> {
        let shape = self.shapes.resource(&asked.type_name)?;
        let request = ApplyRequest {
            prior: shape.decode("prior_state", asked.prior_state.as_ref())?,
            planned: shape.decode("planned_state", asked.planned_state.as_ref())?,
            config: shape.decode("config", asked.config.as_ref())?,
            private: asked.planned_private,
        };
        let mut outcome = self.served.apply(&asked.type_name, request).await;
        let new_state = shape.encode_what_fits(outcome.state, &mut outcome.diagnostics)?;
        Ok(apply_resource_change::Response {
            new_state: Some(new_state),
            private: outcome.private,
            diagnostics: shape.diagnostics(outcome.diagnostics),
            ..Default::default()
        })
    }

    pub(super) async fn import_managed(
        &self,
        asked: import_resource_state::Request,
    ) -> Result<import_resource_state::Response, Diagnostic> {
        let shape = self.shapes.resource(&asked.type_name)?;
        if asked.id.is_empty() {
            return Err(nothing_to_import(&asked.type_name, "an import needs the object's id"));
        }
        let outcome = self.served.import(&asked.type_name, &asked.id).await;
        let mut response = import_resource_state::Response::default();
        if !outcome.state.is_null() {
            response.imported_resources.push(import_resource_state::ImportedResource {
                type_name: asked.type_name,
                state: Some(shape.encode(outcome.state)?),
                private: outcome.private,
                identity: None,
            });
        } else if !has_errors(&outcome.diagnostics) {
            return Err(nothing_to_import(&asked.type_name, &format!("there is no object `{}`", asked.id)));
        }
        response.diagnostics = shape.diagnostics(outcome.diagnostics);
        Ok(response)
    }
}

fn nothing_to_import(type_name: &str, why: &str) -> Diagnostic {
    Diagnostic::error("Nothing To Import", format!("`{type_name}` cannot be imported: {why}."))
}
