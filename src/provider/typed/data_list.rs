//! `data "stripe_prices"`: the objects of a type that satisfy params, a filter clause, or both.

use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use crate::catalog::Entity;
use crate::connector::{ListRequest, PageSize};
use crate::provider::data_source::DataSource;
use crate::provider::explain::explain_list;
use crate::provider::payload::natural;
use crate::provider::runtime::Runtime;
use crate::provider::selection::ids_of;
use crate::provider::typed::arguments::dynamic;
use crate::provider::typed::list_arguments::{check_list, list_arguments, list_operation, list_request};
use crate::provider::typed::resource::TypedResource;
use crate::provider::typed::sentences::many;
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::schema::{Attribute, Rule, Schema};
use crate::terraform::value::{Type, Value};

/// The data source for the objects of a type.
#[derive(Debug)]
pub(in crate::provider) struct PluralDataSource {
    pub(super) typed: TypedResource,
    /// The attribute that holds the objects: `prices`.
    pub(super) objects: String,
}

impl PluralDataSource {
    fn entity(&self) -> &'static Entity {
        self.typed.surface().entity
    }
}

impl DataSource for PluralDataSource {
    fn schema(&self) -> Schema {
        let entity = self.entity();
        let Some(list) = list_operation(entity) else { return Schema::default() };
        let mut attributes = list_arguments(list);
        attributes.extend([
            Attribute::optional(
                "limit",
                Type::Number,
                "The maximum number of objects, 1 to 100000. Default: all.",
            )
            .rule(Rule::Range(1, 100_000)),
            Attribute::computed("ids", Type::list(Type::String), "The ids of the objects."),
            Attribute::computed(
                self.objects.clone(),
                Type::Dynamic,
                "The objects, with every field that Stripe returns, without secrets.",
            ),
        ]);
        attributes.sort_by(|a, b| a.name.cmp(&b.name));
        Schema::new(
            format!("The {} in Stripe that match params and a filter clause.", many(entity)),
            attributes,
        )
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        check_list(self.entity(), config)
    }

    fn read<'a>(&'a self, runtime: &'a Runtime, config: Value) -> BoxFuture<'a, (Value, Diagnostics)> {
        Box::pin(async move {
            match self.list(runtime, config).await {
                Ok(state) => (state, Diagnostics::new()),
                Err(diagnostics) => (Value::Null, diagnostics),
            }
        })
    }
}

impl PluralDataSource {
    async fn list(&self, runtime: &Runtime, config: Value) -> Result<Value, Diagnostics> {
        let entity = self.entity();
        let handle = config.get("connection_handle").as_str();
        let connector = runtime.known_connector(handle).map_err(|it| vec![it])?;
        let limit = config.get("limit").as_i64().and_then(|it| usize::try_from(it).ok());
        let request = ListRequest {
            page_size: limit.map_or(PageSize::All, PageSize::Of),
            ..list_request(entity, &config)?
        };
        let page = connector
            .list(request)
            .await
            .map_err(|error| vec![explain_list(&error, &config, "filter", "filter")])?;
        let mut state = config.clone();
        state.set("ids", ids_of(&page));
        let objects = page.entities.iter().map(|body| entity.without_nested_secrets(body));
        state.set(
            &self.objects,
            dynamic(natural(&Json::Array(objects.map(|it| without_secrets(entity, it)).collect()))),
        );
        Ok(state)
    }
}

/// Returns an object without its top-level secrets: a list is not sensitive.
fn without_secrets(entity: &Entity, mut body: Json) -> Json {
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|name, _| !entity.is_secret(name));
    }
    body
}
