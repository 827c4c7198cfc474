//! The exporter's HTTP client: called on the SDK's threads, it sends on the provider's runtime.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use opentelemetry_http::{HttpClient, HttpError};
use reqwest::Certificate;
use reqwest::redirect::Policy;
use tokio::runtime::Handle;

use super::settings::Collector;

/// Sends requests to one collector.
#[derive(Debug)]
pub(super) struct OtlpClient {
    http: reqwest::Client,
    runtime: Handle,
    /// Whether a failure was logged; only the first one is.
    failed: AtomicBool,
}

impl OtlpClient {
    pub(super) fn new(to: &Collector, runtime: &Handle) -> Result<Self, String> {
        let mut builder = reqwest::Client::builder().redirect(Policy::none()).timeout(to.timeout);
        if let Some(path) = &to.certificate {
            let unreadable = |why: String| format!("cannot read {}: {why}", path.display());
            let pem = fs::read(path).map_err(|error| unreadable(error.to_string()))?;
            let roots = Certificate::from_pem_bundle(&pem).map_err(|error| unreadable(error.to_string()))?;
            builder = builder.tls_certs_merge(roots);
        }
        let client = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { http: client, runtime: runtime.clone(), failed: AtomicBool::new(false) })
    }

    async fn send_request(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let client = self.http.clone();
        let (parts, body) = request.into_parts();
        let sending = async move {
            let url = parts.uri.to_string();
            let sent = client.request(parts.method, url).headers(parts.headers).body(body).send().await?;
            let (status, headers) = (sent.status(), sent.headers().clone());
            let mut response = http::Response::new(sent.bytes().await?);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok::<_, reqwest::Error>(response)
        };
        let response =
            self.runtime.spawn(sending).await.map_err(|_| "no answer before the end of the process")?;
        Ok(response?)
    }
}

#[tonic::async_trait]
impl HttpClient for OtlpClient {
    async fn send_bytes(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        // The address may contain credentials, so only its host is logged.
        let to = request.uri().host().unwrap_or_default().to_owned();
        let response = self.send_request(request).await;
        let failure = match &response {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(format!("HTTP {}", response.status().as_u16())),
            Err(error) => Some(cause(error.as_ref())),
        };
        if let Some(why) = failure
            && !self.failed.swap(true, Ordering::Relaxed)
        {
            log::warn!("cannot export to the collector {to}: {why}");
        }
        response
    }
}

/// The text of an error's innermost cause; the outer ones repeat the address.
fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
