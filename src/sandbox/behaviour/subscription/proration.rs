//! Prorations: credits and charges for the rest of a period when an item changes.

use crate::sandbox::behaviour::order::{self, DISCOUNTS, LINES, OrderLine, Priced};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::item::{self, Item};
use crate::sandbox::behaviour::{discount, invoice_item};

/// The side of a change that a proration is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProrationKind {
    /// A credit: the time was paid for but is not used.
    Unused,
    /// A charge: the time is used but was not paid for.
    Remaining,
}

/// Returns the `proration_behavior` of the call.
pub(super) fn behaviour<'a>(call: &'a Call<'_>) -> &'a str {
    text(&call.params, "proration_behavior").unwrap_or("create_prorations")
}

/// Stores the discounts with which an item is charged now.
pub(super) fn keep_discounts(call: &Call<'_>, owner: &Body, item: &mut Body) -> ApiResult<()> {
    let ids = [items(item, "discounts"), items(owner, "discounts")].concat();
    let active = discount::active(call, &ids, call.now)?;
    order::keep_discounts(item, &active);
    Ok(())
}

/// Credits the unused time of the current periods.
pub(super) fn credit_unused(call: &Call<'_>, owner: &Body, own: &[Body]) -> ApiResult<()> {
    own.iter()
        .try_for_each(|item| create_proration(call, owner, item, call.now, ProrationKind::Unused).map(drop))
}

/// Creates an invoice item for the rest of an item's period; a metered item gets none. Returns whether there
/// is one.
pub(super) fn create_proration(
    call: &Call<'_>,
    owner: &Body,
    item: &Body,
    at: i64,
    rest: ProrationKind,
) -> ApiResult<bool> {
    let item = Item::of(item, owner)?;
    let (start, end) = item.period;
    create_proration_for(call, owner, &item, (at.max(start), end), rest)
}

/// Like [`create_proration`], but for any part of the item's cycle.
pub(super) fn create_proration_for(
    call: &Call<'_>,
    owner: &Body,
    item: &Item<'_>,
    (from, until): (i64, i64),
    rest: ProrationKind,
) -> ApiResult<bool> {
    let Some(quantity) = item.quantity.filter(|_| from < until) else { return Ok(false) };
    let mut line = OrderLine::of_price(&item.price, quantity)?;
    let left = item.part(amount_after_discounts(owner, item, line.amount)?, until - from);
    line.amount = if rest == ProrationKind::Unused { -left } else { left };
    let sold = line.description(call)?;
    let sold = sold.as_deref().unwrap_or("the subscription");
    let params = body! {
        "customer": member(owner, "customer"), "period": {"end": until, "start": from}, "discountable": false,
        "description": format!("{rest:?} time on {quantity} × {sold}"),
    };
    let mut made = invoice_item::of_line(&call.about("invoiceitem", params)?, &line)?;
    let details = json!({"subscription": id(owner), "subscription_item": id(item.body)});
    made.extend(body! {
        "proration": true, "parent": {"subscription_details": details, "type": "subscription_details"},
    });
    copy_given(&mut made, item.body, &["tax_rates"]);
    if rest == ProrationKind::Unused {
        let credited = credited_items(call, owner, item, (from, until))?;
        made.extend(body! {"proration_details": {"credited_items": credited}});
    }
    call.session.put(&made)?;
    Ok(true)
}

/// Returns what a credit refers to: the pending charge for the item, or else the lines of the last invoice
/// that charged the item for a part of that time. Null if there are none.
fn credited_items(
    call: &Call<'_>,
    owner: &Body,
    item: &Item<'_>,
    (from, until): (i64, i64),
) -> ApiResult<Json> {
    let is_debit = |of: &Body, details: &str| {
        text(of, &format!("parent.{details}.subscription_item")) == Some(id(item.body))
            && number(of, "amount") > 0
            && given_number(of, "period.start").is_some_and(|start| start < until)
            && given_number(of, "period.end").is_some_and(|end| end > from)
    };
    let customer = needed(owner, "customer")?;
    let mut waiting = invoice_item::pending(call, customer, None)?.into_iter();
    if let Some(debit) = waiting.find(|waiting| is_debit(waiting, "subscription_details")) {
        return Ok(
            json!({"invoice_item": id(&debit), "invoice_line_item_details": null, "type": "invoice_item"}),
        );
    }
    for invoice in call.session.having("invoice", "customer", customer)? {
        let lines = objects(&invoice, LINES).filter(|line| is_debit(line, "subscription_item_details"));
        let lines: Vec<&str> = lines.map(id).collect();
        if !lines.is_empty() && status(&invoice) != "void" {
            let details = json!({"invoice": id(&invoice), "invoice_line_items": lines});
            return Ok(json!({
                "invoice_item": null, "invoice_line_item_details": details, "type": "invoice_line_items",
            }));
        }
    }
    Ok(Json::Null)
}

/// Returns an amount minus the discounts with which the item was charged. The discounts of the subscription
/// are shared with its other items.
fn amount_after_discounts(owner: &Body, item: &Item<'_>, amount: i64) -> ApiResult<i64> {
    let is_own = |discount: &&Body| items(item.body, "discounts").iter().any(|own| own == id(discount));
    let (own, shared): (Vec<&Body>, Vec<&Body>) = objects(item.body, DISCOUNTS).partition(is_own);
    let mut priced = vec![priced(item, amount, own)];
    for other in item::shown(owner).filter(|other| id(other) != id(item.body)) {
        let other = Item::of(other, owner)?;
        if let Some(quantity) = other.quantity {
            priced.push(self::priced(&other, other.price.cost(quantity)?, Vec::new()));
        }
    }
    let (lines, _) = order::reduce(&priced, shared, needed(owner, "currency")?)?;
    Ok(lines.first().map_or(amount, |own| own.left))
}

fn priced<'o>(item: &Item<'o>, amount: i64, discounts: Vec<&'o Body>) -> Priced<'o> {
    Priced { amount, discountable: true, product: Some(item.price.product), discounts, rates: &[] }
}
