//! The keys of an action's result, derived from the fields of its answer: the counterpart of
//! [`record`](super::super::record).

use serde_json::{Map, Value as Json, json};

use crate::catalog::names::join_path;
use crate::catalog::{Kind, Member, Presence, Shape};

/// The keys that a result may have, with their schemas, and patterns for keys that the catalog does not list.
#[derive(Debug, Default)]
pub(super) struct ResultKeys {
    pub(super) properties: Map<String, Json>,
    pub(super) patterns: Map<String, Json>,
}

/// The schema of a text or null.
pub(super) fn text_or_null() -> Json {
    json!({"type": ["string", "null"]})
}

impl ResultKeys {
    /// The keys of an object with these fields; the keys of nested objects are dotted.
    pub(super) fn of(fields: &[Member]) -> Self {
        let mut keys = Self::default();
        keys.add_members("", fields);
        keys
    }

    /// The only key of a result that shows one field.
    pub(super) fn of_field(name: &str) -> Self {
        Self { properties: Map::from_iter([(name.to_owned(), text_or_null())]), ..Self::default() }
    }

    fn add_members(&mut self, place: &str, members: &[Member]) {
        for member in members {
            self.add(join_path(place, &member.name), &member.shape);
        }
    }

    fn add(&mut self, key: String, shape: &Shape) {
        match &shape.kind {
            Kind::Object(members) => {
                self.add_members(&key, members);
                self.add_null(key, shape);
            }
            Kind::Page(_) => {
                self.insert(format!("{key}.data"), json!({"type": "null"}));
                for name in ["has_more", "object", "url"] {
                    self.insert(format!("{key}.{name}"), json!({"type": "string"}));
                }
                self.insert(format!("{key}.total_count"), text_or_null());
                self.add_null(key, shape);
            }
            Kind::Any | Kind::Map(_) | Kind::Whole(_) => {
                self.add_inside(&key);
                self.add_null(key, shape);
            }
            Kind::Union(_) => {
                self.add_inside(&key);
                self.insert(key, text_or_null());
            }
            // A list is never shown.
            Kind::List(_) | Kind::Set(_) => self.insert(key, json!({"type": "null"})),
            _ if shape.is_required() => self.insert(key, json!({"type": "string"})),
            _ => self.insert(key, text_or_null()),
        }
    }

    /// The key of an object exists only if the object is null; otherwise the keys of its members exist.
    fn add_null(&mut self, key: String, shape: &Shape) {
        if shape.presence == Presence::Nullable {
            self.insert(key, json!({"type": "null"}));
        }
    }

    /// Adds keys below a key, with any names.
    fn add_inside(&mut self, key: &str) {
        self.patterns.insert(format!("^{}\\.", key.replace('.', "\\.")), text_or_null());
    }

    fn insert(&mut self, key: String, schema: Json) {
        self.properties.insert(key, schema);
    }
}
