//! How objects end, what stays of them in Stripe, and what was ended or changed outside of Terraform.

use crate::terraform::message::messages;

messages! {
    error live_is_protected(entity: &str, locator: &str) "Live Entity Is Protected"
        "{entity} {locator} is live, and what ends it cannot be taken back." "Set `allow_destroy_in_livemode = true` to end it, or `on_destroy = \"keep\"` to leave it in Stripe, and apply that first. Of one that is tainted, run `terraform untaint` before.";
    warning stays(why: &str) "Entity Stays In Stripe"
        "{why}" "";
    warning incomplete(entity: &str, locator: &str, params: &str, why: &str) "Entity Is Not Complete Yet"
        "{entity} {locator} was made, but {params} could not be set in the call that follows. {why}" "The next apply sets what is missing: the object itself is in the state.";
    warning in_use(users: &str, entity: &str, locator: &str) "Entity Is In Use"
        "{users} that have not ended use {entity} {locator}." "They go on with it after it is archived.";
    warning ends_with_users(users: &str, entity: &str, locator: &str) "Entity Is In Use"
        "{users} that have not ended use {entity} {locator}." "They end when it is deleted, and a new one of the same id does not bring them back: where they are resources, replace them too (`lifecycle {{ replace_triggered_by = [ADDRESS] }}`).";
    warning ended_outside(end: &str) "Entity Ended In Stripe"
        "{end}" "";
    warning brought_back(end: &str, how: &str) "Entity Is Brought Back"
        "{end} {how} brings it back." "";
    warning made_anew(end: &str) "Entity Is Made Anew"
        "{end} a new one takes its place." "";
    warning not_refreshed(entity: &str, locator: &str, why: &str) "Entity Not Refreshed"
        "{entity} {locator} was not read, and the state keeps what it had." "{why}";
    warning removed_but_kept(params: &str, entity: &str) "Value Stays In Stripe"
        "Removed from the payload, but kept by the {entity}, because no call of Stripe clears it: {params}." "Write it as Stripe has it, or replace the entity with `-replace=ADDRESS` to be rid of it.";
    warning removed_and_unseen(params: &str, entity: &str) "Value May Stay In Stripe"
        "Removed from the payload, for which nothing is sent; the {entity} does not show whether it keeps it: {params}." "";
    warning acts_at_creation(params: &str, entity: &str) "Acts At Creation Only"
        "Stripe uses {params} when a {entity} is created, and does not show it again: nothing is sent for the one that exists." "";
    warning argument_acts_at_creation(argument: &str, entity: &str) "Acts At Creation Only"
        "`{argument}` acts when a {entity} is created, and Stripe does not show it again: nothing is sent for the one that exists." "";
    warning gap(entity: &str, locator: &str, argument: &str, transfers: &str) "A Gap Between Two Objects"
        "{entity} {locator} is replaced, and ends before the new one is there unless the resource says otherwise." "To have the new one first, write `{argument} = true`, or:\n\n{transfers}  lifecycle {{\n    create_before_destroy = true\n  }}";
    warning is_replaced(params: &str, entity: &str) "Entity Is Replaced"
        "Stripe takes another {params} for a new {entity} only: this one is replaced." "";
}
