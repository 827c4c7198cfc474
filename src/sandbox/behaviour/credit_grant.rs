//! Credit grants: money that pays for usage until it is voided or expires.

use std::collections::BTreeMap;

use crate::sandbox::behaviour::customer_time;
use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour { operations: &[(Get, summary)], ..Behaviour::of(&["billing.credit_balance_summary"]) },
    Behaviour {
        operations: &[(Create, create)],
        actions: &[("ExpireBillingCreditGrant", expire), ("VoidBillingCreditGrant", void)],
        ..Behaviour::of(&["billing.credit_grant"])
    },
];

/// `POST /v1/billing/credit_grants`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let body = call.build()?;
    call.session.put(&body)?;
    entry(call, &body, "credit", "credits_granted")?;
    Ok(Json::Object(body))
}

/// Stores a credit balance transaction of the customer.
fn entry(call: &Call<'_>, grant: &Body, side: &str, kind: &str) -> ApiResult<()> {
    let mut body = call.fresh_of("billing.credit_balance_transaction")?;
    copy(&mut body, grant, &["test_clock"]);
    body.extend(members(json!({
        "credit_grant": id(grant), "effective_at": call.now, side: {"amount": grant.get("amount"), "type": kind},
        "type": side, "_customer": grant.get("customer"),
    })));
    call.session.put(&body)
}

/// Whether the grant can be used now.
fn counts(call: &Call<'_>, grant: &Body) -> bool {
    given_number(grant, "voided_at").is_none()
        && given_number(grant, "expires_at").is_none_or(|at| at > call.now)
        && given_number(grant, "effective_at").is_some_and(|from| from <= call.now)
}

/// `POST /v1/billing/credit_grants/{id}/void`.
fn void(call: &Call<'_>) -> ApiResult<Json> {
    end(call, "voided_at", "credits_voided")
}

/// `POST /v1/billing/credit_grants/{id}/expire`.
fn expire(call: &Call<'_>) -> ApiResult<Json> {
    end(call, "expires_at", "credits_expired")
}

fn end(call: &Call<'_>, at: &str, kind: &str) -> ApiResult<Json> {
    let mut body = call.named()?;
    set(&mut body, at, call.now);
    set(&mut body, "updated", call.now);
    entry(call, &body, "debit", kind)?;
    call.keep(body)
}

/// `GET /v1/billing/credit_balance_summary`: the remaining credit, by currency.
fn summary(call: &Call<'_>) -> ApiResult<Json> {
    let customer = call.required_object("customer", "customer")?;
    let (call, customer) = (&customer_time::of(call, &customer)?, id(&customer));
    let only = text(&call.params, "filter.credit_grant");
    let mut grants = call.session.having("billing.credit_grant", "customer", customer)?;
    grants.retain(|grant| only.is_none_or(|only| only == id(grant)) && counts(call, grant));
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for amount in grants.iter().filter_map(|grant| inner(grant, "amount.monetary")) {
        *sums.entry(needed(amount, "currency")?).or_default() += needed_number(amount, "value")?;
    }
    let shown = sums.into_iter().map(|(currency, value)| {
        let amount = json!({"monetary": {"currency": currency, "value": value}, "type": "monetary"});
        json!({"available_balance": amount, "ledger_balance": amount})
    });
    Ok(json!({
        "object": "billing.credit_balance_summary", "balances": shown.collect::<Vec<_>>(), "customer": customer,
        "customer_account": null, "livemode": call.caller.livemode,
    }))
}
