//! Messages about requests that Stripe refuses or that fail on the way, and about what a connection lacks.

use crate::terraform::message::messages;

messages! {
    error refused_key(cause: &str) "Stripe Refused The Key"
        "{cause}" "Check that the key is complete, not revoked, and for the right mode.";
    error refused_account(cause: &str) "Stripe Refused The Account"
        "{cause}" "Check `account_id`, and that the key is one of that account or of its platform.";
    error lacks_permission(cause: &str) "Stripe Key Lacks Permission"
        "{cause}" "Give the restricted key the permission that Stripe names, or use another key.";
    error not_found(cause: &str) "Not Found In Stripe"
        "{cause}" "Check the id, the account and whether the key is a test or a live key.";
    error declined(cause: &str) "Stripe Declined The Payment"
        "{cause}" "Use another payment method.";
    error rate_limited(cause: &str) "Stripe Rate Limit"
        "{cause}" "Other clients may use this account too: lower `requests_per_second`, or run again later.";
    error locked(cause: &str) "Stripe Object Is Locked"
        "{cause}" "Another call is changing the object: run again when that call has finished. Nothing is done twice.";
    error idempotency_conflict(cause: &str) "Stripe Idempotency Conflict"
        "{cause}" "Another run is sending the same create: run again when it has finished. If none is running, an interrupted run has sent this create with other params, and its object may exist: look in Stripe before you run again.";
    error not_reachable(cause: &str) "Stripe Not Reachable"
        "{cause}" "Check the network, `api_base` and the proxy, then run again: nothing is done twice. To try a configuration without Stripe, set `sandbox = \"shop.db\"` in the provider block.";
    error failed(cause: &str) "Stripe Failed"
        "{cause}" "Run again later: nothing is done twice.";
    error proxy_refused(cause: &str) "Proxy Refused The Password"
        "{cause}" "Nothing was sent to Stripe.";
    error stopped(cause: &str) "Stopped"
        "{cause}" "Run again to continue.";
    error refused(cause: &str) "Stripe Refused The Request"
        "{cause}" "";
    error moved_nothing(outcome: &str, why: &str) "Payment Failed"
        "Stripe accepted the call, but no money was moved: {outcome}{why}." "Fix the cause, then invoke the action again, which is a new call.";
    error exists_already(refusal: &str, entity: &str, locator: &str, key: &str, id: &str) "Entity Exists Already"
        "{refusal}\n\n{entity} {locator} already has the {key}." "To manage that object instead of creating another one, import it into the address of this resource (where that is in the state already, run `terraform state rm ADDRESS` first):\n\n  terraform import ADDRESS '{id}'\n\nor write\n\n  import {{\n    to = ADDRESS\n    id = \"{id}\"\n  }}\n\nIf it is the object that this resource replaces, remove `create_before_destroy`: only one object can have the {key}.";
    error suspended(cause: &str) "Connection Suspended"
        "{cause}" "";
    error secret_not_readable(cause: &str) "Secret Not Readable"
        "{cause}" "";
    error no_key(cause: &str) "Stripe Key Missing"
        "{cause}" "";
    error not_known_yet(attribute: &str) "Provider Configuration Not Known Yet"
        "This request is sent during planning, but `{attribute}` of the provider block is known only after the apply, so it could reach the wrong account." "First apply the resource that provides the value, with `-target`; a key can instead be named by `api_key_env` or `api_key_file`.";
    error no_secret_key(cause: &str) "Not A Secret Key"
        "{cause}" "";
    error connection_not_usable(cause: &str) "Connection Not Usable"
        "{cause}" "";
    warning connection_does_not_work(connection: &str, cause: &str) "Connection Not Usable"
        "{connection} does not work: {cause}." "";
    warning key_not_here(cause: &str) "Stripe Key Not On This Machine"
        "{cause}" "The machine that applies this plan must have it.";
    error another_account(entity: &str, locator: &str, home: &str, now: &str, account: &str) "Connection Uses Another Account"
        "{entity} {locator} was created in {home}, but the connection uses {now}: the object is not read there, and stays in the state." "To continue with it, use a key of its account again, or set `account_id` to its account{account}. To leave it in Stripe and create another one here, first run `terraform state rm` with the address of this resource.";
    error not_stripes_answer(cause: &str) "Unexpected Response"
        "{cause}." "Check `api_base` and the proxy, then run again.";
}
