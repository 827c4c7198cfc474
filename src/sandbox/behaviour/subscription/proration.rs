//! What is credited and charged for the rest of a period when an item changes in its middle.

use crate::sandbox::behaviour::order::{self, DISCOUNTS, Line, Priced};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{discount, invoice_item, period};

use super::item;

/// What an item does to the rest of its period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// It was paid for and is not used.
    Unused,
    /// It is used and was not paid for.
    Remaining,
}

/// What `proration_behavior` says.
pub(super) fn behaviour<'a>(call: &'a Call<'_>) -> &'a str {
    text(&call.params, "proration_behavior").unwrap_or("create_prorations")
}

/// An item is charged now: it keeps the discounts with which it is.
pub(super) fn bill(call: &Call<'_>, owner: &Body, item: &mut Body) -> Outcome<()> {
    let ids = [items(item, "discounts"), items(owner, "discounts")].concat();
    let at_work = discount::at_work(call, &ids, call.now)?;
    order::keep_discounts(item, &at_work);
    Ok(())
}

/// Credits what is not used of the current periods.
pub(super) fn credit_rest(call: &Call<'_>, owner: &Body, own: &[Body]) -> Outcome<()> {
    own.iter().try_for_each(|item| wait(call, owner, item, call.now, Rest::Unused).map(drop))
}

/// An invoice item for the rest of an item's period waits; none for what is charged afterwards.
pub(super) fn wait(call: &Call<'_>, owner: &Body, item: &Body, at: i64, rest: Rest) -> Outcome<bool> {
    let ((start, _), (begin, end)) = (item::period(item)?, item::whole_period(item, owner)?);
    let at = at.max(start);
    if item::is_metered(item) || at >= end {
        return Ok(false);
    }
    let mut line = Line::of_price(&item::price(item, owner)?, needed_number(item, "quantity")?)?;
    let left = period::part(reduced(owner, item, line.amount)?, begin, end, at);
    line.amount = if rest == Rest::Unused { -left } else { left };
    let sold = line.description(call)?;
    let sold = sold.as_deref().unwrap_or("the subscription");
    let params = body! {
        "customer": member(owner, "customer"), "period": {"end": end, "start": at}, "discountable": false,
        "description": format!("{rest:?} time on {} × {sold}", line.quantity),
    };
    let mut made = invoice_item::of_line(&call.about("invoiceitem", params)?, &line)?;
    let details = json!({"subscription": id(owner), "subscription_item": id(item)});
    made.extend(body! {
        "proration": true, "parent": {"subscription_details": details, "type": "subscription_details"},
    });
    copy_given(&mut made, item, &["tax_rates"]);
    call.session.put(&made)?;
    Ok(true)
}

/// An amount of an item less the discounts with which the item is charged. Those of the subscription
/// are shared with its other items.
fn reduced(owner: &Body, item: &Body, amount: i64) -> Outcome<i64> {
    let is_own = |discount: &&Body| items(item, "discounts").iter().any(|own| own == id(discount));
    let (own, shared): (Vec<&Body>, Vec<&Body>) = objects(item, DISCOUNTS).partition(is_own);
    let mut priced = vec![priced(item, amount, own)];
    for other in item::shown(owner).filter(|other| id(other) != id(item) && !item::is_metered(other)) {
        let cost = order::cost(&item::price(other, owner)?, needed_number(other, "quantity")?);
        priced.push(self::priced(other, cost, Vec::new()));
    }
    let (lines, _) = order::reduce(&priced, shared, needed(owner, "currency")?);
    Ok(lines.first().map_or(amount, |own| own.left))
}

fn priced<'o>(item: &'o Body, amount: i64, discounts: Vec<&'o Body>) -> Priced<'o> {
    Priced { amount, discountable: true, product: text(item, "price.product"), discounts, rates: &[] }
}
