//! Disputes, which payments with `pm_card_createDispute` and similar cards open at once.

use crate::sandbox::behaviour::card;
use crate::sandbox::behaviour::charge::CONTESTED;
use crate::sandbox::behaviour::ledger::{self, Movement};
use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Update, update)], ..Behaviour::of(&["dispute"]) }];

/// The fee of a dispute.
const FEE: i64 = 1500;
/// The states in which evidence may be submitted.
const OPEN: &[&str] = &["needs_response", "warning_needs_response"];

/// Disputes a charge, as the cardholder does.
pub(super) fn raise(call: &Call<'_>, charge: &Body) -> ApiResult<()> {
    let amount = needed_number(charge, "amount")?;
    let mut params = Body::new();
    copy(&mut params, charge, &["amount", "currency", "payment_intent"]);
    set(&mut params, "charge", id(charge));
    params.extend(card::dispute_fields(text(charge, CONTESTED).unwrap_or_default()));
    let mut body = call.about("dispute", params)?.build()?;
    if is_inquiry(&body) {
        return call.session.put(&body);
    }
    move_money(call, &mut body, -amount, FEE)?;
    set(&mut body, "_withdrawn", amount);
    call.session.put(&body)?;
    let mut charge = call.session.named("charge", id(charge))?;
    call.update(&mut charge, body! {"disputed": true})
}

/// Whether it is an inquiry, for which no money was taken.
fn is_inquiry(body: &Body) -> bool {
    text(body, "payment_method_details.card.case_type") == Some("inquiry")
}

/// Takes the disputed amount, or gives it back.
fn move_money(call: &Call<'_>, body: &mut Body, amount: i64, fee: i64) -> ApiResult<()> {
    let entry = ledger::enter(call, body, Movement { amount, fee, kind: "adjustment", at_once: true })?;
    let entries = items(body, "balance_transactions").iter().cloned().chain([Json::Object(entry)]);
    set(body, "balance_transactions", entries.collect::<Vec<_>>());
    Ok(())
}

/// `POST /v1/disputes/{id}`: the evidence `winning_evidence` wins, and `losing_evidence` loses.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let is_open = OPEN.contains(&status(&call.named()?));
    let evidence = inner(&call.params, "evidence");
    let mut body = call.revise()?;
    if evidence.is_some() {
        set_inner(&mut body, "evidence_details", "has_evidence", true);
    }
    let submits = call.params.get("submit").and_then(Json::as_bool).unwrap_or(evidence.is_some());
    if submits && is_open {
        submit(call, &mut body)?;
    }
    call.keep(body)
}

fn submit(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    let count = needed_number(body, "evidence_details.submission_count")?;
    set_inner(body, "evidence_details", "submission_count", count + 1);
    let reached = match text(body, "evidence.uncategorized_text") {
        Some("winning_evidence" | "losing_evidence") if is_inquiry(body) => "warning_closed",
        _ if is_inquiry(body) => "warning_under_review",
        Some("winning_evidence") => "won",
        Some("losing_evidence") => "lost",
        _ => "under_review",
    };
    set(body, "status", reached);
    if reached != "won" {
        return Ok(());
    }
    let amount = needed_number(body, "amount")?;
    set(body, "_reinstated", amount);
    move_money(call, body, amount, -FEE)
}
