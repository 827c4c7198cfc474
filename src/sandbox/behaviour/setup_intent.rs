//! Setup intents: a payment method is made ready for later, without a payment.
//!
//! ```text
//! requires_payment_method → requires_confirmation → (requires_action) → succeeded
//! ```

use super::prelude::*;
use super::{intent, payment_method};

mod confirm;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Update, update)],
    actions: &[("ConfirmSetupIntent", confirm::confirm), ("VerifySetupIntentMicrodeposits", confirm::verify)],
    authenticate: Some(confirm::authenticate),
    ..Behaviour::of(&["setup_intent"])
}];

/// `POST /v1/setup_intents`.
pub(super) fn create(call: &Call<'_>) -> Outcome<Json> {
    let body = made(call)?;
    call.session.put(&body)?;
    if flag(&call.params, "confirm") { confirm::run(call, body) } else { Ok(Json::Object(body)) }
}

/// An intent of params, not yet kept.
pub(super) fn made(call: &Call<'_>) -> Outcome<Body> {
    let mut call = call.clone();
    payment_method::take(&mut call)?;
    let mut body = call.build()?;
    ways(&call, &mut body);
    intent::give_method(&call, &mut body)?;
    Ok(body)
}

/// What is offered, and how cards are set up where they may be.
fn ways(call: &Call<'_>, body: &mut Body) {
    intent::offer_methods(call, body);
    let has_options =
        inner(body, "payment_method_options").is_some_and(|options| options.contains_key("card"));
    if !has_options && items(body, "payment_method_types").contains(&json!("card")) {
        set_inner(body, "payment_method_options", "card", json!({}));
    }
}

/// `POST /v1/setup_intents/{id}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    payment_method::take(&mut call)?;
    let mut body = call.revise()?;
    if call.params.contains_key("allowed_payment_method_types") {
        ways(&call, &mut body);
    }
    intent::give_method(&call, &mut body)?;
    call.keep(body)
}
