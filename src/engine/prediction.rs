//! Predicts the object after an update, as far as that is possible before the update is sent.

use serde_json::{Map, Value as Json};

use crate::catalog::Member;
use crate::engine::{Change, Object};

/// Fields that any update may change.
const TOUCHED: [&str; 1] = ["updated"];

/// An object as it will be after an update.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictedObject {
    /// The predicted answer, except for `unknown` fields.
    pub body: Json,
    /// Top-level fields whose values are known only after the update.
    pub unknown: Vec<&'static str>,
}

impl Object {
    /// The object after an update. Returns `None` if the effect of the update cannot be predicted.
    pub fn predict(&self, change: &Change) -> Option<PredictedObject> {
        let plain = change.update.keys().all(|param| self.entity.is_plain(param));
        let known = plain && !change.unknown && change.restores.is_none();
        let mut body = self.body.as_object().filter(|_| known)?.clone();
        for (name, value) in &change.update {
            match (body.get_mut(name)?, value) {
                (Json::Object(old), Json::Object(changed)) => merge(old, changed),
                (_, Json::Object(_)) => return None,
                (Json::Object(old), unset) if unsets(unset) => old.clear(),
                (Json::Array(old), unset) if unsets(unset) => old.clear(),
                (old, unset) if unsets(unset) => *old = Json::Null,
                (old, value) => *old = value.clone(),
            }
        }
        let touched = TOUCHED.into_iter().filter(|field| body.contains_key(*field));
        let unknown = touched.chain(self.reordered(change)).collect();
        Some(PredictedObject { body: Json::Object(body), unknown })
    }

    /// Changed params without an order: Stripe may answer them in another order than they were sent.
    fn reordered(&self, change: &Change) -> impl Iterator<Item = &'static str> {
        let changed = |param: &&Member| param.shape.is_set() && change.update.contains_key(&param.name);
        self.entity.params().iter().filter(changed).map(|param| param.name.as_str())
    }
}

/// Whether a value unsets a param: an empty text, or null in version 2 of the API.
fn unsets(value: &Json) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// Merges a map as Stripe does.
fn merge(old: &mut Map<String, Json>, changed: &Map<String, Json>) {
    for (key, value) in changed {
        if unsets(value) {
            old.shift_remove(key);
        } else {
            old.insert(key.clone(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::connector::entity;
    use crate::engine::{DesiredParams, Object};

    fn product(params: &Json) -> Object {
        let body = json!({"id": "prod_1", "name": "A", "description": "x", "metadata": {"a": "1", "b": "2"},
            "active": true, "images": [], "updated": 5});
        let params = params.as_object().unwrap().clone();
        Object::new(entity("Product").unwrap(), "prod_1".to_owned(), params, body)
    }

    #[test]
    fn a_plain_change_is_foreseen_and_others_are_not() {
        let before = json!({"name": "A", "description": "x", "metadata": {"a": "1", "b": "2"}});
        let object = product(&before);
        let predict = |after: Json| {
            let desired =
                DesiredParams { params: after.as_object().unwrap().clone(), ..DesiredParams::default() };
            object.predict(&object.change_to(&desired))
        };
        let foreseen = predict(json!({"name": "B", "metadata": {"a": "3"}})).unwrap();
        let expected = json!({"id": "prod_1", "name": "B", "description": null, "metadata": {"a": "3"},
            "active": true, "images": [], "updated": 5});
        assert_eq!((foreseen.body, foreseen.unknown), (expected, vec!["updated"]));
        let listed = json!({"name": "A", "images": ["https://a.example/1.png"]});
        let foreseen = predict(listed.clone()).unwrap();
        assert_eq!(foreseen.body["images"], listed["images"]);
        let with_images =
            Object { params: listed.as_object().unwrap().clone(), body: foreseen.body, ..object.clone() };
        let desired =
            DesiredParams { params: before.as_object().unwrap().clone(), ..DesiredParams::default() };
        let emptied = with_images.predict(&with_images.change_to(&desired)).unwrap();
        assert_eq!(emptied.body["images"], json!([]), "Stripe answers an empty list");
        assert_eq!(predict(json!({"name": "A", "active": false})), None);
        let emptied = predict(json!({"name": "A", "description": "x"})).unwrap();
        assert_eq!(emptied.body["metadata"], json!({}), "Stripe answers an empty map");
    }

    #[test]
    fn the_order_in_which_stripe_answers_a_set_is_not_foreseen() {
        let params = |url: &str, events: &[&str]| json!({"url": url, "enabled_events": events});
        let predict = |before: Json, after: Json| {
            let params = |json: Json| json.as_object().unwrap().clone();
            let entity = entity("WebhookEndpoint").unwrap();
            let object = Object::new(entity, "we_1".to_owned(), params(before.clone()), before);
            let desired = DesiredParams { params: params(after), ..DesiredParams::default() };
            object.predict(&object.change_to(&desired)).unwrap().unknown
        };
        let before = params("https://a.example/", &["charge.failed"]);
        let of_events = params("https://a.example/", &["charge.refunded", "charge.failed"]);
        assert_eq!(predict(before.clone(), of_events), ["enabled_events"]);
        assert_eq!(predict(before, params("https://b.example/", &["charge.failed"])), [""; 0]);
    }
}
