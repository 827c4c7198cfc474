//! Tests with a digest-authenticating proxy under many concurrent requests, and with endless answers.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use digest_auth::{AuthContext, AuthorizationHeader, HttpMethod};
use http::{HeaderMap, Method};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{AuthScheme, Http1Transport, ProxyCredentials, ProxyOrigin, ProxySettings, ProxyTls};
use crate::secret::Secret;
use crate::stripe::reach::tests::SilentHost;
use crate::stripe::{Request, Response, Transport as _, TransportError};

const PASSWORD: &str = "open sesame";

/// How a proxy treats its nonces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nonces {
    /// A nonce can be used for any number of answers.
    Shared,
    /// A nonce can be used for one answer; the proxy does not say that a used one is stale.
    Once,
}

/// A proxy with digest authentication that answers forwarded requests and tunnels itself.
struct Proxy {
    nonces: Nonces,
    made: AtomicUsize,
    used: Mutex<HashSet<String>>,
}

impl Proxy {
    /// Starts a proxy and returns its port.
    async fn start(nonces: Nonces) -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = Arc::new(Self { nonces, made: AtomicUsize::new(0), used: Mutex::default() });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&proxy).serve(stream));
            }
        });
        port
    }

    async fn serve(self: Arc<Self>, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let mut inside_tunnel = false;
        while let Some((line, authorization)) = read_head(&mut stream).await {
            let accepted = inside_tunnel || self.accepts(&line, authorization.as_deref());
            inside_tunnel |= accepted && line.starts_with("CONNECT");
            let answer = if !accepted {
                let nonce = self.made.fetch_add(1, Ordering::SeqCst);
                format!(
                    "HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"p\", nonce=\"n{nonce}\", qop=\"auth\"\r\nContent-Length: 0\r\n\r\n"
                )
            } else if line.starts_with("CONNECT") {
                "HTTP/1.1 200 OK\r\n\r\n".to_owned()
            } else {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".to_owned()
            };
            // This lets other requests interleave.
            tokio::time::sleep(Duration::from_millis(20)).await;
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    fn accepts(&self, line: &str, authorization: Option<&str>) -> bool {
        let Some(mut given) = authorization.and_then(|text| AuthorizationHeader::parse(text).ok()) else {
            return false;
        };
        if self.nonces == Nonces::Once && !self.used.lock().unwrap().insert(given.nonce.clone()) {
            return false;
        }
        let (method, uri) = line.split_once(' ').unwrap();
        let uri = uri.split(' ').next().unwrap();
        let method = HttpMethod(method.to_owned().into());
        let context = AuthContext::new_with_method("svc", PASSWORD, uri.to_owned(), None::<&[u8]>, method);
        let answered = given.response.clone();
        given.digest(&context);
        given.response == answered
    }
}

/// Reads the first line of a request and its `Proxy-Authorization`.
async fn read_head(stream: &mut BufReader<TcpStream>) -> Option<(String, Option<String>)> {
    let (mut first, mut authorization) = (String::new(), None);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            return Some((first, authorization));
        }
        match line.split_once(": ") {
            _ if first.is_empty() => line.clone_into(&mut first),
            Some((name, value)) if name.eq_ignore_ascii_case("proxy-authorization") => {
                authorization = Some(value.to_owned());
            }
            _ => {}
        }
    }
}

fn transport(port: u16, tls: ProxyTls, password: &str) -> Http1Transport {
    let password = Secret::new(password.to_owned());
    let credentials = ProxyCredentials { scheme: AuthScheme::Digest, user: "svc".to_owned(), password };
    let proxy = ProxySettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls,
        credentials: Some(credentials),
        origin: ProxyOrigin::Configuration,
    };
    Http1Transport::new("http://stripe.invalid", Some(proxy), Duration::from_mins(1), &[]).unwrap()
}

async fn get(transport: &Http1Transport) -> Result<Response, TransportError> {
    let request = Request {
        method: Method::GET,
        target: "/v1/x".to_owned(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
    };
    transport.send(request).await
}

#[tokio::test]
async fn many_requests_at_once_pass_a_proxy_with_digests() {
    for (tls, nonces) in [
        (ProxyTls::Auto, Nonces::Shared),
        (ProxyTls::Auto, Nonces::Once),
        (ProxyTls::Tunnel, Nonces::Shared),
        (ProxyTls::Tunnel, Nonces::Once),
    ] {
        let transport = transport(Proxy::start(nonces).await, tls, PASSWORD);
        for round in 0..3 {
            let answers = futures_util::future::join_all((0..6).map(|_| get(&transport))).await;
            for answer in answers {
                let status = answer.map(|answer| answer.status);
                assert!(matches!(status, Ok(200)), "{tls:?} {nonces:?} round {round}: {status:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_to_all_of_them() {
    let transport = transport(Proxy::start(Nonces::Shared).await, ProxyTls::Auto, "wrong");
    for answer in futures_util::future::join_all((0..6).map(|_| get(&transport))).await {
        assert!(matches!(answer, Err(TransportError::ProxyAuth(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn a_host_that_drops_packets_was_sent_nothing() {
    let host = SilentHost::start().await;
    let base = format!("http://{}", host.address);
    let direct = Http1Transport::new(&base, None, Duration::from_secs(1), &[]).unwrap();
    let Err(TransportError::Unreachable(told)) = get(&direct).await else { panic!("nobody answers") };
    assert!(told.ends_with("no answer in the time for a connection"), "{told}");
}

#[tokio::test]
async fn a_silent_proxy_was_sent_nothing_for_stripe() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let proxy = ProxySettings {
        host: "127.0.0.1".to_owned(),
        port: listener.local_addr().unwrap().port(),
        tls: ProxyTls::Tunnel,
        credentials: None,
        origin: ProxyOrigin::Configuration,
    };
    let second = Duration::from_secs(1);
    let transport = Http1Transport::new("http://stripe.invalid", Some(proxy), second, &[]).unwrap();
    let Err(TransportError::Connect(told)) = get(&transport).await else { panic!("no tunnel is opened") };
    assert!(told.starts_with("a tunnel through the proxy was not ready"), "{told}");
}

#[tokio::test]
async fn an_answer_of_a_proxy_without_an_end_is_cut() {
    for head in ["HTTP/1.1 200 OK", "HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"p\", nonce=\"n\""]
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            read_head(&mut stream).await;
            let head = format!("{head}\r\nContent-Length: 1000000000000\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            while stream.write_all(&[b'x'; 1 << 14]).await.is_ok() {}
        });
        let answer = get(&transport(port, ProxyTls::Auto, PASSWORD)).await;
        assert!(matches!(answer, Err(TransportError::TooLarge)), "{:?}", answer.map(|answer| answer.status));
    }
}
