//! Whether a connection works: the outcome of a real call to Stripe.

use std::fmt;

use crate::connection::account::account_id;
use crate::connection::{Connection, Error};
use crate::stripe::Call;
use crate::stripe::trace::Operation;

/// The state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Stripe returned the account.
    Active,
    /// Stripe could not be reached, or the response was something else.
    Error,
    /// There is no key, or Stripe refused it.
    AuthError,
    /// The settings refuse every call.
    Suspended,
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

impl From<&Error> for State {
    fn from(error: &Error) -> Self {
        match error {
            Error::Suspended { .. } => Self::Suspended,
            Error::Key { .. } | Error::NoKey | Error::WrongMode { .. } => Self::AuthError,
            Error::Stripe(error) if error.is_auth() => Self::AuthError,
            _ => Self::Error,
        }
    }
}

impl Connection {
    /// Requests the account that the key belongs to, in one call.
    ///
    /// # Errors
    /// The connection cannot be used; [`State`] can be made from the error.
    pub async fn check(&self) -> Result<(), Error> {
        let operation =
            Operation { name: "Check".to_owned(), entity: "Account".to_owned(), ..Operation::default() };
        let reply = self.operation(operation, self.send(Call::get("/v1/account")), |_| 1).await?;
        let id = account_id(&reply.body).ok_or(Error::NotAnAccount)?;
        if self.account().is_none() {
            // Set already means that the same was asked before.
            let _ = self.own_account.set(Some(id));
        }
        Ok(())
    }
}
