//! The other side of [`plugin`](crate::terraform::plugin): a host that starts a provider as Terraform does
//! and speaks the protocol with it. Tests use it to drive plugins, and it stands in for Terraform when there
//! is none.
//!
//! A [`Host`] has a certificate of its own, a [`Process`] is a plugin that the host has started, and a
//! [`Core`] plans and applies through that plugin.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use rustls::client::ResolvesClientCert;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, SignatureScheme, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::{Channel, Endpoint};

pub mod blocks;
mod core;
mod process;

pub use self::core::{Core, ResourceInstance};
pub use crate::terraform::plugin::COOKIE;
pub use process::Process;

/// Why a plugin cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The host's certificate could not be created.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS could not be set up.
    #[error("cannot set up TLS with the plugin: {0}")]
    Tls(#[from] rustls::Error),
    /// The plugin could not be started or reached.
    #[error("cannot reach the plugin: {0}")]
    Io(#[from] io::Error),
    /// The first line that the plugin wrote is not a handshake, or it wrote no line in time.
    #[error("the plugin wrote no handshake{}", instead(.line, .stderr))]
    Handshake {
        /// What the plugin wrote instead.
        line: String,
        /// What the plugin wrote to standard error.
        stderr: String,
    },
    /// No gRPC channel could be opened.
    #[error("cannot open a channel to the plugin: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// A call failed with a gRPC status, which the protocol does not use for answers.
    #[error("a call of the plugin failed: {0}")]
    Call(Box<tonic::Status>),
    /// An answer or a configuration does not match the schema.
    #[error("{0}")]
    Schema(String),
    /// The provider refused the request with these errors.
    #[error("{}", .0.join("\n\n"))]
    Refused(Vec<String>),
}

/// Describes what a plugin wrote in place of its handshake.
fn instead(line: &str, stderr: &str) -> String {
    let line = if line.is_empty() { String::new() } else { format!(", but {line:?}") };
    let stderr = stderr.trim();
    if stderr.is_empty() { line } else { format!("{line}; on standard error it said:\n{stderr}") }
}

impl From<tonic::Status> for Error {
    fn from(status: tonic::Status) -> Self {
        Self::Call(Box::new(status))
    }
}

/// A host: it has a certificate of the kind that Terraform makes, on P-521 and its own authority.
#[derive(Debug)]
pub struct Host {
    /// The certificate.
    pub certificate: CertificateDer<'static>,
    /// The certificate as PEM.
    pub pem: String,
    key: PrivatePkcs8KeyDer<'static>,
}

impl Host {
    /// Creates a host with a new certificate.
    pub fn new() -> Result<Self, Error> {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512)?;
        let mut params = CertificateParams::new(["localhost".to_owned()])?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.self_signed(&key)?;
        Ok(Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()),
        })
    }

    /// The environment variables that the host sets for a plugin.
    pub fn variables(&self) -> HashMap<&'static str, String> {
        HashMap::from([
            (COOKIE.0, COOKIE.1.to_owned()),
            ("PLUGIN_PROTOCOL_VERSIONS", "6,5".to_owned()),
            ("PLUGIN_CLIENT_CERT", self.pem.clone()),
        ])
    }

    /// Returns a client that presents this host's certificate but signs with `signer`'s key.
    pub fn signed_by(&self, signer: &Self) -> Result<ClientIdentity, Error> {
        let key = PrivateKeyDer::from(signer.key.clone_key());
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key)?;
        Ok(ClientIdentity(Some(Arc::new(CertifiedKey::new(vec![self.certificate.clone()], key)))))
    }

    /// Returns the client that presents this host's certificate and signs with its key.
    pub fn client(&self) -> Result<ClientIdentity, Error> {
        self.signed_by(self)
    }
}

/// The certificate that a client presents, if any.
#[derive(Debug, Clone)]
pub struct ClientIdentity(pub Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for ClientIdentity {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        // Go does the same: it sends no certificate unless the server can verify that kind of key.
        self.0.clone().filter(|key| key.key.choose_scheme(schemes).is_some())
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

/// The parsed handshake line of a plugin.
#[derive(Debug, Clone)]
pub struct HandshakeLine {
    /// `unix` or `tcp`.
    pub network: String,
    /// The path of the socket, or `host:port`.
    pub address: String,
    /// The plugin's certificate; `None` without TLS.
    pub certificate: Option<CertificateDer<'static>>,
    /// The number of fields in the line.
    pub fields: usize,
}

impl HandshakeLine {
    /// Parses a line, given without its line ending.
    pub fn parse(line: &str) -> Result<Self, Error> {
        let wrong = || Error::Handshake { line: line.to_owned(), stderr: String::new() };
        let fields: Vec<_> = line.split('|').collect();
        let ["1", "5", network, address, "grpc", certificate, ..] = fields[..] else { return Err(wrong()) };
        let der = STANDARD_NO_PAD.decode(certificate).map_err(|_| wrong())?;
        Ok(Self {
            network: network.to_owned(),
            address: address.to_owned(),
            certificate: (!der.is_empty()).then(|| der.into()),
            fields: fields.len(),
        })
    }

    /// Opens an unsecured connection.
    pub async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        match self.network.as_str() {
            #[cfg(unix)]
            "unix" => Ok(Box::new(tokio::net::UnixStream::connect(&self.address).await?)),
            "tcp" => Ok(Box::new(TcpStream::connect(&self.address).await?)),
            other => Err(io::Error::other(format!("there is no network {other}"))),
        }
    }

    /// Opens a TLS connection. With TLS 1.3, a refused client learns of the refusal only when it reads.
    pub async fn secure(
        &self,
        client: ClientIdentity,
        version: &'static SupportedProtocolVersion,
    ) -> Result<TlsStream<Box<dyn Stream>>, Error> {
        let mut roots = RootCertStore::empty();
        if let Some(certificate) = &self.certificate {
            roots.add(certificate.clone())?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])?
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(client));
        config.alpn_protocols = vec![b"h2".to_vec()];
        let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
        Ok(TlsConnector::from(Arc::new(config)).connect(name, self.connect().await?).await?)
    }

    /// Opens a gRPC channel, secured if the line has a certificate.
    pub async fn channel(&self, client: ClientIdentity) -> Result<Channel, Error> {
        Ok(match self.certificate {
            None => channel_over(self.connect().await?).await?,
            Some(_) => channel_over(self.secure(client, &rustls::version::TLS13).await?).await?,
        })
    }
}

/// A connection to a plugin.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Creates a gRPC channel over one connection.
pub async fn channel_over(stream: impl Stream + 'static) -> Result<Channel, tonic::transport::Error> {
    let mut stream = Some(TokioIo::new(stream));
    let once = tower::service_fn(move |_| {
        let stream = stream.take().ok_or(io::ErrorKind::NotConnected);
        async move { stream.map_err(io::Error::from) }
    });
    Endpoint::from_static("http://localhost").connect_with_connector(once).await
}
