//! The embedded sandbox as a transport: the same requests, no network.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;

use crate::sandbox::{Leaves, Sandbox};
use crate::stripe::trace::{self, Event};
use crate::stripe::{Request, Response, Transport, TransportError};

/// The sandboxes this process has open, by file: every connection to a file shares one.
static OPEN: Mutex<Option<HashMap<PathBuf, Sandbox>>> = Mutex::new(None);

/// A transport to the sandbox kept in `file`, which is made when it does not exist.
pub(super) fn transport(file: &Path) -> Result<Arc<dyn Transport>, String> {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let by_file = open.get_or_insert_default();
    if let Some(sandbox) = by_file.get(file) {
        return Ok(Arc::new(Local(sandbox.clone())));
    }
    let sandbox = Sandbox::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    by_file.insert(file.to_owned(), sandbox.clone());
    Ok(Arc::new(Local(sandbox)))
}

#[derive(Debug)]
struct Local(Sandbox);

impl Transport for Local {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            trace::emit(|| Event::InProcess);
            let mut sent = http::Request::new(request.body);
            *sent.method_mut() = request.method;
            *sent.headers_mut() = request.headers;
            *sent.uri_mut() = request.target.parse().map_err(|error| {
                TransportError::Fatal(format!("{} is no address: {error}", request.target))
            })?;
            let answered = self.0.handle(sent).await;
            let (parts, body) = answered.map_err(|cut| TransportError::Broken(cut.to_string()))?.into_parts();
            match parts.extensions.get() {
                Some(Leaves::Half) => return Err(TransportError::Broken("the body was cut".to_owned())),
                Some(Leaves::Slowly(pause)) => tokio::time::sleep(*pause).await,
                None => {}
            }
            Ok(Response { status: parts.status.as_u16(), headers: parts.headers, body })
        })
    }
}
