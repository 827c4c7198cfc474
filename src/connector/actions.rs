//! Runs actions: Stripe's calls that are not covered by an operation.

use serde_json::{Map, Value as Json, json};

use crate::catalog::{Action, Entity, OutputShape, catalog};
use crate::connector::answer::check_action;
use crate::connector::record::{Arrays, record};
use crate::connector::{Connector, Error, InvalidId, path, traced_operation};
use crate::stripe::{Call, IdempotencyKey, Reply};

/// An action and the entity type to which it belongs.
#[derive(Debug, Clone, Copy)]
pub struct ActionRef {
    /// The entity type to which the action belongs.
    pub entity: &'static Entity,
    /// The catalog's entry for the action.
    pub action: &'static Action,
}

/// The action with this name.
pub fn action(name: &str) -> Result<ActionRef, Error> {
    let found = catalog().action(name).map(|(entity, action)| ActionRef { entity, action });
    found.ok_or_else(|| Error::UnknownAction {
        name: name.to_owned(),
        suggestion: catalog().suggest_action(name),
    })
}

impl Connector {
    /// Runs an action, once for each key. `ids` fill its path, in the path's order.
    pub async fn run(
        &self,
        action: ActionRef,
        ids: &[String],
        params: Map<String, Json>,
        key: IdempotencyKey,
    ) -> Result<Reply, Error> {
        let work = async {
            let _write = self.reader.writing();
            let reply = self.connection.send(action.call(ids)?.params(params).key(key)).await?;
            check_action(action.entity, action.action, &reply.body)?;
            Ok(reply)
        };
        let id = ids.first().map(String::as_str);
        self.connection.operation(traced_operation(&action.action.name, action.entity, id), work, |_| 1).await
    }
}

impl ActionRef {
    /// The call of the action, with the ids filled into its path.
    pub(super) fn call(self, ids: &[impl AsRef<str>]) -> Result<Call, InvalidId> {
        let ids: Vec<&str> = ids.iter().map(AsRef::as_ref).collect();
        path::call(self.action.method, &self.action.path, &ids)
    }

    /// Whether a value of the output is secret. An action may answer an object of another type.
    pub fn is_secret(self, key: &str) -> bool {
        let answered = catalog().by_key(&self.action.returns).unwrap_or(self.entity);
        let field = match &self.action.output {
            OutputShape::Field { name, field } if name == key => field,
            _ => key,
        };
        answered.is_secret(field)
    }

    /// The connector's output for Stripe's answer: an array of one object whose values are strings or null.
    /// It contains `Success` and the fields given by the action's output shape.
    pub fn output(self, body: &Json) -> Json {
        output(self.action, body)
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
    use serde_json::json;

    use super::{action, output};

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
