//! The phases of a schedule: from when until when, and what the subscription is then.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::order::{self, Accepts};
use crate::sandbox::behaviour::{period, subscription};
use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{flag, given_number, id, inner, items, member, needed, number, set, text};
use crate::sandbox::store::Body;

/// Most phases of a schedule.
const MOST: usize = 10;

/// The phases of params, one after the other from `start` on.
pub(super) fn all(call: &Call<'_>, given: &[Json], start: i64) -> Outcome<Vec<Json>> {
    if given.len() > MOST {
        return Err(Failure::invalid(format!("A schedule can have at most {MOST} phases.")).param("phases"));
    }
    let mut at = start;
    let mut phases = Vec::new();
    for (place, params) in given.iter().enumerate() {
        let params = params.as_object().cloned().unwrap_or_default();
        let phase = one(call, &params, at, &format!("phases[{place}]"))?;
        at = number(&phase, "end_date");
        phases.push(Json::Object(phase));
    }
    Ok(phases)
}

fn one(call: &Call<'_>, params: &Body, start: i64, path: &str) -> Outcome<Body> {
    if items(params, "items").is_empty() {
        return Err(missing(&format!("{path}[items]")));
    }
    let mut own = Vec::new();
    let mut often = Body::new();
    let mut currency = text(params, "currency").unwrap_or_default().to_ascii_lowercase();
    for (at, item) in items(params, "items").iter().enumerate() {
        let item = item.as_object().cloned().unwrap_or_default();
        let path = format!("{path}[items][{at}]");
        let price = order::named(call, &item, Accepts::RecurringOfAnyAge, &path)?;
        let price = price.ok_or_else(|| missing(&format!("{path}[price]")))?;
        often = inner(&price, "recurring").cloned().unwrap_or_default();
        if currency.is_empty() {
            needed(&price, "currency")?.clone_into(&mut currency);
        }
        own.push(json!({
            "billing_thresholds": null, "discounts": item.get("discounts").cloned().unwrap_or_else(|| json!([])),
            "metadata": item.get("metadata").cloned().unwrap_or_else(|| json!({})), "plan": id(&price), "price": id(&price),
            "quantity": given_number(&item, "quantity").unwrap_or(1), "tax_rates": [],
        }));
    }
    let duration = inner(params, "duration");
    let end = given_number(params, "end_date").or_else(|| duration.map(|duration| later(start, duration)));
    let end = end.unwrap_or_else(|| later(start, &often));
    if end <= start {
        let message = "The end date of a phase must be after its start date.";
        return Err(Failure::invalid(message).param(format!("{path}[end_date]")));
    }
    let mut phase = json!({
        "add_invoice_items": [], "application_fee_percent": null, "automatic_tax": null, "billing_cycle_anchor": null,
        "billing_thresholds": null, "collection_method": null, "currency": currency, "default_payment_method": null,
        "default_tax_rates": [], "description": null, "discounts": [], "end_date": end, "invoice_settings": null,
        "items": own, "metadata": {}, "on_behalf_of": null, "proration_behavior": "create_prorations",
        "start_date": start, "transfer_data": null, "trial_end": null,
    });
    if let Some(phase) = phase.as_object_mut() {
        let same = [
            "collection_method",
            "default_payment_method",
            "description",
            "discounts",
            "invoice_settings",
            "metadata",
            "proration_behavior",
        ];
        for name in same {
            if let Some(value) = params.get(name).filter(|value| *value != "") {
                set(phase, name, value.clone());
            }
        }
        let trial = if flag(params, "trial") { Json::from(end) } else { member(params, "trial_end") };
        set(phase, "trial_end", trial);
        return Ok(std::mem::take(phase));
    }
    Ok(Body::new())
}

/// The phase that a subscription is in by itself.
pub(super) fn current(owner: &Body) -> Json {
    let own = inner(owner, "items").map_or(&[][..], |page| items(page, "data"));
    let bound = |name: &'static str| own.iter().filter_map(move |item| item.get(name)?.as_i64());
    let items: Vec<Json> = own
        .iter()
        .map(|item| {
            let price = item.pointer("/price/id");
            json!({
                "billing_thresholds": null, "discounts": [], "metadata": item.get("metadata"), "plan": price,
                "price": price, "quantity": item.get("quantity"), "tax_rates": [],
            })
        })
        .collect();
    json!({
        "add_invoice_items": [], "application_fee_percent": null, "automatic_tax": null, "billing_cycle_anchor": null,
        "billing_thresholds": null, "collection_method": owner.get("collection_method"), "currency": owner.get("currency"),
        "default_payment_method": null, "default_tax_rates": [], "description": null, "discounts": [],
        "end_date": bound("current_period_end").max(), "invoice_settings": null, "items": items, "metadata": {},
        "on_behalf_of": null, "proration_behavior": "create_prorations",
        "start_date": bound("current_period_start").min(), "transfer_data": null, "trial_end": owner.get("trial_end"),
    })
}

/// The params with which a phase makes its subscription, or changes it.
pub(super) fn params(schedule: &Body, phase: &Body, fresh: bool) -> Body {
    let mut params = Body::new();
    let settings = inner(schedule, "default_settings").cloned().unwrap_or_default();
    for name in ["collection_method", "default_payment_method", "description"] {
        if let Some(value) = text(phase, name).or_else(|| text(&settings, name)) {
            set(&mut params, name, value);
        }
    }
    set(&mut params, "metadata", phase.get("metadata").cloned().unwrap_or_else(|| json!({})));
    if let Some(given) =
        phase.get("discounts").filter(|given| given.as_array().is_some_and(|given| !given.is_empty()))
    {
        set(&mut params, "discounts", given.clone());
    }
    let settings = inner(phase, "invoice_settings").or_else(|| inner(&settings, "invoice_settings"));
    if let Some(days) = settings.and_then(|settings| given_number(settings, "days_until_due")) {
        set(&mut params, "days_until_due", days);
    }
    if let Some(end) = given_number(phase, "trial_end").filter(|_| fresh) {
        set(&mut params, "trial_end", end);
    }
    if fresh {
        set(&mut params, "customer", member(schedule, "customer"));
        let own = items(phase, "items").iter().filter_map(Json::as_object);
        let own = own.map(|item| json!({"price": item.get("price"), "quantity": item.get("quantity"), "metadata": item.get("metadata")}));
        set(&mut params, "items", own.collect::<Vec<_>>());
    } else {
        set(&mut params, "proration_behavior", member(phase, "proration_behavior"));
    }
    params
}

/// The subscription becomes what the phase says.
pub(super) fn enter(call: &Call<'_>, schedule: &Body, owner: &Body, phase: &Body) -> Outcome<()> {
    let mut params = params(schedule, phase, false);
    let mut left: Vec<&Json> =
        inner(owner, "items").map_or(&[][..], |page| items(page, "data")).iter().collect();
    let mut entries = Vec::new();
    for wanted in items(phase, "items").iter().filter_map(Json::as_object) {
        let same = left.iter().position(|item| item.pointer("/price/id") == wanted.get("price"));
        // an item whose price is not wanted any more takes the next price that is
        let known = same.map(|at| left.remove(at));
        entries.push((known.and_then(|item| item.get("id")).cloned(), wanted.clone()));
    }
    let mut shown = Vec::new();
    for (known, wanted) in entries {
        let known = known.or_else(|| if left.is_empty() { None } else { left.remove(0).get("id").cloned() });
        let mut entry = Body::new();
        if let Some(known) = known {
            set(&mut entry, "id", known);
        }
        set(&mut entry, "price", member(&wanted, "price"));
        set(&mut entry, "quantity", wanted.get("quantity").cloned().unwrap_or_else(|| Json::from(1)));
        shown.push(Json::Object(entry));
    }
    shown.extend(left.into_iter().map(|item| json!({"id": item.get("id"), "deleted": true})));
    set(&mut params, "items", shown);
    let mut about = call.about("subscription", params)?;
    id(owner).clone_into(&mut about.id);
    subscription::update(&about).map(drop)
}

/// So much later, by a `duration` param.
fn later(at: i64, duration: &Body) -> i64 {
    period::add(at, text(duration, "interval").unwrap_or("month"), number(duration, "interval_count").max(1))
}
