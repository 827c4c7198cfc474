//! Which types have any objects at all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::OnceCell;

use crate::catalog::Entity;
use crate::connection::ConnectionTarget;
use crate::connector::Connector;
use crate::engine::is_any;
use crate::sync::lock;

/// The types of which an account has any objects, asked once per run: if there are none, they are not
/// counted for each object that ends.
#[derive(Debug, Default)]
pub(in crate::provider) struct ExistingTypes(Mutex<HashMap<TypeAtTarget, Arc<OnceCell<bool>>>>);

/// An entity type, at the target of a connection.
type TypeAtTarget = (ConnectionTarget, &'static str);

impl ExistingTypes {
    /// Returns whether an account has objects of a type; false if they cannot be read.
    pub(in crate::provider) async fn has(&self, connector: &Connector, entity: &'static Entity) -> bool {
        let place = (connector.connection().place(), entity.key.as_str());
        let cell = {
            let mut asked = lock(&self.0);
            Arc::clone(asked.entry(place).or_default())
        };
        let ask = || async { is_any(connector, entity).await.unwrap_or(false) };
        *cell.get_or_init(ask).await
    }
}
