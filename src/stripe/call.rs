//! One call to Stripe's API, and Stripe's reply.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use http::Method;
use serde_json::{Map, Value as Json};

use crate::stripe::{CallKind, Error};

/// How the params of a call are encoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Body {
    /// v1: in the query of GET and DELETE, form-encoded in the body of POST.
    #[default]
    Form,
    /// v2: as a JSON body for POST; in the query otherwise.
    Json,
    /// Uploads: `multipart/form-data` in the body of POST.
    Multipart {
        /// The name of the param that is a base64-encoded file.
        file: String,
    },
}

/// The idempotency key of a POST, and the work that must be done before Stripe may see it.
#[derive(Clone)]
pub struct IdempotencyKey {
    /// The text of the key, as it is sent.
    pub text: String,
    before: Option<Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>>,
}

impl IdempotencyKey {
    /// Returns the same key, to be sent only after `before` is done. The throttle runs `before` once for each
    /// attempt, when the call is about to be admitted, so that it overlaps with the call's wait for its turn.
    #[must_use]
    pub fn sent_after(self, before: impl Fn() -> BoxFuture<'static, ()> + Send + Sync + 'static) -> Self {
        Self { before: Some(Arc::new(before)), ..self }
    }

    /// Waits for the work that must be done before the key is sent.
    pub async fn ready(&self) {
        if let Some(before) = &self.before {
            before().await;
        }
    }
}

impl<T: Into<String>> From<T> for IdempotencyKey {
    fn from(text: T) -> Self {
        Self { text: text.into(), before: None }
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IdempotencyKey").field(&self.text).finish()
    }
}

/// One call to Stripe's API.
#[derive(Debug, Clone)]
pub struct Call {
    /// GET, POST or DELETE.
    pub method: Method,
    /// The path from the root, with ids filled in and percent-encoded: `/v1/customers/cus_1`.
    pub path: String,
    /// The params, nested as in Stripe's documentation.
    pub params: Map<String, Json>,
    /// How the params are encoded.
    pub body: Body,
    /// The purpose of the call.
    pub kind: CallKind,
    /// The first label of Stripe's host, if it is not `api`: `files`.
    pub host: Option<&'static str>,
    /// The path with a placeholder for each id: `/v1/customers/{customer}`. Stripe limits calls per endpoint.
    pub endpoint: String,
    /// Stripe executes POSTs with the same key only once; a POST without a key gets a random one.
    pub idempotency_key: Option<IdempotencyKey>,
}

impl Call {
    /// Creates a call without params, whose endpoint is its path.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            endpoint: path.clone(),
            path,
            kind: if method == Method::GET { CallKind::Read } else { CallKind::Action },
            method,
            params: Map::new(),
            body: Body::Form,
            host: None,
            idempotency_key: None,
        }
    }

    /// A GET of this path, without params.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// A POST to this path, without params.
    pub fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    /// A DELETE of this path, without params.
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Returns the same call with these params.
    #[must_use]
    pub fn params(mut self, params: Map<String, Json>) -> Self {
        self.params = params;
        self
    }

    /// Returns the same call, counted against the limit of this endpoint.
    #[must_use]
    pub fn of_endpoint(mut self, endpoint: &str) -> Self {
        endpoint.clone_into(&mut self.endpoint);
        self
    }

    /// Returns the same call with this idempotency key.
    #[must_use]
    pub fn key(mut self, key: impl Into<IdempotencyKey>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }
}

/// Stripe's response to a call that succeeded.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The object or list, as Stripe sent it.
    pub body: Json,
    /// `Request-Id`, which Stripe's support asks for.
    pub request_id: Option<String>,
    /// Whether Stripe repeated its response to an earlier call with the same idempotency key.
    pub replayed: bool,
    /// Why Stripe declined what the object was made for, if it did: the object exists.
    pub declined: Option<Error>,
}
