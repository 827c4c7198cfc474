//! A connection to one Stripe account: its settings, the handle that passes them on as text,
//! and the client made from them.

mod account;
mod client;
mod defaults;
mod error;
mod handle;
mod identity;
mod logging;
mod proxy;
mod readiness;
mod sandbox_transport;
mod settings;
mod status;
mod throttle_scope;

pub use crate::logs::Level;
pub use crate::stripe::{BaseUrl, ProxyTls};
pub use account::AccountMark;
pub use client::{Connection, ConnectionTarget};
pub use defaults::Defaults;
use defaults::Destination;
pub use error::Error;
pub use handle::{decode as decode_handle, encode as encode_handle, id_of as id_of_handle};
pub use identity::{AccountIdentity, Likeness};
pub use readiness::keeps_secrets;
pub use sandbox_transport::check as check_sandbox;
pub use settings::{ChangeLock, LogSettings, NodeLimits, Proxy, ProxyAuth, Settings};
pub use status::ConnectionState;
pub use throttle_scope::ThrottleScope;
