//! Who runs which call, for the objects of billing, webhooks and money with a life of their own.

use serde_json::Value as Json;

use crate::catalog::OperationKind;
use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;

use crate::sandbox::page;
use crate::sandbox::store::Session;

use super::{
    clock, coupon, customer_balance, discount, invoice, meter, plan, promotion_code, schedule, shipping_rate,
    subscription, tax, webhook_endpoint,
};

/// Runs one of the five operations, where the object has a life of its own.
pub(super) fn operate(call: &Call<'_>, kind: OperationKind) -> Option<Outcome<Json>> {
    use OperationKind::{Create, Delete, Get, List, Update};
    let done = match (call.entity.object.as_str(), kind) {
        ("billing.meter", Create) => meter::create(call),
        ("billing.meter_event", Create) => meter::event(call),
        ("billing.meter_event_adjustment", Create) => meter::adjust(call),
        ("billing.meter_event_summary", List) => meter::summaries(call),
        ("coupon", Create) => coupon::create(call),
        ("coupon", Delete) => coupon::delete(call),
        ("coupon", Get) => coupon::get(call),
        ("coupon", List) => coupon::list(call),
        ("customer_balance_transaction", Create) => customer_balance::create(call),
        ("customer_balance_transaction", Get) => customer_balance::get(call),
        ("event", List) => webhook_endpoint::list_events(call),
        ("invoice", List) => invoice::list(call),
        ("invoice_payment", List) => invoice::list_payments(call),
        ("line_item", List) => invoice::list_lines(call),
        ("line_item", Update) => invoice::update_line(call),
        ("plan", Create) => plan::create(call),
        ("plan", Delete) => plan::delete(call),
        ("plan", Update) => plan::update(call),
        ("promotion_code", Create) => promotion_code::create(call),
        ("promotion_code", Get) => promotion_code::get(call),
        ("promotion_code", List) => promotion_code::list(call),
        ("promotion_code", Update) => promotion_code::update(call),
        ("shipping_rate", Create) => shipping_rate::create(call),
        ("shipping_rate", Update) => shipping_rate::update(call),
        ("subscription", Create) => subscription::create(call),
        ("subscription", List) => subscription::list(call),
        ("subscription", Update) => subscription::update(call),
        ("subscription_item", Create) => subscription::create_item(call),
        ("subscription_item", Delete) => subscription::delete_item(call),
        ("subscription_item", List) => subscription::list_items(call),
        ("subscription_item", Update) => subscription::update_item(call),
        ("subscription_schedule", Create) => schedule::create(call),
        ("subscription_schedule", Update) => schedule::update(call),
        ("tax_id", Create) => tax::create_id(call),
        ("tax_id", Get) => tax::named(call).map(Json::Object),
        ("tax_id", List) => tax::list_ids(call),
        ("tax_rate", Create) => tax::create_rate(call),
        ("test_helpers.test_clock", Create) => clock::create(call),
        ("test_helpers.test_clock", Delete) => clock::delete(call),
        ("webhook_endpoint", Create) => webhook_endpoint::create(call),
        ("webhook_endpoint", Update) => webhook_endpoint::update(call),
        _ => return None,
    };
    Some(done)
}

/// Runs a call that is none of the five, where the object has a life of its own.
pub(super) fn act(call: &Call<'_>, action: &str) -> Option<Outcome<Json>> {
    let done = match action {
        "AddInvoiceLines" => invoice::add_lines(call),
        "AdvanceTestHelpersTestClock" => clock::advance(call),
        "AttachPaymentToInvoice" => invoice::attach_payment(call),
        "CancelSubscription" => subscription::cancel(call),
        "CancelSubscriptionSchedule" => schedule::cancel(call),
        "CreateInvoicePreview" => invoice::preview(call),
        "DeactivateBillingMeter" => meter::deactivate(call),
        "DeleteCustomerDiscount" | "DeleteSubscriptionDiscount" => discount::delete(call),
        "PauseSubscription" => subscription::pause(call),
        "ReactivateBillingMeter" => meter::reactivate(call),
        "ReleaseSubscriptionSchedule" => schedule::release(call),
        "RemoveInvoiceLines" => invoice::remove_lines(call),
        "ResumeSubscription" => subscription::resume(call),
        "UpdateInvoiceLines" => invoice::update_lines(call),
        _ => return None,
    };
    Some(done)
}

/// A page inside an object of what belongs to it, oldest first.
pub(super) fn included(session: &Session<'_>, object: &str, name: &str, id: &str) -> Outcome<Option<Json>> {
    let kind = match name {
        "payments" => "invoice_payment",
        "subscriptions" => "subscription",
        _ => "tax_id",
    };
    let mut own = session.having(kind, object, id)?;
    own.retain(|body| body.get("status").is_none_or(|status| status != "canceled"));
    if object == "invoice" {
        own.reverse();
    }
    let own: Vec<Json> = own.into_iter().map(Json::Object).collect();
    Ok(Some(page::embedded(&own, &format!("/v1/{object}s/{id}/{name}"))))
}
