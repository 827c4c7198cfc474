//! Paths of the catalog with their ids filled in.

use http::Method;

use crate::catalog::{Kind, Operation, OperationKind};
use crate::connector::id::{InvalidId, check_id};
use crate::stripe::form::percent_encode;
use crate::stripe::{Body, Call, CallKind};

/// A call of the path with its ids filled in; the path itself names the endpoint.
pub(super) fn call(method: Method, path: &str, ids: &[&str]) -> Result<Call, InvalidId> {
    let body = if path.starts_with("/v2/") { Body::Json } else { Body::Form };
    Ok(Call { body, ..Call::new(method, fill(path, ids)?).of_endpoint(path) })
}

/// The call of an operation: an upload where one of its params is a file.
pub(super) fn operation(operation: &'static Operation, ids: &[&str]) -> Result<Call, InvalidId> {
    let method = operation.method.parse().unwrap_or(Method::POST);
    let mut call = call(method, &operation.path, ids)?;
    if let Some(file) = operation.params.iter().find(|param| param.shape.kind == Kind::File) {
        call.body = Body::Multipart { file: file.name.clone() };
    }
    call.kind = match operation.kind {
        OperationKind::Get => CallKind::Read,
        OperationKind::List | OperationKind::Search => CallKind::List,
        OperationKind::Create => CallKind::Create,
        OperationKind::Update => CallKind::Update,
        OperationKind::Delete => CallKind::Delete,
    };
    call.host = Some(operation.host.as_str()).filter(|host| !host.is_empty());
    Ok(call)
}

/// The path with every `{placeholder}` replaced, in order, by an id.
fn fill(path: &str, ids: &[&str]) -> Result<String, InvalidId> {
    let mut ids = ids.iter();
    let segments = path.split('/').map(|segment| {
        if !segment.starts_with('{') {
            return Ok(segment.to_owned());
        }
        let id = ids.next().copied().unwrap_or_default();
        check_id(id)?;
        // An id may hold anything else; what is not unreserved in a URL is percent-encoded.
        Ok(percent_encode(id))
    });
    Ok(segments.collect::<Result<Vec<_>, _>>()?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn ids_stay_in_their_segment() {
        assert_eq!(fill("/v1/customers/{customer}", &["cus_1"]).unwrap(), "/v1/customers/cus_1");
        assert_eq!(fill("/v1/products/{id}", &["café 1?"]).unwrap(), "/v1/products/caf%C3%A9%201%3F");
        for ids in [&["x", ".."][..], &["x/y", "z"], &["x"], &["", "x"]] {
            assert!(fill("/v1/a/{a}/b/{b}/c", ids).is_err(), "{ids:?}");
        }
    }
}
