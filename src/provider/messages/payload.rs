//! Messages about wrong params, in arguments or in a payload.

use crate::terraform::message::messages;

messages! {
    error unknown_argument(argument: &str, resource: &str, hint: &str) "Invalid Argument"
        "There is no `{argument}` in a {resource}{hint}" "";
    error argument_twice(argument: &str, how: &str) "Invalid Argument"
        "`{argument}` {how}." "Remove one of them.";
    error set_twice(argument: &str, twin: &str) "Argument Set Twice"
        "`{argument}` and `{twin}` set the same value;" "set only one of them.";
    warning retired_inside(path: &str, argument: &str, instead: &str) "Retired Argument"
        "Stripe no longer takes `{path}` in `{argument}`, so it is not sent." "Write {instead}.";
    error argument_missing(argument: &str) "Invalid Argument"
        "`{argument}` is missing: Stripe requires it." "";
    error argument_of_wrong_kind(argument: &str, expected: &str, found: &str) "Invalid Argument"
        "`{argument}` must be {expected}, not {found}." "";
    error argument_refused(argument: &str, why: &str) "Stripe Would Refuse This"
        "`{argument}` {why}." "";
    warning argument_not_known(meant: &str, argument: &str, value: &str, reason: &str) "Undocumented Value"
        "{meant}`{argument}` is {value}, {reason}." "It is sent as written.";
    error payload_fault(what: &str) "Invalid Payload"
        "{what}" "";
    error payload_not_readable(payload: &str, why: &str) "Invalid Payload"
        "`{payload}` cannot be read: {why}." "Write an object, or its JSON text, such as `jsonencode({{ … }})`.";
    warning payload_values_not_known(values: &str) "Undocumented Value"
        "{values}" "";
    warning secret_in_the_open(param: &str, secret: &str) "Secret Visible In Plan"
        "`{param}` is a secret, but plans and outputs show `input_payload`." "Move it to `{secret}`, which they do not show.";
    warning secret_dropped(secrets: &str, entity: &str, attribute: &str) "Secret Is Not Kept"
        "Stripe returns {secrets} only once, when the {entity} is created." "With `{attribute} = true` it is not stored, and cannot be read later.";
    error not_creatable(what: &str) "Entity Not Creatable"
        "{what}" "Use the data source of the same name.";
    error no_such_end(end: &str, entity: &str, choices: &str) "Destroy Option Not Supported"
        "Stripe has no call to {end} {entity} entities." "Set `on_destroy` to {choices}, or remove it to use the default.";
    error sort_field_missing() "Sort Field Missing"
        "`sort_order` needs `sort_by`, which is not set:" "without it the list is in Stripe's own order, newest first.";
    error search_not_supported(entity: &str) "Search Not Supported"
        "Stripe cannot search {entity} entities;" "use `filter`.";
    warning value_stays(argument: &str) "Value Stays In Stripe"
        "`{argument}` was removed from the configuration, but Stripe has no call that clears it: the object keeps its value." "To give it another value, write that one. The next apply forgets that it was written.";
}
