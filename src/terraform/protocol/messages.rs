//! The common interface of the generated messages: a request names its subject, and a response can carry an
//! error instead of its content.

use crate::terraform::wire::tfplugin5 as wire;

/// A generated request message.
pub(super) trait Request {
    /// The type, function or object that the request concerns; empty if it concerns the provider.
    fn subject(&self) -> &str;
}

/// A generated response message.
pub(super) trait Response {
    /// Creates a response that contains only an error.
    fn from_error(error: wire::Diagnostic) -> Self;
}

macro_rules! messages {
    ($($rpc:ident $(by $subject:ident)?;)*) => {$(
        impl Request for wire::$rpc::Request {
            fn subject(&self) -> &str {
                messages!(@subject self $($subject)?)
            }
        }

        impl Response for wire::$rpc::Response {
            fn from_error(error: wire::Diagnostic) -> Self {
                let mut response = Self::default();
                response.diagnostics.push(error);
                response
            }
        }
    )*};
    (@subject $request:ident $subject:ident) => { &$request.$subject };
    (@subject $request:ident) => { "" };
}

messages! {
    get_metadata;
    get_provider_schema;
    get_resource_identity_schemas;
    get_functions;
    prepare_provider_config;
    configure;
    validate_resource_type_config by type_name;
    validate_data_source_config by type_name;
    upgrade_resource_state by type_name;
    upgrade_resource_identity by type_name;
    read_resource by type_name;
    plan_resource_change by type_name;
    apply_resource_change by type_name;
    import_resource_state by type_name;
    move_resource_state by target_type_name;
    read_data_source by type_name;
    generate_resource_config by type_name;
    validate_ephemeral_resource_config by type_name;
    open_ephemeral_resource by type_name;
    renew_ephemeral_resource by type_name;
    close_ephemeral_resource by type_name;
    validate_list_resource_config by type_name;
    validate_action_config by action_type;
    plan_action by action_type;
}

impl Request for wire::stop::Request {
    fn subject(&self) -> &'static str {
        ""
    }
}

impl Response for wire::stop::Response {
    fn from_error(error: wire::Diagnostic) -> Self {
        Self { error: error.detail }
    }
}

impl Request for wire::invoke_action::Request {
    fn subject(&self) -> &str {
        &self.action_type
    }
}

impl Response for wire::invoke_action::event::Completed {
    fn from_error(error: wire::Diagnostic) -> Self {
        Self { diagnostics: vec![error] }
    }
}

impl Request for wire::call_function::Request {
    fn subject(&self) -> &str {
        &self.name
    }
}

impl Response for wire::call_function::Response {
    fn from_error(error: wire::Diagnostic) -> Self {
        let error = wire::FunctionError { text: error.detail, function_argument: None };
        Self { result: None, error: Some(error) }
    }
}
