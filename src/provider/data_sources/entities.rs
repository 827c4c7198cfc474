//! `data "stripe_entities"`: List, with a filter clause, one page at a time.

use futures_util::future::BoxFuture;

use crate::catalog::OperationKind;
use crate::connector::{ListRequest, PageSize};
use crate::provider::connection_settings::connection_attribute;
use crate::provider::data_source::DataSource;
use crate::provider::explain::explain_list;
use crate::provider::messages::payload;
use crate::provider::resources::{find, record};
use crate::provider::runtime::Runtime;
use crate::provider::selection::{check_fields, check_order, ids_of};
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::schema::{Attribute, Rule, Schema};
use crate::terraform::value::{Type, Value};

/// The data source `stripe_entities`.
#[derive(Debug)]
pub(in crate::provider) struct EntitiesDataSource;

impl DataSource for EntitiesDataSource {
    fn schema(&self) -> Schema {
        let attributes = vec![
            connection_attribute(),
            Attribute::required("entity", Type::String, "Entity type, such as `Customer`.").rule(Rule::NotEmpty),
            Attribute::optional("filter", Type::String, "Filter clause, such as `Name = 'John' AND Created >= '2024-01-01'`; strings in single quotes. Stripe evaluates what it can, the rest is evaluated while paging."),
            Attribute::optional("search", Type::String, "Query in Stripe's search language, such as `metadata['team']:'a' AND created>1700000000`, for the types Stripe can search: Charge, Customer, Invoice, PaymentIntent, Price, Product, Subscription. Its index lags behind by up to a minute: prefer `filter` for objects that this run creates.").rule(Rule::NotEmpty),
            Attribute::optional("sort_by", Type::String, "Field to sort by. Default: newest first, as Stripe lists them. Sorting reads the whole result and shows its first 10000 entities.").rule(Rule::NotEmpty),
            Attribute::optional("sort_order", Type::String, "`ASC` (default) or `DESC`; only together with `sort_by`.").rule(Rule::one_of(["ASC", "DESC"])),
            Attribute::optional("page_size", Type::Number, "Entities on a page, 1 to 200. Default `25`.").rule(Rule::Range(1, 200)),
            Attribute::optional("page_token", Type::String, "`next_page_token` of the page before; the same `filter`, `search`, `sort_by` and `page_size` must be given again.").rule(Rule::NotEmpty),
            Attribute::computed("ids", Type::list(Type::String), "The ids of the entities, for `for_each = toset(…)`."),
            Attribute::computed("records", Type::list(Type::map(Type::String)), "The entities as flat maps: dotted keys, every value a string; without secrets."),
            Attribute::computed("next_page_token", Type::String, "Token of the next page; null on the last page."),
        ];
        let description = "Lists the entities of a type that satisfy a filter clause.";
        Schema::new(description, attributes)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut found: Diagnostics = check_order(config).into_iter().collect();
        let Some(name) = config.get("entity").as_str() else { return found };
        match find(name) {
            Ok(entity) => {
                if config.get("search").is_set() && entity.operation(OperationKind::Search).is_none() {
                    found.push(payload::search_not_supported(&entity.name).at_attribute("search"));
                }
                let search = config.get("search");
                let searches = (!search.is_unknown()).then(|| !search.is_null());
                found.extend(check_fields(entity, config, searches));
            }
            Err(unknown) => found.push(unknown),
        }
        found
    }

    fn read<'a>(&'a self, runtime: &'a Runtime, config: Value) -> BoxFuture<'a, (Value, Diagnostics)> {
        Box::pin(async move {
            match list(runtime, config).await {
                Ok(state) => (state, Diagnostics::new()),
                Err(diagnostics) => (Value::Null, diagnostics),
            }
        })
    }
}

async fn list(runtime: &Runtime, config: Value) -> Result<Value, Diagnostics> {
    let text = |name: &str| config.get(name).as_str().map(str::to_owned);
    let entity = find(config.get("entity").as_str().unwrap_or_default()).map_err(|unknown| vec![unknown])?;
    let connector =
        runtime.known_connector(config.get("connection_handle").as_str()).map_err(|invalid| vec![invalid])?;
    let size = config.get("page_size").as_i64().and_then(|size| usize::try_from(size).ok());
    let request = ListRequest {
        filter: text("filter"),
        search: text("search"),
        sort_by: text("sort_by"),
        descending: config.get("sort_order").as_str() == Some("DESC"),
        page_size: size.map_or(PageSize::Default, PageSize::Of),
        page_token: text("page_token"),
        ..ListRequest::of(entity)
    };
    let selects = if request.search.is_some() { "search" } else { "filter" };
    let page = connector
        .list(request)
        .await
        .map_err(|error| vec![explain_list(&error, &config, selects, "entity")])?;
    let mut state = config;
    state.set("ids", ids_of(&page));
    state.set("records", Value::List(page.entities.iter().map(|body| record(entity, body)).collect()));
    state.set("next_page_token", page.next_page_token.into());
    Ok(state)
}
