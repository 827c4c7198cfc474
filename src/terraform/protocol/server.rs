//! The gRPC server of a provider: the generated one, but that the schemas leave as the bytes they are.
//!
//! Every command of Terraform asks for all schemas. A provider that has them encoded in advance hands
//! over bytes, and nothing is decoded, built or encoded again.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf as _, BufMut as _, Bytes};
use futures_util::future::BoxFuture;
use prost::Message as _;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::{Request, Response, Status};

use super::{MESSAGE_LIMIT, Service};
use crate::terraform::Provider;
use crate::terraform::wire::tfplugin5::provider_server::{Provider as _, ProviderServer};
use crate::terraform::wire::tfplugin5::{get_provider_schema, get_resource_identity_schemas};

/// The RPCs that are answered with bytes.
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
        let service = Arc::clone(&self.service);
        match request.uri().path() {
            GET_SCHEMA => {
                Box::pin(async move { Ok(Grpc::new(BytesCodec).unary(GetSchema(service), request).await) })
            }
            GET_IDENTITIES => {
                let method = GetIdentities(service);
                Box::pin(async move { Ok(Grpc::new(BytesCodec).unary(method, request).await) })
            }
            _ => self.generated.call(request),
        }
    }
}

/// Answers `GetSchema`.
struct GetSchema<P>(Arc<Service<P>>);

impl<P: Provider> UnaryService<()> for GetSchema<P> {
    type Response = Bytes;
    type Future = BoxFuture<'static, Result<Response<Bytes>, Status>>;

    fn call(&mut self, _: Request<()>) -> Self::Future {
        let service = Arc::clone(&self.0);
        Box::pin(async move {
            if let Some(encoded) = service.provider.encoded_schemas() {
                return Ok(Response::new(encoded));
            }
            let asked = Request::new(get_provider_schema::Request {});
            let made = service.get_schema(asked).await?;
            Ok(Response::new(made.into_inner().encode_to_vec().into()))
        })
    }
}

/// Answers `GetResourceIdentitySchemas`.
struct GetIdentities<P>(Arc<Service<P>>);

impl<P: Provider> UnaryService<()> for GetIdentities<P> {
    type Response = Bytes;
    type Future = BoxFuture<'static, Result<Response<Bytes>, Status>>;

    fn call(&mut self, _: Request<()>) -> Self::Future {
        let service = Arc::clone(&self.0);
        Box::pin(async move {
            if let Some(encoded) = service.provider.encoded_identity_schemas() {
                return Ok(Response::new(encoded));
            }
            let asked = Request::new(get_resource_identity_schemas::Request {});
            let made = service.get_resource_identity_schemas(asked).await?;
            Ok(Response::new(made.into_inner().encode_to_vec().into()))
        })
    }
}

/// Sends bytes as they are, and reads nothing: the request has no fields.
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
