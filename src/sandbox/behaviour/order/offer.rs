//! Resolves prices and products that are named by id or described inline.

use crate::sandbox::behaviour::money;
use crate::sandbox::behaviour::order::price::Price;
use crate::sandbox::behaviour::prelude::*;

/// The prices that an entry of an order may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// Any active price.
    Any,
    /// An active price that is charged once.
    OneTime,
    /// An active recurring price, which `plan` can name too.
    Recurring,
    /// Like `Recurring`, but the price may be archived.
    RecurringOfAnyAge,
}

/// Marks an entry that was accepted earlier; its price may have been archived since.
pub const CHECKED: &str = "_checked";

impl Accepts {
    fn is_recurring(self) -> bool {
        matches!(self, Self::Recurring | Self::RecurringOfAnyAge)
    }

    fn check(self, price: &Body, param: String) -> ApiResult<()> {
        let Price { id, active, recurring, .. } = Price::of(price)?;
        let wrong_type =
            |is: &str, takes: &str| ApiError::of("price_type", &[("is", &is), ("takes", &takes)]);
        let refusal = match self {
            Self::OneTime if recurring.is_some() => wrong_type("recurring", "one_time"),
            Self::Recurring | Self::RecurringOfAnyAge if recurring.is_none() => {
                wrong_type("one_time", "recurring")
            }
            Self::RecurringOfAnyAge => return Ok(()),
            _ if active => return Ok(()),
            _ => ApiError::of("price_inactive", &[("price", &id)]),
        };
        Err(refusal.param(param))
    }
}

/// Returns the price that an entry names or describes under `price_data`. Returns `None` if it does neither.
pub fn named_price(call: &Call<'_>, entry: &Body, accepts: Accepts, path: &str) -> ApiResult<Option<Body>> {
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

/// Like [`named_price`], but refuses an entry without a price.
pub fn required_price(call: &Call<'_>, entry: &Body, accepts: Accepts, path: &str) -> ApiResult<Body> {
    named_price(call, entry, accepts, path)?.ok_or_else(|| missing(&child(path, "price")))
}

/// Creates the price in `price_data`; it is inactive, so that nothing else uses it.
fn described(call: &Call<'_>, data: &Body, path: &str) -> ApiResult<Body> {
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
    call.update(&mut made, body! {"active": false})?;
    Ok(made)
}

pub fn product_described(call: &Call<'_>, data: Body) -> ApiResult<Body> {
    let made = call.about("product", data)?.build()?;
    call.session.put(&made)?;
    Ok(made)
}

/// Creates a price; `within` is the param that contains its params.
pub fn price(call: &Call<'_>, within: &str) -> ApiResult<Body> {
    let mut body = call.build()?;
    let currency = money::currency(&call.params)?;
    set(&mut body, "currency", currency.as_str());
    recurring(call, &mut body, within)?;
    amounts(call, &mut body, within)?;
    let options = members_at(&body, "currency_options");
    currency_options(&mut body, &options)?;
    take_lookup_key(call, &body)?;
    call.session.put(&body)?;
    Ok(body)
}

fn recurring(call: &Call<'_>, body: &mut Body, within: &str) -> ApiResult<()> {
    let Some(given) = inner(body, "recurring") else { return Ok(()) };
    metered(call, given, &child(within, "recurring"))?;
    let most = match text(given, "interval") {
        Some("day") => 1095,
        Some("week") => 156,
        Some("month") => 36,
        _ => 3,
    };
    let count = number(given, "interval_count").max(1);
    if count > most {
        return Err(ApiError::of("billing_interval_too_long", &[]));
    }
    set_inner(body, "recurring", "interval_count", count);
    set(body, "type", "recurring");
    Ok(())
}

/// Refuses a metered price whose meter is not active.
fn metered(call: &Call<'_>, recurring: &Body, path: &str) -> ApiResult<()> {
    let Some(meter) = text(recurring, "meter") else { return Ok(()) };
    let param = child(path, "meter");
    let known = call.session.referred("billing.meter", meter, &param)?;
    if status(&known) == "active" {
        return Ok(());
    }
    Err(ApiError::of("meter_inactive", &[("meter", &meter)]).param(param))
}

/// Reads the amount: it must be given in exactly one way, and its integer and decimal forms must agree.
fn amounts(call: &Call<'_>, body: &mut Body, within: &str) -> ApiResult<()> {
    if text(body, "billing_scheme") == Some("tiered") {
        if text(body, "tiers_mode").is_none() {
            return Err(missing("tiers_mode"));
        }
        if inner(body, "recurring").is_none() {
            return Err(ApiError::of("tiers_without_recurring", &[]));
        }
        set(body, "tiers", tiers(&call.params)?);
        return Ok(());
    }
    let custom = inner(&call.params, "custom_unit_amount").filter(|custom| flag(custom, "enabled"));
    if let Some(custom) = custom {
        let own = child(within, "custom_unit_amount");
        let other = ["unit_amount", "unit_amount_decimal", "recurring"]
            .iter()
            .find(|name| call.params.get(**name).is_some_and(|given| !given.is_null() && *given != ""));
        if let Some(other) = other {
            return Err(exclusive(&own, &child(within, other)));
        }
        let mut limits = Body::new();
        copy(&mut limits, custom, &["maximum", "minimum", "preset"]);
        set(body, "custom_unit_amount", limits);
        return Ok(());
    }
    set(body, "custom_unit_amount", Json::Null);
    match (call.params.contains_key("unit_amount"), call.params.contains_key("unit_amount_decimal")) {
        (true, true) => Err(exclusive(&child(within, "unit_amount"), &child(within, "unit_amount_decimal"))),
        (false, false) => Err(missing(&child(within, "unit_amount"))),
        _ => money::set_both_forms(body, "unit_amount", "unit_amount_decimal", within),
    }
}

/// The amounts of a tier, at least one of which must be given.
const TIER_AMOUNTS: &[&str] = &["flat_amount", "flat_amount_decimal", "unit_amount", "unit_amount_decimal"];

/// Returns the tiers of a price; the last one has no upper bound.
fn tiers(given: &Body) -> ApiResult<Vec<Json>> {
    let steps: Vec<&Body> = objects(given, "tiers").collect();
    let Some(last) = steps.len().checked_sub(1) else { return Err(missing("tiers")) };
    let (mut below, mut made) = (0, Vec::new());
    for (at, step) in steps.into_iter().enumerate() {
        let mut shown = body! {"up_to": given_number(step, "up_to")};
        if (text(step, "up_to") == Some("inf")) != (at == last) {
            return Err(ApiError::of("tiers_without_end", &[]));
        }
        if let Some(up_to) = given_number(step, "up_to") {
            if up_to <= below {
                return Err(ApiError::of("tier_not_greater", &[]));
            }
            below = up_to;
        }
        let within = format!("tiers[{at}]");
        for (whole, decimal) in
            [("flat_amount", "flat_amount_decimal"), ("unit_amount", "unit_amount_decimal")]
        {
            copy(&mut shown, step, &[whole, decimal]);
            money::set_both_forms(&mut shown, whole, decimal, &within)?;
        }
        if TIER_AMOUNTS.iter().all(|name| shown.get(*name).is_none_or(Json::is_null)) {
            return Err(ApiError::of("tier_without_amount", &[]));
        }
        made.push(Json::Object(shown));
    }
    Ok(made)
}

/// Fields that both a price and each of its currency options have.
const AMOUNTS: &[&str] = &["custom_unit_amount", "tax_behavior", "unit_amount", "unit_amount_decimal"];

/// Completes the currency options; the main currency is one of them.
pub fn currency_options(body: &mut Body, given: &Body) -> ApiResult<()> {
    let (mut own, currency) = (Body::new(), needed(body, "currency")?);
    copy(&mut own, body, AMOUNTS);
    let mut options = Body::new();
    set(&mut options, currency, Json::Null);
    options.extend(members_at(body, "currency_options"));
    set(&mut options, currency, own);
    for (name, given) in given {
        let mut option = body! {"tax_behavior": "unspecified"};
        option.extend(given.as_object().cloned().into_iter().flatten());
        let within = format!("currency_options[{name}]");
        money::set_both_forms(&mut option, "unit_amount", "unit_amount_decimal", &within)?;
        if text(body, "billing_scheme") == Some("tiered") {
            let tiers = tiers(&option).map_err(|failure| failure.param(child(&within, "tiers")))?;
            set(&mut option, "tiers", tiers);
        }
        option.entry("custom_unit_amount").or_insert(Json::Null);
        set(&mut options, name, option);
    }
    set(body, "currency_options", options);
    Ok(())
}

/// Ensures that a lookup key belongs to only one active price; with `transfer_lookup_key`, it moves to this
/// one.
pub fn take_lookup_key(call: &Call<'_>, body: &Body) -> ApiResult<()> {
    let Some(key) = text(body, "lookup_key").filter(|_| flag(body, "active")) else { return Ok(()) };
    for mut other in call.session.having("price", "lookup_key", key)? {
        if id(&other) == id(body) || !flag(&other, "active") {
            continue;
        }
        if !flag(&call.params, "transfer_lookup_key") {
            return Err(ApiError::of("lookup_key_taken", &[("price", &id(&other))]));
        }
        call.update(&mut other, body! {"lookup_key": Json::Null})?;
    }
    Ok(())
}
