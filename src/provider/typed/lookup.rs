//! The attributes that an object can be found by, and the schema of the data source that finds it.

use serde_json::Value as Json;

use crate::catalog::{Entity, Kind, Operation, OperationKind};
use crate::provider::connection_settings::connection_attribute;
use crate::provider::payload::to_json;
use crate::provider::typed::schema::described;
use crate::provider::typed::sentences::about;
use crate::provider::typed::surface::{Slot, SlotSyntax, Surface};
use crate::terraform::schema::{Attribute, Block, Presence, Schema};
use crate::terraform::value::{Type, Value};

/// One attribute by which an object can be found.
#[derive(Debug, Clone)]
pub(super) struct Lookup {
    pub(super) slot: Slot,
}

/// Returns the attributes by which an object can be found: single values that a configuration may set.
pub(super) fn lookups(surface: &Surface) -> Vec<Lookup> {
    let parents = surface.entity.parents();
    let single =
        |slot: &&Slot| matches!(slot.form, SlotSyntax::Attribute(Type::Bool | Type::Number | Type::String));
    let named = surface.arguments().filter(single).filter(|slot| {
        slot.answered && !slot.sensitive && slot.name != "id" && !parents.contains(&slot.member.as_str())
    });
    // An object that can only be listed is found in the list by its id.
    let by_id = || surface.slots.iter().filter(|slot| slot.name == "id");
    let listed = surface.entity.operation(OperationKind::Get).is_none();
    let listed = listed.then(by_id).into_iter().flatten();
    named.chain(listed).map(|slot| Lookup { slot: slot.clone() }).collect()
}

impl Lookup {
    /// Returns whether its value may identify an object: a text that is not one of a few choices.
    pub(super) fn may_name_one(&self, entity: &Entity) -> bool {
        let kind = entity.field_at(&self.slot.member).map(|shape| &shape.kind);
        matches!(kind, Some(Kind::Text { .. }))
    }

    /// Returns its value in a configuration.
    pub(super) fn value(&self, config: &Value) -> Option<Json> {
        let value = config.get(&self.slot.name);
        if value.is_null() { None } else { to_json(value, &mut Vec::new(), &mut Vec::new()) }
    }

    /// Parses a value that was written as text.
    pub(super) fn parsed(&self, text: &str) -> Json {
        match self.slot.form {
            SlotSyntax::Attribute(Type::Bool | Type::Number) => text.parse().unwrap_or_else(|_| text.into()),
            _ => text.into(),
        }
    }

    /// Returns the param by which Stripe lists the objects with this value: one with the same name, or its
    /// plural.
    pub(super) fn param(&self, list: &Operation, value: &Json) -> Option<(String, Json)> {
        let member = &self.slot.member;
        if list.param(member).is_some_and(|shape| shape.kind != Kind::Range) {
            return Some((member.clone(), value.clone()));
        }
        let plural = format!("{member}s");
        list.param(&plural).filter(|shape| shape.item().is_some())?;
        Some((plural, Json::Array(vec![value.clone()])))
    }

    /// Returns the equivalent condition of a filter clause.
    pub(super) fn clause(&self, value: &Json) -> String {
        let value = match value {
            Json::String(text) => format!("'{}'", text.replace('\'', "''")),
            other => other.to_string(),
        };
        format!("{} = {value}", self.slot.member)
    }
}

/// The schema of the data source for one object: the resource's attributes, all of them computed; those
/// that identify an object may be set.
pub(super) fn schema(surface: &Surface) -> Schema {
    let parents = surface.entity.parents();
    let found_by: Vec<String> = lookups(surface).into_iter().map(|it| it.slot.name).collect();
    let shown = surface.slots.iter().filter(|slot| slot.answered || parents.contains(&slot.member.as_str()));
    let mut attributes: Vec<Attribute> = shown
        .map(|slot| {
            let presence = match slot.name.as_str() {
                name if parents.contains(&name) => Presence::Required,
                "id" if surface.entity.has_own_id() => Presence::OptionalComputed,
                name if found_by.iter().any(|it| it == name) => Presence::OptionalComputed,
                _ => Presence::Computed,
            };
            let description = described(surface.entity, &slot.member, slot);
            let attribute = Attribute::new(slot.name.clone(), slot.shown_type(), presence, description);
            if slot.sensitive { attribute.sensitive() } else { attribute }
        })
        .collect();
    attributes.push(connection_attribute());
    attributes.sort_by(|a, b| a.name.cmp(&b.name));
    let description =
        format!("{} It is found by its id or by attributes that identify it.", about(surface.entity));
    Schema { version: 0, block: Block::new(description, attributes) }
}

impl Slot {
    /// Returns the type in which a data source shows it: a nested block is a list of objects.
    pub(super) fn shown_type(&self) -> Type {
        match &self.form {
            SlotSyntax::Attribute(ty) => ty.clone(),
            SlotSyntax::Block(_, members) => {
                Type::list(Type::object(members.iter().map(|slot| (slot.name.clone(), slot.shown_type()))))
            }
        }
    }
}
