//! What a line of an invoice or a quote costs: a price or an amount, times a quantity.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::money;
use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, id, inner, needed, number, set, text};
use crate::sandbox::store::Body;

use super::cost::of as cost;
use super::offer::{Accepts, at, named};

/// A line that is worked out.
#[derive(Debug, Clone)]
pub(in crate::sandbox::behaviour) struct Line {
    /// In the smallest unit of the currency.
    pub amount: i64,
    /// In small letters.
    pub currency: String,
    /// How many.
    pub quantity: i64,
    /// What one costs, as a decimal.
    pub unit: String,
    /// The price, where it is one.
    pub price: Option<Body>,
    /// What is sold, where it is known.
    pub product: Option<String>,
}

impl Line {
    /// The line of an entry that names or describes a price; none where it does neither.
    pub fn of(call: &Call<'_>, entry: &Body, accepts: Accepts, path: &str) -> Outcome<Option<Self>> {
        let quantity = given_number(entry, "quantity").unwrap_or(1);
        if quantity < 0 {
            return Err(Failure::too_low(0, "quantity"));
        }
        // invoices have the price of a line one step deeper
        let deeper = inner(entry, "pricing").filter(|pricing| text(pricing, "price").is_some());
        let within = deeper.map_or_else(|| path.to_owned(), |_| at(path, "pricing"));
        named(call, deeper.unwrap_or(entry), accepts, &within)?
            .map(|price| Self::of_price(price, quantity))
            .transpose()
    }

    /// So many of a price.
    pub fn of_price(price: Body, quantity: i64) -> Outcome<Self> {
        Ok(Self {
            amount: cost(&price, quantity),
            currency: needed(&price, "currency")?.to_owned(),
            quantity,
            unit: text(&price, "unit_amount_decimal").unwrap_or("0").to_owned(),
            product: text(&price, "product").map(str::to_owned),
            price: Some(price),
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
        Some(Self { amount, currency: currency.to_owned(), quantity, unit, price: None, product: None })
    }

    /// What is sold, in words.
    pub fn description(&self, call: &Call<'_>) -> Outcome<Json> {
        let Some(product) = &self.product else { return Ok(Json::Null) };
        let product = call.session.alive("product", product)?;
        Ok(product.and_then(|product| text(&product, "name").map(Json::from)).unwrap_or_default())
    }

    /// The `pricing` of an invoice item or of an invoice's line.
    pub fn pricing(&self) -> Json {
        let details = self
            .product
            .as_ref()
            .map(|product| json!({"price": self.price.as_ref().map(id), "product": product}));
        let kind = details.as_ref().map(|_| "price_details");
        json!({"price_details": details, "type": kind.unwrap_or("price_details"), "unit_amount_decimal": self.unit})
    }
}

/// The sum of a member over bodies.
pub(in crate::sandbox::behaviour) fn sum(items: &[Json], name: &str) -> i64 {
    items.iter().filter_map(Json::as_object).map(|item| number(item, name)).sum()
}

/// Writes an amount under each of the names.
pub(in crate::sandbox::behaviour) fn write(body: &mut Body, names: &[&str], amount: i64) {
    for name in names {
        set(body, name, amount);
    }
}
