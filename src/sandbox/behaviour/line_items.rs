//! The line items of quotes, checkout sessions and payment links.

use crate::sandbox::behaviour::order::{self, Accepts, CHECKED, OrderTotals, Price, Priced, RATES};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{money, shipping_rate};
use crate::sandbox::embedded;

/// Stored with the owner: all of its items, of which it shows the first ones.
const ITEMS: &str = "_line_items";
/// The maximum number of items.
const MOST: usize = 100;

/// Builds the items of `line_items`, in the currency of `currency` or of the first price. An entry with an id
/// is an existing item of `owner`.
pub(super) fn from_params(call: &Call<'_>, owner: Option<&Body>) -> ApiResult<Vec<Body>> {
    let mut currency = text(&call.params, "currency").map(str::to_ascii_lowercase);
    let mut basket = Vec::new();
    for (path, entry) in entries(&call.params, "line_items", "") {
        let known = text(entry, "id").zip(owner).map(|(named, owner)| known(owner, named, &path));
        let made = item(call, entry, known.transpose()?, &mut currency, &path)?;
        basket.push(made);
    }
    if basket.len() > MOST {
        return Err(ApiError::of("too_many_line_items", &[("most", &MOST)]));
    }
    Ok(basket)
}

fn known<'b>(owner: &'b Body, named: &str, path: &str) -> ApiResult<&'b Body> {
    order::line_named(owner, ITEMS, named, &child(path, "id"))
}

fn item(
    call: &Call<'_>,
    entry: &Body,
    known: Option<&Body>,
    currency: &mut Option<String>,
    path: &str,
) -> ApiResult<Body> {
    let price = match (order::named_price(call, entry, Accepts::Any, path)?, known) {
        (Some(price), _) => price,
        (None, Some(known)) => needed_inner(known, "price")?.clone(),
        (None, None) => return Err(missing(&child(path, "price"))),
    };
    let currency = currency.get_or_insert(needed(&price, "currency")?.to_owned());
    let kept = known.filter(|_| !entry.contains_key("quantity"));
    let quantity = kept.map_or_else(|| Ok(order::quantity(entry)), |kept| needed_number(kept, "quantity"))?;
    let adjustable = inner(entry, "adjustable_quantity");
    let may_be_none = adjustable.and_then(|own| given_number(own, "minimum")).is_some_and(|least| least < 1);
    if quantity < i64::from(!may_be_none) {
        return Err(ApiError::of("too_low", &[("least", &1)]).param(child(path, "quantity")));
    }
    let sold = call.session.linked(&price, "product", "product")?;
    let adjustable = adjustable.map(|own| {
        json!({"enabled": flag(own, "enabled"), "maximum": own.get("maximum"), "minimum": own.get("minimum")})
    });
    let mut made = body! {
        "id": known.map_or_else(|| identifier::fresh("li_"), |known| id(known).to_owned()), "object": "item",
        "adjustable_quantity": adjustable, "currency": currency, "description": sold.as_ref().map(|sold| sold.get("name")),
        "metadata": inner(entry, "metadata"), "price": price,
    };
    set_quantity(&mut made, quantity, &child(path, "price"))?;
    if let Some(known) = known {
        copy(&mut made, known, &[RATES]);
    }
    order::apply_tax_rates(call, &mut made, entry, "tax_rates", path)?;
    if let Some(own) = made.shift_remove("tax_rates") {
        set(&mut made, RATES, own);
    }
    Ok(made)
}

/// Refuses items without a quantity, unless they are metered.
pub(super) fn check_quantities(call: &Call<'_>, basket: &[Body]) -> ApiResult<()> {
    for ((path, entry), item) in entries(&call.params, "line_items", "").zip(basket) {
        let is_metered = text(item, "price.recurring.usage_type") == Some("metered");
        if !is_metered && !entry.contains_key("quantity") {
            return Err(ApiError::of("quantity_required", &[("path", &path)]).param(path));
        }
    }
    Ok(())
}

/// Sets the quantity of an item, and its amounts before discounts and taxes.
fn set_quantity(item: &mut Body, quantity: i64, param: &str) -> ApiResult<()> {
    let price = Price::in_currency(needed_inner(item, "price")?, needed(item, "currency")?, param)?;
    let amount = price.cost(quantity)?;
    item.extend(body! {"amount_subtotal": amount, "amount_total": amount, "quantity": quantity});
    Ok(())
}

pub(super) fn is_recurring(item: &Body) -> bool {
    text(item, "price.type") == Some("recurring")
}

pub(super) fn currency(basket: &[Body]) -> Option<&str> {
    basket.first().and_then(|item| text(item, "currency"))
}

/// Returns all items of an owner.
pub(super) fn of(owner: &Body) -> Vec<Body> {
    objects(owner, ITEMS).cloned().collect()
}

/// Converts an item to an entry for a subscription or its first invoice; its price was checked before.
pub(super) fn entry(item: &Body) -> Body {
    let rates = order::rate_ids(item, RATES);
    let mut entry = body! {"price": text(item, "price.id"), "tax_rates": rates, (CHECKED): true};
    if text(item, "price.recurring.usage_type") != Some("metered") {
        copy(&mut entry, item, &["quantity"]);
    }
    entry
}

/// Calculates the items, shows them as a page of their owner, and stores all of them; returns the totals.
pub(super) fn show(
    call: &Call<'_>,
    body: &mut Body,
    mut basket: Vec<Body>,
    discounts: &[Body],
    usual: &[Json],
) -> ApiResult<OrderTotals> {
    let totals = work_out(&mut basket, discounts, usual)?;
    let items: Vec<Json> = basket.into_iter().map(Json::Object).collect();
    embedded::show(call.entity, body, "line_items", &items);
    Ok(totals)
}

/// Writes the discounts and the taxes to each item; returns the totals. `usual` are the tax rates for items
/// that have none.
pub(super) fn work_out(basket: &mut [Body], discounts: &[Body], usual: &[Json]) -> ApiResult<OrderTotals> {
    let priced = basket.iter().map(|item| priced(item, usual)).collect::<ApiResult<Vec<_>>>()?;
    // Without items, there is no currency and the total is zero.
    let (reduced, totals) = order::reduce(&priced, discounts, currency(basket).unwrap_or(""))?;
    let shown = reduced.iter().map(|own| {
        let off = own.off.iter().map(|(discount, amount)| json!({"amount": amount, "discount": discount}));
        let taxes = own.taxes.iter().map(|tax| {
            json!({"amount": tax.amount, "rate": tax.rate, "taxability_reason": null, "taxable_amount": tax.taxable})
        });
        body! {
            "amount_discount": own.off.iter().map(|(_, amount)| amount).sum::<i64>(),
            "amount_tax": own.taxes.iter().map(|tax| tax.amount).sum::<i64>(), "amount_total": own.total(),
            "discounts": off.collect::<Vec<_>>(), "taxes": taxes.collect::<Vec<_>>(),
        }
    });
    let shown: Vec<Body> = shown.collect();
    basket.iter_mut().zip(shown).for_each(|(item, shown)| item.extend(shown));
    Ok(totals)
}

fn priced<'o>(item: &'o Body, usual: &'o [Json]) -> ApiResult<Priced<'o>> {
    Ok(Priced {
        amount: needed_number(item, "amount_subtotal")?,
        discountable: true,
        product: text(item, "price.product"),
        discounts: Vec::new(),
        rates: order::rates_of(item, usual),
    })
}

/// Returns the items with new quantities, matched by id.
pub(super) fn with_new_quantities(call: &Call<'_>, owner: &Body) -> ApiResult<Vec<Body>> {
    let mut basket = of(owner);
    for (path, entry) in entries(&call.params, "line_items", "") {
        known(owner, id(entry), &path)?;
        for item in basket.iter_mut().filter(|item| id(item) == id(entry)) {
            if let Some(quantity) = given_number(entry, "quantity") {
                set_quantity(item, quantity, &path)?;
            }
            for (name, value) in inner(entry, "adjustable_quantity").into_iter().flatten() {
                set_inner(item, "adjustable_quantity", name, value.clone());
            }
        }
    }
    Ok(basket)
}

/// Returns the shipping options in the params, and the first one as it is charged.
pub(super) fn shipping(call: &Call<'_>) -> ApiResult<(Vec<Body>, Option<Body>)> {
    let mut options = Vec::new();
    let mut first = None;
    for (path, option) in entries(&call.params, "shipping_options", "") {
        let param = child(&path, "shipping_rate");
        let rate = match (text(option, "shipping_rate"), inner(option, "shipping_rate_data")) {
            (Some(known), _) => call.session.referred("shipping_rate", known, &param)?,
            (None, Some(data)) => shipping_rate::made(&call.about("shipping_rate", data.clone())?)?,
            (None, None) => return Err(missing(&param)),
        };
        let (rate, amount) = (id(&rate), needed_number(needed_inner(&rate, "fixed_amount")?, "amount")?);
        options.push(body! {"shipping_amount": amount, "shipping_rate": rate});
        first.get_or_insert_with(|| body! {
            "amount_subtotal": amount, "amount_tax": 0, "amount_total": amount, "shipping_rate": rate, "taxes": [],
        });
    }
    Ok((options, first))
}

/// Refuses a total that cannot be charged.
pub(super) fn check_total(total: i64, currency: &str) -> ApiResult<()> {
    if total == 0 {
        return Ok(());
    }
    money::check_payable(total, currency, "line_items")
}
