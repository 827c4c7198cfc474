//! One way to one Stripe account: its settings, the handle that carries them from one
//! resource to the next, and the runtime made from them.

mod client;
mod error;
mod handle;
mod logging;
mod proxy;
mod sandbox_transport;
mod settings;
mod status;
mod throttle_scope;

pub use crate::logs::Level;
pub use client::{Connection, Defaults};
pub use error::Error;
pub use handle::{decode as decode_handle, encode as encode_handle, id_of as id_of_handle};
pub use settings::{Lock, Log, Nodes, Proxy, ProxyAuth, ProxyTls, Settings};
pub use status::{State, Status};
pub use throttle_scope::Scope;
