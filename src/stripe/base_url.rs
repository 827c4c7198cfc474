//! The base address of Stripe's API, in one canonical spelling.

use std::fmt;

use reqwest::Url;

/// The base address of calls, in one spelling however it was written: lower-case scheme and host, no default
/// port, no trailing slash. Things that are stored under an address, such as a limit or a journal, depend on
/// this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Normalises a written address. A text that is not an address stays as it is, and a transport refuses
    /// it.
    pub fn new(written: &str) -> Self {
        let url = Url::parse(written);
        let spelled = url.map(|url| url.as_str().trim_end_matches('/').to_owned());
        Self(spelled.unwrap_or_else(|_| written.to_owned()))
    }

    /// Stripe's own address.
    pub fn of_stripe() -> Self {
        Self::of_host("api")
    }

    /// Returns the address of another of Stripe's hosts, such as `files`, if this is Stripe's own address.
    /// Returns `None` otherwise: a server in Stripe's place answers all calls.
    pub fn beside(&self, host: &str) -> Option<Self> {
        (*self == Self::of_stripe()).then(|| Self::of_host(host))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of_host(host: &str) -> Self {
        Self(format!("https://{host}.stripe.com"))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;

    #[test]
    fn one_address_has_one_spelling() {
        for written in [
            "https://api.stripe.com",
            "https://api.stripe.com/",
            "https://API.Stripe.com//",
            "HTTPS://api.stripe.com:443",
            "https://api.stripe.com:443/",
        ] {
            assert_eq!(BaseUrl::new(written), BaseUrl::of_stripe(), "{written}");
        }
        for (written, spelled) in [
            ("http://LocalHost:80/", "http://localhost"),
            ("http://127.0.0.1:12111/", "http://127.0.0.1:12111"),
            ("http://[::1]:1/", "http://[::1]:1"),
            ("https://proxy.example/Stripe/", "https://proxy.example/Stripe"),
            ("not an address", "not an address"),
        ] {
            assert_eq!(BaseUrl::new(written).as_str(), spelled);
        }
    }

    #[test]
    fn only_stripe_itself_has_other_hosts() {
        let files = BaseUrl::new("https://api.stripe.com/").beside("files");
        assert_eq!(files.unwrap().as_str(), "https://files.stripe.com");
        for other in ["https://api.stripe.com:8443", "http://api.stripe.com", "http://127.0.0.1:12111"] {
            assert_eq!(BaseUrl::new(other).beside("files"), None, "{other}");
        }
    }
}
