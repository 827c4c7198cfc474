//! Who asks: whose key it is, which account the call acts on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::error::{Failure, Outcome};

/// The account that every key belongs to.
const ACCOUNT: &str = "acct_1SandboxSandbox00";

/// Who asks.
#[derive(Debug)]
pub(super) struct Caller {
    /// The account the call acts on.
    pub account: String,
    /// Whether the key is a live one.
    pub livemode: bool,
}

impl Caller {
    /// Reads the key, by itself or as the user of basic authentication.
    pub fn of(request: &http::Request<Bytes>) -> Outcome<Self> {
        let given = header(request, "authorization").unwrap_or_default();
        let key = match given.split_once(' ') {
            Some(("Bearer", key)) => key.trim().to_owned(),
            Some(("Basic", coded)) => user(coded).unwrap_or_default(),
            _ => String::new(),
        };
        if key.is_empty() {
            let message = "You did not provide an API key. You need to provide your API key in the Authorization \
                 header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').";
            return Err(Failure::new(401, "invalid_request_error", message));
        }
        let mode = ["sk_", "rk_"].iter().find_map(|kind| key.strip_prefix(kind));
        let livemode = match mode.and_then(|rest| rest.split_once('_')) {
            Some(("test", rest)) if rest != "invalid" => false,
            Some(("live", rest)) if rest != "invalid" => true,
            _ => {
                let message = format!("Invalid API Key provided: {}", masked(&key));
                return Err(Failure::new(401, "invalid_request_error", message));
            }
        };
        let context = header(request, "stripe-context").and_then(|context| context.rsplit('/').next());
        let account = context.or_else(|| header(request, "stripe-account")).unwrap_or(ACCOUNT).to_owned();
        Ok(Self { account, livemode })
    }

    /// The customer at a browser, who has no key.
    pub fn anybody() -> Self {
        Self { account: ACCOUNT.to_owned(), livemode: false }
    }

    /// Where the caller's objects are.
    pub fn space(&self) -> String {
        format!("{}/{}", self.account, if self.livemode { "live" } else { "test" })
    }
}

/// The user name of basic authentication.
fn user(coded: &str) -> Option<String> {
    let decoded = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    Some(decoded.split(':').next().unwrap_or_default().to_owned())
}

/// The first letters and the last four, as Stripe repeats a key.
fn masked(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    let hidden = letters.len().saturating_sub(12);
    let shown = |letter: (usize, &char)| if (8..8 + hidden).contains(&letter.0) { '*' } else { *letter.1 };
    letters.iter().enumerate().map(shown).collect()
}

/// A header as text.
pub(super) fn header<'r>(request: &'r http::Request<Bytes>, name: &str) -> Option<&'r str> {
    request.headers().get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
}
