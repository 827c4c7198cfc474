//! Stripe as a connector: entities and actions by name, over one connection.
//!
//! ```text
//! payload ──payload──▶ params ──entities, actions──▶ connection
//! filter  ──filter───▶ list params, and a test for what comes back
//! body    ──record───▶ flat map
//! ```
//!
//! Nothing here knows a Stripe object by name: what exists, what it takes and how it ends
//! is the [`catalog`](crate::catalog)'s.

mod actions;
mod compare;
mod describe;
mod entities;
mod error;
pub mod filter;
mod items;
mod list;
mod locator;
mod page_token;
mod path;
mod payload;
mod record;
mod removal;

use std::sync::Arc;

use crate::catalog::Entity;
use crate::connection::Connection;
use crate::stripe::trace::Operation;

pub use actions::{ActionRef, ActionResult, action, check_input};
pub use compare::{Change, change, drifted, fulfilled};
pub use describe::{
    ActionDescription, EntityDescription, FieldDescription, InputDescription, describe_action,
    describe_actions, describe_entities, describe_entity,
};
pub use entities::{entity, is_gone};
pub use error::Error;
pub use filter::{Filter, FilterError};
pub use items::with_ids;
pub use list::{ListRequest, Page};
pub use locator::{check as check_locator, locator};
pub use payload::{PayloadError, payload, require, with_original_keys};
pub use record::{Arrays, record, retain_create_only};
pub use removal::{Removed, what_stays};

/// The operations and actions of one connection.
#[derive(Debug, Clone)]
pub struct Connector {
    connection: Arc<Connection>,
}

impl Connector {
    /// The connector over this connection.
    pub fn new(connection: &Arc<Connection>) -> Self {
        Self { connection: Arc::clone(connection) }
    }

    /// Which connection and account this is, as text.
    pub fn identity(&self) -> String {
        format!("{} {}", self.connection.settings().id, self.connection.account().unwrap_or_default())
    }
}

/// What the connector is asked for, in the words of the log.
fn asked(name: &str, entity: &'static Entity, id: Option<&str>) -> Operation {
    Operation {
        name: name.to_owned(),
        entity: entity.name.clone(),
        id: id.map(str::to_owned),
        filter: None,
        sensitive: &entity.sensitive,
    }
}
