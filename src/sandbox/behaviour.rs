//! The registry of behaviours, which maps each call to its handler.

use serde_json::Value as Json;

use definition::{Behaviour, CallHandler};

use crate::catalog::{Entity, OperationKind, catalog};
use crate::sandbox::call::Call;
use crate::sandbox::error::{ApiError, ApiResult, Stage};
use crate::sandbox::fields::status;
use crate::sandbox::store::Session;
use crate::sandbox::{constraint, lifecycle, page};

mod account;
mod action;
mod application_fee;
mod card;
mod cash_balance;
mod charge;
mod checkout;
mod clock;
mod coupon;
mod credit_grant;
mod credit_note;
mod customer;
mod customer_balance;
mod customer_time;
mod definition;
mod delinquency;
mod destination_charge;
mod discount;
mod dispute;
mod entitlement;
mod event_destination;
mod file;
mod generic;
mod intent;
mod invoice;
mod invoice_item;
mod invoice_preview;
mod ledger;
mod line_items;
mod meter;
mod method_configuration;
mod money;
mod order;
mod payment_intent;
mod payment_link;
mod payment_method;
mod payout;
mod period;
mod plan;
mod portal;
mod prelude;
mod price;
mod product;
mod promotion_code;
mod quote;
mod reaction;
mod refund;
mod schedule;
mod schedule_preview;
mod setup_intent;
mod shipping_rate;
mod singletons;
mod subscription;
mod tax;
mod tax_settings;
mod token_params;
mod tokens_and_sources;
mod webhook_endpoint;

/// The behaviours of every module.
const REGISTRY: &[&[Behaviour]] = &[
    account::BEHAVIOURS,
    application_fee::BEHAVIOURS,
    cash_balance::BEHAVIOURS,
    charge::BEHAVIOURS,
    checkout::BEHAVIOURS,
    clock::BEHAVIOURS,
    coupon::BEHAVIOURS,
    credit_grant::BEHAVIOURS,
    credit_note::BEHAVIOURS,
    customer::BEHAVIOURS,
    customer_balance::BEHAVIOURS,
    discount::BEHAVIOURS,
    dispute::BEHAVIOURS,
    entitlement::BEHAVIOURS,
    event_destination::BEHAVIOURS,
    file::BEHAVIOURS,
    invoice::BEHAVIOURS,
    invoice_item::BEHAVIOURS,
    invoice_preview::BEHAVIOURS,
    ledger::BEHAVIOURS,
    meter::BEHAVIOURS,
    method_configuration::BEHAVIOURS,
    payment_intent::BEHAVIOURS,
    payment_link::BEHAVIOURS,
    payment_method::BEHAVIOURS,
    payout::BEHAVIOURS,
    plan::BEHAVIOURS,
    portal::BEHAVIOURS,
    price::BEHAVIOURS,
    product::BEHAVIOURS,
    promotion_code::BEHAVIOURS,
    quote::BEHAVIOURS,
    refund::BEHAVIOURS,
    schedule::BEHAVIOURS,
    setup_intent::BEHAVIOURS,
    shipping_rate::BEHAVIOURS,
    subscription::BEHAVIOURS,
    tax::BEHAVIOURS,
    tax_settings::BEHAVIOURS,
    tokens_and_sources::BEHAVIOURS,
    webhook_endpoint::BEHAVIOURS,
];

fn behaviours() -> impl Iterator<Item = &'static Behaviour> {
    REGISTRY.iter().copied().flatten()
}

fn behaviour(entity: &Entity) -> Option<&'static Behaviour> {
    behaviours().find(|behaviour| behaviour.keys.contains(&entity.key.as_str()))
}

/// Runs an operation with the behaviour of the object, or else with the default one.
pub(super) fn operate(call: &Call<'_>, kind: OperationKind) -> ApiResult<Json> {
    let known = call.entity.operation(kind).map_or(&[][..], |operation| operation.params.as_slice());
    let mut call = token_params::unfold(call, known)?;
    if matches!(kind, OperationKind::Create | OperationKind::Update | OperationKind::Delete) {
        call = customer_time::of_call(&call)?;
    }
    let call = &call;
    constraint::check(call, &format!("{}.{kind:?}", call.entity.key))?;
    let own = behaviour(call.entity).map_or(&[][..], |behaviour| behaviour.operations);
    let own = own.iter().find(|(known, _)| *known == kind);
    with_reactions(call, own.map_or_else(|| generic::operate(call, kind), |(_, answer)| answer(call)))
}

/// Runs an action with the behaviour of the object, or else as `lifecycle.toml` says.
pub(super) fn act(call: &Call<'_>, name: &str) -> ApiResult<Json> {
    let known = catalog().action(name).map_or(&[][..], |(_, action)| action.params.as_slice());
    let call = &customer_time::of_call(&token_params::unfold(call, known)?)?;
    constraint::check(call, name)?;
    let Some(answer) = own_action(name) else { return with_reactions(call, action::run(call, name)) };
    if let Some(transition) = lifecycle::states(name) {
        let path = catalog().action(name).map_or("", |(_, action)| action.path.as_str());
        transition.check(call, &call.named()?, path)?;
    }
    with_reactions(call, answer(call))
}

/// Runs the reactions to a call, whose answer then shows what they changed.
fn with_reactions(call: &Call<'_>, answer: ApiResult<Json>) -> ApiResult<Json> {
    if answer.as_ref().is_err_and(|failure| failure.stage != Stage::Done) {
        return answer;
    }
    let reacted = reaction::run(call)?;
    answer.map(|answer| reaction::with_changes(answer, &reacted))
}

/// Runs the reactions in the middle of a call.
pub(super) fn react(call: &Call<'_>) -> ApiResult<()> {
    reaction::run(call).map(drop)
}

fn own_action(name: &str) -> Option<CallHandler> {
    let all = behaviours().flat_map(|behaviour| behaviour.actions);
    all.into_iter().find(|(known, _)| *known == name).map(|(_, answer)| *answer)
}

/// Authenticates, or fails to authenticate, as the customer on the page of an intent's `next_action`.
pub(super) fn authenticate(call: &Call<'_>, succeeds: bool) -> ApiResult<Json> {
    match behaviour(call.entity).and_then(|behaviour| behaviour.authenticate) {
        Some(answer) => with_reactions(call, answer(call, succeeds)),
        None => Err(ApiError::unsupported("an authentication of this object")),
    }
}

/// Pays with a payment method as the customer on the page of an object.
pub(super) fn pay(call: &Call<'_>, method: &str) -> ApiResult<Json> {
    match behaviour(call.entity).and_then(|behaviour| behaviour.pay) {
        Some(answer) => with_reactions(call, answer(call, method)),
        None => Err(ApiError::unsupported("a page on which this object is paid")),
    }
}

/// Whether an id is one of Stripe's test tokens that stand for an object of this type.
pub(super) fn is_test_token(object: &str, id: &str) -> bool {
    card::is_test_token(object, id)
}

/// Whether an id belongs to an object that exists without being created.
pub(super) fn is_unmade(call: &Call<'_>, object: &str, id: &str) -> bool {
    method_configuration::is_default(call, object, id)
}

/// Returns the content of a file.
pub(super) fn file_content(call: &Call<'_>) -> ApiResult<Vec<u8>> {
    file::content(&call.named()?).ok_or_else(|| ApiError::absent("file", &call.id))
}

/// Returns a field that is a page of other objects or an object that exists without being created, or `None`
/// if the field is stored with the object.
pub(super) fn included(session: &Session<'_>, object: &str, name: &str, id: &str) -> ApiResult<Option<Json>> {
    let own = behaviours().find(|behaviour| behaviour.keys.contains(&object));
    let pages = own.map_or(&[][..], |behaviour| behaviour.pages);
    let Some(shown) = pages.iter().find(|page| page.field == name) else {
        return singletons::of_owner(session, object, name, id);
    };
    let mut found = session.having(shown.of, shown.by, id)?;
    found.retain(|body| shown.canceled || status(body) != "canceled");
    if shown.oldest_first {
        found.reverse();
    }
    Ok(Some(page::embedded(&found, &format!("/v1/{object}s/{id}/{name}"))))
}

#[cfg(test)]
mod tests;
