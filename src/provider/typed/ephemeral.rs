//! Ephemeral resources: objects for immediate use, created for the duration of a Terraform walk.
//!
//! The surface is that of a typed resource. An open ephemeral resource is in no plan and no state, so
//! nothing is compared, changed or stored; and it shows the whole response, including secrets, which are
//! its purpose.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value as Json;

use crate::catalog::{Entity, OperationKind, Summary, catalog};
use crate::engine::{create_params, open};
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::Hidden;
use crate::provider::typed::config_params::ConfigParams;
use crate::provider::typed::data::{NOTHING_UNUSUAL, surface_data};
use crate::provider::typed::names::name_of;
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::sentences::one;
use crate::provider::typed::surface::Surface;
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::provider::Opened;
use crate::terraform::schema::Schema;
use crate::terraform::value::Value;

/// One ephemeral resource, whose surface is built on first use.
#[derive(Debug)]
pub(in crate::provider) struct EphemeralResource {
    type_name: String,
    of: Summary,
    surface: OnceLock<Surface>,
}

/// All ephemeral resources, by type name.
pub(in crate::provider) fn ephemeral_resources() -> &'static BTreeMap<String, EphemeralResource> {
    static ALL: OnceLock<BTreeMap<String, EphemeralResource>> = OnceLock::new();
    ALL.get_or_init(|| {
        let is_momentary = |key: &str| surface_data().momentary.iter().any(|it| it == key);
        let all = catalog().summaries().filter(|it| is_momentary(it.key)).map(|it| {
            let type_name = name_of(it.key, it.name);
            (type_name.clone(), EphemeralResource { type_name, of: it, surface: OnceLock::new() })
        });
        all.collect()
    })
}

impl EphemeralResource {
    /// Returns the catalog's key of the entity type that it creates.
    pub(in crate::provider) fn key(&self) -> &'static str {
        self.of.key
    }

    fn surface(&self) -> &Surface {
        self.surface.get_or_init(|| Surface::momentary(&self.type_name, self.of.entity()))
    }

    /// Returns its schema.
    pub(in crate::provider) fn schema(&self) -> Schema {
        let surface = self.surface();
        surface.ephemeral_schema(description(surface.entity))
    }

    /// Returns the faults of a configuration, as far as it is known.
    pub(in crate::provider) fn validate(&self, config: &Value) -> Diagnostics {
        self.surface().check_params(config, create_params)
    }

    /// Creates one. Nothing is renewed and nothing is ended: the object expires by itself.
    pub(in crate::provider) async fn open(&self, runtime: &Runtime, config: &Value) -> Opened {
        match opened(self.surface(), runtime, config).await {
            Ok(result) => Opened { result, ..Opened::default() },
            Err(diagnostics) => Opened { diagnostics, ..Opened::default() },
        }
    }
}

fn description(entity: &Entity) -> String {
    let create = entity.operation(OperationKind::Create);
    let helps_testing = create.is_some_and(|create| create.path.contains("/test_helpers/"));
    let mode = if helps_testing { " Stripe makes it in test mode only." } else { "" };
    format!(
        "Creates {} in Stripe for one run: Stripe's answer is in no plan and no state. A plan creates one, and its apply another one.{mode} Needs Terraform 1.10 or OpenTofu 1.11.",
        one(entity)
    )
}

/// Returns Stripe's response to a configuration.
async fn opened(surface: &Surface, runtime: &Runtime, config: &Value) -> Result<Value, Diagnostics> {
    let entity = surface.entity;
    let config_params =
        surface.create_config_params(runtime, config).map_err(|error| surface.explain(&error))?;
    let handle = config.get("connection_handle");
    let connector = runtime.known_connector(handle.as_str()).map_err(|it| vec![it])?;
    surface.check_defaults(runtime)?;
    let hidden = runtime.conceal(surface.hidden(config));
    let made = open(&connector, entity, config_params.desired.params.clone()).await;
    let mut body = made.map_err(|error| hidden.redact(vec![surface.refused(&error)]))?;
    // From here on the secrets are passed to other resources, through the same connections.
    runtime.conceal(Hidden::these(entity.secrets_of(&body).into_iter().map(str::to_owned)));
    runtime.metadata.hide(&mut body);
    let mut result = config.clone();
    surface.set_unknown(&mut result, config);
    let ConfigParams { own: params, default_metadata, .. } = config_params;
    let private_state = TypedPrivateData { params, default_metadata, ..TypedPrivateData::default() };
    let id = body.get("id").and_then(Json::as_str).unwrap_or_default();
    Ok(surface.answered_with(&body, &result, &private_state, id))
}

impl Surface {
    /// The surface of an object for immediate use. Links and sessions may have no id.
    fn momentary(type_name: &str, entity: &'static Entity) -> Self {
        let data = surface_data().types.get(type_name).unwrap_or(&NOTHING_UNUSUAL);
        let mut surface = Self::new(type_name, entity, data);
        surface.slots.retain(|slot| slot.name != "id" || entity.field("id").is_some());
        surface
    }
}
