//! A transport to the embedded sandbox in this process, without a network.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use crate::sandbox::{BodyFault, OpenError, Sandbox};
use crate::stripe::trace::{self, Event};
use crate::stripe::{Request, Response, Transport, TransportError};
use crate::sync::lock;

/// A sandbox that is opened once, by whichever caller needs it first.
type SharedSandbox = Arc<OnceCell<Sandbox>>;

/// The open sandboxes of this process, by file; connections to the same file share one.
static OPEN: Mutex<Option<HashMap<PathBuf, SharedSandbox>>> = Mutex::new(None);

/// Returns a transport to the sandbox in `file`, which is created if it does not exist. `limit` is the time
/// limit of one request, as for requests to Stripe.
///
/// # Errors
/// The file cannot be opened; the message contains its path.
pub(super) async fn transport(file: &Path, limit: Duration) -> Result<Arc<dyn Transport>, String> {
    let shared = shared(file);
    let sandbox = shared.get_or_try_init(|| open(file.to_owned())).await?;
    Ok(Arc::new(SandboxTransport { sandbox: sandbox.clone(), limit }))
}

fn shared(file: &Path) -> SharedSandbox {
    let mut open = lock(&OPEN);
    Arc::clone(open.get_or_insert_default().entry(canonical(file)).or_default())
}

/// Maps every spelling of a file's path to the same path; the file itself need not exist.
fn canonical(file: &Path) -> PathBuf {
    let in_folder = || {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        Some(folder.unwrap_or(Path::new(".")).canonicalize().ok()?.join(file.file_name()?))
    };
    file.canonicalize().ok().or_else(in_folder).unwrap_or_else(|| file.to_owned())
}

/// Opens the sandbox on a blocking thread: opening waits while another process writes, and that must not hold
/// up anything else.
async fn open(file: PathBuf) -> Result<Sandbox, String> {
    let path = file.clone();
    match tokio::task::spawn_blocking(move || Sandbox::open(&path)).await {
        Ok(opened) => opened.map_err(|error| explain_open_error(&file, &error)),
        Err(broken) => Err(format!("{}: {broken}", file.display())),
    }
}

/// Checks whether a sandbox can be kept in `file`, without creating or changing the file.
///
/// # Errors
/// A sandbox cannot be kept there; the message contains the path.
pub fn check(file: &Path) -> Result<(), String> {
    Sandbox::check(file).map_err(|error| explain_open_error(file, &error))
}

fn explain_open_error(file: &Path, error: &OpenError) -> String {
    format!("{}: {error}", file.display())
}

#[derive(Debug)]
struct SandboxTransport {
    sandbox: Sandbox,
    limit: Duration,
}

impl Transport for SandboxTransport {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            trace::emit(|| Event::InProcess);
            let late = || TransportError::Broken(format!("no answer within {:?}", self.limit));
            timeout(self.limit, self.answer(request)).await.unwrap_or_else(|_| Err(late()))
        })
    }
}

impl SandboxTransport {
    async fn answer(&self, request: Request) -> Result<Response, TransportError> {
        let mut message = http::Request::new(request.body);
        *message.method_mut() = request.method;
        *message.headers_mut() = request.headers;
        *message.uri_mut() = request
            .target
            .parse()
            .map_err(|error| TransportError::Fatal(format!("{} is no address: {error}", request.target)))?;
        let response = self.sandbox.handle(message).await;
        let (parts, body) = response.map_err(|cut| TransportError::Broken(cut.to_string()))?.into_parts();
        match parts.extensions.get() {
            Some(BodyFault::Half) => return Err(TransportError::Broken("the body was cut".to_owned())),
            Some(BodyFault::Slowly(pause)) => tokio::time::sleep(*pause).await,
            None => {}
        }
        Ok(Response { status: parts.status.as_u16(), headers: parts.headers, body })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;
    use std::time::Duration;

    use rusqlite::{Connection, TransactionBehavior};
    use tokio::time::timeout;

    use super::{Request, Sandbox, SandboxTransport, Transport as _, shared, transport};
    use crate::sandbox::{Fault, FaultKind};

    const LONG: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn nothing_waits_for_a_file_that_is_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shop.db");
        Sandbox::open(&file).unwrap();
        let mut writer = Connection::open(&file).unwrap();
        let writing = writer.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        let opening = timeout(Duration::from_millis(100), transport(&file, LONG)).await;
        assert!(opening.is_err(), "the clock of this thread goes on");
        drop(writing);
        timeout(Duration::from_secs(30), transport(&file, LONG)).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn an_answer_that_comes_too_late_is_not_waited_for() {
        let sandbox = Sandbox::memory().unwrap();
        let limit = Duration::from_millis(300);
        let transport = SandboxTransport { sandbox: sandbox.clone(), limit };
        let ask = || {
            let request = Request {
                method: http::Method::GET,
                target: "/v1/products".to_owned(),
                headers: http::HeaderMap::new(),
                body: bytes::Bytes::new(),
            };
            timeout(LONG / 2, transport.send(request))
        };
        for kind in [FaultKind::Delay(LONG), FaultKind::SlowBody(LONG)] {
            sandbox.script(Fault { method: None, path: None, skip: 0, times: 1, kind });
            let refusal = ask().await.expect("the limit comes first").unwrap_err().to_string();
            assert!(refusal.ends_with("no answer within 300ms"), "{refusal}");
        }
        assert_eq!(ask().await.unwrap().unwrap().status, 401, "without a fault it answers");
    }

    #[test]
    fn one_file_is_one_sandbox_however_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("inside")).unwrap();
        let (file, around) = (folder.path().join("shop.db"), folder.path().join("inside/../shop.db"));
        let missing = shared(&file);
        assert!(Arc::ptr_eq(&missing, &shared(&around)), "before it is made");
        fs::write(&file, "").unwrap();
        assert!(Arc::ptr_eq(&missing, &shared(&file)) && Arc::ptr_eq(&missing, &shared(&around)));
        assert!(!Arc::ptr_eq(&missing, &shared(&folder.path().join("other.db"))));
    }
}
