//! What a line of an invoice or a quote costs: a price or an amount, times a quantity.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{flag, given_number, id, inner, number, set, text};
use crate::sandbox::store::Body;

use super::money;

/// A line that is worked out.
#[derive(Debug, Clone)]
pub(super) struct Line {
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
    /// The line that params describe; `price` holds the id of a price.
    pub fn of(call: &Call<'_>, params: &Body, price: Option<&str>, param: &str) -> Outcome<Option<Self>> {
        let quantity = given_number(params, "quantity").unwrap_or(1);
        if quantity < 0 {
            return Err(Failure::invalid("This value must be greater than or equal to 0.").param("quantity"));
        }
        if let Some(price) = price {
            let price = call.session.referred("price", price, param)?;
            return Self::of_price(price, quantity, param).map(Some);
        }
        if let Some(data) = inner(params, "price_data") {
            return Self::of_data(call, data, quantity).map(Some);
        }
        Ok(None)
    }

    fn of_price(price: Body, quantity: i64, param: &str) -> Outcome<Self> {
        if !flag(&price, "active") {
            let message = format!(
                "The price specified is inactive. This field only accepts active prices. Price: {}",
                id(&price)
            );
            return Err(Failure::state(message).param(param));
        }
        let unit = text(&price, "unit_amount_decimal").unwrap_or("0").to_owned();
        Ok(Self {
            amount: money::times(&unit, quantity).unwrap_or(i64::MAX),
            currency: text(&price, "currency").unwrap_or("usd").to_owned(),
            quantity,
            unit,
            product: text(&price, "product").map(str::to_owned),
            price: Some(price),
        })
    }

    fn of_data(call: &Call<'_>, data: &Body, quantity: i64) -> Outcome<Self> {
        let mut data = data.clone();
        let product = text(&data, "product").unwrap_or_default().to_owned();
        call.session.referred("product", &product, "price_data[product]")?;
        money::in_step(&mut data, "unit_amount", "unit_amount_decimal", "price_data")?;
        let unit = text(&data, "unit_amount_decimal").unwrap_or("0").to_owned();
        let currency =
            money::known_currency(text(&data, "currency").unwrap_or_default(), "price_data[currency]")?;
        let amount = money::times(&unit, quantity).unwrap_or(i64::MAX);
        Ok(Self { amount, currency, quantity, unit, price: None, product: Some(product) })
    }

    /// Whether the price is charged again and again.
    pub fn is_recurring(&self) -> bool {
        self.price.as_ref().is_some_and(|price| text(price, "type") == Some("recurring"))
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
pub(super) fn sum(items: &[Json], name: &str) -> i64 {
    items.iter().filter_map(Json::as_object).map(|item| number(item, name)).sum()
}

/// Writes an amount under each of the names.
pub(super) fn write(body: &mut Body, names: &[&str], amount: i64) {
    for name in names {
        set(body, name, amount);
    }
}
