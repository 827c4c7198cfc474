//! Messages about objects that end, that stay in Stripe, or that were ended or changed outside Terraform.

use crate::terraform::message::messages;

messages! {
    error live_is_protected(entity: &str, locator: &str) "Live Entity Is Protected"
        "{entity} {locator} is in live mode, and ending it cannot be undone." "Set `allow_destroy_in_livemode = true` to end it, or `on_destroy = \"keep\"` to leave it in Stripe, and apply that first. If it is tainted, run `terraform untaint` before that.";
    warning stays(why: &str) "Entity Stays In Stripe"
        "{why}" "";
    warning goes_on(why: &str) "Entity Could Not Be Ended"
        "{why}" "";
    error not_ended(entity: &str, locator: &str, successor: &str, why: &str, id: &str) "Replaced Entity Is Still Active"
        "{entity} {locator} was replaced by {successor}, but could not be ended: {why} It is still active in Stripe, and in no state: another apply does not end it." "End it in the Stripe Dashboard, or import it into the address of a resource of its own, and destroy that:\n\n  terraform import ADDRESS '{id}'";
    warning inherited(heir: &str, held_as: &str, holder: &str, locator: &str, names: &str) "Entity Has Been Succeeded"
        "{heir} is the `{held_as}` of {holder} now, in the place of {locator}, whose {names} it has taken over." "If another one is meant to be it, set the `{held_as}` of {holder}.";
    warning incomplete(entity: &str, locator: &str, params: &str, why: &str) "Entity Is Incomplete"
        "{entity} {locator} was created, but {params} could not be set in the follow-up call. {why}" "The object is in the state, and the next apply sets what is missing.";
    error declined(entity: &str, locator: &str, summary: &str, detail: &str) "Entity Was Declined"
        "{summary}: {detail}" "{entity} {locator} exists in Stripe and is in the state, marked as tainted: the next apply ends it and creates another one.";
    warning in_use(users: &str, entity: &str, locator: &str) "Entity Is In Use"
        "{entity} {locator} is used by {users} that have not ended." "Those that this run does not end continue to use it after it is archived.";
    warning ends_with_users(users: &str, entity: &str, locator: &str) "Entity Is In Use"
        "{entity} {locator} is used by {users} that have not ended." "They end when it is deleted, and a new one with the same id does not restore them: if they are resources, replace them too (`lifecycle {{ replace_triggered_by = [ADDRESS] }}`).";
    warning ended_outside(end: &str) "Entity Has Ended"
        "{end}" "";
    warning brought_back(end: &str, how: &str) "Entity Will Be Restored"
        "{end} {how} restores it." "";
    warning made_anew(end: &str) "Entity Will Be Recreated"
        "{end} a new one is created in its place." "";
    warning not_refreshed(entity: &str, locator: &str, why: &str) "Entity Not Refreshed"
        "{entity} {locator} could not be read, so its state is unchanged." "{why}";
    warning removed_but_kept(params: &str, entity: &str) "Value Stays In Stripe"
        "Stripe has no call that clears {params}, removed from the payload: the {entity} keeps the value." "To give it another value, write that one, or replace the entity with `-replace=ADDRESS`.";
    warning removed_and_unseen(params: &str, entity: &str) "Value May Stay In Stripe"
        "Nothing is sent for {params}, removed from the payload: Stripe does not show whether the {entity} keeps the value." "";
    warning acts_at_creation(params: &str, entity: &str) "Used At Creation Only"
        "Stripe uses {params} only when the {entity} is created, and never returns it: nothing is sent for an existing one." "";
    warning argument_acts_at_creation(argument: &str, entity: &str) "Used At Creation Only"
        "Stripe uses `{argument}` only when the {entity} is created, and never returns it: nothing is sent for an existing one." "";
    warning gap(entity: &str, locator: &str, argument: &str, transfers: &str) "Replacement Leaves A Gap"
        "{entity} {locator} will be destroyed before its replacement exists, unless the resource sets `create_before_destroy`." "To create the replacement first, set `{argument} = true`, or:\n\n{transfers}  lifecycle {{\n    create_before_destroy = true\n  }}";
    warning is_replaced(params: &str, entity: &str) "Entity Will Be Replaced"
        "Stripe cannot change {params} of an existing {entity}, so it is replaced." "";
}
