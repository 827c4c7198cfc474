//! A transport to the embedded sandbox in this process, without a network.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;

use crate::sandbox::{Leaves, OpenError, Sandbox};
use crate::stripe::trace::{self, Event};
use crate::stripe::{Request, Response, Transport, TransportError};

/// The open sandboxes of this process by file; connections to one file share one.
static OPEN: Mutex<Option<HashMap<PathBuf, Sandbox>>> = Mutex::new(None);

/// A transport to the sandbox in `file`, which is made when it does not exist.
///
/// # Errors
/// The file cannot be opened, as a message with its path.
pub(super) fn transport(file: &Path) -> Result<Arc<dyn Transport>, String> {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let by_file = open.get_or_insert_default();
    if let Some(sandbox) = by_file.get(file) {
        return Ok(Arc::new(SandboxTransport(sandbox.clone())));
    }
    let sandbox = Sandbox::open(file).map_err(|error| told(file, &error))?;
    by_file.insert(file.to_owned(), sandbox.clone());
    Ok(Arc::new(SandboxTransport(sandbox)))
}

/// Whether a sandbox can be kept in `file`, which is neither made nor changed.
///
/// # Errors
/// It cannot, as a message with the path.
pub fn check(file: &Path) -> Result<(), String> {
    Sandbox::check(file).map_err(|error| told(file, &error))
}

fn told(file: &Path, error: &OpenError) -> String {
    format!("{}: {error}", file.display())
}

#[derive(Debug)]
struct SandboxTransport(Sandbox);

impl Transport for SandboxTransport {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            trace::emit(|| Event::InProcess);
            let mut message = http::Request::new(request.body);
            *message.method_mut() = request.method;
            *message.headers_mut() = request.headers;
            *message.uri_mut() = request.target.parse().map_err(|error| {
                TransportError::Fatal(format!("{} is no address: {error}", request.target))
            })?;
            let response = self.0.handle(message).await;
            let (parts, body) = response.map_err(|cut| TransportError::Broken(cut.to_string()))?.into_parts();
            match parts.extensions.get() {
                Some(Leaves::Half) => return Err(TransportError::Broken("the body was cut".to_owned())),
                Some(Leaves::Slowly(pause)) => tokio::time::sleep(*pause).await,
                None => {}
            }
            Ok(Response { status: parts.status.as_u16(), headers: parts.headers, body })
        })
    }
}
