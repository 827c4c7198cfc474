//! Meters: what customers use, told event by event and added up.

use serde_json::{Number, Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, id, inner, number, set, set_inner, status, text};
use crate::sandbox::identifier;
use crate::sandbox::page;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, List};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        operations: &[(Create, create)],
        actions: &[("ReactivateBillingMeter", reactivate)],
        ..Behaviour::of(&["billing.meter"])
    },
    Behaviour { operations: &[(Create, event)], ..Behaviour::of(&["billing.meter_event"]) },
    Behaviour { operations: &[(Create, adjust)], ..Behaviour::of(&["billing.meter_event_adjustment"]) },
    Behaviour { operations: &[(List, summaries)], ..Behaviour::of(&["billing.meter_event_summary"]) },
];

/// Values are added up in millionths, so that decimals are exact.
const SCALE: i128 = 1_000_000;
/// More windows than a list shows in a year of its pages.
const MOST_SUMMARIES: i64 = 2000;
/// An event may be told this long afterwards, in seconds: 35 days; and this long before.
const PAST: i64 = 35 * 24 * 60 * 60;
const FUTURE: i64 = 5 * 60;

/// `POST /v1/billing/meters`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let event = call.demanded("event_name")?;
    check_free(call, event)?;
    let mut body = call.build()?;
    set(&mut body, "status", "active");
    set(&mut body, "status_transitions", json!({"deactivated_at": null}));
    if inner(&call.params, "customer_mapping").is_none() {
        set(
            &mut body,
            "customer_mapping",
            json!({"event_payload_key": "stripe_customer_id", "type": "by_id"}),
        );
    }
    if inner(&call.params, "value_settings").is_none() {
        set(&mut body, "value_settings", json!({"event_payload_key": "value"}));
    }
    call.keep(body)
}

/// Of the active meters, no two count the same events.
fn check_free(call: &Call<'_>, event: &str) -> Outcome<()> {
    match active(call, event)? {
        None => Ok(()),
        Some(other) => {
            let message =
                format!("An active meter (`{}`) already uses the event name `{event}`.", id(&other));
            Err(Failure::state(message).param("event_name"))
        }
    }
}

fn active(call: &Call<'_>, event: &str) -> Outcome<Option<Body>> {
    let meters = call.session.having("billing.meter", "event_name", event)?;
    Ok(meters.into_iter().find(|meter| status(meter) == "active"))
}

/// `POST /v1/billing/meters/{id}/reactivate`.
fn reactivate(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    check_free(call, text(&body, "event_name").unwrap_or_default())?;
    set(&mut body, "status", "active");
    set_inner(&mut body, "status_transitions", "deactivated_at", Json::Null);
    set(&mut body, "updated", call.now);
    call.keep(body)
}

/// `POST /v1/billing/meter_events`.
fn event(call: &Call<'_>) -> Outcome<Json> {
    let name = call.demanded("event_name")?;
    let Some(meter) = active(call, name)? else {
        let message = format!("There is no active meter with the event name `{name}`.");
        return Err(Failure::state(message).code("meter_event_no_meter_found").param("event_name"));
    };
    let payload = inner(&call.params, "payload").cloned().unwrap_or_default();
    let customer = of_payload(&meter, "customer_mapping", &payload)?;
    let value = of_payload(&meter, "value_settings", &payload)?;
    call.session.referred("customer", &customer, "payload[stripe_customer_id]")?;
    let scaled = scaled(&value).ok_or_else(|| {
        Failure::state(format!("The value `{value}` of the event is not a number.")).param("payload")
    })?;
    let mut body = call.build()?;
    let at = given_number(&call.params, "timestamp").unwrap_or(call.now);
    check_time(call, at)?;
    let identifier =
        text(&call.params, "identifier").map_or_else(|| identifier::random("", 24), str::to_owned);
    if !call.session.having("billing.meter_event", "identifier", &identifier)?.is_empty() {
        let message = format!("An event already exists with the identifier `{identifier}`.");
        return Err(Failure::state(message).code("resource_already_exists").param("identifier"));
    }
    set(&mut body, "timestamp", at);
    set(&mut body, "id", identifier.as_str());
    set(&mut body, "identifier", identifier);
    set(&mut body, "_meter", id(&meter));
    set(&mut body, "_customer", customer);
    set(&mut body, "_value", scaled.to_string());
    call.session.put(&body)?;
    body.shift_remove("id");
    Ok(Json::Object(body))
}

fn check_time(call: &Call<'_>, at: i64) -> Outcome<()> {
    // a customer under a test clock may be far ahead, so that only real time is too late
    if at < call.now - PAST {
        let message = "The timestamp of the event is too far in the past: 35 days at most.";
        return Err(Failure::state(message).code("timestamp_too_far_in_past").param("timestamp"));
    }
    if at > call.now + FUTURE && at > call.now + 3 * 366 * 24 * 60 * 60 {
        let message = "The timestamp of the event is too far in the future.";
        return Err(Failure::state(message).code("timestamp_in_future").param("timestamp"));
    }
    Ok(())
}

/// What the payload holds under the key that the meter names.
fn of_payload(meter: &Body, setting: &str, payload: &Body) -> Outcome<String> {
    let key = inner(meter, setting).and_then(|setting| text(setting, "event_payload_key")).unwrap_or("value");
    let found = text(payload, key).map(str::to_owned);
    if found.is_none() && setting == "value_settings" && formula(meter) == "count" {
        return Ok("1".to_owned());
    }
    found.ok_or_else(|| {
        let message = format!("The payload of the event lacks the key `{key}`, which the meter demands.");
        Failure::state(message).code("meter_event_customer_not_found").param("payload")
    })
}

fn formula(meter: &Body) -> &str {
    inner(meter, "default_aggregation").and_then(|own| text(own, "formula")).unwrap_or("sum")
}

fn scaled(value: &str) -> Option<i128> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let fraction = fraction.get(..6).unwrap_or(fraction);
    let padded = format!("{whole}{fraction:0<6}");
    padded.parse().ok()
}

/// `POST /v1/billing/meter_event_adjustments`: an event that was told by mistake does not count.
fn adjust(call: &Call<'_>) -> Outcome<Json> {
    let name = inner(&call.params, "cancel").and_then(|cancel| text(cancel, "identifier"));
    let name = name.ok_or_else(|| crate::sandbox::check::missing("cancel[identifier]"))?;
    let Some(known) = call.session.having("billing.meter_event", "identifier", name)?.into_iter().next()
    else {
        let message = format!("No event was found with the identifier `{name}`.");
        return Err(Failure::state(message).code("resource_missing").param("cancel[identifier]"));
    };
    call.session.remove("billing.meter_event", id(&known))?;
    let mut body = call.build()?;
    set(&mut body, "status", "complete");
    Ok(Json::Object(body))
}

/// What a customer used, by time: when, and how much in millionths.
fn usage(call: &Call<'_>, meter: &Body, customer: &str) -> Outcome<Vec<(i64, i128)>> {
    let mut events = call.session.having("billing.meter_event", "_customer", customer)?;
    events.retain(|event| text(event, "_meter") == Some(id(meter)));
    let value =
        |event: &Body| text(event, "_value").and_then(|value| value.parse::<i128>().ok()).unwrap_or(0);
    // they come newest first; of two at the same time the later one stands behind the other
    let mut used: Vec<_> =
        events.iter().rev().map(|event| (number(event, "timestamp"), value(event))).collect();
    used.sort_by_key(|(at, _)| *at);
    Ok(used)
}

/// What comes of the usage from `start` until before `end`, in millionths.
fn total(meter: &Body, used: &[(i64, i128)], start: i64, end: i64) -> i128 {
    let before = |bound: i64| used.partition_point(|(at, _)| *at < bound);
    let within = used.get(before(start)..before(end)).unwrap_or_default();
    match formula(meter) {
        "count" => i128::try_from(within.len()).unwrap_or(0) * SCALE,
        "last" => within.last().map_or(0, |(_, value)| *value),
        _ => within.iter().fold(0, |sum: i128, (_, value)| sum.saturating_add(*value)),
    }
}

/// What a customer used in a period, in whole units, rounded up.
pub(super) fn used(call: &Call<'_>, meter: &str, customer: &str, start: i64, end: i64) -> Outcome<i64> {
    let Some(meter) = call.session.alive("billing.meter", meter)? else { return Ok(0) };
    let total = total(&meter, &usage(call, &meter, customer)?, start, end);
    Ok(i64::try_from(total.saturating_add(SCALE - 1).div_euclid(SCALE)).unwrap_or(i64::MAX))
}

/// `GET /v1/billing/meters/{meter}/event_summaries`: one for each hour or day, or one in all.
fn summaries(call: &Call<'_>) -> Outcome<Json> {
    let meter = call.parents.first().map(|(_, id)| id.as_str()).unwrap_or_default();
    let meter = call.session.named("billing.meter", meter)?;
    let customer = call.demanded("customer")?;
    let bound = |name: &str| given_number(&call.params, name).unwrap_or_default();
    let (start, end) = (bound("start_time"), bound("end_time"));
    let length = end.checked_sub(start).filter(|length| *length > 0);
    let step = match text(&call.params, "value_grouping_window") {
        Some("hour") => 60 * 60,
        Some(_) => 24 * 60 * 60,
        None => length.unwrap_or(i64::MAX),
    };
    for (name, at) in [("start_time", start), ("end_time", end)] {
        if at % 60 != 0 {
            let message = format!("`{name}` must be aligned with the start of a minute.");
            return Err(Failure::invalid(message).param(name));
        }
    }
    if length.is_none_or(|length| length / step > MOST_SUMMARIES) {
        return Err(
            Failure::invalid("`end_time` must be after `start_time`, and not too far.").param("end_time")
        );
    }
    let used = usage(call, &meter, customer)?;
    let mut found = Vec::new();
    let mut at = start;
    while at < end {
        let until = at.saturating_add(step).min(end);
        let value = total(&meter, &used, at, until);
        found.push(summary(call, &meter, (at, until), value, customer));
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
        "end_time": end, "livemode": call.livemode, "meter": id(meter), "start_time": start,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_in_millionths() {
        assert_eq!(
            (scaled("25"), scaled("0.5"), scaled("-1.25")),
            (Some(25_000_000), Some(500_000), Some(-1_250_000))
        );
        assert_eq!(scaled("many"), None);
    }
}
