//! Params against the catalog: what is unknown, missing or of the wrong kind is refused
//! with the param in form spelling; what is right comes out typed.

use serde_json::{Map, Value as Json};

use crate::catalog::{Clearing, Kind, Member, Presence, Shape, find};

use super::currency;
pub(super) use super::fields::child;

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

fn value(shape: &Shape, node: &Node, path: &str) -> Outcome<Json> {
    if let Some(emptied) = emptied(node) {
        return if clears(shape, &emptied) { Ok(emptied) } else { Err(not_unsettable(path, &emptied)) };
    }
    match (&shape.kind, node) {
        (Kind::Union(shapes), node) => union(shapes, node, path),
        (kind, Node::Typed(given)) => scalar::typed(kind, given, path),
        (Kind::Object(known), Node::Branches(given)) => Ok(Json::Object(object(known, given, path)?)),
        (Kind::Map(inner), Node::Branches(given)) => map(inner, given, path),
        (Kind::List(inner) | Kind::Set(inner), Node::List(items)) => list(inner, items.iter(), path),
        (Kind::List(inner) | Kind::Set(inner), Node::Branches(numbered)) => {
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
        (Kind::List(_) | Kind::Set(_), _) => Err(wrong_shape("array", path)),
        (kind, Node::Text(text)) => scalar::read(kind, text, path),
        (_, _) => Err(wrong_shape("string", path)),
    }
}

/// What unsets a param: the empty text in version 1 of the API, null in version 2.
fn emptied(node: &Node) -> Option<Json> {
    match node {
        Node::Text(text) if text.is_empty() => Some(Json::from("")),
        Node::Typed(Json::Null) => Some(Json::Null),
        _ => None,
    }
}

fn clears(shape: &Shape, emptied: &Json) -> bool {
    match (shape.clearing, &shape.kind) {
        (Clearing::Empty, _) => emptied.is_string(),
        (Clearing::Null, _) => emptied.is_null(),
        (Clearing::Never, Kind::Union(shapes)) => shapes.iter().any(|shape| clears(shape, emptied)),
        (Clearing::Never, _) => false,
    }
}

/// The refusal of an emptied param that always has a value.
pub(super) fn not_unsettable(path: &str, emptied: &Json) -> Failure {
    let given = if emptied.is_null() { "null" } else { "an empty string" };
    let message = format!(
        "You passed {given} for '{path}'. We assume empty values are an attempt to unset a parameter; \
         however '{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty value."
    );
    Failure::invalid(message).code("parameter_invalid_empty").param(path)
}

/// A file: its name and its content.
fn upload(file: &[(String, Node)]) -> Map<String, Json> {
    let text = |node: &Node| if let Node::Text(text) = node { Json::from(text.as_str()) } else { Json::Null };
    file.iter().map(|(name, node)| (name.clone(), text(node))).collect()
}

fn wrong_shape(wanted: &str, path: &str) -> Failure {
    Failure::invalid(format!("Invalid {wanted}")).param(path)
}

/// The first shape that takes the value; what the last one says of it where none does. Of
/// several objects only the one that is meant is tried.
fn union(shapes: &[Shape], node: &Node, path: &str) -> Outcome<Json> {
    if let Node::Branches(given) = node
        && let Some(meant) = meant(shapes, given)
    {
        return value(meant, node, path);
    }
    let mut refusal = wrong_shape("string", path);
    for shape in shapes {
        match value(shape, node, path) {
            Ok(found) => return Ok(found),
            Err(failure) => refusal = failure,
        }
    }
    Err(refusal)
}

/// The object among several shapes that the given members fit best.
fn meant<'s>(shapes: &'s [Shape], given: &[(String, Node)]) -> Option<&'s Shape> {
    let objects = shapes.iter().filter(|shape| matches!(shape.kind, Kind::Object(_)));
    objects.min_by_key(|shape| {
        let members = shape.members().unwrap_or_default();
        let strange = given.iter().filter(|(name, _)| find(members, name).is_none()).count();
        let other = given.iter().filter(|(name, node)| {
            let values = find(members, name).map_or(&[][..], |member| member.shape.values());
            matches!(node, Node::Text(text) if !values.is_empty() && !values.contains(text))
        });
        strange + other.count()
    })
}

/// More entries than a list of any param has.
const ENTRIES: usize = 1000;

fn list<'a>(inner: &Shape, items: impl ExactSizeIterator<Item = &'a Node>, path: &str) -> Outcome<Json> {
    if items.len() > ENTRIES {
        let message = format!("Array {path} exceeded maximum {ENTRIES} allowed elements.");
        return Err(Failure::invalid(message).param(path));
    }
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
    let own = path.trim_end_matches(']');
    let (is_metadata, by_currency) = (own.ends_with("metadata"), currency::are_keys(own));
    let mut typed = Map::new();
    for (name, node) in given {
        let at = child(path, name);
        let name = if by_currency { &currency::read(name, &at)? } else { name };
        // an emptied value takes its key out of the metadata
        let found = emptied(node).filter(|_| is_metadata).map_or_else(|| value(inner, node, &at), Ok)?;
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
