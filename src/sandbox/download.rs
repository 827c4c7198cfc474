//! The content of a file that was uploaded: `GET /v1/files/{id}/contents`.

use bytes::Bytes;
use http::Response;
use http::header::{CONTENT_TYPE, HeaderValue};

use crate::sandbox::auth_context::Caller;
use crate::sandbox::behaviour;
use crate::sandbox::call::entity;
use crate::sandbox::error::ApiResult;
use crate::sandbox::store::Lease;

/// The id of the file whose content is asked for.
pub(super) fn requested_file(request: &http::Request<Bytes>) -> Option<&str> {
    let id = request.uri().path().strip_prefix("/v1/files/")?.strip_suffix("/contents")?;
    (request.method() == http::Method::GET && !id.contains('/')).then_some(id)
}

/// Answers with the content.
pub(super) fn answer(lease: &mut Lease<'_>, caller: &Caller, id: &str) -> ApiResult<Response<Bytes>> {
    let session = lease.begin(caller.space(), false)?;
    let call = caller.call(&session, entity("file")?, id, behaviour::react);
    let mut response = Response::new(Bytes::from(behaviour::file_content(&call)?));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    Ok(response)
}
