//! Messages about creates that were under way when a run was interrupted.

use crate::terraform::message::messages;

messages! {
    warning not_recorded(why: &str) "Create Not Recorded"
        "The create could not be recorded before it was sent ({why})." "Had this run been interrupted, the next one would have created the object once more. Make the place of the record writable before the next apply.";
    warning lost(what: &str, why: &str) "Unanswered Create Not Recorded"
        "Stripe may have processed the request for {what}, although no response says so. The request could not be recorded before it was sent ({why}): the next run does not recognise it, and sends it once more." "Before that, check in Stripe what exists, and make the place of the record writable.";
    warning resumed(what: &str, id: &str, age: &str) "Interrupted Create Resumed"
        "{what} {id} was created {age} by a run that was interrupted, or that Stripe's response did not reach. This apply uses it instead of creating another one." "If that run used another state in the same folder and workspace, the object may belong to that state: then remove it from this one with `terraform state rm`, and apply again.";
    warning invocation_resumed(what: &str, id: &str, age: &str) "Interrupted Invocation Resumed"
        "{what} {id} was sent {age} by a run that was interrupted, or that Stripe's response did not reach. This invocation uses that response, and nothing was done a second time." "To run it once more, invoke the action again.";
    warning unanswered(creates: &str) "Creates With Unknown Outcome"
        "An earlier run did not learn what became of: {creates}. It was interrupted before Stripe answered, or the response left that open: a lock, a failure of Stripe, or the page of a proxy. An apply of the same configuration finds what was created and creates nothing twice; so does the next invocation of an action, such as `terraform apply -invoke=…`." "If the configuration has changed since, check Stripe for objects that are in no state. This warning ends 24 hours after that run.";
    warning objects_left(creates: &str) "Objects Of An Interrupted Run"
        "A run that was interrupted created: {creates}. A later run did not see them in its state." "An apply of the configuration that created them uses them. If no state has them (`terraform state list -id=…`) and the configuration has changed, import them, or archive or delete them in Stripe.";
    warning forgotten(creates: &str) "Interrupted Creates Forgotten"
        "An earlier run was interrupted while it created, or did not learn what became of: {creates}. More than 24 hours have passed, or the clock was changed: Stripe may have forgotten the idempotency keys, so no apply finds the objects." "Check Stripe for objects that are in no state. This warning is shown once.";
    warning not_readable(why: &str) "Journal Not Readable"
        "The record of creates that an earlier run did not finish cannot be read: {why}." "If that run was interrupted, this one may create an object twice.";
}
