//! An invoice that is never made: the next one, worked out and taken back.

use serde_json::Value as Json;

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{id, inner, items, set, text};
use crate::sandbox::store::Body;

use super::definition::Behaviour;
use super::invoice::{draft, item_of};
use super::order::{LINES, add, give_discounts, show_lines};
use super::{invoice_item, subscription};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { actions: &[("CreateInvoicePreview", preview)], ..Behaviour::of(&[]) }];

/// `POST /v1/invoices/create_preview`: the next invoice, made and taken back.
pub(in crate::sandbox::behaviour) fn preview(call: &Call<'_>) -> Outcome<Json> {
    if text(&call.params, "schedule").is_some() || inner(&call.params, "schedule_details").is_some() {
        return Err(Failure::unsupported("previews of subscription schedules"));
    }
    call.session.transaction.execute_batch("SAVEPOINT preview")?;
    let shown = previewed(call);
    call.session.transaction.execute_batch("ROLLBACK TO preview; RELEASE preview")?;
    call.session.take_changes();
    let mut shown = shown?;
    let named = format!("upcoming_{}", id(&shown));
    set(&mut shown, "id", named);
    set(&mut shown, "status", "draft");
    Ok(Json::Object(shown))
}

fn previewed(call: &Call<'_>) -> Outcome<Body> {
    let mut body = if let Some(known) = text(&call.params, "subscription") {
        subscription::previewed(call, known)?
    } else {
        let customer = call.session.referred("customer", call.demanded("customer")?, "customer")?;
        let details = inner(&call.params, "subscription_details").cloned().unwrap_or_default();
        if items(&details, "items").is_empty() {
            let currency =
                text(&call.params, "currency").or_else(|| text(&customer, "currency")).unwrap_or("usd");
            let mut body = draft(&call.about("invoice", Body::new())?, &customer, currency)?;
            for item in invoice_item::waiting(call, id(&customer), Some(currency))? {
                add(call, &mut body, &item);
            }
            body
        } else {
            subscription::previewed_new(call, &customer, &details)?
        }
    };
    for (at, entry) in items(&call.params, "invoice_items").iter().enumerate() {
        let entry = entry.as_object().cloned().unwrap_or_default();
        let item = item_of(call, &body, &entry, &format!("invoice_items[{at}]"))?;
        add(call, &mut body, &item);
    }
    if let Some(discounts) = call.params.get("discounts").filter(|given| given.is_array()) {
        give_discounts(call, &mut body, discounts, "discounts")?;
        let lines = items(&body, LINES).to_vec();
        show_lines(&mut body, &lines);
    }
    Ok(body)
}
