//! Get, Create and Update of an entity.

use http::Method;
use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Operation, OperationKind, catalog};
use crate::connector::{Connector, Error, asked, path};
use crate::stripe::Reply;

/// The entity type of that name, in PascalCase or in Stripe's spelling.
pub fn entity(name: &str) -> Result<&'static Entity, Error> {
    let unknown = || Error::UnknownEntity { name: name.to_owned(), suggestion: catalog().suggest(name) };
    catalog().entity(name).ok_or_else(unknown)
}

/// True for what Stripe answers in place of a deleted object.
pub fn is_gone(body: &Json) -> bool {
    body.get("deleted") == Some(&Json::Bool(true))
}

impl Connector {
    /// The entity with that id, as Stripe returns it.
    pub async fn get(&self, entity: &'static Entity, id: &str) -> Result<Json, Error> {
        let work = async {
            let operation = operation(entity, OperationKind::Get)?;
            let params = expanded(entity, Map::new(), "");
            let call = path::call(Method::GET, &operation.path, &[id]).params(params);
            Ok(self.connection.send(call).await?.body)
        };
        self.connection.operation(asked("Get", entity, Some(id)), work, |_| 1).await
    }

    /// A new entity, made once for every key: the same key again brings the same answer.
    pub async fn create(
        &self,
        entity: &'static Entity,
        params: Map<String, Json>,
        key: &str,
    ) -> Result<Reply, Error> {
        let work = async {
            let operation = operation(entity, OperationKind::Create)?;
            let params = expanded(entity, params, "");
            let call = path::call(Method::POST, &operation.path, &[]).params(params).key(key);
            Ok(self.connection.send(call).await?)
        };
        self.connection.operation(asked("Create", entity, None), work, |_| 1).await
    }

    /// The entity with these params changed.
    pub async fn update(
        &self,
        entity: &'static Entity,
        id: &str,
        params: Map<String, Json>,
    ) -> Result<Json, Error> {
        let work = async {
            let operation = operation(entity, OperationKind::Update)?;
            let params = expanded(entity, params, "");
            let call = path::call(Method::POST, &operation.path, &[id]).params(params);
            Ok(self.connection.send(call).await?.body)
        };
        self.connection.operation(asked("Update", entity, Some(id)), work, |_| 1).await
    }
}

/// The operation of that kind, or an error that names what Stripe lacks.
pub(super) fn operation(entity: &'static Entity, kind: OperationKind) -> Result<&'static Operation, Error> {
    let operation = match kind {
        OperationKind::List => "list",
        OperationKind::Get => "get",
        OperationKind::Create => "create",
        OperationKind::Update => "update",
        OperationKind::Delete => "delete",
        OperationKind::Search => "search",
    };
    entity.operation(kind).ok_or(Error::NotSupported { entity: &entity.name, operation })
}

/// The params, and the fields that are incomplete unless they are asked for.
pub(super) fn expanded(entity: &Entity, mut params: Map<String, Json>, prefix: &str) -> Map<String, Json> {
    if !entity.expand.is_empty() {
        let fields = entity.expand.iter().map(|field| Json::String(format!("{prefix}{field}")));
        params.insert("expand".to_owned(), fields.collect());
    }
    params
}
