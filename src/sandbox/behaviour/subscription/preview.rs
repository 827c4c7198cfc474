//! Previews the invoices of a subscription.

use crate::sandbox::behaviour::customer_time;
use crate::sandbox::behaviour::order::LINES;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::upcoming::renews_at;
use crate::sandbox::behaviour::subscription::{bill, billing_cycle, change, create};

/// Set on a previewed invoice; `event/kind.toml` has its event.
const UPCOMING: &str = "_upcoming";

/// Previews the next invoice of a subscription with the changes that the call asks for.
pub fn previewed(call: &Call<'_>, known: &str) -> ApiResult<Body> {
    let mut owner = call.session.referred("subscription", known, "subscription")?;
    let details = members_at(&call.params, "subscription_details");
    let mut call = customer_time::of(&call.about("subscription", details)?, &owner)?;
    if text(&call.params, "proration_behavior") == Some("always_invoice") {
        set(&mut call.params, "proration_behavior", "create_prorations");
    }
    let entries: Vec<Body> = objects(&call.params, "items").cloned().collect();
    if !entries.is_empty() {
        owner = change::items(&call, owner, &entries, "subscription_details[items]")?;
    }
    let ends = given_number(&owner, "cancel_at");
    let next = renews_at(&owner);
    let Some(next) = next.into_iter().chain(ends).min() else { return nothing_upcoming(&owner) };
    let call = Call { now: next, ..call };
    let mut body = if ends == Some(next) {
        bill::final_draft(&call, &owner, "upcoming")?
    } else {
        set(&mut owner, "status", "active");
        billing_cycle::next(&call, &owner)?
    };
    set(&mut body, "billing_reason", "upcoming");
    if items(&body, LINES).is_empty() { nothing_upcoming(&owner) } else { Ok(body) }
}

/// Announces the next renewal invoice as it would be today.
pub fn announce_upcoming(call: &Call<'_>, owner: &Body) -> ApiResult<()> {
    let about = call.about("subscription", Body::new())?;
    let mut invoice = match call.session.dry_run(|| previewed(&about, id(owner)))? {
        Ok(invoice) => invoice,
        // An invoice that cannot be previewed is not announced.
        Err(failure) if failure.status < 500 => return Ok(()),
        Err(failure) => return Err(failure),
    };
    let named = format!("upcoming_{}", id(&invoice));
    invoice.extend(body! {"id": named, "status": "draft"});
    let before = invoice.clone();
    set(&mut invoice, UPCOMING, true);
    call.session.tell(before, invoice);
    Ok(())
}

/// The refusal if there is no next invoice.
pub fn nothing_upcoming(owner: &Body) -> ApiResult<Body> {
    Err(ApiError::of("no_upcoming_invoice", &[("customer", &needed(owner, "customer")?)]))
}

/// Previews the first invoice of a new subscription.
pub fn previewed_new(call: &Call<'_>, customer: &Body, details: &Body) -> ApiResult<Body> {
    let mut params = details.clone();
    params.extend(body! {"customer": id(customer), "payment_behavior": "default_incomplete"});
    first_invoice(call, &create::made(&call.about("subscription", params)?)?)
}

/// Returns the first invoice of a subscription as it is before it is finalized.
pub fn first_invoice(call: &Call<'_>, made: &Body) -> ApiResult<Body> {
    let mut body = call.session.named("invoice", needed(made, "latest_invoice")?)?;
    set_inner(&mut body, "status_transitions", "finalized_at", Json::Null);
    body.extend(body! {
        "effective_at": null, "hosted_invoice_url": null, "invoice_pdf": null, "number": null,
    });
    Ok(body)
}
