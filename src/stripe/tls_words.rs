//! Why TLS with another end failed, in plain words.

use std::error::Error as StdError;
use std::{io, iter};

use rustls::{CertificateError, Error, InvalidMessage};

/// Whether an error says that a certificate is not trusted.
pub(super) fn is_untrusted(error: &(dyn StdError + 'static)) -> bool {
    matches!(tls_error(error), Some(Error::InvalidCertificate(_)))
}

/// What is wrong with TLS; none where an error is about something else, or has no plainer words than its own.
pub(super) fn plain_words(error: &(dyn StdError + 'static)) -> Option<String> {
    match tls_error(error)? {
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            Some("the other end does not speak TLS, so this is no https address".to_owned())
        }
        Error::InvalidCertificate(why) => of_certificate(why).map(str::to_owned),
        _ => None,
    }
}

/// What is wrong with a certificate.
fn of_certificate(why: &CertificateError) -> Option<&'static str> {
    Some(match why {
        CertificateError::UnknownIssuer => "it was issued by nobody who is trusted on this machine",
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "it has expired, or the clock of this machine is wrong"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet, or the clock of this machine is wrong"
        }
        CertificateError::Revoked => "it was revoked",
        CertificateError::BadSignature => "its signature is wrong",
        CertificateError::BadEncoding => "it cannot be read",
        // The verifier has no types for these that are known here.
        CertificateError::Other(other) => match other.to_string().as_str() {
            "UnsupportedCertVersion" => "its format is too old: version 3 is needed",
            "CaUsedAsEndEntity" => "it is one for an authority, not for a server",
            _ => return None,
        },
        _ => return None,
    })
}

/// The error of TLS among the causes of an error.
fn tls_error<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e Error> {
    // What an I/O error is made of is not among its causes.
    let below = |cause: &'e (dyn StdError + 'static)| match cause.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref().map(|inner| inner as &(dyn StdError + 'static)),
        None => cause.source(),
    };
    iter::successors(Some(error), |cause| below(*cause)).find_map(|cause| cause.downcast_ref())
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use rustls::{CertificateError, Error, InvalidMessage, OtherError};

    use super::{is_untrusted, plain_words};

    fn told(error: Error) -> (Option<String>, bool) {
        let around = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error));
        (plain_words(&around), is_untrusted(&around))
    }

    fn certificate(why: CertificateError) -> Option<String> {
        let (words, untrusted) = told(Error::InvalidCertificate(why));
        assert!(untrusted, "{words:?}");
        words
    }

    fn other(text: &str) -> Option<String> {
        certificate(CertificateError::Other(OtherError(Arc::new(io::Error::other(text.to_owned())))))
    }

    #[test]
    fn what_is_wrong_with_a_certificate_is_told_in_plain_words() {
        let words = certificate(CertificateError::UnknownIssuer).unwrap();
        assert_eq!(words, "it was issued by nobody who is trusted on this machine");
        assert!(certificate(CertificateError::Expired).unwrap().starts_with("it has expired"));
        assert!(other("UnsupportedCertVersion").unwrap().contains("version 3"));
        assert!(other("CaUsedAsEndEntity").unwrap().contains("authority"));
        assert_eq!(other("SomethingNew"), None, "its own words are kept");
    }

    #[test]
    fn a_port_without_tls_is_no_question_of_trust() {
        let (words, untrusted) = told(Error::InvalidMessage(InvalidMessage::InvalidContentType));
        assert!(words.unwrap().contains("does not speak TLS") && !untrusted);
        assert_eq!(told(Error::DecryptError), (None, false));
        assert_eq!(plain_words(&io::Error::other("reset")), None);
    }
}
