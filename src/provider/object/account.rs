//! Decides which connection the calls for a stored object use, and whether it still leads to the account
//! and the mode in which the object was created.
//!
//! If it does not, every id is unknown there: a "not found" says nothing about the object. So an object is
//! never searched for, changed or ended in another account than its own.

use std::pin::pin;

use futures_util::future::{self, Either};
use serde_json::Value as Json;

use crate::connection::{AccountIdentity, Connection, Likeness};
use crate::connector::{Connector, Error};
use crate::engine::Object;
use crate::provider::explain::explain_connection;
use crate::provider::messages::stripe;
use crate::provider::object::private_data::PrivateData;
use crate::provider::object::responses::{StoredObject, stored};
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::provider::PlanRequest;

/// Where an object was created, and the connection last used for it.
struct Origin {
    handle: Option<String>,
    used: Connector,
    account: AccountIdentity,
}

/// Where a configured connection leads, for a stored object.
#[derive(Debug)]
pub(in crate::provider) enum ConfiguredConnection {
    /// To the object's account and mode.
    Same(PrivateData),
    /// To another account or mode; the object can be ended through the old connection.
    Moved(PrivateData),
}

/// Returns the private data with the connection that leads to a stored object: the freshest handle of its
/// connection, or the stored handle if the freshest one leads elsewhere.
pub(super) async fn on_way_to(
    runtime: &Runtime,
    private: &PrivateData,
    stored: StoredObject<'_>,
) -> Result<PrivateData, Diagnostic> {
    let origin = Origin::of(runtime, private, stored).await?;
    let newest = origin.handle.as_deref().map(|old| runtime.freshest(old));
    let connector = private.on(newest.clone()).connector(runtime)?;
    if !origin.is_left_by(connector.connection()).await {
        return Ok(private.on(newest));
    }
    if origin.handle != newest && !origin.is_left_by(origin.used.connection()).await {
        return Ok(private.on(origin.handle));
    }
    Err(leads_to_another(&origin.account, connector.connection(), stored).await)
}

/// Returns the private data with the configured connection: the default connection if none is named.
pub(in crate::provider) async fn configured(
    runtime: &Runtime,
    object: &Object,
    PlanRequest { prior, config, .. }: &PlanRequest,
    private: &PrivateData,
) -> Result<ConfiguredConnection, Diagnostic> {
    let (stored, config) = (stored(object, prior), config.get("connection_handle"));
    if config.is_unknown() {
        return on_way_to(runtime, private, stored).await.map(ConfiguredConnection::Same);
    }
    let origin = Origin::of(runtime, private, stored).await?;
    let named = config.as_str().map(str::to_owned);
    let connector = private.on(named.clone()).connector(runtime)?;
    let connection = connector.connection();
    if !origin.is_left_by(connection).await {
        return Ok(ConfiguredConnection::Same(private.on(named)));
    }
    // An apply cannot replace an object whose plan was made while the handle was unknown.
    let may_move = !runtime.walk.is_apply() && origin.handle != named && origin.handle.is_some();
    if may_move && !origin.is_left_by(origin.used.connection()).await {
        // Otherwise the apply would end the object here and only then find that it cannot create it there.
        connection.check_once().await.map_err(|error| explain_connection(&error, "connection_handle"))?;
        return Ok(ConfiguredConnection::Moved(PrivateData {
            replaced_handle: origin.handle,
            ..private.on(named)
        }));
    }
    Err(leads_to_another(&origin.account, connection, stored).await)
}

impl Origin {
    async fn of(
        runtime: &Runtime,
        private: &PrivateData,
        stored: StoredObject<'_>,
    ) -> Result<Self, Diagnostic> {
        let handle = private.handle.clone().or_else(|| stored.handle.as_str().map(str::to_owned));
        let used = private.on(handle.clone()).connector(runtime)?;
        let account = match &private.origin {
            Some(account) => account.clone(),
            None => presumed(used.connection(), stored).await,
        };
        Ok(Self { handle, used, account })
    }

    /// Returns whether a connection certainly leads to another account or mode. If that is not clear yet,
    /// asks Stripe for the accounts, once for each connection.
    async fn is_left_by(&self, connection: &Connection) -> bool {
        match self.account.likeness(&connection.identity().await) {
            Likeness::Same => false,
            Likeness::Other => true,
            Likeness::Undecided => {
                let origin = self.asked().await;
                origin.account_id.is_some()
                    && origin.likeness(&connection.fetch_identity().await) == Likeness::Other
            }
        }
    }

    /// Returns where the object was created; asks the connection that created it if the account is still
    /// unknown.
    async fn asked(&self) -> AccountIdentity {
        let made_it = self.account.likeness(&self.used.connection().identity().await) == Likeness::Same;
        if self.account.account_id.is_none() && made_it {
            self.used.connection().fetch_identity().await
        } else {
            self.account.clone()
        }
    }
}

/// Returns where an object was probably created if its state does not say so: where its connection leads,
/// if the object has that mode.
async fn presumed(used: &Connection, stored: StoredObject<'_>) -> AccountIdentity {
    let shown = stored.body.get("livemode").and_then(Json::as_bool);
    let used = used.identity().await;
    match shown {
        Some(livemode) if used.livemode != Some(livemode) => {
            AccountIdentity { livemode: shown, ..AccountIdentity::default() }
        }
        _ => used,
    }
}

/// Explains why a "not found" does not mean that the object is gone; returns None if it does.
pub(super) async fn not_surely_gone(
    connection: &Connection,
    private: &PrivateData,
    stored: StoredObject<'_>,
) -> Option<Diagnostic> {
    let origin = private.origin.as_ref()?;
    match origin.likeness(&connection.fetch_identity().await) {
        Likeness::Same => None,
        Likeness::Other | Likeness::Undecided => Some(leads_to_another(origin, connection, stored).await),
    }
}

/// Reads an object and resolves its account concurrently; the account is looked up only if unknown,
/// once per connection.
pub(super) async fn seen_through(
    connection: &Connection,
    known: Option<&AccountIdentity>,
    read: impl Future<Output = Result<Option<Json>, Error>>,
) -> Result<Option<(Json, AccountIdentity)>, Error> {
    // The read is polled first: if it fails before it is sent, the account is not looked up.
    match future::select(pin!(read), pin!(origin_of(connection, known))).await {
        Either::Left((Ok(Some(body)), origin)) => Ok(Some((body, origin.await))),
        Either::Left((nothing, _)) => nothing.map(|_| None),
        Either::Right((origin, read)) => Ok(read.await?.map(|body| (body, origin))),
    }
}

/// Returns where a connection leads, combined with the known account of an object behind it. If the key is
/// the one that created the object, nothing needs to be asked, and the private data stay the same:
/// `terraform plan -refresh-only -detailed-exitcode` would report a change as drift.
async fn origin_of(connection: &Connection, known: Option<&AccountIdentity>) -> AccountIdentity {
    let now = connection.identity().await;
    match known {
        Some(AccountIdentity { account_id: account_id @ Some(_), .. }) => {
            AccountIdentity { account_id: account_id.clone(), ..now }
        }
        Some(known) if known.likeness(&now) == Likeness::Same => known.clone(),
        _ => connection.fetch_identity().await,
    }
}

/// The error for a connection that leads, or may lead, to another account than the object's.
async fn leads_to_another(
    origin: &AccountIdentity,
    connection: &Connection,
    stored: StoredObject<'_>,
) -> Diagnostic {
    let now = connection.identity().await;
    let account = origin.account_id.as_deref().map(|id| format!(" (`account_id` is {id})"));
    let same_mode = origin.livemode == now.livemode;
    stripe::another_account(
        &stored.entity.name,
        stored.locator,
        &described(origin, same_mode),
        &described(&now, same_mode),
        &account.unwrap_or_default(),
    )
    .at_attribute("connection_handle")
}

/// Describes an identity as far as it is known: `test mode of acct_1`. An unknown account is mentioned if
/// only the account can differ.
fn described(identity: &AccountIdentity, of_an_account: bool) -> String {
    let mode = match identity.livemode {
        Some(true) => "live mode",
        Some(false) => "test mode",
        None => "a mode that is not known",
    };
    match identity.account_id.as_deref() {
        Some(account) => format!("{mode} of {account}"),
        None if of_an_account => format!("{mode} of an account whose id is not known"),
        None => mode.to_owned(),
    }
}
