//! What is put into a basket: the line items of checkout sessions and payment links.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{flag, given_number, id, inner, items, number, set, set_inner, text};
use crate::sandbox::identifier;
use crate::sandbox::page;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, List};
use super::money;
use super::order::{self, Accepts};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour { operations: &[(List, list_of_session)], ..Behaviour::of(&["checkout.sessions.line_items"]) },
    Behaviour { operations: &[(List, list_of_link)], ..Behaviour::of(&["payment_links.line_items"]) },
];

/// Kept with what has a basket: all its items.
pub(super) const ITEMS: &str = "_items";
/// Most items of a basket.
const MOST: usize = 100;

/// The items that a `line_items` param describes.
pub(super) fn filled(call: &Call<'_>, given: &[Json]) -> Outcome<Vec<Json>> {
    if given.len() > MOST {
        return Err(Failure::invalid(format!("There can be at most {MOST} line items.")).param("line_items"));
    }
    let made: Vec<Json> = given
        .iter()
        .enumerate()
        .map(|(at, entry)| {
            let entry = entry.as_object().cloned().unwrap_or_default();
            item(call, &entry, &format!("line_items[{at}]"))
        })
        .collect::<Outcome<_>>()?;
    let currency = |item: &Json| item.get("currency").cloned();
    if made.iter().any(|item| currency(item) != made.first().and_then(currency)) {
        return Err(Failure::state("All line items must have the same currency.").param("line_items"));
    }
    Ok(made)
}

fn item(call: &Call<'_>, entry: &Body, path: &str) -> Outcome<Json> {
    let price = order::named(call, entry, Accepts::Any, path)?;
    let price = price.ok_or_else(|| missing(&format!("{path}[price]")))?;
    let quantity = given_number(entry, "quantity").unwrap_or(1);
    let least = given_number(entry, "adjustable_quantity.minimum").unwrap_or(1);
    if quantity < least.clamp(0, 1) {
        return Err(Failure::too_low(1, format!("{path}[quantity]")));
    }
    let amount = order::cost(&price, quantity);
    let sold = call.session.linked(&price, "product", "product")?.unwrap_or_default();
    let adjustable = inner(entry, "adjustable_quantity").map(|own| {
        json!({"enabled": flag(own, "enabled"), "maximum": own.get("maximum"), "minimum": own.get("minimum")})
    });
    Ok(json!({
        "id": identifier::fresh("li_"), "object": "item", "adjustable_quantity": adjustable, "amount_discount": 0,
        "amount_subtotal": amount, "amount_tax": 0, "amount_total": amount, "currency": price.get("currency"),
        "description": sold.get("name"), "discounts": [], "metadata": entry.get("metadata").cloned().unwrap_or_else(|| json!({})),
        "price": price, "quantity": quantity, "taxes": [],
    }))
}

/// Whether an item is charged again and again.
pub(super) fn is_recurring(item: &Json) -> bool {
    item.pointer("/price/type").and_then(Json::as_str) == Some("recurring")
}

/// The currency of a basket.
pub(super) fn currency(basket: &[Json]) -> Option<&str> {
    basket.first().and_then(|item| item.get("currency")?.as_str())
}

/// Shows a basket as a page of its owner, and keeps it whole.
pub(super) fn show(body: &mut Body, basket: &[Json], url: &str) {
    set(body, "line_items", page::embedded(basket, url));
    set(body, ITEMS, basket.to_vec());
}

/// Takes off a basket what the discounts take; how much that is comes back.
pub(super) fn reduce(basket: &mut [Json], discounts: &[Body]) -> i64 {
    let currency = currency(basket).unwrap_or("usd").to_owned();
    let mut left: Vec<(i64, Option<String>)> = basket
        .iter()
        .map(|item| {
            let product = item.pointer("/price/product").and_then(Json::as_str).map(str::to_owned);
            (item.get("amount_subtotal").and_then(Json::as_i64).unwrap_or(0), product)
        })
        .collect();
    let mut total = 0;
    for own in discounts {
        let shares = order::take_off(own, &mut left, &currency);
        for (((amount, _), item), share) in left.iter().zip(basket.iter_mut()).zip(shares) {
            total += share;
            if let Some(item) = item.as_object_mut() {
                let off = number(item, "amount_discount") + share;
                set(item, "amount_discount", off);
                set(item, "amount_total", *amount);
            }
        }
    }
    total
}

/// New quantities for items that are known by their ids.
pub(super) fn requantified(call: &Call<'_>, body: &Body) -> Outcome<Vec<Json>> {
    let mut basket = items(body, ITEMS).to_vec();
    for (at, entry) in items(&call.params, "line_items").iter().enumerate() {
        let named = entry.get("id").and_then(Json::as_str).unwrap_or_default();
        let known = basket.iter_mut().find(|item| item.get("id").and_then(Json::as_str) == Some(named));
        let Some(known) = known.and_then(Json::as_object_mut) else {
            return Err(Failure::unknown_reference("line_item", named, &format!("line_items[{at}][id]")));
        };
        if let Some(quantity) = entry.get("quantity").and_then(Json::as_i64) {
            let amount = inner(known, "price").map_or(0, |price| order::cost(price, quantity));
            set(known, "quantity", quantity);
            set(known, "amount_subtotal", amount);
            set(known, "amount_total", amount);
        }
        for (name, value) in entry.get("adjustable_quantity").and_then(Json::as_object).into_iter().flatten()
        {
            set_inner(known, "adjustable_quantity", name, value.clone());
        }
    }
    Ok(basket)
}

/// The shipping options of params, and the first of them as it is charged.
pub(super) fn shipping(call: &Call<'_>) -> Outcome<(Vec<Json>, Option<Json>)> {
    let mut options = Vec::new();
    for (at, option) in items(&call.params, "shipping_options").iter().enumerate() {
        let option = option.as_object().cloned().unwrap_or_default();
        let rate = match (text(&option, "shipping_rate"), inner(&option, "shipping_rate_data")) {
            (Some(known), _) => call.session.referred(
                "shipping_rate",
                known,
                &format!("shipping_options[{at}][shipping_rate]"),
            )?,
            (None, Some(data)) => {
                let made = super::shipping_rate::create(&call.about("shipping_rate", data.clone())?)?;
                made.as_object().cloned().unwrap_or_default()
            }
            (None, None) => return Err(missing(&format!("shipping_options[{at}][shipping_rate]"))),
        };
        let amount = number(&rate, "fixed_amount.amount");
        options.push(json!({"shipping_amount": amount, "shipping_rate": id(&rate)}));
    }
    let first = options.first().map(|option| {
        let amount = option.get("shipping_amount");
        json!({"amount_subtotal": amount, "amount_tax": 0, "amount_total": amount, "shipping_rate": option.get("shipping_rate"), "taxes": []})
    });
    Ok((options, first))
}

/// `GET /v1/checkout/sessions/{session}/line_items`.
fn list_of_session(call: &Call<'_>) -> Outcome<Json> {
    list(call, "checkout.session")
}

/// `GET /v1/payment_links/{payment_link}/line_items`.
fn list_of_link(call: &Call<'_>) -> Outcome<Json> {
    list(call, "payment_link")
}

fn list(call: &Call<'_>, object: &str) -> Outcome<Json> {
    let owner = call.parents.first().map(|(_, id)| id.as_str()).unwrap_or_default();
    let body = call.session.named(object, owner)?;
    page::of_items(call, items(&body, ITEMS))
}

/// What must be paid must be payable.
pub(super) fn check_total(total: i64, currency: &str) -> Outcome<()> {
    if total == 0 {
        return Ok(());
    }
    money::payable(total, currency, "line_items")
}
