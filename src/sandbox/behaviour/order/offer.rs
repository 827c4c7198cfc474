//! What is offered: prices and products, named by their ids or described on the spot.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::money;
use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{Body, flag, id, inner, items, number, set, set_inner, text};

/// Which prices an entry of an order may name.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox::behaviour) enum Accepts {
    /// Any price that is active.
    Any,
    /// An active price that is charged once.
    OneTime,
    /// An active price that is charged again and again; `plan` names one too.
    Recurring,
    /// The same, archived or not.
    RecurringOfAnyAge,
}

impl Accepts {
    fn is_recurring(self) -> bool {
        matches!(self, Self::Recurring | Self::RecurringOfAnyAge)
    }

    fn check(self, price: &Body) -> Result<(), String> {
        let recurring = text(price, "type") == Some("recurring");
        let (is, takes) = match self {
            Self::OneTime if recurring => ("recurring", "one_time"),
            Self::Recurring | Self::RecurringOfAnyAge if !recurring => ("one_time", "recurring"),
            Self::RecurringOfAnyAge => return Ok(()),
            _ if flag(price, "active") => return Ok(()),
            _ => {
                return Err(format!(
                    "The price specified is inactive. This field only accepts active prices. Price: {}",
                    id(price)
                ));
            }
        };
        Err(format!(
            "The price specified is set to `type={is}` but this field only accepts prices with `type={takes}`."
        ))
    }
}

/// The name of a param inside another one.
pub(super) fn at(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}[{name}]") }
}

/// The price that an entry names, or describes under `price_data`; none where it does neither.
pub(in crate::sandbox::behaviour) fn named(
    call: &Call<'_>,
    entry: &Body,
    accepts: Accepts,
    path: &str,
) -> Outcome<Option<Body>> {
    let names = if accepts.is_recurring() { &["price", "plan"][..] } else { &["price"] };
    let given = names.iter().find_map(|name| Some((*name, text(entry, name)?)));
    let (Some((name, given)), None) = (given, inner(entry, "price_data")) else {
        let data = inner(entry, "price_data");
        return data.map(|data| described(call, data, &at(path, "price_data"))).transpose();
    };
    let param = at(path, name);
    let price = call.session.referred("price", given, &param)?;
    accepts.check(&price).map_err(|message| Failure::state(message).param(param))?;
    Ok(Some(price))
}

/// A price that `price_data` describes: kept, but never offered to others.
fn described(call: &Call<'_>, data: &Body, path: &str) -> Outcome<Body> {
    let mut data = data.clone();
    let product = data.shift_remove("product_data");
    match (text(&data, "product"), product) {
        (Some(known), _) => drop(call.session.referred("product", known, &at(path, "product"))?),
        (None, Some(Json::Object(given))) => {
            let made = product_described(call, given, false)?;
            set(&mut data, "product", id(&made));
        }
        _ => return Err(missing(&at(path, "product"))),
    }
    let mut made = price(&call.about("price", data)?, path)?;
    set(&mut made, "active", false);
    call.session.put(&made)?;
    Ok(made)
}

/// A product that `product_data` describes, kept.
pub(in crate::sandbox::behaviour) fn product_described(
    call: &Call<'_>,
    data: Body,
    active: bool,
) -> Outcome<Body> {
    let mut made = product(&call.about("product", data)?)?;
    if !active {
        set(&mut made, "active", false);
    }
    call.session.put(&made)?;
    Ok(made)
}

/// A product made of params, not yet kept.
pub(in crate::sandbox::behaviour) fn product(call: &Call<'_>) -> Outcome<Body> {
    let mut body = call.build()?;
    if let Some(own) = text(&call.params, "id") {
        if call.session.alive("product", own)?.is_some() {
            return Err(Failure::state("Product already exists.")
                .code("resource_already_exists")
                .param("id"));
        }
        set(&mut body, "id", own);
    }
    if !call.params.contains_key("active") {
        set(&mut body, "active", true);
    }
    if !call.params.contains_key("type") {
        set(&mut body, "type", "service");
    }
    Ok(body)
}

/// A price made of params and kept; `within` is the param that holds them.
pub(in crate::sandbox::behaviour) fn price(call: &Call<'_>, within: &str) -> Outcome<Body> {
    let mut body = call.build()?;
    let currency = money::currency(&call.params)?;
    set(&mut body, "currency", currency.as_str());
    if !call.params.contains_key("active") {
        set(&mut body, "active", true);
    }
    set(&mut body, "billing_scheme", text(&call.params, "billing_scheme").unwrap_or("per_unit"));
    set(&mut body, "tax_behavior", text(&call.params, "tax_behavior").unwrap_or("unspecified"));
    recurring(&mut body)?;
    amounts(call, &mut body, within)?;
    currency_options(&mut body, &currency);
    take_lookup_key(call, &body)?;
    call.session.put(&body)?;
    Ok(body)
}

fn recurring(body: &mut Body) -> Outcome<()> {
    let Some(given) = inner(body, "recurring") else {
        set(body, "type", "one_time");
        return Ok(());
    };
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
    let usage = text(given, "usage_type").unwrap_or("licensed").to_owned();
    set_inner(body, "recurring", "interval_count", count);
    set_inner(body, "recurring", "usage_type", usage);
    set(body, "type", "recurring");
    Ok(())
}

/// Exactly one way of saying the amount, whole and decimal amount in step.
fn amounts(call: &Call<'_>, body: &mut Body, within: &str) -> Outcome<()> {
    let path = |name: &str| if within.is_empty() { name.to_owned() } else { format!("{within}[{name}]") };
    let tiered = text(body, "billing_scheme") == Some("tiered");
    if tiered {
        return tiers(call, body);
    }
    if let Some(custom) = inner(&call.params, "custom_unit_amount").filter(|custom| flag(custom, "enabled")) {
        let limits = ["maximum", "minimum", "preset"]
            .map(|name| (name.to_owned(), custom.get(name).cloned().unwrap_or_default()));
        set(body, "custom_unit_amount", Body::from_iter(limits));
        return Ok(());
    }
    set(body, "custom_unit_amount", Json::Null);
    match (call.params.contains_key("unit_amount"), call.params.contains_key("unit_amount_decimal")) {
        (true, true) => Err(Failure::exclusive(&path("unit_amount"), &path("unit_amount_decimal"))),
        (false, false) => Err(missing(&path("unit_amount"))),
        _ => money::in_step(body, "unit_amount", "unit_amount_decimal", within),
    }
}

fn tiers(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    if text(body, "tiers_mode").is_none() {
        return Err(missing("tiers_mode"));
    }
    let mut tiers: Vec<Body> =
        items(body, "tiers").iter().filter_map(|tier| tier.as_object().cloned()).collect();
    let Some(last) = tiers.len().checked_sub(1) else { return Err(missing("tiers")) };
    for (at, tier) in tiers.iter_mut().enumerate() {
        // A field that holds a number has no place for what the param says.
        let given = items(&call.params, "tiers").get(at).and_then(|tier| tier.get("up_to"));
        let endless = given.is_some_and(|up_to| up_to == "inf");
        if endless != (at == last) {
            let message = "The last price tier, and only it, must have an `up_to` of `inf`.";
            return Err(Failure::invalid(message).param("tiers"));
        }
        if endless {
            set(tier, "up_to", Json::Null);
        }
        let within = format!("tiers[{at}]");
        money::in_step(tier, "unit_amount", "unit_amount_decimal", &within)?;
        money::in_step(tier, "flat_amount", "flat_amount_decimal", &within)?;
    }
    set(body, "tiers", tiers.into_iter().map(Json::Object).collect::<Vec<_>>());
    Ok(())
}

/// The main currency is one of the options.
pub(in crate::sandbox::behaviour) fn currency_options(body: &mut Body, currency: &str) {
    let member = |name: &str| body.get(name).cloned().unwrap_or(Json::Null);
    let own = json!({
        "custom_unit_amount": member("custom_unit_amount"), "tax_behavior": member("tax_behavior"),
        "unit_amount": member("unit_amount"), "unit_amount_decimal": member("unit_amount_decimal"),
    });
    let mut options = Body::new();
    set(&mut options, currency, own);
    for (name, option) in inner(body, "currency_options").into_iter().flatten() {
        let mut option = option.as_object().cloned().unwrap_or_default();
        let known = ["custom_unit_amount", "tax_behavior", "unit_amount", "unit_amount_decimal"];
        for name in known {
            option.entry(name).or_insert(Json::Null);
        }
        if text(&option, "tax_behavior").is_none() {
            set(&mut option, "tax_behavior", "unspecified");
        }
        // an amount that is not a number was refused when the params were checked
        let _ = money::in_step(&mut option, "unit_amount", "unit_amount_decimal", "");
        set(&mut options, name, option);
    }
    set(body, "currency_options", options);
}

/// A lookup key belongs to one active price; with `transfer_lookup_key` it moves.
pub(in crate::sandbox::behaviour) fn take_lookup_key(call: &Call<'_>, body: &Body) -> Outcome<()> {
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
