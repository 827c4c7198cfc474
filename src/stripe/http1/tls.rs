//! TLS to Stripe and to the proxy: its configuration, and events about certificates.

use std::sync::Arc;

use rustls::client::ClientConnection;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;

use crate::stripe::SetupError;
use crate::stripe::trace::{Event, Tls, emit};

/// The offered application protocol.
const ALPN: &[u8] = b"http/1.1";

/// Creates the configuration for Stripe and for the proxy. Certificates are always verified, against the
/// system's roots and the PEM certificates in `pem`.
pub(super) fn config(pem: &[&str]) -> Result<Arc<ClientConfig>, SetupError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let failed = |error: Error| SetupError::Client(error.to_string());
    let verifier = Verifier::new_with_extra_roots(roots_of(pem)?, Arc::clone(&provider)).map_err(failed)?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(ReportingVerifier(verifier)))
        .with_no_client_auth();
    config.alpn_protocols = vec![ALPN.to_owned()];
    Ok(Arc::new(config))
}

fn roots_of(pem: &[&str]) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let all = pem.iter().flat_map(|text| CertificateDer::pem_slice_iter(text.as_bytes()));
    all.collect::<Result<_, _>>().map_err(|error| SetupError::Roots(error.to_string()))
}

/// The negotiated parameters of a handshake; `unknown` if rustls does not report one.
pub(super) fn negotiated(connection: &ClientConnection) -> Tls {
    let text = |value: Option<String>| value.unwrap_or_else(|| "unknown".to_owned());
    Tls {
        version: text(connection.protocol_version().map(|version| format!("{version:?}"))),
        cipher_suite: text(connection.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite()))),
        key_exchange: text(
            connection.negotiated_key_exchange_group().map(|group| format!("{:?}", group.name())),
        ),
        alpn: connection.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned()),
        handshake: text(connection.handshake_kind().map(|kind| format!("{kind:?}"))),
    }
}

/// The system's verifier, but with an event for the certificates before it verifies them, so that untrusted
/// ones are logged too.
#[derive(Debug)]
struct ReportingVerifier(Verifier);

impl ServerCertVerifier for ReportingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let name = server_name.to_str();
        emit(|| {
            let chain = std::iter::once(end_entity).chain(intermediates).cloned().collect();
            Event::CertificatesPresented { name: &name, chain }
        });
        self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
