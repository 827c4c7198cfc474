//! Runs an action only once, even if an earlier run was cut off while sending it.

use std::io;

use serde_json::Value as Json;
use uuid::Uuid;

use crate::catalog::Action;
use crate::catalog::names::{closest, normalize};
use crate::connector::{self, ActionRef, Connector};
use crate::engine::once::OutgoingCall;
use crate::engine::params::{not_an_id, parse, require};
use crate::engine::{
    DesiredParams, IdOrigin, Journal, ParamError, ParamErrors, Params, RecoveredObject, SendFailure,
    UnlistedValue, WrittenParams, fingerprint, once, secret_values, unlisted_values,
};
use crate::stripe::IdempotencyKey;

/// An action with its input, split into the ids for its path and the params for its body.
#[derive(Debug, Clone)]
pub struct ActionInput {
    action: ActionRef,
    ids: Vec<String>,
    params: Params,
}

/// The outcome of a run of an action.
#[derive(Debug)]
pub struct ActionResult {
    /// An id made up for this run; Stripe gives calls no ids.
    pub id: String,
    /// The connector's output: an array of one object whose values are strings or null.
    pub output: Json,
    /// Stripe's answer.
    pub body: Json,
    /// Why the run could not be recorded before it was sent, if it could not.
    pub unrecorded: Option<io::Error>,
    /// The interrupted run that had begun this action; `None` if the action is new.
    pub adopted: Option<RecoveredObject>,
}

impl ActionInput {
    /// Checks the input that was written for an action. An input whose value is still unknown is not missing.
    pub fn parse(of: ActionRef, written: &WrittenParams) -> Result<Self, ParamErrors> {
        let action = of.action;
        let (mut ids, mut rest) = (vec![None; action.path_inputs.len()], WrittenParams::default());
        let (mut faults, mut unknown) = (ParamErrors::new(), Vec::new());
        for path in &written.unknown {
            match path.split_first().and_then(|(key, _)| path_input(action, key)) {
                Some(at) => unknown.push(at),
                None => rest.unknown.push(renamed_path(action, path)),
            }
        }
        for (key, value) in written.members.iter().filter(|(_, value)| !value.is_null()) {
            let input =
                path_input(action, key).and_then(|at| Some((ids.get_mut(at)?, action.path_inputs.get(at)?)));
            match input {
                Some((Some(_), param)) => {
                    faults.push(ParamError::Twice { key: key.clone(), param: param.clone() });
                }
                Some((slot, _)) => *slot = id(key, value).map_err(|fault| faults.push(fault)).ok(),
                None => drop(rest.members.insert(renamed(action, key), value.clone())),
            }
        }
        for (at, name) in action.path_inputs.iter().enumerate() {
            let mut known = written.members.iter().filter(|(_, value)| !value.is_null());
            let given = unknown.contains(&at) || known.any(|(key, _)| is_alike(name, key));
            faults.extend((!given).then(|| missing(name)));
        }
        match complete(action, &rest) {
            Ok(desired) if faults.is_empty() => {
                let ids = ids.into_iter().flatten().collect();
                Ok(Self { action: of, ids, params: desired.params })
            }
            Ok(_) => Err(faults),
            Err(more) => Err([faults, more].concat()),
        }
    }

    /// The values of the input that are not in Stripe's lists of known values.
    pub fn unlisted_values(&self) -> Vec<UnlistedValue> {
        let desired = DesiredParams { params: self.params.clone(), ..DesiredParams::default() };
        unlisted_values(&desired, &self.action.action.params)
    }

    /// The ids that fill the path, in its order.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// The secrets among the params.
    pub fn secret_values(&self) -> Vec<String> {
        secret_values(&self.params, &self.action.action.params)
    }

    /// Whether another input sends the same call.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.ids, &self.params) == (&other.ids, &other.params)
    }

    /// Runs the action, under the key that an earlier run left for the same input and triggers, if there is
    /// one. Without triggers no state keeps the result, so the action is done as soon as Stripe has answered.
    pub async fn run_once(
        &self,
        connector: &Connector,
        journal: &Journal,
        triggers: Option<&str>,
    ) -> Result<ActionResult, SendFailure> {
        let Self { action, ids, params } = self;
        let name = &action.action.name;
        let sent = serde_json::json!([ids, params]).to_string();
        let fingerprint = fingerprint(&["action", name, &sent, triggers.unwrap_or_default()]);
        let sending = OutgoingCall { what: name, fingerprint, id_origin: IdOrigin::Stripe };
        let mut pending = once::begin(journal, connector, sending).await?;
        let call =
            |key: IdempotencyKey| async move { connector.run(*action, ids, params.clone(), key).await };
        let answered = once::send(&mut pending, call).await;
        let id = Uuid::new_v4().to_string();
        let ran = answered.map(|reply| ActionResult {
            output: action.output(&reply.body),
            unrecorded: pending.unrecorded(),
            adopted: pending.adopted(ids.first().unwrap_or(&id), reply.replayed),
            body: reply.body,
            id,
        });
        once::record_outcome(pending, connector, ran, |ran| triggers.map(|_| ran.id.clone())).await
    }
}

/// Checks the params of a call, and that it has everything that Stripe or the connector requires.
fn complete(action: &Action, written: &WrittenParams) -> Result<DesiredParams, ParamErrors> {
    let with_inputs =
        |faults: ParamErrors| faults.into_iter().map(|fault| with_inputs(fault, action)).collect();
    let desired = parse(written, &action.params).map_err::<ParamErrors, _>(with_inputs)?;
    require(&desired, &action.params, action.is_v2())?;
    let given = |name: &String| {
        desired.params.contains_key(name) || desired.unknown.iter().any(|path| path.first() == Some(name))
    };
    let stands_in = |name: &String| action.stand_ins.get(name).is_some_and(given);
    let lacking = action.required_inputs.iter().filter(|name| !given(name) && !stands_in(name));
    let faults: ParamErrors = lacking.map(|name| missing(action.renames.get(name).unwrap_or(name))).collect();
    if faults.is_empty() { Ok(desired) } else { Err(faults) }
}

/// The position in the path of the id that a key names.
fn path_input(action: &Action, key: &str) -> Option<usize> {
    action.path_inputs.iter().position(|name| is_alike(name, key))
}

fn is_alike(name: &str, key: &str) -> bool {
    normalize(name) == normalize(key)
}

/// A path with its first key replaced by Stripe's name.
fn renamed_path(action: &Action, path: &[String]) -> Vec<String> {
    let (first, rest) = path.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    std::iter::once(renamed(action, first)).chain(rest.iter().cloned()).collect()
}

/// Stripe's name of a param that the connector calls by another name.
fn renamed(action: &Action, key: &str) -> String {
    let renamed = action.renames.iter().find(|(_, name)| is_alike(name, key));
    renamed.map_or_else(|| key.to_owned(), |(param, _)| param.clone())
}

fn id(key: &str, value: &Json) -> Result<String, ParamError> {
    let text = value.as_str().filter(|text| connector::check_id(text).is_ok());
    text.map(str::to_owned).ok_or_else(|| not_an_id(key, value))
}

fn missing(name: &str) -> ParamError {
    ParamError::Missing { param: name.to_owned() }
}

/// Lets the suggestion for a wrong key be an id of the path or a renamed param, if one of these is more
/// similar than any param.
fn with_inputs(error: ParamError, action: &Action) -> ParamError {
    match error {
        ParamError::Unknown { key, suggestion } if !key.contains('.') => {
            let inputs = action.path_inputs.iter().chain(action.renames.values());
            let names = inputs.chain(suggestion.as_ref()).map(|name| (name.as_str(), name));
            let meant = closest(&key, names).cloned();
            ParamError::Unknown { key, suggestion: meant }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{ActionInput, WrittenParams};
    use crate::connector::action;

    fn check(name: &str, input: &Json) -> Result<(), String> {
        let written = WrittenParams { members: input.as_object().unwrap().clone(), unknown: Vec::new() };
        let faults = ActionInput::parse(action(name).unwrap(), &written).map(drop);
        faults.map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn an_action_takes_the_connectors_input_and_stripes_params() {
        check("ConfirmPaymentIntent", &json!({"PaymentIntentId": "pi_1", "ReturnUrl": "https://a.test"}))
            .unwrap();
        check("AttachPaymentMethodToCustomer", &json!({"PaymentMethodId": "pm_1", "CustomerId": "cus_1"}))
            .unwrap();
        check("AttachPaymentMethodToCustomer", &json!({"payment_method_id": "pm_1", "customer": "cus_1"}))
            .unwrap();
        // Stripe takes the account of a customer in place of the customer.
        check(
            "AttachPaymentMethodToCustomer",
            &json!({"PaymentMethodId": "pm_1", "CustomerAccount": "acct_1"}),
        )
        .unwrap();
    }

    #[test]
    fn an_id_that_climbs_the_path_is_refused() {
        let error = check("ConfirmPaymentIntent", &json!({"PaymentIntentId": ".."})).unwrap_err();
        assert!(error.starts_with(r#""PaymentIntentId" must be an id"#), "{error}");
    }

    #[test]
    fn a_missing_or_misspelt_input_is_named() {
        let error = check("ConfirmPaymentIntent", &json!({})).unwrap_err();
        assert_eq!(error, r#"the payload lacks "PaymentIntentId", which Stripe requires"#);
        let error = check("CancelQuote", &json!({"QuoteId": null})).unwrap_err();
        assert_eq!(error, r#"the payload lacks "QuoteId", which Stripe requires"#);
        let error = check("CancelQuote", &json!({"QuoteId": "qt_1", "quote_id": "qt_2"})).unwrap_err();
        assert!(error.contains("already sets"), "{error}");
        let error = check("AttachPaymentMethodToCustomer", &json!({"PaymentMethodId": "pm_1"})).unwrap_err();
        assert_eq!(error, r#"the payload lacks "CustomerId", which Stripe requires"#);
        let error = check("FinalizeQuote", &json!({"QuoteId": "qt_1", "QuoteIt": "x"})).unwrap_err();
        assert_eq!(error, r#"unknown param "QuoteIt" in the payload; did you mean "QuoteId"?"#);
        let intent = |input| check("ConfirmPaymentIntent", &input).unwrap_err();
        let error = intent(json!({"PaymentIntentId": "pi_1", "PaymentMethodTypes": ["card"]}));
        assert!(error.ends_with("in the payload; did you mean \"allowed_payment_method_types\"?"), "{error}");
        assert!(
            action("ConfirmPaymentIntant")
                .unwrap_err()
                .to_string()
                .contains(r#"did you mean "ConfirmPaymentIntent"?"#)
        );
    }
}
