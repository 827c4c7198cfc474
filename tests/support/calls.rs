//! Records which RPCs a client has called.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use tonic::service::Interceptor;
use tonic::{GrpcMethod, Request, Status};

/// The RPCs that were called, as `package.Service/Method`. Clones share the same set.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<Mutex<BTreeSet<String>>>);

impl Calls {
    /// Returns every RPC that was called so far.
    pub fn so_far(&self) -> BTreeSet<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Interceptor for Calls {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        let method = request.extensions().get::<GrpcMethod<'static>>().expect("a generated client");
        self.0.lock().unwrap().insert(format!("{}/{}", method.service(), method.method()));
        Ok(request)
    }
}
