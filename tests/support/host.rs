//! A miniature host: the certificate it makes, the environment it sets, how it dials.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use rustls::client::ResolvesClientCert;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, SignatureScheme, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::{Channel, Endpoint};

/// No test waits longer for anything.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// What a test waits for, or the end of the test.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, Box::pin(what)).await.expect("it takes too long")
}

/// Who the host is: a certificate as Terraform makes it, P-521 and its own authority.
pub struct Host {
    pub certificate: CertificateDer<'static>,
    pub pem: String,
    key: PrivatePkcs8KeyDer<'static>,
}

impl Host {
    pub fn new() -> Self {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512).unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.self_signed(&key).unwrap();
        Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()),
        }
    }

    /// What this host sets for its child.
    pub fn variables(&self) -> HashMap<&'static str, String> {
        HashMap::from([
            (COOKIE.0, COOKIE.1.to_owned()),
            ("PLUGIN_PROTOCOL_VERSIONS", "6,5".to_owned()),
            ("PLUGIN_CLIENT_CERT", self.pem.clone()),
        ])
    }

    /// A client that shows this host's certificate, signed for with `signer`'s key.
    pub fn signed_by(&self, signer: &Self) -> Client {
        let key = PrivateKeyDer::from(signer.key.clone_key());
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).unwrap();
        Client(Some(Arc::new(CertifiedKey::new(vec![self.certificate.clone()], key))))
    }

    /// The client this host is.
    pub fn client(&self) -> Client {
        self.signed_by(self)
    }
}

/// What a client shows of itself.
#[derive(Debug, Clone)]
pub struct Client(pub Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Client {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        // As Go does it: no certificate unless the server can verify its kind of key.
        self.0.clone().filter(|key| key.key.choose_scheme(schemes).is_some())
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

/// A handshake line, taken apart.
#[derive(Debug, Clone)]
pub struct Line {
    pub network: String,
    pub address: String,
    pub certificate: Option<CertificateDer<'static>>,
    pub fields: usize,
}

impl Line {
    pub fn parse(line: &str) -> Self {
        let fields: Vec<_> = line.split('|').collect();
        assert_eq!((fields[0], fields[1], fields[4]), ("1", "5", "grpc"), "{line}");
        let der = STANDARD_NO_PAD.decode(fields[5]).expect("base64 without padding");
        Self {
            network: fields[2].to_owned(),
            address: fields[3].to_owned(),
            certificate: (!der.is_empty()).then(|| der.into()),
            fields: fields.len(),
        }
    }

    /// A bare connection.
    pub async fn connect(&self) -> Box<dyn Stream> {
        match self.network.as_str() {
            "unix" => Box::new(UnixStream::connect(&self.address).await.unwrap()),
            "tcp" => Box::new(TcpStream::connect(&self.address).await.unwrap()),
            other => panic!("there is no network {other}"),
        }
    }

    /// A secured connection; TLS 1.3 tells a client that is refused only when it reads.
    pub async fn secure(
        &self,
        client: Client,
        version: &'static SupportedProtocolVersion,
    ) -> std::io::Result<TlsStream<Box<dyn Stream>>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone().unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(client));
        config.alpn_protocols = vec![b"h2".to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, self.connect().await).await
    }

    /// A gRPC channel, secured if the line has a certificate.
    pub async fn channel(&self, client: Client) -> Channel {
        match self.certificate {
            None => channel_over(self.connect().await).await,
            Some(_) => channel_over(self.secure(client, &rustls::version::TLS13).await.unwrap()).await,
        }
        .unwrap()
    }
}

pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

pub async fn channel_over(stream: impl Stream + 'static) -> Result<Channel, tonic::transport::Error> {
    let mut stream = Some(TokioIo::new(stream));
    let once = tower::service_fn(move |_| {
        let stream = stream.take().ok_or(std::io::ErrorKind::NotConnected);
        async move { stream.map_err(std::io::Error::from) }
    });
    Endpoint::from_static("http://localhost").connect_with_connector(once).await
}
