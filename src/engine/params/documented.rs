//! Checks the params of a plan against Stripe's documented limits and rules, alone and in combination:
//! `src/catalog/constraint.toml`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::error::wrong;
use super::{DesiredParams, ParamError, ParamErrors};
use crate::catalog::Entity;
use crate::catalog::constraint::{Condition, Constraints, Known, StepFault, Violation, constraints};

/// The documented limits that single params exceed, for creates and updates alike.
pub(super) fn limits(entity: &Entity, desired: &DesiredParams) -> ParamErrors {
    constraints().get(&entity.key).map(|table| faults(table, desired)).unwrap_or_default()
}

/// The documented constraints that the params of a create violate in combination.
pub(super) fn of_create(entity: &Entity, desired: &DesiredParams) -> ParamErrors {
    let table = constraints().get(&format!("{}.Create", entity.key));
    table.map(|table| faults(table, desired)).unwrap_or_default()
}

fn faults(table: &Constraints, desired: &DesiredParams) -> ParamErrors {
    let DesiredParams { params, unknown, .. } = desired;
    let known = Known { params, unknown, now: Timestamp::now().as_second() };
    table.violations(known).map(|violation| fault(violation, known)).collect()
}

fn fault(violation: Violation<'_>, known: Known<'_>) -> ParamError {
    let found = |path: &str| known.at(path).cloned().unwrap_or_default();
    let value = |path: &str, expected: String| wrong(path, &expected, &found(path));
    match violation {
        Violation::Exclusive(param, other) => ParamError::Refused {
            param: param.to_owned(),
            why: format!("and `{other}` exclude each other: remove one of them"),
        },
        Violation::Met(rule) => {
            ParamError::Refused { param: rule.about(known.params).to_owned(), why: why(rule, known) }
        }
        Violation::TooLow(path, least) => value(path, format!("a number of at least {least}")),
        Violation::TooHigh(path, most) => value(path, format!("a number of at most {most}")),
        Violation::TooLong(path, most) => value(path, format!("at most {most} characters long")),
        Violation::NoUrl(path) => {
            value(path, "an address with a scheme, such as `https://example.com`".to_owned())
        }
        Violation::NoEmail(path) => value(path, "a mail address, such as `ada@example.com`".to_owned()),
        Violation::Step(step) => {
            ParamError::Refused { param: step.place(), why: of_step(step.wrong).to_owned() }
        }
        Violation::TooMany(path, most) => ParamError::Value {
            param: path.to_owned(),
            expected: format!("a list of at most {most} items"),
            found: format!("{} items", found(path).as_array().map_or(0, Vec::len)),
        },
    }
}

fn of_step(wrong: StepFault) -> &'static str {
    match wrong {
        StepFault::NotAbove => "must be greater than that of the item before",
        StepFault::EndsEarly => "can be `inf` in the last item only",
        StepFault::NoEnd => "must be `inf`, because it is that of the last item",
    }
}

/// The reason for refusing params that meet a rule: a sentence without its first word, which is the name of
/// the param.
fn why(rule: &Condition, known: Known<'_>) -> String {
    let Condition { given, lacks, when, unless, past, above, .. } = rule;
    if let Some(most) = above.values().next() {
        return format!("can be {most} at most{}", conditions(" where ", when));
    }
    if rule.is_of_missing() {
        let others = lacks.iter().filter(|path| *path != rule.about(known.params));
        let others = others.fold(String::new(), |text, path| text + "or `" + path + "` ");
        let beside = given.first().map(|path| format!(" beside `{path}`")).unwrap_or_default();
        return format!("{others}is missing: Stripe requires it{beside}{}", conditions(" where ", when));
    }
    let missing = |before: &str| match lacks.as_slice() {
        [] => String::new(),
        lacks => {
            format!("{before}{}", lacks.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" or "))
        }
    };
    match (past.is_empty(), given.is_empty()) {
        (false, _) => "has passed already: Stripe takes a time in the future".to_owned(),
        (_, true) => format!("cannot be set so at creation{}", conditions(": not where ", when)),
        _ if !unless.is_empty() => {
            format!("can only be set{}{}", conditions(" where ", unless), missing(", or beside "))
        }
        _ => format!("cannot be set{}{}", missing(" without "), conditions(" where ", when)),
    }
}

/// Conditions in words: `` `duration` is `repeating` ``; empty if there are none.
fn conditions(before: &str, values: &BTreeMap<String, Json>) -> String {
    let word = |value: &Json| match value.as_str() {
        Some("") => "not set".to_owned(),
        Some(text) => format!("`{text}`"),
        None => format!("`{value}`"),
    };
    let words = |value: &Json| match value {
        Json::Array(several) => several.iter().map(word).collect::<Vec<_>>().join(" or "),
        one => word(one),
    };
    let all: Vec<String> =
        values.iter().map(|(path, value)| format!("`{path}` is {}", words(value))).collect();
    if all.is_empty() { String::new() } else { format!("{before}{}", all.join(" and ")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::catalog::constraint::samples::samples;
    use crate::connector::entity;
    use crate::engine::params::{ParamError, WrittenParams, create_params};
    use crate::engine::{Error, ParamErrors};

    fn faults(sample: &WrittenParams, entity: &'static crate::catalog::Entity) -> ParamErrors {
        match create_params(entity, sample) {
            Err(Error::Params(faults)) => faults,
            _ => ParamErrors::new(),
        }
    }

    fn is_refusal(fault: &ParamError) -> bool {
        matches!(fault, ParamError::Refused { .. } | ParamError::Value { .. })
    }

    /// For the whole table: a sample that violates a constraint is refused at its param.
    #[test]
    fn every_constraint_refuses_a_create() {
        for sample in samples() {
            let written = WrittenParams { members: sample.params.clone(), ..WrittenParams::default() };
            let found = faults(&written, sample.entity);
            let named = found.iter().any(|fault| fault.param() == sample.param && is_refusal(fault));
            assert!(
                named,
                "{} {:?} is to be refused at {}: {found:?}",
                sample.entity.key, sample.params, sample.param
            );
        }
    }

    /// For the whole table: a refusal names its conditions.
    #[test]
    fn every_refusal_has_its_reason() {
        for sample in samples() {
            let written = WrittenParams { members: sample.params.clone(), ..WrittenParams::default() };
            for fault in faults(&written, sample.entity) {
                let told = fault.to_string();
                assert!(!told.ends_with(" be set"), "{} {:?}: {told}", sample.entity.key, sample.params);
            }
        }
    }

    #[test]
    fn a_refusal_names_what_would_have_to_be_there() {
        let params =
            json!({"percent_off": 5, "duration": "once", "currency_options": {"eur": {"amount_off": 5}}});
        let members = params.as_object().unwrap().clone();
        let found = faults(&WrittenParams { members, unknown: Vec::new() }, entity("Coupon").unwrap());
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["`currency_options` cannot be set without `amount_off`"]);
    }

    /// For the whole table: nothing is refused while one of the params on which
    /// the refusal depends is unknown.
    #[test]
    fn no_constraint_refuses_what_is_not_known_yet() {
        for sample in samples() {
            for needed in &sample.needs {
                let top = needed.split('.').next().unwrap();
                let mut written =
                    WrittenParams { members: sample.params.clone(), unknown: vec![vec![top.to_owned()]] };
                written.members.shift_remove(top);
                let found = faults(&written, sample.entity);
                let why = sample.param.split('.').next();
                let refused = found.iter().find(|it| is_refusal(it) && it.param().split('.').next() == why);
                assert_eq!(refused, None, "{} without {needed}", sample.entity.key);
            }
        }
    }
}
