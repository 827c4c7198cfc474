//! One request for every param of every call, with a wrong value at that param and what Stripe
//! demands around it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, Kind, Member, Shape, catalog};

/// A request with one wrong value.
pub struct Row {
    pub method: &'static str,
    /// The path, `none` in the place of ids.
    pub path: String,
    pub params: Json,
    /// Where the wrong value is, as a refusal names it: `items[0][price]`.
    pub at: String,
    /// What the value is.
    pub value: Json,
    /// What should be there.
    pub shape: &'static Shape,
}

impl Row {
    /// Whether the params are sent as JSON.
    pub fn is_json(&self) -> bool {
        self.method == "POST" && self.path.starts_with("/v2/")
    }

    pub fn name(&self) -> String {
        format!("{} {} {} = {}", self.method, self.path, self.at, self.value)
    }
}

/// What is wrong at a shape: the values to try there. The flag tells that the call takes JSON.
pub type Wrong<'w> = &'w dyn Fn(&Shape, bool) -> Vec<Json>;

/// The rows of every operation and action.
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

/// Method, path and params of everything that can be asked of an entity type.
fn calls(entity: &'static Entity) -> impl Iterator<Item = (&'static str, &'static str, &'static [Member])> {
    let operations = entity.operations.iter().map(|one| (&one.method, &one.path, &one.params));
    let actions = entity.actions.iter().map(|one| (&one.method, &one.path, &one.params));
    operations
        .chain(actions)
        .map(|(method, path, params)| (method.as_str(), path.as_str(), params.as_slice()))
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
        let is_json = self.method == "POST" && self.path.starts_with("/v2/");
        for value in (self.wrong)(shape, is_json) {
            self.rows.push(Row {
                method: self.method,
                path: self.path.clone(),
                params: wrap(value.clone()),
                at: at.to_owned(),
                value,
                shape,
            });
        }
        self.inside(shape, at, wrap);
    }

    fn inside(&mut self, shape: &'static Shape, at: &str, wrap: Wrap<'_>) {
        match &shape.kind {
            Kind::Object(members) => self.members(members, at, wrap),
            Kind::List(item) | Kind::Set(item) => {
                self.node(item, &format!("{at}[0]"), &|value| wrap(json!([value])));
            }
            Kind::Map(value) => self.node(value, &format!("{at}[usd]"), &|value| wrap(json!({"usd": value}))),
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
            Kind::Integer => json!(100),
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
