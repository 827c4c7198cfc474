//! The amount of a price for a quantity: per unit, per package or in tiers.

use crate::sandbox::behaviour::money::Decimal;
use crate::sandbox::behaviour::period::Cycle;
use crate::sandbox::behaviour::prelude::*;

/// A view of a price in one of its currencies, with fields of the same names. `currency` is the one in which
/// it is charged, and `amounts` are its amounts in that currency.
#[derive(Debug, Clone, Deserialize)]
pub struct Price<'b> {
    pub id: &'b str,
    pub currency: &'b str,
    pub product: &'b str,
    pub active: bool,
    #[serde(borrow)]
    pub recurring: Option<Cycle<'b>>,
    #[serde(skip)]
    pub amounts: Amounts,
    billing_scheme: &'b str,
    tiers_mode: Option<&'b str>,
    transform_quantity: Option<Bundle>,
}

/// The amounts of a price in one currency. There is no unit amount with tiers, or if the customer decides.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Amounts {
    pub unit_amount: Option<i64>,
    pub unit_amount_decimal: Option<Decimal>,
    tiers: Option<Vec<Tier>>,
}

/// One tier; the last tier has no upper bound.
#[derive(Debug, Clone, Deserialize)]
struct Tier {
    up_to: Option<i64>,
    unit_amount_decimal: Option<Decimal>,
    flat_amount_decimal: Option<Decimal>,
}

/// A package of units.
#[derive(Debug, Clone, Deserialize)]
struct Bundle {
    divide_by: i64,
    round: String,
}

impl<'b> Price<'b> {
    /// A price in its own currency.
    pub fn of(body: &'b Body) -> ApiResult<Self> {
        Ok(Self { amounts: typed(body)?, ..typed(body)? })
    }

    /// Returns a price in this currency: its own, or one of its `currency_options`; `param` is the param that
    /// named the price.
    pub fn in_currency(body: &'b Body, currency: &'b str, param: &str) -> ApiResult<Self> {
        let price = Self::of(body)?;
        if price.currency == currency {
            return Ok(price);
        }
        let Some(option) = inner(body, "currency_options").and_then(|options| inner(options, currency))
        else {
            let values: Values<'_> = &[("own", &price.currency), ("wanted", &currency)];
            return Err(ApiError::of("price_currency", values).param(param));
        };
        Ok(Self { currency, amounts: typed(option)?, ..price })
    }

    /// Returns the cost of a quantity in the smallest unit of the currency, rounded half up.
    pub fn cost(&self, quantity: i64) -> ApiResult<i64> {
        let quantity = self.transform_quantity.as_ref().map_or(quantity, |bundle| bundle.count(quantity));
        if self.billing_scheme != "tiered" {
            return Ok(cost(self.amounts.unit_amount_decimal.as_ref(), quantity));
        }
        let lacks = || ApiError::internal(format!("The price {} is kept without its tiers.", self.id));
        let tiers = self.amounts.tiers.as_ref().ok_or_else(lacks)?;
        let volume =
            tiers.iter().find(|tier| quantity <= tier.top()).filter(|_| self.tiers_mode == Some("volume"));
        Ok(volume.map_or_else(|| graduated(tiers, quantity), |tier| tier.cost(quantity)))
    }
}

/// Returns an amount times a count, or zero if there is no amount.
fn cost(amount: Option<&Decimal>, count: i64) -> i64 {
    amount.map_or(0, |amount| amount.times(count))
}

impl Bundle {
    fn count(&self, quantity: i64) -> i64 {
        let (size, up) = (self.divide_by.max(1), self.round == "up");
        quantity / size + i64::from(up && quantity % size != 0)
    }
}

impl Tier {
    fn top(&self) -> i64 {
        self.up_to.unwrap_or(i64::MAX)
    }

    fn cost(&self, count: i64) -> i64 {
        cost(self.unit_amount_decimal.as_ref(), count)
            .saturating_add(cost(self.flat_amount_decimal.as_ref(), 1))
    }
}

/// Calculates graduated tiers: each is charged for the units that fall into it.
fn graduated(tiers: &[Tier], quantity: i64) -> i64 {
    let (mut below, mut total) = (0, 0_i64);
    for tier in tiers {
        let within = quantity.min(tier.top()) - below;
        if within <= 0 && below > 0 {
            break;
        }
        total = total.saturating_add(tier.cost(within.max(0)));
        below = tier.top();
    }
    total
}

#[cfg(test)]
mod tests;
