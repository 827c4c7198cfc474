//! One request for every param of every call, with a wrong value at that param and what Stripe
//! demands around it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, Kind, Member, NumberRange, Shape, catalog};

/// One param of one call.
pub struct Place {
    pub method: &'static str,
    /// The path, `none` in the place of ids.
    pub path: String,
    /// The param as a refusal names it: `items[0][price]`.
    pub at: String,
    /// What should be there.
    pub shape: &'static Shape,
}

/// A request with a wrong value at one place.
pub struct Row {
    pub place: Place,
    pub params: Json,
    pub value: Json,
}

/// The wrong values to try at a place.
pub type Wrong<'w> = &'w dyn Fn(&Place) -> Vec<Json>;

impl Place {
    /// What would unset the param: null where params are sent as JSON.
    pub fn emptied(&self) -> Json {
        if self.method == "POST" && self.path.starts_with("/v2/") { Json::Null } else { json!("") }
    }
}

impl Row {
    pub fn told(&self) -> String {
        let Place { method, path, at, .. } = &self.place;
        format!("{method} {path} {at} = {}", self.value)
    }
}

/// The rows of every operation and action. Where a reference is demanded beside a wrong value,
/// one of `ids` stands, by type of object.
pub fn all(wrong: Wrong<'_>, ids: &BTreeMap<String, String>) -> Vec<Row> {
    let mut rows = Vec::new();
    for entity in catalog().entities().filter_map(|name| catalog().entity(name)) {
        for (method, path, params) in calls(entity) {
            let path: Vec<&str> =
                path.split('/').map(|part| if part.starts_with('{') { "none" } else { part }).collect();
            let mut rower = Rower { method, path: path.join("/"), wrong, ids, rows: &mut rows };
            rower.members(params, "", &|params| params);
        }
    }
    rows
}

/// The types of object that params are ids of.
pub fn referenced() -> Vec<String> {
    let seen = |place: &Place| place.shape.objects().iter().map(|object| json!(object)).collect();
    let mut objects: Vec<String> =
        all(&seen, &BTreeMap::new()).into_iter().map(|row| row.value.as_str().unwrap().to_owned()).collect();
    objects.sort();
    objects.dedup();
    objects
}

/// Method, path and params of everything that can be asked of an entity type.
fn calls(entity: &'static Entity) -> impl Iterator<Item = (&'static str, &'static str, &'static [Member])> {
    let operations = entity.operations.iter().map(|one| (one.method, &one.path, &one.params));
    let actions = entity.actions.iter().map(|one| (one.method, &one.path, &one.params));
    let all = operations.chain(actions);
    all.map(|(method, path, params)| (method.as_str(), path.as_str(), params.as_slice()))
}

struct Rower<'r> {
    method: &'static str,
    path: String,
    wrong: Wrong<'r>,
    ids: &'r BTreeMap<String, String>,
    rows: &'r mut Vec<Row>,
}

/// Puts a value into the params around it.
type Wrap<'w> = &'w dyn Fn(Json) -> Json;

impl Rower<'_> {
    fn members(&mut self, members: &'static [Member], at: &str, wrap: Wrap<'_>) {
        for member in members {
            let at = if at.is_empty() { member.name.clone() } else { format!("{at}[{}]", member.name) };
            let around = self.demanded(members, &member.name);
            let wrap = |value| {
                let mut all = around.clone();
                all.insert(member.name.clone(), value);
                wrap(Json::Object(all))
            };
            self.node(&member.shape, &at, &wrap);
        }
    }

    fn node(&mut self, shape: &'static Shape, at: &str, wrap: Wrap<'_>) {
        let place = || Place { method: self.method, path: self.path.clone(), at: at.to_owned(), shape };
        for value in (self.wrong)(&place()) {
            self.rows.push(Row { place: place(), params: wrap(value.clone()), value });
        }
        self.inside(shape, at, wrap);
    }

    fn inside(&mut self, shape: &'static Shape, at: &str, wrap: Wrap<'_>) {
        match &shape.kind {
            Kind::Object(members) => self.members(members, at, wrap),
            Kind::List(item) | Kind::Set(item) => {
                self.node(item, &format!("{at}[0]"), &|value| wrap(json!([value])));
            }
            Kind::Map(value) => {
                self.node(value, &format!("{at}[usd]"), &|value| wrap(json!({ "usd": value })));
            }
            Kind::Union(shapes) => shapes.iter().for_each(|shape| self.inside(shape, at, wrap)),
            _ => {}
        }
    }

    /// What Stripe demands beside a member.
    fn demanded(&self, members: &[Member], but: &str) -> Map<String, Json> {
        let required = members.iter().filter(|member| member.shape.is_required() && member.name != but);
        required.map(|member| (member.name.clone(), self.right(&member.name, &member.shape))).collect()
    }

    /// A value that is right; an object without demands has its first member.
    fn right(&self, name: &str, shape: &Shape) -> Json {
        match &shape.kind {
            Kind::Boolean => json!(true),
            Kind::Currency => json!("usd"),
            Kind::DateTime => json!("2030-01-01T00:00:00Z"),
            Kind::Decimal => json!("1.5"),
            Kind::Enum(values) => json!(values[0]),
            Kind::Id(objects) => json!(self.ids.get(&objects[0]).map_or("example", String::as_str)),
            Kind::Integer => json!(NumberRange::of(name).and_then(|range| range.most).unwrap_or(100)),
            Kind::List(item) | Kind::Set(item) => json!([self.right("", item)]),
            Kind::Map(value) => json!({"usd": self.right("", value)}),
            Kind::Number => json!(1.5),
            Kind::Object(members) => {
                let mut all = self.demanded(members, "");
                if let Some(first) = members.first().filter(|_| all.is_empty()) {
                    all.insert(first.name.clone(), self.right(&first.name, &first.shape));
                }
                Json::Object(all)
            }
            Kind::Range | Kind::Time => json!(1_900_000_000),
            Kind::Union(shapes) => self.right(name, &shapes[0]),
            Kind::Any | Kind::File | Kind::Page(_) | Kind::Text { .. } | Kind::Whole(_) => match name {
                "country" => json!("US"),
                name if name.ends_with("url") => json!("https://example.com/here"),
                _ => json!("example"),
            },
        }
    }
}
