//! Whether a connection works: the outcome of a real call to Stripe.

use std::fmt;

use crate::connection::Error;

/// The state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    /// Stripe returned the account, or said that the key may not read it.
    Active,
    /// Stripe could not be reached, or the response was something else.
    Error,
    /// There is no key, or Stripe refused it.
    AuthError,
    /// The settings refuse every call.
    Suspended,
}

impl fmt::Display for ConnectionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "ACTIVE",
            Self::Error => "ERROR",
            Self::AuthError => "AUTH_ERROR",
            Self::Suspended => "SUSPENDED",
        })
    }
}

impl From<&Error> for ConnectionState {
    fn from(error: &Error) -> Self {
        match error {
            Error::Suspended { .. } => Self::Suspended,
            Error::Key { .. } | Error::NoKey | Error::NotASecretKey { .. } | Error::WrongMode { .. } => {
                Self::AuthError
            }
            // Stripe knows the key; the key just has no permission to read the account.
            Error::Stripe(error) if error.lacks_permission() => Self::Active,
            Error::Stripe(error) if error.is_auth() => Self::AuthError,
            _ => Self::Error,
        }
    }
}
