//! What a request asks for: whose key, which account, which call, which params.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;
use serde_json::Value as Json;

use crate::catalog::{Called, Entity, Param, catalog};

use super::check;
use super::error::{Failure, Outcome};
use super::form::{self, Node};
use super::store::Body;

/// The account that every key belongs to.
const ACCOUNT: &str = "acct_1SandboxSandbox00";

/// Who asks.
#[derive(Debug)]
pub(super) struct Caller {
    /// The account the call acts on.
    pub account: String,
    /// Whether the key is a live one.
    pub livemode: bool,
}

impl Caller {
    /// Reads the key, by itself or as the user of basic authentication.
    pub fn of(request: &http::Request<Bytes>) -> Outcome<Self> {
        let given = header(request, "authorization").unwrap_or_default();
        let key = match given.split_once(' ') {
            Some(("Bearer", key)) => key.trim().to_owned(),
            Some(("Basic", coded)) => user(coded).unwrap_or_default(),
            _ => String::new(),
        };
        if key.is_empty() {
            let message = "You did not provide an API key. You need to provide your API key in the Authorization \
                 header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').";
            return Err(Failure::new(401, "invalid_request_error", message));
        }
        let mode = ["sk_", "rk_"].iter().find_map(|kind| key.strip_prefix(kind));
        let livemode = match mode.and_then(|rest| rest.split_once('_')) {
            Some(("test", rest)) if rest != "invalid" => false,
            Some(("live", rest)) if rest != "invalid" => true,
            _ => {
                let message = format!("Invalid API Key provided: {}", masked(&key));
                return Err(Failure::new(401, "invalid_request_error", message));
            }
        };
        let account = header(request, "stripe-account").unwrap_or(ACCOUNT).to_owned();
        Ok(Self { account, livemode })
    }

    /// The customer at a browser, who has no key.
    pub fn anybody() -> Self {
        Self { account: ACCOUNT.to_owned(), livemode: false }
    }

    /// Where the caller's objects are.
    pub fn space(&self) -> String {
        format!("{}/{}", self.account, if self.livemode { "live" } else { "test" })
    }
}

/// The user name of basic authentication.
fn user(coded: &str) -> Option<String> {
    let decoded = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    Some(decoded.split(':').next().unwrap_or_default().to_owned())
}

/// The first letters and the last four, as Stripe repeats a key.
fn masked(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    let hidden = letters.len().saturating_sub(12);
    let shown = |letter: (usize, &char)| if (8..8 + hidden).contains(&letter.0) { '*' } else { *letter.1 };
    letters.iter().enumerate().map(shown).collect()
}

/// A header as text.
pub(super) fn header<'r>(request: &'r http::Request<Bytes>, name: &str) -> Option<&'r str> {
    request.headers().get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
}

/// One call, its params checked.
#[derive(Debug)]
pub(super) struct Asked {
    /// What it is about.
    pub entity: &'static Entity,
    /// What is to be done.
    pub called: Called,
    /// The id of the object in the path; empty when the path names none.
    pub id: String,
    /// What the object belongs to.
    pub parents: Vec<(String, String)>,
    /// The checked and typed params.
    pub params: Body,
    /// The fields to expand.
    pub expand: Vec<String>,
}

impl Asked {
    /// Finds the call of a request and checks its params.
    pub fn of(request: &http::Request<Bytes>) -> Outcome<Self> {
        let (method, path) = (request.method().as_str(), request.uri().path());
        let Some(found) = catalog().match_path(method, path) else {
            let message = format!(
                "Unrecognized request URL ({method}: {path}). If you are trying to list objects, remove the trailing \
                 slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in \
                 your code. Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
            );
            return Err(Failure { status: 404, ..Failure::invalid(message) });
        };
        let (template, known): (&str, &[Param]) = match found.called {
            Called::Operation(operation) => (&operation.path, &operation.params),
            Called::Action(action) => (&action.path, &action.params),
        };
        let ids =
            found.ids.iter().map(|id| form::percent_decode(&id.replace('+', "%2B")).unwrap_or_default());
        let (id, parents) = places(template, ids);
        let mut given = params_of(request)?;
        let expand = take_expand(&mut given)?;
        Ok(Self {
            entity: found.entity,
            called: found.called,
            id,
            parents,
            params: check::params(known, &given)?,
            expand,
        })
    }
}

/// The placeholders of a path with what stands for them: `{id}` is the object's own, the others
/// are what it belongs to.
fn places(template: &str, ids: impl Iterator<Item = String>) -> (String, Vec<(String, String)>) {
    let names = template.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let places = names.map(str::to_owned).zip(ids);
    let (own, parents): (Vec<_>, Vec<_>) = places.partition(|(name, _)| name == "id");
    (own.into_iter().next().map(|(_, id)| id).unwrap_or_default(), parents)
}

fn params_of(request: &http::Request<Bytes>) -> Outcome<Vec<(String, Node)>> {
    let in_body = request.method() == Method::POST;
    let text = match std::str::from_utf8(request.body()) {
        Ok(body) if in_body => body,
        Ok(_) => request.uri().query().unwrap_or_default(),
        Err(_) => return Err(Failure::invalid("Invalid request: the body is not UTF-8.")),
    };
    let is_json = header(request, "content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if in_body && is_json && !text.is_empty() {
        let message = "Invalid request: this is a v1 call, which takes `application/x-www-form-urlencoded`.";
        return Err(Failure::invalid(message));
    }
    form::decode(text).map_err(|error| Failure::invalid(format!("Invalid request: {error}.")))
}

/// Takes the list of fields to expand out of the params.
fn take_expand(given: &mut Vec<(String, Node)>) -> Outcome<Vec<String>> {
    let Some(at) = given.iter().position(|(name, _)| name == "expand") else { return Ok(Vec::new()) };
    let (_, node) = given.remove(at);
    let kind = crate::catalog::Kind::List(Box::new(crate::catalog::Kind::String {
        values: Vec::new(),
        max_length: 0,
    }));
    let param = Param { name: "expand".to_owned(), kind, required: false };
    let checked = check::params(&[param], &[("expand".to_owned(), node)])?;
    let listed = super::fields::items(&checked, "expand").iter().filter_map(Json::as_str);
    Ok(listed.map(str::to_owned).collect())
}
