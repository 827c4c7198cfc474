//! The phases of a schedule: their times, and what they set on the subscription.

use crate::sandbox::behaviour::order::{self, Accepts, CHECKED, Price};
use crate::sandbox::behaviour::period::Cycle;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription;

/// The maximum number of phases of a schedule.
const MOST: usize = 10;

/// Returns the phases in the params, one after another from `start`.
pub(super) fn from_params(call: &Call<'_>, start: i64) -> ApiResult<Vec<Json>> {
    let mut at = start;
    let mut phases = Vec::new();
    for (path, params) in entries(&call.params, "phases", "") {
        let phase = one(call, params, at, &path)?;
        at = needed_number(&phase, "end_date")?;
        phases.push(Json::Object(phase));
    }
    match phases.len() {
        0 => Err(missing("phases")),
        1..=MOST => Ok(phases),
        _ => Err(ApiError::of("too_many_phases", &[("most", &MOST)])),
    }
}

/// Params of a phase that set fields of the same name.
const SAME: &[&str] = &[
    "application_fee_percent",
    "automatic_tax",
    "billing_cycle_anchor",
    "billing_thresholds",
    "collection_method",
    "default_payment_method",
    "description",
    "discounts",
    "invoice_settings",
    "metadata",
    "on_behalf_of",
    "proration_behavior",
    "transfer_data",
];

/// Fields of a phase, or else of its schedule, that set params of the subscription with the same name.
const OF_SUBSCRIPTION: &[&str] = &[
    "application_fee_percent",
    "automatic_tax",
    "billing_thresholds",
    "collection_method",
    "default_payment_method",
    "description",
    "metadata",
    "on_behalf_of",
    "transfer_data",
    "trial_end",
];

/// Returns a time in params, which may be `now`.
pub(super) fn time(call: &Call<'_>, params: &Body, name: &str) -> Option<i64> {
    given_number(params, name).or_else(|| (text(params, name)? == "now").then_some(call.now))
}

fn one(call: &Call<'_>, params: &Body, start: i64, path: &str) -> ApiResult<Body> {
    let mut own = Vec::new();
    let mut currency = text(params, "currency").map(str::to_ascii_lowercase);
    let mut usual_end = None;
    for (path, item) in entries(params, "items", path) {
        let price = order::required_price(call, item, Accepts::RecurringOfAnyAge, &path)?;
        let currency = currency.get_or_insert(needed(&price, "currency")?.to_owned());
        let Price { recurring, .. } = Price::in_currency(&price, currency, &child(&path, "price"))?;
        usual_end = recurring.map(|cycle| cycle.after(start));
        let mut shown = body! {
            "discounts": items(item, "discounts"), "metadata": inner(item, "metadata"), "plan": id(&price),
            "price": id(&price),
        };
        copy_given(&mut shown, item, &["billing_thresholds", "quantity"]);
        // A metered item has no quantity.
        if text(&price, "recurring.usage_type") != Some("metered") {
            set(&mut shown, "quantity", order::quantity(item));
        }
        order::apply_tax_rates(call, &mut shown, item, "tax_rates", &path)?;
        own.push(shown);
    }
    let duration: Option<Cycle<'_>> = inner(params, "duration").map(typed).transpose()?;
    let end = time(call, params, "end_date").or_else(|| duration.map(|duration| duration.after(start)));
    let end = end.or(usual_end).ok_or_else(|| missing(&child(path, "items")))?;
    if end <= start {
        return Err(ApiError::of("phase_ends_early", &[]).param(child(path, "end_date")));
    }
    let trial = if flag(params, "trial") { Json::from(end) } else { member(params, "trial_end") };
    let mut phase = body! {
        "add_invoice_items": extra_items(call, params, path)?, "currency": currency, "end_date": end, "items": own, "proration_behavior": "create_prorations",
        "start_date": start, "trial_end": trial,
    };
    let given = SAME.iter().filter_map(|name| Some(((*name).to_owned(), params.get(*name)?.clone())));
    phase.extend(given.filter(|(_, value)| *value != ""));
    order::apply_tax_rates(call, &mut phase, params, "default_tax_rates", path)?;
    Ok(phase)
}

/// Returns the extra items on the first invoice of a phase.
fn extra_items(call: &Call<'_>, params: &Body, path: &str) -> ApiResult<Vec<Body>> {
    let shown = entries(params, "add_invoice_items", path).map(|(path, item)| {
        let price = order::required_price(call, item, Accepts::OneTime, &path)?;
        let mut shown = body! {
            "discounts": items(item, "discounts"), "price": id(&price), "quantity": order::quantity(item),
            "period": {"end": {"type": "min_item_period_end"}, "start": {"type": "max_item_period_start"}},
        };
        copy_given(&mut shown, item, &["discountable", "metadata", "period"]);
        order::apply_tax_rates(call, &mut shown, item, "tax_rates", &path)?;
        Ok(shown)
    });
    shown.collect()
}

/// The start and the end of a phase.
pub(super) fn dates(phase: &Body) -> Json {
    json!({"end_date": phase.get("end_date"), "start_date": phase.get("start_date")})
}

/// Returns the current state of a subscription as a phase.
pub(super) fn current(owner: &Body) -> Body {
    let own = || subscription::shown(owner);
    let bound = |name: &'static str| own().filter_map(move |item| given_number(item, name));
    let item = |item: &Body| {
        let price = text(item, "price.id");
        json!({
            "metadata": item.get("metadata"), "plan": price, "price": price, "quantity": item.get("quantity"),
            "tax_rates": item.get("tax_rates"),
        })
    };
    body! {
        "collection_method": owner.get("collection_method"), "currency": owner.get("currency"),
        "default_tax_rates": owner.get("default_tax_rates"), "end_date": bound("current_period_end").max(),
        "items": own().map(item).collect::<Vec<_>>(), "proration_behavior": "create_prorations",
        "start_date": bound("current_period_start").min(),
        "trial_end": owner.get("trial_end"),
    }
}

/// Returns the params with which a phase creates or updates its subscription; the schedule has the defaults.
fn params(call: &Call<'_>, schedule: &Body, phase: &Body) -> Body {
    let mut said = members_at(schedule, "default_settings");
    said.extend(phase.clone().into_iter().filter(|(_, value)| !value.is_null()));
    let mut params = body! {"default_tax_rates": order::rate_ids(phase, "default_tax_rates")};
    copy_given(&mut params, &said, OF_SUBSCRIPTION);
    // A preview does not collect money.
    copy_given(&mut params, &call.params, &["payment_behavior"]);
    let days = given_number(phase, "invoice_settings.days_until_due");
    let days = days.or_else(|| given_number(schedule, "default_settings.invoice_settings.days_until_due"));
    if let Some(days) = days {
        set(&mut params, "days_until_due", days);
    }
    if !items(phase, "discounts").is_empty() {
        copy(&mut params, phase, &["discounts"]);
    }
    let extra = objects(phase, "add_invoice_items").map(|wanted| {
        let mut entry = entry(wanted, None);
        copy_given(&mut entry, wanted, &["discountable", "discounts", "period"]);
        entry
    });
    set(&mut params, "add_invoice_items", extra.collect::<Vec<_>>());
    params
}

/// Converts an item of a phase to an item of the subscription; its price was checked before.
fn entry(wanted: &Body, known: Option<&str>) -> Body {
    let rates = order::rate_ids(wanted, "tax_rates");
    let mut entry = body! {"price": member(wanted, "price"), "tax_rates": rates, (CHECKED): true};
    copy_given(&mut entry, wanted, &["billing_thresholds", "metadata", "quantity"]);
    entry.extend(known.map(|known| ("id".to_owned(), Json::from(known))));
    entry
}

/// Creates the subscription of a phase.
pub(super) fn begin(call: &Call<'_>, schedule: &Body, phase: &Body) -> ApiResult<Body> {
    let mut params = params(call, schedule, phase);
    let own: Vec<Body> = objects(phase, "items").map(|wanted| entry(wanted, None)).collect();
    params.extend(body! {
        "customer": member(schedule, "customer"), "currency": member(phase, "currency"), "items": own,
    });
    subscription::made(&call.about("subscription", params)?)
}

/// Updates the subscription to the phase.
pub(super) fn enter(call: &Call<'_>, schedule: &Body, owner: &Body, phase: &Body) -> ApiResult<()> {
    let mut left: Vec<&Body> = subscription::shown(owner).collect();
    let wanted = objects(phase, "items").map(|wanted| {
        let same = left.iter().position(|item| text(item, "price.id") == text(wanted, "price"));
        (same.map(|at| left.remove(at)), wanted)
    });
    let wanted: Vec<_> = wanted.collect();
    // An existing item whose price is no longer in the phase takes the next new price.
    let mut left = left.into_iter();
    let changed =
        wanted.into_iter().map(|(same, wanted)| entry(wanted, same.or_else(|| left.next()).map(id)));
    let mut shown: Vec<Body> = changed.collect();
    shown.extend(left.map(|item| body! {"id": id(item), "deleted": true}));
    let mut params = params(call, schedule, phase);
    // A trial that has ended does not restart.
    if given_number(&params, "trial_end").is_none_or(|end| end <= call.now) {
        params.shift_remove("trial_end");
    }
    params.extend(body! {"items": shown, "proration_behavior": member(phase, "proration_behavior")});
    subscription::update(&call.on("subscription", id(owner), params)?).map(drop)
}
