//! Invoice items, which are pending until their customer's next invoice, or belong to a draft.

use std::cmp::Reverse;

use crate::sandbox::behaviour::order::{self, Accepts, OrderLine};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{generic, money};

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Delete, delete), (Update, update)],
    ..Behaviour::of(&["invoiceitem"])
}];

/// Params that change the amount of an item.
const COST: &[&str] = &["amount", "price_data", "pricing", "quantity", "unit_amount_decimal"];

/// `POST /v1/invoiceitems`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let mut customer = call.required_object("customer", "customer")?;
    let draft = text(&call.params, "invoice");
    let draft = draft.map(|draft| call.session.referred("invoice", draft, "invoice")).transpose()?;
    let line = cost(call, [Some(&call.params), draft.as_ref(), Some(&customer)])?;
    if text(&customer, "currency").is_none() {
        call.update(&mut customer, body! {"currency": line.currency})?;
    }
    let mut body = of_line(call, &line)?;
    order::apply_reductions(call, &mut body, &call.params, "tax_rates", "")?;
    if let Some(subscription) = text(&call.params, "subscription") {
        let details = json!({"subscription": subscription, "subscription_item": null});
        set(&mut body, "parent", json!({"subscription_details": details, "type": "subscription_details"}));
    }
    if let Some(mut draft) = draft {
        check_fits(&draft, &body)?;
        order::add_item(call, &mut draft, &body)?;
        call.session.put(&draft)?;
    }
    call.keep(body)
}

/// Builds the invoice item of a line without storing it.
pub(super) fn of_line(call: &Call<'_>, line: &OrderLine) -> ApiResult<Body> {
    let mut body = call.build()?;
    write(call, &mut body, line)?;
    if line.amount < 0 && !call.params.contains_key("discountable") {
        set(&mut body, "discountable", false);
    }
    Ok(body)
}

/// Returns the line in the params, in the currency of the first owner that has one.
fn cost(call: &Call<'_>, owners: [Option<&Body>; 3]) -> ApiResult<OrderLine> {
    let wanted = text(&call.params, "currency").map(|given| money::known_currency(given, "currency"));
    let wanted = wanted.transpose()?;
    if let Some(line) = OrderLine::of(call, &call.params, Accepts::OneTime, wanted.as_deref(), "")? {
        return Ok(line);
    }
    let currency = owners.into_iter().flatten().find_map(|owner| text(owner, "currency"));
    let currency = money::known_currency(currency.unwrap_or(money::USUAL), "currency")?;
    OrderLine::of_amount(&call.params, &currency)?
        .ok_or_else(|| ApiError::of("invoice_item_without_cost", &[]))
}

fn write(call: &Call<'_>, body: &mut Body, line: &OrderLine) -> ApiResult<()> {
    body.extend(body! {
        "amount": line.amount, "currency": line.currency, "net_amount": line.amount, "pricing": line.pricing(),
        "quantity": line.quantity, "quantity_decimal": line.quantity.to_string(),
    });
    if text(body, "description").is_none() {
        set(body, "description", line.description(call)?);
    }
    Ok(())
}

fn check_fits(draft: &Body, item: &Body) -> ApiResult<()> {
    for (field, param) in [("customer", "invoice"), ("currency", "currency")] {
        if text(draft, field) != text(item, field) {
            return Err(ApiError::of("invoice_item_differs", &[("field", &field)]).param(param));
        }
    }
    Ok(())
}

/// `POST /v1/invoiceitems/{invoiceitem}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let before = call.named()?;
    let draft = call.session.linked(&before, "invoice", "invoice")?;
    let mut body = call.revise()?;
    if call.params.keys().any(|name| COST.contains(&name.as_str())) {
        let mut again = call.clone();
        keep_unit(&mut again.params, &before);
        write(call, &mut body, &cost(&again, [Some(&before), None, None])?)?;
    }
    order::apply_reductions(call, &mut body, &call.params, "tax_rates", "")?;
    if let Some(mut draft) = draft {
        order::remove(&mut draft, id(&body))?;
        order::add_item(call, &mut draft, &body)?;
        call.session.put(&draft)?;
    }
    call.keep(body)
}

/// Completes new costs: a new quantity keeps the unit amount, and a new unit amount keeps the quantity.
pub(super) fn keep_unit(params: &mut Body, before: &Body) {
    let says_cost = COST.iter().any(|name| *name != "quantity" && params.contains_key(*name));
    let says_quantity = ["amount", "quantity"].iter().any(|name| params.contains_key(*name));
    if let (false, Some(unit)) = (says_cost, text(before, "pricing.unit_amount_decimal")) {
        set(params, "unit_amount_decimal", unit);
    }
    if let (false, Some(quantity)) = (says_quantity, given_number(before, "quantity")) {
        set(params, "quantity", quantity);
    }
}

/// `DELETE /v1/invoiceitems/{invoiceitem}`.
fn delete(call: &Call<'_>) -> ApiResult<Json> {
    let body = call.named()?;
    if let Some(mut draft) = call.session.linked(&body, "invoice", "invoice")? {
        order::remove(&mut draft, id(&body))?;
        call.session.put(&draft)?;
    }
    generic::remove(call, &body)
}

/// Returns the subscription of an item.
pub(super) fn subscription(item: &Body) -> Option<&str> {
    text(item, "parent.subscription_details.subscription")
}

/// Adds a pending item to a draft.
pub(super) fn add_to_draft(call: &Call<'_>, draft: &mut Body, mut item: Body) -> ApiResult<()> {
    order::add_item(call, draft, &item)?;
    call.update(&mut item, body! {"invoice": id(draft)})
}

/// Returns the pending items of a customer in this currency, newest first; the credit and the charge of one
/// proration stay in their order.
pub(super) fn pending(call: &Call<'_>, customer: &str, currency: Option<&str>) -> ApiResult<Vec<Body>> {
    let mut items = call.session.having("invoiceitem", "customer", customer)?;
    items.retain(|item| {
        text(item, "invoice").is_none() && currency.is_none_or(|c| text(item, "currency") == Some(c))
    });
    items.reverse();
    items.sort_by_key(|item| Reverse(number(item, "date")));
    Ok(items)
}
