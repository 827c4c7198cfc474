//! `stripe_entity`: any Stripe object, as a payload that is created, kept and ended.

mod apply;
mod check;
mod identity;
mod moves;
mod plan;
mod read;
mod state;

use futures_util::future::BoxFuture;

use crate::provider::connection_settings::connection_attribute;
use crate::provider::managed::Resource;
use crate::provider::object::{MovedObject, end_attributes};
use crate::provider::resources::entity::state::{entity_of, hidden};
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::{self, Hidden};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, PlanRequest, PlanResponse, StateResponse};
use crate::terraform::schema::{Attribute, IdentitySchema, Rule, Schema};
use crate::terraform::value::{Type, Value};

pub(in crate::provider) use state::{find, record};

/// The resource `stripe_entity`.
#[derive(Debug)]
pub(in crate::provider) struct EntityResource;

impl Resource for EntityResource {
    fn schema(&self) -> Schema {
        let mut attributes = vec![
            connection_attribute(),
            Attribute::required(
                "entity",
                Type::String,
                "Entity type, such as `Customer` or `PaymentIntent`. A change creates a new entity.",
            )
            .rule(Rule::NotEmpty),
            Attribute::required(
                "input_payload",
                Type::Dynamic,
                "What to create: an object, or its JSON text. Keys are in PascalCase (`AddressCity`) or in Stripe's spelling (`address = { city = … }`). A change updates the entity if Stripe allows it, and otherwise creates a new one.",
            ),
            secret_payload::attribute(),
            Attribute::computed("id", Type::String, "Stripe's id of the entity."),
            Attribute::computed(
                "entity_id",
                Type::String,
                "The entity's id, after the ids of its parents (`cus_123/txi_456`). Use it to import a `stripe_entity`, and in the data source.",
            ),
            Attribute::computed(
                "record",
                Type::map(Type::String),
                "The entity as a flat map: dotted keys, every value a string; without secrets.",
            ),
            Attribute::computed("output_payload", Type::String, "The entity as Stripe returns it, as JSON.")
                .sensitive(),
        ];
        attributes.splice(4..4, end_attributes());
        let description = "An entity of any type the connector knows, created, read, updated and ended through a connection.";
        Schema::new(description, attributes)
    }

    fn secrets(&self, config: &Value) -> Hidden {
        hidden(config)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        check::check(config)
    }

    fn plan<'a>(&'a self, runtime: &'a Runtime, request: PlanRequest) -> BoxFuture<'a, PlanResponse> {
        Box::pin(plan::plan(runtime, request))
    }

    fn apply<'a>(&'a self, runtime: &'a Runtime, request: ApplyRequest) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move {
            if request.is_destroy() {
                apply::destroy(runtime, request).await
            } else if request.is_create() {
                apply::create(runtime, request).await
            } else {
                apply::update(runtime, request).await
            }
        })
    }

    fn read<'a>(
        &'a self,
        runtime: &'a Runtime,
        state: Value,
        private: Vec<u8>,
    ) -> BoxFuture<'a, StateResponse> {
        Box::pin(read::read(runtime, state, private))
    }

    fn import<'a>(&'a self, _runtime: &'a Runtime, id: &'a str) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move { read::import(id) })
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(identity::schema())
    }

    fn identity(&self, state: &Value, private: &[u8]) -> Value {
        identity::of(state, private)
    }

    fn import_by_identity(&self, identity: &Value) -> StateResponse {
        read::import(&identity::import_id(identity))
    }

    fn move_out(&self, state: &Value, private: &[u8]) -> Result<Option<MovedObject>, Diagnostic> {
        moves::move_out(state, private)
    }

    fn move_in(&self, moved: MovedObject) -> Option<StateResponse> {
        Some(moves::move_in(moved))
    }

    fn seen(&self, runtime: &Runtime, state: &Value) {
        if let Ok(entity) = entity_of(state) {
            runtime.arrived(entity, state);
        }
    }
}
