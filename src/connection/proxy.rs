//! The proxy of a connection: from its settings, or from the environment.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::connection::{Error, Proxy, ProxyAuth};
use crate::env::Env;
use crate::secret::{Secret, Secrets};
use crate::stripe::{AuthScheme, ProxyCredentials, ProxyOrigin, ProxySettings, ProxyTls};

/// Builds the proxy that these settings describe, and fetches its password.
pub(super) async fn configured(proxy: &Proxy, secrets: &Secrets) -> Result<ProxySettings, Error> {
    let scheme = match proxy.auth {
        ProxyAuth::None => None,
        ProxyAuth::Basic => Some(AuthScheme::Basic),
        ProxyAuth::Digest => Some(AuthScheme::Digest),
    };
    let credentials = match scheme {
        None => None,
        Some(scheme) => {
            let password = password(proxy, secrets).await?;
            Some(ProxyCredentials { scheme, user: proxy.user.clone().unwrap_or_default(), password })
        }
    };
    let (host, origin) = (proxy.host.clone(), ProxyOrigin::Configuration);
    Ok(ProxySettings { host, port: proxy.port, tls: proxy.tls, credentials, origin })
}

async fn password(proxy: &Proxy, secrets: &Secrets) -> Result<Secret, Error> {
    let Some(origin) = &proxy.password else { return Ok(Secret::new(String::new())) };
    let password = secrets.fetch(origin).await;
    password.map_err(|cause| Error::ProxyPassword { origin: origin.clone(), cause })
}

/// Returns the proxy that the usual variables (`HTTPS_PROXY`, `NO_PROXY` …) name for calls to `base`.
pub(super) fn of_environment(base: &str, env: &Env) -> Option<ProxySettings> {
    // The upper-case names take precedence, as in Terraform itself.
    let variable = |upper: &str, lower: &str| env.get(upper).or_else(|| env.get(lower)).unwrap_or_default();
    let matcher = Matcher::builder()
        .all(variable("ALL_PROXY", "all_proxy"))
        .http(variable("HTTP_PROXY", "http_proxy"))
        .https(variable("HTTPS_PROXY", "https_proxy"))
        .no(variable("NO_PROXY", "no_proxy"))
        .build();
    let found = matcher.intercept(&base.parse::<Uri>().ok()?)?;
    let tls = if found.uri().scheme_str() == Some("https") { ProxyTls::Always } else { ProxyTls::Auto };
    let default_port = if tls == ProxyTls::Always { 443 } else { 80 };
    let host = found.uri().host()?.to_owned();
    let port = found.uri().port_u16().unwrap_or(default_port);
    Some(ProxySettings { host, port, tls, credentials: basic(&found), origin: ProxyOrigin::Environment })
}

/// Returns the variable, if any, that should name a proxy for calls to `base` but does not contain a proxy's
/// address.
pub(super) fn unusable_variable(base: &str, env: &Env) -> Option<&'static str> {
    let secure = base.parse::<Uri>().ok()?.scheme_str() == Some("https");
    let own = if secure { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let variables = own.into_iter().chain(["ALL_PROXY", "all_proxy"]);
    let set = |name: &&str| env.get(name).is_some_and(|text| !text.trim().is_empty());
    let name = variables.into_iter().find(set)?;
    let through = |proxy: String, no: String| {
        let found = Matcher::builder().all(proxy).no(no).build().intercept(&base.parse().ok()?)?;
        // SOCKS is a different protocol.
        matches!(found.uri().scheme_str(), Some("http" | "https")).then_some(())
    };
    let no = env.get("NO_PROXY").or_else(|| env.get("no_proxy")).unwrap_or_default();
    let is_meant = through("http://proxy.example".to_owned(), no).is_some();
    (is_meant && through(env.get(name)?, String::new()).is_none()).then_some(name)
}

/// Returns the user and password in the proxy's address.
fn basic(proxy: &Intercept) -> Option<ProxyCredentials> {
    let encoded = proxy.basic_auth()?.to_str().ok()?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    let (user, password) = (user.to_owned(), Secret::new(password.to_owned()));
    Some(ProxyCredentials { scheme: AuthScheme::Basic, user, password })
}

#[cfg(test)]
mod tests {
    use super::{Env, of_environment, unusable_variable};
    use crate::stripe::ProxyTls;

    #[test]
    fn a_variable_that_names_no_proxy_is_told() {
        let stripe = "https://api.stripe.com";
        let unusable = |pairs: &[(&str, &str)]| unusable_variable(stripe, &Env::from_pairs(pairs.to_vec()));
        assert_eq!(unusable(&[("HTTPS_PROXY", "not a url")]), Some("HTTPS_PROXY"));
        assert_eq!(unusable(&[("ALL_PROXY", "http://")]), Some("ALL_PROXY"));
        assert_eq!(unusable(&[("ALL_PROXY", "socks5://127.0.0.1:1080")]), Some("ALL_PROXY"));
        for fine in [
            &[][..],
            &[("HTTPS_PROXY", "")],
            &[("HTTPS_PROXY", "proxy.example:3128")],
            &[("HTTPS_PROXY", "http://u:p@proxy.example:3128")],
            &[("HTTP_PROXY", "not a url")],
            &[("HTTPS_PROXY", "not a url"), ("NO_PROXY", "api.stripe.com")],
        ] {
            assert_eq!(unusable(fine), None, "{fine:?}");
        }
    }

    #[test]
    fn names_in_capitals_come_first_and_small_ones_hold_too() {
        let host = |pairs: &[(&str, &str)]| {
            let env = Env::from_pairs(pairs.to_vec());
            assert_eq!(unusable_variable("https://api.stripe.com", &env), None, "{pairs:?}");
            of_environment("https://api.stripe.com", &env).map(|found| found.host)
        };
        let both = [("https_proxy", "http://small.example"), ("HTTPS_PROXY", "http://large.example")];
        assert_eq!(host(&both).as_deref(), Some("large.example"));
        assert_eq!(host(&both[..1]).as_deref(), Some("small.example"));
        assert_eq!(host(&[("all_proxy", "http://small.example")]).as_deref(), Some("small.example"));
        let but = |no| [("all_proxy", "http://small.example"), ("no_proxy", "stripe.com"), ("NO_PROXY", no)];
        assert_eq!(host(&but("")), None);
        assert_eq!(host(&but("other.example")).as_deref(), Some("small.example"));
    }

    #[test]
    fn the_environment_names_a_proxy_as_for_any_client() {
        let env = Env::from_pairs([
            ("HTTPS_PROXY", "http://svc:p%20w@proxy.example:3128"),
            ("NO_PROXY", "localhost,127.0.0.0/8,.internal"),
        ]);
        let found = of_environment("https://api.stripe.com", &env).unwrap();
        assert_eq!((found.host.as_str(), found.port, found.tls), ("proxy.example", 3128, ProxyTls::Auto));
        let credentials = found.credentials.unwrap();
        assert_eq!((credentials.user.as_str(), credentials.password.expose()), ("svc", "p w"));
        for direct in ["http://api.stripe.com", "https://127.0.0.1:1", "https://stripe.internal"] {
            assert!(of_environment(direct, &env).is_none(), "{direct}");
        }
        let env = Env::from_pairs([("ALL_PROXY", "https://proxy.example")]);
        let found = of_environment("https://api.stripe.com", &env).unwrap();
        assert_eq!((found.port, found.tls), (443, ProxyTls::Always));
    }
}
