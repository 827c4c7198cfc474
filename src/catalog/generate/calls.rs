//! The calls of one object: which are its own, and what each takes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::model::{Action, Operation, OperationKind, OutputShape, Param};
use super::{Description, GenerateError, kinds};

/// One call of the description.
#[derive(Debug, Clone, Copy)]
pub(super) struct Endpoint<'s> {
    pub(super) path: &'s str,
    pub(super) method: &'s str,
    pub(super) call: &'s Value,
}

/// Whether any service answers with the object.
pub(super) fn has_service(description: Description<'_>, object: &str) -> bool {
    own_service(description, object).is_some()
}

/// The operations, sorted by kind, and the actions, sorted by verb.
pub(super) fn calls(
    description: Description<'_>,
    object: &str,
) -> Result<(Vec<Operation>, Vec<Action>), GenerateError> {
    let mut operations: Vec<Operation> = Vec::new();
    let mut actions = Vec::new();
    let service = own_service(description, object);
    for endpoint in description.endpoints().filter(|e| service.is_some() && e.service() == service) {
        match endpoint.kind() {
            Some(kind) if operations.iter().any(|known| known.kind == kind) => {
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

/// The service that answers with the object on the shortest path; those that only help
/// testing come last.
fn own_service<'s>(description: Description<'s>, object: &str) -> Option<&'s str> {
    let answering = description.endpoints().filter(|endpoint| endpoint.answers_with(object));
    let ranked = answering.filter_map(|endpoint| Some((endpoint.rank(), endpoint.service()?)));
    ranked.min().map(|(_, service)| service)
}

impl<'s> Endpoint<'s> {
    fn service(&self) -> Option<&'s str> {
        self.call.get("x-service").and_then(Value::as_str)
    }

    fn rank(&self) -> (bool, usize, &'s str) {
        (self.path.starts_with("/v1/test_helpers/"), self.path.matches('{').count(), self.path)
    }

    fn place(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn kind(&self) -> Option<OperationKind> {
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
        let method = self.method.to_uppercase();
        Ok(Operation { kind, method, path: self.path.to_owned(), params: self.params()? })
    }

    /// The action this call is; none where it answers with something other than an object
    /// (a file, a list).
    fn action(&self) -> Result<Option<Action>, GenerateError> {
        let Some(returns) = self.answer().and_then(referenced) else { return Ok(None) };
        Ok(Some(Action {
            name: self.verb()?,
            method: self.method.to_uppercase(),
            path: self.path.to_owned(),
            params: self.params()?,
            path_inputs: Vec::new(),
            required_inputs: Vec::new(),
            renames: BTreeMap::new(),
            output: OutputShape::Record,
            returns: returns.to_owned(),
        }))
    }

    /// What a POST ends with, otherwise what Stripe's libraries call it.
    fn verb(&self) -> Result<String, GenerateError> {
        let last =
            self.path.rsplit('/').next().filter(|last| self.method == "post" && !last.starts_with('{'));
        let named = || self.call.get("x-method-name").and_then(Value::as_str);
        let verb =
            last.or_else(named).ok_or_else(|| GenerateError::malformed(self.place(), "has no verb"))?;
        Ok(verb.to_owned())
    }

    fn params(&self) -> Result<Vec<Param>, GenerateError> {
        let mut params = self.query_params()?;
        if let Some(body) = self.call.get("requestBody").and_then(first_content) {
            params.extend(kinds::params(body, &self.place())?);
        }
        params.retain(|param| param.name != "expand");
        params.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(params)
    }

    fn query_params(&self) -> Result<Vec<Param>, GenerateError> {
        let listed = self.call.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let query = listed.filter(|param| param.get("in").and_then(Value::as_str) == Some("query"));
        query.map(|param| self.query_param(param)).collect()
    }

    fn query_param(&self, param: &Value) -> Result<Param, GenerateError> {
        let name = param.get("name").and_then(Value::as_str);
        let name =
            name.ok_or_else(|| GenerateError::malformed(self.place(), "has a param without a name"))?;
        let place = format!("{} {name}", self.place());
        let schema = param.get("schema").ok_or_else(|| GenerateError::malformed(&place, "has no schema"))?;
        let required = param.get("required").and_then(Value::as_bool).unwrap_or_default();
        Ok(Param { name: name.to_owned(), kind: kinds::kind(schema, &place)?, required })
    }

    /// The schema of the answer.
    fn answer(&self) -> Option<&'s Value> {
        let answers = self.call.get("responses")?;
        answers.get("200")?.get("content")?.get("application/json")?.get("schema")
    }

    /// Whether the call answers with the object, one of several objects or a list of it.
    fn answers_with(&self, object: &str) -> bool {
        let Some(answer) = self.answer() else { return false };
        let item = answer.pointer("/properties/data/items").unwrap_or(answer);
        let several = item.get("anyOf").and_then(Value::as_array).into_iter().flatten();
        several.chain([item]).any(|one| referenced(one) == Some(object))
    }
}

/// The schema of the first way to send or receive a body.
fn first_content(body: &Value) -> Option<&Value> {
    body.get("content")?.as_object()?.values().next()?.get("schema")
}

/// The name behind a reference.
pub(super) fn referenced(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}
