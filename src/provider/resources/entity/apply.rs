//! Creates, updates and ends an entity, by its payload.

use crate::catalog::Entity;
use crate::connector::Error;
use crate::engine::{DesiredParams, Object};
use crate::provider::object::{self, Accepted, ObjectConfig, PrivateData, unchanged};
use crate::provider::resources::entity::state::{creatable, desired, entity_of, object_of, written};
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, StateResponse};

pub(super) async fn create(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let readable = PrivateData::decode(&request.private)
        .and_then(|private| Ok((Payload { entity: entity_of(&request.planned)? }, private)));
    match readable {
        Ok((payload, private)) => object::create(&payload, runtime, request, private).await,
        Err(unknown) => StateResponse { diagnostics: vec![unknown], ..StateResponse::default() },
    }
}

pub(super) async fn update(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    match prior_object(&request) {
        Ok((object, private)) => {
            let payload = Payload { entity: object.entity };
            object::update(&payload, runtime, request, (object, private)).await
        }
        Err(unreadable) => unchanged(request, vec![unreadable]),
    }
}

pub(super) async fn destroy(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    match prior_object(&request) {
        Ok((object, private)) => object::end(runtime, request, &object, private).await,
        Err(unreadable) => unchanged(request, vec![unreadable]),
    }
}

/// Returns the object of the prior state, and its private data.
fn prior_object(request: &ApplyRequest) -> Result<(Object, PrivateData), Diagnostic> {
    let private = PrivateData::decode(&request.private)?;
    Ok((object_of(&request.prior, &private)?, private))
}

/// An object written as a payload.
struct Payload {
    entity: &'static Entity,
}

impl ObjectConfig for Payload {
    type Desired = DesiredParams;

    fn entity(&self) -> &'static Entity {
        self.entity
    }

    fn import_prefix(&self) -> String {
        format!("{}/", self.entity.name)
    }

    fn create_params(&self, request: &ApplyRequest) -> Result<DesiredParams, Diagnostics> {
        creatable(self.entity, &request.planned)
    }

    fn replacement_params(&self, request: &ApplyRequest) -> Result<DesiredParams, Diagnostics> {
        creatable(self.entity, &request.planned)
    }

    fn update_params(&self, request: &ApplyRequest) -> Result<DesiredParams, Diagnostics> {
        Ok(desired(self.entity, &request.planned)?.unwrap_or_default())
    }

    fn refused(&self, request: &ApplyRequest, error: &Error) -> Diagnostic {
        secret_payload::explain(error, &request.planned, self.entity.params())
    }

    fn accepted(&self, request: ApplyRequest, _: DesiredParams, accepted: Accepted) -> StateResponse {
        let Accepted { locator, body, private } = accepted;
        StateResponse {
            state: written(request.planned, self.entity, &locator, &body),
            private: private.encode(),
            diagnostics: Diagnostics::new(),
        }
    }
}
