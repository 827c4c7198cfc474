//! Fills ids into the paths of the catalog.

use crate::catalog::{Kind, Method, Operation, OperationKind, is_v2};
use crate::connector::id::{InvalidId, check_any_id};
use crate::stripe::form::percent_encode;
use crate::stripe::{Body, Call, CallKind};

/// The call of a path with its ids filled in; the path itself names the endpoint.
pub(super) fn call(method: Method, path: &str, ids: &[&str]) -> Result<Call, InvalidId> {
    let body = if is_v2(path) { Body::Json } else { Body::Form };
    let method = match method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Delete => http::Method::DELETE,
    };
    Ok(Call { body, ..Call::new(method, fill(path, ids)?).of_endpoint(path) })
}

/// The call of an operation; it is an upload if one of its params is a file.
pub(super) fn operation(operation: &'static Operation, ids: &[&str]) -> Result<Call, InvalidId> {
    let mut call = call(operation.method, &operation.path, ids)?;
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

/// The path with its placeholders replaced by the ids, in order.
fn fill(path: &str, ids: &[&str]) -> Result<String, InvalidId> {
    let mut ids = ids.iter();
    let segments = path.split('/').map(|segment| {
        if !segment.starts_with('{') {
            return Ok(segment.to_owned());
        }
        let id = ids.next().copied().unwrap_or_default();
        check_any_id(id)?;
        // An id may contain any other character; all except the unreserved ones of a URL are percent-encoded.
        Ok(percent_encode(id))
    });
    Ok(segments.collect::<Result<Vec<_>, _>>()?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::{call, fill};
    use crate::catalog::{Operation, catalog};

    #[test]
    fn every_call_of_the_catalog_is_made_by_its_own_method() {
        let entities = catalog().entities().filter_map(|name| catalog().entity(name));
        let calls = entities.flat_map(|entity| {
            let operations = entity.operations.iter().map(|it| (it.method, &it.path));
            operations.chain(entity.actions.iter().map(|it| (it.method, &it.path)))
        });
        for (method, path) in calls {
            let ids = vec!["x"; path.matches('{').count()];
            assert_eq!(call(method, path, &ids).unwrap().method.as_str(), method.as_str(), "{path}");
        }
    }

    #[test]
    fn a_method_that_is_none_is_no_operation() {
        let read = |method: &str| {
            serde_json::from_str::<Operation>(&format!(
                r#"{{"kind": "Get", "method": "{method}", "path": "/v1/x"}}"#
            ))
        };
        assert!(read("GET").is_ok() && read("DELETE").is_ok());
        for wrong in ["", "get", "PATCH", "POST "] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn ids_stay_in_their_segment() {
        assert_eq!(fill("/v1/customers/{customer}", &["cus_1"]).unwrap(), "/v1/customers/cus_1");
        assert_eq!(fill("/v1/products/{id}", &["café 1?"]).unwrap(), "/v1/products/caf%C3%A9%201%3F");
        assert_eq!(fill("/v1/plans/{id}", &["$6/month"]).unwrap(), "/v1/plans/%246%2Fmonth");
        for ids in [&["x", ".."][..], &["x/..", "z"], &["x"], &["", "x"]] {
            assert!(fill("/v1/a/{a}/b/{b}/c", ids).is_err(), "{ids:?}");
        }
    }
}
