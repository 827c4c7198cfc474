//! The gRPC service that Terraform talks to: each RPC decodes, calls the provider and encodes.
//!
//! Every RPC goes through one `ritual`, so that a type nobody serves, a value that
//! does not decode and even a panic reach the practitioner as a diagnostic: a gRPC
//! status would be shown as a "plugin error", and a dead process explains nothing.
//! What is served is a [`Provider`].

use std::sync::Arc;

use tonic::{Response, Status};

use crate::terraform::Provider;
use crate::terraform::wire::tfplugin5::{get_provider_schema, provider_server::ProviderServer};

mod data;
mod diagnostics;
mod dynamic;
mod managed;
mod messages;
mod provider;
mod ritual;
mod schema;
mod service;
mod shape;
mod unserved;

/// The minor version of protocol 5 that is spoken.
pub const MINOR: u32 = 11;

/// The largest message in either direction; what the Go libraries use, because states grow.
const MESSAGE_LIMIT: usize = 256 << 20;

/// The plugin protocol's provider service over what it serves.
#[derive(Debug)]
pub struct Service<P> {
    served: Arc<P>,
    shapes: shape::Shapes,
    /// The answer to `GetSchema`, which never changes while the process lives.
    schemas: get_provider_schema::Response,
}

impl<P: Provider> Service<P> {
    /// A service over `served`. All schemas are converted here, once.
    pub fn new(served: P) -> Self {
        let schemas = served.schemas();
        Self {
            shapes: shape::Shapes::new(schemas),
            schemas: schema::response(schemas),
            served: Arc::new(served),
        }
    }

    /// The service as a gRPC server that takes messages of any size Terraform sends.
    pub fn into_server(self) -> ProviderServer<Self> {
        ProviderServer::new(self)
            .max_decoding_message_size(MESSAGE_LIMIT)
            .max_encoding_message_size(MESSAGE_LIMIT)
    }
}

/// What an RPC answers with.
type Reply<A> = Result<Response<A>, Status>;
