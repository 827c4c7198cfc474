//! What is wrong with what was written: params of Stripe, as arguments or in a payload.

use crate::terraform::message::messages;

messages! {
    error unknown_argument(argument: &str, resource: &str, hint: &str) "Invalid Argument"
        "There is no `{argument}` in a {resource}{hint}" "";
    error argument_twice(argument: &str, param: &str) "Invalid Argument"
        "`{argument}` sets `{param}`, which is set already." "Leave one of them out.";
    error set_twice(argument: &str, twin: &str) "Set Twice"
        "`{argument}` and `{twin}` set one value;" "set only one of them.";
    warning retired_inside(path: &str, argument: &str, instead: &str) "Retired Argument"
        "Stripe no longer takes `{path}` in `{argument}`, so it is not sent." "Write {instead}.";
    error argument_missing(argument: &str) "Invalid Argument"
        "`{argument}` is missing: Stripe requires it." "";
    error argument_of_wrong_kind(argument: &str, expected: &str, found: &str) "Invalid Argument"
        "`{argument}` must be {expected}, not {found}." "";
    error argument_refused(argument: &str, why: &str) "Stripe Would Refuse"
        "`{argument}` {why}." "";
    warning argument_not_known(meant: &str, argument: &str, value: &str, known: &str) "Value Not Known"
        "{meant}`{argument}` is {value}, which Stripe is not known to take; known are {known}." "It is sent as it is.";
    error payload_fault(what: &str) "Invalid Payload"
        "{what}" "";
    error payload_not_readable(payload: &str, why: &str) "Invalid Payload"
        "`{payload}` cannot be read: {why}." "Write an object, or the JSON text of one, as `jsonencode({{ … }})` makes it.";
    warning payload_values_not_known(values: &str) "Value Not Known"
        "{values}" "";
    warning secret_in_the_open(param: &str, secret: &str) "Secret In The Open"
        "`{param}` is secret, and plans and outputs show `input_payload`." "Write it in `{secret}`, which they do not show.";
    warning secret_dropped(secrets: &str, entity: &str, attribute: &str) "Secret Is Dropped"
        "Stripe shows {secrets} when the {entity} is created, and never again." "With `{attribute} = true` it is dropped.";
    error not_creatable(what: &str) "Entity Not Creatable"
        "{what}" "Use the data source of the same name.";
    error no_such_end(end: &str, entity: &str, choices: &str) "No Such End"
        "Stripe has no call to {end} a {entity}." "`on_destroy` may be {choices}; without it, its usual end holds.";
    error sort_field_missing() "Sort Field Missing"
        "`sort_order` orders by the field of `sort_by`, which is not set:" "without it Stripe's own order holds, newest first.";
    error search_not_supported(entity: &str) "Search Not Supported"
        "Stripe cannot search {entity} entities;" "use `filter`.";
    warning value_stays(argument: &str) "Value Stays In Stripe"
        "`{argument}` was removed from the configuration, but Stripe has no call that clears it: the object keeps its value." "";
}
