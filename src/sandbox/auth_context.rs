//! The caller of a request: the account of its key, and the account that the call acts on.
//!
//! A key may name its account: `sk_test_shop_1` is a key of `acct_shop`. Every other key belongs to the
//! sandbox's default account. A platform can act on the accounts that it created, and on no others:
//! `Stripe-Account` names one, `Stripe-Context` names one or the path to it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::sandbox::error::{ApiError, ApiResult, masked};
use crate::sandbox::store::{Body, Lease, Session};

/// The default account, to which every key belongs that names none.
const USUAL: &str = "acct_1SandboxSandbox00";

/// The prefix of account ids.
const ACCOUNT: &str = "acct_";

/// The types of objects that are accounts, in versions 1 and 2 of the API.
const ACCOUNTS: &[&str] = &["account", "v2.core.account"];

/// The account and the mode in which a request acts, according to its key and headers.
#[derive(Debug)]
pub(super) struct Caller {
    /// The account that the call acts on.
    pub account: String,
    /// The account of the key, if the call acts on an account connected to it.
    pub platform: Option<String>,
    /// Whether the key is a live key.
    pub livemode: bool,
    /// Whether the key is publishable, so that anybody may know it.
    pub publishable: bool,
    /// The base URL of the sandbox; empty if it is not served.
    pub base: String,
}

/// The `Host` of a served request, kept in the request's extensions.
#[derive(Debug, Clone)]
pub(super) struct ReachedAs(pub String);

impl Caller {
    /// Reads the key and finds the account that the headers name.
    pub fn of(lease: &mut Lease<'_>, request: &http::Request<Bytes>) -> ApiResult<Self> {
        check_headers(request)?;
        let key = given_key(request);
        if key.is_empty() {
            return Err(ApiError::of("key_missing", &[]));
        }
        let Some(mut caller) = Self::with_key(&key) else {
            return Err(ApiError::of("key_invalid", &[("key", &masked(&key))]));
        };
        let named = header(request, "stripe-context").or_else(|| header(request, "stripe-account"));
        for account in named.into_iter().flat_map(|way| way.split('/')).filter(|name| !name.is_empty()) {
            if account != caller.account && !caller.has_made(lease, account)? {
                return Err(ApiError::of(
                    "account_invalid",
                    &[("key", &masked(&key)), ("account", &account)],
                ));
            }
            let platform = std::mem::replace(&mut caller.account, account.to_owned());
            caller.platform = caller.platform.or(Some(platform)).filter(|platform| *platform != account);
        }
        let host = request.extensions().get().map(|ReachedAs(host)| format!("http://{host}"));
        caller.base = host.unwrap_or_default();
        Ok(caller)
    }

    /// Returns the caller with this key, or `None` if it is not a Stripe key.
    fn with_key(key: &str) -> Option<Self> {
        let (kind, rest) = key.split_once('_').filter(|(kind, _)| ["sk", "rk", "pk"].contains(kind))?;
        let (mode, rest) = rest.split_once('_').filter(|(mode, _)| ["test", "live"].contains(mode))?;
        if rest.rsplit('_').next() == Some("invalid") {
            return None;
        }
        let (livemode, publishable) = (mode == "live", kind == "pk");
        Some(Self { account: account_of(rest), platform: None, livemode, publishable, base: String::new() })
    }

    /// Returns the caller for a customer in a browser, who has the URL of an object but no key.
    pub fn anybody(lease: &mut Lease<'_>, object: &str, id: &str) -> ApiResult<Self> {
        let found = lease.begin(String::new(), false)?.anywhere(object, id)?;
        let space = found.as_ref().and_then(|(space, _)| space.split_once('/'));
        let (account, mode) = space.unwrap_or((USUAL, "test"));
        let livemode = mode == "live";
        Ok(Self {
            account: account.to_owned(),
            platform: None,
            livemode,
            publishable: true,
            base: String::new(),
        })
    }

    /// Whether the caller created the account and has not deleted it.
    fn has_made(&self, lease: &mut Lease<'_>, account: &str) -> ApiResult<bool> {
        knows(&lease.begin(self.space(), false)?, account)
    }

    /// Whether an object is the account that the call acts on.
    pub fn is_own_account(&self, object: &str, id: &str) -> bool {
        ACCOUNTS.contains(&object) && self.account == id
    }

    /// The caller's space, which consists of its account and mode.
    pub fn space(&self) -> String {
        format!("{}/{}", self.account, if self.livemode { "live" } else { "test" })
    }
}

/// Whether the account of the session created the given account.
fn knows(session: &Session<'_>, account: &str) -> ApiResult<bool> {
    let found = ACCOUNTS.iter().map(|object| session.get_live(object, account));
    Ok(found.collect::<ApiResult<Vec<_>>>()?.iter().any(Option::is_some))
}

/// Whether an object belongs to an account that is connected to the session's account.
pub(super) fn is_connected(session: &Session<'_>, object: &str, id: &str) -> ApiResult<bool> {
    let found = session.anywhere(object, id)?;
    let owner = found.as_ref().and_then(|(space, _)| space.split('/').next());
    owner.map_or(Ok(false), |owner| knows(session, owner))
}

/// Returns the account of a space as it was created, with the space of its creator, or `None` for an account
/// that was not created through the API.
pub(super) fn made(session: &Session<'_>, space: &str) -> ApiResult<Option<(String, Body)>> {
    let (account, mode) = space.split_once('/').unwrap_or_default();
    for object in ACCOUNTS {
        let found = session.anywhere(object, account)?;
        if let Some(found) = found.filter(|(space, _)| space.rsplit('/').next() == Some(mode)) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Returns the account in a key, which is between the mode and the next underscore.
fn account_of(rest: &str) -> String {
    let named = match rest.strip_prefix(ACCOUNT) {
        Some(rest) => Some(rest.split('_').next().unwrap_or_default()),
        None => rest.split_once('_').map(|(name, _)| name),
    };
    named.filter(|name| !name.is_empty()).map_or_else(|| USUAL.to_owned(), |name| format!("{ACCOUNT}{name}"))
}

/// Returns the key, given as a bearer token or as the user of basic authentication.
fn given_key(request: &http::Request<Bytes>) -> String {
    match header(request, "authorization").unwrap_or_default().split_once(' ') {
        Some(("Bearer", key)) => key.trim().to_owned(),
        Some(("Basic", coded)) => user(coded).unwrap_or_default(),
        _ => String::new(),
    }
}

/// Returns the user name of basic authentication.
fn user(coded: &str) -> Option<String> {
    let decoded = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    Some(decoded.split(':').next().unwrap_or_default().to_owned())
}

/// Headers that decide whose request it is and whether it is a repetition; malformed ones are refused.
const TELLING: &[&str] = &["authorization", "idempotency-key", "stripe-account", "stripe-context"];

/// Refuses such a header if it is given twice or is not text.
fn check_headers(request: &http::Request<Bytes>) -> ApiResult<()> {
    for name in TELLING {
        let mut given = request.headers().get_all(*name).iter();
        if given.next().is_some_and(|value| value.to_str().is_err()) || given.next().is_some() {
            return Err(ApiError::of("header_not_once", &[("header", name)]));
        }
    }
    Ok(())
}

/// Returns a header as text.
pub(super) fn header<'r>(request: &'r http::Request<Bytes>, name: &str) -> Option<&'r str> {
    request.headers().get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests;
