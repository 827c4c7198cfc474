//! Converts arguments to params, and params to arguments.

use serde_json::{Map, Value as Json};

use crate::connector::reference;
use crate::engine::WrittenParams;
use crate::provider::payload::{like, natural, to_json};
use crate::provider::typed::surface::{KEY, Repeats, Slot, SlotSyntax, Surface, has_key};
use crate::terraform::value::{Number, Type, Value};

impl Surface {
    /// Returns what a configuration or a state sets, by Stripe's names.
    pub(super) fn written(&self, values: &Value) -> WrittenParams {
        let mut written = WrittenParams::default();
        // A param that these objects do not accept is left out while it may turn out to be null.
        let may_be_null = |slot: &Slot| self.is_foreign(&slot.member) && values.get(&slot.name).is_unknown();
        for slot in self.arguments().filter(|slot| slot.retired.is_none() && !may_be_null(slot)) {
            let mut path = vec![slot.member.clone()];
            let mut json = slot.to_json(values.get(&slot.name), &mut path, &mut written.unknown);
            if let Some(json) = &mut json {
                slot.retired_inside.iter().for_each(|(path, _)| take_out(json, path));
            }
            written.members.extend(json.map(|json| (slot.member.clone(), json)));
        }
        written
    }
}

impl Slot {
    /// Returns whether a value sets something at a path inside it.
    pub(super) fn writes(&self, value: &Value, path: &[String]) -> bool {
        let json = self.to_json(value, &mut Vec::new(), &mut Vec::new());
        json.is_some_and(|mut json| {
            let whole = json.clone();
            take_out(&mut json, path);
            json != whole
        })
    }

    /// Returns whether nothing is written: null, or no block.
    pub(super) fn is_unset(&self, value: &Value) -> bool {
        match self.form {
            SlotSyntax::Attribute(_) => value.is_null(),
            SlotSyntax::Block(..) => !value.is_unknown() && value.items().is_empty(),
        }
    }

    /// Converts a value to JSON; returns None if nothing is written, or if it is unknown, which is noted.
    fn to_json(&self, value: &Value, path: &mut Vec<String>, unknown: &mut Vec<Vec<String>>) -> Option<Json> {
        match &self.form {
            _ if self.is_unset(value) => None,
            SlotSyntax::Attribute(_) => to_json(value, path, unknown),
            SlotSyntax::Block(..) if value.is_unknown() => {
                unknown.push(path.clone());
                None
            }
            SlotSyntax::Block(repeats, members) => {
                let blocks = value.items();
                match repeats {
                    Repeats::Once => blocks.first().map(|block| object(members, block, path, unknown)),
                    Repeats::List => list(members, blocks, path, unknown),
                    Repeats::Keyed => keyed(members, blocks, path, unknown),
                }
            }
        }
    }

    /// Converts a param to the value of this slot, with the types of what was written before.
    pub(super) fn of_param(&self, before: &Value, param: Option<&Json>) -> Value {
        let Some(param) = param.filter(|param| !param.is_null()) else { return self.nothing() };
        match &self.form {
            SlotSyntax::Attribute(Type::Dynamic) => match before {
                Value::Dynamic(inner) => dynamic(like(&inner.0, param)),
                _ => dynamic(natural(param)),
            },
            SlotSyntax::Attribute(ty) => typed(ty, param),
            SlotSyntax::Block(repeats, members) => {
                let before = before.items();
                let block = |at: usize, param: &Json| of_object(members, before.get(at), param);
                Value::List(match (repeats, param) {
                    (Repeats::Keyed, Json::Object(by_key)) => in_order(before, by_key)
                        .into_iter()
                        .map(|(at, key, param)| {
                            let mut filled = block(at.unwrap_or(usize::MAX), param);
                            let written =
                                at.and_then(|at| before.get(at)).map(|block| block.get(KEY).clone());
                            filled.set(KEY, written.unwrap_or_else(|| key.into()));
                            filled
                        })
                        .collect(),
                    (_, Json::Array(items)) => {
                        items.iter().enumerate().map(|(at, param)| block(at, param)).collect()
                    }
                    _ => vec![block(0, param)],
                })
            }
        }
    }

    /// Returns the value of an empty slot.
    pub(super) fn nothing(&self) -> Value {
        match self.form {
            SlotSyntax::Attribute(_) => Value::Null,
            SlotSyntax::Block(..) => Value::List(Vec::new()),
        }
    }
}

/// Removes what is at a path from a value, in every item of a list.
fn take_out(value: &mut Json, path: &[String]) {
    match (value, path) {
        (Json::Array(items), path) => items.iter_mut().for_each(|item| take_out(item, path)),
        (Json::Object(members), [name]) => drop(members.shift_remove(name)),
        (Json::Object(members), [name, rest @ ..]) => {
            members.get_mut(name).into_iter().for_each(|inside| take_out(inside, rest));
        }
        _ => {}
    }
}

/// Returns the entries of a map in the order in which their blocks were written, new ones last.
fn in_order<'j>(before: &[Value], by_key: &'j Map<String, Json>) -> Vec<(Option<usize>, &'j str, &'j Json)> {
    let place = |key: &str| before.iter().position(|block| has_key(block, key));
    let mut found: Vec<_> = by_key.iter().map(|(key, param)| (place(key), key.as_str(), param)).collect();
    found.sort_by_key(|(place, ..)| place.unwrap_or(usize::MAX));
    found
}

/// Makes a block from the params of one object; members that were never written stay as they were.
fn of_object(members: &[Slot], before: Option<&Value>, param: &Json) -> Value {
    Value::map(members.iter().map(|slot| {
        let before = before.map_or(&Value::Null, |before| before.get(&slot.name));
        let value = match param.get(&slot.member) {
            Some(param) => slot.of_param(before, Some(param)),
            None if slot.is_argument() => slot.nothing(),
            None => before.clone(),
        };
        (slot.name.clone(), value)
    }))
}

fn object(members: &[Slot], block: &Value, path: &mut Vec<String>, unknown: &mut Vec<Vec<String>>) -> Json {
    let mut object = Map::new();
    for slot in members.iter().filter(|slot| slot.is_argument()) {
        path.push(slot.member.clone());
        let json = slot.to_json(block.get(&slot.name), path, unknown);
        object.extend(json.map(|json| (slot.member.clone(), json)));
        path.pop();
    }
    Json::Object(object)
}

/// A list that contains something unknown is unknown as a whole.
fn list(
    members: &[Slot],
    blocks: &[Value],
    path: &mut Vec<String>,
    unknown: &mut Vec<Vec<String>>,
) -> Option<Json> {
    let known_before = unknown.len();
    let items = blocks.iter().enumerate().map(|(at, block)| {
        path.push(at.to_string());
        let item = object(members, block, path, unknown);
        path.pop();
        item
    });
    let items = items.collect();
    (unknown.len() == known_before).then_some(Json::Array(items))
}

fn keyed(
    members: &[Slot],
    blocks: &[Value],
    path: &mut Vec<String>,
    unknown: &mut Vec<Vec<String>>,
) -> Option<Json> {
    let mut by_key = Map::new();
    for block in blocks {
        let Some(key) = block.get(KEY).as_str() else {
            unknown.push(path.clone());
            return None;
        };
        path.push(key.to_owned());
        let mut entry = object(members, block, path, unknown);
        path.pop();
        if let Json::Object(entry) = &mut entry {
            entry.shift_remove(KEY);
        }
        by_key.insert(key.to_owned(), entry);
    }
    Some(Json::Object(by_key))
}

/// Combines a value with its type.
pub(super) fn dynamic((ty, value): (Type, Value)) -> Value {
    Value::Dynamic(Box::new((ty, value)))
}

/// Converts JSON to a value of a schema type. A whole object becomes its id, a page becomes its items.
pub(super) fn typed(ty: &Type, json: &Json) -> Value {
    let json = reference(json);
    match (ty, json) {
        (_, Json::Null) => Value::Null,
        (Type::Dynamic, json) => dynamic(natural(json)),
        (Type::Bool, json) => json.as_bool().map_or(Value::Null, Value::from),
        (Type::Number, Json::Number(number)) => number_of(&number.to_string()),
        (Type::Number, Json::String(text)) => number_of(text),
        (Type::String, Json::String(text)) => text.as_str().into(),
        (Type::String, Json::Bool(_) | Json::Number(_)) => json.to_string().into(),
        (Type::List(item), Json::Array(items)) => {
            Value::List(items.iter().map(|json| typed(item, json)).collect())
        }
        (Type::Map(element), Json::Object(members)) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            Value::map(members.map(|(key, json)| (key, typed(element, json))))
        }
        _ => Value::Null,
    }
}

fn number_of(text: &str) -> Value {
    Number::parse(text).map_or(Value::Null, Value::Number)
}
