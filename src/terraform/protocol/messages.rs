//! What the generated messages have in common: a question names a type, an answer can refuse.

use crate::terraform::wire::tfplugin5 as wire;

/// A request message.
pub(super) trait Question {
    /// The type, function or object it is about; empty where it is about the provider.
    fn subject(&self) -> &str;
}

/// A response message.
pub(super) trait Answer {
    /// The answer that says only why there is none.
    fn refusing(diagnostic: wire::Diagnostic) -> Self;
}

macro_rules! messages {
    ($($rpc:ident $(by $subject:ident)?;)*) => {$(
        impl Question for wire::$rpc::Request {
            fn subject(&self) -> &str {
                messages!(@subject self $($subject)?)
            }
        }

        impl Answer for wire::$rpc::Response {
            fn refusing(diagnostic: wire::Diagnostic) -> Self {
                let mut answer = Self::default();
                answer.diagnostics.push(diagnostic);
                answer
            }
        }
    )*};
    (@subject $request:ident $subject:ident) => { &$request.$subject };
    (@subject $request:ident) => { "" };
}

impl Question for wire::stop::Request {
    fn subject(&self) -> &'static str {
        ""
    }
}

impl Answer for wire::stop::Response {
    fn refusing(diagnostic: wire::Diagnostic) -> Self {
        Self { error: diagnostic.detail }
    }
}

messages! {
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
