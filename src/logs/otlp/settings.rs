//! The settings of the exporter, from OpenTelemetry's standard environment variables.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use opentelemetry::KeyValue;

use crate::env::Env;

/// The default time limit of one export.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The collectors of spans and of lines, and the attributes that name the sender.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) traces: Option<Collector>,
    pub(super) logs: Option<Collector>,
    pub(super) resource: Vec<KeyValue>,
}

/// The collector of one signal.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Collector {
    pub(super) endpoint: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) timeout: Duration,
    /// A PEM file of additional trusted roots.
    pub(super) certificate: Option<PathBuf>,
}

/// Leaves out the headers, because they contain tokens.
impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl Settings {
    /// Reads the variables. Returns `None` if no collector is named or the export is disabled.
    pub(super) fn from_env(env: &Env) -> Option<Self> {
        if env.get("OTEL_SDK_DISABLED").is_some_and(|text| text.eq_ignore_ascii_case("true")) {
            return None;
        }
        let (traces, logs) =
            (Collector::of(env, "TRACES", "v1/traces"), Collector::of(env, "LOGS", "v1/logs"));
        let named = traces.is_some() || logs.is_some();
        named.then(|| Self { traces, logs, resource: resource(env) })
    }
}

impl Collector {
    /// Reads the collector of one signal (`TRACES` or `LOGS`): its own variables take precedence over the
    /// common ones.
    fn of(env: &Env, signal: &str, path: &str) -> Option<Self> {
        let own = |name: &str| env.get(&format!("OTEL_EXPORTER_OTLP_{signal}_{name}"));
        let common = |name: &str| env.get(&format!("OTEL_EXPORTER_OTLP_{name}"));
        let either = |name: &str| own(name).or_else(|| common(name));
        if env.get(&format!("OTEL_{signal}_EXPORTER")).is_some_and(|exporter| exporter != "otlp") {
            return None;
        }
        // The path of the signal is appended only to the common address.
        let below = |base: String| format!("{}/{path}", base.trim_end_matches('/'));
        let endpoint = own("ENDPOINT").or_else(|| common("ENDPOINT").map(below))?;
        if let Some(protocol) = either("PROTOCOL").filter(|protocol| protocol != "http/protobuf") {
            log::warn!(
                "no {signal} are exported: OTEL_EXPORTER_OTLP_PROTOCOL is {protocol}, and only http/protobuf is supported"
            );
            return None;
        }
        let timeout = either("TIMEOUT").and_then(|text| text.parse().ok());
        Some(Self {
            endpoint,
            headers: pairs(&either("HEADERS").unwrap_or_default()).collect(),
            timeout: timeout.map_or(TIMEOUT, Duration::from_millis),
            certificate: either("CERTIFICATE").map(PathBuf::from),
        })
    }
}

/// The attributes that identify this process; those in the environment come last and win.
fn resource(env: &Env) -> Vec<KeyValue> {
    let mut attributes = vec![
        KeyValue::new("service.name", env!("CARGO_PKG_NAME")),
        KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("process.pid", i64::from(std::process::id())),
    ];
    let given = env.get("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default();
    attributes.extend(pairs(&given).map(|(name, value)| KeyValue::new(name, value)));
    attributes.extend(env.get("OTEL_SERVICE_NAME").map(|name| KeyValue::new("service.name", name)));
    attributes
}

/// Parses the pairs in `name=value,name=value`.
fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .filter(|(name, _)| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Collector, Env, Settings};

    fn settings(pairs: &[(&str, &str)]) -> Option<Settings> {
        Settings::from_env(&Env::from_pairs(pairs.iter().copied()))
    }

    fn endpoint(collector: Option<Collector>) -> Option<String> {
        collector.map(|collector| collector.endpoint)
    }

    #[test]
    fn without_an_address_nothing_is_exported() {
        assert!(settings(&[]).is_none());
        assert!(settings(&[("OTEL_EXPORTER_OTLP_HEADERS", "a=b"), ("OTEL_SERVICE_NAME", "x")]).is_none());
        let disabled = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"), ("OTEL_SDK_DISABLED", "true")];
        assert!(settings(&disabled).is_none());
    }

    #[test]
    fn the_common_address_gets_the_path_of_each_signal() {
        let found = settings(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/")]).unwrap();
        assert_eq!(endpoint(found.traces).as_deref(), Some("http://c:4318/v1/traces"));
        assert_eq!(endpoint(found.logs).as_deref(), Some("http://c:4318/v1/logs"));
    }

    #[test]
    fn a_signal_has_variables_of_its_own() {
        let found = settings(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t/x"),
            ("OTEL_LOGS_EXPORTER", "none"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=1, b = 2"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "250"),
        ])
        .unwrap();
        let traces = found.traces.unwrap();
        assert_eq!(traces.endpoint, "http://t/x");
        assert_eq!((traces.headers["a"].as_str(), traces.headers["b"].as_str()), ("1", "2"));
        assert_eq!(traces.timeout, Duration::from_millis(250));
        assert_eq!(found.logs, None);
    }

    #[test]
    fn another_protocol_is_not_supported() {
        let grpc =
            [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")];
        assert!(settings(&grpc).is_none());
    }

    #[test]
    fn the_resource_is_named_by_the_environment() {
        let found = settings(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"),
            ("OTEL_RESOURCE_ATTRIBUTES", "team=payments,service.name=a"),
            ("OTEL_SERVICE_NAME", "b"),
        ])
        .unwrap();
        let last = found.resource.iter().rev().find(|pair| pair.key.as_str() == "service.name").unwrap();
        assert_eq!(last.value.to_string(), "b");
        assert!(found.resource.iter().any(|pair| pair.key.as_str() == "team"));
    }
}
