//! `data "stripe_entity"`: Get, by id.

use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use crate::catalog;
use crate::connector;
use crate::provider::connection_settings::connection_attribute;
use crate::provider::data_source::DataSource;
use crate::provider::explain::explain_connector;
use crate::provider::messages::found;
use crate::provider::resources::{find, record};
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::schema::{Attribute, Rule, Schema};
use crate::terraform::value::{Type, Value};

/// The data source `stripe_entity`.
#[derive(Debug)]
pub(in crate::provider) struct EntityDataSource;

impl DataSource for EntityDataSource {
    fn schema(&self) -> Schema {
        let attributes = vec![
            connection_attribute(),
            Attribute::required("entity", Type::String, "Entity type, such as `Customer`.")
                .rule(Rule::NotEmpty),
            Attribute::required("entity_id", Type::String, "Stripe's id of the entity, after the ids of its parents: `cus_123`, `cus_123/txi_456`. A singleton is named by its type: `tax.settings`.",
            )
            .rule(Rule::NotEmpty),
            Attribute::computed("id", Type::String, "Stripe's id of the entity."),
            Attribute::computed(
                "record",
                Type::map(Type::String),
                "The entity as a flat map: dotted keys, every value a string; without secrets.",
            ),
            Attribute::computed("output_payload", Type::String, "The entity as Stripe returns it, as JSON.").sensitive(),
        ];
        let description = "Reads one entity by its id.";
        Schema::new(description, attributes)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let Some(name) = config.get("entity").as_str() else { return Diagnostics::new() };
        find(name).and_then(|entity| placed(entity, config)).err().into_iter().collect()
    }

    fn read<'a>(&'a self, runtime: &'a Runtime, config: Value) -> BoxFuture<'a, (Value, Diagnostics)> {
        Box::pin(async move {
            match get(runtime, config).await {
                Ok(state) => (state, Diagnostics::new()),
                Err(diagnostic) => (Value::Null, vec![diagnostic]),
            }
        })
    }
}

/// Checks that Stripe can return an entity of this type, and that the id can belong to one.
fn placed(entity: &'static catalog::Entity, config: &Value) -> Result<(), Diagnostic> {
    connector::check_readable(entity).map_err(|error| explain_connector(&error, "entity_id"))?;
    let Some(id) = config.get("entity_id").as_str() else { return Ok(()) };
    connector::check_locator(entity, id).map_err(|error| explain_connector(&error, "entity_id"))
}

async fn get(runtime: &Runtime, config: Value) -> Result<Value, Diagnostic> {
    let entity = find(config.get("entity").as_str().unwrap_or_default())?;
    let id = config.get("entity_id").as_str().unwrap_or_default().to_owned();
    let connector = runtime.known_connector(config.get("connection_handle").as_str())?;
    let body =
        connector.read_now(entity, &id).await.map_err(|error| explain_connector(&error, "entity_id"))?;
    if connector::is_deleted(&body) {
        return Err(found::entity_deleted(&entity.name, &id).at_attribute("entity_id"));
    }
    let mut state = config;
    state.set("id", body.get("id").and_then(Json::as_str).unwrap_or(&id).to_owned().into());
    state.set("record", record(entity, &body));
    state.set("output_payload", body.to_string().into());
    Ok(state)
}

#[cfg(test)]
mod tests {
    use super::{DataSource, EntityDataSource, Value};

    #[test]
    fn a_type_that_stripe_only_lists_is_refused_whatever_the_id() {
        let told = |id: Value| {
            let config = Value::map([("entity", Value::from("CheckoutSessionLineItem")), ("entity_id", id)]);
            EntityDataSource.validate(&config).into_iter().map(|it| it.detail).collect::<Vec<_>>()
        };
        for id in [Value::from("li_1"), Value::from("cs_1/li_1"), Value::Unknown] {
            assert_eq!(told(id), ["Stripe has no call to get CheckoutSessionLineItem entities."]);
        }
    }
}
