//! Quotes: drafts with lines, opened to the customer, accepted into an invoice or canceled.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{
    given_number, id, inner, items, member, needed, number, set, set_inner, status, text,
};
use crate::sandbox::identifier;
use crate::sandbox::page;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Update};
use super::order::{self, Accepts, Line, sum, write};
use super::{invoice, subscription};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Update, update)],
    actions: &[("AcceptQuote", accept), ("FinalizeQuote", finalize)],
    ..Behaviour::of(&["quote"])
}];

const DAY: i64 = 24 * 60 * 60;
/// A quote is open this long unless told otherwise.
const USUAL: i64 = 30 * DAY;

/// `POST /v1/quotes`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.build()?;
    set(&mut body, "status", "draft");
    if text(&call.params, "collection_method").is_none() {
        set(&mut body, "collection_method", "charge_automatically");
    }
    if given_number(&call.params, "expires_at").is_none() {
        set(&mut body, "expires_at", call.now + USUAL);
    }
    set_inner(&mut body, "invoice_settings", "issuer", json!({"type": "self"}));
    write_lines(call, &mut body)?;
    call.keep(body)
}

/// The lines of the params, and everything that follows from them.
fn write_lines(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let mut shown = Vec::new();
    let mut kept = Vec::new();
    for (at, params) in items(&call.params, "line_items").iter().enumerate() {
        let params = params.as_object().cloned().unwrap_or_default();
        let param = format!("line_items[{at}][price]");
        let line = Line::of(call, &params, Accepts::Any, &format!("line_items[{at}]"))?;
        let line = line.ok_or_else(|| crate::sandbox::check::missing(&param))?;
        if let Some(currency) =
            text(body, "currency").filter(|currency| !kept.is_empty() && *currency != line.currency)
        {
            let message = format!(
                "All prices of a quote must have the same currency; {} is not {currency}.",
                line.currency
            );
            return Err(Failure::state(message).param(param));
        }
        set(body, "currency", line.currency.as_str());
        shown.push(json!({
            "id": identifier::fresh("li_"), "object": "item", "amount_discount": 0, "amount_subtotal": line.amount,
            "amount_tax": 0, "amount_total": line.amount, "currency": line.currency,
            "description": line.description(call)?, "price": line.price, "quantity": line.quantity,
        }));
        kept.push(Json::Object(params));
    }
    let total = sum(&shown, "amount_total");
    write(body, &["amount_subtotal", "amount_total"], total);
    let url = format!("/v1/quotes/{}/line_items", id(body));
    let page = page::embedded(&shown, &url);
    let none = json!({"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0});
    set(body, "total_details", none.clone());
    set(
        body,
        "computed",
        json!({
            "recurring": recurring(&shown),
            "upfront": {"amount_subtotal": total, "amount_total": total, "line_items": page, "total_details": none},
        }),
    );
    set(body, "line_items", page);
    set(body, "_line_params", kept);
    Ok(())
}

/// What is charged again and again comes to this much in each period; null where nothing is.
fn recurring(lines: &[Json]) -> Json {
    let again: Vec<Json> =
        lines.iter().filter(|line| line.pointer("/price/recurring/interval").is_some()).cloned().collect();
    let often = again.first().and_then(|line| line.pointer("/price/recurring"));
    let Some(often) = often else { return Json::Null };
    let total = sum(&again, "amount_total");
    json!({
        "amount_subtotal": total, "amount_total": total, "interval": often.get("interval"),
        "interval_count": often.get("interval_count"),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    })
}

/// `POST /v1/quotes/{quote}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    if status(&call.named()?) != "draft" && call.params.keys().any(|name| name != "metadata") {
        return Err(Failure::state("This quote is not a draft, so it can't be updated."));
    }
    let mut body = call.revise()?;
    if call.params.contains_key("line_items") {
        write_lines(call, &mut body)?;
    }
    call.keep(body)
}

/// `POST /v1/quotes/{quote}/finalize`.
fn finalize(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    if text(&body, "customer").is_none() {
        return Err(
            Failure::state("You must set a customer on a quote before you finalize it.").param("customer")
        );
    }
    if items(&body, "_line_params").is_empty() {
        return Err(Failure::state("You can't finalize a quote without line items.").param("line_items"));
    }
    let expires = given_number(&call.params, "expires_at").unwrap_or_else(|| number(&body, "expires_at"));
    if expires <= call.now {
        return Err(Failure::state("`expires_at` must be in the future.").param("expires_at"));
    }
    set(&mut body, "expires_at", expires);
    set(&mut body, "number", format!("QT-{}-0001-1", identifier::invoice_prefix()));
    set(&mut body, "status", "open");
    set_inner(&mut body, "status_transitions", "finalized_at", call.now);
    call.keep(body)
}

/// `POST /v1/quotes/{quote}/accept`: the lines become those of a draft invoice.
fn accept(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    if items(&body, "_line_params").iter().any(|params| is_recurring(call, params)) {
        let made = subscription_of(call, &body)?;
        set(&mut body, "subscription", id(&made));
        set(&mut body, "invoice", member(&made, "latest_invoice"));
    } else {
        let made = invoice_of(call, &body)?;
        call.session.put(&made)?;
        set(&mut body, "invoice", id(&made));
    }
    set(&mut body, "status", "accepted");
    set_inner(&mut body, "status_transitions", "accepted_at", call.now);
    call.keep(body)
}

/// Whether a line is charged again and again.
fn is_recurring(call: &Call<'_>, params: &Json) -> bool {
    let price = params.get("price").and_then(Json::as_str).unwrap_or_default();
    let known = call.session.alive("price", price).ok().flatten();
    let described = params.get("price_data").is_some_and(|data| data.get("recurring").is_some());
    described || known.is_some_and(|price| text(&price, "type") == Some("recurring"))
}

/// The recurring lines become a subscription, the others are on its first invoice.
fn subscription_of(call: &Call<'_>, quote: &Body) -> Outcome<Body> {
    let entry = |params: &Json| {
        let names = ["price", "price_data", "quantity"];
        names
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), params.get(name)?.clone())))
            .collect::<Body>()
    };
    let (again, once): (Vec<&Json>, Vec<&Json>) =
        items(quote, "_line_params").iter().partition(|params| is_recurring(call, params));
    let mut params = Body::new();
    set(&mut params, "customer", member(quote, "customer"));
    set(&mut params, "items", again.into_iter().map(entry).map(Json::Object).collect::<Vec<_>>());
    set(&mut params, "add_invoice_items", once.into_iter().map(entry).map(Json::Object).collect::<Vec<_>>());
    set(&mut params, "metadata", quote.get("metadata").cloned().unwrap_or_else(|| json!({})));
    let method = text(quote, "collection_method").unwrap_or("charge_automatically");
    set(&mut params, "collection_method", method);
    if method == "send_invoice" {
        let days = inner(quote, "invoice_settings").and_then(|own| given_number(own, "days_until_due"));
        set(&mut params, "days_until_due", days.unwrap_or(30));
    } else {
        set(&mut params, "payment_behavior", "default_incomplete");
    }
    let days = inner(quote, "subscription_data").and_then(|data| given_number(data, "trial_period_days"));
    if let Some(days) = days {
        set(&mut params, "trial_period_days", days);
    }
    subscription::made(&call.about("subscription", params)?)
}

fn invoice_of(call: &Call<'_>, quote: &Body) -> Outcome<Body> {
    let customer =
        call.session.referred("customer", text(quote, "customer").unwrap_or_default(), "customer")?;
    let mut params = Body::new();
    let method = text(quote, "collection_method").unwrap_or("charge_automatically");
    set(&mut params, "collection_method", method);
    if method == "send_invoice" {
        let days =
            inner(quote, "invoice_settings").and_then(|settings| given_number(settings, "days_until_due"));
        set(&mut params, "days_until_due", days.unwrap_or(30));
    }
    let about = call.about("invoice", params)?;
    let mut made = invoice::draft(&about, &customer, needed(quote, "currency")?)?;
    for params in items(quote, "_line_params") {
        let params = params.as_object().cloned().unwrap_or_default();
        let Some(line) = Line::of(call, &params, Accepts::Any, "line_items")? else { continue };
        order::add_line(&about, &mut made, &line)?;
    }
    set(&mut made, "billing_reason", "quote_accept");
    let parent =
        json!({"quote_details": {"quote": id(quote)}, "subscription_details": null, "type": "quote_details"});
    set(&mut made, "parent", parent);
    Ok(made)
}
