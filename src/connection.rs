//! One way to one Stripe account: its settings, the handle that carries them from one
//! resource to the next, and the runtime made from them.

mod error;
mod handle;
mod local;
mod observed;
mod opened;
mod proxy;
mod scope;
mod settings;
mod status;

pub use crate::logs::Level;
pub use error::Error;
pub use handle::{decode as decode_handle, encode as encode_handle, id_of as id_of_handle};
pub use opened::{Connection, Defaults};
pub use scope::Scope;
pub use settings::{Lock, Log, Nodes, Proxy, ProxyAuth, ProxyTls, Settings};
pub use status::{State, Status};
