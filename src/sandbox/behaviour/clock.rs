//! Test clocks, which hold the time of their customers and are moved by a call.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{customer, generic, invoice, schedule, subscription};

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Delete, delete)],
    actions: &[("AdvanceTestHelpersTestClock", advance)],
    ..Behaviour::of(&["test_helpers.test_clock"])
}];

/// The maximum number of timed changes in one advance: a renewal takes a handful, and the call is one
/// transaction.
const MOST_TURNS: usize = if cfg!(test) { 20 } else { 20_000 };

/// `DELETE /v1/test_helpers/test_clocks/{id}`: also deletes its customers and all their objects.
fn delete(call: &Call<'_>) -> ApiResult<Json> {
    let body = call.named()?;
    for customer in call.session.having("customer", "test_clock", id(&body))? {
        customer::delete(&call.on("customer", id(&customer), Body::new())?)?;
    }
    generic::remove(call, &body)
}

/// `POST /v1/test_helpers/test_clocks/{id}/advance`: makes each timed change along the way at its own time.
fn advance(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    let target = needed_number(&call.params, "frozen_time")?;
    let now = needed_number(&body, "frozen_time")?;
    if let Some(most) = subscription::two_intervals(call, id(&body), now)?.filter(|most| *most < target) {
        return Err(ApiError::of("clock_too_far", &[("most", &most)]));
    }
    call.update(&mut body, body! {"status": "advancing"})?;
    let mut turns = 0;
    while let Some((at, what, named)) = next(call, id(&body))?.filter(|(at, ..)| *at <= target) {
        turns += 1;
        if turns > MOST_TURNS {
            return Err(ApiError::of("too_much_due", &[("most", &MOST_TURNS)]));
        }
        call.session.end_turn();
        let timed = Call { now: at.max(now), ..call.clone() };
        // The customer's time is read from the clock, so the clock is set first.
        call.update(&mut body, body! {"frozen_time": timed.now})?;
        match what {
            DueKind::Invoice => {
                if invoice::turn(&timed, &named)? {
                    subscription::invoice_unpaid(&timed, &named)?;
                }
            }
            DueKind::Schedule => schedule::turn(&timed, &named)?,
            DueKind::Subscription => subscription::turn(&timed, &named)?,
        }
        timed.react()?;
    }
    call.session.end_turn();
    let mut shown = body.clone();
    shown.extend(
        body! {"frozen_time": target, "status_details": {"advancing": {"target_frozen_time": target}}},
    );
    call.update(&mut body, body! {"frozen_time": target, "status": "ready"})?;
    // Stripe answers that the clock is advancing; a later read says that it is ready.
    Ok(Json::Object(shown))
}

/// The kind of object that has a timed change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum DueKind {
    Invoice,
    Schedule,
    Subscription,
}

/// Returns the next timed change under a clock, and its time.
fn next(call: &Call<'_>, clock: &str) -> ApiResult<Option<(i64, DueKind, String)>> {
    let mut first: Option<(i64, DueKind, String)> = None;
    let mut offer = |at: Option<i64>, what: DueKind, body: &Body| {
        if let Some(at) = at {
            let found = (at, what, id(body).to_owned());
            first = Some(first.take().map_or(found.clone(), |known| known.min(found)));
        }
    };
    for body in call.session.having("subscription_schedule", "test_clock", clock)? {
        offer(schedule::due_at(&body), DueKind::Schedule, &body);
    }
    for body in call.session.having("subscription", "test_clock", clock)? {
        offer(subscription::due_at(&body)?, DueKind::Subscription, &body);
    }
    for body in call.session.having("invoice", "test_clock", clock)? {
        offer(invoice::due_at(&body), DueKind::Invoice, &body);
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::Value as Json;

    use crate::sandbox::Sandbox;

    fn post(sandbox: &Sandbox, path: &str, form: &str) -> (u16, Json) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let request = http::Request::post(path).header("authorization", "Bearer sk_test_clock");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.body(Bytes::from(form.to_owned())).unwrap();
        let answer = runtime.block_on(sandbox.handle(request)).unwrap();
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap())
    }

    #[test]
    fn a_clock_that_cannot_reach_its_time_says_so_and_stands_still() {
        let sandbox = Sandbox::memory().unwrap();
        let made = |path: &str, form: &str| {
            let (status, body) = post(&sandbox, path, form);
            assert_eq!(status, 200, "{path}: {body}");
            body["id"].as_str().unwrap().to_owned()
        };
        let clock = made("/v1/test_helpers/test_clocks", "frozen_time=1767225600");
        let customer = made("/v1/customers", &format!("test_clock={clock}"));
        let product = made("/v1/products", "name=Tea");
        let price = made(
            "/v1/prices",
            &format!("product={product}&currency=usd&unit_amount=500&recurring[interval]=day"),
        );
        let form = format!(
            "customer={customer}&items[0][price]={price}&collection_method=send_invoice&days_until_due=1"
        );
        for _ in 0..8 {
            made("/v1/subscriptions", &form);
        }
        let advance = |to: i64| {
            post(
                &sandbox,
                &format!("/v1/test_helpers/test_clocks/{clock}/advance"),
                &format!("frozen_time={to}"),
            )
        };
        let (status, body) = advance(1_767_225_600 + 2 * 24 * 60 * 60);
        assert_eq!((status, body["error"]["param"].as_str()), (400, Some("frozen_time")), "{body}");
        let (status, body) = advance(1_767_225_600 + 60 * 60);
        assert_eq!(
            (status, body["status"].as_str()),
            (200, Some("advancing")),
            "it goes on from where it was"
        );
    }
}
