//! The generated service trait: which RPC is whose work.

use tonic::{Request, Response, Status};

use super::ritual::perform;
use super::unserved::{move_refusal, refusal};
use super::{Reply, Service, diagnostics, schema};
use crate::terraform::Provider;
use crate::terraform::wire::tfplugin5::{
    self as wire, apply_resource_change, call_function, close_ephemeral_resource, configure,
    generate_resource_config, get_functions, get_metadata, get_provider_schema,
    get_resource_identity_schemas, import_resource_state, invoke_action, list_resource, move_resource_state,
    open_ephemeral_resource, plan_action, plan_resource_change, prepare_provider_config, provider_server,
    read_data_source, read_resource, renew_ephemeral_resource, stop, upgrade_resource_identity,
    upgrade_resource_state, validate_action_config, validate_data_source_config,
    validate_ephemeral_resource_config, validate_list_resource_config, validate_resource_type_config,
};

/// A stream of one event.
type Once<T> = tokio_stream::Once<Result<T, Status>>;

#[tonic::async_trait]
impl<P: Provider> provider_server::Provider for Service<P> {
    type ListResourceStream = Once<list_resource::Event>;
    type InvokeActionStream = Once<invoke_action::Event>;

    async fn get_metadata(&self, _: Request<get_metadata::Request>) -> Reply<get_metadata::Response> {
        Ok(Response::new(schema::metadata(self.served.schemas())))
    }

    async fn get_schema(
        &self,
        _: Request<get_provider_schema::Request>,
    ) -> Reply<get_provider_schema::Response> {
        Ok(Response::new(self.schemas.clone()))
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<get_resource_identity_schemas::Request>,
    ) -> Reply<get_resource_identity_schemas::Response> {
        Ok(Response::new(get_resource_identity_schemas::Response::default()))
    }

    async fn get_functions(&self, _: Request<get_functions::Request>) -> Reply<get_functions::Response> {
        Ok(Response::new(get_functions::Response::default()))
    }

    async fn stop(&self, asked: Request<stop::Request>) -> Reply<stop::Response> {
        perform("Stop", asked, |_| async move {
            self.served.stop();
            Ok(stop::Response::default())
        })
        .await
    }

    async fn prepare_provider_config(
        &self,
        asked: Request<prepare_provider_config::Request>,
    ) -> Reply<prepare_provider_config::Response> {
        perform("PrepareProviderConfig", asked, |asked| async move { self.prepare(asked) }).await
    }

    async fn configure(&self, asked: Request<configure::Request>) -> Reply<configure::Response> {
        perform("Configure", asked, |asked| self.set_up(asked)).await
    }

    async fn validate_resource_type_config(
        &self,
        asked: Request<validate_resource_type_config::Request>,
    ) -> Reply<validate_resource_type_config::Response> {
        perform("ValidateResourceTypeConfig", asked, |asked| async move { self.validate_managed(&asked) })
            .await
    }

    async fn upgrade_resource_state(
        &self,
        asked: Request<upgrade_resource_state::Request>,
    ) -> Reply<upgrade_resource_state::Response> {
        perform("UpgradeResourceState", asked, |asked| async move { self.upgrade_managed(&asked) }).await
    }

    async fn read_resource(&self, asked: Request<read_resource::Request>) -> Reply<read_resource::Response> {
        perform("ReadResource", asked, |asked| self.read_managed(asked)).await
    }

    async fn plan_resource_change(
        &self,
        asked: Request<plan_resource_change::Request>,
    ) -> Reply<plan_resource_change::Response> {
        perform("PlanResourceChange", asked, |asked| self.plan_managed(asked)).await
    }

    async fn apply_resource_change(
        &self,
        asked: Request<apply_resource_change::Request>,
    ) -> Reply<apply_resource_change::Response> {
        // Terraform would take an answer without a state for a deleted object.
        let before = (asked.get_ref().prior_state.clone(), asked.get_ref().planned_private.clone());
        let mut reply = perform("ApplyResourceChange", asked, |asked| self.apply_managed(asked)).await?;
        if reply.get_ref().new_state.is_none() {
            (reply.get_mut().new_state, reply.get_mut().private) = before;
        }
        Ok(reply)
    }

    async fn import_resource_state(
        &self,
        asked: Request<import_resource_state::Request>,
    ) -> Reply<import_resource_state::Response> {
        perform("ImportResourceState", asked, |asked| self.import_managed(asked)).await
    }

    async fn validate_data_source_config(
        &self,
        asked: Request<validate_data_source_config::Request>,
    ) -> Reply<validate_data_source_config::Response> {
        perform("ValidateDataSourceConfig", asked, |asked| async move { self.validate_data(&asked) }).await
    }

    async fn read_data_source(
        &self,
        asked: Request<read_data_source::Request>,
    ) -> Reply<read_data_source::Response> {
        perform("ReadDataSource", asked, |asked| self.read_data(asked)).await
    }

    async fn upgrade_resource_identity(
        &self,
        asked: Request<upgrade_resource_identity::Request>,
    ) -> Reply<upgrade_resource_identity::Response> {
        perform("UpgradeResourceIdentity", asked, |asked| async move {
            Err(refusal("identity of", &asked.type_name))
        })
        .await
    }

    async fn generate_resource_config(
        &self,
        asked: Request<generate_resource_config::Request>,
    ) -> Reply<generate_resource_config::Response> {
        perform("GenerateResourceConfig", asked, |asked| async move {
            Err(refusal("generated configuration of", &asked.type_name))
        })
        .await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        asked: Request<validate_ephemeral_resource_config::Request>,
    ) -> Reply<validate_ephemeral_resource_config::Response> {
        perform("ValidateEphemeralResourceConfig", asked, |asked| async move {
            Err(refusal("ephemeral resource", &asked.type_name))
        })
        .await
    }

    async fn open_ephemeral_resource(
        &self,
        asked: Request<open_ephemeral_resource::Request>,
    ) -> Reply<open_ephemeral_resource::Response> {
        perform("OpenEphemeralResource", asked, |asked| async move {
            Err(refusal("ephemeral resource", &asked.type_name))
        })
        .await
    }

    async fn renew_ephemeral_resource(
        &self,
        asked: Request<renew_ephemeral_resource::Request>,
    ) -> Reply<renew_ephemeral_resource::Response> {
        perform("RenewEphemeralResource", asked, |asked| async move {
            Err(refusal("ephemeral resource", &asked.type_name))
        })
        .await
    }

    async fn close_ephemeral_resource(
        &self,
        asked: Request<close_ephemeral_resource::Request>,
    ) -> Reply<close_ephemeral_resource::Response> {
        perform("CloseEphemeralResource", asked, |asked| async move {
            Err(refusal("ephemeral resource", &asked.type_name))
        })
        .await
    }

    async fn validate_list_resource_config(
        &self,
        asked: Request<validate_list_resource_config::Request>,
    ) -> Reply<validate_list_resource_config::Response> {
        perform("ValidateListResourceConfig", asked, |asked| async move {
            Err(refusal("list resource", &asked.type_name))
        })
        .await
    }

    async fn validate_action_config(
        &self,
        asked: Request<validate_action_config::Request>,
    ) -> Reply<validate_action_config::Response> {
        perform(
            "ValidateActionConfig",
            asked,
            |asked| async move { Err(refusal("action", &asked.action_type)) },
        )
        .await
    }

    async fn plan_action(&self, asked: Request<plan_action::Request>) -> Reply<plan_action::Response> {
        perform("PlanAction", asked, |asked| async move { Err(refusal("action", &asked.action_type)) }).await
    }

    async fn move_resource_state(
        &self,
        asked: Request<move_resource_state::Request>,
    ) -> Reply<move_resource_state::Response> {
        perform("MoveResourceState", asked, |asked| async move { Err(move_refusal(&asked)) }).await
    }

    async fn call_function(&self, asked: Request<call_function::Request>) -> Reply<call_function::Response> {
        let text = refusal("function", &asked.get_ref().name).detail;
        let error = Some(wire::FunctionError { text, function_argument: None });
        Ok(Response::new(call_function::Response { result: None, error }))
    }

    async fn list_resource(&self, asked: Request<list_resource::Request>) -> Reply<Self::ListResourceStream> {
        let refusal = refusal("list resource", &asked.get_ref().type_name);
        let event =
            list_resource::Event { diagnostic: vec![diagnostics::to_wire(refusal)], ..Default::default() };
        Ok(Response::new(tokio_stream::once(Ok(event))))
    }

    async fn invoke_action(&self, asked: Request<invoke_action::Request>) -> Reply<Self::InvokeActionStream> {
        let refusal = refusal("action", &asked.get_ref().action_type);
        let completed = invoke_action::event::Completed { diagnostics: vec![diagnostics::to_wire(refusal)] };
        let event = invoke_action::Event { r#type: Some(invoke_action::event::Type::Completed(completed)) };
        Ok(Response::new(tokio_stream::once(Ok(event))))
    }
}
