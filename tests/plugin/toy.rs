//! A provider with nothing to provide: it describes itself, echoes, and can hang.

use futures_util::stream::{self, Pending};
use stripe_provider::terraform::wire::tfplugin5::provider_server::{Provider, ProviderServer};
use stripe_provider::terraform::wire::tfplugin5::{Schema, get_provider_schema::Response as Schemas};
use stripe_provider::terraform::wire::tfplugin5::{
    apply_resource_change, call_function, close_ephemeral_resource, configure, generate_resource_config,
    get_functions, get_metadata, get_provider_schema, get_resource_identity_schemas, import_resource_state,
    invoke_action, list_resource, move_resource_state, open_ephemeral_resource, plan_action,
    plan_resource_change, prepare_provider_config, read_data_source, read_resource, renew_ephemeral_resource,
    schema, stop, upgrade_resource_identity, upgrade_resource_state, validate_action_config,
    validate_data_source_config, validate_ephemeral_resource_config, validate_list_resource_config,
    validate_resource_type_config,
};
use tonic::{Request, Response, Status};

/// Larger than any message of these tests.
pub const MESSAGE_LIMIT: usize = 64 << 20;

/// `get_schema` describes an empty provider, `prepare_provider_config` echoes, `list_resource` never ends.
pub struct Toy;

pub fn server() -> ProviderServer<Toy> {
    ProviderServer::new(Toy).max_decoding_message_size(MESSAGE_LIMIT).max_encoding_message_size(MESSAGE_LIMIT)
}

macro_rules! toy {
    ($($rpc:ident),* $(,)?) => {
        #[tonic::async_trait]
        impl Provider for Toy {
            type ListResourceStream = Pending<Result<list_resource::Event, Status>>;
            type InvokeActionStream = Pending<Result<invoke_action::Event, Status>>;

            async fn get_schema(
                &self,
                _: Request<get_provider_schema::Request>,
            ) -> Result<Response<Schemas>, Status> {
                let nothing = Schema { version: 0, block: Some(schema::Block::default()) };
                Ok(Response::new(Schemas { provider: Some(nothing), ..Schemas::default() }))
            }

            async fn prepare_provider_config(
                &self,
                request: Request<prepare_provider_config::Request>,
            ) -> Result<Response<prepare_provider_config::Response>, Status> {
                let prepared_config = request.into_inner().config;
                Ok(Response::new(prepare_provider_config::Response {
                    prepared_config,
                    ..prepare_provider_config::Response::default()
                }))
            }

            async fn list_resource(
                &self,
                _: Request<list_resource::Request>,
            ) -> Result<Response<Self::ListResourceStream>, Status> {
                Ok(Response::new(stream::pending()))
            }

            async fn invoke_action(
                &self,
                _: Request<invoke_action::Request>,
            ) -> Result<Response<Self::InvokeActionStream>, Status> {
                Err(Status::unimplemented("a toy"))
            }

            $(async fn $rpc(
                &self,
                _: Request<$rpc::Request>,
            ) -> Result<Response<$rpc::Response>, Status> {
                Err(Status::unimplemented("a toy"))
            })*
        }
    };
}

toy! {
    get_metadata,
    get_resource_identity_schemas,
    validate_resource_type_config,
    validate_data_source_config,
    upgrade_resource_state,
    upgrade_resource_identity,
    configure,
    read_resource,
    plan_resource_change,
    apply_resource_change,
    import_resource_state,
    move_resource_state,
    read_data_source,
    generate_resource_config,
    validate_ephemeral_resource_config,
    open_ephemeral_resource,
    renew_ephemeral_resource,
    close_ephemeral_resource,
    validate_list_resource_config,
    get_functions,
    call_function,
    validate_action_config,
    plan_action,
    stop,
}
