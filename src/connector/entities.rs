//! Gets, creates, updates and deletes one entity, and runs actions on it.

use futures_util::future::BoxFuture;
use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Operation, OperationKind, catalog};
use crate::connector::answer::{check_action, check_entity, check_id_matches};
use crate::connector::sent::{said, said_first, unset_by_null};
use crate::connector::{ActionRef, Connector, Error, locator, path, traced_operation};
use crate::stripe::{IdempotencyKey, Reply};

/// The entity type with this name, in PascalCase or in Stripe's spelling.
pub fn entity(name: &str) -> Result<&'static Entity, Error> {
    let unknown = || Error::UnknownEntity { name: name.to_owned(), suggestions: catalog().suggest(name) };
    catalog().entity(name).ok_or_else(unknown)
}

/// Whether Stripe has a call that shows a single entity of the type.
pub fn check_readable(entity: &'static Entity) -> Result<(), Error> {
    operation(entity, OperationKind::Get).map(drop)
}

/// Whether an answer stands for a deleted object.
pub fn is_deleted(body: &Json) -> bool {
    body.get("deleted") == Some(&Json::Bool(true))
}

impl Connector {
    /// Gets the entity with this locator, as Stripe returns it.
    pub async fn get(&self, entity: &'static Entity, locator: &str) -> Result<Json, Error> {
        let work = async {
            let operation = operation(entity, OperationKind::Get)?;
            let ids = locator::ids(entity, locator)?;
            let params = with_expansions(entity, operation, Map::new(), "");
            let call = path::operation(operation, &ids)?.params(params);
            let mut body = self.connection.send(call).await?.body;
            check_entity(entity, &body)?;
            self.read_all_items(entity, &mut body).await?;
            if let Some(id) = ids.last().filter(|_| operation.is_of_one()) {
                check_id_matches(entity, id, &body)?;
            }
            self.reader.note(entity, &body);
            Ok(body)
        };
        self.connection.operation(traced_operation("Get", entity, Some(locator)), work, |_| 1).await
    }

    /// Creates an entity, once for each key: the same key returns the same answer again. The params also name
    /// the parents of the entity.
    pub async fn create(
        &self,
        entity: &'static Entity,
        mut params: Map<String, Json>,
        key: IdempotencyKey,
    ) -> Result<Reply, Error> {
        let work = async {
            let create = || Error::NotSupported { entity: &entity.name, operation: "create" };
            let operation = entity.create_operation().ok_or_else(create)?;
            let ids = locator::take_places(&operation.path, &mut params);
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let params = if entity.is_v2() { params } else { said_first(params, &operation.params) };
            let params = with_expansions(entity, operation, params, "");
            let call = path::operation(operation, &ids)?.params(params).key(key);
            let _write = self.reader.writing();
            let sent = self.connection.send(call).await.map_err(Error::from);
            let mut reply = sent.or_else(|error| declined(entity, error))?;
            check_entity(entity, &reply.body)?;
            self.show_all_items(entity, &mut reply.body).await;
            self.reader.note(entity, &reply.body);
            Ok(reply)
        };
        self.connection.operation(traced_operation("Create", entity, None), work, |_| 1).await
    }

    /// Updates an entity with these params, and returns it.
    pub async fn update(
        &self,
        entity: &'static Entity,
        locator: &str,
        params: Map<String, Json>,
    ) -> Result<Json, Error> {
        let work = async {
            let operation = operation(entity, OperationKind::Update)?;
            let ids = locator::ids(entity, locator)?;
            let params = if entity.is_v2() { unset_by_null(params) } else { said(params, &operation.params) };
            let params = with_expansions(entity, operation, params, "");
            let call = path::operation(operation, &ids)?.params(params);
            let _write = self.reader.writing();
            let mut body = self.connection.send(call).await?.body;
            check_entity(entity, &body)?;
            self.show_all_items(entity, &mut body).await;
            self.reader.note(entity, &body);
            Ok(body)
        };
        self.connection.operation(traced_operation("Update", entity, Some(locator)), work, |_| 1).await
    }
}

impl Connector {
    /// Deletes the entity with this locator.
    pub async fn delete(&self, entity: &'static Entity, locator: &str) -> Result<(), Error> {
        let operation = operation(entity, OperationKind::Delete)?;
        let call = path::operation(operation, &locator::ids(entity, locator)?)?;
        let _write = self.reader.writing();
        check_entity(entity, &self.connection.send(call).await?.body)
    }

    /// Runs an action on the entity with this locator, as part of another operation.
    pub async fn call_action(
        &self,
        action: ActionRef,
        locator: &str,
        params: Map<String, Json>,
    ) -> Result<(), Error> {
        let call = action.call(&locator::ids(action.entity, locator)?)?.params(params);
        let _write = self.reader.writing();
        check_action(action.entity, action.action, &self.connection.send(call).await?.body)
    }

    /// Runs the calls that end an entity as one operation in the log; `rows` counts its rows.
    pub fn end_operation<'w, T: Send + 'w>(
        &self,
        entity: &'static Entity,
        locator: &str,
        work: impl Future<Output = Result<T, Error>> + Send + 'w,
        rows: impl FnOnce(&T) -> usize + Send + 'w,
    ) -> BoxFuture<'w, Result<T, Error>> {
        self.connection.operation(traced_operation("Delete", entity, Some(locator)), work, rows)
    }
}

/// The object that was created by a create although Stripe declined it, or the create's error.
fn declined(entity: &Entity, error: Error) -> Result<Reply, Error> {
    let Some(declined) = error.stripe() else { return Err(error) };
    let Some(body) = declined.declined_object(&entity.object).cloned() else { return Err(error) };
    Ok(Reply { body, request_id: None, replayed: declined.replayed(), declined: Some(declined.clone()) })
}

/// The operation of this kind, or an error that says which operation Stripe does not have.
pub(super) fn operation(entity: &'static Entity, kind: OperationKind) -> Result<&'static Operation, Error> {
    entity.operation(kind).ok_or(Error::NotSupported { entity: &entity.name, operation: kind.word() })
}

/// Adds to the params a request for fields that are incomplete otherwise: in `expand`, with this prefix. In
/// version 2 of the API they are requested in `include`, if the call knows them there.
pub(super) fn with_expansions(
    entity: &Entity,
    operation: &Operation,
    mut params: Map<String, Json>,
    prefix: &str,
) -> Map<String, Json> {
    let wanted = entity.expand.iter();
    let (name, fields): (&str, Vec<Json>) = match operation.param("include") {
        Some(include) => {
            let known = |field: &&String| include.values().contains(field);
            let wanted = wanted.chain(&entity.answered_once).filter(known);
            ("include", wanted.map(|field| Json::from(field.as_str())).collect())
        }
        None if entity.is_v2() => return params,
        None => ("expand", wanted.map(|field| Json::String(format!("{prefix}{field}"))).collect()),
    };
    if !fields.is_empty() {
        params.insert(name.to_owned(), Json::Array(fields));
    }
    params
}
