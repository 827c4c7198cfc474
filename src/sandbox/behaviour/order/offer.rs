//! What is offered: prices and products, named by their ids or described on the spot.

use crate::sandbox::behaviour::money;
use crate::sandbox::behaviour::prelude::*;

/// Which prices an entry of an order may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// Any price that is active.
    Any,
    /// An active price that is charged once.
    OneTime,
    /// An active price that is charged again and again; `plan` names one too.
    Recurring,
    /// The same, archived or not.
    RecurringOfAnyAge,
}

/// Stands in an entry that was accepted before: its price may have been archived since.
pub const CHECKED: &str = "_checked";

impl Accepts {
    fn is_recurring(self) -> bool {
        matches!(self, Self::Recurring | Self::RecurringOfAnyAge)
    }

    fn check(self, price: &Body, param: String) -> Outcome<()> {
        let recurring = text(price, "type") == Some("recurring");
        let message = match self {
            Self::OneTime if recurring => wrong_type("recurring", "one_time"),
            Self::Recurring | Self::RecurringOfAnyAge if !recurring => wrong_type("one_time", "recurring"),
            Self::RecurringOfAnyAge => return Ok(()),
            _ if flag(price, "active") => return Ok(()),
            _ => format!(
                "The price specified is inactive. This field only accepts active prices. Price: {}",
                id(price)
            ),
        };
        Err(Failure::state(message).param(param))
    }
}

fn wrong_type(is: &str, takes: &str) -> String {
    format!(
        "The price specified is set to `type={is}` but this field only accepts prices with `type={takes}`."
    )
}

/// The price that an entry names, or describes under `price_data`; none where it does neither.
pub fn named(call: &Call<'_>, entry: &Body, accepts: Accepts, path: &str) -> Outcome<Option<Body>> {
    let names = if accepts.is_recurring() { &["price", "plan"][..] } else { &["price"] };
    let given = names.iter().find_map(|name| Some((*name, text(entry, name)?)));
    let (Some((name, given)), None) = (given, inner(entry, "price_data")) else {
        let data = inner(entry, "price_data");
        return data.map(|data| described(call, data, &child(path, "price_data"))).transpose();
    };
    let param = child(path, name);
    let price = call.session.referred("price", given, &param)?;
    if !flag(entry, CHECKED) {
        accepts.check(&price, param)?;
    }
    Ok(Some(price))
}

/// A price that `price_data` describes: kept, but never offered to others.
fn described(call: &Call<'_>, data: &Body, path: &str) -> Outcome<Body> {
    let mut data = data.clone();
    let product = data.shift_remove("product_data");
    match (text(&data, "product"), product) {
        (Some(known), _) => drop(call.session.referred("product", known, &child(path, "product"))?),
        (None, Some(Json::Object(mut given))) => {
            set(&mut given, "active", false);
            let made = product_described(call, given)?;
            set(&mut data, "product", id(&made));
        }
        _ => return Err(missing(&child(path, "product"))),
    }
    let mut made = price(&call.about("price", data)?, path)?;
    set(&mut made, "active", false);
    call.session.put(&made)?;
    Ok(made)
}

/// A product that `product_data` describes, kept.
pub fn product_described(call: &Call<'_>, data: Body) -> Outcome<Body> {
    let made = call.about("product", data)?.build()?;
    call.session.put(&made)?;
    Ok(made)
}

/// The price as it is in that currency: its own, or one of its `currency_options`.
pub fn in_currency(price: &Body, currency: &str, param: &str) -> Outcome<Body> {
    let own = needed(price, "currency")?;
    let mut found = price.clone();
    if own == currency {
        return Ok(found);
    }
    let Some(option) = inner(price, "currency_options").and_then(|options| inner(options, currency)) else {
        let message = format!(
            "The price specified only supports `{own}`. This doesn't match the expected currency: `{currency}`."
        );
        return Err(Failure::state(message).param(param));
    };
    found.extend(option.clone());
    set(&mut found, "currency", currency);
    Ok(found)
}

/// A price made of params and kept; `within` is the param that holds them.
pub fn price(call: &Call<'_>, within: &str) -> Outcome<Body> {
    let mut body = call.build()?;
    let currency = money::currency(&call.params)?;
    set(&mut body, "currency", currency.as_str());
    recurring(&mut body)?;
    amounts(call, &mut body, within)?;
    currency_options(&mut body)?;
    take_lookup_key(call, &body)?;
    call.session.put(&body)?;
    Ok(body)
}

fn recurring(body: &mut Body) -> Outcome<()> {
    let Some(given) = inner(body, "recurring") else { return Ok(()) };
    let most = match text(given, "interval") {
        Some("day") => 1095,
        Some("week") => 156,
        Some("month") => 36,
        _ => 3,
    };
    let count = number(given, "interval_count").max(1);
    if count > most {
        let message = "The maximum billing interval is 3 years.";
        return Err(Failure::invalid(message).param("recurring[interval_count]"));
    }
    set_inner(body, "recurring", "interval_count", count);
    set(body, "type", "recurring");
    Ok(())
}

/// Exactly one way of saying the amount, whole and decimal amount in step.
fn amounts(call: &Call<'_>, body: &mut Body, within: &str) -> Outcome<()> {
    if text(body, "billing_scheme") == Some("tiered") {
        if text(body, "tiers_mode").is_none() {
            return Err(missing("tiers_mode"));
        }
        let tiers = tiers(items(&call.params, "tiers"))?;
        set(body, "tiers", tiers);
        return Ok(());
    }
    let custom = inner(&call.params, "custom_unit_amount").filter(|custom| flag(custom, "enabled"));
    if let Some(custom) = custom {
        let mut limits = Body::new();
        copy(&mut limits, custom, &["maximum", "minimum", "preset"]);
        set(body, "custom_unit_amount", limits);
        return Ok(());
    }
    set(body, "custom_unit_amount", Json::Null);
    match (call.params.contains_key("unit_amount"), call.params.contains_key("unit_amount_decimal")) {
        (true, true) => {
            Err(Failure::exclusive(&child(within, "unit_amount"), &child(within, "unit_amount_decimal")))
        }
        (false, false) => Err(missing(&child(within, "unit_amount"))),
        _ => money::in_step(body, "unit_amount", "unit_amount_decimal", within),
    }
}

/// The steps of a price, whole and decimal amounts in step; the last one has no end.
fn tiers(given: &[Json]) -> Outcome<Vec<Json>> {
    let Some(last) = given.len().checked_sub(1) else { return Err(missing("tiers")) };
    let step = |(at, tier): (usize, &Json)| {
        let mut shown = Body::new();
        let names = ["flat_amount", "flat_amount_decimal", "unit_amount", "unit_amount_decimal", "up_to"];
        copy(&mut shown, tier.as_object().unwrap_or(&Body::new()), &names);
        let endless = tier.get("up_to").is_some_and(|up_to| up_to == "inf");
        if endless != (at == last) {
            let message = "The last price tier, and only it, must have an `up_to` of `inf`.";
            return Err(Failure::invalid(message).param("tiers"));
        }
        let before = at.checked_sub(1).and_then(|before| given.get(before)?.get("up_to")?.as_i64());
        if given_number(&shown, "up_to").is_some_and(|up_to| up_to <= before.unwrap_or(0)) {
            let message = "The `up_to` of each price tier must be greater than that of the one before.";
            return Err(Failure::invalid(message).param("tiers"));
        }
        if endless {
            set(&mut shown, "up_to", Json::Null);
        }
        let within = format!("tiers[{at}]");
        money::in_step(&mut shown, "unit_amount", "unit_amount_decimal", &within)?;
        money::in_step(&mut shown, "flat_amount", "flat_amount_decimal", &within)?;
        Ok(Json::Object(shown))
    };
    given.iter().enumerate().map(step).collect()
}

/// What each of the options holds, and the price itself.
const AMOUNTS: &[&str] = &["custom_unit_amount", "tax_behavior", "unit_amount", "unit_amount_decimal"];

/// Completes the options; the main currency is one of them.
pub fn currency_options(body: &mut Body) -> Outcome<()> {
    let mut own = Body::new();
    copy(&mut own, body, AMOUNTS);
    let mut options = Body::new();
    set(&mut options, needed(body, "currency")?, own);
    for (name, given) in inner(body, "currency_options").into_iter().flatten() {
        let mut option = body! {"tax_behavior": "unspecified"};
        option.extend(given.as_object().cloned().into_iter().flatten());
        let within = format!("currency_options[{name}]");
        money::in_step(&mut option, "unit_amount", "unit_amount_decimal", &within)?;
        if option.get("tiers").is_some_and(Json::is_array) {
            let tiers = tiers(items(&option, "tiers"))?;
            set(&mut option, "tiers", tiers);
        }
        option.entry("custom_unit_amount").or_insert(Json::Null);
        set(&mut options, name, option);
    }
    set(body, "currency_options", options);
    Ok(())
}

/// A lookup key belongs to one active price; with `transfer_lookup_key` it moves.
pub fn take_lookup_key(call: &Call<'_>, body: &Body) -> Outcome<()> {
    let Some(key) = text(body, "lookup_key").filter(|_| flag(body, "active")) else { return Ok(()) };
    for mut other in call.session.having("price", "lookup_key", key)? {
        if id(&other) == id(body) || !flag(&other, "active") {
            continue;
        }
        if !flag(&call.params, "transfer_lookup_key") {
            let message = format!("A price (`{}`) already uses that lookup key.", id(&other));
            return Err(Failure::state(message).param("lookup_key"));
        }
        set(&mut other, "lookup_key", Json::Null);
        call.session.put(&other)?;
    }
    Ok(())
}
