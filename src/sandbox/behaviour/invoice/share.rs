//! Shares the payments of a subscription between the platform and the destination account.

use crate::sandbox::behaviour::money::Decimal;
use crate::sandbox::behaviour::prelude::*;

/// Sets the platform's fee and the destination of the rest on the intent.
pub(super) fn apply_to_intent(subscription: &Body, intent: &mut Body) -> ApiResult<()> {
    let amount = needed_number(intent, "amount")?;
    if let Some(fee) = percentage_of(subscription, "application_fee_percent", amount)? {
        set(intent, "application_fee_amount", fee);
    }
    if let Some(destination) = text(subscription, "transfer_data.destination") {
        let amount = percentage_of(subscription, "transfer_data.amount_percent", amount)?;
        set(intent, "transfer_data", json!({"amount": amount, "destination": destination}));
    }
    copy(intent, subscription, &["on_behalf_of"]);
    Ok(())
}

/// Returns a percentage of an amount, or `None` if there is no percentage.
fn percentage_of(body: &Body, path: &str, amount: i64) -> ApiResult<Option<i64>> {
    let Some(percentage) = at(body, path).filter(|percentage| percentage.is_number()) else {
        return Ok(None);
    };
    let wrong = |_| ApiError::internal(format!("{path} is kept as {percentage}."));
    let percentage: Decimal = percentage.to_string().parse().map_err(wrong)?;
    Ok(Some(percentage.percent_of(amount)))
}
