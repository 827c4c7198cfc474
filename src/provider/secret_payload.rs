//! The part of a payload that plans must not show: `secret_payload`, merged over `input_payload`.
//!
//! Protocol 5 can only hide whole attributes, so the secrets of a payload have an attribute of their own.
//! Once read, both are one payload. A message never repeats a value of the secret part.

mod attributes;
mod hidden;

use serde_json::{Map, Value as Json};

use crate::catalog::Member;
use crate::catalog::names::resolve;
use crate::connector;
use crate::engine::{ParamError, ParamErrors, WrittenParams, parse, secret_params, value_at};
use crate::provider::explain::{explain_connector, explain_faults};
use crate::provider::messages::payload as messages;
use crate::provider::payload;
use crate::provider::sentence::sentence;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::Value;

pub(super) use attributes::{PAYLOADS, SECRET, attribute};
pub(super) use hidden::Hidden;

/// The payload of a configuration or a state; None while `input_payload` or `secret_payload` is wholly
/// unknown. Errors about the secret part do not show its values.
pub(super) fn written(config: &Value, known: &[Member]) -> Result<Option<WrittenParams>, Diagnostics> {
    let input = payload::opened(config.get("input_payload"), known);
    let secret = payload::opened(config.get(SECRET), known).map_err(|_| unreadable());
    match (input, secret) {
        (Ok(input), Ok(Some(secret))) => match parse(&secret, known) {
            Ok(_) => Ok(input.map(|input| merged(input, secret))),
            Err(faults) => {
                let open = input.map(|input| parse(&input, known).err().unwrap_or_default());
                Err(faults.iter().map(hidden).chain(explain_faults(&open.unwrap_or_default())).collect())
            }
        },
        (Ok(_), Ok(None)) => Ok(None),
        (input, secret) => Err(input.err().into_iter().chain(secret.err()).collect()),
    }
}

/// Warns about each secret that is written where plans show it.
pub(super) fn shown_secrets(config: &Value, known: &[Member]) -> Diagnostics {
    let input = payload::opened(config.get("input_payload"), known);
    let Ok(Some(mut written)) = input else { return Vec::new() };
    // Values that fill the path of an action are not params.
    written.members.retain(|key, _| resolve(key, known).is_ok());
    let known_part = WrittenParams { members: written.members, unknown: Vec::new() };
    let Ok(desired) = parse(&known_part, known) else { return Vec::new() };
    let warn = |param: &String| messages::secret_in_the_open(param, SECRET).at_attribute("input_payload");
    secret_params(&desired.params, known).iter().map(warn).collect()
}

/// The payload of an action as [`written`], unchecked: values that fill its path are not params.
pub(super) fn of_action(config: &Value) -> Result<Option<WrittenParams>, Diagnostics> {
    let action = config.get("action").as_str().and_then(|name| connector::action(name).ok());
    let known = action.map_or(&[][..], |found| &found.action.params);
    let input = payload::opened(config.get("input_payload"), known);
    let secret = payload::opened(config.get(SECRET), known).map_err(|_| unreadable());
    match (input, secret) {
        (Ok(input), Ok(secret)) => Ok(input.zip(secret).map(|(input, secret)| merged(input, secret))),
        (input, secret) => Err(input.err().into_iter().chain(secret.err()).collect()),
    }
}

/// Reports the faults of an action's payload, without values if part of it is secret.
pub(super) fn explain_action(config: &Value, faults: &ParamErrors) -> Diagnostics {
    if config.get(SECRET).is_null() {
        return explain_faults(faults);
    }
    faults.iter().map(|fault| hidden(fault).at_attribute("input_payload")).collect()
}

/// Reports what Stripe refused, at the part of the payload that sets the param named in the error.
pub(super) fn explain(error: &connector::Error, config: &Value, known: &[Member]) -> Diagnostic {
    let param = error.stripe().map(|error| error.param().join(".")).unwrap_or_default();
    let secret = !param.is_empty() && Hidden::of(config, known).sets(&param);
    explain_connector(error, if secret { SECRET } else { "input_payload" })
}

/// Returns whether the secret part sets a param, given by its dotted path.
pub(super) fn has(config: &Value, known: &[Member], param: &str) -> bool {
    let written = payload::opened(config.get(SECRET), known).ok().flatten().unwrap_or_default();
    parse(&written, known).is_ok_and(|desired| value_at(&desired.params, param).is_some())
}

fn merged(input: WrittenParams, secret: WrittenParams) -> WrittenParams {
    let mut members = input.members;
    merge(&mut members, secret.members);
    WrittenParams { members, unknown: [input.unknown, secret.unknown].concat() }
}

/// Merges `over` into `members`, key by key at every level of objects.
fn merge(members: &mut Map<String, Json>, over: Map<String, Json>) {
    for (key, value) in over {
        match (members.get_mut(&key), value) {
            (Some(Json::Object(inside)), Json::Object(more)) => merge(inside, more),
            (_, value) => drop(members.insert(key, value)),
        }
    }
}

/// Reports a fault of the secret part, without the wrong value.
fn hidden(fault: &ParamError) -> Diagnostic {
    let text = match fault {
        ParamError::Value { param, expected, .. } => format!("{param:?} must be {expected}"),
        other => other.to_string(),
    };
    messages::payload_fault(&sentence(&text)).at_attribute(SECRET)
}

fn unreadable() -> Diagnostic {
    messages::payload_not_readable(SECRET, "it is not an object").at_attribute(SECRET)
}
