//! Calls through a real squid: every place where TLS may begin, every way to be known to the
//! proxy, http and https targets.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use stripe_provider::secret::Secret;
use stripe_provider::stripe::{
    Credentials, Proxied, ProxySettings, Request, Response, Scheme, Ssl, Transport as _, TransportError,
};
use tokio::runtime::Runtime;

use crate::support::authority::{Authority, LOCAL};
use crate::support::front::Front;
use crate::support::harness::{Case, case};
use crate::support::ports::free_port;
use crate::support::server::Server;
use crate::support::squid::{PASSWORD, Squid, USER};
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![
        case!(every_combination_reaches_its_target, Squid),
        case!(a_wrong_password_is_an_error_of_the_proxy, Squid),
        case!(certificates_are_verified_on_the_way_and_at_its_end, Squid),
        case!(terraform_applies_through_the_proxy_and_says_when_the_password_is_wrong, Terraform, Squid),
        case!(async a_proxy_that_is_not_there_is_named),
    ]
}

/// A squid, and the sandbox behind it, over http and over https.
struct Stage {
    squid: Squid,
    server: Server,
    /// Signed by the same authority as squid's certificate.
    front: Front,
    runtime: Runtime,
}

impl Stage {
    fn set() -> Self {
        let authority = Authority::new();
        let server = Server::start();
        let front = Front::before(&server.base, &authority);
        let squid = Squid::start(&authority.certificate(LOCAL));
        Self { squid, server, front, runtime: Runtime::new().unwrap() }
    }

    fn send(&self, proxied: &Proxied) -> Result<Response, TransportError> {
        self.runtime.block_on(proxied.send(request()))
    }
}

fn request() -> Request {
    let headers: HeaderMap = [
        (http::header::AUTHORIZATION, "Bearer sk_test_proxy".parse().unwrap()),
        (http::header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap()),
    ]
    .into_iter()
    .collect();
    let body = Bytes::from_static(b"name=Ada");
    Request { method: Method::POST, target: "/v1/customers".to_owned(), headers, body }
}

fn credentials(scheme: Scheme, password: &str) -> Credentials {
    Credentials { scheme, user: USER.to_owned(), password: Secret::new(password.to_owned()) }
}

fn through(
    base: &str,
    port: u16,
    ssl: Ssl,
    credentials: Option<Credentials>,
    roots: &[&str],
) -> Result<Proxied, TransportError> {
    let proxy = ProxySettings { host: "127.0.0.1".to_owned(), port, ssl, credentials };
    Proxied::new(base, proxy, Duration::from_secs(20), roots)
}

fn every_combination_reaches_its_target() {
    let stage = Stage::set();
    let (squid, http, https) = (&stage.squid, &stage.server.base, &stage.front.base);
    let roots = [stage.front.authority.as_str()];
    let mut reached = 0;
    for ssl in [Ssl::Auto, Ssl::Always, Ssl::Never, Ssl::Tunnel] {
        for scheme in [None, Some(Scheme::Basic), Some(Scheme::Digest)] {
            let port = match (ssl, scheme) {
                (Ssl::Always, None) => squid.open_tls,
                (Ssl::Always, Some(_)) => squid.closed_tls,
                (_, None) => squid.open,
                (_, Some(_)) => squid.closed,
            };
            for base in [http, https] {
                let known = scheme.map(|scheme| credentials(scheme, PASSWORD));
                let proxied = through(base, port, ssl, known, &roots);
                if ssl == Ssl::Never && base == https {
                    assert!(proxied.unwrap_err().to_string().contains("nothing would be encrypted"));
                    continue;
                }
                let proxied = proxied.unwrap();
                for _ in 0..3 {
                    let response = stage.send(&proxied);
                    let response =
                        response.unwrap_or_else(|error| panic!("{ssl:?} {scheme:?} {base}: {error}"));
                    assert_eq!(response.status, 200, "{ssl:?} {scheme:?} {base}: {response:?}");
                }
                reached += 1;
            }
        }
    }
    assert_eq!(reached, 21);
}

fn a_wrong_password_is_an_error_of_the_proxy() {
    let stage = Stage::set();
    let (squid, http, https) = (&stage.squid, &stage.server.base, &stage.front.base);
    for scheme in [Scheme::Basic, Scheme::Digest] {
        for (base, ssl) in [(http, Ssl::Auto), (http, Ssl::Tunnel), (https, Ssl::Auto)] {
            let wrong = Some(credentials(scheme, "wrong"));
            let proxied = through(base, squid.closed, ssl, wrong, &[&stage.front.authority]).unwrap();
            let error = stage.send(&proxied).unwrap_err();
            assert!(matches!(error, TransportError::ProxyAuth(_)), "{scheme:?} {ssl:?} {base}: {error}");
            assert!(error.to_string().contains("`proxy_password`"), "{error}");
        }
    }
    let nobody = through(https, squid.closed, Ssl::Auto, None, &[&stage.front.authority]).unwrap();
    assert!(matches!(stage.send(&nobody), Err(TransportError::ProxyAuth(_))));
}

fn certificates_are_verified_on_the_way_and_at_its_end() {
    let stage = Stage::set();
    let (squid, http, https) = (&stage.squid, &stage.server.base, &stage.front.base);
    let to_stripe = through(https, squid.open, Ssl::Auto, None, &[]).unwrap();
    let to_stripe = stage.send(&to_stripe).unwrap_err();
    assert!(to_stripe.to_string().contains("TLS to Stripe failed"), "{to_stripe}");
    let to_proxy = through(http, squid.open_tls, Ssl::Always, None, &[]).unwrap();
    let to_proxy = stage.send(&to_proxy).unwrap_err();
    assert!(to_proxy.to_string().contains("TLS to the proxy failed"), "{to_proxy}");
    assert!(to_proxy.to_string().contains("`ca_certificate`"), "{to_proxy}");
}

fn terraform_applies_through_the_proxy_and_says_when_the_password_is_wrong() {
    let squid = Squid::start(&Authority::new().certificate(LOCAL));
    let config = |password: &str| {
        format!(
            r#"
resource "stripe_connection" "proxied" {{
  name              = "proxied"
  location          = "global"
  proxy_enabled     = true
  proxy_auth_scheme = "DIGEST"
  proxy_user        = "{USER}"
  proxy_password    = "{password}"
  proxy_ssltype     = "TUNNEL"
  destination_config {{
    host = "127.0.0.1"
    port = {}
  }}
}}

resource "stripe_entity" "customer" {{
  connection_handle    = stripe_connection.proxied.handle
  entity        = "Customer"
  input_payload = jsonencode({{ Name = "A" }})
}}
"#,
            squid.closed
        )
    };
    let workdir = Workdir::new(&config("wrong"));
    let refused = workdir.fails(&["apply", "-auto-approve", "-no-color"]);
    assert!(refused.contains("Proxy Refused The Password"), "{refused}");
    assert_eq!(workdir.count("customer"), 0);
    workdir.write(&config(PASSWORD));
    workdir.apply();
    assert_eq!(workdir.attributes("stripe_connection.proxied")["status"]["state"], "ACTIVE");
    workdir.assert_plan_is_empty();
    workdir.destroy();
    assert_eq!(workdir.count("customer"), 0);
}

async fn a_proxy_that_is_not_there_is_named() {
    let free = free_port();
    let proxied = through("http://127.0.0.1:1", free, Ssl::Auto, None, &[]).unwrap();
    let error = proxied.send(request()).await.unwrap_err();
    assert!(matches!(error, TransportError::Connect(_)), "{error}");
    assert!(error.to_string().contains(&format!("127.0.0.1:{free} of `destination_config`")), "{error}");
}
