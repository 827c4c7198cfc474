//! Decides what is secret: the only test, for records, plans and logs.
//!
//! Shapes are marked when the catalog is built (`catalog/build/secrets.rs`). A response also contains
//! whole objects of other types: inside them, the marks of those types count. A value that the catalog
//! does not describe is secret if it has the name of a client secret.

use serde_json::{Map, Value as Json};

use super::index::catalog;
use super::model::Entity;
use super::shape::{Kind, Member, Shape, find};

impl Entity {
    /// Returns whether the field at a dotted path is secret, or is inside a secret. The path may contain
    /// positions in lists.
    pub fn is_secret(&self, path: &str) -> bool {
        let mut places = ResponseNodes::of(&self.fields);
        path.split('.').any(|name| places.enter(name))
    }

    /// Returns a response without its secrets, at any depth.
    pub fn without_secrets(&self, body: &Json) -> Json {
        without_secrets(body, &ResponseNodes::of(&self.fields))
    }

    /// Returns a response without the secrets inside its fields. The fields themselves stay.
    pub fn without_nested_secrets(&self, body: &Json) -> Json {
        let Json::Object(fields) = body else { return body.clone() };
        let shown = fields.iter().map(|(name, value)| {
            let mut inside = ResponseNodes::of(&self.fields);
            inside.enter(name);
            (name.clone(), without_secrets(value, &inside))
        });
        Json::Object(shown.collect())
    }

    /// Returns the secret texts of a response, at any depth.
    pub fn secrets_of<'j>(&self, body: &'j Json) -> Vec<&'j str> {
        let mut found = Vec::new();
        find_secrets(body, &ResponseNodes::of(&self.fields), false, &mut found);
        found
    }
}

fn without_secrets(value: &Json, places: &ResponseNodes<'_>) -> Json {
    match value {
        Json::Object(members) => {
            let shown = members.iter().filter_map(|(name, value)| {
                let mut inside = places.clone();
                let secret = inside.enter(name);
                (!secret).then(|| (name.clone(), without_secrets(value, &inside)))
            });
            Json::Object(shown.collect::<Map<_, _>>())
        }
        Json::Array(items) => items.iter().map(|item| without_secrets(item, places)).collect(),
        other => other.clone(),
    }
}

fn find_secrets<'j>(value: &'j Json, places: &ResponseNodes<'_>, is_secret: bool, found: &mut Vec<&'j str>) {
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                let mut inside = places.clone();
                let is_secret = inside.enter(name) || is_secret;
                find_secrets(value, &inside, is_secret, found);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| find_secrets(item, places, is_secret, found)),
        Json::String(text) if is_secret => found.push(text),
        _ => {}
    }
}

/// The possible nodes at one place of a response: several if the catalog allows more than one.
#[derive(Debug, Clone)]
struct ResponseNodes<'m>(Vec<ResponseNode<'m>>);

#[derive(Debug, Clone, Copy)]
enum ResponseNode<'m> {
    /// An object with these members.
    Object(&'m [Member]),
    /// A map, whose keys all lead to one shape.
    Map(&'m Shape),
    /// A page, whose `data` contain objects of this type.
    Page(&'m str),
}

impl<'m> ResponseNodes<'m> {
    fn of(members: &'m [Member]) -> Self {
        Self(vec![ResponseNode::Object(members)])
    }

    /// Moves to the member of that name; returns true if it is secret.
    fn enter(&mut self, name: &str) -> bool {
        let is_position = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        if is_position && !self.0.iter().any(|place| matches!(place, ResponseNode::Map(_))) {
            return false;
        }
        let (mut inside, mut known, mut secret) = (Vec::new(), false, false);
        for place in &self.0 {
            let found = place.enter(name, &mut inside);
            known |= found.is_some();
            secret |= found == Some(true);
        }
        self.0 = inside;
        secret || !known && (name == "secret" || name.ends_with("_secret"))
    }
}

impl ResponseNode<'_> {
    /// Adds the possible nodes of the member with that name; returns whether it is secret, if it exists.
    fn enter(self, name: &str, inside: &mut Vec<Self>) -> Option<bool> {
        let shape = match self {
            Self::Object(members) => &find(members, name)?.shape,
            Self::Map(value) => value,
            Self::Page(object) if name == "data" => {
                inside.extend(fields_of(object).map(ResponseNode::Object));
                return Some(false);
            }
            Self::Page(_) => return None,
        };
        places_in(shape, inside);
        Some(shape.sensitive)
    }
}

/// Collects the nodes inside a shape, including whole objects of other types.
fn places_in<'m>(shape: &'m Shape, found: &mut Vec<ResponseNode<'m>>) {
    match &shape.kind {
        Kind::Object(members) => found.push(ResponseNode::Object(members)),
        Kind::List(item) | Kind::Set(item) => places_in(item, found),
        Kind::Map(value) => found.push(ResponseNode::Map(value)),
        Kind::Union(shapes) => shapes.iter().for_each(|shape| places_in(shape, found)),
        Kind::Page(object) => found.push(ResponseNode::Page(object)),
        _ => found
            .extend(shape.objects().iter().filter_map(|object| fields_of(object)).map(ResponseNode::Object)),
    }
}

fn fields_of(object: &str) -> Option<&'static [Member]> {
    catalog().by_key(object).map(|entity| entity.fields.as_slice())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::catalog::catalog;

    #[test]
    fn a_secret_is_one_wherever_it_stands() {
        let secret = |entity: &str, path: &str| catalog().entity(entity).unwrap().is_secret(path);
        for (entity, path) in [
            ("PaymentIntent", "client_secret"),
            ("SetupIntent", "last_setup_error.payment_intent.client_secret"),
            ("Invoice", "last_finalization_error.setup_intent.client_secret"),
            ("Invoice", "confirmation_secret.client_secret"),
            ("Invoice", "payments.data.0.payment.payment_intent.client_secret"),
            ("Charge", "payment_intent.latest_charge.payment_intent.client_secret"),
            ("BillingPortalSession", "url"),
            ("IdentityVerificationSession", "url"),
            ("CheckoutSession", "after_expiration.recovery.url"),
            ("AccountLink", "url"),
            ("WebhookEndpoint", "secret"),
            ("Event", "data.object.client_secret"),
        ] {
            assert!(secret(entity, path), "{entity} {path}");
        }
        for (entity, path) in [
            ("PaymentIntent", "metadata.my_secret"),
            ("PaymentLink", "url"),
            ("FileLink", "url"),
            ("WebhookEndpoint", "url"),
            ("Product", "url"),
            ("Customer", "name"),
        ] {
            assert!(!secret(entity, path), "{entity} {path}");
        }
    }

    #[test]
    fn an_answer_is_shown_without_its_secrets_in_lists_too() {
        let intent = json!({"id": "pi_1", "client_secret": "pi_1_secret_2"});
        let body = json!({
            "id": "in_1", "payments": {"data": [{"payment": {"payment_intent": intent, "type": "x"}}]},
            "metadata": {"7": "a"}
        });
        let shown = catalog().entity("Invoice").unwrap().without_secrets(&body);
        let kept = json!({
            "id": "in_1", "payments": {"data": [{"payment": {"payment_intent": {"id": "pi_1"}, "type": "x"}}]},
            "metadata": {"7": "a"}
        });
        assert_eq!(shown, kept);
        assert_eq!(catalog().entity("Invoice").unwrap().secrets_of(&body), ["pi_1_secret_2"]);
    }

    #[test]
    fn what_is_nested_is_shown_without_its_secrets_beside_fields_that_are_secret() {
        let body = json!({"client_secret": "a", "latest_charge": {"payment_intent": {"client_secret": "b"}}});
        let intent = catalog().entity("PaymentIntent").unwrap();
        let kept = json!({"client_secret": "a", "latest_charge": {"payment_intent": {}}});
        assert_eq!(intent.without_nested_secrets(&body), kept);
        assert_eq!(intent.secrets_of(&body), ["a", "b"]);
    }
}
