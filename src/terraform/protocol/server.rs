//! The gRPC server of a provider: the generated one, except that pre-encoded schemas are sent as they are.
//!
//! Every Terraform command requests all schemas. A provider that has them encoded in advance returns bytes,
//! so that nothing is decoded, built or encoded again.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf as _, BufMut as _, Bytes};
use futures_util::future::{BoxFuture, Ready, ready};
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::{Request, Response, Status};

use super::{MESSAGE_LIMIT, Service};
use crate::terraform::Provider;
use crate::terraform::wire::tfplugin5::provider_server::ProviderServer;

/// The RPCs that are answered with bytes if the provider has them.
const GET_SCHEMA: &str = "/tfplugin5.Provider/GetSchema";
const GET_IDENTITIES: &str = "/tfplugin5.Provider/GetResourceIdentitySchemas";

/// A provider as a gRPC service.
#[derive(Debug)]
pub struct Server<P: Provider> {
    service: Arc<Service<P>>,
    generated: ProviderServer<Service<P>>,
}

impl<P: Provider> Server<P> {
    pub(super) fn new(service: Service<P>) -> Self {
        let service = Arc::new(service);
        let generated = ProviderServer::from_arc(Arc::clone(&service))
            .max_decoding_message_size(MESSAGE_LIMIT)
            .max_encoding_message_size(MESSAGE_LIMIT);
        Self { service, generated }
    }
}

impl<P: Provider> Clone for Server<P> {
    fn clone(&self) -> Self {
        Self { service: Arc::clone(&self.service), generated: self.generated.clone() }
    }
}

impl<P: Provider> NamedService for Server<P> {
    const NAME: &'static str = <ProviderServer<Service<P>> as NamedService>::NAME;
}

impl<P: Provider> tower_service::Service<http::Request<Body>> for Server<P> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let provider = &self.service.provider;
        let encoded = match request.uri().path() {
            GET_SCHEMA => provider.encoded_schemas(),
            GET_IDENTITIES => provider.encoded_identity_schemas(),
            _ => None,
        };
        match encoded {
            Some(bytes) => {
                Box::pin(async move { Ok(Grpc::new(BytesCodec).unary(Encoded(bytes), request).await) })
            }
            None => self.generated.call(request),
        }
    }
}

/// Answers with fixed bytes.
struct Encoded(Bytes);

impl UnaryService<()> for Encoded {
    type Response = Bytes;
    type Future = Ready<Result<Response<Bytes>, Status>>;

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(Response::new(self.0.clone())))
    }
}

/// Sends bytes as they are, and decodes nothing: the request has no fields.
#[derive(Debug, Clone, Copy)]
struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Bytes;
    type Decode = ();
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, bytes: Bytes, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.reserve(bytes.len());
        into.put(bytes);
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = ();
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<()>, Status> {
        from.advance(from.remaining());
        Ok(Some(()))
    }
}
