//! Calls through a real squid: every place where TLS may begin, every way to be known to the
//! proxy, http and https targets.
//!
//! Without `squid` on the PATH these tests say so and pass; with `TF_ACC=1` its absence fails.
//! `.ci/tools` installs it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it was skipped"
)]

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use stripe_provider::sandbox::{self, Sandbox};
use stripe_provider::secret::Secret;
use stripe_provider::stripe::{
    AuthScheme, Http1Transport, ProxyCredentials, ProxyOrigin, ProxySettings, ProxyTls, Request, Response,
    SetupError, Transport as _, TransportError,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use squid::{PASSWORD, Squid, USER};

#[path = "proxy/squid.rs"]
mod squid;
#[expect(dead_code, reason = "other suites use more of it")]
#[path = "acceptance/workdir.rs"]
mod workdir;

/// A certificate authority and a certificate for this machine.
struct Certificates {
    authority: String,
    certificate: String,
    key: String,
}

fn certificates() -> Certificates {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    Certificates { authority: authority.pem(), certificate: certificate.pem(), key: key.serialize_pem() }
}

/// The sandbox behind http and behind https.
async fn targets(certificates: &Certificates) -> (String, String) {
    let plain = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = plain.local_addr().unwrap();
    tokio::spawn(sandbox::serve(plain, Sandbox::memory().unwrap(), std::future::pending()));
    let secure = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let https = format!("https://{}", secure.local_addr().unwrap());
    let acceptor = acceptor(certificates);
    tokio::spawn(async move {
        while let Ok((stream, _)) = secure.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut inner = TcpStream::connect(address).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut inner).await;
            });
        }
    });
    (format!("http://{address}"), https)
}

fn acceptor(certificates: &Certificates) -> TlsAcceptor {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let certificate = CertificateDer::from_pem_slice(certificates.certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(certificates.key.as_bytes()).unwrap();
    let config =
        rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

fn request(number: usize) -> Request {
    let headers: HeaderMap = [
        (http::header::AUTHORIZATION, "Bearer sk_test_proxy".parse().unwrap()),
        (http::header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap()),
    ]
    .into_iter()
    .collect();
    let body = Bytes::from(format!("name=number {number}"));
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

async fn calls(transport: &Http1Transport) -> Result<Vec<Response>, TransportError> {
    let mut responses = Vec::new();
    for number in 0..3 {
        responses.push(transport.send(request(number)).await?);
    }
    Ok(responses)
}

#[tokio::test]
async fn every_combination_reaches_its_target() {
    let certificates = certificates();
    let Some(squid) = Squid::start(&certificates.certificate, &certificates.key) else { return };
    let (http, https) = targets(&certificates).await;
    let roots = [certificates.authority.as_str()];
    let mut reached = 0;
    for tls in [ProxyTls::Auto, ProxyTls::Always, ProxyTls::Never, ProxyTls::Tunnel] {
        for scheme in [None, Some(AuthScheme::Basic), Some(AuthScheme::Digest)] {
            let port = match (tls, scheme) {
                (ProxyTls::Always, None) => squid.open_tls,
                (ProxyTls::Always, Some(_)) => squid.closed_tls,
                (_, None) => squid.open,
                (_, Some(_)) => squid.closed,
            };
            for base in [&http, &https] {
                let known = scheme.map(|scheme| credentials(scheme, PASSWORD));
                let transport = through(base, port, tls, known, &roots);
                if tls == ProxyTls::Never && base == &https {
                    assert!(matches!(transport, Err(SetupError::ProxyWithoutTls)));
                    continue;
                }
                let responses = calls(&transport.unwrap()).await;
                let responses =
                    responses.unwrap_or_else(|error| panic!("{tls:?} {scheme:?} {base}: {error}"));
                assert!(
                    responses.iter().all(|response| response.status == 200),
                    "{tls:?} {scheme:?} {base}: {responses:?}"
                );
                reached += 1;
            }
        }
    }
    assert_eq!(reached, 21);
}

#[tokio::test]
async fn a_wrong_password_is_an_error_of_the_proxy() {
    let certificates = certificates();
    let Some(squid) = Squid::start(&certificates.certificate, &certificates.key) else { return };
    let (http, https) = targets(&certificates).await;
    for scheme in [AuthScheme::Basic, AuthScheme::Digest] {
        for (base, tls) in [(&http, ProxyTls::Auto), (&http, ProxyTls::Tunnel), (&https, ProxyTls::Auto)] {
            let transport = through(
                base,
                squid.closed,
                tls,
                Some(credentials(scheme, "wrong")),
                &[&certificates.authority],
            )
            .unwrap();
            let error = transport.send(request(0)).await.unwrap_err();
            assert!(matches!(error, TransportError::ProxyAuth(_)), "{scheme:?} {tls:?} {base}: {error}");
        }
    }
    let nobody = through(&https, squid.closed, ProxyTls::Auto, None, &[&certificates.authority]).unwrap();
    assert!(matches!(nobody.send(request(0)).await, Err(TransportError::ProxyAuth(_))));
}

#[tokio::test]
async fn certificates_are_verified_on_the_way_and_at_its_end() {
    let certificates = certificates();
    let Some(squid) = Squid::start(&certificates.certificate, &certificates.key) else { return };
    let (http, https) = targets(&certificates).await;
    let to_stripe =
        through(&https, squid.open, ProxyTls::Auto, None, &[]).unwrap().send(request(0)).await.unwrap_err();
    assert!(
        matches!(&to_stripe, TransportError::Untrusted(why) if why.contains("TLS to Stripe")),
        "{to_stripe}"
    );
    let to_proxy = through(&http, squid.open_tls, ProxyTls::Always, None, &[])
        .unwrap()
        .send(request(0))
        .await
        .unwrap_err();
    assert!(
        matches!(&to_proxy, TransportError::Untrusted(why) if why.contains("TLS to the proxy")),
        "{to_proxy}"
    );
}

#[test]
fn terraform_applies_through_the_proxy_and_says_when_the_password_is_wrong() {
    let Some(terraform) = workdir::terraform() else { return };
    let certificates = certificates();
    let Some(squid) = Squid::start(&certificates.certificate, &certificates.key) else { return };
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
    let workdir = workdir::Workdir::new(&terraform, &config("wrong"));
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

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let free = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port();
    let transport = through("http://127.0.0.1:1", free, ProxyTls::Auto, None, &[]).unwrap();
    let error = transport.send(request(0)).await.unwrap_err();
    assert!(matches!(error, TransportError::ProxyUnreachable(_)), "{error}");
    assert!(error.to_string().contains(&format!("127.0.0.1:{free}")), "{error}");
}
