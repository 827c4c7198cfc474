//! The proxy of a connection, its password fetched.

use crate::connection::{Error, Proxy, ProxyAuth, ProxyTls};
use crate::secret::{Secret, Secrets};
use crate::stripe::{Credentials, ProxySettings, Scheme, Ssl};
use crate::value::Path;

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
