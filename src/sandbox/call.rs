//! One call being run: the open transaction, the type of object, the checked params.

use serde_json::Value as Json;

use crate::catalog::{Entity, FieldKind, catalog};

use super::error::{Failure, Outcome};
use super::fields::{set, text};
use super::identifier;
use super::shape;
use super::store::{Body, Session};

/// What a behaviour works with.
#[derive(Debug, Clone)]
pub(super) struct Call<'a> {
    /// The open transaction.
    pub session: &'a Session<'a>,
    /// The type of object the call is about.
    pub entity: &'a Entity,
    /// The checked and typed params.
    pub params: Body,
    /// The id of the object in the path; empty when the path names none.
    pub id: String,
    /// What the object belongs to: the names and ids that stand before it in the path.
    pub parents: Vec<(String, String)>,
    /// The path itself.
    pub path: String,
    /// The time of the call.
    pub now: i64,
    /// A call with a live key.
    pub livemode: bool,
    /// The account the call acts on.
    pub account: String,
}

/// Types whose objects Stripe itself holds: any id of them is taken as it is.
const NOT_HELD: &[&str] = &["account", "application", "tax_code"];

impl<'a> Call<'a> {
    /// The object that the path names.
    pub fn named(&self) -> Outcome<Body> {
        self.session.named(&self.entity.object, &self.id)
    }

    /// The same call about another type of object with other params.
    pub fn about(&self, object: &str, params: Body) -> Outcome<Call<'a>> {
        let entity = entity(object)?;
        Ok(Call { entity, params, id: String::new(), parents: Vec::new(), ..self.clone() })
    }

    /// A blank object with a fresh id, not yet kept.
    pub fn fresh(&self) -> Body {
        let mut body = shape::blank(self.entity);
        set(&mut body, "id", identifier::fresh(&self.entity.id_prefix));
        for name in ["created", "updated"] {
            if body.contains_key(name) {
                set(&mut body, name, self.now);
            }
        }
        if body.contains_key("livemode") {
            set(&mut body, "livemode", self.livemode);
        }
        body
    }

    /// A fresh object with the params laid over, its references checked.
    pub fn build(&self) -> Outcome<Body> {
        let mut body = self.fresh();
        self.check_references()?;
        shape::lay_over(self.entity, &mut body, &self.params)?;
        Ok(body)
    }

    /// The named object with the params laid over, its references checked.
    pub fn revise(&self) -> Outcome<Body> {
        let mut body = self.named()?;
        self.check_references()?;
        shape::lay_over(self.entity, &mut body, &self.params)?;
        if body.contains_key("updated") {
            set(&mut body, "updated", self.now);
        }
        Ok(body)
    }

    /// Every param that names another object must name one that exists.
    fn check_references(&self) -> Outcome<()> {
        for name in self.params.keys() {
            let Some(id) = text(&self.params, name) else { continue };
            let Some(FieldKind::Expandable(types)) = self.entity.field(name).map(|field| &field.kind) else {
                continue;
            };
            let Some(first) = types.first().filter(|first| !NOT_HELD.contains(&first.as_str())) else {
                continue;
            };
            if self.session.find(id)?.is_none_or(|found| found.gone) {
                return Err(Failure::unknown_reference(first, id, name));
            }
        }
        Ok(())
    }

    /// The param, which Stripe demands.
    pub fn demanded(&self, name: &str) -> Outcome<&str> {
        text(&self.params, name).ok_or_else(|| super::check::missing(name))
    }

    /// Keeps an object and answers with it.
    pub fn keep(&self, body: Body) -> Outcome<Json> {
        self.session.put(&body)?;
        Ok(Json::Object(body))
    }
}

/// The catalog's entry of a type of object.
pub(super) fn entity(object: &str) -> Outcome<&'static Entity> {
    catalog().by_object(object).ok_or_else(|| Failure::unsupported(&format!("objects of type {object}")))
}
