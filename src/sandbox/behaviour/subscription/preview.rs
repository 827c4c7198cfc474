//! Invoices of a subscription that are only shown.

use super::{bill, change, create, item};
use crate::sandbox::behaviour::prelude::*;

/// The next invoice of a subscription, with the changes that a preview asks for.
pub fn previewed(call: &Call<'_>, known: &str) -> Outcome<Body> {
    let mut owner = call.session.referred("subscription", known, "subscription")?;
    let details = inner(&call.params, "subscription_details").cloned().unwrap_or_default();
    let mut call = call.about("subscription", details)?;
    if text(&call.params, "proration_behavior") == Some("always_invoice") {
        set(&mut call.params, "proration_behavior", "create_prorations");
    }
    let entries: Vec<Body> = objects(&call.params, "items").cloned().collect();
    if !entries.is_empty() {
        owner = change::items(&call, owner, &entries, "subscription_details[items]")?;
    }
    let mut body = bill::draft(&call, &owner, "upcoming")?;
    let mut own = item::of(&call, id(&owner))?;
    for item in &mut own {
        if item::is_metered(item) {
            bill::used(&call, &owner, item, item::period(item)?, &mut body)?;
        }
        item::go_on(item, &owner)?;
    }
    own.retain(|item| !item::is_metered(item));
    let mut running = owner.clone();
    set(&mut running, "status", "active");
    bill::ahead(&call, &running, &own, &mut body)?;
    bill::gather(&call, &owner, &mut body)?;
    Ok(body)
}

/// The first invoice of a subscription that is not made.
pub fn previewed_new(call: &Call<'_>, customer: &Body, details: &Body) -> Outcome<Body> {
    let mut params = details.clone();
    params.extend(body! {"customer": id(customer), "payment_behavior": "default_incomplete"});
    let made = create::made(&call.about("subscription", params)?)?;
    let mut body = call.session.named("invoice", needed(&made, "latest_invoice")?)?;
    set_inner(&mut body, "status_transitions", "finalized_at", Json::Null);
    set(&mut body, "number", Json::Null);
    Ok(body)
}
