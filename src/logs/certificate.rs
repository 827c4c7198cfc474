//! Renders a certificate as the fields of a log line.

use rustls::pki_types::CertificateDer;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// Returns subject and issuer in the form of RFC 4514, validity in RFC 3339, and the SHA-256 fingerprint.
pub(super) fn fields(der: &CertificateDer<'_>) -> Vec<(&'static str, Json)> {
    let mut fields = match Certificate::from_der(der) {
        Ok(certificate) => {
            let certificate = certificate.tbs_certificate();
            let validity = certificate.validity();
            vec![
                ("subject", json!(certificate.subject().to_string())),
                ("issuer", json!(certificate.issuer().to_string())),
                ("not_before", json!(validity.not_before.to_string())),
                ("not_after", json!(validity.not_after.to_string())),
            ]
        }
        Err(error) => vec![("error", json!(format!("the certificate cannot be read: {error}")))],
    };
    fields.push(("sha256", json!(hex::encode(Sha256::digest(der)))));
    fields
}
