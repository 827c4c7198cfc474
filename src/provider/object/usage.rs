//! Warns in a plan if other objects use one that is about to end: subscriptions of a price go on,
//! promotion codes of a coupon end with it.

use crate::catalog::Removal;
use crate::connector::Connector;
use crate::engine::{Object, UsageCount};
use crate::provider::messages::ends;
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};

/// Warns about the objects that use one that is about to end.
pub(super) async fn in_use(runtime: &Runtime, object: &Object, connector: &Connector) -> Diagnostics {
    let mut found = Diagnostics::new();
    for user in object.users() {
        if !runtime.existing_types.has(connector, user.0).await {
            continue;
        }
        // If the key may not list the users, there is no warning.
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
