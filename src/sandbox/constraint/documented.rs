//! Checks params against the constraints of the catalog, with Stripe's error messages.

use crate::catalog::constraint::{Condition, Known, StepFault, Violation, constraints};
use crate::sandbox::check::{exclusive, missing, too_long, too_many};
use crate::sandbox::constraint::rule::form_name;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::{Body, text};

/// Refuses params that violate a documented constraint.
pub(super) fn check(params: &Body, call: &str, now: i64) -> ApiResult<()> {
    refusals(params, call, now).next().map_or(Ok(()), Err)
}

/// Returns the errors of each param, then those of a create as a whole.
fn refusals(params: &Body, call: &str, now: i64) -> impl Iterator<Item = ApiError> {
    let known = Known { params, unknown: &[], now };
    let sent = call.strip_suffix(".Create").or_else(|| call.strip_suffix(".Update"));
    let tables = [sent, Some(call)].into_iter().flatten().filter_map(|name| constraints().get(name));
    tables.flat_map(move |table| table.violations(known)).map(|violation| failure(violation, params))
}

fn failure(violation: Violation<'_>, params: &Body) -> ApiError {
    match violation {
        Violation::Exclusive(first, second) => exclusive(&form_name(first), &form_name(second)),
        Violation::Met(rule) => met(rule, &form_name(rule.about(params))),
        Violation::TooLow(path, least) => too_low(path, i64::from(least)),
        Violation::TooHigh(path, most) => ApiError::of("too_high", &[("most", &most)]).param(form_name(path)),
        Violation::TooLong(path, most) => {
            too_long(text(params, path).unwrap_or_default(), most, &form_name(path))
        }
        Violation::NoUrl(path) => ApiError::of("url_invalid", &[]).param(form_name(path)),
        Violation::NoEmail(path) => {
            let given = text(params, path).unwrap_or_default();
            ApiError::of("email_invalid", &[("given", &given)]).param(form_name(path))
        }
        Violation::Step(step) => {
            let refusal =
                if step.wrong == StepFault::NotAbove { "tier_not_greater" } else { "tiers_without_end" };
            ApiError::of(refusal, &[]).param(form_name(&step.place()))
        }
        Violation::TooMany(path, most) => too_many(&form_name(path), most),
    }
}

/// The error for a number that is too small.
pub(super) fn too_low(path: &str, least: i64) -> ApiError {
    ApiError::of("too_low", &[("least", &least)]).param(form_name(path))
}

fn met(rule: &Condition, param: &str) -> ApiError {
    let Some(message) = &rule.message else { return missing(param) };
    let refusal = ApiError::invalid(message).param(param);
    rule.code.iter().fold(refusal, |refusal, code| refusal.code(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::constraint::samples::samples;

    /// Checks the whole table: the sandbox refuses what a plan refuses, at the same param.
    #[test]
    fn every_constraint_refuses_a_create() {
        for sample in samples() {
            let call = format!("{}.Create", sample.entity.key);
            let params: Vec<_> = refusals(&sample.params, &call, 1_700_000_000)
                .map(|refusal| refusal.error["param"].clone())
                .collect();
            assert!(
                params.contains(&form_name(&sample.param).into()),
                "{call} {:?}: {params:?}",
                sample.params
            );
        }
    }
}
