//! Messages about the provider block and connections, found without a call.

use crate::terraform::message::messages;

messages! {
    error two_destinations() "Conflicting API Destination"
        "`sandbox` and `api_base` both set the destination of calls;" "set only one of them.";
    error unusable_sandbox(why: &str) "Sandbox Not Usable"
        "The sandbox cannot be stored in {why}." "Check the path in `sandbox`: a missing file is created, a missing folder is not.";
    error account_set_twice(alias: &str) "Account Set Twice"
        "`account_id` and `{alias}` are the same setting;" "set only one of them.";
    error unfit_metadata(cause: &str) "Invalid Metadata"
        "{cause}" "";
    error key_of_two_owners(key: &str, written: &str, ignored: &str) "Conflicting Metadata Key"
        "`{key}` is set by `{written}`, but ignored by `{ignored}`." "Remove it from one of them.";
    error not_a_secret_key(attribute: &str, kind: &str) "Not A Secret Key"
        "`{attribute}` is {kind}." "Calls need a secret key (`sk_…`) or a restricted key (`rk_…`).";
    error key_for_a_name(attribute: &str, inline: &str) "Key Given Where A Name Is Expected"
        "`{attribute}` contains a key, but it must name where the key is stored." "Move the key there, or set `{inline}`. A key that was written into a configuration file should be revoked.";
    error unusable_variable(name: &str, why: &str) "Environment Variable Not Usable"
        "The environment variable {name} {why}." "Correct it, or unset it.";
    error address_holds_a_path(attribute: &str) "Address Contains A Path"
        "{attribute} ends in `/v1`, which the provider already adds to each call:" "remove it.";
    error live_key_in_clear(attribute: &str, address: &str) "Live Key Without Encryption"
        "The key is a live key, but {attribute} ({address}) is not encrypted:" "use https, or a test key.";
    error key_of_wrong_mode(key: &str, mode: &str) "Key Has The Wrong Mode"
        "{key} is a {mode} mode key, but `expected_livemode` does not allow it." "Use a key of the other mode, or change `expected_livemode`.";
    warning another_block(settings: &str) "Another Provider Block"
        "Under `--debug` one process serves all provider blocks, and the last one that is configured counts for all of them. This one has another {settings} than the one before." "Use one provider block while you debug. If the one before was that of an earlier run, all is well.";
    warning another_api_version(known: &str, used: &str) "Different API Version"
        "The provider is built for version {known} of Stripe's API, but calls use {used}. Params are sent as written, and Stripe checks them. A field that Stripe does not return under {used} counts as unchanged. Everything else (names, types, defaults, what a destroy does) is guaranteed for {known} only." "";
    error node_counts_contradict(min: i64, max: i64, kind: &str) "Node Counts Contradict"
        "`min_node_count` ({min}) must not be greater than `max_node_count` ({max}){kind}." "";
    warning no_effect(attribute: &str, why: &str) "Setting Has No Effect"
        "`{attribute}` has no effect: {why}." "";
    error several_secret_sources(all: &str, set: &str) "More Than One Secret Source"
        "Only one of {all} may be set, but {set} are." "Remove all but one.";
    error no_secret_source(all: &str) "Secret Source Missing"
        "`auth_config` must set one of {all};" "remove the block to use the provider's key.";
    error no_proxy_host() "Proxy Host Missing"
        "`proxy_enabled` is true, but no `destination_config` block says where the proxy is." "Add one with `host` and `port`.";
    error password_without_user() "Proxy User Missing"
        "A proxy password is set without `proxy_user`." "Set `proxy_user` too.";
    error scheme_without_user(scheme: &str) "Proxy User Missing"
        "`proxy_auth_scheme` is {scheme}, which needs `proxy_user` and a password." "Set both.";
    warning log_not_written(why: &str) "Log File Not Written"
        "The log goes to its other outputs only: {why}." "Set another `file`, or make this one writable.";
    error not_a_handle() "Invalid Connection Handle"
        "`connection_handle` must be the `handle` of a `stripe_connection`, not its name or id." "";
    error connection_locked(connection: &str, reason: &str) "Connection Locked"
        "{connection} is locked (reason: {reason})." "Set `locked = false` in its `lock_config` and apply that first.";
    error no_lock_reason() "Lock Reason Missing"
        "A locked connection needs a `reason`, which is shown to anyone who tries to change it." "";
    error not_a_connection_id(id: &str, why: &str) "Invalid Import Id"
        "{id} is not the id of a connection: {why}." "";
}
