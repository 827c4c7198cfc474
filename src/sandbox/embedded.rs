//! Objects inside others: a field may contain the whole object whose id a param gives, or a page built from a
//! list param.

use serde_json::Value as Json;

use crate::catalog::{Entity, Kind, Member, OperationKind, Presence, catalog};
use crate::sandbox::call::Call;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::{id, items, members, set, text};
use crate::sandbox::store::Body;
use crate::sandbox::{due, label, lifecycle, page, shape, substitute};

impl Call<'_> {
    /// Builds a new object from the params that directly set the field of their name, and from the defaults
    /// of its type.
    pub fn build(&self) -> ApiResult<Body> {
        let (call, mut body) = (self.plain(), self.fresh());
        shape::lay_over(call.entity, &mut body, &call.params)?;
        call.take_id(&mut body)?;
        put_in(&call, &mut body)?;
        lifecycle::apply_defaults(&call, &mut body);
        due::bring_to(call.now, &mut body);
        Ok(body)
    }

    /// Returns the same call without the params that do more than set the field of their name.
    fn plain(&self) -> Self {
        let (mut call, apart) = (self.clone(), lifecycle::apart(self.entity));
        call.params.retain(|name, _| !apart.contains(name));
        call
    }

    /// Sets the id that the caller chose; refuses one that is taken.
    fn take_id(&self, body: &mut Body) -> ApiResult<()> {
        let create = self.entity.operation(OperationKind::Create);
        let chosen = create.and_then(|create| create.param("id")).and(text(&self.params, "id"));
        let Some(own) = chosen else { return Ok(()) };
        if self.session.get_live(&self.entity.object, own)?.is_some() {
            return Err(ApiError::of("already_exists", &[("object", &label::capital(&self.label()))]));
        }
        set(body, "id", own);
        Ok(())
    }

    /// Returns the object in the path, changed by the params that directly set the field of their name.
    pub fn revise(&self) -> ApiResult<Body> {
        let (call, mut body) = (self.plain(), self.named()?);
        shape::lay_over(call.entity, &mut body, &call.params)?;
        put_in(&call, &mut body)?;
        due::bring_to(call.now, &mut body);
        call.touch(&mut body);
        Ok(body)
    }
}

/// Replaces ids with the objects that they name, and turns list params into pages.
fn put_in(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    for field in &call.entity.fields {
        match &field.shape.kind {
            Kind::Whole(object) => embed(call, body, field, object)?,
            Kind::Page(object) => of_list(call, body, field, object)?,
            _ => {}
        }
    }
    Ok(())
}

fn embed(call: &Call<'_>, body: &mut Body, field: &Member, object: &String) -> ApiResult<()> {
    let Some(named) = text(body, &field.name) else { return Ok(()) };
    let objects = std::slice::from_ref(object);
    let found = substitute::found(call.session, objects, named)?.filter(|found| !found.gone);
    if found.is_none() && field.shape.presence != Presence::Nullable {
        return Err(ApiError::unknown_reference(object, named, &field.name));
    }
    set(body, &field.name, found.map_or(Json::Null, |found| Json::Object(found.body)));
    Ok(())
}

/// Builds a page of the items that the param lists; an empty page gets its URL.
fn of_list(call: &Call<'_>, body: &mut Body, field: &Member, object: &str) -> ApiResult<()> {
    let url = address(call.entity, id(body), &field.name);
    if let (Some(Json::Array(given)), Some(item)) = (call.params.get(&field.name), catalog().by_key(object)) {
        let one =
            |params: &Json| Ok(Json::Object(call.about(&item.object, members(params.clone()))?.build()?));
        let made: Vec<Json> = given.iter().map(one).collect::<ApiResult<_>>()?;
        show(call.entity, body, &field.name, &made);
    } else if let Some(Json::Object(page)) = body.get_mut(&field.name)
        && text(page, "url").is_none()
    {
        set(page, "url", url);
    }
    Ok(())
}

/// Shows items as a page in a field of an object, and stores all of them.
pub(super) fn show(entity: &Entity, body: &mut Body, field: &str, items: &[Json]) {
    let url = address(entity, id(body), field);
    set(body, field, page::embedded(items, &url));
    set(body, &format!("_{field}"), items.to_vec());
}

/// Returns the URL of a page.
fn address(entity: &Entity, id: &str, field: &str) -> String {
    let get = entity.operation(OperationKind::Get).map_or("", |get| get.path.as_str());
    format!("{}/{field}", get.replace("{id}", id))
}

/// Returns all items of a page in an object; the page itself shows only the first ones.
pub(super) fn all_items<'b>(owner: &'b Body, field: &str) -> Option<&'b [Json]> {
    let hidden = format!("_{field}");
    if owner.get(&hidden).is_some_and(Json::is_array) {
        return Some(items(owner, &hidden));
    }
    Some(items(owner.get(field)?.as_object()?, "data"))
}
