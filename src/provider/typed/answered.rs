//! Turns Stripe's response into the values of the state.

use serde_json::{Map, Value as Json};

use crate::connector::{elements, items_of, placed, reference};
use crate::provider::metadata_rules::METADATA;
use crate::provider::payload::natural;
use crate::provider::typed::arguments::{dynamic, typed};
use crate::provider::typed::config_params::keeps_metadata;
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::surface::{KEY, Repeats, Slot, SlotSyntax, Surface, has_key};
use crate::terraform::schema::Presence;
use crate::terraform::value::{Type, Value};

/// The attribute that shows the whole response inside arguments.
pub(super) const OUTPUT: &str = "output";
/// The attribute that shows all metadata, including the provider block's.
pub(super) const METADATA_ALL: &str = "metadata_all";

/// Returns all metadata of a response.
pub(super) fn shown_metadata(body: &Json) -> Value {
    typed(&Type::map(Type::String), body.get(METADATA).unwrap_or(&Json::Null))
}

impl Surface {
    /// Returns the state after Stripe's response: the known planned values, and otherwise the response's.
    pub(super) fn answered(&self, planned: &Value, private_state: &TypedPrivateData, locator: &str) -> Value {
        self.answered_with(&self.shown_body(&private_state.body), planned, private_state, locator)
    }

    /// The same for the shown part of the response.
    pub(super) fn answered_with(
        &self,
        shown: &Json,
        planned: &Value,
        private_state: &TypedPrivateData,
        locator: &str,
    ) -> Value {
        let mut state = planned.clone();
        for slot in &self.slots {
            let mut field = self.field(slot, locator, shown);
            if let Some(keys) = field.as_object_mut().filter(|_| slot.member == METADATA) {
                keys.retain(|key, _| !private_state.default_metadata.contains_key(key));
            }
            let planned = planned.get(&slot.name);
            let is_written = private_state.params.contains_key(&slot.member);
            let value = if is_written { slot.filled(planned, &field) } else { slot.settled(planned, &field) };
            state.set(&slot.name, value);
        }
        if self.has_output() {
            state.set(OUTPUT, settle(planned.get(OUTPUT), &self.output(shown)));
        }
        if keeps_metadata(self.entity) {
            state.set(METADATA_ALL, settle(planned.get(METADATA_ALL), &shown_metadata(shown)));
        }
        state
    }

    /// Returns Stripe's value for a slot; a placeholder of the path is taken from the locator.
    fn field(&self, slot: &Slot, locator: &str, body: &Json) -> Json {
        let answered = body.get(&slot.member).filter(|field| !field.is_null());
        let place = || {
            let is_only_one = slot.member == "id" && self.entity.parents().is_empty();
            let mut ids = placed(self.entity, locator).into_iter();
            let placed = ids.find(|(name, _)| *name == slot.member).map(|(_, id)| Json::from(id));
            placed.or_else(|| is_only_one.then(|| Json::from(locator)))
        };
        answered.cloned().or_else(place).unwrap_or_default()
    }

    /// Returns Stripe's values inside the arguments that are objects, at the same path.
    pub(super) fn output(&self, body: &Json) -> Value {
        let inside = self.outputs().map(|slot| (&slot.member, body.get(&slot.member).unwrap_or(&Json::Null)));
        let shown: Map<String, Json> =
            inside.map(|(name, json)| (name.clone(), items_of(json).clone())).collect();
        dynamic(natural(&Json::Object(shown)))
    }
}

impl Slot {
    /// Returns the value of an unwritten slot: the planned value if it is known, else the response's.
    fn settled(&self, planned: &Value, field: &Json) -> Value {
        match &self.form {
            SlotSyntax::Block(..) => self.nothing(),
            SlotSyntax::Attribute(_) if self.presence == Presence::Optional => Value::Null,
            SlotSyntax::Attribute(ty) => settle(planned, &of_field(ty, field)),
        }
    }

    /// Returns the whole response as the value of a slot, including blocks.
    pub(super) fn answer(&self, field: &Json) -> Value {
        match &self.form {
            SlotSyntax::Attribute(ty) => of_field(ty, field),
            SlotSyntax::Block(repeats, members) => Value::List(match (repeats, field) {
                (Repeats::Keyed, Json::Object(entries)) => {
                    entries.iter().map(|(key, entry)| block(members, entry, Some(key))).collect()
                }
                (Repeats::List, field) => elements(field)
                    .unwrap_or_default()
                    .iter()
                    .map(|item| block(members, item, None))
                    .collect(),
                (_, Json::Object(_)) => vec![block(members, field, None)],
                _ => Vec::new(),
            }),
        }
    }

    /// Returns the written value, with the unknown members of its blocks filled in from the response.
    fn filled(&self, planned: &Value, field: &Json) -> Value {
        let SlotSyntax::Block(repeats, members) = &self.form else {
            return if planned.is_unknown() { self.settled(planned, field) } else { planned.clone() };
        };
        let blocks = planned.items().iter().enumerate().map(|(at, block)| {
            let field = match repeats {
                Repeats::Once => Some(field),
                Repeats::List => elements(field).and_then(|items| items.get(at)),
                Repeats::Keyed => {
                    let mut entries = field.as_object().into_iter().flatten();
                    entries.find(|(key, _)| has_key(block, key)).map(|(_, entry)| entry)
                }
            };
            let answered =
                |slot: &Slot| field.and_then(|field| field.get(&slot.member)).unwrap_or(&Json::Null);
            let filled = members
                .iter()
                .map(|slot| (slot.name.clone(), slot.filled_member(block.get(&slot.name), answered(slot))));
            Value::map(filled)
        });
        Value::List(blocks.collect())
    }

    fn filled_member(&self, planned: &Value, field: &Json) -> Value {
        match &self.form {
            SlotSyntax::Block(..) => self.filled(planned, field),
            SlotSyntax::Attribute(ty) if planned.is_unknown() => of_field(ty, field),
            SlotSyntax::Attribute(_) => planned.clone(),
        }
    }
}

/// Returns one block from Stripe's response.
fn block(members: &[Slot], field: &Json, key: Option<&String>) -> Value {
    Value::map(members.iter().map(|slot| {
        let value = match key.filter(|_| slot.name == KEY) {
            Some(key) => key.as_str().into(),
            None => slot.answer(field.get(&slot.member).unwrap_or(&Json::Null)),
        };
        (slot.name.clone(), value)
    }))
}

/// Converts a field to a value of that type.
fn of_field(ty: &Type, field: &Json) -> Value {
    match ty {
        Type::Dynamic => dynamic_or_null(items_of(field)),
        Type::List(_) => list_of(ty, field),
        ty => typed(ty, field),
    }
}

/// Returns a list of ids, even if Stripe returns whole objects or a page of them.
fn list_of(ty: &Type, field: &Json) -> Value {
    let items = elements(field).map(|items| items.iter().map(|it| reference(it).clone()).collect());
    items.map_or(Value::Null, |items| typed(ty, &Json::Array(items)))
}

fn dynamic_or_null(json: &Json) -> Value {
    if json.is_null() { Value::Null } else { dynamic(natural(json)) }
}

/// Returns the planned value if it is known, else the response's.
fn settle(planned: &Value, answered: &Value) -> Value {
    match (planned, answered) {
        (planned, answered) if planned.is_unknown() => answered.clone(),
        (Value::Dynamic(planned), Value::Dynamic(answered)) => match (&planned.1, &answered.1) {
            (Value::Map(members), Value::Map(_)) => {
                let settled = members.iter().map(|(name, value)| {
                    let ty = |inner: &(Type, Value)| match &inner.0 {
                        Type::Object(types) => types.get(name.as_str()).cloned(),
                        _ => None,
                    };
                    let (ty, value) = if value.is_unknown() {
                        (ty(answered), answered.1.get(name).clone())
                    } else {
                        (ty(planned), value.clone())
                    };
                    (name.clone(), ty.unwrap_or(Type::Dynamic), value)
                });
                let settled: Vec<_> = settled.collect();
                let ty = Type::object(settled.iter().map(|(name, ty, _)| (name.clone(), ty.clone())));
                dynamic((ty, Value::map(settled.into_iter().map(|(name, _, value)| (name, value)))))
            }
            _ => Value::Dynamic(planned.clone()),
        },
        (planned, _) => planned.clone(),
    }
}
