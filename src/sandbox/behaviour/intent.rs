//! What payment intents and setup intents have in common.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{Body, flag, inner, items, set, text};

use super::payment_method;
use super::transition::visible;

/// States in which an intent may be changed and confirmed.
pub(super) const OPEN: &[&str] = &["requires_payment_method", "requires_confirmation", "requires_action"];

/// The types of payment method that are offered: a list, or those the account has switched on; the
/// latter is the default.
pub(super) fn offer_methods(call: &Call<'_>, body: &mut Body) {
    let types = items(&call.params, "allowed_payment_method_types");
    let automatic = inner(&call.params, "automatic_payment_methods");
    set(body, "payment_method_configuration_details", Json::Null);
    set(body, "automatic_payment_methods", Json::Null);
    if !types.is_empty() {
        set(body, "payment_method_types", types.to_vec());
    } else if automatic.is_some_and(|automatic| !flag(automatic, "enabled")) {
        set(body, "payment_method_types", json!(["card"]));
    } else {
        let redirects =
            automatic.and_then(|automatic| text(automatic, "allow_redirects")).unwrap_or("always");
        set(body, "automatic_payment_methods", json!({"allow_redirects": redirects, "enabled": true}));
        set(body, "payment_method_types", json!(["card", "link"]));
        set(body, "payment_method_configuration_details", payment_method::configuration(&call.account));
    }
}

/// Methods that the dashboard switches on may send the customer elsewhere, and back.
pub(super) fn check_return_url(call: &Call<'_>, body: &Body) -> Outcome<()> {
    let redirects = inner(body, "automatic_payment_methods").is_some_and(|automatic| {
        flag(automatic, "enabled") && text(automatic, "allow_redirects") != Some("never")
    });
    if !redirects || text(&call.params, "return_url").is_some() || flag(&call.params, "use_stripe_sdk") {
        return Ok(());
    }
    let message = format!(
        "This {} is configured to accept payment methods enabled in your Dashboard. Because some of these payment \
         methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to \
         accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and \
         `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
        call.entity.name
    );
    Err(Failure::invalid(message).param("return_url"))
}

/// The refusal of a call that the intent's state does not allow; it carries the intent.
pub(super) fn unexpected_state(message: impl Into<String>, body: &Body) -> Failure {
    let object = text(body, "object").unwrap_or("payment_intent");
    Failure::state(message).code(&format!("{object}_unexpected_state")).with(object, shown(body))
}

/// An intent as an error carries it.
pub(super) fn shown(body: &Body) -> Json {
    Json::Object(visible(body))
}
