//! Paths of the catalog with their ids filled in.

use std::fmt::Write as _;

use http::Method;

use crate::catalog::{Kind, Operation};
use crate::stripe::{Body, Call};

/// A call of the path with its ids filled in; the path itself names the endpoint.
pub(super) fn call(method: Method, path: &str, ids: &[&str]) -> Call {
    let body = if path.starts_with("/v2/") { Body::Json } else { Body::Form };
    Call { body, ..Call::new(method, fill(path, ids)).of_endpoint(path) }
}

/// The call of an operation: an upload where one of its params is a file.
pub(super) fn operation(operation: &'static Operation, ids: &[&str]) -> Call {
    let method = operation.method.parse().unwrap_or(Method::POST);
    let mut call = call(method, &operation.path, ids);
    if let Some(file) = operation.params.iter().find(|param| param.shape.kind == Kind::File) {
        call.body = Body::Multipart { file: file.name.clone() };
    }
    call.host = Some(operation.host.as_str()).filter(|host| !host.is_empty());
    call
}

/// The path with every `{placeholder}` replaced, in order, by an id.
fn fill(path: &str, ids: &[&str]) -> String {
    let mut ids = ids.iter();
    let segments = path.split('/').map(|segment| match ids.as_slice().first() {
        Some(id) if segment.starts_with('{') => {
            ids.next();
            encode(id)
        }
        _ => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

/// An id may hold anything; what is not unreserved in a URL is percent-encoded.
fn encode(id: &str) -> String {
    let mut text = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    // Dots alone would climb the path.
    if text.bytes().all(|byte| byte == b'.') { text.replace('.', "%2E") } else { text }
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn ids_stay_in_their_segment() {
        assert_eq!(fill("/v1/customers/{customer}", &["cus_1"]), "/v1/customers/cus_1");
        assert_eq!(fill("/v1/a/{a}/b/{b}/c", &["x/y", ".."]), "/v1/a/x%2Fy/b/%2E%2E/c");
        assert_eq!(fill("/v1/products/{id}", &["café 1"]), "/v1/products/caf%C3%A9%201");
    }
}
