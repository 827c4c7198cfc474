//! Credit grants: money that pays for usage, until it is voided or expires. And alerts of usage.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, id, inner, items, member, number, set, text};
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Get, List, Update};
use super::{generic, money};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour { operations: &[(Create, alert), (List, alerts)], ..Behaviour::of(&["billing.alert"]) },
    Behaviour { operations: &[(Get, summary)], ..Behaviour::of(&["billing.credit_balance_summary"]) },
    Behaviour { operations: &[(List, entries)], ..Behaviour::of(&["billing.credit_balance_transaction"]) },
    Behaviour {
        operations: &[(Create, create), (Update, update)],
        actions: &[("ExpireBillingCreditGrant", expire), ("VoidBillingCreditGrant", void)],
        ..Behaviour::of(&["billing.credit_grant"])
    },
];

/// What a grant is used before, unless it says so: the lower first.
const PRIORITY: i64 = 50;

/// `POST /v1/billing/credit_grants`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let customer = call.session.referred("customer", call.demanded("customer")?, "customer")?;
    let amount = inner(&call.params, "amount").and_then(|amount| inner(amount, "monetary"));
    let amount = amount.ok_or_else(|| missing("amount[monetary]"))?;
    money::known_currency(text(amount, "currency").unwrap_or_default(), "amount[monetary][currency]")?;
    check_scope(call)?;
    let mut body = call.build()?;
    set(&mut body, "category", text(&call.params, "category").unwrap_or("paid"));
    set(&mut body, "priority", given_number(&call.params, "priority").unwrap_or(PRIORITY));
    let from = given_number(&call.params, "effective_at").unwrap_or(call.now);
    set(&mut body, "effective_at", from);
    if given_number(&body, "expires_at").is_some_and(|until| until <= from) {
        return Err(Failure::invalid("`expires_at` must be after `effective_at`.").param("expires_at"));
    }
    set(&mut body, "test_clock", member(&customer, "test_clock"));
    call.session.put(&body)?;
    entry(call, &body, "credit", "credits_granted")?;
    Ok(Json::Object(body))
}

/// Either a kind of price or some prices.
fn check_scope(call: &Call<'_>) -> Outcome<()> {
    let none = Body::new();
    let scope = inner(&call.params, "applicability_config")
        .and_then(|config| inner(config, "scope"))
        .unwrap_or(&none);
    let prices = items(scope, "prices");
    if prices.is_empty() == text(scope, "price_type").is_none() {
        let message = "You must specify exactly one of these parameters: price_type, prices.";
        return Err(Failure::invalid(message).param("applicability_config[scope]"));
    }
    for price in prices.iter().filter_map(|price| price.get("id")?.as_str()) {
        call.session.referred("price", price, "applicability_config[scope][prices]")?;
    }
    Ok(())
}

/// One entry of the customer's ledger of credits.
fn entry(call: &Call<'_>, grant: &Body, side: &str, kind: &str) -> Outcome<()> {
    let mut body = call.about("billing.credit_balance_transaction", Body::new())?.fresh();
    set(&mut body, "credit_grant", id(grant));
    set(&mut body, "effective_at", call.now);
    set(&mut body, side, json!({"amount": grant.get("amount"), "type": kind}));
    set(&mut body, "type", side);
    set(&mut body, "_customer", text(grant, "customer").unwrap_or_default());
    set(&mut body, "test_clock", member(grant, "test_clock"));
    call.session.put(&body)
}

/// Whether there is something left of a grant.
fn is_over(call: &Call<'_>, body: &Body) -> bool {
    given_number(body, "voided_at").is_some()
        || given_number(body, "expires_at").is_some_and(|at| at <= call.now)
}

/// `POST /v1/billing/credit_grants/{id}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    if is_over(call, &call.named()?) && call.params.contains_key("expires_at") {
        let message = "The expiry of a credit grant that is voided or expired cannot be changed.";
        return Err(Failure::state(message).param("expires_at"));
    }
    call.keep(call.revise()?)
}

/// `POST /v1/billing/credit_grants/{id}/void`.
fn void(call: &Call<'_>) -> Outcome<Json> {
    end(call, "voided_at", "credits_voided")
}

/// `POST /v1/billing/credit_grants/{id}/expire`.
fn expire(call: &Call<'_>) -> Outcome<Json> {
    end(call, "expires_at", "credits_expired")
}

fn end(call: &Call<'_>, at: &str, kind: &str) -> Outcome<Json> {
    let mut body = call.named()?;
    if is_over(call, &body) {
        return Err(Failure::state("This credit grant is already voided or expired."));
    }
    set(&mut body, at, call.now);
    set(&mut body, "updated", call.now);
    entry(call, &body, "debit", kind)?;
    call.keep(body)
}

/// `GET /v1/billing/credit_balance_summary`: what is left by currency.
fn summary(call: &Call<'_>) -> Outcome<Json> {
    let customer = call.demanded("customer")?;
    call.session.referred("customer", customer, "customer")?;
    let only = inner(&call.params, "filter").and_then(|filter| text(filter, "credit_grant"));
    let mut sums = std::collections::BTreeMap::new();
    for grant in call.session.having("billing.credit_grant", "customer", customer)? {
        if only.is_some_and(|only| only != id(&grant))
            || is_over(call, &grant)
            || number(&grant, "effective_at") > call.now
        {
            continue;
        }
        if let Some(amount) = inner(&grant, "amount").and_then(|amount| inner(amount, "monetary")) {
            *sums.entry(text(amount, "currency").unwrap_or("usd").to_owned()).or_insert(0) +=
                number(amount, "value");
        }
    }
    let shown = sums.into_iter().map(|(currency, value): (String, i64)| {
        let amount = json!({"monetary": {"currency": currency, "value": value}, "type": "monetary"});
        json!({"available_balance": amount, "ledger_balance": amount})
    });
    Ok(json!({
        "object": "billing.credit_balance_summary", "balances": shown.collect::<Vec<_>>(), "customer": customer,
        "customer_account": null, "livemode": call.livemode,
    }))
}

/// `GET /v1/billing/credit_balance_transactions`.
fn entries(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    let customer = call.params.shift_remove("customer");
    crate::sandbox::page::of_objects(&call, "billing.credit_balance_transaction", |body| {
        customer.is_none() || body.get("_customer") == customer.as_ref()
    })
}

/// `POST /v1/billing/alerts`.
fn alert(call: &Call<'_>) -> Outcome<Json> {
    let threshold = inner(&call.params, "usage_threshold").ok_or_else(|| missing("usage_threshold"))?;
    let meter = text(threshold, "meter").unwrap_or_default();
    call.session.referred("billing.meter", meter, "usage_threshold[meter]")?;
    let mut about = call.clone();
    set(&mut about.params, "_meter", meter);
    let mut body = about.build()?;
    set(&mut body, "status", "active");
    set(&mut body, "_meter", meter);
    call.keep(body)
}

/// `GET /v1/billing/alerts`.
fn alerts(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    if let Some(meter) = call.params.shift_remove("meter") {
        set(&mut call.params, "_meter", meter);
    }
    generic::list(&call)
}
