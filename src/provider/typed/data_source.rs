//! `data "stripe_price"`: one object, by its id or by values that identify it.

use futures_util::future::BoxFuture;
use serde_json::{Map, Value as Json};

use crate::catalog::OperationKind;
use crate::connector::{self, Filter};
use crate::provider::data_source::DataSource;
use crate::provider::explain::explain_connector;
use crate::provider::messages::found;
use crate::provider::runtime::Runtime;
use crate::provider::typed::finding::found_in;
use crate::provider::typed::lookup::{self, Lookup, lookups};
use crate::provider::typed::resource::TypedResource;
use crate::provider::typed::surface::{Slot, Surface};
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::schema::Schema;
use crate::terraform::value::Value;

/// The data source for one object of a type.
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
    /// The object with these values.
    With(Vec<(Lookup, Json)>),
    /// Still unknown.
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

/// Lists the arguments that can name an object instead of its id, in words.
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

/// Reports the requested values that an object, found by its locator, does not have.
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

/// Formats the value of a field for a message; a referenced object is shown as its id.
fn shown(value: &Json) -> String {
    let value = value.get("id").unwrap_or(value);
    if value.is_null() { "not set".to_owned() } else { value.to_string() }
}

/// Returns the ids of the parents of a type's objects, as params of a list.
fn places(surface: &Surface, config: &Value) -> Map<String, Json> {
    let ids =
        surface.places().filter_map(|place| Some((place.to_owned(), config.get(place).as_str()?.into())));
    ids.collect()
}

impl Surface {
    /// Returns a configuration with everything from Stripe's response filled in.
    pub(super) fn shown(&self, config: &Value, body: &Json) -> Value {
        let shown = self.entity.without_nested_secrets(body);
        let mut state = config.clone();
        for slot in self.slots.iter().filter(|slot| slot.answered) {
            let field = shown.get(&slot.member).unwrap_or(&Json::Null);
            let value = slot.answer(field);
            if !value.is_null() || !self.entity.parents().contains(&slot.member.as_str()) {
                state.set(&slot.name, value);
            }
        }
        state
    }
}
