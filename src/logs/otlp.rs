//! Exports lines and spans to an OpenTelemetry collector, if the environment names one.
//!
//! Nothing runs until a connection with a log is used while the environment names a collector. Then two
//! threads of the SDK collect and send; [`flush`] ends them.

mod client;
mod settings;
mod spans;

use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _, Severity as Grade};
use opentelemetry::trace::{SpanId, TraceFlags, TraceId};
use opentelemetry::{InstrumentationScope, Key};
use opentelemetry_otlp::{LogExporter, Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{BatchLogProcessor, SdkLogger, SdkLoggerProvider};
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SpanProcessor as _};
use serde_json::Value as Json;
use tokio::runtime::Handle;

use crate::env::Env;
use crate::logs::Sink;
use crate::logs::line::{LogLine, Severity};
use crate::stripe::trace::Event;
use client::OtlpClient;
use settings::{Collector, Settings};
pub(super) use spans::EventContext;

/// The time between two exports.
const DELAY: Duration = Duration::from_secs(1);
/// The instrumentation scope of spans and lines.
const INSTRUMENTATION: &str = "terraform-provider-stripe";

/// The exporter of this process.
static OF_PROCESS: OnceLock<Option<Arc<Otlp>>> = OnceLock::new();

/// Returns the exporter to the collector that the environment names, or `None` if it names none. All callers
/// get the exporter that the first caller's environment describes.
pub(super) fn of_process(env: &Env) -> Option<Arc<Otlp>> {
    OF_PROCESS
        .get_or_init(|| {
            let settings = Settings::from_env(env)?;
            match Otlp::new(&settings, &Handle::try_current().ok()?) {
                Ok(otlp) => Some(Arc::new(otlp)),
                Err(why) => {
                    log::warn!("nothing is exported over OTLP: {why}");
                    None
                }
            }
        })
        .clone()
}

/// Sends the remaining lines and spans. Returns after `limit` at the latest.
pub(super) async fn flush(limit: Duration) {
    if let Some(Some(otlp)) = OF_PROCESS.get() {
        otlp.shut_down(limit).await;
    }
}

/// Exports to one collector.
#[derive(Debug)]
pub(super) struct Otlp {
    spans: Option<Arc<BatchSpanProcessor>>,
    lines: Option<(SdkLoggerProvider, SdkLogger)>,
    scope: InstrumentationScope,
}

impl Otlp {
    fn new(settings: &Settings, runtime: &Handle) -> Result<Self, String> {
        let resource = Resource::builder_empty().with_attributes(settings.resource.clone()).build();
        let scope =
            InstrumentationScope::builder(INSTRUMENTATION).with_version(env!("CARGO_PKG_VERSION")).build();
        let spans = settings.traces.as_ref().map(|to| span_batcher(to, &resource, runtime)).transpose()?;
        let provider = settings.logs.as_ref().map(|to| log_provider(to, &resource, runtime)).transpose()?;
        let lines = provider.map(|provider| {
            let logger = provider.logger_with_scope(scope.clone());
            (provider, logger)
        });
        Ok(Self { spans: spans.map(Arc::new), lines, scope })
    }

    /// Exports the span that ends with this event, if any.
    pub(super) fn export_span(&self, context: EventContext<'_>, event: &Event<'_>) {
        let Some(processor) = &self.spans else { return };
        if let Some(span) = spans::from_event(context, event) {
            processor.on_end(span.into_span_data(SystemTime::now(), &self.scope));
        }
    }

    async fn shut_down(&self, limit: Duration) {
        let (spans, lines) = (self.spans.clone(), self.lines.as_ref().map(|(provider, _)| provider.clone()));
        // Both calls block until their threads end, and the requests of those threads run on this runtime.
        let spans = tokio::task::spawn_blocking(move || spans.map(|it| it.shutdown_with_timeout(limit)));
        let lines = tokio::task::spawn_blocking(move || lines.map(|it| it.shutdown_with_timeout(limit)));
        // The process is about to end: whatever is not sent within the limit is lost.
        let _ = tokio::time::timeout(limit, async { (spans.await, lines.await) }).await;
    }
}

fn span_batcher(to: &Collector, resource: &Resource, runtime: &Handle) -> Result<BatchSpanProcessor, String> {
    let exporter = sending(SpanExporter::builder().with_http(), to, runtime)?;
    let exporter = exporter.build().map_err(|error| error.to_string())?;
    let config = BatchConfigBuilder::default().with_scheduled_delay(DELAY).build();
    let mut processor = BatchSpanProcessor::builder(exporter).with_batch_config(config).build();
    processor.set_resource(resource);
    Ok(processor)
}

fn log_provider(to: &Collector, resource: &Resource, runtime: &Handle) -> Result<SdkLoggerProvider, String> {
    let exporter = sending(LogExporter::builder().with_http(), to, runtime)?;
    let exporter = exporter.build().map_err(|error| error.to_string())?;
    let config = opentelemetry_sdk::logs::BatchConfigBuilder::default().with_scheduled_delay(DELAY).build();
    let processor = BatchLogProcessor::builder(exporter).with_batch_config(config).build();
    Ok(SdkLoggerProvider::builder().with_log_processor(processor).with_resource(resource.clone()).build())
}

/// Configures an exporter to send to a collector according to its settings.
fn sending<B: WithExportConfig + WithHttpConfig>(
    exporter: B,
    to: &Collector,
    runtime: &Handle,
) -> Result<B, String> {
    let exporter =
        exporter.with_http_client(OtlpClient::new(to, runtime)?).with_protocol(Protocol::HttpBinary);
    let exporter = exporter.with_endpoint(&to.endpoint).with_timeout(to.timeout);
    Ok(exporter.with_headers(to.headers.clone()))
}

impl Sink for Arc<Otlp> {
    fn write(&self, line: &LogLine, now: Timestamp) {
        let Some((_, logger)) = &self.lines else { return };
        let (grade, name) = match line.severity {
            Severity::Error => (Grade::Error, "ERROR"),
            Severity::Warning => (Grade::Warn, "WARN"),
            Severity::Info => (Grade::Info, "INFO"),
            Severity::Debug => (Grade::Debug, "DEBUG"),
        };
        let mut record = logger.create_log_record();
        record.set_timestamp(SystemTime::from(now));
        record.set_severity_number(grade);
        record.set_severity_text(name);
        record.set_body(AnyValue::from(line.message.clone()));
        record.add_attributes(
            line.fields.iter().map(|(name, value)| (Key::from(*name), attribute_value(value))),
        );
        record.set_trace_context(
            TraceId::from_bytes(line.span.trace),
            SpanId::from_bytes(line.span.span),
            Some(TraceFlags::SAMPLED),
        );
        logger.emit(record);
    }
}

fn attribute_value(value: &Json) -> AnyValue {
    match value {
        Json::String(text) => AnyValue::from(text.clone()),
        Json::Bool(truth) => AnyValue::from(*truth),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => AnyValue::from(integer),
            (None, Some(number)) => AnyValue::from(number),
            (None, None) => AnyValue::from(number.to_string()),
        },
        other => AnyValue::from(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
