//! What is sold, and what it comes to: prices, lines, discounts, taxes, totals. Invoices, quotes,
//! checkout sessions, payment links, credit notes and previews are orders.

mod cost;
mod discounts;
mod invoice_lines;
mod line;
mod offer;
mod tax;
mod total;

pub(super) use cost::of as cost;
pub(super) use discounts::DISCOUNTS;
pub(super) use discounts::take_off;
pub(super) use invoice_lines::{add, add_line, give_discounts, invoice_line, push, remove};
pub(super) use line::{Line, sum, write};
pub(super) use offer::{
    Accepts, currency_options, named, price, product, product_described, take_lookup_key,
};
pub(super) use tax::{RATES, rates};
pub(super) use total::{APPLIED, LINES, due, show_lines};
