//! What an import names: an entity type and where one of its entities is.

use crate::catalog::names::quoted;
use crate::catalog::{Entity, OperationKind};
use crate::connector;

/// `ENTITY/LOCATOR`, read.
#[derive(Debug, Clone)]
pub struct ImportId {
    /// The entity type.
    pub entity: &'static Entity,
    /// Where the entity is: `cus_1`, `cus_1/txi_1`.
    pub locator: String,
}

/// Why nothing can be imported by an id.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is not written as an import id.
    #[error("{} must be `ENTITY/ID`, such as `Customer/cus_123`", quoted(id))]
    Form {
        /// As it was given.
        id: String,
    },
    /// There is no such entity type, or its entities are named in another way.
    #[error(transparent)]
    Entity(#[from] connector::Error),
    /// Stripe has no call that reads one.
    #[error("Stripe shows no {entity} again, so none can be imported")]
    Unreadable {
        /// The entity type.
        entity: &'static str,
    },
}

impl ImportId {
    /// Reads an import id.
    pub fn parse(id: &str) -> Result<Self, ImportError> {
        let parts = id.split_once('/').filter(|(_, locator)| !locator.is_empty());
        let (name, locator) = parts.ok_or_else(|| ImportError::Form { id: id.to_owned() })?;
        let entity = connector::entity(name)?;
        connector::check_locator(entity, locator)?;
        if entity.operation(OperationKind::Get).is_none() {
            return Err(ImportError::Unreadable { entity: &entity.name });
        }
        Ok(Self { entity, locator: locator.to_owned() })
    }
}
