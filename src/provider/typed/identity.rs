//! The identity of an object of a typed resource: the ids of its path.

use crate::connector::placed;
use crate::provider::identity::{account, account_beside, place};
use crate::provider::typed::import::import_at;
use crate::provider::typed::private_state::StoredIdentity;
use crate::provider::typed::surface::Surface;
use crate::provider::typed::surfaces::Surfaces;
use crate::terraform::provider::StateResponse;
use crate::terraform::schema::{IdentityAttribute, IdentitySchema};
use crate::terraform::value::Value;

/// The part with the id of the object itself.
const ID: &str = "id";

impl Surfaces {
    /// The ids of the path: those of permanent and of possible parents, and the object's own. An object
    /// that exists only once has no id of its own, and needs none.
    pub(super) fn identity_schema(&self) -> IdentitySchema {
        let own = self.own().entity;
        let belongs = |name: &str| format!("The id of the `{name}` that the object belongs to.");
        let parents = own.parents();
        let always = parents.iter().map(|name| IdentityAttribute::required(*name, belongs(name)));
        let sometimes = self.sometimes();
        let sometimes = sometimes.iter().map(|name| IdentityAttribute::optional(*name, belongs(name)));
        let id = if own.has_own_id() {
            Some(IdentityAttribute::required(ID, "The id of the object."))
        } else {
            let only = || format!("There is only one: `{}`.", own.key);
            parents.is_empty().then(|| IdentityAttribute::optional(ID, only()))
        };
        let account = account(account_beside(&self.parts()));
        let attributes = always.chain(sometimes).chain(id).chain([account]);
        IdentitySchema { version: 0, attributes: attributes.collect() }
    }

    /// Returns the identity of an object. It is the object's place, so it changes only when the place
    /// does.
    pub(super) fn identity(&self, state: &Value, private: &[u8]) -> Value {
        let Ok(StoredIdentity { locator, account }) = StoredIdentity::decode(private) else {
            return Value::Null;
        };
        if state.get(ID).is_unknown() {
            return Value::Null;
        }
        let surface = self.of_state(state, locator.as_deref());
        let locator = locator.unwrap_or_else(|| surface.locator_of(state));
        self.identity_at(surface, &locator, account)
    }

    /// Returns the identity of the object at a place, with its connected account if one is named.
    pub(super) fn identity_at(&self, surface: &Surface, locator: &str, account: Option<String>) -> Value {
        let parts = self.parts();
        let mut ids = placed(surface.entity, locator);
        if ids.is_empty() {
            if !surface.entity.parents().is_empty() || surface.entity.has_own_id() {
                return Value::Null;
            }
            ids.push((ID, surface.entity.key.clone()));
        }
        let given =
            |name: &&str| Value::from(ids.iter().find(|(place, _)| place == name).map(|(_, id)| id.clone()));
        let mut identity = Value::map(parts.iter().map(|name| (*name, given(name))));
        identity.set(account_beside(&parts), account.into());
        identity
    }

    /// Returns the state for an identity.
    pub(super) fn import_by_identity(&self, identity: &Value) -> StateResponse {
        let parts = self.parts();
        let place = place(identity, account_beside(&parts), parts.iter().copied());
        import_at(self, &place, &place)
    }

    /// Returns the possible parents of the objects.
    fn sometimes(&self) -> Vec<&'static str> {
        self.belonging().map(|it| it.entity.parents()).unwrap_or_default()
    }

    /// Returns the parts of an identity, in the order of the path.
    fn parts(&self) -> Vec<&'static str> {
        let own = self.own().entity;
        let id = own.has_own_id() || own.parents().is_empty();
        [own.parents(), self.sometimes(), id.then_some(ID).into_iter().collect()].concat()
    }
}
