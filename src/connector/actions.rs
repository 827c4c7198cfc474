//! Actions: Stripe calls that are none of the five operations.

use http::Method;
use serde_json::{Map, Value as Json, json};

use crate::catalog::names::{closest, normalize};
use crate::catalog::{Action, Entity, OutputShape, catalog};
use crate::connector::payload::{PayloadError, payload, require};
use crate::connector::record::{Arrays, record};
use crate::connector::{Connector, Error, asked, path};

/// An action and the entity type it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct ActionRef {
    /// The entity type.
    pub entity: &'static Entity,
    /// The action.
    pub action: &'static Action,
}

/// What an action came to.
#[derive(Debug, Clone)]
pub struct ActionResult {
    /// An array of one object whose values are strings or null: `Success`, then by the
    /// action's output shape.
    pub output: Json,
    /// True when Stripe answered from its record of an earlier call with the same key.
    pub replayed: bool,
}

/// An input, sorted into what goes into the path and what goes into the body.
struct Input {
    ids: Vec<String>,
    params: Map<String, Json>,
}

/// The action of that name.
pub fn action(name: &str) -> Result<ActionRef, Error> {
    let found = catalog().action(name).map(|(entity, action)| ActionRef { entity, action });
    found.ok_or_else(|| Error::UnknownAction {
        name: name.to_owned(),
        suggestion: catalog().suggest_action(name),
    })
}

/// Everything that is wrong with an action's input before anything is sent.
pub fn check_input(action: ActionRef, input: &Map<String, Json>) -> Result<(), Error> {
    sorted(action.action, input).map(drop)
}

impl Connector {
    /// Runs an action, once for every key.
    pub async fn run(
        &self,
        action: ActionRef,
        input: &Map<String, Json>,
        key: &str,
    ) -> Result<ActionResult, Error> {
        let Input { ids, params } = sorted(action.action, input)?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let method = action.action.method.parse().unwrap_or(Method::POST);
        let call = path::call(method, &action.action.path, &ids).params(params).key(key);
        let work = async { Ok::<_, Error>(self.connection.send(call).await?) };
        let name = &action.action.name;
        let reply =
            self.connection.operation(asked(name, action.entity, ids.first().copied()), work, |_| 1).await?;
        Ok(ActionResult { output: output(action.action, &reply.body), replayed: reply.replayed })
    }
}

fn sorted(action: &Action, input: &Map<String, Json>) -> Result<Input, Error> {
    let mut ids = vec![None; action.path_inputs.len()];
    let mut rest = Map::new();
    for (key, value) in input.iter().filter(|(_, value)| !value.is_null()) {
        let at = action.path_inputs.iter().position(|name| normalize(name) == normalize(key));
        match at.and_then(|at| ids.get_mut(at)) {
            Some(slot) => *slot = Some(id(key, value)?),
            None => drop(rest.insert(renamed(action, key), value.clone())),
        }
    }
    let named = action.path_inputs.iter().zip(ids);
    let ids = named.map(|(name, id)| id.ok_or_else(|| missing(name))).collect::<Result<_, _>>()?;
    let params = payload(&rest, &action.params).map_err(|error| with_inputs(error, action))?;
    require(&params, &action.params)?;
    match action.required_inputs.iter().find(|name| !params.contains_key(*name)) {
        Some(name) => Err(missing(action.renames.get(name).unwrap_or(name)).into()),
        None => Ok(Input { ids, params }),
    }
}

/// Stripe's name of a param that the connector calls otherwise.
fn renamed(action: &Action, key: &str) -> String {
    let renamed = action.renames.iter().find(|(_, name)| normalize(name) == normalize(key));
    renamed.map_or_else(|| key.to_owned(), |(param, _)| param.clone())
}

fn id(key: &str, value: &Json) -> Result<String, PayloadError> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| PayloadError::Value {
        param: key.to_owned(),
        expected: "an id".to_owned(),
        found: value.to_string(),
    })
}

fn missing(name: &str) -> PayloadError {
    PayloadError::Missing { param: name.to_owned() }
}

/// A wrong key may have been meant for the path or for a renamed param.
fn with_inputs(error: PayloadError, action: &Action) -> PayloadError {
    match error {
        PayloadError::Unknown { key, suggestion } => {
            let inputs = action.path_inputs.iter().chain(action.renames.values());
            let meant = closest(&key, inputs.map(|name| (name.as_str(), name))).cloned();
            PayloadError::Unknown { key, suggestion: meant.or(suggestion) }
        }
        other => other,
    }
}

/// The connector's output: an array of one object.
fn output(action: &Action, body: &Json) -> Json {
    let success = ("Success".to_owned(), json!("true"));
    let fields: Map<String, Json> = match &action.output {
        OutputShape::Success => Map::from_iter([success]),
        OutputShape::Field { name, field } => {
            let value =
                record(body, Arrays::Null).into_iter().find(|(key, _)| key == field).and_then(|(_, v)| v);
            Map::from_iter([(name.clone(), value.into()), success])
        }
        OutputShape::Record => {
            let fields = record(body, Arrays::Null).into_iter().map(|(key, value)| (key, value.into()));
            [success].into_iter().chain(fields).collect()
        }
    };
    Json::Array(vec![Json::Object(fields)])
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{action, check_input, output};

    fn check(name: &str, input: &Json) -> Result<(), String> {
        check_input(action(name).unwrap(), input.as_object().unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn an_action_takes_the_connectors_input_and_stripes_params() {
        check("ConfirmPaymentIntent", &json!({"PaymentIntentId": "pi_1", "ReturnUrl": "https://a.test"}))
            .unwrap();
        check("AttachPaymentMethodToCustomer", &json!({"PaymentMethodId": "pm_1", "CustomerId": "cus_1"}))
            .unwrap();
        check("AttachPaymentMethodToCustomer", &json!({"payment_method_id": "pm_1", "customer": "cus_1"}))
            .unwrap();
    }

    #[test]
    fn a_missing_or_misspelt_input_is_named() {
        let error = check("ConfirmPaymentIntent", &json!({})).unwrap_err();
        assert_eq!(error, r#"the payload lacks "PaymentIntentId", which Stripe requires"#);
        let error = check("AttachPaymentMethodToCustomer", &json!({"PaymentMethodId": "pm_1"})).unwrap_err();
        assert_eq!(error, r#"the payload lacks "CustomerId", which Stripe requires"#);
        let error = check("FinalizeQuote", &json!({"QuoteId": "qt_1", "QuoteIt": "x"})).unwrap_err();
        assert_eq!(error, r#"the payload has no use for "QuoteIt"; did you mean "QuoteId"?"#);
        assert!(
            action("ConfirmPaymentIntant")
                .unwrap_err()
                .to_string()
                .contains(r#"did you mean "ConfirmPaymentIntent"?"#)
        );
    }

    #[test]
    fn outputs_are_an_array_of_one_object_with_success() {
        let body = json!({"object": "quote", "id": "qt_1", "invoice": "in_1", "amount_total": 5});
        let text = |name: &str| output(action(name).unwrap().action, &body).to_string();
        assert_eq!(text("FinalizeQuote"), r#"[{"Success":"true"}]"#);
        assert_eq!(text("AcceptQuote"), r#"[{"InvoiceId":"in_1","Success":"true"}]"#);
        let whole =
            r#"[{"Success":"true","id":"qt_1","object":"quote","amount_total":"5","invoice":"in_1"}]"#;
        assert_eq!(text("FinalizeInvoice"), whole);
    }
}
