//! What is secret: the one test, for records, plans and logs.

use super::model::Entity;
use super::shape::Shape;

impl Entity {
    /// Whether the field that a dotted path leads to is secret, or stands inside a secret.
    pub fn is_secret(&self, path: &str) -> bool {
        let prefixes = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
        let shapes = prefixes.filter_map(|end| self.field_at(path.get(..end)?));
        shapes.into_iter().any(|shape: &Shape| shape.sensitive)
    }
}
