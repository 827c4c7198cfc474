//! The generated service trait: maps each RPC to its implementation.

use std::sync::atomic::Ordering;

use tonic::{Request, Response};

use super::dispatch::dispatch;
use super::{
    RpcResult, Service, action, data_source, ephemeral_resource, identity, list, moves, provider_block,
    resource, schema,
};
use crate::terraform::Provider;
use crate::terraform::messages;
use crate::terraform::wire::tfplugin5::{
    apply_resource_change, call_function, close_ephemeral_resource, configure, generate_resource_config,
    get_functions, get_metadata, get_provider_schema, get_resource_identity_schemas, import_resource_state,
    invoke_action, list_resource, move_resource_state, open_ephemeral_resource, plan_action,
    plan_resource_change, prepare_provider_config, provider_server, read_data_source, read_resource,
    renew_ephemeral_resource, stop, upgrade_resource_identity, upgrade_resource_state,
    validate_action_config, validate_data_source_config, validate_ephemeral_resource_config,
    validate_list_resource_config, validate_resource_type_config,
};

#[tonic::async_trait]
impl<P: Provider> provider_server::Provider for Service<P> {
    type InvokeActionStream = action::Events;
    type ListResourceStream = list::Events;

    async fn get_metadata(
        &self,
        request: Request<get_metadata::Request>,
    ) -> RpcResult<get_metadata::Response> {
        dispatch("GetMetadata", request, |_| async move { Ok(schema::metadata(self)) }).await
    }

    async fn get_schema(
        &self,
        request: Request<get_provider_schema::Request>,
    ) -> RpcResult<get_provider_schema::Response> {
        dispatch("GetSchema", request, |_| async move { schema::response(self) }).await
    }

    async fn get_resource_identity_schemas(
        &self,
        request: Request<get_resource_identity_schemas::Request>,
    ) -> RpcResult<get_resource_identity_schemas::Response> {
        dispatch("GetResourceIdentitySchemas", request, |_| async move { Ok(identity::schemas(self)) }).await
    }

    async fn get_functions(
        &self,
        request: Request<get_functions::Request>,
    ) -> RpcResult<get_functions::Response> {
        dispatch("GetFunctions", request, |_| async { Ok(get_functions::Response::default()) }).await
    }

    async fn stop(&self, request: Request<stop::Request>) -> RpcResult<stop::Response> {
        dispatch("Stop", request, |_| async move {
            self.is_stopped.store(true, Ordering::Relaxed);
            self.provider.stop();
            Ok(stop::Response::default())
        })
        .await
    }

    async fn prepare_provider_config(
        &self,
        request: Request<prepare_provider_config::Request>,
    ) -> RpcResult<prepare_provider_config::Response> {
        dispatch(
            "PrepareProviderConfig",
            request,
            |request| async move { provider_block::prepare(self, request) },
        )
        .await
    }

    async fn configure(&self, request: Request<configure::Request>) -> RpcResult<configure::Response> {
        // A debugger may keep the process running for several runs.
        self.is_stopped.store(false, Ordering::Relaxed);
        dispatch("Configure", request, |request| provider_block::configure(self, request)).await
    }

    async fn validate_resource_type_config(
        &self,
        request: Request<validate_resource_type_config::Request>,
    ) -> RpcResult<validate_resource_type_config::Response> {
        dispatch("ValidateResourceTypeConfig", request, |request| async move {
            resource::validate(self, &request)
        })
        .await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<upgrade_resource_state::Request>,
    ) -> RpcResult<upgrade_resource_state::Response> {
        dispatch("UpgradeResourceState", request, |request| async move { resource::upgrade(self, &request) })
            .await
    }

    async fn read_resource(
        &self,
        request: Request<read_resource::Request>,
    ) -> RpcResult<read_resource::Response> {
        dispatch("ReadResource", request, |request| resource::read(self, request)).await
    }

    async fn plan_resource_change(
        &self,
        request: Request<plan_resource_change::Request>,
    ) -> RpcResult<plan_resource_change::Response> {
        dispatch("PlanResourceChange", request, |request| resource::plan(self, request)).await
    }

    async fn apply_resource_change(
        &self,
        request: Request<apply_resource_change::Request>,
    ) -> RpcResult<apply_resource_change::Response> {
        // Terraform would take a response without a state to mean that the object was deleted.
        let before = (request.get_ref().prior_state.clone(), request.get_ref().planned_private.clone());
        let mut response =
            dispatch("ApplyResourceChange", request, |request| resource::apply(self, request)).await?;
        if response.get_ref().new_state.is_none() {
            (response.get_mut().new_state, response.get_mut().private) = before;
        }
        Ok(response)
    }

    async fn import_resource_state(
        &self,
        request: Request<import_resource_state::Request>,
    ) -> RpcResult<import_resource_state::Response> {
        dispatch("ImportResourceState", request, |request| resource::import(self, request)).await
    }

    async fn validate_data_source_config(
        &self,
        request: Request<validate_data_source_config::Request>,
    ) -> RpcResult<validate_data_source_config::Response> {
        dispatch("ValidateDataSourceConfig", request, |request| async move {
            data_source::validate(self, &request)
        })
        .await
    }

    async fn read_data_source(
        &self,
        request: Request<read_data_source::Request>,
    ) -> RpcResult<read_data_source::Response> {
        dispatch("ReadDataSource", request, |request| data_source::read(self, request)).await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<upgrade_resource_identity::Request>,
    ) -> RpcResult<upgrade_resource_identity::Response> {
        dispatch(
            "UpgradeResourceIdentity",
            request,
            |request| async move { identity::upgrade(self, &request) },
        )
        .await
    }

    async fn generate_resource_config(
        &self,
        request: Request<generate_resource_config::Request>,
    ) -> RpcResult<generate_resource_config::Response> {
        dispatch("GenerateResourceConfig", request, |request| async move {
            Err(messages::not_supported("generated configuration of", &request.type_name))
        })
        .await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<validate_ephemeral_resource_config::Request>,
    ) -> RpcResult<validate_ephemeral_resource_config::Response> {
        dispatch("ValidateEphemeralResourceConfig", request, |request| async move {
            ephemeral_resource::validate(self, &request)
        })
        .await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<open_ephemeral_resource::Request>,
    ) -> RpcResult<open_ephemeral_resource::Response> {
        dispatch("OpenEphemeralResource", request, |request| ephemeral_resource::open(self, request)).await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<renew_ephemeral_resource::Request>,
    ) -> RpcResult<renew_ephemeral_resource::Response> {
        dispatch("RenewEphemeralResource", request, |request| ephemeral_resource::renew(self, request)).await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<close_ephemeral_resource::Request>,
    ) -> RpcResult<close_ephemeral_resource::Response> {
        dispatch("CloseEphemeralResource", request, |request| ephemeral_resource::close(self, request)).await
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<validate_list_resource_config::Request>,
    ) -> RpcResult<validate_list_resource_config::Response> {
        dispatch(
            "ValidateListResourceConfig",
            request,
            |request| async move { list::validate(self, &request) },
        )
        .await
    }

    async fn validate_action_config(
        &self,
        request: Request<validate_action_config::Request>,
    ) -> RpcResult<validate_action_config::Response> {
        dispatch("ValidateActionConfig", request, |request| async move { action::validate(self, &request) })
            .await
    }

    async fn plan_action(&self, request: Request<plan_action::Request>) -> RpcResult<plan_action::Response> {
        dispatch("PlanAction", request, |request| action::plan(self, request)).await
    }

    async fn move_resource_state(
        &self,
        request: Request<move_resource_state::Request>,
    ) -> RpcResult<move_resource_state::Response> {
        dispatch("MoveResourceState", request, |request| async move { moves::move_state(self, &request) })
            .await
    }

    async fn call_function(
        &self,
        request: Request<call_function::Request>,
    ) -> RpcResult<call_function::Response> {
        dispatch("CallFunction", request, |request| async move {
            Err(messages::not_supported("function", &request.name))
        })
        .await
    }

    async fn list_resource(
        &self,
        request: Request<list_resource::Request>,
    ) -> RpcResult<Self::ListResourceStream> {
        Ok(Response::new(list::list(self, request.get_ref())))
    }

    async fn invoke_action(
        &self,
        request: Request<invoke_action::Request>,
    ) -> RpcResult<Self::InvokeActionStream> {
        Ok(Response::new(action::invoke(self.clone(), request)))
    }
}
