//! Previews the next invoice by creating it and rolling that back.

use crate::sandbox::behaviour::invoice::{draft, item_of};
use crate::sandbox::behaviour::order::{add_item, apply_discounts, recalculate};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{invoice_item, money, schedule_preview, subscription};

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { actions: &[("CreateInvoicePreview", preview)], ..Behaviour::of(&[]) }];

/// `POST /v1/invoices/create_preview`.
pub(super) fn preview(call: &Call<'_>) -> ApiResult<Json> {
    let mut shown = call.session.dry_run(|| previewed(call))??;
    if !["customer", "subscription", "schedule"].iter().any(|name| call.params.contains_key(*name)) {
        set(&mut shown, "customer", Json::Null);
    }
    let named = format!("upcoming_{}", id(&shown));
    shown.extend(body! {"id": named, "status": "draft"});
    Ok(Json::Object(shown))
}

fn previewed(call: &Call<'_>) -> ApiResult<Body> {
    let call = &of_customer(call)?;
    let mut body = without_extras(call)?;
    for (path, entry) in entries(&call.params, "invoice_items", "") {
        let item = item_of(call, &body, entry, &path)?;
        add_item(call, &mut body, &item)?;
    }
    apply_discounts(call, &mut body, &call.params, "")?;
    recalculate(&mut body)?;
    Ok(body)
}

/// Returns the same call with a temporary customer built from `customer_details`.
fn of_customer<'a>(call: &Call<'a>) -> ApiResult<Call<'a>> {
    let Some(details) = inner(&call.params, "customer_details") else { return Ok(call.clone()) };
    let owner = call.referred_by("subscription", "subscription")?;
    let owner =
        owner.map_or_else(|| call.referred_by("schedule", "subscription_schedule"), |own| Ok(Some(own)))?;
    let known = owner.as_ref().unwrap_or(&call.params);
    let about = call.about("customer", details.clone())?;
    let mut customer = match call.session.linked(known, "customer", "customer")? {
        Some(customer) => customer,
        None => about.build()?,
    };
    shape::lay_over(about.entity, &mut customer, details)?;
    call.session.put(&customer)?;
    let mut call = call.clone();
    if owner.is_none() {
        set(&mut call.params, "customer", id(&customer));
    }
    Ok(call)
}

/// Returns the next invoice of a subscription, the first invoice of a new one, or an invoice of pending
/// items.
fn without_extras(call: &Call<'_>) -> ApiResult<Body> {
    if ["schedule", "schedule_details"].iter().any(|name| call.params.contains_key(*name)) {
        return schedule_preview::previewed(call);
    }
    if let Some(known) = text(&call.params, "subscription") {
        return subscription::previewed(call, known);
    }
    let customer = call.required_object("customer", "customer")?;
    if let Some(details) = inner(&call.params, "subscription_details").filter(|own| own.contains_key("items"))
    {
        return subscription::previewed_new(call, &customer, details);
    }
    let currency = text(&call.params, "currency").or_else(|| text(&customer, "currency"));
    let currency = currency.unwrap_or(money::USUAL);
    let mut body = draft(&call.about("invoice", Body::new())?, &customer, currency)?;
    for item in invoice_item::pending(call, id(&customer), Some(currency))? {
        add_item(call, &mut body, &item)?;
    }
    Ok(body)
}
