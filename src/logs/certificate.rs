//! Renders a certificate as fields of a line.

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use x509_parser::parse_x509_certificate;
use x509_parser::time::ASN1Time;

/// Subject, issuer, validity and SHA-256 fingerprint.
pub(super) fn fields(der: &CertificateDer<'_>) -> Vec<(&'static str, Json)> {
    let mut fields = match parse_x509_certificate(der) {
        Ok((_, certificate)) => {
            let validity = certificate.validity();
            vec![
                ("subject", json!(certificate.subject().to_string())),
                ("issuer", json!(certificate.issuer().to_string())),
                ("not_before", json!(time(validity.not_before))),
                ("not_after", json!(time(validity.not_after))),
            ]
        }
        Err(error) => vec![("error", json!(format!("the certificate cannot be read: {error}")))],
    };
    fields.push(("sha256", json!(hex::encode(Sha256::digest(der)))));
    fields
}

/// A time in RFC 3339.
fn time(time: ASN1Time) -> String {
    Timestamp::from_second(time.timestamp()).map_or_else(|_| time.to_string(), |time| time.to_string())
}
