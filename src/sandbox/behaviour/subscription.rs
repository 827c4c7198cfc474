//! Subscriptions to recurring prices, from the first invoice to the last.
//!
//! ```text
//! create ─▶ trialing ─▶ active ⇄ past_due ─▶ canceled
//!    └────▶ incomplete ─▶ active | incomplete_expired        active ⇄ paused
//! ```
//! Time does not pass by itself: a test clock moves it (see `clock`).

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{discount, order};

mod bill;
mod billing_cycle;
mod change;
mod create;
mod item;
mod item_calls;
mod pending;
mod preview;
mod proration;
mod status_calls;
mod termination;
mod trial;
mod upcoming;
mod views;

use create::own_method;

pub(super) use billing_cycle::{due_at, invoice_unpaid, turn, two_intervals};
pub(super) use create::made;
pub(super) use item::shown;
pub(super) use preview::{announce_upcoming, first_invoice, nothing_upcoming, previewed, previewed_new};
pub(super) use status_calls::cancel;
pub(super) use termination::{FinalBilling, end_now};
pub(super) use upcoming::renews_at;
pub(super) use views::{invoice_paid, invoice_voided, is_running, products, setup_succeeded};

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        operations: &[(Create, create), (List, views::list), (Update, update)],
        actions: &[
            ("CancelSubscription", cancel),
            ("PauseSubscription", status_calls::pause),
            ("ResumeSubscription", status_calls::resume),
        ],
        ..Behaviour::of(&["subscription"])
    },
    Behaviour {
        operations: &[
            (Create, item_calls::create),
            (Delete, item_calls::delete),
            (List, item_calls::list),
            (Update, item_calls::update),
        ],
        ..Behaviour::of(&["subscription_item"])
    },
];

/// `POST /v1/subscriptions`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    made(call).map(Json::Object)
}

/// `POST /v1/subscriptions/{id}`.
pub(super) fn update(call: &Call<'_>) -> ApiResult<Json> {
    let before = call.named()?;
    own_method(call, needed(&before, "customer")?)?;
    let changed = pending::once_paid(call, &before, || {
        let mut body = call.revise()?;
        discount::apply_param(call, &mut body, &call.params, "")?;
        order::apply_tax_rates(call, &mut body, &call.params, "default_tax_rates", "")?;
        change::run(call, body)
    });
    changed.map(Json::Object)
}
