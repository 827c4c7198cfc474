//! Sample params that violate each constraint, for tests.

use serde_json::{Map, Value as Json, json};

use super::{Condition, Constraints, constraints};
use crate::catalog::{Entity, Kind, Shape, at, catalog};

/// The params of a create that one constraint refuses.
pub(crate) struct Sample {
    pub(crate) entity: &'static Entity,
    pub(crate) params: Map<String, Json>,
    /// The param that the refusal names.
    pub(crate) param: String,
    /// The params without which the sample would not violate the constraint.
    pub(crate) needs: Vec<String>,
}

/// Returns a sample for each constraint of the table.
pub(crate) fn samples() -> Vec<Sample> {
    let of_creates =
        constraints().iter().filter(|(name, _)| !name.ends_with(".List") && !name.ends_with(".Update"));
    of_creates.flat_map(|(name, table)| samples_of(name, table)).collect()
}

fn samples_of(name: &str, table: &Constraints) -> Vec<Sample> {
    let key = name.strip_suffix(".Create").unwrap_or(name);
    let name = catalog().summaries().find(|it| it.key == key).unwrap().name;
    let entity = catalog().entity(name).unwrap();
    let least = table.least.iter().map(|(path, least)| (path, json!(least - 1)));
    let most = table.most.iter().map(|(path, most)| (path, json!(most + 1.0)));
    let longest = table.longest.iter().map(|(path, most)| (path, json!("x".repeat(most + 1))));
    let items = table.items.iter().map(|(path, most)| {
        let item = sample(shape(entity, path).item().unwrap());
        (path, json!(vec![item; most + 1]))
    });
    let addresses = table.urls.iter().chain(&table.emails).map(|path| (path, json!("example")));
    let single = least.chain(most).chain(longest).chain(items).chain(addresses);
    let single = single.map(|(path, value)| Sample::new(entity, vec![(path.clone(), value)], path, &[]));
    let pairs = table.exclusive.iter().map(|(first, second)| {
        let both = [first, second].map(|path| (path.clone(), sample(shape(entity, path))));
        Sample::new(entity, both.to_vec(), first, &[])
    });
    let steps = table.steps.iter().map(|(list, member)| {
        let item = sample(shape(entity, list).item().unwrap());
        Sample::new(entity, vec![(list.clone(), json!([item, item]))], &format!("{list}.1.{member}"), &[])
    });
    single.chain(pairs).chain(steps).chain(table.rules.iter().map(|rule| of_rule(entity, rule))).collect()
}

fn of_rule(entity: &'static Entity, rule: &Condition) -> Sample {
    let mut set: Vec<(String, Json)> = Vec::new();
    let other = rule.unless.iter().filter(|(_, value)| **value == "").map(|(path, _)| path);
    for path in rule.given.iter().take(1).chain(other) {
        set.push((path.clone(), sample(shape(entity, path))));
    }
    for (path, values) in &rule.when {
        let value = values.as_array().map_or(values, |several| several.last().unwrap());
        set.push((path.clone(), value.clone()));
    }
    set.extend(rule.above.iter().map(|(path, most)| (path.clone(), json!(most + 1.0))));
    set.extend(rule.past.iter().map(|path| (path.clone(), json!(1_000_000))));
    let found = Sample::new(entity, set, "", &rule.lacks);
    Sample { param: rule.about(&found.params).to_owned(), ..found }
}

impl Sample {
    fn new(entity: &'static Entity, set: Vec<(String, Json)>, param: &str, lacks: &[String]) -> Self {
        let needs = set.iter().map(|(path, _)| path).chain(lacks).cloned().collect();
        let mut params = Map::new();
        for (path, value) in set {
            put(&mut params, &path, value);
        }
        Self { entity, params, param: param.to_owned(), needs }
    }
}

fn put(params: &mut Map<String, Json>, path: &str, value: Json) {
    match path.split_once('.') {
        None => drop(params.insert(path.to_owned(), value)),
        Some((name, rest)) => {
            let inner = params.entry(name).or_insert_with(|| json!({}));
            put(inner.as_object_mut().unwrap(), rest, value);
        }
    }
}

fn shape<'e>(entity: &'e Entity, path: &str) -> &'e Shape {
    at(entity.create_params(), path).unwrap_or_else(|| panic!("{} has no {path}", entity.key))
}

fn sample(shape: &Shape) -> Json {
    match &shape.kind {
        Kind::Boolean => json!(true),
        Kind::Currency => json!("usd"),
        Kind::Enum(values) => json!(values.first().unwrap()),
        Kind::Integer | Kind::Decimal | Kind::Number => json!(1),
        Kind::List(item) | Kind::Set(item) => json!([sample(item)]),
        Kind::Map(value) => json!({"usd": sample(value)}),
        Kind::Object(members) => {
            let required = members.iter().filter(|member| member.shape.is_required());
            let first = members.first().filter(|_| members.iter().all(|it| !it.shape.is_required()));
            let all = required.chain(first).map(|member| (member.name.clone(), sample(&member.shape)));
            Json::Object(all.collect())
        }
        Kind::Time => json!(1_900_000_000),
        Kind::Union(shapes) => sample(shapes.last().unwrap()),
        // An address of both kinds.
        _ => json!("mailto:x@example.com"),
    }
}
