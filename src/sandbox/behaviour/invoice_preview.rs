//! An invoice that is never made: the next one, worked out and taken back.

use super::invoice::{draft, item_of};
use super::order::{add_item, give_discounts, work_out};
use super::prelude::*;
use super::{invoice_item, money, subscription};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { actions: &[("CreateInvoicePreview", preview)], ..Behaviour::of(&[]) }];

/// `POST /v1/invoices/create_preview`: the next invoice, made and taken back.
pub(super) fn preview(call: &Call<'_>) -> Outcome<Json> {
    if text(&call.params, "schedule").is_some() || inner(&call.params, "schedule_details").is_some() {
        return Err(Failure::unsupported("previews of subscription schedules"));
    }
    call.session.transaction.execute_batch("SAVEPOINT preview")?;
    let shown = previewed(call);
    call.session.transaction.execute_batch("ROLLBACK TO preview; RELEASE preview")?;
    call.session.take_changes();
    let mut shown = shown?;
    let named = format!("upcoming_{}", id(&shown));
    shown.extend(body! {"id": named, "status": "draft"});
    Ok(Json::Object(shown))
}

fn previewed(call: &Call<'_>) -> Outcome<Body> {
    let mut body = without_extras(call)?;
    for (path, entry) in entries(&call.params, "invoice_items", "") {
        let item = item_of(call, &body, entry, &path)?;
        add_item(call, &mut body, &item)?;
    }
    give_discounts(call, &mut body, &call.params, "")?;
    work_out(&mut body)?;
    Ok(body)
}

/// The next invoice of a subscription, the first one of a new subscription, or what waits for one.
fn without_extras(call: &Call<'_>) -> Outcome<Body> {
    if let Some(known) = text(&call.params, "subscription") {
        return subscription::previewed(call, known);
    }
    let customer = call.demanded_object("customer", "customer")?;
    if let Some(details) = inner(&call.params, "subscription_details").filter(|own| own.contains_key("items"))
    {
        return subscription::previewed_new(call, &customer, details);
    }
    let currency = text(&call.params, "currency").or_else(|| text(&customer, "currency"));
    let currency = currency.unwrap_or(money::USUAL);
    let mut body = draft(&call.about("invoice", Body::new())?, &customer, currency)?;
    for item in invoice_item::waiting(call, id(&customer), Some(currency))? {
        add_item(call, &mut body, &item)?;
    }
    Ok(body)
}
