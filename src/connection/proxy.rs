//! The proxy of a connection, its password fetched.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::connection::{Error, Proxy, ProxyAuth, ProxyTls};
use crate::env::Env;
use crate::secret::{Secret, Secrets};
use crate::stripe::{Credentials, ProxySettings, Scheme, Ssl};
use crate::terraform::value::Path;

/// The settings of a transport through this proxy.
pub(super) async fn settings(proxy: &Proxy, secrets: &Secrets) -> Result<ProxySettings, Error> {
    let scheme = match proxy.auth {
        ProxyAuth::None => None,
        ProxyAuth::Basic => Some(Scheme::Basic),
        ProxyAuth::Digest => Some(Scheme::Digest),
    };
    let credentials = match scheme {
        None => None,
        Some(scheme) => {
            let password = match &proxy.password {
                Some(source) => secrets.fetch(source).await.map_err(|why| Error::ProxyPassword {
                    at: Path::attribute(&format!("proxy_password{}", source.suffix())),
                    why,
                })?,
                None => Secret::new(String::new()),
            };
            Some(Credentials { scheme, user: proxy.user.clone().unwrap_or_default(), password })
        }
    };
    let ssl = match proxy.tls {
        ProxyTls::Auto => Ssl::Auto,
        ProxyTls::Always => Ssl::Always,
        ProxyTls::Never => Ssl::Never,
        ProxyTls::Tunnel => Ssl::Tunnel,
    };
    Ok(ProxySettings { host: proxy.host.clone(), port: proxy.port, ssl, credentials })
}

/// The proxy that the usual variables name for calls to `base`: the one that a general HTTP
/// client goes through.
pub(super) fn of_environment(base: &str, env: &Env) -> Option<ProxySettings> {
    let either = |upper: &str, lower: &str| env.get(lower).or_else(|| env.get(upper)).unwrap_or_default();
    let matcher = Matcher::builder()
        .all(either("ALL_PROXY", "all_proxy"))
        .http(either("HTTP_PROXY", "http_proxy"))
        .https(either("HTTPS_PROXY", "https_proxy"))
        .no(either("NO_PROXY", "no_proxy"))
        .build();
    let found = matcher.intercept(&base.parse::<Uri>().ok()?)?;
    let ssl = if found.uri().scheme_str() == Some("https") { Ssl::Always } else { Ssl::Auto };
    let usual = if ssl == Ssl::Always { 443 } else { 80 };
    let host = found.uri().host()?.to_owned();
    let port = found.uri().port_u16().unwrap_or(usual);
    Some(ProxySettings { host, port, ssl, credentials: basic(&found) })
}

/// The user and password in a proxy's address.
fn basic(proxy: &Intercept) -> Option<Credentials> {
    let encoded = proxy.basic_auth()?.to_str().ok()?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    let (user, password) = (user.to_owned(), Secret::new(password.to_owned()));
    Some(Credentials { scheme: Scheme::Basic, user, password })
}

#[cfg(test)]
mod tests {
    use super::{Env, of_environment};
    use crate::stripe::Ssl;

    #[test]
    fn the_environment_names_a_proxy_as_for_any_client() {
        let env = Env::from_pairs([
            ("HTTPS_PROXY", "http://svc:p%20w@proxy.example:3128"),
            ("NO_PROXY", "localhost,127.0.0.0/8,.internal"),
        ]);
        let found = of_environment("https://api.stripe.com", &env).unwrap();
        assert_eq!((found.host.as_str(), found.port, found.ssl), ("proxy.example", 3128, Ssl::Auto));
        let credentials = found.credentials.unwrap();
        assert_eq!((credentials.user.as_str(), credentials.password.expose()), ("svc", "p w"));
        for direct in ["http://api.stripe.com", "https://127.0.0.1:1", "https://stripe.internal"] {
            assert!(of_environment(direct, &env).is_none(), "{direct}");
        }
        let env = Env::from_pairs([("ALL_PROXY", "https://proxy.example")]);
        let found = of_environment("https://api.stripe.com", &env).unwrap();
        assert_eq!((found.port, found.ssl), (443, Ssl::Always));
    }
}
