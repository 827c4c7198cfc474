//! Delivers events to webhook endpoints on this machine, signed as Stripe signs them.
//!
//! Deliveries run on their own thread and runtime: users of the sandbox need not wait, and need not have a
//! runtime. Connections are only made to `http://` addresses of the loopback interface.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_lc_rs::hmac;
use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::sandbox::repeatable::now;

/// How long one attempt may take.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(5);
/// The pauses before the second and each later attempt.
const PAUSES: [Duration; 3] = [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(5)];

/// The maximum number of simultaneous connections to endpoints: a process has a limited number of files.
static PLACES: Semaphore = Semaphore::const_new(32);

/// One event for one endpoint.
#[derive(Debug)]
pub(super) struct Delivery {
    /// The space of the event.
    pub space: String,
    /// The id of the event.
    pub event: String,
    url: Uri,
    secret: String,
    /// The body to send.
    pub content: String,
}

impl Delivery {
    /// Creates a delivery, or returns `None` if the URL is not on this machine.
    pub fn new(space: &str, event: &str, url: &str, secret: &str) -> Option<Self> {
        Some(Self {
            space: space.to_owned(),
            event: event.to_owned(),
            url: reached(url)?,
            secret: secret.to_owned(),
            content: String::new(),
        })
    }
}

/// Whether events can be delivered to an address.
pub(super) fn reaches(url: &str) -> bool {
    reached(url).is_some()
}

/// Returns the parsed URL, or `None` if it is encrypted or not on this machine.
fn reached(url: &str) -> Option<Uri> {
    let url: Uri = url.parse().ok()?;
    (is_this_machine(url.host()?) && url.scheme_str() == Some("http")).then_some(url)
}

/// Whether the host of an address is this machine.
pub(super) fn is_this_machine(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// Sends deliveries; its thread starts with the first delivery and ends with the sandbox.
#[derive(Debug, Default)]
pub(super) struct WebhookSender(OnceLock<Option<UnboundedSender<Delivery>>>);

impl WebhookSender {
    /// Sends deliveries without waiting for them. `delivered` creates the callback for each accepted
    /// delivery.
    pub fn send<D: Fn(&Delivery) + Send + Sync + 'static>(
        &self,
        deliveries: Vec<Delivery>,
        delivered: impl Fn() -> D,
    ) {
        for delivery in deliveries {
            // If there is no thread, nothing is delivered.
            if let Some(sender) = self.0.get_or_init(|| start(delivered())) {
                let _ = sender.send(delivery);
            }
        }
    }
}

fn start(delivered: impl Fn(&Delivery) + Send + Sync + 'static) -> Option<UnboundedSender<Delivery>> {
    let (sender, receiver) = unbounded_channel();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let thread = std::thread::Builder::new().name("webhooks".to_owned());
    thread.spawn(move || runtime.block_on(run(receiver, Arc::new(delivered)))).ok()?;
    Some(sender)
}

async fn run(
    mut receiver: UnboundedReceiver<Delivery>,
    delivered: Arc<impl Fn(&Delivery) + Send + Sync + 'static>,
) {
    while let Some(delivery) = receiver.recv().await {
        let delivered = delivered.clone();
        tokio::spawn(async move {
            if deliver(&delivery).await {
                // The callback may have to wait for the store, but other deliveries must not.
                let _ = tokio::task::spawn_blocking(move || delivered(&delivery)).await;
            }
        });
    }
}

/// Tries until the endpoint accepts, or the attempts are used up.
async fn deliver(delivery: &Delivery) -> bool {
    for pause in PAUSES.into_iter().map(Some).chain([None]) {
        let place = PLACES.acquire().await;
        if matches!(tokio::time::timeout(DELIVERY_TIMEOUT, attempt(delivery)).await, Ok(Some(true))) {
            return true;
        }
        drop(place);
        match pause {
            Some(pause) => tokio::time::sleep(pause).await,
            None => break,
        }
    }
    false
}

async fn attempt(delivery: &Delivery) -> Option<bool> {
    let host = match delivery.url.host()?.trim_matches(['[', ']']) {
        // No resolver is asked, because it might return any address.
        name if name.eq_ignore_ascii_case("localhost") => "127.0.0.1",
        address => address,
    };
    let stream = TcpStream::connect((host, delivery.url.port_u16().unwrap_or(80))).await.ok()?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    tokio::spawn(connection);
    let target = delivery.url.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let request = Request::post(target)
        .header("host", delivery.url.authority()?.as_str())
        .header("content-type", "application/json; charset=utf-8")
        .header("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .header("stripe-signature", signature(&delivery.secret, now(), &delivery.content))
        .body(Full::new(Bytes::from(delivery.content.clone())))
        .ok()?;
    let response = sender.send_request(request).await.ok()?;
    Some(response.status().is_success())
}

/// Returns `t=1700000000,v1=…`: the time, and the code of time and content under the endpoint's secret.
fn signature(secret: &str, at: i64, content: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let code = hmac::sign(&key, format!("{at}.{content}").as_bytes());
    format!("t={at},v1={}", hex::encode(code))
}

#[cfg(test)]
mod tests;
