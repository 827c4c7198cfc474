//! Protects a local sandbox from web pages: they can neither reach it under a name of their own (`Host`) nor
//! send forms to it (`Origin`).

use std::net::IpAddr;

use http::Uri;
use http::header::{HOST, ORIGIN};
use http::request::Parts;

use crate::sandbox::admin_api::PREFIX;
use crate::sandbox::webhook_delivery::is_this_machine;

/// Returns why a request is refused, or `None` if it is not.
pub(super) fn refusal(parts: &Parts, remote: bool) -> Option<String> {
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let host = parts.uri.authority().map(http::uri::Authority::as_str).or_else(|| header(HOST));
    if let Some(host) = host.filter(|host| !remote && !is_known(host_of(host))) {
        return Some(format!(
            "The sandbox answers to names of this machine only, not to {host}; `--allow-remote` lets others in.\n"
        ));
    }
    let origin = parts.headers.get(ORIGIN).filter(|_| parts.uri.path().starts_with(PREFIX))?;
    let origin = origin.to_str().unwrap_or_default();
    let page = origin.parse::<Uri>().ok();
    let page = page.as_ref().and_then(Uri::authority).map_or("", http::uri::Authority::as_str);
    let own = is_near(host_of(page)) || (!page.is_empty() && host == Some(page));
    (!own).then(|| format!("A page of {origin} may not change the sandbox.\n"))
}

/// Returns the host without its port, and without the brackets of an IPv6 address.
fn host_of(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    }
}

/// Whether only this machine can have the name, or whether it is one of Stripe's names, which a proxy may
/// direct here. An address is not a name.
fn is_known(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    is_near(&host) || host.parse::<IpAddr>().is_ok() || host == "stripe.com" || host.ends_with(".stripe.com")
}

/// Whether a host is this machine, under any of its names.
fn is_near(host: &str) -> bool {
    is_this_machine(host) || host.to_ascii_lowercase().ends_with(".localhost")
}

#[cfg(test)]
mod tests;
