//! Messages about anything not found or ambiguous: types, ids, filter clauses, lists, imports.

use crate::terraform::message::messages;

messages! {
    error unknown_entity(cause: &str) "Unknown Entity"
        "{cause}" "";
    error unknown_action(cause: &str) "Unknown Action"
        "{cause}" "";
    error invalid_filter(cause: &str) "Invalid Filter Clause"
        "{cause}" "";
    error filter_incomplete(cause: &str) "Filter Incomplete"
        "{cause}" "";
    error unknown_field(cause: &str) "Unknown Field"
        "{cause}" "";
    error invalid_entity_id(cause: &str) "Invalid Entity Id"
        "{cause}" "";
    error sorted_list_too_long(cause: &str) "Sorted List Too Long"
        "{cause}" "";
    error invalid_page_token(cause: &str) "Invalid Page Token"
        "{cause}" "";
    error private_not_readable(why: &str) "Private Data Not Readable"
        "What the provider has kept beside the state of this resource cannot be read: {why}. A newer version of it has probably written that; nothing was done." "Use that version, or take the resource out of the state with `terraform state rm` and import it.";
    error parent_missing(parent: &str, entity: &str) "Object Not Identified"
        "`{parent}` is missing: each {entity} belongs to one." "";
    error nothing_names_it(others: &str) "Object Not Identified"
        "The configuration does not say which object to read:" "set `id`{others}.";
    error object_deleted(entity: &str) "Object Was Deleted"
        "This {entity} was deleted in Stripe." "Use another one, or remove the data source.";
    error entity_deleted(entity: &str, id: &str) "Entity Was Deleted"
        "{entity} {id} was deleted in Stripe." "Use another one, or remove the data source.";
    error nothing_found(entity: &str, given: &str) "Object Not Found"
        "Stripe has no {entity} with {given}." "Check the spelling, the account and the mode of the key.";
    error found_otherwise(entity: &str, id: &str, name: &str, is: &str, wanted: &str) "Object Does Not Match"
        "{entity} {id} was found, but its `{name}` is {is}, not {wanted}." "Correct `{name}`, or leave `id` out.";
    error several_found(entity: &str, given: &str, ids: &str) "Several Objects Found"
        "More than one {entity} has {given}: {ids}." "Set `id`, or more attributes, to select one.";
    error invalid_import_id(id: &str, why: &str, other: &str) "Invalid Import Id"
        "{id} cannot be imported: {why}." "{other}";
    warning doubtful_import_id(id: &str, found: &str, expected: &str) "Doubtful Import Id"
        "{id} looks like {found}; what is imported here has {expected}." "Where nothing is found, import it as an object of its own type.";
    error import_name_misspelt(entity: &str, name: &str, meant: &str) "Invalid Import Id"
        "No {entity} can be found by `{name}`;" "did you mean `{meant}`?";
    error import_id_of_no_type(why: &str) "Invalid Import Id"
        "{why}." "";
    error not_read_yet(what: &str) "Object Not Read Yet"
        "The values of {what} are not known: its state was written by another provider and has not been refreshed." "Plan without `-refresh=false` once.";
    error of_another_account(what: &str, account: &str) "Connection Handle Missing"
        "{what} was imported from the connected account {account}, but the new object would be created in the provider's own account." "Set `connection_handle` to a connection with this account.";
    error move_refused(source: &str, target: &str, sources: &str) "Move Not Supported"
        "A {source} cannot be moved to a `{target}`." "{sources}";
    error action_not_importable() "Action Cannot Be Imported"
        "An action is a call, not an object: there is nothing to import." "To run the action, add the resource to the configuration.";
}
