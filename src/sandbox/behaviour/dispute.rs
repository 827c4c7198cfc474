//! Disputes: the card `pm_card_createDispute` is paid with, and regretted at once.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{flag, id, inner, member, needed, number, set, set_inner, status, text};
use crate::sandbox::shape;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Update};
use super::ledger::{self, Movement};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Update, update)], ..Behaviour::of(&["dispute"]) }];

/// Evidence must be there within this time, in seconds: nine days.
const DUE: i64 = 9 * 24 * 60 * 60;
/// What a dispute costs.
const FEE: i64 = 1500;
/// The states in which evidence may be handed in.
const OPEN: &[&str] = &["needs_response", "warning_needs_response"];

/// The cardholder disputes a charge.
pub(super) fn raise(call: &Call<'_>, charge: &Body) -> Outcome<()> {
    let call = call.about("dispute", Body::new())?;
    let mut body = call.fresh();
    let amount = number(charge, "amount");
    let currency = needed(charge, "currency")?.to_owned();
    set(&mut body, "amount", amount);
    set(&mut body, "currency", currency.as_str());
    set(&mut body, "charge", id(charge));
    set(&mut body, "payment_intent", member(charge, "payment_intent"));
    set(&mut body, "reason", "fraudulent");
    set(&mut body, "network_reason_code", "10.4");
    set(&mut body, "status", "needs_response");
    set_inner(&mut body, "evidence_details", "due_by", call.now + DUE);
    set(
        &mut body,
        "payment_method_details",
        json!({"card": {"brand": "visa", "case_type": "chargeback", "network": "visa", "network_reason_code": "10.4"}, "type": "card"}),
    );
    let movement =
        Movement { amount: -amount, fee: FEE, currency: &currency, kind: "adjustment", at_once: true };
    let entry = ledger::enter(&call, &body, movement)?;
    let entry = call.session.named("balance_transaction", &entry)?;
    set(&mut body, "balance_transactions", json!([entry]));
    set(&mut body, "_withdrawn", amount);
    call.session.put(&body)?;
    let mut charge = call.session.named("charge", id(charge))?;
    set(&mut charge, "disputed", true);
    call.session.put(&charge)
}

/// `POST /v1/disputes/{id}`: evidence that says `winning_evidence` wins, `losing_evidence` loses.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let mut plain = call.clone();
    let evidence = plain.params.shift_remove("evidence");
    let mut body = plain.revise()?;
    if let Some(evidence) = evidence.as_ref().and_then(Json::as_object) {
        if !OPEN.contains(&status(&before)) {
            return Err(Failure::state("This dispute is already closed, or its evidence was submitted."));
        }
        let mut params = Body::new();
        set(&mut params, "evidence", evidence.clone());
        shape::lay_over(call.entity, &mut body, &params)?;
        set_inner(&mut body, "evidence_details", "has_evidence", true);
        let submits = call.params.get("submit").and_then(Json::as_bool).unwrap_or(true);
        if submits {
            submit(call, &mut body)?;
        }
    } else if flag(&call.params, "submit") && OPEN.contains(&status(&before)) {
        submit(call, &mut body)?;
    }
    call.keep(body)
}

fn submit(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let count = inner(body, "evidence_details").map_or(0, |details| number(details, "submission_count"));
    set_inner(body, "evidence_details", "submission_count", count + 1);
    let said =
        inner(body, "evidence").and_then(|evidence| text(evidence, "uncategorized_text")).unwrap_or_default();
    match said {
        "winning_evidence" => {
            set(body, "status", "won");
            give_back(call, body)
        }
        "losing_evidence" => {
            set(body, "status", "lost");
            Ok(())
        }
        _ => {
            set(body, "status", "under_review");
            Ok(())
        }
    }
}

fn give_back(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let amount = number(body, "amount");
    let currency = needed(body, "currency")?.to_owned();
    let movement = Movement { amount, fee: -FEE, currency: &currency, kind: "adjustment", at_once: true };
    let entry = ledger::enter(call, body, movement)?;
    let entry = call.session.named("balance_transaction", &entry)?;
    set(body, "_reinstated", amount);
    if let Some(entries) = body.get_mut("balance_transactions").and_then(Json::as_array_mut) {
        entries.push(Json::Object(entry));
    }
    Ok(())
}
