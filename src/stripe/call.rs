//! One call of Stripe's API, and its answer.

use http::Method;
use serde_json::{Map, Value as Json};

/// How params travel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Body {
    /// v1: in the query of GET and DELETE, form-encoded in the body of POST.
    #[default]
    Form,
    /// v2: a JSON body of POST; in the query otherwise.
    Json,
    /// Uploads: in parts, the param of this name being a file, in base64.
    Parts {
        /// The param that is a file.
        file: String,
    },
}

/// One call of Stripe's API.
#[derive(Debug, Clone)]
pub struct Call {
    /// GET, POST or DELETE.
    pub method: Method,
    /// The path from the root, ids filled in and percent-encoded: `/v1/customers/cus_1`.
    pub path: String,
    /// Nested params.
    pub params: Map<String, Json>,
    /// How params travel.
    pub body: Body,
    /// Stripe's host for the call, where it is not `api`: `files`.
    pub host: Option<&'static str>,
    /// The path with placeholders where ids stand; calls to one endpoint share a limit.
    pub endpoint: String,
    /// The key under which Stripe makes a POST once; a POST without one gets a random one.
    pub idempotency_key: Option<String>,
}

impl Call {
    /// A call without params.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            method,
            endpoint: path.clone(),
            path,
            params: Map::new(),
            body: Body::Form,
            host: None,
            idempotency_key: None,
        }
    }

    /// A GET.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// A POST.
    pub fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    /// A DELETE.
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// The same call with these params.
    #[must_use]
    pub fn params(mut self, params: Map<String, Json>) -> Self {
        self.params = params;
        self
    }

    /// The same call, of this endpoint.
    #[must_use]
    pub fn of_endpoint(mut self, endpoint: &str) -> Self {
        endpoint.clone_into(&mut self.endpoint);
        self
    }

    /// The same call under this idempotency key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }
}

/// What Stripe answered to a call that succeeded.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The object or list.
    pub body: Json,
    /// `Request-Id`, for support.
    pub request_id: Option<String>,
    /// True when Stripe answered from its record of an earlier call with the same key.
    pub replayed: bool,
}
