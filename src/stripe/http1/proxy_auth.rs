//! Basic and digest authentication with a proxy.
//!
//! # Theory
//!
//! With digest authentication, a request answers a challenge that came in a 407. The last challenge for which
//! a proxy accepted an answer is shared, so that most requests need no 407 of their own. An answer to a
//! shared challenge may be refused: the challenge is too old, another request has used it up, or its numbered
//! answers arrived in another order. So a refused answer says something about the password only if it
//! answered the challenge that was sent to this very request.

use std::fmt;
use std::sync::{Mutex, MutexGuard};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use digest_auth::{AuthContext, HttpMethod, WwwAuthenticateHeader};
use http::HeaderMap;
use http::header::{HeaderValue, PROXY_AUTHENTICATE};

use crate::secret::Secret;
use crate::stripe::TransportError;
use crate::sync::lock;

/// How a proxy authenticates its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthScheme {
    /// User and password in every request (RFC 7617).
    Basic,
    /// A digest of user, password and the proxy's challenge (RFC 7616).
    Digest,
}

/// A user of the proxy, with the password.
#[derive(Clone)]
pub struct ProxyCredentials {
    /// How the proxy authenticates the user.
    pub scheme: AuthScheme,
    /// The user name; any text.
    pub user: String,
    /// The password; any text.
    pub password: Secret,
}

/// The digest challenge of a proxy, together with the count of its answers.
struct Challenge(WwwAuthenticateHeader);

/// The credentials for a proxy, and the challenge for which it last accepted an answer.
#[derive(Debug)]
pub(super) struct ProxyAuthenticator {
    credentials: Option<ProxyCredentials>,
    accepted: Mutex<Option<Challenge>>,
}

/// The authentication of one request or one tunnel.
#[derive(Debug)]
pub(super) struct Authentication<'p> {
    proxy: &'p ProxyAuthenticator,
    /// The challenge that was sent to this request.
    own: Option<Challenge>,
}

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

impl ProxyAuthenticator {
    pub(super) fn new(credentials: Option<ProxyCredentials>) -> Self {
        Self { credentials, accepted: Mutex::default() }
    }

    /// Begins the authentication of a new request.
    pub(super) fn begin(&self) -> Authentication<'_> {
        Authentication { proxy: self, own: None }
    }

    fn accepted(&self) -> MutexGuard<'_, Option<Challenge>> {
        lock(&self.accepted)
    }
}

impl Authentication<'_> {
    /// The `Proxy-Authorization` of the request; `None` without credentials, and for digest authentication
    /// while no challenge is known.
    pub(super) fn header(&mut self, method: &str, uri: &str) -> Option<HeaderValue> {
        let credentials = self.proxy.credentials.as_ref()?;
        match &mut self.own {
            Some(own) => credentials.authorization(Some(own), method, uri),
            None => credentials.authorization(self.proxy.accepted().as_mut(), method, uri),
        }
    }

    /// Stores the challenge of a 407 for another attempt.
    ///
    /// # Errors
    /// Another attempt cannot help: there is no password, it is wrong, or the proxy does not offer digest
    /// authentication.
    pub(super) fn challenged(&mut self, headers: &HeaderMap) -> Result<(), TransportError> {
        let digest = self.proxy.credentials.as_ref().is_some_and(|it| it.scheme == AuthScheme::Digest);
        if self.proxy.credentials.is_none() {
            return Err(credentials_missing());
        }
        if !digest {
            return Err(credentials_refused());
        }
        let challenge = offered_digest(headers)?;
        if self.own.is_some() && !challenge.stale {
            return Err(credentials_refused());
        }
        self.own = Some(Challenge(challenge));
        Ok(())
    }

    /// Records that the proxy let the request pass, so that other requests may answer the same challenge.
    pub(super) fn passed(self) {
        if let Some(own) = self.own {
            *self.proxy.accepted() = Some(own);
        }
    }
}

/// Returns the last digest challenge that a 407 offers.
fn offered_digest(headers: &HeaderMap) -> Result<WwwAuthenticateHeader, TransportError> {
    let offered: Vec<&str> =
        headers.get_all(PROXY_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok()).collect();
    let digests =
        offered.iter().filter(|offer| offer.trim_start().to_ascii_lowercase().starts_with("digest"));
    digests.filter_map(|offer| digest_auth::parse(offer).ok()).next_back().ok_or_else(|| {
        let why = format!("the proxy offers no digest authentication, only: {}", offered.join("; "));
        TransportError::ProxyAuth(why)
    })
}

/// The error for a 407 that no further attempt can resolve.
pub(super) fn credentials_refused() -> TransportError {
    TransportError::ProxyAuth("the proxy refused the user and the password (HTTP 407)".to_owned())
}

/// The error for a 407 to a request without a user.
fn credentials_missing() -> TransportError {
    TransportError::ProxyAuth(
        "the proxy asks for a user and a password, and none is set (HTTP 407)".to_owned(),
    )
}

impl ProxyCredentials {
    /// The `Proxy-Authorization` of a request; `None` for digest authentication before the first challenge.
    fn authorization(
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
        // User names may contain non-ASCII letters.
        let mut header = HeaderValue::from_bytes(text.as_bytes()).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::{AuthScheme, ProxyAuthenticator, ProxyCredentials};
    use crate::secret::Secret;

    fn credentials(scheme: AuthScheme, user: &str, password: &str) -> ProxyCredentials {
        ProxyCredentials { scheme, user: user.to_owned(), password: Secret::new(password.to_owned()) }
    }

    #[test]
    fn who_names_no_user_is_asked_for_one() {
        let why =
            ProxyAuthenticator::new(None).begin().challenged(&HeaderMap::new()).unwrap_err().to_string();
        assert!(why.contains("asks for a user and a password, and none is set"), "{why}");
        let basic = ProxyAuthenticator::new(Some(credentials(AuthScheme::Basic, "svc", "wrong")));
        let why = basic.begin().challenged(&HeaderMap::new()).unwrap_err().to_string();
        assert!(why.contains("refused the user"), "{why}");
    }

    fn digest() -> ProxyAuthenticator {
        ProxyAuthenticator::new(Some(credentials(AuthScheme::Digest, "svc", "secret")))
    }

    fn challenge(text: &str) -> HeaderMap {
        [(http::header::PROXY_AUTHENTICATE, text.parse().unwrap())].into_iter().collect()
    }

    fn nonce(name: &str) -> HeaderMap {
        challenge(&format!(r#"Digest realm="p", nonce="{name}", qop="auth", algorithm=SHA-256"#))
    }

    #[test]
    fn basic_is_user_and_password_in_base64() {
        let proxy = ProxyAuthenticator::new(Some(credentials(AuthScheme::Basic, "svc", "p ä:ss")));
        let header = proxy.begin().header("GET", "/").unwrap();
        assert_eq!(header.to_str().unwrap(), "Basic c3ZjOnAgw6Q6c3M=");
        assert!(header.is_sensitive());
        assert!(proxy.begin().challenged(&nonce("n1")).is_err(), "the password is wrong");
    }

    #[test]
    fn a_digest_waits_for_a_challenge_and_counts_its_answers() {
        let proxy = digest();
        let mut first = proxy.begin();
        assert!(first.header("CONNECT", "api:443").is_none());
        first.challenged(&nonce("n1")).unwrap();
        let text = |header: Option<http::HeaderValue>| header.unwrap().to_str().unwrap().to_owned();
        let answer = text(first.header("CONNECT", "api:443"));
        assert!(answer.contains("nc=00000001") && answer.contains("uri=\"api:443\""), "{answer}");
        assert!(proxy.begin().header("CONNECT", "api:443").is_none(), "it is shared when it was accepted");
        first.passed();
        let answer = text(proxy.begin().header("CONNECT", "api:443"));
        assert!(answer.contains("nc=00000002") && answer.contains("nonce=\"n1\""), "{answer}");
    }

    #[test]
    fn requests_that_are_challenged_together_all_try_again() {
        let proxy = digest();
        let mut requests: Vec<_> = (0..6).map(|_| proxy.begin()).collect();
        for (at, request) in requests.iter_mut().enumerate() {
            request.challenged(&nonce(&at.to_string())).unwrap();
        }
        requests.pop().unwrap().passed();
        let mut later = proxy.begin();
        assert!(later.header("GET", "/").is_some());
        later.challenged(&nonce("fresh")).expect("the shared challenge may be used up");
    }

    #[test]
    fn an_answer_to_its_own_challenge_that_is_refused_means_a_wrong_password_unless_it_is_stale() {
        let proxy = digest();
        let mut request = proxy.begin();
        request.challenged(&nonce("n1")).unwrap();
        request.challenged(&challenge(r#"Digest realm="p", nonce="n2", qop="auth", stale=true"#)).unwrap();
        let error = request.challenged(&nonce("n3")).unwrap_err().to_string();
        assert!(error.contains("refused the user and the password"), "{error}");
    }

    #[test]
    fn a_proxy_without_digests_says_what_it_offers() {
        let error = digest().begin().challenged(&challenge("Basic realm=\"p\"")).unwrap_err().to_string();
        assert!(error.contains("only: Basic realm"), "{error}");
    }

    #[test]
    fn credentials_do_not_show_themselves() {
        assert!(!format!("{:?}", credentials(AuthScheme::Basic, "hidden", "hidden")).contains("hidden"));
    }
}
