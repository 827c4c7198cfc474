//! Marks a customer as delinquent if an automatic payment failed or a due date passed.

use crate::sandbox::call::Call;
use crate::sandbox::error::ApiResult;
use crate::sandbox::fields::{Body, body, flag};

/// Marks the customer as delinquent after a failed automatic payment.
pub(super) fn payment_failed(call: &Call<'_>, invoice: &Body) -> ApiResult<()> {
    if flag(invoice, "auto_advance") { set_delinquent(call, invoice, true) } else { Ok(()) }
}

/// Marks the customer as not delinquent, because an invoice was paid or written off.
pub(super) fn mark_not_delinquent(call: &Call<'_>, invoice: &Body) -> ApiResult<()> {
    set_delinquent(call, invoice, false)
}

fn set_delinquent(call: &Call<'_>, invoice: &Body, owes: bool) -> ApiResult<()> {
    let Some(mut customer) = call.session.linked(invoice, "customer", "customer")? else { return Ok(()) };
    if flag(&customer, "delinquent") == owes {
        return Ok(());
    }
    call.update(&mut customer, body! {"delinquent": owes})
}
