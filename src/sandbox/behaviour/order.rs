//! Prices, lines, discounts, taxes and totals, shared by invoices, quotes, checkout sessions, payment links, credit
//! notes and previews.

mod given;
mod invoice_lines;
mod line;
mod offer;
mod price;
mod reduce;
mod tax;
mod total;

pub(super) use given::{
    DISCOUNTS, apply_discounts, apply_reductions, apply_tax_rates, keep_discounts, rate_ids,
};
pub(super) use invoice_lines::{
    add_item, change_lines, invoice_line, item_of_line, line_named, move_first, push_line, remove,
};
pub(super) use line::{OrderLine, add, quantity, sum};
pub(super) use offer::{
    Accepts, CHECKED, currency_options, named_price, price, product_described, required_price,
    take_lookup_key,
};
pub(super) use price::Price;
pub(super) use reduce::{OrderTotals, Priced, reduce};
pub(super) use tax::{RATES, Tax, rates_of, taxes};
pub(super) use total::{APPLIED, Invoice, InvoiceLine, LINES, pretax_credits, recalculate, set_amounts_due};
