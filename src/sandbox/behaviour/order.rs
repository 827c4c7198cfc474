//! What is sold, and what it comes to: prices, lines, discounts, taxes, totals. Invoices, quotes,
//! checkout sessions, payment links, credit notes and previews are orders.

mod cost;
mod given;
mod invoice_lines;
mod line;
mod offer;
mod reduce;
mod tax;
mod total;

pub(super) use cost::of as cost;
pub(super) use given::{DISCOUNTS, give_discounts, give_rates, give_reductions, keep_discounts, rate_ids};
pub(super) use invoice_lines::{add_item, change_lines, invoice_line, push, remove};
pub(super) use line::{Line, add, sum};
pub(super) use offer::{
    Accepts, CHECKED, currency_options, in_currency, named, price, product_described, take_lookup_key,
};
pub(super) use reduce::{Priced, Totals, reduce};
pub(super) use tax::{RATES, Tax, rates_of, taxes};
pub(super) use total::{APPLIED, LINES, due, work_out};
