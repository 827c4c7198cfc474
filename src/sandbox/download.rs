//! The content of an uploaded file: `GET /v1/files/{id}/contents`.

use bytes::Bytes;
use http::Response;
use http::header::{CONTENT_TYPE, HeaderValue};

use crate::sandbox::auth_context::Caller;
use crate::sandbox::behaviour;
use crate::sandbox::call::{Call, entity};
use crate::sandbox::error::ApiResult;
use crate::sandbox::store::{Lease, Store};

/// Answers a request for the content of a file. Returns `None` for any other request, and for one that is
/// refused.
pub(super) fn answer(store: &Store, request: &http::Request<Bytes>) -> Option<Response<Bytes>> {
    let file = requested_file(request)?;
    let mut lease = store.lease(false);
    let caller = Caller::of(&mut lease, request).ok().filter(|caller| !caller.publishable)?;
    let content = content(&mut lease, &caller, file).ok()?;
    let mut response = Response::new(Bytes::from(content));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    Some(response)
}

/// Returns the id of the file whose content is requested.
fn requested_file(request: &http::Request<Bytes>) -> Option<&str> {
    let id = request.uri().path().strip_prefix("/v1/files/")?.strip_suffix("/contents")?;
    (request.method() == http::Method::GET && !id.contains('/')).then_some(id)
}

fn content(lease: &mut Lease<'_>, caller: &Caller, id: &str) -> ApiResult<Vec<u8>> {
    let session = lease.begin(caller.space(), false)?;
    behaviour::file_content(&Call::of(caller, &session, entity("file")?, id, behaviour::react))
}
