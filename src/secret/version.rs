//! The name of a version in Secret Manager.

use std::fmt;

/// `projects/P/secrets/S/versions/V`, or with a region `projects/P/locations/L/secrets/S/versions/V`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretVersion {
    name: String,
    location: Option<String>,
}

impl SecretVersion {
    /// Parses a name. `V` is a number from 1, `latest`, or an alias.
    ///
    /// # Errors
    /// States what is wrong with the name, as a sentence without its subject.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('/').collect();
        let (project, location, secret, version) = match parts.as_slice() {
            ["projects", project, "secrets", secret, "versions", version] => {
                (*project, None, *secret, *version)
            }
            ["projects", project, "locations", location, "secrets", secret, "versions", version] => {
                (*project, Some(*location), *secret, *version)
            }
            _ => return Err(wrong("must name a secret version", text)),
        };
        check("project", project, 63, |byte| is_lower(byte) || matches!(byte, b'.' | b':'))?;
        // The location becomes part of the host name to which a token is sent.
        location.map_or(Ok(()), |location| check("location", location, 63, is_lower))?;
        check("secret", secret, 255, is_word)?;
        check("version", version, 63, is_word)?;
        let numbered = version.bytes().all(|byte| byte.is_ascii_digit());
        if numbered && version.starts_with('0') {
            return Err(wrong("counts versions from 1", text));
        }
        if !numbered && !version.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Err(wrong("must end in a number, `latest` or an alias", text));
        }
        Ok(Self { name: text.to_owned(), location: location.map(str::to_owned) })
    }

    /// The complete name, as it was parsed.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the version's secret: `projects/P/secrets/S`.
    pub fn secret(&self) -> &str {
        self.name.rsplit_once("/versions/").map_or(&self.name, |(secret, _)| secret)
    }

    /// The location of a regional secret; `None` for a global one.
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }
}

impl fmt::Display for SecretVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

fn check(what: &str, part: &str, longest: usize, legal: impl Fn(u8) -> bool) -> Result<(), String> {
    let good = (1..=longest).contains(&part.len()) && part.bytes().all(legal);
    good.then_some(()).ok_or_else(|| format!("names the {what} {part:?}, which no {what} can be called"))
}

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn wrong(why: &str, text: &str) -> String {
    format!("{why} such as \"projects/P/secrets/S/versions/1\", not {text:?}")
}

#[cfg(test)]
mod tests {
    use super::SecretVersion;

    #[test]
    fn a_name_may_be_regional_and_end_in_a_number_latest_or_an_alias() {
        for (name, location) in [
            ("projects/p-1/secrets/Stripe_key/versions/1", None),
            ("projects/123/secrets/s/versions/latest", None),
            ("projects/example.com:p/secrets/s/versions/prod-2", None),
            ("projects/p/locations/europe-west3/secrets/s/versions/latest", Some("europe-west3")),
        ] {
            let version = SecretVersion::parse(name).unwrap();
            assert_eq!((version.name(), version.location()), (name, location));
        }
        let version = SecretVersion::parse("projects/p/secrets/s/versions/7").unwrap();
        assert_eq!(version.secret(), "projects/p/secrets/s");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for name in [
            "",
            "my-secret",
            "projects/p/secrets/s",
            "projects/p/secrets/s/versions/",
            "projects/p/secrets/s/versions/0",
            "projects/p/secrets/s/versions/01",
            "projects/p/secrets/s/versions/-1",
            "projects/p/secrets/s/versions/1/",
            "projects//secrets/s/versions/1",
            "projects/p/secrets/a b/versions/1",
            "projects/p/locations//secrets/s/versions/1",
            "projects/p/locations/evil.example#/secrets/s/versions/1",
            "projects/p/locations/a.b/secrets/s/versions/1",
        ] {
            assert!(SecretVersion::parse(name).is_err(), "{name}");
        }
    }
}
