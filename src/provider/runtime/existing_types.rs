//! Of which types there are objects at all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::OnceCell;

use crate::catalog::Entity;
use crate::connection::ConnectionTarget;
use crate::connector::Connector;
use crate::engine::is_any;
use crate::sync::lock;

/// Of which types an account has any objects, asked once in a run: where there are none, none is counted
/// for each object that ends.
#[derive(Debug, Default)]
pub(in crate::provider) struct ExistingTypes(Mutex<HashMap<TypeAtTarget, Arc<OnceCell<bool>>>>);

/// A type of entities, behind a connection.
type TypeAtTarget = (ConnectionTarget, &'static str);

impl ExistingTypes {
    /// Whether an account has objects of a type; what cannot be read counts as none.
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
