//! `data "stripe_prices"`: the objects of a type that satisfy params, a filter clause, or both.

use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use crate::catalog::{Entity, Operation, OperationKind, parents};
use crate::connector::{ListRequest, PageSize, selectors};
use crate::engine::{Params, WrittenParams, parse};
use crate::provider::connection_settings::connection_attribute;
use crate::provider::data_sources::{check_fields, check_order, ids_of};
use crate::provider::explain::{explain_list, sentence};
use crate::provider::messages::payload;
use crate::provider::payload::{natural, to_json};
use crate::provider::runtime::Runtime;
use crate::provider::served::DataSource;
use crate::provider::typed::TypedResource;
use crate::provider::typed::arguments::dynamic;
use crate::provider::typed::schema::of_member;
use crate::provider::typed::sentences::many;
use crate::provider::typed::surface::{PREFIX, attribute_type};
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::schema::{Attribute, BlockKind, Name, Presence, Rule, Schema};
use crate::terraform::value::{Type, Value};

/// The data source of the objects of a type.
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

/// Attributes of every list; a param of such a name stands behind `stripe_`.
const OWN: [&str; 6] = ["connection_handle", "filter", "ids", "limit", "sort_by", "sort_order"];

/// The attribute that sets a param.
fn attribute_of(param: &str) -> Name {
    let name = BlockKind::DataSource.usable_name(param.to_owned(), PREFIX);
    if OWN.contains(&param) { format!("{PREFIX}_{param}").into() } else { name }
}

/// The call that lists the objects.
pub(super) fn list_operation(entity: &Entity) -> Option<&Operation> {
    entity.operation(OperationKind::List)
}

/// What is wrong with what chooses objects.
pub(super) fn check_list(entity: &'static Entity, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    if let Some(list) = list_operation(entity) {
        found.extend(params(list, config).err().unwrap_or_default());
    }
    found.extend(check_order(config));
    found.extend(check_fields(entity, config, Some(false)));
    found
}

/// What the call is asked for.
pub(super) fn list_request(entity: &'static Entity, config: &Value) -> Result<ListRequest, Diagnostics> {
    let text = |name: &str| config.get(name).as_str().map(str::to_owned);
    Ok(ListRequest {
        params: list_operation(entity).map(|list| params(list, config)).transpose()?.unwrap_or_default(),
        filter: text("filter"),
        sort_by: text("sort_by"),
        descending: text("sort_order").as_deref() == Some("DESC"),
        ..ListRequest::of(entity)
    })
}

/// The arguments that choose objects: what they belong to, the params of the call, and the filter clause; and their
/// order.
pub(super) fn list_arguments(list: &'static Operation) -> Vec<Attribute> {
    let of_path = parents(&list.path)
        .map(|name| Attribute::required(name.to_owned(), Type::String, "The parent of the objects."));
    let mut attributes: Vec<Attribute> = of_path.collect();
    attributes.extend(selectors(list).map(|param| {
        let presence = if param.shape.is_required() { Presence::Required } else { Presence::Optional };
        let takes = of_member(&param.name, &param.shape);
        let description = format!("Only objects with this `{}`. {takes}.", param.name);
        Attribute::new(attribute_of(&param.name), attribute_type(&param.shape), presence, description)
    }));
    attributes.extend([
            connection_attribute(),
            Attribute::optional("filter", Type::String, "Filter clause, such as `Name = 'John' AND Created >= '2024-01-01'`; strings in single quotes. Stripe evaluates what it can, the rest is evaluated while paging."),
            Attribute::optional("sort_by", Type::String, "Field to sort by. Default: newest first, as Stripe lists them.").rule(Rule::NotEmpty),
            Attribute::optional("sort_order", Type::String, "`ASC` (default) or `DESC`; only together with `sort_by`.").rule(Rule::one_of(["ASC", "DESC"])),
    ]);
    attributes
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

/// An object without the secrets at its top: a list is not sensitive.
fn without_secrets(entity: &Entity, mut body: Json) -> Json {
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|name, _| !entity.is_secret(name));
    }
    body
}

/// The params of the list that a configuration sets, checked.
fn params(list: &'static Operation, config: &Value) -> Result<Params, Diagnostics> {
    let mut written = WrittenParams::default();
    let mut of_path = Params::new();
    for name in parents(&list.path) {
        of_path.extend(config.get(name).as_str().map(|id| (name.to_owned(), Json::from(id))));
    }
    for param in selectors(list) {
        let value = config.get(&attribute_of(&param.name));
        if !value.is_null() {
            let json = to_json(value, &mut vec![param.name.clone()], &mut written.unknown);
            written.members.extend(json.map(|json| (param.name.clone(), json)));
        }
    }
    match parse(&written, &list.params) {
        Ok(desired) => Ok(of_path.into_iter().chain(desired.params).collect()),
        Err(faults) => Err(faults
            .iter()
            .map(|fault| {
                let name = fault.param().split('.').next().unwrap_or_default().to_owned();
                payload::payload_fault(&sentence(&fault.to_string())).at_attribute(&attribute_of(&name))
            })
            .collect()),
    }
}
