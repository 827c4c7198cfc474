//! Handles a request: applies a scripted fault or the rate limit, returns the content of a file, or answers
//! as Stripe does.

use bytes::Bytes;

use crate::sandbox::fault::{self, BodyFault, Dropped, FaultKind};
use crate::sandbox::instance::Sandbox;
use crate::sandbox::{admin_api, download, run};

impl Sandbox {
    /// Answers a request as Stripe would, unless a fault says otherwise.
    pub async fn handle(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Dropped> {
        if request.uri().path().starts_with(admin_api::PREFIX) {
            return self.run_blocking(move |sandbox| admin_api::handle(sandbox, &request)).await;
        }
        let fault = self.faults().next(&request);
        match fault.clone() {
            Some(FaultKind::DropBefore) => return Err(Dropped),
            Some(FaultKind::Answer { status, headers, body, done: false }) => {
                return Ok(fault::answer(status, &headers, body));
            }
            Some(FaultKind::Fail(status)) => {
                return self.run_blocking(move |sandbox| run::fail(sandbox.store(), &request, status)).await;
            }
            Some(FaultKind::Delay(pause)) => tokio::time::sleep(pause).await,
            _ => {}
        }
        if let Some(refusal) = self.limit().admit() {
            return Ok(refusal);
        }
        let mut response = self.run_blocking(move |sandbox| sandbox.answer(&request)).await?;
        match fault {
            Some(FaultKind::DropAfter) => return Err(Dropped),
            Some(FaultKind::Answer { status, headers, body, .. }) => {
                return Ok(fault::answer(status, &headers, body));
            }
            Some(FaultKind::CutBody) => drop(response.extensions_mut().insert(BodyFault::Half)),
            Some(FaultKind::SlowBody(pause)) => {
                response.extensions_mut().insert(BodyFault::Slowly(pause));
            }
            _ => {}
        }
        Ok(response)
    }

    /// Runs store work on the blocking pool. It completes even if the caller is gone; a panic cuts the
    /// connection.
    async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Dropped> {
        let sandbox = self.clone();
        tokio::task::spawn_blocking(move || sandbox.do_work(work)).await.map_err(|_| Dropped)
    }

    fn answer(&self, request: &http::Request<Bytes>) -> http::Response<Bytes> {
        if let Some(content) = download::answer(self.store(), request) {
            return content;
        }
        let (response, deliveries) = run::answer(self.store(), request);
        self.deliver(deliveries);
        response
    }
}
