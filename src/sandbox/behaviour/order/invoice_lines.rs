//! The lines of an invoice: builds, adds, changes and removes them.

use crate::sandbox::behaviour::order::given::DISCOUNTS;
use crate::sandbox::behaviour::order::tax::RATES;
use crate::sandbox::behaviour::order::total::{LINES, show_lines};
use crate::sandbox::behaviour::prelude::*;

/// Adds the line of an invoice item to a draft.
pub fn add_item(call: &Call<'_>, draft: &mut Body, item: &Body) -> ApiResult<()> {
    let subscription_item = text(item, "parent.subscription_details.subscription_item");
    let mut details = body! {
        "invoice_item": id(item), "proration": flag(item, "proration"),
        "proration_details": {"credited_items": at(item, "proration_details.credited_items.invoice_line_item_details")},
        "subscription": text(item, "parent.subscription_details.subscription"),
    };
    let parent = match subscription_item {
        None => json!({
            "invoice_item_details": details, "subscription_item_details": null, "type": "invoice_item_details",
        }),
        // An invoice item from a subscription item says so in its line, whoever added it to the invoice.
        Some(own) => {
            set(&mut details, "subscription_item", own);
            json!({
                "invoice_item_details": null, "subscription_item_details": details,
                "type": "subscription_item_details",
            })
        }
    };
    push_line(draft, invoice_line(call, item, &parent))
}

/// Returns the invoice item of a line, or `None` for the line of a subscription period.
pub fn item_of_line(line: &Body) -> Option<&str> {
    let details = ["invoice_item_details", "subscription_item_details"];
    details.iter().find_map(|details| text(line, &format!("parent.{details}.invoice_item")))
}

/// Builds a line with the amount, the price and the period of an invoice item, or of a similar body.
pub fn invoice_line(call: &Call<'_>, item: &Body, parent: &Json) -> Body {
    let discounts = item.get("discounts").filter(|own| own.is_array()).cloned().unwrap_or_else(|| json!([]));
    let of = |details: &str| parent.pointer(&format!("/{details}/subscription")).filter(|id| !id.is_null());
    let subscription = of("invoice_item_details").or_else(|| of("subscription_item_details")).cloned();
    let mut line = body! {
        "id": identifier::fresh("il_"), "object": "line_item", "discount_amounts": [], "discounts": discounts,
        (DISCOUNTS): item.get(DISCOUNTS), (RATES): item.get("tax_rates"), "invoice": null,
        "livemode": call.caller.livemode, "parent": parent, "pretax_credit_amounts": [],
        "quantity_decimal": member(item, "quantity").to_string(), "subscription": subscription,
        "subtotal": member(item, "amount"), "taxes": [],
    };
    let same =
        ["amount", "currency", "description", "discountable", "metadata", "period", "pricing", "quantity"];
    copy(&mut line, item, &same);
    line
}

/// Returns the line with this id among those that an object stores; `param` is the param that named it.
pub fn line_named<'b>(owner: &'b Body, kept: &str, named: &str, param: &str) -> ApiResult<&'b Body> {
    let found = objects(owner, kept).find(|line| id(line) == named);
    found.ok_or_else(|| ApiError::unknown_reference("line_item", named, param))
}

/// Adds a line to a draft.
pub fn push_line(draft: &mut Body, mut line: Body) -> ApiResult<()> {
    set(&mut line, "invoice", id(draft));
    let mut lines = items(draft, LINES).to_vec();
    lines.push(Json::Object(line));
    show_lines(draft, &lines)
}

/// Moves the newest lines of a draft, which are those after the first `first`, in front of the older ones.
pub fn move_first(draft: &mut Body, first: usize) -> ApiResult<()> {
    let mut lines = items(draft, LINES).to_vec();
    if first < lines.len() {
        lines.rotate_left(first);
    }
    show_lines(draft, &lines)
}

/// Changes the lines of a draft and recalculates it.
pub fn change_lines(draft: &mut Body, change: impl Fn(&Body) -> Option<Body>) -> ApiResult<()> {
    let lines: Vec<Json> = objects(draft, LINES).filter_map(change).map(Json::Object).collect();
    show_lines(draft, &lines)
}

/// Removes an invoice item from a draft.
pub fn remove(draft: &mut Body, item: &str) -> ApiResult<()> {
    change_lines(draft, |line| (item_of_line(line) != Some(item)).then(|| line.clone()))
}
