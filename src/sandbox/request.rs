//! Resolves a request to a call of the catalog with checked params.

use std::borrow::Cow;

use bytes::Bytes;
use http::Method;
use serde_json::Value as Json;

use crate::catalog::{self, Called, Entity, Kind, Member, OperationKind, Presence, Shape, catalog};
use crate::sandbox::auth_context::{Caller, header};
use crate::sandbox::check::ParamEncoding;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::{Body, body, items};
use crate::sandbox::form::{self, FormError};
use crate::sandbox::publishable::KeyPermission;
use crate::sandbox::{earlier, multipart};

/// A call whose params have been checked.
#[derive(Debug)]
pub(super) struct ResolvedCall {
    /// The type of object.
    pub entity: &'static Entity,
    /// The operation or the action.
    pub called: Called,
    /// The id of the object in the path; empty if the path names none.
    pub id: String,
    /// The owners of the object.
    pub parents: Vec<(String, String)>,
    /// The documented params of the call.
    pub known: &'static [Member],
    /// The checked and typed params.
    pub params: Body,
    /// The fields to expand.
    pub expand: Vec<String>,
    /// The permission for a publishable key to make the call, if there is one.
    pub permission: Option<&'static KeyPermission>,
    /// The client secret with which a publishable key proves access.
    pub client_secret: Option<String>,
}

impl ResolvedCall {
    /// Finds the call of a request and checks its params.
    pub fn of(request: &http::Request<Bytes>, caller: &Caller) -> ApiResult<Self> {
        let (method, path) = (request.method().as_str(), request.uri().path());
        let (path, filter) = &moved(method, path);
        let Some(found) = catalog().match_path(method, path) else {
            return Err(unknown(method, path));
        };
        let (template, known): (&str, &'static [Member]) = match found.called {
            Called::Operation(operation) => (&operation.path, &operation.params),
            Called::Action(action) => (&action.path, &action.params),
        };
        // An id that is not text names nothing.
        let decoded = |id: &&str| form::percent_decode(&id.replace('+', "%2B")).unwrap_or((*id).to_owned());
        let ids = found.ids.iter().map(decoded);
        let (id, parents) = places(template, ids);
        let permission = KeyPermission::of(method, template);
        if caller.publishable && permission.is_none() {
            return Err(ApiError::of("secret_key_required", &[]));
        }
        let (mut given, how) = params_of(request)?;
        given.extend(filter.clone());
        let client_secret =
            permission.map_or(Ok(None), |permission| permission.take_secret(caller, &mut given))?;
        let expand = if is_v2(request) { Vec::new() } else { take_expand(&mut given)? };
        let page = take_page(found.entity, found.called, &mut given);
        let aside = earlier::rename(request, found.entity, found.called, &mut given);
        let mut params = how.params(known, &given)?;
        for (path, value) in aside {
            earlier::put(&mut params, path, value);
        }
        params.extend(page.map(|token| ("page".to_owned(), token)));
        Ok(Self {
            entity: found.entity,
            called: found.called,
            known,
            id,
            parents,
            params,
            expand,
            permission,
            client_secret,
        })
    }
}

/// Returns the main path of a call that Stripe has at two paths, and the filter that the other path implies.
fn moved<'p>(method: &str, path: &'p str) -> (Cow<'p, str>, Body) {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match (method, parts.as_slice()) {
        ("GET", ["v1", "charges", charge, "refunds"]) => ("/v1/refunds".into(), body! {"charge": charge}),
        ("GET", ["v1", "charges", _, "refunds", refund]) => {
            (format!("/v1/refunds/{refund}").into(), Body::new())
        }
        _ => (path.into(), Body::new()),
    }
}

/// Returns the error for a call that the catalog does not have, although Stripe may have it.
fn unknown(method: &str, path: &str) -> ApiError {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match (method, parts.as_slice()) {
        ("GET", ["v1", "quotes", _, "pdf"]) => ApiError::unsupported("the PDF of a quote"),
        ("POST", ["v2", "billing", "meter_event_stream"]) => ApiError::unsupported("streams of meter events"),
        _ => ApiError::of("unknown_url", &[("method", &method), ("path", &path)]),
    }
}

/// Returns the values of the placeholders in a path: `{id}` is the object's own, the others are its owners'.
fn places(template: &str, ids: impl Iterator<Item = String>) -> (String, Vec<(String, String)>) {
    let names = template.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let places = names.map(str::to_owned).zip(ids);
    let (own, parents): (Vec<_>, Vec<_>) = places.partition(|(name, _)| name == "id");
    (own.into_iter().next().map(|(_, id)| id).unwrap_or_default(), parents)
}

/// Reads the params: a form or an upload in version 1, JSON in version 2, and otherwise from the query.
fn params_of(request: &http::Request<Bytes>) -> ApiResult<(Body, ParamEncoding)> {
    let form = |read: Result<Body, FormError>| {
        let unreadable = |error| ApiError::of("unreadable", &[("error", &error)]);
        read.map(|given| (given, ParamEncoding::Form)).map_err(unreadable)
    };
    if request.method() != Method::POST {
        let query = request.uri().query().unwrap_or_default();
        let query =
            if query.is_empty() { std::str::from_utf8(request.body()).unwrap_or_default() } else { query };
        return form(form::decode(query));
    }
    let kind = header(request, "content-type").unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        return form(multipart::decode(kind, request.body()));
    }
    let Ok(text) = std::str::from_utf8(request.body()) else {
        return Err(ApiError::of("not_utf8", &[]));
    };
    if is_v2(request) {
        return Ok((json_params(text)?, ParamEncoding::Json));
    }
    if kind.starts_with("application/json") {
        return Err(ApiError::of("sent_as_json", &[]));
    }
    form(form::decode(text))
}

/// Whether a request is for version 2 of the API.
pub(super) fn is_v2(request: &http::Request<Bytes>) -> bool {
    catalog::is_v2(request.uri().path())
}

fn json_params(text: &str) -> ApiResult<Body> {
    if text.trim().is_empty() {
        return Ok(Body::new());
    }
    match serde_json::from_str(text) {
        Ok(Json::Object(given)) => Ok(given),
        Ok(_) => Err(ApiError::of("body_no_object", &[])),
        Err(error) => Err(ApiError::of("body_no_json", &[("error", &error)])),
    }
}

/// Removes the page token of a version 2 list from the params; no other param is allowed beside it.
fn take_page(entity: &Entity, called: Called, given: &mut Body) -> Option<Json> {
    let lists = matches!(called, Called::Operation(operation) if operation.kind == OperationKind::List);
    if lists && entity.is_v2() { given.shift_remove("page").filter(Json::is_string) } else { None }
}

/// Removes the list of fields to expand from the params and returns it.
fn take_expand(given: &mut Body) -> ApiResult<Vec<String>> {
    let Some(asked) = given.shift_remove("expand") else { return Ok(Vec::new()) };
    let shape = Shape::new(Kind::List(Box::new(Shape::text()))).with_presence(Presence::Optional);
    let param = Member::new("expand", shape);
    let checked = ParamEncoding::Form.params(&[param], &body! {"expand": asked})?;
    let listed = items(&checked, "expand").iter().filter_map(Json::as_str);
    Ok(listed.map(str::to_owned).collect())
}
