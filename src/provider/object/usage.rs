//! Warns in a plan when other objects use one that is to end: subscriptions of a price go on, promotion codes of a
//! coupon end with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::OnceCell;

use crate::catalog::{Entity, Removal};
use crate::connection::ConnectionTarget;
use crate::connector::Connector;
use crate::engine::{Object, UsageCount, is_any};
use crate::provider::messages::ends;
use crate::provider::runtime::Runtime;
use crate::sync::lock;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};

/// Of which types an account has any objects, asked once in a run: where there are none, none is counted
/// for each object that ends.
#[derive(Debug, Default)]
pub(in crate::provider) struct ExistingTypes(Mutex<HashMap<TypeAtTarget, Arc<OnceCell<bool>>>>);

/// A type of entities, behind a connection.
type TypeAtTarget = (ConnectionTarget, &'static str);

impl ExistingTypes {
    /// Whether an account has objects of a type; what cannot be read counts as none.
    async fn has(&self, connector: &Connector, entity: &'static Entity) -> bool {
        let place = (connector.connection().place(), entity.key.as_str());
        let cell = {
            let mut asked = lock(&self.0);
            Arc::clone(asked.entry(place).or_default())
        };
        let ask = || async { is_any(connector, entity).await.unwrap_or(false) };
        *cell.get_or_init(ask).await
    }
}

/// How many objects use one that is to end.
pub(super) async fn in_use(runtime: &Runtime, object: &Object, connector: &Connector) -> Diagnostics {
    let mut found = Diagnostics::new();
    for user in object.users() {
        if !runtime.existing_types.has(connector, user.0).await {
            continue;
        }
        // A key that may not list them says nothing of them.
        let usage = object.usage(connector, user).await;
        found.extend(usage.ok().filter(|usage| usage.count > 0).map(|usage| in_use_warning(object, usage)));
    }
    found
}

fn in_use_warning(object: &Object, usage: UsageCount) -> Diagnostic {
    let least = if usage.more { "At least " } else { "" };
    let users = format!("{least}{} {}(s)", usage.count, usage.by.name);
    let message = if object.entity.removal == Removal::Delete { ends::ends_with_users } else { ends::in_use };
    message(&users, &object.entity.name, &object.locator)
}
