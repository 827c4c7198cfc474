//! Derives from the facts alone which params are ids and currencies, how a param is unset, and which
//! shapes are secret.
//!
//! In Stripe's description, a param that refers to an object is plain text. The field of the same name
//! tells which object it refers to, else an object of that name; if neither does, a rule in
//! `references.toml` must. Nor does the description say that the empty text unsets a text, because the
//! empty text is itself a text; an update unsets it if the field may be null.

use std::collections::BTreeMap;

use super::model::Entity;
use super::operation::{OperationKind, is_v2};
use super::references::References;
use super::secrets;
use super::shape::{Clearing, Kind, Member, Presence, Shape, find};
use super::spelling::singular;

/// The fields of each object, in Stripe's spelling.
type Objects = BTreeMap<String, Vec<Member>>;

/// Refines the shapes of every entity type; returns references to unknown objects, and rules that change
/// nothing, as sentences.
pub fn refine(entities: &mut [Entity], references: &References) -> Vec<String> {
    // Several entity types may return the same object; the one with its name knows all its fields.
    let (namesakes, others): (Vec<&Entity>, Vec<&Entity>) =
        entities.iter().partition(|entity| entity.key == entity.object);
    let by_object = others.into_iter().chain(namesakes);
    let objects: Objects = by_object.map(|entity| (entity.object.clone(), entity.fields.clone())).collect();
    let mut problems = Vec::new();
    for entity in entities.iter_mut() {
        let refiner = Refiner { objects: &objects, references, key: &entity.key, unset_by_empty: false };
        for operation in &mut entity.operations {
            let updates = operation.kind == OperationKind::Update;
            let by_null = updates && is_v2(&operation.path);
            let refiner = Refiner { unset_by_empty: updates && !by_null, ..refiner };
            refiner.params(&[], &mut operation.params, &entity.fields);
            if by_null {
                unset_by_null(&mut operation.params);
            }
        }
        for action in &mut entity.actions {
            let fields = objects.get(&action.returns).unwrap_or(&entity.fields);
            refiner.params(&[], &mut action.params, fields);
        }
        mark_currencies(&mut entity.fields);
        problems.extend(secrets::mark(entity));
    }
    let lost = references.problems(|object| objects.contains_key(object));
    problems.extend(lost.into_iter().map(|what| format!("references.toml: {what}")));
    problems
}

#[derive(Clone, Copy)]
struct Refiner<'o> {
    objects: &'o Objects,
    references: &'o References,
    /// The key of the entity type being refined.
    key: &'o str,
    /// Whether the empty text unsets a text whose field may be null: in updates of version 1.
    unset_by_empty: bool,
}

impl Refiner<'_> {
    /// Refines the params below a path, using the fields that show their values.
    fn params(&self, path: &[&str], params: &mut [Member], fields: &[Member]) {
        for param in params {
            let field = find(fields, &param.name).map(|field| &field.shape);
            self.param(&[path, &[param.name.as_str()]].concat(), &param.name, &mut param.shape, field);
            let nullable = field.is_some_and(|field| field.presence == Presence::Nullable);
            if self.unset_by_empty && nullable && matches!(param.shape.kind, Kind::Text { .. }) {
                param.shape.clearing = Clearing::Empty;
            }
        }
    }

    fn param(&self, path: &[&str], name: &str, param: &mut Shape, field: Option<&Shape>) {
        match &mut param.kind {
            Kind::Text { .. } if is_currency(name) => param.kind = Kind::Currency,
            Kind::Text { .. } => {
                let found = self.referenced(name, field).map_or_else(|| param.kind.clone(), Kind::Id);
                param.kind = self.references.correct(self.key, path, found, &param.kind);
            }
            Kind::Object(members) => self.params(path, members, self.fields_of(field)),
            Kind::List(item) | Kind::Set(item) => {
                let inner = field.and_then(|field| field.item().or(Some(field)));
                self.param(path, &singular(name), item, inner);
            }
            Kind::Map(value) => self.param(path, "", value, field.and_then(Shape::map_value)),
            Kind::Union(shapes) => {
                merge_objects(shapes);
                for shape in shapes {
                    self.param(path, name, shape, field);
                }
            }
            _ => {}
        }
    }

    /// Returns the objects that a text refers to: those of the field of its name, else the object of its
    /// name.
    fn referenced(&self, name: &str, field: Option<&Shape>) -> Option<Vec<String>> {
        match field.map(|field| &field.kind) {
            Some(Kind::Id(objects)) => Some(objects.clone()),
            Some(Kind::Whole(object)) if self.has_id(object) => Some(vec![object.clone()]),
            Some(_) => None,
            None => self.has_id(name).then(|| vec![name.to_owned()]),
        }
    }

    fn has_id(&self, object: &str) -> bool {
        self.objects.get(object).is_some_and(|fields| find(fields, "id").is_some())
    }

    /// Returns the fields of the object that a field contains, refers to, or has a page of.
    fn fields_of<'f>(&'f self, field: Option<&'f Shape>) -> &'f [Member] {
        let Some(field) = field else { return &[] };
        let there = || self.objects.get(field.objects().first()?).map(Vec::as_slice);
        field.members().or_else(there).unwrap_or_default()
    }
}

/// Merges the different objects that one param accepts (a card, a token, a bank account) into one with the
/// members of all, so that a lookup finds each member. Only Stripe knows which members go together.
fn merge_objects(shapes: &mut Vec<Shape>) {
    let Some(at) = shapes.iter().position(is_object) else { return };
    let others: Vec<Shape> = shapes.extract_if(at + 1.., |shape| is_object(shape)).collect();
    let Some(Kind::Object(merged)) = shapes.get_mut(at).map(|shape| &mut shape.kind) else { return };
    for other in others {
        let Kind::Object(members) = other.kind else { continue };
        merge_members(merged, members);
    }
}

fn is_object(shape: &Shape) -> bool {
    matches!(shape.kind, Kind::Object(_))
}

/// Merges members: one is required only if every object requires it, and the values of enums are combined.
fn merge_members(merged: &mut Vec<Member>, more: Vec<Member>) {
    for member in merged.iter_mut().filter(|member| find(&more, &member.name).is_none()) {
        member.shape.presence = Presence::Optional;
    }
    for mut member in more {
        let Some(there) = merged.iter_mut().find(|there| there.name == member.name) else {
            member.shape.presence = Presence::Optional;
            merged.push(member);
            continue;
        };
        if let (Kind::Enum(values), Kind::Enum(added)) = (&mut there.shape.kind, member.shape.kind) {
            values.extend(added.into_iter().filter(|value| !values.contains(value)).collect::<Vec<_>>());
        }
        if member.shape.presence != Presence::Required {
            there.shape.presence = Presence::Optional;
        }
    }
    merged.sort_by(|a, b| a.name.cmp(&b.name));
}

fn is_currency(name: &str) -> bool {
    name == "currency" || name.ends_with("_currency")
}

fn mark_currencies(fields: &mut [Member]) {
    for field in fields {
        match &mut field.shape.kind {
            Kind::Text { .. } if is_currency(&field.name) => field.shape.kind = Kind::Currency,
            _ => mark_currencies_inside(&mut field.shape),
        }
    }
}

fn mark_currencies_inside(shape: &mut Shape) {
    match &mut shape.kind {
        Kind::Object(members) => mark_currencies(members),
        Kind::List(item) | Kind::Set(item) | Kind::Map(item) => mark_currencies_inside(item),
        Kind::Union(shapes) => shapes.iter_mut().for_each(mark_currencies_inside),
        _ => {}
    }
}

/// Everything that an update of version 2 accepts and does not require is unset by null.
fn unset_by_null(params: &mut [Member]) {
    for param in params.iter_mut() {
        if param.shape.presence == Presence::Optional {
            param.shape.clearing = Clearing::Null;
        }
        match &mut param.shape.kind {
            Kind::Object(members) => unset_by_null(members),
            Kind::Map(value) => value.clearing = Clearing::Null,
            _ => {}
        }
    }
}
