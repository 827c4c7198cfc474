//! The calls of one service, and the params of each.
//!
//! In the facts, a path tells its placeholders apart: `{id}` is the object itself, and every other one names
//! what the object belongs to (`/v1/customers/{customer}/tax_ids/{id}`).

use std::collections::BTreeMap;

use serde_json::Value;
use stripe_provider::catalog::spelling::singular;
use stripe_provider::catalog::{Action, Member, Method, Operation, OperationKind, OutputShape, Presence};

use crate::description::GenerateError;
use crate::services::objects_of;
use crate::shapes;

/// One call in the description.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Endpoint<'s> {
    pub(crate) path: &'s str,
    pub(crate) method: &'s str,
    pub(crate) call: &'s Value,
    /// Whether the call belongs to a service that helps to test another one.
    pub(crate) test_helper: bool,
}

/// Returns the operations, sorted by kind, and the actions, sorted by verb.
pub(crate) fn calls(endpoints: &[Endpoint<'_>]) -> Result<(Vec<Operation>, Vec<Action>), GenerateError> {
    let mut operations: Vec<Operation> = Vec::new();
    let mut actions = Vec::new();
    for endpoint in endpoints {
        let known = |kind| operations.iter().any(|operation| operation.kind == kind);
        match endpoint.kind() {
            // If only a test helper can create an object, that is its create; other test helpers are actions.
            Some(kind) if endpoint.test_helper && (kind != OperationKind::Create || known(kind)) => {
                actions.extend(endpoint.action()?);
            }
            Some(kind) if known(kind) => {
                return Err(GenerateError::malformed(endpoint.place(), "is a second operation of its kind"));
            }
            Some(kind) => operations.push(endpoint.operation(kind)?),
            None => actions.extend(endpoint.action()?),
        }
    }
    operations.sort_by_key(|operation| operation.kind);
    actions.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((operations, actions))
}

impl<'s> Endpoint<'s> {
    pub(crate) fn placeholders(&self) -> usize {
        self.path.matches('{').count()
    }

    fn place(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(crate) fn kind(&self) -> Option<OperationKind> {
        match self.call.get("x-method-type").and_then(Value::as_str)? {
            "list" => Some(OperationKind::List),
            "retrieve" => Some(OperationKind::Get),
            "create" => Some(OperationKind::Create),
            "update" => Some(OperationKind::Update),
            "delete" => Some(OperationKind::Delete),
            "search" => Some(OperationKind::Search),
            _ => None,
        }
    }

    fn operation(&self, kind: OperationKind) -> Result<Operation, GenerateError> {
        use OperationKind::{Delete, Get, Update};
        let of_one = matches!(kind, Get | Update | Delete) && self.path.ends_with('}');
        Ok(Operation {
            kind,
            method: self.method()?,
            path: template(self.path, of_one),
            host: self.host(),
            params: self.params()?,
        })
    }

    fn method(&self) -> Result<Method, GenerateError> {
        let known = [Method::Get, Method::Post, Method::Delete];
        let method = known.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(self.method));
        method.ok_or_else(|| GenerateError::malformed(self.place(), "is called by another method"))
    }

    /// The first label of the host that serves the call, if it has a host of its own.
    fn host(&self) -> String {
        let url = self.call.pointer("/servers/0/url").and_then(Value::as_str).unwrap_or_default();
        let label = url.strip_prefix("https://").and_then(|host| host.split('.').next());
        label.unwrap_or_default().to_owned()
    }

    /// Returns this call as an action, or `None` if it answers with something other than an object (a file, a
    /// list).
    fn action(&self) -> Result<Option<Action>, GenerateError> {
        let Some(returns) = self.answer().and_then(shapes::referenced) else { return Ok(None) };
        Ok(Some(Action {
            name: self.verb()?,
            method: self.method()?,
            path: template(self.path, true),
            params: self.params()?,
            path_inputs: Vec::new(),
            required_inputs: Vec::new(),
            stand_ins: BTreeMap::new(),
            renames: BTreeMap::new(),
            output: OutputShape::Record,
            returns: returns.to_owned(),
        }))
    }

    /// The last word of a POST's path, or else the name in Stripe's libraries.
    fn verb(&self) -> Result<String, GenerateError> {
        let last =
            self.path.rsplit('/').next().filter(|last| self.method == "post" && !last.starts_with('{'));
        let named = || self.call.get("x-method-name").and_then(Value::as_str);
        let verb =
            last.or_else(named).ok_or_else(|| GenerateError::malformed(self.place(), "has no verb"))?;
        Ok(if self.test_helper { format!("test_{verb}") } else { verb.to_owned() })
    }

    fn params(&self) -> Result<Vec<Member>, GenerateError> {
        let mut params = self.query_params()?;
        if let Some(body) = self.call.get("requestBody").and_then(first_content) {
            params.extend(shapes::params(body, &self.place())?);
        }
        // `expand` makes the API show what it otherwise leaves out; a rule handles it.
        params.retain(|param| param.name != "expand");
        params.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(params)
    }

    fn query_params(&self) -> Result<Vec<Member>, GenerateError> {
        let listed = self.call.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let query = listed.filter(|param| param.get("in").and_then(Value::as_str) == Some("query"));
        query.map(|param| self.query_param(param)).collect()
    }

    fn query_param(&self, param: &Value) -> Result<Member, GenerateError> {
        let name = param.get("name").and_then(Value::as_str);
        let name =
            name.ok_or_else(|| GenerateError::malformed(self.place(), "has a param without a name"))?;
        let place = format!("{} {name}", self.place());
        let schema = param.get("schema").ok_or_else(|| GenerateError::malformed(&place, "has no schema"))?;
        let required = param.get("required").and_then(Value::as_bool).unwrap_or_default();
        let presence = if required { Presence::Required } else { Presence::Optional };
        Ok(Member::new(name, shapes::param(schema, &place)?.with_presence(presence)))
    }

    /// The schema of the answer.
    fn answer(&self) -> Option<&'s Value> {
        let answers = self.call.get("responses")?;
        answers.get("200")?.get("content")?.get("application/json")?.get("schema")
    }

    /// The objects that the call answers with: one, one of several, or a list of them.
    pub(crate) fn answers(&self) -> Vec<&'s str> {
        self.answer().map(objects_of).unwrap_or_default()
    }
}

/// Renames the placeholders of a path: the last one becomes `{id}` if the call concerns one object; the
/// others say what it belongs to.
fn template(path: &str, of_one: bool) -> String {
    let last = path.matches('{').count();
    let (mut seen, mut before) = (0, "");
    let segments = path.split('/').map(|segment| {
        let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            before = segment;
            return segment.to_owned();
        };
        seen += 1;
        let parent = if name == "id" { singular(before) } else { name.trim_end_matches("_id").to_owned() };
        if of_one && seen == last { "{id}".to_owned() } else { format!("{{{parent}}}") }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The schema of the first way to send or receive a body.
fn first_content(body: &Value) -> Option<&Value> {
    body.get("content")?.as_object()?.values().next()?.get("schema")
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn a_placeholder_is_the_object_or_names_what_it_belongs_to() {
        assert_eq!(template("/v1/customers/{customer}", true), "/v1/customers/{id}");
        assert_eq!(template("/v1/customers/{customer}/tax_ids", false), "/v1/customers/{customer}/tax_ids");
        let refund = "/v1/application_fees/{id}/refunds";
        assert_eq!(template(refund, false), "/v1/application_fees/{application_fee}/refunds");
        let person = "/v2/core/accounts/{account_id}/persons/{id}";
        assert_eq!(template(person, true), "/v2/core/accounts/{account}/persons/{id}");
    }
}
