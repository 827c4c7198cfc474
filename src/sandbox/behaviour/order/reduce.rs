//! Applies discounts to the lines of an order, one after another, and taxes to the rest.

use crate::sandbox::behaviour::discount::{self, DiscountBase};
use crate::sandbox::behaviour::order::tax::{Tax, taxes};
use crate::sandbox::behaviour::prelude::*;

/// A line before discounts and taxes.
#[derive(Debug)]
pub struct Priced<'o> {
    /// In the smallest unit of the currency.
    pub amount: i64,
    /// Whether discounts reduce it.
    pub discountable: bool,
    /// The product that is sold, if it is known.
    pub product: Option<&'o str>,
    /// Discounts of this line alone, which are applied before those of the order.
    pub discounts: Vec<&'o Body>,
    /// The tax rates, as whole objects.
    pub rates: &'o [Json],
}

/// A line after discounts and taxes.
#[derive(Debug)]
pub struct Reduced<'o> {
    /// The amount that each discount takes off.
    pub off: Vec<(&'o Body, i64)>,
    /// The remaining amount.
    pub left: i64,
    /// The taxes on the remaining amount.
    pub taxes: Vec<Tax<'o>>,
}

/// The totals of an order, in the smallest unit of its currency.
#[derive(Debug, Default, Clone, Copy)]
pub struct OrderTotals {
    /// The amount before discounts and taxes.
    pub subtotal: i64,
    /// The amount that the discounts take off.
    pub discount: i64,
    /// Taxes that are added to the prices.
    pub exclusive: i64,
    /// Taxes that are included in the prices.
    pub inclusive: i64,
    /// The total.
    pub total: i64,
}

impl OrderTotals {
    /// Returns the `total_details` for these totals and the shipping.
    pub fn details(&self, shipping: i64) -> Json {
        let tax = self.exclusive + self.inclusive;
        json!({"amount_discount": self.discount, "amount_shipping": shipping, "amount_tax": tax})
    }

    fn add(&mut self, line: &Priced<'_>, reduced: &Reduced<'_>) {
        for tax in &reduced.taxes {
            *(if tax.is_inclusive() { &mut self.inclusive } else { &mut self.exclusive }) += tax.amount;
        }
        self.subtotal = self.subtotal.saturating_add(line.amount);
        self.discount += line.amount - reduced.left;
        self.total = self.total.saturating_add(reduced.total());
    }
}

impl Reduced<'_> {
    /// The total of the line.
    pub fn total(&self) -> i64 {
        let added = self.taxes.iter().filter(|tax| !tax.is_inclusive()).map(|tax| tax.amount);
        self.left.saturating_add(added.sum())
    }
}

/// Applies discounts and taxes to the lines; returns each line and the totals.
pub fn reduce<'o>(
    lines: &[Priced<'o>],
    discounts: impl IntoIterator<Item = &'o Body>,
    currency: &str,
) -> ApiResult<(Vec<Reduced<'o>>, OrderTotals)> {
    let base = |line: &Priced<'o>| (if line.discountable { line.amount } else { 0 }, line.product);
    let mut left: Vec<DiscountBase<'o>> = lines.iter().map(base).collect();
    let mut off: Vec<Vec<(&'o Body, i64)>> = vec![Vec::new(); lines.len()];
    let take = |own: &'o Body, left: &mut [DiscountBase<'o>], off: &mut [Vec<(&'o Body, i64)>]| {
        let shares = discount::shares(own, left, currency)?;
        for ((share, (amount, _)), taken) in shares.into_iter().zip(left).zip(off) {
            *amount -= share;
            taken.push((own, share));
        }
        Ok::<_, ApiError>(())
    };
    for ((line, left), off) in lines.iter().zip(&mut left).zip(&mut off) {
        for own in &line.discounts {
            take(own, std::slice::from_mut(left), std::slice::from_mut(off))?;
        }
    }
    discounts.into_iter().try_for_each(|own| take(own, &mut left, &mut off))?;
    let mut totals = OrderTotals::default();
    let reduced = lines.iter().zip(off).map(|(line, mut off)| {
        off.retain(|_| line.discountable);
        let left = line.amount - off.iter().map(|(_, amount)| amount).sum::<i64>();
        let reduced = Reduced { off, left, taxes: taxes(line.rates, left)? };
        totals.add(line, &reduced);
        Ok(reduced)
    });
    Ok((reduced.collect::<ApiResult<_>>()?, totals))
}
