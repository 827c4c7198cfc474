//! Decides which lists are sets: those of known values, those whose items have ids, and those that a rule
//! names. Stripe returns a set in an order of its own.

use super::model::Entity;
use super::operation::OperationKind;
use super::rules::EntityRule;
use super::shape::{Kind, Member, Shape};

/// Turns lists into sets; returns rules that name no list or change nothing, as sentences.
pub fn mark_sets(entity: &mut Entity, rule: &EntityRule) -> Vec<String> {
    let mut marker = Marker { rule, used: Vec::new() };
    let written = |kind| matches!(kind, OperationKind::Create | OperationKind::Update);
    let operations = entity.operations.iter_mut().filter(|operation| written(operation.kind));
    for members in operations.map(|operation| &mut operation.params).chain([&mut entity.fields]) {
        marker.members(members, "");
    }
    let named = rule.sets.iter().chain(&rule.ordered);
    let idle = named.filter(|path| !marker.used.contains(*path));
    idle.map(|path| format!("{path:?} is no list, or is one of that order by itself")).collect()
}

struct Marker<'r> {
    rule: &'r EntityRule,
    /// The paths of rules that have changed something.
    used: Vec<String>,
}

impl Marker<'_> {
    fn members(&mut self, members: &mut [Member], place: &str) {
        for member in members {
            let path =
                if place.is_empty() { member.name.clone() } else { format!("{place}.{}", member.name) };
            self.shape(&mut member.shape, &path);
        }
    }

    fn shape(&mut self, shape: &mut Shape, path: &str) {
        match &mut shape.kind {
            Kind::List(item) => {
                self.shape(item, path);
                // Items that are identified by ids have no order.
                let by_itself = matches!(item.kind, Kind::Enum(_)) || self.rule.items.contains_key(path);
                let is_set = self.is_set(by_itself, path);
                let item = item.clone();
                if is_set {
                    shape.kind = Kind::Set(item);
                }
            }
            Kind::Object(members) => self.members(members, path),
            Kind::Union(shapes) => shapes.iter_mut().for_each(|shape| self.shape(shape, path)),
            _ => {}
        }
    }

    /// Returns whether a list is a set, by itself or by a rule.
    fn is_set(&mut self, by_itself: bool, path: &str) -> bool {
        let exceptions = if by_itself { &self.rule.ordered } else { &self.rule.sets };
        let excepted = exceptions.iter().any(|named| named == path);
        if excepted {
            self.used.push(path.to_owned());
        }
        by_itself != excepted
    }
}
