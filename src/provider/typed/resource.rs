//! A typed resource: implements Terraform's requests with the surface of its objects.

use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

use crate::catalog::{Offer, Summary};
use crate::engine::config_params;
use crate::provider::managed::Resource;
use crate::provider::object::{MovedObject, check_end, unchanged, unplanned};
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::Hidden;
use crate::provider::typed::data::surface_data;
use crate::provider::typed::list_arguments::check_list;
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::surface::{Slot, Surface};
use crate::provider::typed::surfaces::Surfaces;
use crate::provider::typed::{apply, import, list, plan, read};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{
    ApplyRequest, ListRequest, Listed, PlanRequest, PlanResponse, StateResponse,
};
use crate::terraform::schema::{IdentitySchema, Schema};
use crate::terraform::value::Value;

/// One typed resource, whose surface is built on first use.
#[derive(Debug)]
pub(in crate::provider) struct TypedResource {
    type_name: String,
    of: Summary,
    surfaces: OnceLock<Surfaces>,
}

impl TypedResource {
    pub(super) fn new(type_name: String, of: Summary) -> Self {
        Self { type_name, of, surfaces: OnceLock::new() }
    }

    /// The type name.
    pub(in crate::provider) fn name(&self) -> &str {
        &self.type_name
    }

    /// The catalog's key of its entity type.
    pub(in crate::provider) fn key(&self) -> &'static str {
        self.of.key
    }

    /// The catalog's keys of all that it keeps: of its objects without a parent, and of those with one.
    pub(in crate::provider) fn keys(&self) -> Vec<&'static str> {
        let data = surface_data().types.get(&self.type_name);
        let belonging = data.and_then(|data| data.belonging.as_deref());
        [self.of.key].into_iter().chain(belonging).collect()
    }

    /// Returns whether its objects can be listed and then imported.
    pub(super) fn is_listed(&self) -> bool {
        self.of.offers(Offer::List) && self.of.offers(Offer::Read)
    }

    fn surfaces(&self) -> &Surfaces {
        self.surfaces.get_or_init(|| Surfaces::of(&self.type_name, self.of.entity()))
    }

    /// Returns the surface that describes all objects of the type.
    pub(super) fn surface(&self) -> &Surface {
        self.surfaces().own()
    }
}

impl Resource for TypedResource {
    fn schema(&self) -> Schema {
        self.surface().schema()
    }

    fn secrets(&self, config: &Value) -> Hidden {
        self.surfaces().of_config(config).hidden(config)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let surface = self.surfaces().of_config(config);
        let mut found: Diagnostics = check_end(surface.entity, config).into_iter().collect();
        found.extend(surface.set_twice(config).map(Slot::refuse_twice));
        found.extend(surface.retired_inside(config));
        found.extend(surface.with_paths_in(config, surface.explain_faults(&surface.keys_twice(config))));
        found.extend(surface.check_params(config, config_params));
        found
    }

    fn plan<'a>(&'a self, runtime: &'a Runtime, request: PlanRequest) -> BoxFuture<'a, PlanResponse> {
        Box::pin(async move {
            let private_state = match TypedPrivateData::decode(&request.private) {
                Ok(private_state) => private_state,
                Err(unreadable) => return unplanned(request, vec![unreadable]),
            };
            let current = self.surfaces().of_state(&request.prior, private_state.locator.as_deref());
            let config = request.config.clone();
            let target = self.surfaces().of_config(&config);
            let mut planned = plan::plan((current, target), runtime, request, private_state).await;
            planned.diagnostics = target.with_paths_in(&config, planned.diagnostics);
            planned
        })
    }

    fn apply<'a>(&'a self, runtime: &'a Runtime, request: ApplyRequest) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move {
            let private_state = match TypedPrivateData::of_plan(&request.private) {
                Ok(private_state) => private_state,
                Err(unreadable) => return unchanged(request, vec![unreadable]),
            };
            let current = self.surfaces().of_state(&request.prior, private_state.locator.as_deref());
            let config = request.config.clone();
            let target = self.surfaces().of_config(&config);
            let mut applied = if request.is_destroy() {
                apply::destroy(current, runtime, request, private_state).await
            } else if request.is_create() {
                apply::create(target, runtime, request, private_state).await
            } else {
                apply::update(current, runtime, request, private_state).await
            };
            applied.diagnostics = target.with_paths_in(&config, applied.diagnostics);
            applied
        })
    }

    fn read<'a>(
        &'a self,
        runtime: &'a Runtime,
        state: Value,
        private: Vec<u8>,
    ) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move {
            let private_state = match TypedPrivateData::decode(&private) {
                Ok(private_state) => private_state,
                Err(unreadable) => return StateResponse { state, private, diagnostics: vec![unreadable] },
            };
            let surface = self.surfaces().of_state(&state, private_state.locator.as_deref());
            read::read(surface, runtime, state, private_state).await
        })
    }

    fn import<'a>(&'a self, runtime: &'a Runtime, id: &'a str) -> BoxFuture<'a, StateResponse> {
        Box::pin(import::import(self.surfaces(), runtime, id))
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(self.surfaces().identity_schema())
    }

    fn identity(&self, state: &Value, private: &[u8]) -> Value {
        self.surfaces().identity(state, private)
    }

    fn import_by_identity(&self, identity: &Value) -> StateResponse {
        self.surfaces().import_by_identity(identity)
    }

    fn list_schema(&self) -> Option<Schema> {
        self.surface().list_schema()
    }

    fn validate_list(&self, config: &Value) -> Diagnostics {
        check_list(self.surface().entity, config)
    }

    fn list(&'static self, runtime: Arc<Runtime>, request: ListRequest) -> BoxStream<'static, Listed> {
        list::list(self.surfaces(), runtime, request)
    }

    fn move_out(&self, state: &Value, private: &[u8]) -> Result<Option<MovedObject>, Diagnostic> {
        let private_state = TypedPrivateData::decode(private)?;
        let surface = self.surfaces().of_state(state, private_state.locator.as_deref());
        Ok(Some(surface.move_out(state, private_state)))
    }

    fn move_in(&self, moved: MovedObject) -> Option<StateResponse> {
        let surface = self.surfaces().of_locator(&moved.locator);
        (surface.entity.key == moved.entity.key).then(|| surface.move_in(moved))
    }

    fn seen(&self, runtime: &Runtime, state: &Value) {
        runtime.arrived(self.surfaces().of_config(state).entity, state);
    }
}
