//! Stripe as a connector: entities and actions by name, over one connection.
//!
//! ```text
//! entity, locator, params ──entities, actions──▶ connection
//! filter clause ──filter──▶ list params, and a test for the entities in the answer
//! body ──record──▶ flat map
//! ```
//!
//! Nothing here knows a Stripe object by name: the [`catalog`](crate::catalog) says which objects exist,
//! which params they take and how they end. Nothing here makes decisions either: each call is sent as
//! requested, and Stripe's answer is returned.

mod actions;
mod answer;
mod decimal;
mod describe;
mod embedded;
mod entities;
mod error;
pub mod filter;
mod id;
mod list;
mod locator;
mod page_token;
mod path;
mod reader;
mod record;
mod reference;
mod selectors;
mod sent;

use std::sync::Arc;

use crate::catalog::Entity;
use crate::connection::Connection;
use crate::stripe::CallTotals;
use crate::stripe::trace::{Secrecy, TracedOperation};
use reader::ObjectReader;

pub use crate::connection::AccountMark;
pub use actions::{ActionRef, action};
pub use decimal::{compare_numbers, plain_number};
pub use describe::{
    ActionDescription, EntityDescription, FieldDescription, InputDescription, describe_action,
    describe_actions, describe_entities, describe_entity,
};
pub use entities::{check_readable, entity, is_deleted};
pub use error::Error;
pub use filter::{Filter, FilterError};
pub use id::{InvalidId, check_any_id, check_id};
pub use list::{ListRequest, Page, PageSize, check_filter, check_sort_field};
pub use locator::{check as check_locator, id_count, id_of, locator, own_id, placed};
pub use reader::{ReadHint, Savings};
pub use record::{Arrays, record, record_of, scalar};
pub use reference::{elements, id_at, items_of, reference};
pub use selectors::selectors;

/// The operations and actions of one connection.
#[derive(Debug, Clone)]
pub struct Connector {
    connection: Arc<Connection>,
    /// The state that the reads of the connection share.
    reader: Arc<ObjectReader>,
}

impl Connector {
    /// Creates a connector over a connection.
    pub fn new(connection: Connection) -> Self {
        Self { connection: Arc::new(connection), reader: Arc::default() }
    }

    /// The connection through which the calls go.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The totals of the connection's calls so far.
    pub fn totals(&self) -> CallTotals {
        self.connection.totals()
    }

    /// The account and mode on which calls act, found without a call.
    pub async fn account_mark(&self) -> Result<AccountMark, Error> {
        Ok(self.connection.account_mark().await?)
    }

    /// The account and mode on which calls act; Stripe is asked for the account once.
    pub async fn fetch_account_mark(&self) -> Result<AccountMark, Error> {
        Ok(self.connection.fetch_account_mark().await?)
    }
}

/// An operation of the connector as it is named in the log.
fn traced_operation(name: &str, entity: &'static Entity, id: Option<&str>) -> TracedOperation {
    TracedOperation {
        name: name.to_owned(),
        entity: entity.name.clone(),
        id: id.map(str::to_owned),
        filter: None,
        secrecy: Some(entity),
    }
}

impl Secrecy for Entity {
    fn is_secret(&self, path: &str) -> bool {
        Self::is_secret(self, path)
    }
}
