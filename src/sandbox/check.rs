//! Params against the catalog: what is unknown, missing or of the wrong kind is refused
//! with the param in form spelling; what is right comes out typed.

use serde_json::{Map, Value as Json};

use crate::catalog::{Clearing, Kind, Member, Presence, Shape, find};

use super::error::{Failure, Outcome};
use super::form::Node;

mod scalar;

/// Checks the params of a call and types them; an empty text stays an empty text.
pub(super) fn params(known: &[Member], given: &[(String, Node)]) -> Outcome<Map<String, Json>> {
    object(known, given, "")
}

fn object(known: &[Member], given: &[(String, Node)], path: &str) -> Outcome<Map<String, Json>> {
    if let Some((name, _)) = given.iter().find(|(name, _)| known.iter().all(|param| param.name != *name)) {
        let param = child(path, name);
        let message = format!("Received unknown parameter: {param}");
        return Err(Failure::invalid(message).code("parameter_unknown").param(param));
    }
    if let Some(lacking) =
        known.iter().find(|one| one.shape.is_required() && given.iter().all(|(name, _)| *name != one.name))
    {
        return Err(missing(&child(path, &lacking.name)));
    }
    let mut typed = Map::new();
    for (name, node) in given {
        if let Some(param) = find(known, name) {
            typed.insert(name.clone(), value(&param.shape, node, &child(path, name))?);
        }
    }
    Ok(typed)
}

/// The refusal of a call that lacks a param.
pub(super) fn missing(param: &str) -> Failure {
    Failure::invalid(format!("Missing required param: {param}.")).code("parameter_missing").param(param)
}

/// `recurring` and `interval` are `recurring[interval]`.
fn child(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}[{name}]") }
}

fn value(shape: &Shape, node: &Node, path: &str) -> Outcome<Json> {
    let unsets = matches!(node, Node::Text(text) if text.is_empty());
    match (&shape.kind, node) {
        (_, Node::Typed(Json::Null)) => Ok(Json::Null),
        (Kind::Union(shapes), node @ Node::Typed(_)) => union(shapes, node, path),
        (kind, Node::Typed(given)) => scalar::typed(kind, given, path),
        (kind, _) if unsets && (shape.clearing == Clearing::Empty || holds_many(kind)) => Ok(Json::from("")),
        (Kind::Union(shapes), node) => union(shapes, node, path),
        (Kind::Object(known), Node::Branches(given)) => Ok(Json::Object(object(known, given, path)?)),
        (Kind::Map(inner), Node::Branches(given)) => map(inner, given, path),
        (Kind::List(inner), Node::List(items)) => list(inner, items.iter(), path),
        (Kind::List(inner), Node::Branches(numbered)) => {
            let mut items: Vec<(usize, &Node)> = Vec::new();
            for (name, node) in numbered {
                items.push((name.parse().map_err(|_| wrong_shape("array", path))?, node));
            }
            items.sort_by_key(|(at, _)| *at);
            list(inner, items.into_iter().map(|(_, node)| node), path)
        }
        (Kind::Range, Node::Branches(bounds)) => range(bounds, path),
        (Kind::File, Node::Branches(file)) => Ok(Json::Object(upload(file))),
        (Kind::File, _) => Err(wrong_shape("file", path)),
        (Kind::Object(_) | Kind::Map(_), _) => Err(wrong_shape("object", path)),
        (Kind::List(_), _) => Err(wrong_shape("array", path)),
        (kind, Node::Text(text)) => scalar::read(kind, text, path),
        (_, _) => Err(wrong_shape("string", path)),
    }
}

/// A file: its name and its content.
fn upload(file: &[(String, Node)]) -> Map<String, Json> {
    let text = |node: &Node| if let Node::Text(text) = node { Json::from(text.as_str()) } else { Json::Null };
    file.iter().map(|(name, node)| (name.clone(), text(node))).collect()
}

fn wrong_shape(wanted: &str, path: &str) -> Failure {
    let code = if wanted == "string" { "parameter_invalid_string" } else { "parameter_invalid" };
    Failure::invalid(format!("Invalid {wanted}")).code(code).param(path)
}

fn union(shapes: &[Shape], node: &Node, path: &str) -> Outcome<Json> {
    let mut refusal = None;
    for shape in shapes {
        match value(shape, node, path) {
            Ok(Json::String(text)) if text.is_empty() && !allows_empty(shape) => {}
            Ok(found) => return Ok(found),
            // the last kind tried that has the right shape explains best
            Err(failure) => refusal = Some(failure),
        }
    }
    if matches!(node, Node::Text(text) if text.is_empty()) {
        return Ok(Json::from(""));
    }
    Err(refusal.unwrap_or_else(|| wrong_shape("string", path)))
}

fn holds_many(kind: &Kind) -> bool {
    matches!(kind, Kind::List(_) | Kind::Map(_) | Kind::Object(_) | Kind::Set(_))
}

fn allows_empty(shape: &Shape) -> bool {
    shape.clearing == Clearing::Empty || (shape.is_text() && shape.values().is_empty())
}

fn list<'a>(inner: &Shape, items: impl Iterator<Item = &'a Node>, path: &str) -> Outcome<Json> {
    let typed = items.enumerate().map(|(at, node)| value(inner, node, &format!("{path}[{at}]")));
    Ok(Json::Array(typed.collect::<Outcome<_>>()?))
}

fn range(bounds: &[(String, Node)], path: &str) -> Outcome<Json> {
    let known: Vec<Member> = ["gt", "gte", "lt", "lte"]
        .map(|name| Member::new(name, Shape::new(Kind::Integer).with_presence(Presence::Optional)))
        .into();
    Ok(Json::Object(object(&known, bounds, path)?))
}

fn map(inner: &Shape, given: &[(String, Node)], path: &str) -> Outcome<Json> {
    let is_metadata = path == "metadata" || path.ends_with("[metadata]");
    let mut typed = Map::new();
    for (name, node) in given {
        let at = child(path, name);
        let found = match node {
            Node::Text(text) if text.is_empty() => Json::from(""),
            node => value(inner, node, &at)?,
        };
        if is_metadata {
            metadata_limits(name, &found, &at)?;
        }
        typed.insert(name.clone(), found);
    }
    Ok(Json::Object(typed))
}

/// Most keys an object's metadata may have.
pub(super) const METADATA_KEYS: usize = 50;

fn metadata_limits(name: &str, found: &Json, path: &str) -> Outcome<()> {
    if name.chars().count() > 40 {
        let message =
            format!("Metadata keys can have up to 40 characters. Your key has {}.", name.chars().count());
        return Err(Failure::invalid(message).param(path));
    }
    let length = found.as_str().map_or(0, |text| text.chars().count());
    if length > 500 {
        let message = format!(
            "Metadata values can have up to 500 characters, but you passed in a value that is {length} characters."
        );
        return Err(Failure::invalid(message).param(path));
    }
    Ok(())
}
