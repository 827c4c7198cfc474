//! What is said of creates that were under way when a run was interrupted.

use crate::terraform::message::messages;

messages! {
    warning not_recorded(why: &str) "Create Not Recorded"
        "The create could not be recorded before it was sent ({why})." "If this run had been interrupted, the next one would not have found the object.";
    warning resumed(what: &str, id: &str, age: &str) "Interrupted Create Resumed"
        "{what} {id} was made {age} by a run that was interrupted. This apply takes it instead of making another one." "If the run served another state of this folder and workspace, the object may be that state's: then remove it from this one with `terraform state rm`, and apply again.";
    warning invocation_resumed(what: &str, id: &str, age: &str) "Interrupted Invocation Resumed"
        "{what} {id} was sent {age} by a run that was interrupted. This invocation takes the answer to it, and nothing was sent a second time." "Where it is to be done once more, invoke the action again.";
    warning unanswered(creates: &str) "Creates Without An Answer"
        "An earlier run was interrupted before Stripe answered: {creates}. An apply of the same configuration finds the objects and creates nothing twice; so does the next invocation of an action, such as `terraform apply -invoke=…`." "If the configuration has changed since, look in Stripe for an object that is in no state.";
    warning forgotten(creates: &str) "Interrupted Creates Forgotten"
        "An earlier run was interrupted more than 24 hours ago, or by another clock, while it made: {creates}. Stripe may have forgotten the keys, so no apply finds the objects." "Look in Stripe for one that is in no state. This is told once.";
    warning not_readable(why: &str) "Journal Not Readable"
        "Creates that an earlier run left in flight cannot be read: {why}." "If it was interrupted, this run may make an object twice.";
}
