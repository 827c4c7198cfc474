//! What a line of an order costs: a price or an amount, times a quantity.

use crate::sandbox::behaviour::money;
use crate::sandbox::behaviour::prelude::*;

use super::cost::of as cost;
use super::offer::{Accepts, in_currency, named};

/// A line that is worked out.
#[derive(Debug, Clone)]
pub struct Line {
    /// In the smallest unit of the currency.
    pub amount: i64,
    /// In small letters.
    pub currency: String,
    /// How many.
    pub quantity: i64,
    /// What one costs, as a decimal; none where the price has steps or the customer decides.
    pub unit: Option<String>,
    /// The price, where it is one.
    pub price: Option<Body>,
    /// What is sold, where it is known.
    pub product: Option<String>,
}

impl Line {
    /// The line of an entry that names or describes a price, in that currency where one is expected;
    /// none where it does neither.
    pub fn of(
        call: &Call<'_>,
        entry: &Body,
        accepts: Accepts,
        currency: Option<&str>,
        path: &str,
    ) -> Outcome<Option<Self>> {
        let quantity = given_number(entry, "quantity").unwrap_or(1);
        if quantity < 0 {
            return Err(Failure::too_low(0, child(path, "quantity")));
        }
        // invoices have the price of a line one step deeper
        let deeper = inner(entry, "pricing").filter(|pricing| text(pricing, "price").is_some());
        let within = deeper.map_or_else(|| path.to_owned(), |_| child(path, "pricing"));
        let Some(price) = named(call, deeper.unwrap_or(entry), accepts, &within)? else { return Ok(None) };
        let currency = currency.map_or_else(|| needed(&price, "currency"), Ok)?;
        Self::of_price(&in_currency(&price, currency, &child(&within, "price"))?, quantity).map(Some)
    }

    /// So many of a price, in the currency that it has.
    pub fn of_price(price: &Body, quantity: i64) -> Outcome<Self> {
        Ok(Self {
            amount: cost(price, quantity),
            currency: needed(price, "currency")?.to_owned(),
            quantity,
            unit: text(price, "unit_amount_decimal").map(str::to_owned),
            product: text(price, "product").map(str::to_owned),
            price: Some(price.clone()),
        })
    }

    /// An amount, or the amount of one, that an entry gives without a price; none where it gives neither.
    pub fn of_amount(entry: &Body, currency: &str) -> Option<Self> {
        let quantity = given_number(entry, "quantity").unwrap_or(1);
        let unit = text(entry, "unit_amount_decimal").map(str::to_owned);
        let unit = unit.or_else(|| given_number(entry, "unit_amount").map(|unit| unit.to_string()));
        let (amount, unit) = match (given_number(entry, "amount"), unit) {
            (Some(amount), _) => (amount, amount.to_string()),
            (None, Some(unit)) => (money::times(&unit, quantity).unwrap_or(i64::MAX), unit),
            (None, None) => return None,
        };
        let currency = currency.to_owned();
        Some(Self { amount, currency, quantity, unit: Some(unit), price: None, product: None })
    }

    /// What is sold, in words; none where nobody knows.
    pub fn description(&self, call: &Call<'_>) -> Outcome<Option<String>> {
        let Some(product) = &self.product else { return Ok(None) };
        let product = call.session.alive("product", product)?;
        Ok(product.and_then(|product| text(&product, "name").map(str::to_owned)))
    }

    /// The `pricing` of an invoice item or of an invoice's line.
    pub fn pricing(&self) -> Json {
        let details = self
            .product
            .as_ref()
            .map(|product| json!({"price": self.price.as_ref().map(id), "product": product}));
        let unit = self.unit.as_deref().unwrap_or("0");
        json!({"price_details": details, "type": "price_details", "unit_amount_decimal": unit})
    }
}

/// The sum of a member over objects.
pub fn sum(items: &[Json], name: &str) -> i64 {
    items.iter().filter_map(Json::as_object).map(|item| number(item, name)).sum()
}

/// Adds amounts, of taxes or of discounts, to those of the same source; `of` is the member that names it.
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
