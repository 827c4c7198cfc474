//! The owners of an object: the ids that precede its own in the path.

use crate::catalog::{Entity, Kind, Shape, catalog, find};
use crate::sandbox::call::Call;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::{set, text};
use crate::sandbox::store::Body;

/// An owner of an object.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    /// Its type, if the catalog knows it.
    pub entity: Option<&'static Entity>,
    /// Its id.
    pub id: String,
    /// The field of the object that holds the id; a hidden field if it has no such field.
    pub field: String,
}

impl Owner {
    /// Returns the owners in the path, outermost first.
    pub fn all(call: &Call<'_>) -> Vec<Self> {
        call.parents.iter().map(|(name, id)| Self::of(call, name, id)).collect()
    }

    fn of(call: &Call<'_>, name: &str, id: &str) -> Self {
        let entity = at(&call.path, id).or_else(|| catalog().by_key(name));
        let field = match entity {
            _ if call.entity.field(name).is_some() => name.to_owned(),
            Some(owner) => field_for(call.entity, &owner.object).unwrap_or_else(|| hidden(&owner.object)),
            None => hidden(name),
        };
        Self { entity, id: id.to_owned(), field }
    }

    /// Returns the owner; the caller's own account was not created, so it is empty.
    pub fn named(&self, call: &Call<'_>) -> ApiResult<Body> {
        let Some(entity) = self.entity else { return Ok(Body::new()) };
        if self.id == call.caller.account {
            return Ok(Body::new());
        }
        call.session.named(&entity.object, &self.id)
    }

    fn owns(&self, body: &Body) -> bool {
        text(body, &self.field) == Some(self.id.as_str())
    }
}

/// Returns the type of object that the path names up to this id.
fn at(path: &str, id: &str) -> Option<&'static Entity> {
    let end = path.find(&format!("/{id}"))? + 1 + id.len();
    Some(catalog().match_path("GET", path.get(..end)?)?.entity)
}

/// Returns the field that holds ids of such objects: `fee` for an application fee.
fn field_for(entity: &Entity, object: &str) -> Option<String> {
    let holds =
        |shape: &Shape| matches!(&shape.kind, Kind::Id(types) if types.iter().any(|one| one == object));
    let short = object.rsplit('.').next().unwrap_or(object);
    let named =
        find(&entity.fields, short).or_else(|| entity.fields.iter().find(|field| holds(&field.shape)));
    named.map(|field| field.name.clone())
}

/// The hidden field for an owner that has no field of its own.
fn hidden(object: &str) -> String {
    format!("_{}", object.rsplit('.').next().unwrap_or(object))
}

/// Refuses a path with an owner that does not exist.
pub(super) fn check(call: &Call<'_>) -> ApiResult<()> {
    Owner::all(call).iter().try_for_each(|owner| owner.named(call).map(|_| ()))
}

/// Writes the owners into a new object.
pub(super) fn write(call: &Call<'_>, body: &mut Body) {
    for owner in Owner::all(call) {
        set(body, &owner.field, owner.id);
    }
}

/// Returns the object if its owners are those in the path.
pub(super) fn owned(call: &Call<'_>, body: Body) -> ApiResult<Body> {
    if Owner::all(call).iter().all(|owner| owner.owns(&body)) {
        return Ok(body);
    }
    Err(ApiError::absent(&call.label(), &call.id))
}

/// Returns the fields and ids that limit a list to the owners in the path.
pub(super) fn filters(call: &Call<'_>) -> Vec<(String, String)> {
    Owner::all(call).into_iter().map(|owner| (owner.field, owner.id)).collect()
}
