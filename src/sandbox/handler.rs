//! Handles a request: a scripted fault, the rate limit, or Stripe's answer.

use bytes::Bytes;

use crate::sandbox::fault::{self, BodyFault, Dropped, FaultKind};
use crate::sandbox::instance::Sandbox;
use crate::sandbox::{admin_api, run};

impl Sandbox {
    /// Answers a request as Stripe would, unless a fault says otherwise.
    pub async fn handle(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Dropped> {
        if request.uri().path().starts_with(admin_api::PREFIX) {
            return self.apart(move |sandbox| admin_api::handle(sandbox, &request)).await;
        }
        let fault = self.faults().next(&request);
        match fault.clone() {
            Some(FaultKind::DropBefore) => return Err(Dropped),
            Some(FaultKind::Answer { status, headers, body, done: false }) => {
                return Ok(fault::answer(status, &headers, body));
            }
            Some(FaultKind::Fail(status)) => {
                return self.apart(move |sandbox| run::fail(sandbox.store(), &request, status)).await;
            }
            Some(FaultKind::Delay(pause)) => tokio::time::sleep(pause).await,
            _ => {}
        }
        if let Some(refusal) = self.limit().admit() {
            return Ok(refusal);
        }
        let mut response = self.apart(move |sandbox| sandbox.answer(&request)).await?;
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

    /// Does what may wait for the store where nothing else waits with it. It is done to its end even
    /// if nobody asks for the answer any more; what cannot be done cuts the connection.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Dropped> {
        let sandbox = self.clone();
        tokio::task::spawn_blocking(move || sandbox.do_work(work)).await.map_err(|_| Dropped)
    }

    fn answer(&self, request: &http::Request<Bytes>) -> http::Response<Bytes> {
        let (response, deliveries) = run::answer(self.store(), request);
        self.deliver(deliveries);
        response
    }
}
