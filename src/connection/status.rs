//! Whether a connection works: what a real call to Stripe came to.

use std::fmt;

use serde_json::Value as Json;

use crate::connection::{Connection, Error};
use crate::stripe::trace::Operation;
use crate::stripe::{Call, Kind};
use crate::terraform::value::Path;

/// In which state a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Stripe answered.
    Active,
    /// Stripe could not be asked, or answered nonsense.
    Error,
    /// Stripe refused the key, or there is none.
    AuthError,
    /// The configuration says that nothing may be sent.
    Suspended,
}

/// A state and what is behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// In which state.
    pub state: State,
    /// Empty when active.
    pub description: String,
    /// The attribute that is at fault, where one is.
    pub attribute: Option<Path>,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "ACTIVE",
            Self::Error => "ERROR",
            Self::AuthError => "AUTH_ERROR",
            Self::Suspended => "SUSPENDED",
        })
    }
}

impl Status {
    /// Asks Stripe for the account behind the key. Never fails: a failure is a status.
    pub async fn of(connection: &Connection) -> Self {
        let what =
            Operation { name: "Check".to_owned(), entity: "Account".to_owned(), ..Operation::default() };
        match connection.operation(what, connection.send(Call::get("/v1/account")), |_| 1).await {
            Ok(reply) => Self::of_account(&reply.body),
            Err(error) => Self::of_error(&error),
        }
    }

    fn of_account(account: &Json) -> Self {
        match account.get("object").and_then(Json::as_str) {
            Some("account") => Self { state: State::Active, description: String::new(), attribute: None },
            _ => Self {
                state: State::Error,
                description: "the answer was not an account: is the address Stripe's?".to_owned(),
                attribute: None,
            },
        }
    }

    /// What a failed call says about the connection.
    pub fn of_error(error: &Error) -> Self {
        let state = match error {
            Error::Suspended { .. } => State::Suspended,
            Error::Key { .. } | Error::NoKey | Error::WrongMode { .. } => State::AuthError,
            Error::Stripe(error) if error.is_auth() => State::AuthError,
            _ => State::Error,
        };
        let attribute = match error {
            Error::Stripe(error) if error.kind() == Kind::ProxyAuth => {
                Some(Path::attribute("proxy_password"))
            }
            Error::Key { at, .. } => at.clone(),
            Error::ProxyPassword { at, .. } => Some(at.clone()),
            _ => None,
        };
        Self { state, description: error.to_string(), attribute }
    }
}
