//! `data "stripe_price"`: one object, by its id or by what names it alone.

use futures_util::future::BoxFuture;
use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, OperationKind};
use crate::connector::{self, Connector, Filter, ListRequest, PageSize};
use crate::engine::has_ended;
use crate::provider::explain::explain_connector;
use crate::provider::messages::found;
use crate::provider::runtime::Runtime;
use crate::provider::served::DataSource;
use crate::provider::typed::lookup::{Lookup, lookups};
use crate::provider::typed::surface::{Slot, Surface};
use crate::provider::typed::{TypedResource, lookup};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::schema::Schema;
use crate::terraform::value::Value;

/// How many objects are asked for at once, of which one alone may be meant.
const ASKED: usize = 100;
/// How many of several objects an error names.
const NAMED: usize = 5;

/// The data source of one object of a type.
#[derive(Debug)]
pub(in crate::provider) struct SingularDataSource(pub(super) TypedResource);

impl DataSource for SingularDataSource {
    fn schema(&self) -> Schema {
        lookup::schema(self.0.surface())
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        Selector::of(self.0.surface(), config).err().into_iter().flatten().collect()
    }

    fn read<'a>(&'a self, runtime: &'a Runtime, config: Value) -> BoxFuture<'a, (Value, Diagnostics)> {
        Box::pin(async move {
            match read(self.0.surface(), runtime, &config).await {
                Ok(state) => (state, Diagnostics::new()),
                Err(diagnostics) => (Value::Null, diagnostics),
            }
        })
    }
}

/// How a configuration names the object.
enum Selector {
    /// The object at a place.
    At(String),
    /// The object that has these values.
    With(Vec<(Lookup, Json)>),
    /// Not known yet.
    Unknown,
}

impl Selector {
    fn of(surface: &Surface, config: &Value) -> Result<Self, Diagnostics> {
        let entity = surface.entity;
        let parents = entity.parents();
        let missing = |name: &&&str| config.get(name).is_null();
        if let Some(parent) = parents.iter().find(missing) {
            return Err(vec![found::parent_missing(parent, &entity.name)]);
        }
        if parents.iter().any(|name| config.get(name).is_unknown()) || config.get("id").is_unknown() {
            return Ok(Self::Unknown);
        }
        if entity.operation(OperationKind::Get).is_none() {
            return Self::with(surface, config);
        }
        let mut places: Vec<String> =
            parents.iter().filter_map(|name| config.get(name).as_str().map(str::to_owned)).collect();
        if let Some(id) = config.get("id").as_str() {
            places.push(id.to_owned());
        } else if entity.has_own_id() {
            return Self::with(surface, config);
        }
        let locator = if places.is_empty() { entity.key.clone() } else { places.join("/") };
        connector::check_locator(entity, &locator).map_err(|error| vec![explain_connector(&error, "id")])?;
        Ok(Self::At(locator))
    }

    fn with(surface: &Surface, config: &Value) -> Result<Self, Diagnostics> {
        let lookups = lookups(surface);
        if lookups.iter().any(|it| config.get(&it.slot.name).is_unknown()) {
            return Ok(Self::Unknown);
        }
        let given: Vec<(Lookup, Json)> =
            lookups.into_iter().filter_map(|it| Some((it.clone(), it.value(config)?))).collect();
        if given.is_empty() {
            return Err(vec![found::nothing_names_it(&beside_the_id(surface))]);
        }
        Ok(Self::With(given))
    }
}

/// The arguments that can name an object in the place of its id, in words.
fn beside_the_id(surface: &Surface) -> String {
    let names: Vec<String> = lookups(surface).iter().map(|it| format!("`{}`", it.slot.name)).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(", or enough of {} to identify one", names.join(", "))
    }
}

async fn read(surface: &Surface, runtime: &Runtime, config: &Value) -> Result<Value, Diagnostics> {
    let handle = config.get("connection_handle").as_str();
    let connector = runtime.known_connector(handle).map_err(|it| vec![it])?;
    let one = |error: &connector::Error| vec![explain_connector(error, "id")];
    let body = match Selector::of(surface, config)? {
        Selector::At(locator) => {
            let body = connector.read_now(surface.entity, &locator).await.map_err(|error| one(&error))?;
            let another = differences(surface, config, &locator, &body);
            if another.is_empty() { body } else { return Err(another) }
        }
        Selector::With(given) => {
            found_in(surface.entity, &connector, places(surface, config), &given).await?
        }
        Selector::Unknown => return Ok(config.clone()),
    };
    if connector::is_deleted(&body) {
        return Err(vec![found::object_deleted(&surface.entity.name).at_attribute("id")]);
    }
    Ok(surface.shown(config, &body))
}

/// The requested values that an object, found by its locator, does not have.
fn differences(surface: &Surface, config: &Value, locator: &str, body: &Json) -> Diagnostics {
    let entity = surface.entity;
    let given = lookups(surface).into_iter().filter(|it| it.slot.name != "id");
    let values = given.filter_map(|it| Some((it.clone(), it.value(config)?)));
    let differs = |(lookup, desired): (Lookup, Json)| {
        let Slot { member, name, .. } = &lookup.slot;
        let now = body.get(member).unwrap_or(&Json::Null);
        let diagnostic =
            || found::found_otherwise(&entity.name, locator, name, &shown(now), &desired.to_string());
        let condition = Filter::parse(&lookup.clause(&desired), entity, None);
        condition.is_ok_and(|it| !it.matches(body)).then(|| diagnostic().at_attribute(name))
    };
    values.filter_map(differs).collect()
}

/// A value of a field in a message; an object that is referred to is its id.
fn shown(value: &Json) -> String {
    let value = value.get("id").unwrap_or(value);
    if value.is_null() { "not set".to_owned() } else { value.to_string() }
}

/// What the objects of a type belong to, as params of a list.
fn places(surface: &Surface, config: &Value) -> Map<String, Json> {
    let ids =
        surface.places().filter_map(|place| Some((place.to_owned(), config.get(place).as_str()?.into())));
    ids.collect()
}

/// The only object that has the values.
pub(super) async fn found(
    entity: &'static Entity,
    connector: &Connector,
    given: &[(Lookup, Json)],
) -> Result<Json, Diagnostics> {
    found_in(entity, connector, Map::new(), given).await
}

/// The only object that has the values, among those that belong to what `params` name.
async fn found_in(
    entity: &'static Entity,
    connector: &Connector,
    mut params: Map<String, Json>,
    given: &[(Lookup, Json)],
) -> Result<Json, Diagnostics> {
    let list = entity.operation(OperationKind::List);
    let mut clauses = Vec::new();
    for (lookup, value) in given {
        match list.and_then(|list| lookup.param(list, value)) {
            Some((name, value)) => drop(params.insert(name, value)),
            None => clauses.push(lookup.clause(value)),
        }
    }
    let request = ListRequest {
        params,
        filter: (!clauses.is_empty()).then(|| clauses.join(" AND ")),
        page_size: PageSize::Of(ASKED),
        ..ListRequest::of(entity)
    };
    let mut found = meant(connector, request).await?;
    match (found.len(), found.pop()) {
        (1, Some(one)) => Ok(one),
        (0, _) | (_, None) => Err(vec![none_found(entity, given)]),
        (_, Some(other)) => Err(vec![several_found(entity, given, &found, &other)]),
    }
}

/// The objects of a list that may be meant: active ones take precedence over archived or canceled ones. It is read until
/// two active ones are found.
async fn meant(connector: &Connector, mut request: ListRequest) -> Result<Vec<Json>, Diagnostics> {
    let (mut living, mut ended) = (Vec::new(), Vec::new());
    loop {
        let page = connector.list(request.clone()).await;
        let page = page.map_err(|error| vec![explain_connector(&error, "id")])?;
        for body in page.entities {
            let alike = if has_ended(request.entity, &body) { &mut ended } else { &mut living };
            if alike.len() <= NAMED {
                alike.push(body);
            }
        }
        request.page_token = page.next_page_token;
        if request.page_token.is_none() || living.len() > 1 {
            return Ok(if living.is_empty() { ended } else { living });
        }
    }
}

fn none_found(entity: &Entity, given: &[(Lookup, Json)]) -> Diagnostic {
    found::nothing_found(&entity.name, &spelled(given)).at_attribute(first(given))
}

fn several_found(entity: &Entity, given: &[(Lookup, Json)], others: &[Json], last: &Json) -> Diagnostic {
    let all = others.iter().chain([last]);
    let ids: Vec<&str> = all.take(NAMED).filter_map(|it| it.get("id")?.as_str()).collect();
    let more = if others.len() >= NAMED { " and others" } else { "" };
    let ids = format!("{}{more}", ids.join(", "));
    found::several_found(&entity.name, &spelled(given), &ids).at_attribute(first(given))
}

fn spelled(given: &[(Lookup, Json)]) -> String {
    let pairs = given.iter().map(|(lookup, value)| format!("`{}` {value}", lookup.slot.name));
    pairs.collect::<Vec<_>>().join(" and ")
}

fn first(given: &[(Lookup, Json)]) -> &str {
    given.first().map_or("id", |(lookup, _)| &lookup.slot.name)
}

impl Surface {
    /// A configuration with everything that Stripe answers filled in.
    pub(super) fn shown(&self, config: &Value, body: &Json) -> Value {
        let shown = self.entity.without_nested_secrets(body);
        let mut state = config.clone();
        for slot in self.slots.iter().filter(|slot| is_shown(slot)) {
            let field = shown.get(&slot.member).unwrap_or(&Json::Null);
            let value = slot.answer(field);
            if !value.is_null() || !self.entity.parents().contains(&slot.member.as_str()) {
                state.set(&slot.name, value);
            }
        }
        state
    }
}

/// Whether Stripe answers it.
pub(super) fn is_shown(slot: &Slot) -> bool {
    slot.answered
}
