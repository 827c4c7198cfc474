//! Typed resources: every lasting object of Stripe as attributes of its own, from the catalog. In the same attributes
//! are written ephemeral resources, actions, lists and data sources.
//!
//! ```text
//! catalog Shapes + surfaces.toml ──surface──▶ Surface ──schema──▶ what Terraform may write
//!                                               │
//!   configuration ──arguments──▶ WrittenParams ──engine──▶ plan, calls ──answered──▶ state
//! ```
//!
//! # Theory
//!
//! This is the second surface of the engine, beside the payload of `stripe_entity`. The params that
//! were written and the object as Stripe answered it are kept in the private data; the attributes
//! of the state only show them. So what was written, and what was merely answered, is never
//! guessed from a state. No object has code of its own.

mod action;
mod answered;
mod apply;
mod arguments;
mod config_params;
mod data;
mod data_list;
mod data_source;
mod documented;
mod ephemeral;
mod explain;
mod identity;
mod import;
mod list;
mod lookup;
mod moves;
mod plan;
mod planning;
mod private_state;
mod read;
mod schema;
mod secrets;
mod sentences;
mod surface;
mod surfaces;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

use crate::catalog::spelling::plural;
use crate::catalog::{Entity, Offer, Summary, catalog};
use crate::engine::{
    DesiredParams, Error, Object, WrittenParams, config_params, faults_of, sound_params, unlisted_values,
};
use crate::provider::managed::Resource;
use crate::provider::metadata_rules::with_defaults;
use crate::provider::moves::MovedObject;
use crate::provider::object::{check_end, unchanged, unplanned};
use crate::provider::payload::known_part;
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::Hidden;
use crate::provider::served::DataSource;
pub(super) use crate::provider::typed::action::{TypedAction, actions};
use crate::provider::typed::data::surface_data;
use crate::provider::typed::data_list::{PluralDataSource, check_list};
use crate::provider::typed::data_source::SingularDataSource;
pub(super) use crate::provider::typed::documented::{entity_of, values_at};
pub(super) use crate::provider::typed::ephemeral::{EphemeralResource, ephemeral_resources};
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::surface::{Slot, Surface};
use crate::provider::typed::surfaces::Surfaces;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{
    ApplyRequest, ListRequest, Listed, PlanRequest, PlanResponse, StateResponse,
};
use crate::terraform::schema::{IdentitySchema, Schema};
use crate::terraform::value::Value;

/// One typed resource, whose surface is made when it is first used.
#[derive(Debug)]
pub(super) struct TypedResource {
    type_name: String,
    of: Summary,
    surfaces: OnceLock<Surfaces>,
}

/// Every typed resource by its type name.
pub(super) fn resources() -> &'static BTreeMap<String, TypedResource> {
    static RESOURCES: OnceLock<BTreeMap<String, TypedResource>> = OnceLock::new();
    RESOURCES.get_or_init(|| {
        let data = surface_data();
        let lasting = catalog().summaries().filter(|it| {
            let is_resource = data.is_lasting(it.key) && !data.is_belonging(it.key);
            it.offers(Offer::Create) && is_shown(*it) && is_resource
        });
        let usual = lasting.map(|it| (name_of(it.key, it.name), it));
        let others = data.types.iter().filter_map(|(name, it)| {
            let key = it.entity.as_deref()?;
            Some((name.clone(), catalog().summaries().find(|it| it.key == key)?))
        });
        usual.chain(others).map(|(name, of)| (name.clone(), TypedResource::new(name, of))).collect()
    })
}

/// The typed resources whose objects can be listed, and then be imported.
pub(super) fn list_types() -> Vec<&'static str> {
    let is_listed = |of: Summary| of.offers(Offer::List) && of.offers(Offer::Read);
    let listed = resources().iter().filter(|(_, typed)| is_listed(typed.of));
    listed.map(|(name, _)| name.as_str()).collect()
}

/// Every typed data source by its type name: of one object, and of many.
pub(super) fn data_sources() -> &'static BTreeMap<String, Box<dyn DataSource>> {
    static DATA_SOURCES: OnceLock<BTreeMap<String, Box<dyn DataSource>>> = OnceLock::new();
    DATA_SOURCES.get_or_init(|| {
        let mut all: BTreeMap<String, Box<dyn DataSource>> = BTreeMap::new();
        for it in catalog().summaries() {
            let name = name_of(it.key, it.name);
            if it.offers(Offer::List) {
                let plural = plural(&name);
                let objects = plural.trim_start_matches("stripe_").to_owned();
                all.insert(
                    plural,
                    Box::new(PluralDataSource { typed: TypedResource::new(name.clone(), it), objects }),
                );
            }
            if it.offers(Offer::Read) {
                all.insert(name.clone(), Box::new(SingularDataSource(TypedResource::new(name, it))));
            }
        }
        all
    })
}

/// Whether there is a call that shows what Stripe holds.
fn is_shown(it: Summary) -> bool {
    it.offers(Offer::Read) || it.offers(Offer::List)
}

/// The type name of an entity type: as the data says, else as usual.
fn name_of(key: &str, name: &str) -> String {
    let named = surface_data().types.iter().find(|(_, it)| it.entity.as_deref() == Some(key) && it.instead);
    named.map_or_else(|| type_name(key, name), |(name, _)| name.clone())
}

/// `stripe_billing_meter` for the object `billing.meter`; for a service, after its entity type:
/// `stripe_customer_tax_id`.
fn type_name(key: &str, name: &str) -> String {
    if catalog().is_object(key) {
        format!("stripe_{}", key.replace('.', "_"))
    } else {
        format!("stripe_{}", snake_case(name))
    }
}

/// `CustomerTaxId` → `customer_tax_id`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

impl TypedResource {
    fn new(type_name: String, of: Summary) -> Self {
        Self { type_name, of, surfaces: OnceLock::new() }
    }

    /// The type name.
    pub(super) fn name(&self) -> &str {
        &self.type_name
    }

    /// The catalog's key of what it keeps.
    pub(super) fn key(&self) -> &'static str {
        self.of.key
    }

    /// The catalog's keys of all that it keeps: of its objects by themselves, and where they belong to another one.
    pub(super) fn keys(&self) -> Vec<&'static str> {
        let data = surface_data().types.get(&self.type_name);
        let belonging = data.and_then(|data| data.belonging.as_deref());
        [self.of.key].into_iter().chain(belonging).collect()
    }

    fn surfaces(&self) -> &Surfaces {
        self.surfaces.get_or_init(|| Surfaces::of(&self.type_name, self.of.entity()))
    }

    /// The surface by which all objects of the type are described.
    fn surface(&self) -> &Surface {
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

/// What a configuration comes to, or what is wrong with it.
type Complete = fn(&'static Entity, &WrittenParams) -> Result<DesiredParams, Error>;

impl Surface {
    /// Faults of the params of a configuration, and values of them that Stripe does not document.
    fn check_params(&self, config: &Value, complete: Complete) -> Diagnostics {
        let written = self.written_with_twins(config);
        let mut found = Diagnostics::new();
        let desired = complete(self.entity, &written).unwrap_or_else(|error| {
            found.extend(self.explain(&error));
            sound_params(self.entity, &written)
        });
        found.extend(self.explain_unlisted(&unlisted_values(&desired, self.entity.params())));
        let known = faults_of(self.entity, &self.written_with_twins(&known_part(config)));
        let more = self.explain_faults(&known);
        found.extend(more.into_iter().filter(|fault| !found.contains(fault)).collect::<Vec<_>>());
        self.with_paths_in(config, found)
    }

    /// The object that a state and its private data describe.
    fn object(&self, state: &Value, private_state: &TypedPrivateData) -> Object {
        let params = with_defaults(private_state.params.clone(), &private_state.default_metadata);
        let object =
            Object::new(self.entity, self.locator(state, private_state), params, private_state.body.clone());
        private_state.common.known(object)
    }

    /// Where the object is.
    fn locator(&self, state: &Value, private_state: &TypedPrivateData) -> String {
        private_state.locator.clone().unwrap_or_else(|| self.locator_of(state))
    }

    /// Where an object is of which nothing but the state is kept, as another provider has written it: that tells it by
    /// the ids of what the object belongs to.
    fn locator_of(&self, state: &Value) -> String {
        let text = |slot: &str| state.get(slot).as_str().unwrap_or_default().to_owned();
        let parents = self.entity.parents().into_iter().map(|name| {
            let slot = self.slots.iter().find(|slot| slot.member == name);
            slot.map_or_else(String::new, |slot| text(&slot.name))
        });
        let ids: Vec<String> = parents.chain([text("id")]).collect();
        if ids.iter().any(String::is_empty) { text("id") } else { ids.join("/") }
    }
}
