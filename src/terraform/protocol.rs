//! The gRPC service that Terraform calls: each RPC decodes, calls the provider and encodes.
//!
//! Every RPC goes through `dispatch`, so that an unknown type, a value that does not decode and even a panic
//! reach the practitioner as a diagnostic. A gRPC status would be shown as a "plugin error", and a dead
//! process explains nothing. The service wraps a [`Provider`].

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tonic::{Response, Status};

use crate::terraform::Provider;

mod action;
mod codec;
mod data_source;
mod diagnostics;
mod dispatch;
mod dynamic;
mod ephemeral_resource;
mod identity;
mod list;
mod messages;
mod moves;
mod provider_block;
mod resource;
mod schema;
mod server;
mod service;
mod validation;

pub use identity::encoded as encoded_identity_schemas;
pub use schema::encoded as encoded_schemas;
pub use server::Server;

/// The minor version of protocol 5 that is served.
pub const MINOR: u32 = 11;

/// The largest message in either direction, in bytes; the Go libraries use the same limit, because states
/// grow.
pub const MESSAGE_LIMIT: usize = 256 << 20;

/// The plugin protocol's provider service, on top of a provider.
///
/// A clone is the same service: the stream of an RPC may outlive the call that started it.
#[derive(Debug)]
pub struct Service<P>(Arc<ServiceInner<P>>);

/// The part that all clones of a service share.
#[derive(Debug)]
pub struct ServiceInner<P> {
    provider: P,
    codecs: codec::SchemaCodecs,
    /// Whether Terraform has asked calls to end early.
    is_stopped: AtomicBool,
}

impl<P: Provider> Service<P> {
    /// Creates a service for `provider`. No schema is built before it is needed.
    pub fn new(provider: P) -> Self {
        let codecs = codec::SchemaCodecs::default();
        Self(Arc::new(ServiceInner { codecs, provider, is_stopped: AtomicBool::new(false) }))
    }

    /// Wraps the service in a gRPC server that accepts messages of any size that Terraform sends.
    pub fn into_server(self) -> Server<P> {
        Server::new(self)
    }
}

impl<P> Clone for Service<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P> Deref for Service<P> {
    type Target = ServiceInner<P>;

    fn deref(&self) -> &ServiceInner<P> {
        &self.0
    }
}

/// The result of a method of the generated service; the status is never used for a problem that a diagnostic
/// can report.
type RpcResult<R> = Result<Response<R>, Status>;
