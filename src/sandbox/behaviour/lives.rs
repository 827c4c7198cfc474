//! Who runs which call, for the objects of billing, webhooks and money with a life of their own.

use serde_json::Value as Json;

use crate::catalog::OperationKind;
use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;

use crate::sandbox::page;
use crate::sandbox::store::Session;

use super::{
    checkout, clock, coupon, credit_grant, credit_note, customer_balance, discount, dispute, entitlement,
    invoice, ledger, meter, payment_link, payout, plan, portal, promotion_code, schedule, setup_intent,
    shipping_rate, shop, subscription, tax, webhook_endpoint,
};

/// Runs one of the five operations, where the object has a life of its own.
pub(super) fn operate(call: &Call<'_>, kind: OperationKind) -> Option<Outcome<Json>> {
    owed(call, kind).or_else(|| around(call, kind))
}

/// What customers owe, and why: subscriptions, invoices, what comes off them and on top.
fn owed(call: &Call<'_>, kind: OperationKind) -> Option<Outcome<Json>> {
    use OperationKind::{Create, Delete, Get, List, Update};
    let done = match (call.entity.object.as_str(), kind) {
        ("coupon", Create) => coupon::create(call),
        ("coupon", Delete) => coupon::delete(call),
        ("coupon", Get) => coupon::get(call),
        ("coupon", List) => coupon::list(call),
        ("credit_note", Create) => credit_note::create(call),
        ("credit_note_line_item", List) => credit_note::list_lines(call),
        ("customer_balance_transaction", Create) => customer_balance::create(call),
        ("customer_balance_transaction", Get) => customer_balance::get(call),
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
        _ => return None,
    };
    Some(done)
}

/// What stands around it: usage and entitlements, pages of Stripe's, the account's own money.
fn around(call: &Call<'_>, kind: OperationKind) -> Option<Outcome<Json>> {
    use OperationKind::{Create, Get, List, Update};
    let done = match (call.entity.object.as_str(), kind) {
        ("balance", Get) => ledger::balance(call),
        ("balance_transaction", Get) => ledger::get(call),
        ("balance_transaction", List) => ledger::list(call),
        ("billing.alert", Create) => credit_grant::alert(call),
        ("billing.alert", List) => credit_grant::alerts(call),
        ("billing.credit_balance_summary", Get) => credit_grant::summary(call),
        ("billing.credit_balance_transaction", List) => credit_grant::entries(call),
        ("billing.credit_grant", Create) => credit_grant::create(call),
        ("billing.credit_grant", Update) => credit_grant::update(call),
        ("billing_portal.configuration", Create) => portal::create(call),
        ("billing_portal.configuration", Update) => portal::update(call),
        ("billing_portal.session", Create) => portal::session(call),
        ("checkout.session", Create) => checkout::create(call),
        ("checkout.session", Get) => checkout::get(call),
        ("checkout.session", Update) => checkout::update(call),
        ("billing.meter", Create) => meter::create(call),
        ("billing.meter_event", Create) => meter::event(call),
        ("billing.meter_event_adjustment", Create) => meter::adjust(call),
        ("billing.meter_event_summary", List) => meter::summaries(call),
        ("dispute", Update) => dispute::update(call),
        ("entitlements.active_entitlement", Get) => entitlement::get(call),
        ("entitlements.active_entitlement", List) => entitlement::active(call),
        ("entitlements.feature", Create) => entitlement::create(call),
        ("entitlements.feature", List) => entitlement::list(call),
        ("event", List) => webhook_endpoint::list_events(call),
        ("item", List) if call.entity.key.starts_with("checkout.") => shop::list(call, "checkout.session"),
        ("item", List) if call.entity.key.starts_with("payment_links") => shop::list(call, "payment_link"),
        ("payment_link", Create) => payment_link::create(call),
        ("payment_link", Update) => payment_link::update(call),
        ("payout", Create) => payout::create(call),
        ("product_feature", Create) => entitlement::attach(call),
        ("setup_intent", Create) => setup_intent::create(call),
        ("setup_intent", Update) => setup_intent::update(call),
        ("topup", Create) => payout::topup(call),
        ("transfer", Create) => payout::transfer(call),
        ("transfer_reversal", Create) => payout::reversal(call),
        ("webhook_endpoint", Create) => webhook_endpoint::create(call),
        ("webhook_endpoint", Update) => webhook_endpoint::update(call),
        _ => return None,
    };
    Some(done)
}

/// Runs a call that is none of the five, where the object has a life of its own.
pub(super) fn act(call: &Call<'_>, action: &str) -> Option<Outcome<Json>> {
    let done = match action {
        "ActivateBillingAlert" => credit_grant::turn_alert(call, &["inactive"], "active"),
        "AddInvoiceLines" => invoice::add_lines(call),
        "AdvanceTestHelpersTestClock" => clock::advance(call),
        "ArchiveBillingAlert" => credit_grant::turn_alert(call, &["active", "inactive"], "archived"),
        "AttachPaymentToInvoice" => invoice::attach_payment(call),
        "CancelPayout" => payout::cancel(call),
        "CancelSetupIntent" => setup_intent::cancel(call),
        "CancelSubscription" => subscription::cancel(call),
        "CancelSubscriptionSchedule" => schedule::cancel(call),
        "CancelTopup" => payout::cancel_topup(call),
        "CloseDispute" => dispute::close(call),
        "ConfirmSetupIntent" => setup_intent::confirm(call),
        "CreateInvoicePreview" => invoice::preview(call),
        "DeactivateBillingAlert" => credit_grant::turn_alert(call, &["active"], "inactive"),
        "DeactivateBillingMeter" => meter::deactivate(call),
        "DeleteCustomerDiscount" | "DeleteSubscriptionDiscount" => discount::delete(call),
        "ExpireBillingCreditGrant" => credit_grant::expire(call),
        "ExpireCheckoutSession" => checkout::expire(call),
        "PauseSubscription" => subscription::pause(call),
        "PreviewCreditNote" => credit_note::preview(call),
        "ReactivateBillingMeter" => meter::reactivate(call),
        "ReleaseSubscriptionSchedule" => schedule::release(call),
        "RemoveInvoiceLines" => invoice::remove_lines(call),
        "ResumeSubscription" => subscription::resume(call),
        "ReversePayout" => payout::reverse(call),
        "UpdateInvoiceLines" => invoice::update_lines(call),
        "VerifySetupIntentMicrodeposits" => setup_intent::verify(call),
        "VoidBillingCreditGrant" => credit_grant::void(call),
        "VoidCreditNote" => credit_note::void(call),
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
