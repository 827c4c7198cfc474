//! Reads a stored object in the account in which it was created.

use serde_json::Value as Json;

use crate::catalog::API_VERSION;
use crate::connection::Connection;
use crate::connector::{Error, id_of};
use crate::engine::{Object, has_ended, with_unanswered};
use crate::provider::explain::explain_connector;
use crate::provider::messages::ends;
use crate::provider::object::account::{not_surely_gone, on_way_to, seen_through};
use crate::provider::object::end::end_sentence;
use crate::provider::object::private_data::PrivateData;
use crate::provider::object::responses::stored;
use crate::provider::runtime::Runtime;
use crate::provider::sentence::sentence;
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::provider::StateResponse;
use crate::terraform::value::Value;

/// The result of reading a stored object.
pub(in crate::provider) struct Reading {
    /// The current object.
    pub(in crate::provider) body: Json,
    /// The new private data.
    pub(in crate::provider) private: PrivateData,
}

/// Reads the object of a state, which its type then shows as it is now. If it cannot be read, the state
/// stays as it is; if it no longer exists, it leaves the state.
pub(in crate::provider) async fn read(
    runtime: &Runtime,
    stored: StateResponse,
    object: &Object,
    private: &PrivateData,
    show: impl FnOnce(Value, Reading) -> StateResponse + Send,
) -> StateResponse {
    match read_stored(runtime, &stored.state, object, private).await {
        Ok(Some(reading)) => {
            let ended = ended_outside(object, &reading.body);
            let mut now = show(stored.state, reading);
            now.diagnostics.extend(ended);
            now
        }
        Ok(None) => StateResponse::default(),
        Err(diagnostic) => StateResponse { diagnostics: vec![diagnostic], ..stored },
    }
}

/// Finds the object of a state in Stripe; returns None if it no longer exists.
async fn read_stored(
    runtime: &Runtime,
    state: &Value,
    object: &Object,
    private: &PrivateData,
) -> Result<Option<Reading>, Diagnostic> {
    let private = on_way_to(runtime, private, stored(object, state)).await?;
    let connector = private.connector(runtime)?;
    let connection = connector.connection();
    if connection.settings().suspended {
        return Err(not_refreshed(object, "Its connection is suspended."));
    }
    match seen_through(connection, private.origin.as_ref(), object.read(&connector)).await {
        Ok(Some((body, origin))) => {
            arrived(runtime, connection, object, &body).await;
            let mut private = PrivateData { origin: Some(origin), ..private };
            // A param that could not be unset is forgotten once somebody has changed it in Stripe.
            private.uncleared.retain(|name, _| object.body.get(name) == body.get(name));
            private.lost_names = object.lost_names(&body, &private.lost_names);
            let ended = has_ended(object.entity, &body);
            private.ended_at_import &= ended;
            // What a read learns counts as drift, except in the first read of an import.
            if object.body.is_null() {
                private.ended_at_import = ended;
                private = private.with_expected_reads(&connector, object, &body);
            }
            Ok(Some(Reading { body, private }))
        }
        Ok(None) => match not_surely_gone(connection, &private, stored(object, state)).await {
            None => Ok(None),
            Some(elsewhere) => Err(elsewhere),
        },
        Err(error) => Err(unreadable(object, &error)),
    }
}

/// Notes that the state has an object in this connection's account: its create is no longer in flight.
async fn arrived(runtime: &Runtime, connection: &Connection, object: &Object, body: &Json) {
    let (what, id) = (&object.entity.name, id_of(body, &object.locator));
    if runtime.journal.has_orphaned_object(what, id)
        && let Ok(account) = connection.account_mark().await
    {
        runtime.journal.arrived(what, id, Some(&account));
    }
}

/// Reports why an object could not be read. A key's missing permission is no reason to stop the rest of
/// the run.
fn unreadable(object: &Object, error: &Error) -> Diagnostic {
    match error.stripe() {
        Some(refusal) if refusal.lacks_permission() => not_refreshed(
            object,
            &format!(
                "{} Give the restricted key this permission, or use another key.",
                sentence(&error.to_string())
            ),
        ),
        _ => explain_connector(error, "id"),
    }
}

fn not_refreshed(object: &Object, why: &str) -> Diagnostic {
    ends::not_refreshed(&object.entity.name, &object.locator, why).at_attribute("connection_handle")
}

/// Returns the response to compare with: under an API version other than the catalog's, a field missing
/// from the response counts as unchanged.
pub(in crate::provider) fn comparable(
    runtime: &Runtime,
    object: &Object,
    body: &Json,
    private: &PrivateData,
) -> Json {
    let known = private.connector(runtime).is_ok_and(|it| it.connection().api_version() == API_VERSION);
    if known { body.clone() } else { with_unanswered(&object.entity.fields, body, &object.body) }
}

/// Reports an object that has ended since it was last read.
fn ended_outside(object: &Object, body: &Json) -> Option<Diagnostic> {
    let end = object.ended_since(body)?;
    Some(ends::ended_outside(&end_sentence(object, &end, ".")))
}
