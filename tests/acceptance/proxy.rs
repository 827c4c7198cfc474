//! Calls through a real squid: every place where TLS may begin, every way to be known to the
//! proxy, http and https targets.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use stripe_provider::secret::Secret;
use stripe_provider::stripe::{
    AuthScheme, Http1Transport, ProxyCredentials, ProxyOrigin, ProxySettings, ProxyTls, Request, Response,
    SetupError, Transport as _, TransportError,
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
        case!(six_requests_at_once_pass_with_digests, Squid),
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

    fn send(&self, transport: &Http1Transport) -> Result<Response, TransportError> {
        self.runtime.block_on(transport.send(request()))
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

fn credentials(scheme: AuthScheme, password: &str) -> ProxyCredentials {
    ProxyCredentials { scheme, user: USER.to_owned(), password: Secret::new(password.to_owned()) }
}

fn through(
    base: &str,
    port: u16,
    tls: ProxyTls,
    credentials: Option<ProxyCredentials>,
    roots: &[&str],
) -> Result<Http1Transport, SetupError> {
    let (host, origin) = ("127.0.0.1".to_owned(), ProxyOrigin::Configuration);
    let proxy = ProxySettings { host, port, tls, credentials, origin };
    Http1Transport::new(base, Some(proxy), Duration::from_secs(20), roots)
}

fn every_combination_reaches_its_target() {
    let stage = Stage::set();
    let (squid, http, https) = (&stage.squid, &stage.server.base, &stage.front.base);
    let roots = [stage.front.authority.as_str()];
    let mut reached = 0;
    for tls in [ProxyTls::Auto, ProxyTls::Always, ProxyTls::Never, ProxyTls::Tunnel] {
        for scheme in [None, Some(AuthScheme::Basic), Some(AuthScheme::Digest)] {
            let port = match (tls, scheme) {
                (ProxyTls::Always, None) => squid.open_tls,
                (ProxyTls::Always, Some(_)) => squid.closed_tls,
                (_, None) => squid.open,
                (_, Some(_)) => squid.closed,
            };
            for base in [http, https] {
                let known = scheme.map(|scheme| credentials(scheme, PASSWORD));
                let transport = through(base, port, tls, known, &roots);
                if tls == ProxyTls::Never && base == https {
                    assert!(matches!(transport, Err(SetupError::ProxyWithoutTls)));
                    continue;
                }
                let transport = transport.unwrap();
                for _ in 0..3 {
                    let response = stage.send(&transport);
                    let response =
                        response.unwrap_or_else(|error| panic!("{tls:?} {scheme:?} {base}: {error}"));
                    assert_eq!(response.status, 200, "{tls:?} {scheme:?} {base}: {response:?}");
                }
                reached += 1;
            }
        }
    }
    assert_eq!(reached, 21);
}

fn six_requests_at_once_pass_with_digests() {
    let stage = Stage::set();
    let (squid, http, https) = (&stage.squid, &stage.server.base, &stage.front.base);
    for (base, tls) in [(http, ProxyTls::Auto), (http, ProxyTls::Tunnel), (https, ProxyTls::Auto)] {
        let known = Some(credentials(AuthScheme::Digest, PASSWORD));
        let transport = through(base, squid.closed, tls, known, &[&stage.front.authority]).unwrap();
        for round in 0..3 {
            let all = futures_util::future::join_all((0..6).map(|_| transport.send(request())));
            for response in stage.runtime.block_on(all) {
                let status = response.map(|response| response.status);
                assert!(matches!(status, Ok(200)), "{tls:?} {base} round {round}: {status:?}");
            }
        }
    }
}

fn a_wrong_password_is_an_error_of_the_proxy() {
    let stage = Stage::set();
    let (squid, http, https) = (&stage.squid, &stage.server.base, &stage.front.base);
    for scheme in [AuthScheme::Basic, AuthScheme::Digest] {
        for (base, tls) in [(http, ProxyTls::Auto), (http, ProxyTls::Tunnel), (https, ProxyTls::Auto)] {
            let wrong = Some(credentials(scheme, "wrong"));
            let transport = through(base, squid.closed, tls, wrong, &[&stage.front.authority]).unwrap();
            let error = stage.send(&transport).unwrap_err();
            assert!(matches!(error, TransportError::ProxyAuth(_)), "{scheme:?} {tls:?} {base}: {error}");
        }
    }
    let nobody = through(https, squid.closed, ProxyTls::Auto, None, &[&stage.front.authority]).unwrap();
    assert!(matches!(stage.send(&nobody), Err(TransportError::ProxyAuth(_))));
}

fn certificates_are_verified_on_the_way_and_at_its_end() {
    let stage = Stage::set();
    let (squid, http, https) = (&stage.squid, &stage.server.base, &stage.front.base);
    let to_stripe = through(https, squid.open, ProxyTls::Auto, None, &[]).unwrap();
    let to_stripe = stage.send(&to_stripe).unwrap_err();
    assert!(
        matches!(&to_stripe, TransportError::Untrusted(why) if why.contains("TLS to Stripe")),
        "{to_stripe}"
    );
    let to_proxy = through(http, squid.open_tls, ProxyTls::Always, None, &[]).unwrap();
    let to_proxy = stage.send(&to_proxy).unwrap_err();
    assert!(
        matches!(&to_proxy, TransportError::Untrusted(why) if why.contains("TLS to the proxy")),
        "{to_proxy}"
    );
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
    assert!(refused.contains("`proxy_password`"), "{refused}");
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
    let transport = through("http://127.0.0.1:1", free, ProxyTls::Auto, None, &[]).unwrap();
    let error = transport.send(request()).await.unwrap_err();
    assert!(matches!(error, TransportError::ProxyUnreachable(_)), "{error}");
    assert!(error.to_string().contains(&format!("127.0.0.1:{free}")), "{error}");
}
