//! Sample values of every shape of the catalog, and every param by its path.

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, Kind, Member, OperationKind, Shape, catalog};

/// One param of an object, at any depth below objects.
pub struct Place<'m> {
    /// The members on the way, the param itself last.
    pub path: Vec<&'m Member>,
}

impl Place<'_> {
    pub fn shape(&self) -> &Shape {
        &self.path.last().unwrap().shape
    }

    pub fn names(&self) -> Vec<String> {
        self.path.iter().map(|member| member.name.clone()).collect()
    }

    pub fn dotted(&self) -> String {
        self.names().join(".")
    }

    /// Params with this value in its place and, on the way, what Stripe requires; without a value
    /// the same params without it.
    pub fn params(&self, value: Option<&Json>) -> Map<String, Json> {
        inside(&self.path, value)
    }
}

fn inside(path: &[&Member], value: Option<&Json>) -> Map<String, Json> {
    let (member, rest) = path.split_first().unwrap();
    let mut params = Map::new();
    if rest.is_empty() {
        params.extend(value.map(|value| (member.name.clone(), value.clone())));
    } else {
        let mut object = required(member.shape.members().unwrap());
        object.shift_remove(&rest[0].name);
        object.extend(inside(rest, value));
        params.insert(member.name.clone(), Json::Object(object));
    }
    params
}

/// What of an answer or of params stands at a path.
pub fn at<'a>(params: &'a Map<String, Json>, path: &[String]) -> Option<&'a Json> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(params.get(first)?, |value, name| value.get(name))
}

/// Every entity type with an update.
pub fn updatable() -> impl Iterator<Item = (&'static Entity, &'static [Member])> {
    let all = catalog().entities().filter_map(|name| catalog().entity(name));
    all.filter_map(|entity| Some((entity, entity.operation(OperationKind::Update)?.params.as_slice())))
}

/// Every param below these members.
pub fn places(members: &[Member]) -> Vec<Place<'_>> {
    let mut found = Vec::new();
    walk(members, &mut Vec::new(), &mut found);
    found
}

fn walk<'m>(members: &'m [Member], path: &mut Vec<&'m Member>, found: &mut Vec<Place<'m>>) {
    for member in members {
        path.push(member);
        found.push(Place { path: path.clone() });
        if let Kind::Object(inner) = &member.shape.kind {
            walk(inner, path, found);
        }
        path.pop();
    }
}

/// What Stripe requires of an object.
pub fn required(members: &[Member]) -> Map<String, Json> {
    let members = members.iter().filter(|member| member.shape.is_required());
    members.map(|member| (member.name.clone(), sample(&member.shape, "a"))).collect()
}

/// A value of a shape as it is sent; `mark` tells one sample from another.
pub fn sample(shape: &Shape, mark: &str) -> Json {
    let second = mark != "a";
    match &shape.kind {
        Kind::Enum(values) => json!(values[usize::from(second) % values.len()]),
        Kind::Currency => json!(if second { "eur" } else { "usd" }),
        Kind::Id(_) | Kind::Text { .. } | Kind::Any => json!(mark),
        Kind::Integer => json!(if second { 7 } else { 5 }),
        Kind::Decimal | Kind::Number => json!(if second { "7.5" } else { "5.5" }),
        Kind::Boolean => json!(!second),
        Kind::Time | Kind::Range => json!(if second { 1_893_542_400 } else { 1_893_456_000 }),
        Kind::DateTime => json!(if second { "2030-01-02T00:00:00Z" } else { "2030-01-01T00:00:00Z" }),
        Kind::Object(members) => {
            let first = members.first().map(|member| (member.name.clone(), sample(&member.shape, mark)));
            let mut object = required(members);
            object.extend(first);
            Json::Object(object)
        }
        Kind::List(item) | Kind::Set(item) => json!([sample(item, mark)]),
        Kind::Map(value) => json!({ mark: sample(value, mark) }),
        Kind::Union(shapes) => sample(shapes.last().unwrap(), mark),
        Kind::File => json!("aGVsbG8="),
        Kind::Page(object) => json!({"object": "list", "data": [{"id": mark, "object": object}]}),
        Kind::Whole(object) => json!({"id": mark, "object": object}),
    }
}

/// An answer with every field of an object in it.
pub fn answer(entity: &Entity) -> Json {
    let fields = entity.fields.iter().map(|field| (field.name.clone(), whole(&field.shape)));
    Json::Object(fields.collect())
}

fn whole(shape: &Shape) -> Json {
    match &shape.kind {
        Kind::Object(members) => {
            members.iter().map(|member| (member.name.clone(), whole(&member.shape))).collect()
        }
        Kind::List(item) | Kind::Set(item) => json!([whole(item)]),
        Kind::Map(value) => json!({ "a": whole(value) }),
        _ => sample(shape, "a"),
    }
}
