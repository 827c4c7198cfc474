//! Basic and digest authentication to a proxy.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use digest_auth::{AuthContext, HttpMethod, WwwAuthenticateHeader};
use http::HeaderMap;
use http::header::{HeaderValue, PROXY_AUTHENTICATE};

use crate::secret::Secret;
use crate::stripe::TransportError;

/// How a proxy authenticates its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthScheme {
    /// User and password in every request (RFC 7617).
    Basic,
    /// A digest of user, password and the proxy's challenge (RFC 7616).
    Digest,
}

/// A user of the proxy.
#[derive(Clone)]
pub struct ProxyCredentials {
    /// How the proxy authenticates the user.
    pub scheme: AuthScheme,
    /// The user name; any text.
    pub user: String,
    /// The password; any text.
    pub password: Secret,
}

/// The digest challenge of a proxy, with the number of its answers.
pub(super) struct Challenge(WwwAuthenticateHeader);

impl fmt::Debug for ProxyCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenge")
    }
}

impl ProxyCredentials {
    /// The `Proxy-Authorization` of a request; none for a digest before the first challenge.
    pub(super) fn authorization(
        &self,
        challenge: Option<&mut Challenge>,
        method: &str,
        uri: &str,
    ) -> Option<HeaderValue> {
        let text = match self.scheme {
            AuthScheme::Basic => {
                let pair = format!("{}:{}", self.user, self.password.expose());
                format!("Basic {}", STANDARD.encode(pair))
            }
            AuthScheme::Digest => {
                let method = HttpMethod(method.to_owned().into());
                let context = AuthContext::new_with_method(
                    &self.user,
                    self.password.expose(),
                    uri,
                    None::<&[u8]>,
                    method,
                );
                challenge?.0.respond(&context).ok()?.to_header_string()
            }
        };
        // User names may hold letters outside of ASCII.
        let mut header = HeaderValue::from_bytes(text.as_bytes()).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// Keeps the challenge of a 407. True when answering it may help: it is the first one, or the
    /// proxy says that the last one was too old.
    ///
    /// # Errors
    /// The proxy offers no digest authentication.
    pub(super) fn accept_challenge(
        &self,
        known: &Mutex<Option<Challenge>>,
        headers: &HeaderMap,
    ) -> Result<bool, TransportError> {
        if self.scheme == AuthScheme::Basic {
            return Ok(false);
        }
        let offered: Vec<&str> =
            headers.get_all(PROXY_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok()).collect();
        let digests =
            offered.iter().filter(|offer| offer.trim_start().to_ascii_lowercase().starts_with("digest"));
        let Some(challenge) = digests.filter_map(|offer| digest_auth::parse(offer).ok()).next_back() else {
            let why = format!("the proxy offers no digest authentication, only: {}", offered.join("; "));
            return Err(TransportError::ProxyAuth(why));
        };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        let helps = known.is_none() || challenge.stale;
        *known = Some(Challenge(challenge));
        Ok(helps)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use http::HeaderMap;

    use super::{AuthScheme, ProxyCredentials};
    use crate::secret::Secret;

    fn credentials(scheme: AuthScheme, user: &str, password: &str) -> ProxyCredentials {
        ProxyCredentials { scheme, user: user.to_owned(), password: Secret::new(password.to_owned()) }
    }

    fn challenge(text: &str) -> HeaderMap {
        [(http::header::PROXY_AUTHENTICATE, text.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn basic_is_user_and_password_in_base64() {
        let header = credentials(AuthScheme::Basic, "svc", "p ä:ss").authorization(None, "GET", "/").unwrap();
        assert_eq!(header.to_str().unwrap(), "Basic c3ZjOnAgw6Q6c3M=");
        assert!(header.is_sensitive());
    }

    #[test]
    fn a_digest_waits_for_a_challenge_and_counts_its_answers() {
        let svc = credentials(AuthScheme::Digest, "svc", "secret");
        assert!(svc.authorization(None, "CONNECT", "api:443").is_none());
        let known = Mutex::new(None);
        let first = challenge(r#"Digest realm="p", nonce="n1", qop="auth", algorithm=SHA-256"#);
        assert!(svc.accept_challenge(&known, &first).unwrap());
        for count in ["nc=00000001", "nc=00000002"] {
            let header = svc.authorization(known.lock().unwrap().as_mut(), "CONNECT", "api:443").unwrap();
            let text = header.to_str().unwrap().to_owned();
            assert!(text.contains(count) && text.contains("uri=\"api:443\""), "{text}");
        }
    }

    #[test]
    fn the_same_challenge_again_means_a_wrong_password_unless_it_is_stale() {
        let svc = credentials(AuthScheme::Digest, "svc", "secret");
        let known = Mutex::new(None);
        assert!(
            svc.accept_challenge(&known, &challenge(r#"Digest realm="p", nonce="n1", qop="auth""#)).unwrap()
        );
        assert!(
            !svc.accept_challenge(&known, &challenge(r#"Digest realm="p", nonce="n2", qop="auth""#)).unwrap()
        );
        assert!(
            svc.accept_challenge(
                &known,
                &challenge(r#"Digest realm="p", nonce="n3", qop="auth", stale=true"#)
            )
            .unwrap()
        );
    }

    #[test]
    fn a_proxy_without_digests_says_what_it_offers() {
        let svc = credentials(AuthScheme::Digest, "svc", "secret");
        let error =
            svc.accept_challenge(&Mutex::new(None), &challenge("Basic realm=\"p\"")).unwrap_err().to_string();
        assert!(error.contains("only: Basic realm"), "{error}");
    }

    #[test]
    fn credentials_do_not_show_themselves() {
        assert!(!format!("{:?}", credentials(AuthScheme::Basic, "hidden", "hidden")).contains("hidden"));
    }
}
