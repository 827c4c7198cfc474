//! Parses what was written into params, with names in any spelling and values of the kinds that Stripe takes.
//!
//! A key may be PascalCase (`PaymentMethod`, `AddressCity`), Stripe's own (`payment_method`) or dotted
//! (`address.city`); the value may be nested. Params that Stripe would refuse are refused here, before
//! anything is sent.

mod created;
mod documented;
mod error;
mod json_text;
mod limits;
mod paths;
mod secrets;
mod unique_json;
mod unlisted;
mod values;
mod visit;

pub use error::{ParamError, ParamErrors};
pub use json_text::open_json_texts;
pub use limits::metadata_faults;
pub use paths::{put, value_at, without};
pub use secrets::{secret_params, secret_values};
pub use unique_json::json_object;
pub use unlisted::{UnlistedValue, unlisted_values};

pub(super) use created::{paths_of_second_call, split_create};

use serde_json::{Map, Value as Json};

use crate::catalog::names::resolve;
use crate::catalog::{Clearing, Entity, Kind, Member, Shape, at as shape_at, ids_are_chosen};
use crate::connector::{check_any_id, check_id, scalar};
use crate::engine::{Error, successor_mark};

/// Params in Stripe's spelling, whose values have the kinds given by their shapes.
pub type Params = Map<String, Json>;

/// The params as a practitioner wrote them, under the written keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WrittenParams {
    /// The members whose values are known.
    pub members: Map<String, Json>,
    /// The paths of members whose values will be known after apply; they are not among `members`.
    pub unknown: Vec<Vec<String>>,
}

/// The params to which the written ones resolve.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DesiredParams {
    /// The params whose values are known.
    pub params: Params,
    /// The paths of params whose values will be known after apply, in Stripe's spelling.
    pub unknown: Vec<Vec<String>>,
    /// The params that an imported object shows among its arguments and that the configuration removes. Other
    /// params that it does not mention are left as they are.
    pub gone: Params,
}

impl DesiredParams {
    /// The fingerprint that distinguishes the create of this object from others. Returns `None` while a value
    /// is unknown.
    pub fn mark(&self, entity: &Entity) -> Option<String> {
        self.unknown.is_empty().then(|| successor_mark(entity, &self.params))
    }

    /// Whether a path leads to an unknown value, or into one.
    fn is_unknown(&self, path: &[String]) -> bool {
        self.unknown.iter().any(|unknown| unknown.starts_with(path) || path.starts_with(unknown))
    }
}

/// Resolves the written params. Nulls are left out, because null is how a configuration says "not set".
pub fn parse(written: &WrittenParams, known: &[Member]) -> Result<DesiredParams, ParamErrors> {
    let params = values::object(&written.members, known, "");
    let unknown = written.unknown.iter().map(|path| values::resolve_path(path, known));
    let (params, unknown) = both(params, values::all(unknown))?;
    Ok(DesiredParams { params, unknown, ..DesiredParams::default() })
}

/// The faults of the params that were written for an entity, without regard to missing ones.
pub fn faults_of(entity: &Entity, written: &WrittenParams) -> ParamErrors {
    let faults = parse(written, entity.params()).err().unwrap_or_default();
    faults.into_iter().map(|fault| fault.of(entity)).collect()
}

/// The params of a create, complete and in a combination that Stripe takes.
pub fn create_params(entity: &'static Entity, written: &WrittenParams) -> Result<DesiredParams, Error> {
    complete_params(entity, written, Purpose::Create)
}

/// The purpose for which params must be complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// They create a new object.
    Create,
    /// They configure an object that may already exist.
    Configuration,
}

/// The faults of params that a create does not take in this combination, or not yet.
fn refused_at_creation(entity: &Entity, desired: &DesiredParams) -> ParamErrors {
    let refused = documented::of_create(entity, desired).into_iter();
    refused
        .chain(created::late_members(entity, &desired.params))
        .chain(slash_in_new_id(entity, desired))
        .collect()
}

/// Existing ids may contain slashes, but Stripe creates none with them any more. A text that cannot be an id
/// at all is reported by the check of all ids.
fn slash_in_new_id(entity: &Entity, desired: &DesiredParams) -> Option<ParamError> {
    let id = desired.params.get("id").filter(|_| entity.has_own_id())?;
    let is_slashed = scalar(id).is_some_and(|id| check_any_id(&id).is_ok() && check_id(&id).is_err());
    is_slashed.then(|| not_an_id("id", id))
}

/// The params for a purpose, complete, each as Stripe takes it, and checked against its limits.
fn complete_params(
    entity: &'static Entity,
    written: &WrittenParams,
    purpose: Purpose,
) -> Result<DesiredParams, Error> {
    if entity.create_operation().is_none() {
        return Err(Error::NotCreatable { entity: &entity.name });
    }
    let takes_empty_objects = entity.is_v2() || purpose == Purpose::Configuration;
    let required = |desired: &DesiredParams| require(desired, entity.create_params(), takes_empty_objects);
    let desired =
        parse(written, entity.params()).map_err(|faults| with_missing(entity, written, faults, required))?;
    let together = match purpose {
        Purpose::Create => refused_at_creation(entity, &desired),
        Purpose::Configuration => ParamErrors::new(),
    };
    let refused = [documented::limits(entity, &desired), together].concat();
    both(both(required(&desired), check_ids(entity, &desired.params)), none(refused))?;
    Ok(desired)
}

/// The faults of the params that were written for a create, and those of missing params. A misspelt name
/// stands for the param that was probably meant.
fn with_missing(
    entity: &Entity,
    written: &WrittenParams,
    mut faults: ParamErrors,
    required: impl Fn(&DesiredParams) -> Result<(), ParamErrors>,
) -> ParamErrors {
    let mut sound = sound_params(entity, written);
    sound.unknown.extend(faults.iter().filter_map(ParamError::suggestion).map(|name| vec![name.to_owned()]));
    faults.extend(required(&sound).err().unwrap_or_default());
    faults.into_iter().map(|fault| fault.of(entity)).collect()
}

/// The params without the members that have a fault; those count as unknown.
pub fn sound_params(entity: &Entity, written: &WrittenParams) -> DesiredParams {
    let known = entity.params();
    let (mut sound, mut faulty) = (WrittenParams::default(), Vec::new());
    for (key, value) in &written.members {
        let member = Map::from_iter([(key.clone(), value.clone())]);
        match (values::object(&member, known, ""), resolve(key, known)) {
            (Ok(_), _) => sound.members.extend(member),
            (Err(_), Ok(found)) => faulty.extend(found.path.first().map(|name| vec![name.clone()])),
            (Err(_), Err(_)) => {}
        }
    }
    let is_known = |path: &&Vec<String>| values::resolve_path(path, known).is_ok();
    sound.unknown = written.unknown.iter().filter(is_known).cloned().collect();
    // Members that clash with each other are sound by themselves, so each is parsed alone.
    let mut desired = parse(&sound, known).unwrap_or_else(|_| one_by_one(&sound, known));
    desired.unknown.extend(faulty);
    desired
}

/// The written params, with each member parsed as if it stood alone.
fn one_by_one(written: &WrittenParams, known: &[Member]) -> DesiredParams {
    let mut all = DesiredParams::default();
    for (key, value) in &written.members {
        let member = Map::from_iter([(key.clone(), value.clone())]);
        all.params.extend(values::object(&member, known, "").unwrap_or_default());
    }
    let paths = written.unknown.iter().filter_map(|path| values::resolve_path(path, known).ok());
    all.unknown.extend(paths);
    all
}

/// The params of a configuration while it is unknown whether its object is to be created or was imported. A
/// param that Stripe requires but never shows is not missing, because no import can write it. Combinations of
/// params that a create does not take, and empty objects, are allowed, because Stripe may show them.
pub fn config_params(entity: &'static Entity, written: &WrittenParams) -> Result<DesiredParams, Error> {
    let shown = |fault: &ParamError| match fault {
        ParamError::Missing { param } => {
            let shape = shape_at(entity.create_params(), param);
            entity.parents().contains(&param.as_str())
                || shape.is_some_and(|shape| is_shown(shape, entity.field_at(param)))
        }
        _ => true,
    };
    match complete_params(entity, written, Purpose::Configuration) {
        Err(Error::Params(faults)) => {
            let faults: ParamErrors = faults.into_iter().filter(shown).collect();
            if faults.is_empty() { Ok(parse(written, entity.params())?) } else { Err(faults.into()) }
        }
        other => other,
    }
}

/// Whether a field shows everything that Stripe requires of a param.
fn is_shown(param: &Shape, field: Option<&Shape>) -> bool {
    let Some(field) = field else { return false };
    if param.is_text() && field.members().is_some() {
        return false;
    }
    let required = param.members().unwrap_or_default().iter().filter(|member| member.shape.is_required());
    let mut shown =
        required.map(|member| is_shown(&member.shape, field.member(&member.name).map(|it| &it.shape)));
    shown.all(|shown| shown)
}

/// Reports each param that would be part of the entity's path and cannot be an id.
fn check_ids(entity: &Entity, params: &Params) -> Result<(), ParamErrors> {
    let own = entity.has_own_id().then_some(("id", &entity.object));
    let parents = entity.belongs_to.iter().map(|parent| (parent.placeholder.as_str(), &parent.object));
    let given = parents.chain(own).filter_map(|(name, object)| Some((name, object, params.get(name)?)));
    let wrong = given.filter(|(_, object, id)| scalar(id).is_none_or(|id| !is_id_of(object, &id)));
    let faults: ParamErrors = wrong.map(|(name, _, id)| not_an_id(name, id)).collect();
    none(faults)
}

/// Whether a text can be the id of an object of this type.
fn is_id_of(object: &str, id: &str) -> bool {
    let checked = if ids_are_chosen(object) { check_any_id(id) } else { check_id(id) };
    checked.is_ok()
}

fn none(faults: ParamErrors) -> Result<(), ParamErrors> {
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

pub(super) fn not_an_id(param: &str, given: &Json) -> ParamError {
    let expected = "an id: text that is not dots alone, without slashes and control characters";
    error::wrong(param, expected, given)
}

/// Returns both results, or the faults of both.
fn both<A, B>(a: Result<A, ParamErrors>, b: Result<B, ParamErrors>) -> Result<(A, B), ParamErrors> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(faults), Ok(_)) | (Ok(_), Err(faults)) => Err(faults),
        (Err(a), Err(b)) => Err([a, b].concat()),
    }
}

/// A payload in which some params have changed, in its original spelling, and as JSON text if a value was
/// JSON text. `before` and `after` are its params before and after the change.
pub fn with_original_keys(
    payload: &Map<String, Json>,
    params: &[Member],
    before: &Map<String, Json>,
    after: &Map<String, Json>,
) -> Map<String, Json> {
    let spelled = payload.iter().map(|(key, value)| {
        let path = resolve(key, params).map(|it| it.path).unwrap_or_default();
        let (was, is) = (at(before, &path), at(after, &path));
        let now = match is {
            _ if was == is => value.clone(),
            Some(many @ (Json::Object(_) | Json::Array(_))) if value.is_string() => many.to_string().into(),
            is => is.cloned().unwrap_or_default(),
        };
        (key.clone(), now)
    });
    spelled.collect()
}

fn at<'m>(params: &'m Map<String, Json>, path: &[String]) -> Option<&'m Json> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(params.get(first)?, |value, name| value.get(name))
}

/// Reports each param, at any depth, that Stripe requires and `desired` lacks or leaves empty. An empty
/// object counts as a value if `takes_empty_objects`: it can be sent as JSON, but not in a form.
pub(super) fn require(
    desired: &DesiredParams,
    params: &[Member],
    takes_empty_objects: bool,
) -> Result<(), ParamErrors> {
    let mut missing = Requirements { desired, takes_empty_objects, faults: ParamErrors::new() };
    missing.of_object(&desired.params, params, &mut Vec::new());
    none(missing.faults)
}

struct Requirements<'w> {
    desired: &'w DesiredParams,
    takes_empty_objects: bool,
    faults: ParamErrors,
}

impl Requirements<'_> {
    fn of_object(&mut self, given: &Params, params: &[Member], path: &mut Vec<String>) {
        for param in params {
            path.push(param.name.clone());
            match given.get(&param.name) {
                Some(value) if param.shape.is_required() && self.is_empty(value, &param.shape, path) => {
                    self.empty(value, path);
                }
                Some(value) => self.of_value(value, &param.shape, path),
                None if param.shape.is_required() && !self.desired.is_unknown(path) => {
                    self.faults.push(ParamError::Missing { param: path.join(".") });
                }
                None => {}
            }
            path.pop();
        }
    }

    fn of_value(&mut self, value: &Json, shape: &Shape, path: &mut Vec<String>) {
        match (value, &shape.kind) {
            (Json::Object(given), Kind::Object(params)) => self.of_object(given, params, path),
            (Json::Array(items), Kind::List(item) | Kind::Set(item)) => {
                let items = items.iter().enumerate();
                items.for_each(|(at, value)| self.of_entry(value, item, (path, at.to_string())));
            }
            (Json::Object(entries), Kind::Map(entry)) => {
                entries.iter().for_each(|(key, value)| self.of_entry(value, entry, (path, key.clone())));
            }
            _ => {}
        }
    }

    /// Checks an item of a list, or a value in a map. In a form, an empty object in this place could only be
    /// written as the empty text.
    fn of_entry(&mut self, value: &Json, shape: &Shape, (path, step): (&mut Vec<String>, String)) {
        path.push(step);
        if value.is_object() && self.is_empty(value, shape, path) {
            self.empty(value, path);
        } else {
            self.of_value(value, shape, path);
        }
        path.pop();
    }

    /// Whether a value is an empty text, list or object, which Stripe treats as a missing param.
    fn is_empty(&self, value: &Json, shape: &Shape, path: &[String]) -> bool {
        let unsets = shape.clearing == Clearing::Empty;
        match value {
            Json::String(text) => text.is_empty() && !unsets,
            Json::Array(items) => items.is_empty(),
            Json::Object(members) => {
                members.is_empty() && !unsets && !self.takes_empty_objects && !self.desired.is_unknown(path)
            }
            _ => false,
        }
    }

    fn empty(&mut self, value: &Json, path: &[String]) {
        let expected = match value {
            Json::Array(_) => "a list of at least one item",
            Json::Object(_) => "an object with at least one member",
            _ => "text that is not empty",
        };
        self.faults.push(error::wrong(&path.join("."), expected, value));
    }
}

/// A value as it is sent for a param of this shape. Returns `None` if Stripe would not take it.
pub(super) fn accepted(given: &Json, shape: &Shape) -> Option<Json> {
    values::value(given, shape, "").ok()
}

#[cfg(test)]
mod tests;
