//! The part of a payload that plans must not show: `secret_payload`, merged over `input_payload`.
//!
//! Protocol 5 hides whole attributes only. What is secret in a payload therefore stands in an
//! attribute of its own; from there on both are one payload. A message never repeats a value of it.

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

/// The payload of a configuration or a state; none while a part of it is unknown as a whole. Errors
/// about the secret part do not show its values.
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

/// A warning for each secret that stands where plans show it.
pub(super) fn shown_secrets(config: &Value, known: &[Member]) -> Diagnostics {
    let input = payload::opened(config.get("input_payload"), known);
    let Ok(Some(mut written)) = input else { return Vec::new() };
    // What fills the path of an action is no param.
    written.members.retain(|key, _| resolve(key, known).is_ok());
    let known_part = WrittenParams { members: written.members, unknown: Vec::new() };
    let Ok(desired) = parse(&known_part, known) else { return Vec::new() };
    let warn = |param: &String| messages::secret_in_the_open(param, SECRET).at_attribute("input_payload");
    secret_params(&desired.params, known).iter().map(warn).collect()
}

/// The payload of an action as [`written`], unchecked: what fills its path is no param.
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

/// The faults of an action's payload, without values where some of it is secret.
pub(super) fn explain_action(config: &Value, faults: &ParamErrors) -> Diagnostics {
    if config.get(SECRET).is_null() {
        return explain_faults(faults);
    }
    faults.iter().map(|fault| hidden(fault).at_attribute("input_payload")).collect()
}

/// What Stripe refused, at the part of the payload that sets the param which it names.
pub(super) fn explain(error: &connector::Error, config: &Value, known: &[Member]) -> Diagnostic {
    let param = error.stripe().map(|error| error.param().join(".")).unwrap_or_default();
    let secret = !param.is_empty() && Hidden::of(config, known).sets(&param);
    explain_connector(error, if secret { SECRET } else { "input_payload" })
}

/// Whether the secret part sets a param, by its dotted path.
pub(super) fn has(config: &Value, known: &[Member], param: &str) -> bool {
    let written = payload::opened(config.get(SECRET), known).ok().flatten().unwrap_or_default();
    parse(&written, known).is_ok_and(|desired| value_at(&desired.params, param).is_some())
}

fn merged(input: WrittenParams, secret: WrittenParams) -> WrittenParams {
    let mut members = input.members;
    merge(&mut members, secret.members);
    WrittenParams { members, unknown: [input.unknown, secret.unknown].concat() }
}

/// Puts members over others, key by key at every level of objects.
fn merge(members: &mut Map<String, Json>, over: Map<String, Json>) {
    for (key, value) in over {
        match (members.get_mut(&key), value) {
            (Some(Json::Object(inside)), Json::Object(more)) => merge(inside, more),
            (_, value) => drop(members.insert(key, value)),
        }
    }
}

/// A fault of the secret part, without the value that is wrong.
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
