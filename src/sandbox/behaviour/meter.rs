//! Meters, which aggregate the usage events of customers.

use serde_json::Number;

use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour { operations: &[(Create, event)], ..Behaviour::of(&["billing.meter_event"]) },
    Behaviour { operations: &[(Create, adjust)], ..Behaviour::of(&["billing.meter_event_adjustment"]) },
    Behaviour { operations: &[(List, summaries)], ..Behaviour::of(&["billing.meter_event_summary"]) },
];

/// Values are counted in millionths, so that decimals are exact.
const SCALE: i128 = 1_000_000;
/// The maximum number of windows in a list.
const MOST_SUMMARIES: i64 = 2000;

/// `POST /v1/billing/meter_events`.
fn event(call: &Call<'_>) -> ApiResult<Json> {
    let name = call.required_param("event_name")?;
    let meters = call.session.having("billing.meter", "event_name", name)?;
    let meter = meters.into_iter().find(|meter| status(meter) == "active");
    let meter = meter.ok_or_else(|| ApiError::absent("billing.meter", name))?;
    let customer = of_payload(call, &meter, "customer_mapping")?;
    let value = of_payload(call, &meter, "value_settings")?;
    call.session.referred("customer", &customer, "payload[stripe_customer_id]")?;
    let scaled = scaled(&value).ok_or_else(|| ApiError::of("event_value_no_number", &[("value", &value)]))?;
    let mut body = call.build()?;
    let identifier = needed(&body, "identifier")?.to_owned();
    call.update(
        &mut body,
        body! {
            "id": identifier, "_meter": id(&meter), "_customer": customer, "_value": scaled.to_string(),
        },
    )?;
    body.shift_remove("id");
    Ok(Json::Object(body))
}

/// Returns the value in the payload under the key that the meter names.
fn of_payload(call: &Call<'_>, meter: &Body, setting: &str) -> ApiResult<String> {
    let key = needed(needed_inner(meter, setting)?, "event_payload_key")?;
    match inner(&call.params, "payload").and_then(|payload| text(payload, key)) {
        Some(found) => Ok(found.to_owned()),
        None if setting == "value_settings" && formula(meter)? == "count" => Ok("1".to_owned()),
        None => Err(ApiError::of("event_lacks_key", &[("key", &key)])),
    }
}

fn formula(meter: &Body) -> ApiResult<&str> {
    needed(needed_inner(meter, "default_aggregation")?, "formula")
}

fn scaled(value: &str) -> Option<i128> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let fraction = fraction.get(..6).unwrap_or(fraction);
    let padded = format!("{whole}{fraction:0<6}");
    padded.parse().ok()
}

/// `POST /v1/billing/meter_event_adjustments`: cancels an event that was sent by mistake.
fn adjust(call: &Call<'_>) -> ApiResult<Json> {
    let name = call.required_param("cancel.identifier")?;
    for event in call.session.having("billing.meter_event", "identifier", name)? {
        call.session.remove("billing.meter_event", id(&event))?;
    }
    call.build().map(Json::Object)
}

/// Returns the usage of a customer: times, and values in millionths.
fn usage(call: &Call<'_>, meter: &Body, customer: &str) -> ApiResult<Vec<(i64, i128)>> {
    let mut events = call.session.having("billing.meter_event", "_customer", customer)?;
    events.retain(|event| text(event, "_meter") == Some(id(meter)));
    let read = |event: &Body| {
        let value = needed(event, "_value")?.parse();
        let value = value.map_err(|_| ApiError::internal("The value of an event is no number."))?;
        Ok((needed_number(event, "timestamp")?, value))
    };
    // Events come newest first; of two at the same time, the later one must end up last.
    let mut used = events.iter().rev().map(read).collect::<ApiResult<Vec<_>>>()?;
    used.sort_by_key(|(at, _)| *at);
    Ok(used)
}

/// Returns the aggregated usage from `start` up to but not including `end`, in millionths.
fn total(formula: &str, used: &[(i64, i128)], start: i64, end: i64) -> i128 {
    let before = |bound: i64| used.partition_point(|(at, _)| *at < bound);
    let within = used.get(before(start)..before(end)).unwrap_or_default();
    match formula {
        "count" => i128::try_from(within.len()).unwrap_or(0) * SCALE,
        "last" => within.last().map_or(0, |(_, value)| *value),
        _ => within.iter().fold(0, |sum: i128, (_, value)| sum.saturating_add(*value)),
    }
}

/// Returns the usage of a customer in a period, rounded up to whole units.
pub(super) fn usage_in_period(
    call: &Call<'_>,
    meter: &str,
    customer: &str,
    start: i64,
    end: i64,
) -> ApiResult<i64> {
    let Some(meter) = call.session.get_live("billing.meter", meter)? else { return Ok(0) };
    let total = total(formula(&meter)?, &usage(call, &meter, customer)?, start, end);
    Ok(i64::try_from(total.saturating_add(SCALE - 1).div_euclid(SCALE)).unwrap_or(i64::MAX))
}

/// `GET /v1/billing/meters/{meter}/event_summaries`: one for each hour or day, or a single one.
fn summaries(call: &Call<'_>) -> ApiResult<Json> {
    let meter = call.session.named("billing.meter", call.owner())?;
    let customer = call.required_param("customer")?;
    let (start, end) = (needed_number(&call.params, "start_time")?, needed_number(&call.params, "end_time")?);
    let length = end - start;
    let step = match text(&call.params, "value_grouping_window") {
        Some("hour") => 60 * 60,
        Some(_) => 24 * 60 * 60,
        None => length,
    };
    if length / step > MOST_SUMMARIES {
        return Err(ApiError::of("summary_too_long", &[]));
    }
    let (used, formula) = (usage(call, &meter, customer)?, formula(&meter)?);
    let mut found = Vec::new();
    let mut at = start;
    while at < end {
        let until = at.saturating_add(step).min(end);
        found.push(summary(call, &meter, (at, until), total(formula, &used, at, until), customer));
        at = until;
    }
    found.reverse();
    page::of_items(call, &found)
}

fn summary(call: &Call<'_>, meter: &Body, (start, end): (i64, i64), value: i128, customer: &str) -> Json {
    let (whole, part) = (value.div_euclid(SCALE), value.rem_euclid(SCALE));
    let written = format!("{whole}.{part:06}");
    let written = written.trim_end_matches('0').trim_end_matches('.');
    let value = written.parse::<Number>().map_or(Json::from(0), Json::Number);
    let name = identifier::fingerprint(&format!("{}{customer}{start}{end}", id(meter)));
    json!({
        "id": format!("mtrusg_test_{name}"), "object": "billing.meter_event_summary", "aggregated_value": value,
        "end_time": end, "livemode": call.caller.livemode, "meter": id(meter), "start_time": start,
    })
}

#[cfg(test)]
mod tests;
