//! Setup intents: a payment method is made ready for later, without a payment.
//!
//! ```text
//! requires_payment_method → requires_confirmation → (requires_action) → succeeded
//! ```

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{flag, id, inner, items, set, set_inner, status, text};
use crate::sandbox::identifier;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Update};
use super::intent::{self, OPEN, unexpected_state};
use super::payment_method;

mod confirm;

use confirm::check_owner;

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
    set(&mut body, "usage", text(&call.params, "usage").unwrap_or("off_session"));
    ways(&call, &mut body);
    let secret = identifier::random(&format!("{}_secret_", id(&body)), 25);
    set(&mut body, "client_secret", secret);
    check_owner(&call, &body)?;
    let ready = text(&body, "payment_method").is_some();
    set(&mut body, "status", if ready { "requires_confirmation" } else { "requires_payment_method" });
    Ok(body)
}

fn ways(call: &Call<'_>, body: &mut Body) {
    intent::offer_methods(call, body);
    card_options(body);
}

/// How cards are set up, where they may be.
fn card_options(body: &mut Body) {
    if !items(body, "payment_method_types").contains(&json!("card")) {
        return;
    }
    let given = inner(body, "payment_method_options").and_then(|options| inner(options, "card"));
    let asks = given.and_then(|card| text(card, "request_three_d_secure"));
    if asks.is_none() {
        let mut card = given.cloned().unwrap_or_default();
        set(&mut card, "request_three_d_secure", "automatic");
        set_inner(body, "payment_method_options", "card", card);
    }
}

/// `POST /v1/setup_intents/{id}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let locked = call.params.keys().find(|name| !matches!(name.as_str(), "description" | "metadata"));
    if let (Some(name), false) = (locked, OPEN.contains(&status(&before))) {
        let message = format!(
            "You cannot update {name} of this SetupIntent because it has a status of {}.",
            status(&before)
        );
        return Err(unexpected_state(message, &before));
    }
    let mut call = call.clone();
    payment_method::take(&mut call)?;
    let mut body = call.revise()?;
    if call.params.contains_key("allowed_payment_method_types") {
        ways(&call, &mut body);
    }
    check_owner(&call, &body)?;
    if call.params.contains_key("payment_method") {
        set(&mut body, "status", "requires_confirmation");
        set(&mut body, "next_action", Json::Null);
    }
    call.keep(body)
}
