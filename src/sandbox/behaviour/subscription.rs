//! Subscriptions: prices charged again and again, from the first invoice to the last.
//!
//! ```text
//! create ─▶ trialing ─▶ active ⇄ past_due ─▶ canceled
//!    └────▶ incomplete ─▶ active | incomplete_expired        active ⇄ paused
//! ```
//! Time goes on by itself for nobody: a test clock moves it (`clock`).

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, id, inner, items, set, set_inner, status, text};
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Delete, List, Update};
use super::{customer_time, discount, invoice, period, setup_intent};

mod bill;
mod change;
mod end;
mod item;
mod preview;
mod seen;
mod trial;
mod turn;

pub(super) use end::{cancel, close};
pub(super) use preview::{previewed, previewed_new};
pub(super) use seen::{invoice_paid, invoice_voided, is_running, products};
pub(super) use turn::{due_at, turn};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        operations: &[(Create, create), (List, seen::list), (Update, update)],
        actions: &[
            ("CancelSubscription", cancel),
            ("PauseSubscription", end::pause),
            ("ResumeSubscription", end::resume),
        ],
        ..Behaviour::of(&["subscription"])
    },
    Behaviour {
        operations: &[
            (Create, item::create),
            (Delete, item::delete),
            (List, item::list),
            (Update, item::update),
        ],
        ..Behaviour::of(&["subscription_item"])
    },
];

/// Params that mean more than a field of their name.
const SPECIAL: &[&str] = &[
    "add_invoice_items",
    "billing_cycle_anchor",
    "billing_cycle_anchor_config",
    "cancel_at",
    "cancel_at_period_end",
    "default_tax_rates",
    "discounts",
    "items",
    "trial_end",
];
/// States from which no subscription comes back.
const ENDED: &[&str] = &["canceled", "incomplete_expired"];

/// The same call without the params that mean more than a field.
fn plain<'a>(call: &Call<'a>) -> Call<'a> {
    let mut plain = call.clone();
    plain.params.retain(|name, _| !SPECIAL.contains(&name.as_str()));
    plain
}

/// `POST /v1/subscriptions`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let body = made(call)?;
    Ok(Json::Object(body))
}

/// A subscription that was started: kept, billed, and paid where that could be done.
pub(super) fn made(call: &Call<'_>) -> Outcome<Body> {
    let customer = call.session.referred("customer", call.demanded("customer")?, "customer")?;
    let call = &customer_time::of(call, &customer)?;
    check(call, &customer)?;
    let mut body = draft(call, &customer)?;
    trial::begin(call, &mut body)?;
    anchor(call, &mut body)?;
    let params = items(&call.params, "items");
    let mut own = Vec::new();
    for (at, params) in params.iter().enumerate() {
        let params = params.as_object().cloned().unwrap_or_default();
        let made = item::made(call, &mut body, &params, &format!("items[{at}]"))?;
        item::check_new(&own, &made, &format!("items[{at}]"))?;
        own.push(made);
    }
    for mut made in own {
        item::set_period(&mut made, &body, call.now);
        call.session.put(&made)?;
    }
    item::sync(call, &mut body)?;
    ending(call, &mut body)?;
    prepare_payment(call, &customer, &mut body)?;
    call.session.put(&body)?;
    bill::first(call, &body)?;
    call.session.named("subscription", id(&body))
}

/// A trial that is to be paid later, and nothing to pay with: the customer may save something.
fn prepare_payment(call: &Call<'_>, customer: &Body, body: &mut Body) -> Outcome<()> {
    let saved =
        inner(customer, "invoice_settings").and_then(|settings| text(settings, "default_payment_method"));
    let has_method = saved.is_some() || text(body, "default_payment_method").is_some();
    let waits = text(&call.params, "payment_behavior") == Some("default_incomplete");
    if has_method || !waits || status(body) != "trialing" {
        return Ok(());
    }
    let mut params = Body::new();
    set(&mut params, "customer", id(customer));
    let made = setup_intent::made(&call.about("setup_intent", params)?)?;
    set(body, "pending_setup_intent", id(&made));
    call.session.put(&made)
}

fn check(call: &Call<'_>, customer: &Body) -> Outcome<()> {
    if items(&call.params, "items").is_empty() {
        return Err(missing("items"));
    }
    if items(&call.params, "items").len() > item::MOST {
        let message = format!("A subscription can have at most {} items.", item::MOST);
        return Err(Failure::invalid(message).param("items"));
    }
    if text(&call.params, "payment_behavior") == Some("pending_if_incomplete") {
        let message =
            "`payment_behavior=pending_if_incomplete` can only be used when a subscription is updated.";
        return Err(Failure::invalid(message).param("payment_behavior"));
    }
    let days = given_number(&call.params, "days_until_due");
    match (text(&call.params, "collection_method"), days) {
        (Some("send_invoice"), None) => return Err(missing("days_until_due")),
        (Some("send_invoice"), Some(_)) | (_, None) => {}
        _ => {
            let message = "`days_until_due` can only be used with `collection_method=send_invoice`.";
            return Err(Failure::invalid(message).param("days_until_due"));
        }
    }
    own_method(call, id(customer))
}

/// The default method must be one that is saved to the customer.
fn own_method(call: &Call<'_>, customer: &str) -> Outcome<()> {
    let Some(method) = text(&call.params, "default_payment_method") else { return Ok(()) };
    let known = call.session.referred("payment_method", method, "default_payment_method")?;
    if text(&known, "customer") == Some(customer) {
        return Ok(());
    }
    let message = format!(
        "The customer does not have a payment method with the ID {method}. The payment method must be attached to the customer."
    );
    Err(Failure::state(message).code("resource_missing").param("default_payment_method"))
}

fn draft(call: &Call<'_>, customer: &Body) -> Outcome<Body> {
    let mut body = plain(call).build()?;
    set(&mut body, "customer", id(customer));
    let start = given_number(&call.params, "backdate_start_date").unwrap_or(call.now);
    set(&mut body, "start_date", start);
    set(&mut body, "billing_cycle_anchor", call.now);
    set(&mut body, "status", "active");
    set(&mut body, "currency", text(&call.params, "currency").unwrap_or_default().to_ascii_lowercase());
    set(
        &mut body,
        "collection_method",
        text(&call.params, "collection_method").unwrap_or("charge_automatically"),
    );
    set(&mut body, "test_clock", customer.get("test_clock").cloned().unwrap_or_default());
    set(
        &mut body,
        "default_tax_rates",
        invoice::rates(call, items(&call.params, "default_tax_rates"), "default_tax_rates")?,
    );
    billing_mode(call, &mut body);
    if let Some(given) = call.params.get("discounts").filter(|given| given.is_array()) {
        let ids = discount::take(call, given, &body, "discounts")?;
        set(&mut body, "discounts", ids);
    }
    Ok(body)
}

fn billing_mode(call: &Call<'_>, body: &mut Body) {
    let given = inner(&call.params, "billing_mode").and_then(|mode| text(mode, "type"));
    let flexible = given.is_none_or(|given| given == "flexible");
    set_inner(body, "billing_mode", "type", if flexible { "flexible" } else { "classic" });
    let own = inner(body, "billing_mode").and_then(|mode| inner(mode, "flexible")).is_some();
    if flexible {
        set_inner(body, "billing_mode", "updated_at", call.now);
    }
    if flexible && !own {
        set_inner(body, "billing_mode", "flexible", json!({"proration_discounts": "included"}));
    }
}

/// The day to which the periods are counted.
fn anchor(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    if let Some(end) = given_number(body, "trial_end") {
        set(body, "billing_cycle_anchor", end);
    }
    let given = given_number(&call.params, "billing_cycle_anchor");
    let config = inner(&call.params, "billing_cycle_anchor_config");
    if given.is_some() && config.is_some() {
        let message = "You may only specify one of these parameters: billing_cycle_anchor, billing_cycle_anchor_config.";
        return Err(Failure::invalid(message).code("parameters_exclusive").param("billing_cycle_anchor"));
    }
    if let Some(config) = config {
        set(body, "billing_cycle_anchor_config", config.clone());
    }
    let wanted = match config {
        None => given,
        Some(config) => {
            let part = |name: &str| given_number(config, name).and_then(|part| i8::try_from(part).ok());
            let parts = ["month", "day_of_month", "hour", "minute", "second"].map(part);
            let found = period::matching(call.now, parts);
            Some(found.ok_or_else(|| {
                let message = "No day of the calendar fits `billing_cycle_anchor_config`.";
                Failure::invalid(message).param("billing_cycle_anchor_config")
            })?)
        }
    };
    let Some(wanted) = wanted else { return Ok(()) };
    if wanted <= call.now {
        let message = "`billing_cycle_anchor` must be in the future.";
        return Err(Failure::invalid(message).param("billing_cycle_anchor"));
    }
    set(body, "billing_cycle_anchor", wanted);
    Ok(())
}

/// When the subscription is to end by itself.
fn ending(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let at_period_end = call.params.get("cancel_at_period_end").and_then(Json::as_bool);
    let at = call.params.get("cancel_at").filter(|at| !at.is_null());
    if at_period_end.is_none() && at.is_none() {
        return Ok(());
    }
    if at_period_end == Some(true) && at.is_some_and(|at| *at != "") {
        let message = "You may only specify one of these parameters: cancel_at, cancel_at_period_end.";
        return Err(Failure::invalid(message).code("parameters_exclusive").param("cancel_at"));
    }
    let (first, last) = item::period_ends(body);
    let until = match (at_period_end, at) {
        (Some(true), _) => Some(last),
        (_, Some(Json::String(word))) if word == "min_period_end" => Some(first),
        (_, Some(Json::String(word))) if !word.is_empty() => Some(last),
        (_, Some(at)) => at.as_i64(),
        _ => None,
    };
    if until.is_some_and(|until| until <= call.now) {
        return Err(Failure::invalid("`cancel_at` must be in the future.").param("cancel_at"));
    }
    set(body, "cancel_at", until.map_or(Json::Null, Json::from));
    set(body, "cancel_at_period_end", at_period_end.unwrap_or(false));
    set(body, "canceled_at", until.map_or(Json::Null, |_| Json::from(call.now)));
    let reason = until.map(|_| "cancellation_requested");
    set_inner(body, "cancellation_details", "reason", reason.map_or(Json::Null, Json::from));
    Ok(())
}

/// `POST /v1/subscriptions/{id}`.
pub(super) fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let customer = call.session.named("customer", text(&before, "customer").unwrap_or_default())?;
    let call = &customer_time::of(call, &customer)?;
    let kept = ["cancellation_details", "metadata"];
    if ENDED.contains(&status(&before)) && call.params.keys().any(|name| !kept.contains(&name.as_str())) {
        let message = "A canceled subscription can only update its cancellation_details and metadata.";
        return Err(Failure::state(message));
    }
    managed(call, &before)?;
    own_method(call, id(&customer))?;
    let mut body = plain(call).revise()?;
    if let Some(given) = call.params.get("discounts") {
        let ids = discount::take(call, given, &body, "discounts")?;
        set(&mut body, "discounts", ids);
    }
    if call.params.contains_key("default_tax_rates") {
        set(
            &mut body,
            "default_tax_rates",
            invoice::rates(call, items(&call.params, "default_tax_rates"), "default_tax_rates")?,
        );
    }
    if text(&body, "collection_method") == Some("send_invoice")
        && given_number(&body, "days_until_due").is_none()
    {
        return Err(missing("days_until_due"));
    }
    change::run(call, body).map(Json::Object)
}

/// What a schedule decides cannot be decided past it.
fn managed(call: &Call<'_>, body: &Body) -> Outcome<()> {
    let Some(schedule) = text(body, "schedule") else { return Ok(()) };
    let taken =
        ["cancel_at", "cancel_at_period_end"].into_iter().find(|name| call.params.contains_key(*name));
    match taken {
        None => Ok(()),
        Some(name) => {
            let message = format!(
                "The subscription is managed by the subscription schedule `{schedule}`, and updating any cancelation \
                 behavior directly is not allowed. Please update the schedule instead."
            );
            Err(Failure::state(message).param(name))
        }
    }
}

/// Discounts of the subscription that work at that time, on an invoice that was drafted.
fn reduce(call: &Call<'_>, body: &Body, draft: &mut Body) -> Outcome<()> {
    let at_work = discount::at_work(call, items(body, "discounts"), call.now)?;
    if at_work.is_empty() {
        return Ok(());
    }
    let ids: Vec<Json> = at_work.iter().map(|own| Json::from(id(own))).collect();
    set(draft, "discounts", ids);
    discount::use_up(call, &at_work)?;
    set(draft, invoice::DISCOUNTS, at_work.into_iter().map(Json::Object).collect::<Vec<_>>());
    let lines = items(draft, invoice::LINES).to_vec();
    invoice::show_lines(draft, &lines);
    Ok(())
}
