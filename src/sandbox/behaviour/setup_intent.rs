//! Setup intents, which prepare a payment method for later payments without charging it.
//!
//! ```text
//! requires_payment_method → requires_confirmation → (requires_action) → succeeded
//! ```

use crate::sandbox::behaviour::intent;
use crate::sandbox::behaviour::prelude::*;

mod confirm;

pub(super) use intent::made;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Update, intent::update)],
    actions: &[("ConfirmSetupIntent", confirm::confirm), ("VerifySetupIntentMicrodeposits", confirm::verify)],
    authenticate: Some(confirm::authenticate),
    ..Behaviour::of(&["setup_intent"])
}];

/// `POST /v1/setup_intents`.
pub(super) fn create(call: &Call<'_>) -> ApiResult<Json> {
    intent::create(call, confirm::run)
}
