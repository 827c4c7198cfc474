//! Parses the environment variables that the host sets.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use log::LevelFilter;

use crate::terraform::plugin::{Error, PROTOCOL};

/// The name of the cookie, and the value that says "Terraform started you".
pub const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// The variables with Terraform's log level, first for all providers, then for everything.
const LOG_LEVELS: [&str; 2] = ["TF_LOG_PROVIDER", "TF_LOG"];

/// The names of a provider: for the practitioner, and in the log records of its code.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProviderName {
    /// Its local name in a configuration, such as `toy`. The log level of this one provider is read from
    /// `TF_LOG_PROVIDER_TOY`, which takes precedence over the levels for all providers.
    pub local: &'static str,
    /// The crate that contains it, such as `toy_provider`. Log records of this crate are written at every
    /// level, those of other crates only at warning level and above.
    pub crate_name: &'static str,
}

/// What the host asks for; read once, when the process starts.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    provider: ProviderName,
    cookie: Option<String>,
    versions: Option<String>,
    client_certificate: Option<String>,
    multiplex: bool,
    socket_folder: Option<PathBuf>,
    socket_group: Option<String>,
    min_port: Option<String>,
    max_port: Option<String>,
    log_level: Option<String>,
}

impl Environment {
    /// Reads the variables that concern a plugin; an empty variable counts as not set.
    pub fn from_lookup(provider: ProviderName, lookup: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
        Self {
            provider,
            cookie: get(COOKIE.0),
            versions: get("PLUGIN_PROTOCOL_VERSIONS"),
            client_certificate: get("PLUGIN_CLIENT_CERT"),
            multiplex: get("PLUGIN_MULTIPLEX_GRPC").is_some(),
            socket_folder: get("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
            socket_group: get("PLUGIN_UNIX_SOCKET_GROUP"),
            min_port: get("PLUGIN_MIN_PORT"),
            max_port: get("PLUGIN_MAX_PORT"),
            log_level: get(&provider.log_level_variable()).or_else(|| LOG_LEVELS.into_iter().find_map(get)),
        }
    }

    /// Keeps the place to listen but drops the host: no certificate, and no versions to choose from.
    pub(super) fn without_host(self) -> Self {
        Self { client_certificate: None, versions: None, ..self }
    }

    pub(super) fn check_cookie(&self) -> Result<(), Error> {
        if self.cookie.as_deref() == Some(COOKIE.1) { Ok(()) } else { Err(Error::NotStartedByHost) }
    }

    /// Hosts list versions in any order; a host that lists none is so old that it knows only version 5.
    pub(super) fn agree_on_version(&self) -> Result<(), Error> {
        let Some(offered) = &self.versions else { return Ok(()) };
        if offered.split(',').any(|version| version.trim().parse() == Ok(PROTOCOL)) {
            Ok(())
        } else {
            Err(Error::Version { offered: offered.clone() })
        }
    }

    /// The host's certificate in PEM; if there is one, the connection must be secured.
    pub(super) fn client_certificate(&self) -> Option<&str> {
        self.client_certificate.as_deref()
    }

    /// Whether the host accepts a handshake line with seven fields.
    pub(super) fn offers_multiplexing(&self) -> bool {
        self.multiplex
    }

    /// The folder of the socket: the host's, or else the folder for temporary files.
    #[cfg(unix)]
    pub(super) fn socket_folder(&self) -> PathBuf {
        self.socket_folder.clone().unwrap_or_else(tempfile::env::temp_dir)
    }

    #[cfg(unix)]
    pub(super) fn socket_group(&self) -> Option<&str> {
        self.socket_group.as_deref()
    }

    /// The ports that the host allows, if it names both ends.
    pub(super) fn ports(&self) -> Result<Option<RangeInclusive<u16>>, Error> {
        let (Some(min), Some(max)) = (&self.min_port, &self.max_port) else { return Ok(None) };
        let (Ok(first), Ok(last)) = (min.parse(), max.parse()) else {
            return Err(Error::Ports { ports: format!("{min}-{max}") });
        };
        if first > last {
            return Err(Error::Ports { ports: format!("{min}-{max}") });
        }
        Ok(Some(first..=last))
    }

    /// The crate that contains the provider.
    pub(super) fn crate_name(&self) -> &'static str {
        self.provider.crate_name
    }

    /// The log level. Unless the practitioner sets a level, Terraform shows nothing, so only what matters
    /// after a crash is written. An unknown level means everything, as it does in Terraform.
    pub(super) fn log_level(&self) -> LevelFilter {
        match &self.log_level {
            None => LevelFilter::Warn,
            Some(level) => level.parse().unwrap_or(LevelFilter::Trace),
        }
    }
}

impl ProviderName {
    /// The variable with this provider's log level, spelled as in Terraform's own libraries.
    fn log_level_variable(self) -> String {
        format!("TF_LOG_PROVIDER_{}", self.local.to_ascii_uppercase().replace('-', "_"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOY_BOX: ProviderName = ProviderName { local: "toy-box", crate_name: "toy_box" };

    fn with(name: &str, value: &str) -> Environment {
        Environment::from_lookup(TOY_BOX, |asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn only_the_right_cookie_opens() {
        assert!(with(COOKIE.0, COOKIE.1).check_cookie().is_ok());
        assert!(with(COOKIE.0, "d602").check_cookie().is_err());
        assert!(Environment::default().check_cookie().is_err());
    }

    #[test]
    fn version_five_is_found_wherever_it_stands() {
        for offered in ["5", "5,6", "6,5", "4, 5"] {
            assert!(with("PLUGIN_PROTOCOL_VERSIONS", offered).agree_on_version().is_ok(), "{offered}");
        }
        assert!(Environment::default().agree_on_version().is_ok());
    }

    #[test]
    fn a_host_without_version_five_is_told_so() {
        let refused = with("PLUGIN_PROTOCOL_VERSIONS", "6,15").agree_on_version().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the host offers plugin protocol versions 6,15, but only version 5 is served"
        );
    }

    #[test]
    fn ports_are_a_range_or_an_error() {
        let ports = |min: &str, max: &str| {
            let both = [("PLUGIN_MIN_PORT", min.to_owned()), ("PLUGIN_MAX_PORT", max.to_owned())];
            Environment::from_lookup(TOY_BOX, |asked| {
                both.iter().find(|(name, _)| *name == asked).map(|(_, v)| v.clone())
            })
            .ports()
        };
        assert_eq!(ports("10000", "25000").unwrap(), Some(10_000..=25_000));
        assert_eq!(ports("10000", "").unwrap(), None);
        assert!(ports("25000", "10000").is_err());
        assert!(ports("10000", "70000").is_err());
    }

    #[test]
    fn the_level_of_one_provider_goes_before_that_of_all() {
        let levels = [("TF_LOG_PROVIDER_TOY_BOX", "trace"), ("TF_LOG_PROVIDER", "error"), ("TF_LOG", "info")];
        let level_of = |local| {
            let find = |asked: &str| levels.iter().find(|(name, _)| *name == asked);
            let provider = ProviderName { local, ..TOY_BOX };
            let environment =
                Environment::from_lookup(provider, |asked| find(asked).map(|(_, level)| (*level).to_owned()));
            environment.log_level()
        };
        assert_eq!(level_of("toy-box"), LevelFilter::Trace);
        assert_eq!(level_of("other"), LevelFilter::Error);
    }

    #[test]
    fn the_log_level_is_terraforms() {
        assert_eq!(Environment::default().log_level(), LevelFilter::Warn);
        assert_eq!(with("TF_LOG", "debug").log_level(), LevelFilter::Debug);
        assert_eq!(with("TF_LOG_PROVIDER", "OFF").log_level(), LevelFilter::Off);
        assert_eq!(with("TF_LOG_PROVIDER_TOY_BOX", "error").log_level(), LevelFilter::Error);
        assert_eq!(with("TF_LOG_PROVIDER_OTHER", "error").log_level(), LevelFilter::Warn);
        assert_eq!(with("TF_LOG", "JSON").log_level(), LevelFilter::Trace);
        assert_eq!(with("TF_LOG", "").log_level(), LevelFilter::Warn);
    }
}
