//! One running call: the open transaction, the type of object, the checked params.

use serde_json::Value as Json;

use crate::catalog::{Entity, Kind, Shape, catalog, find};
use crate::sandbox::auth_context::Caller;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::{object, set, text};
use crate::sandbox::repeatable::now;
use crate::sandbox::store::{Body, ObjectRow, Session, UNSHOWN_ID};
use crate::sandbox::{check, complete, due, identifier, substitute};

/// A call, as behaviours receive it.
#[derive(Debug, Clone)]
pub(super) struct Call<'a> {
    /// The open transaction.
    pub session: &'a Session<'a>,
    /// The caller, and the account that the call acts on.
    pub caller: &'a Caller,
    /// The type of object that the call concerns.
    pub entity: &'a Entity,
    /// The checked and typed params.
    pub params: Body,
    /// The id of the object in the path; empty if the path names none.
    pub id: String,
    /// The owners of the object: the names and ids that precede its own in the path.
    pub parents: Vec<(String, String)>,
    /// The path itself.
    pub path: String,
    /// The time of the call.
    pub now: i64,
    /// Runs the reactions to what the call has changed so far.
    pub reactions: fn(&Call<'_>) -> ApiResult<()>,
}

/// Fields that hold the time of creation.
const MADE_NOW: &[&str] = &["created", "created_at", "updated", "updated_at"];

impl<'a> Call<'a> {
    /// Creates a call without params; `id` is empty if it names no object.
    pub fn of(
        caller: &'a Caller,
        session: &'a Session<'a>,
        entity: &'a Entity,
        id: &str,
        reactions: fn(&Call<'_>) -> ApiResult<()>,
    ) -> Self {
        Self {
            session,
            caller,
            entity,
            params: Body::new(),
            id: id.to_owned(),
            parents: Vec::new(),
            path: String::new(),
            now: now(),
            reactions,
        }
    }

    /// Returns the object in the path, which may have any of the call's types.
    pub fn named(&self) -> ApiResult<Body> {
        let found = self.stored()?.filter(|stored| !stored.gone).map(|stored| stored.body);
        found.ok_or_else(|| ApiError::absent(&self.label(), &self.id))
    }

    /// Returns the object in the path as it is now, deleted or not.
    pub fn stored(&self) -> ApiResult<Option<ObjectRow>> {
        for object in self.objects() {
            if let Some(mut stored) = self.session.get(object, &self.id)? {
                due::bring_to(self.now, &mut stored.body);
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    /// The types that an object of this call may have.
    pub fn objects(&self) -> Vec<&'a str> {
        let others = self.entity.others.iter().map(String::as_str);
        std::iter::once(self.entity.object.as_str()).chain(others).collect()
    }

    /// The name of the object in error messages; for a service, the last word of its path: `source`.
    pub fn label(&self) -> String {
        let Entity { key, object, .. } = self.entity;
        let service = key.rsplit('.').next().filter(|_| key != object);
        service.map_or_else(|| object.clone(), |word| word.trim_end_matches('s').replace('_', " "))
    }

    /// Returns the same call for a new object of another type, with other params.
    pub fn about(&self, object: &str, params: Body) -> ApiResult<Call<'a>> {
        self.on(object, "", params)
    }

    /// Returns the same call for the object of this type and id, with other params.
    pub fn on(&self, object: &str, id: &str, params: Body) -> ApiResult<Call<'a>> {
        let new = Call::of(self.caller, self.session, entity(object)?, id, self.reactions);
        Ok(Call { params, path: self.path.clone(), now: self.now, ..new })
    }

    /// Creates a blank object with a new id, without storing it.
    pub fn fresh(&self) -> Body {
        let mut body = complete::blank(self.entity);
        let own = identifier::of(self.entity);
        let key = if self.entity.field("id").is_some() { "id" } else { UNSHOWN_ID };
        set(&mut body, key, own);
        for name in MADE_NOW {
            if let Some(field) = self.entity.field(name) {
                set(&mut body, name, moment(&field.kind, self.now));
            }
        }
        if body.contains_key("livemode") {
            set(&mut body, "livemode", self.caller.livemode);
        }
        if let Some(platform) = self.caller.platform.as_ref().filter(|_| body.contains_key("application")) {
            set(&mut body, "application", identifier::application(platform));
        }
        body
    }

    /// Creates a blank object of another type with a new id, without storing it.
    pub fn fresh_of(&self, object: &str) -> ApiResult<Body> {
        Ok(self.about(object, Body::new())?.fresh())
    }

    /// Returns the object of this type that a param names, or `None` if the param is not given.
    pub fn referred_by(&self, param: &str, object: &str) -> ApiResult<Option<Body>> {
        text(&self.params, param).map(|id| self.session.referred(object, id, param)).transpose()
    }

    /// Returns the object that a param names, with its due changes applied.
    pub fn referred_as_of_now(&self, object: &str, id: &str, param: &str) -> ApiResult<Body> {
        let mut body = self.session.referred(object, id, param)?;
        due::bring_to(self.now, &mut body);
        Ok(body)
    }

    /// Returns the value at a path; where the path reaches an id, it continues in the object with this id.
    pub fn resolve_path(&self, body: &Body, path: &str) -> ApiResult<Option<Json>> {
        Ok(self.resolve_typed(body, None, path)?.map(|(found, _)| found))
    }

    /// Returns the object whose id is at a path.
    pub fn object_at(&self, body: &Body, path: &str) -> ApiResult<Option<Body>> {
        match self.resolve_typed(body, None, path)? {
            Some((Json::String(id), types)) => self.live_object(&types, &id),
            _ => Ok(None),
        }
    }

    /// Returns the value at a path and the types of objects whose id it may be. `shape` describes a body that
    /// has no type of its own.
    fn resolve_typed(
        &self,
        body: &Body,
        shape: Option<&Shape>,
        path: &str,
    ) -> ApiResult<Option<(Json, Vec<String>)>> {
        let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let Some(found) = body.get(name).filter(|found| !found.is_null()) else { return Ok(None) };
        let shape = match catalog().by_key(object(body)) {
            Some(entity) => entity.field(name),
            None => shape.map_or_else(|| self.shape_of(name), |shape| member(shape, name)),
        };
        match (rest, found) {
            (None, found) => Ok(Some((found.clone(), self.types(shape, name)))),
            (Some(rest), Json::Object(inner)) => self.resolve_typed(inner, shape, rest),
            (Some(rest), Json::String(id)) => match self.live_object(&self.types(shape, name), id)? {
                Some(named) => self.resolve_typed(&named, None, rest),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn live_object(&self, types: &[String], id: &str) -> ApiResult<Option<Body>> {
        let found = substitute::found(self.session, types, id)?;
        Ok(found.filter(|stored| !stored.gone).map(|stored| stored.body))
    }

    /// Returns the shape of a field of the call's object, or of a param.
    fn shape_of(&self, name: &str) -> Option<&'a Shape> {
        let operations = self.entity.operations.iter().map(|operation| &operation.params);
        let params = operations.chain(self.entity.actions.iter().map(|action| &action.params));
        let own = std::iter::once(&self.entity.fields).chain(params);
        own.filter_map(|members| find(members, name)).map(|member| &member.shape).find(|shape| {
            // A field may be plain text although the param says whose id it is.
            !shape.objects().is_empty() || shape.members().is_some()
        })
    }

    /// Returns the types of objects whose ids a name may hold; empty if any type may be meant.
    fn types(&self, shape: Option<&Shape>, name: &str) -> Vec<String> {
        let known = shape.map(Shape::objects).filter(|known| !known.is_empty());
        match known {
            Some(known) => known.to_vec(),
            None if name == "path_id" => self.objects().into_iter().map(str::to_owned).collect(),
            None => catalog().by_key(name).map(|entity| entity.object.clone()).into_iter().collect(),
        }
    }

    /// Returns the id of the owner: the first one that precedes the object's own in the path.
    pub fn owner(&self) -> &str {
        self.parents.first().map_or("", |(_, id)| id.as_str())
    }

    /// Returns the same call without these params.
    pub fn without(&self, params: &[&str]) -> Self {
        let mut call = self.clone();
        call.params.retain(|name, _| !params.contains(&name.as_str()));
        call
    }

    /// Sets the time of the last change.
    pub fn touch(&self, body: &mut Body) {
        if let Some(field) = self.entity.field("updated") {
            set(body, "updated", moment(&field.kind, self.now));
        }
    }

    /// Runs the reactions to what has been changed so far.
    pub fn react(&self) -> ApiResult<()> {
        (self.reactions)(self)
    }

    /// Returns a required param.
    pub fn required_param(&self, name: &str) -> ApiResult<&str> {
        text(&self.params, name).ok_or_else(|| check::missing(name))
    }

    /// Returns the object that a required param names.
    pub fn required_object(&self, param: &str, object: &str) -> ApiResult<Body> {
        if param == "customer"
            && text(&self.params, param).is_none()
            && self.params.contains_key("customer_account")
        {
            return Err(ApiError::unsupported("accounts of version 2 as customers").param("customer_account"));
        }
        self.session.referred(object, self.required_param(param)?, param)
    }

    /// Sets members of an object and stores it.
    pub fn update(&self, body: &mut Body, members: Body) -> ApiResult<()> {
        body.extend(members);
        self.session.put(body)
    }

    /// Stores an object and answers with it.
    pub fn keep(&self, body: Body) -> ApiResult<Json> {
        self.session.put(&body)?;
        Ok(Json::Object(body))
    }
}

/// Returns the shape of a member of an object.
fn member<'s>(shape: &'s Shape, name: &str) -> Option<&'s Shape> {
    find(shape.members()?, name).map(|member| &member.shape)
}

/// Returns a time in the form of this kind of field: seconds, or text in version 2 of the API.
pub(super) fn moment(kind: &Kind, seconds: i64) -> Json {
    if !matches!(kind, Kind::DateTime | Kind::Text { .. }) {
        return Json::from(seconds);
    }
    let text = jiff::Timestamp::from_second(seconds).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S.000Z");
    Json::from(text.to_string())
}

/// Returns the catalog's entry for a type of object.
pub(super) fn entity(object: &str) -> ApiResult<&'static Entity> {
    catalog().by_key(object).ok_or_else(|| ApiError::unsupported(&format!("objects of type {object}")))
}
