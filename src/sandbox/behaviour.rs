//! What each type of object does beyond keeping its fields: who runs which call.

use serde_json::{Value as Json, json};

use crate::catalog::OperationKind;

use super::call::Call;
use super::error::{Failure, Outcome};
use super::fields::text;
use super::life;
use super::store::Session;

mod account;
mod action;
mod card;
mod charge;
mod checkout;
mod clock;
mod cost;
mod coupon;
mod credit_grant;
mod credit_note;
mod customer;
mod customer_balance;
mod discount;
mod dispute;
mod entitlement;
mod file;
mod generic;
mod invoice;
mod invoice_item;
mod ledger;
mod line;
mod lives;
mod meter;
mod money;
mod payment_intent;
mod payment_link;
mod payment_method;
mod payout;
mod period;
mod plan;
mod portal;
mod price;
mod product;
mod promotion_code;
mod quote;
mod refund;
mod schedule;
mod setup_intent;
mod shipping_rate;
mod shop;
mod sole;
mod subscription;
mod tax;
mod wallet;
mod webhook_endpoint;

/// What the customer does on the page that an intent's `next_action` names.
pub(super) fn authenticate(call: &Call<'_>, succeeds: bool) -> Outcome<Json> {
    match call.entity.object.as_str() {
        "setup_intent" => setup_intent::authenticate(call, succeeds),
        _ => payment_intent::authenticate(call, succeeds),
    }
}

/// What the customer does on the page of a checkout session: pays with a test method.
pub(super) fn complete(call: &Call<'_>, method: &str) -> Outcome<Json> {
    checkout::complete(call, method)
}

/// Whether an id is one of Stripe's test tokens that stand for an object of that type.
pub(super) fn is_test_token(object: &str, id: &str) -> bool {
    let pays = ["bank_account", "card", "payment_method", "source", "token"].contains(&object);
    pays && (card::number_of_token(id).is_some() || id.starts_with("btok_"))
}

/// Runs one of the five operations.
pub(super) fn operate(call: &Call<'_>, kind: OperationKind) -> Outcome<Json> {
    use OperationKind::{Create, Delete, Get, List, Update};
    if let Some(done) = lives::operate(call, kind) {
        return done;
    }
    match (call.entity.object.as_str(), kind) {
        ("account", Create) if call.entity.key == "account" => account::create(call),
        ("account", Get) if call.entity.key == "account" => account::get(call),
        ("account", Update) if call.entity.key == "account" => account::update(call),
        ("charge", Create) => charge::create(call),
        ("customer", Create) => customer::create(call),
        ("customer", Update) => customer::update(call),
        ("customer", Delete) => customer::delete(call),
        ("invoice", Create) => invoice::create(call),
        ("invoice", Update) => invoice::update(call),
        ("invoice", Delete) => invoice::delete(call),
        ("invoiceitem", Create) => invoice_item::create(call),
        ("invoiceitem", Update) => invoice_item::update(call),
        ("invoiceitem", Delete) => invoice_item::delete(call),
        ("invoiceitem", List) => invoice_item::list(call),
        ("payment_intent", Create) => payment_intent::create(call),
        ("payment_intent", Update) => payment_intent::update(call),
        ("payment_method", Create) => payment_method::create(call),
        ("payment_method", Update) => payment_method::update(call),
        ("payment_method", List) => payment_method::list(call),
        ("price", Create) => price::create(call),
        ("price", Update) => price::update(call),
        ("product", Create) => product::create(call),
        ("product", Update) => product::update(call),
        ("product", Delete) => product::delete(call),
        ("quote", Create) => quote::create(call),
        ("quote", Update) => quote::update(call),
        ("refund", Create) => refund::create(call),
        ("file", Create) => file::create(call),
        ("token", Create) => wallet::create_token(call),
        ("bank_account", Create) => wallet::create(call, "external_account"),
        ("account", Delete) if call.entity.key == "customers.payment_sources" => wallet::delete(call),
        ("account", Create) if call.entity.key == "customers.payment_sources" => {
            wallet::create(call, "source")
        }
        (_, kind) => ordinary(call, kind),
    }
}

/// What objects without a life of their own do.
fn ordinary(call: &Call<'_>, kind: OperationKind) -> Outcome<Json> {
    if let Some(why) = life::missing(call.entity, kind) {
        return Err(Failure::unsupported(why));
    }
    match kind {
        OperationKind::Create => generic::create(call),
        OperationKind::Get => generic::get(call),
        OperationKind::Update => generic::update(call),
        OperationKind::Delete => generic::delete(call),
        OperationKind::List => generic::list(call),
        OperationKind::Search => super::search::answer(call),
    }
}

/// The content of a file.
pub(super) fn file_content(call: &Call<'_>) -> Outcome<Vec<u8>> {
    file::content(&call.named()?).ok_or_else(|| Failure::absent("file", &call.id))
}

/// Runs a call that is none of the five.
pub(super) fn act(call: &Call<'_>, action: &str) -> Outcome<Json> {
    if let Some(done) = lives::act(call, action) {
        return done;
    }
    match action {
        "GetCurrentAccount" => account::get(call),
        "CaptureCharge" => charge::capture(call),
        "FinalizeInvoice" => invoice::finalize(call),
        "PayInvoice" => invoice::pay(call),
        "SendInvoice" => invoice::send(call),
        "VoidInvoice" => invoice::void(call),
        "MarkInvoiceUncollectible" => invoice::mark_uncollectible(call),
        "ConfirmPaymentIntent" => payment_intent::confirm(call),
        "CapturePaymentIntent" => payment_intent::capture(call),
        "CancelPaymentIntent" => payment_intent::cancel(call),
        "AttachPaymentMethodToCustomer" => payment_method::attach(call),
        "DetachPaymentMethodFromCustomer" => payment_method::detach(call),
        "FinalizeQuote" => quote::finalize(call),
        "AcceptQuote" => quote::accept(call),
        "CancelQuote" => quote::cancel(call),
        "CancelRefund" => refund::cancel(call),
        other => action::run(call, other),
    }
}

/// A field that is a page of other objects; none where it is kept with the object.
pub(super) fn included(session: &Session<'_>, object: &str, name: &str, id: &str) -> Outcome<Option<Json>> {
    let url = format!("/v1/{object}s/{id}/{name}");
    match (object, name) {
        ("charge", "refunds") => {
            let refunds = session.having("refund", "charge", id)?;
            let refunds: Vec<Json> = refunds.into_iter().map(Json::Object).collect();
            Ok(Some(super::page::embedded(&refunds, &url)))
        }
        ("customer", "subscriptions" | "tax_ids") | ("invoice", "payments") => {
            lives::included(session, object, name, id)
        }
        ("customer", "sources") => {
            Ok(Some(json!({"object": "list", "data": [], "has_more": false, "total_count": 0, "url": url})))
        }
        _ => Ok(None),
    }
}

/// The refusal of a call that the object's state does not allow.
fn not_in_state(call: &Call<'_>, body: &super::store::Body, what: &str) -> Failure {
    let status = text(body, "status").unwrap_or("unknown");
    Failure::state(format!("You cannot {what} this {} because it has a status of {status}.", call.label()))
}
