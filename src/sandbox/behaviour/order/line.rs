//! The amount of a line: a price or an amount, times a quantity.

use crate::sandbox::behaviour::money::Decimal;
use crate::sandbox::behaviour::order::offer::{Accepts, named_price};
use crate::sandbox::behaviour::order::price::Price;
use crate::sandbox::behaviour::prelude::*;

/// A line with its amount.
#[derive(Debug, Clone)]
pub struct OrderLine {
    /// In the smallest unit of the currency.
    pub amount: i64,
    /// The currency, in lower case.
    pub currency: String,
    /// The quantity.
    pub quantity: i64,
    /// The unit amount; `None` with tiers, or if the customer decides.
    pub unit: Option<Decimal>,
    /// The ids of the price and the product, if the line has a price.
    pub sold: Option<(String, String)>,
}

impl OrderLine {
    /// Returns the line for an entry with a price, in the given currency if there is one, or `None` if the
    /// entry has no price.
    pub fn of(
        call: &Call<'_>,
        entry: &Body,
        accepts: Accepts,
        currency: Option<&str>,
        path: &str,
    ) -> ApiResult<Option<Self>> {
        let quantity = quantity(entry);
        if quantity < 0 {
            return Err(ApiError::of("too_low", &[("least", &0)]).param(child(path, "quantity")));
        }
        // In invoice lines, the price is inside `pricing`.
        let deeper = inner(entry, "pricing").filter(|pricing| text(pricing, "price").is_some());
        let (entry, path) =
            deeper.map_or((entry, path.to_owned()), |deeper| (deeper, child(path, "pricing")));
        let Some(price) = named_price(call, entry, accepts, &path)? else { return Ok(None) };
        let currency = currency.map_or_else(|| needed(&price, "currency"), Ok)?;
        let price = Price::in_currency(&price, currency, &child(&path, "price"))?;
        Self::of_price(&price, quantity).map(Some)
    }

    /// Builds a line for a quantity of a price.
    pub fn of_price(price: &Price<'_>, quantity: i64) -> ApiResult<Self> {
        Ok(Self {
            amount: price.cost(quantity)?,
            currency: price.currency.to_owned(),
            quantity,
            unit: price.amounts.unit_amount_decimal.clone(),
            sold: Some((price.id.to_owned(), price.product.to_owned())),
        })
    }

    /// Builds a line for the amount or the unit amount that an entry gives. Returns `None` if it gives
    /// neither.
    pub fn of_amount(entry: &Body, currency: &str) -> ApiResult<Option<Self>> {
        let quantity = quantity(entry);
        let given: ExplicitAmounts = typed(entry)?;
        let unit = match (given.amount, given.unit_amount_decimal, given.unit_amount) {
            (None, Some(unit), _) => unit,
            (Some(amount), ..) | (None, None, Some(amount)) => Decimal::from(amount),
            (None, None, None) => return Ok(None),
        };
        let amount = given.amount.unwrap_or_else(|| unit.times(quantity));
        let currency = currency.to_owned();
        Ok(Some(Self { amount, currency, quantity, unit: Some(unit), sold: None }))
    }

    /// Returns the name of the product, if there is one.
    pub fn description(&self, call: &Call<'_>) -> ApiResult<Option<String>> {
        let Some((_, product)) = &self.sold else { return Ok(None) };
        let product = call.session.get_live("product", product)?;
        Ok(product.and_then(|product| text(&product, "name").map(str::to_owned)))
    }

    /// The `pricing` of an invoice item or of an invoice line.
    pub fn pricing(&self) -> Json {
        let details = self.sold.as_ref().map(|(price, product)| json!({"price": price, "product": product}));
        let unit = self.unit.as_ref().map_or("0", |unit| &unit.text);
        json!({"price_details": details, "type": "price_details", "unit_amount_decimal": unit})
    }
}

/// The amounts that an entry without a price may give.
#[derive(Deserialize)]
struct ExplicitAmounts {
    amount: Option<i64>,
    unit_amount: Option<i64>,
    unit_amount_decimal: Option<Decimal>,
}

/// Returns the quantity of an entry, which is one by default.
pub fn quantity(entry: &Body) -> i64 {
    given_number(entry, "quantity").unwrap_or(1)
}

/// Returns the sum of a member over objects.
pub fn sum(items: &[Json], name: &str) -> i64 {
    items.iter().filter_map(Json::as_object).map(|item| number(item, name)).sum()
}

/// Adds the amounts of taxes or discounts to the totals with the same source; `of` is the field that names
/// the source.
pub fn add(totals: &mut Vec<Json>, amounts: &[Json], of: &str) {
    for amount in amounts.iter().filter_map(Json::as_object) {
        let same = |total: &&mut Json| total.get(of) == amount.get(of);
        let Some(total) = totals.iter_mut().find(same).and_then(Json::as_object_mut) else {
            totals.push(Json::Object(amount.clone()));
            continue;
        };
        for name in ["amount", "taxable_amount"].iter().filter(|name| amount.contains_key(**name)) {
            let both = number(total, name) + number(amount, name);
            set(total, name, both);
        }
    }
}
