//! Checks params against the catalog: refuses unknown, missing and mistyped ones, named as in a form, and
//! returns typed values.

use serde_json::Value as Json;

use crate::catalog::{Clearing, Kind, Member, Presence, Shape, find};
use crate::sandbox::currency;
pub(super) use crate::sandbox::fields::child;

use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::Body;

mod scalar;

pub(super) use scalar::too_long;

/// How params were given: as a form, whose values are texts, or as JSON, whose values have types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ParamEncoding {
    /// Used in version 1 of the API.
    Form,
    /// Used in version 2.
    Json,
}

impl ParamEncoding {
    /// Checks the params of a call and returns them with types; an empty text stays an empty text.
    pub fn params(self, known: &[Member], given: &Body) -> ApiResult<Body> {
        self.object(known, given, "")
    }

    fn object(self, known: &[Member], given: &Body, path: &str) -> ApiResult<Body> {
        if let Some(name) = given.keys().find(|name| find(known, name).is_none()) {
            let param = child(path, name);
            return Err(ApiError::of("unknown_param", &[("param", &param)]).param(param));
        }
        let mut required = known.iter().filter(|one| one.shape.is_required());
        if let Some(lacking) = required.find(|one| !given.contains_key(&one.name)) {
            return Err(missing(&child(path, &lacking.name)));
        }
        let mut typed = Body::new();
        for (name, given) in given {
            if let Some(param) = find(known, name) {
                typed.insert(name.clone(), self.value(&param.shape, given, &child(path, name))?);
            }
        }
        Ok(typed)
    }

    fn value(self, shape: &Shape, given: &Json, path: &str) -> ApiResult<Json> {
        if self.empties(given) {
            return if self.clears(shape) { Ok(given.clone()) } else { Err(not_unsettable(path, given)) };
        }
        match (&shape.kind, given) {
            (Kind::Union(shapes), given) => self.union(shapes, given, path),
            (kind, plain) if self == Self::Json && !plain.is_object() && !plain.is_array() => {
                scalar::typed(kind, plain, path)
            }
            (Kind::Object(known), Json::Object(given)) => Ok(self.object(known, given, path)?.into()),
            (Kind::Map(inner), Json::Object(given)) => self.map(inner, given, path),
            (Kind::List(inner) | Kind::Set(inner), Json::Array(items)) => self.list(inner, items, path),
            (Kind::List(inner) | Kind::Set(inner), Json::Object(numbered)) => {
                let mut items: Vec<(usize, &Json)> = Vec::new();
                for (name, given) in numbered {
                    items.push((name.parse().map_err(|_| wrong_shape("array", path))?, given));
                }
                items.sort_by_key(|(at, _)| *at);
                self.list(inner, items.into_iter().map(|(_, given)| given), path)
            }
            (Kind::Range, Json::Object(bounds)) => self.range(bounds, path),
            (Kind::File, Json::Object(_)) => Ok(given.clone()),
            (Kind::File, _) => Err(wrong_shape("file", path)),
            (Kind::Object(_) | Kind::Map(_), _) => Err(wrong_shape("object", path)),
            (Kind::List(_) | Kind::Set(_), _) => Err(wrong_shape("array", path)),
            (kind, Json::String(text)) => scalar::read(kind, text, path),
            (_, _) => Err(wrong_shape("string", path)),
        }
    }

    /// Whether a value unsets a param: an empty text in a form, or null in JSON.
    fn empties(self, given: &Json) -> bool {
        if self == Self::Form { given == "" } else { given.is_null() }
    }

    fn clears(self, shape: &Shape) -> bool {
        match (shape.clearing, &shape.kind) {
            (Clearing::Empty, _) => self == Self::Form,
            (Clearing::Null, _) => self == Self::Json,
            (Clearing::Never, Kind::Union(shapes)) => shapes.iter().any(|shape| self.clears(shape)),
            (Clearing::Never, _) => false,
        }
    }

    /// Checks a value against the first shape that accepts it; if none does, returns the last error. Of
    /// several object shapes, only the best match is tried.
    fn union(self, shapes: &[Shape], given: &Json, path: &str) -> ApiResult<Json> {
        if let Some(meant) = given.as_object().and_then(|given| meant(shapes, given)) {
            return self.value(meant, given, path);
        }
        let mut refusal = wrong_shape("string", path);
        for shape in shapes {
            match self.value(shape, given, path) {
                Ok(found) => return Ok(found),
                Err(failure) => refusal = failure,
            }
        }
        Err(refusal)
    }

    fn list<'a, I>(self, inner: &Shape, items: I, path: &str) -> ApiResult<Json>
    where
        I: IntoIterator<Item = &'a Json, IntoIter: ExactSizeIterator>,
    {
        let items = items.into_iter();
        if items.len() > ENTRIES {
            return Err(too_many(path, ENTRIES));
        }
        let typed = items.enumerate().map(|(at, given)| self.value(inner, given, &format!("{path}[{at}]")));
        Ok(Json::Array(typed.collect::<ApiResult<_>>()?))
    }

    fn range(self, bounds: &Body, path: &str) -> ApiResult<Json> {
        let known = ["gt", "gte", "lt", "lte"]
            .map(|name| Member::new(name, Shape::new(Kind::Integer).with_presence(Presence::Optional)));
        Ok(Json::Object(self.object(&known, bounds, path)?))
    }

    fn map(self, inner: &Shape, given: &Body, path: &str) -> ApiResult<Json> {
        let own = path.trim_end_matches(']');
        let (is_metadata, by_currency) = (own.ends_with("metadata"), currency::are_keys(own));
        let mut typed = Body::new();
        for (name, given) in given {
            let at = child(path, name);
            let name = if by_currency { &currency::read(name, &at)? } else { name };
            // An empty value removes its key from the metadata.
            let found = if is_metadata && self.empties(given) {
                given.clone()
            } else {
                self.value(inner, given, &at)?
            };
            if is_metadata {
                metadata_limits(name, &found, &at)?;
            }
            typed.insert(name.clone(), found);
        }
        Ok(Json::Object(typed))
    }
}

/// The refusal of a call in which a param is missing.
pub(super) fn missing(param: &str) -> ApiError {
    ApiError::of("missing", &[("param", &param)]).param(param)
}

/// The refusal of a list with more items than `most`.
pub(super) fn too_many(param: &str, most: usize) -> ApiError {
    ApiError::of("too_many_elements", &[("param", &param), ("most", &most)]).param(param)
}

/// The refusal of a call with two params of which only one is allowed; it names the first.
pub(super) fn exclusive(first: &str, second: &str) -> ApiError {
    ApiError::of("exclusive", &[("first", &first), ("second", &second)]).param(first)
}

/// The refusal of a time that is not in the future.
pub(super) fn not_in_future(param: &str) -> ApiError {
    ApiError::of("not_in_future", &[("param", &param)]).param(param)
}

/// The refusal of an emptied param that always has a value.
pub(super) fn not_unsettable(path: &str, emptied: &Json) -> ApiError {
    let given = if emptied.is_null() { "null" } else { "an empty string" };
    ApiError::of("cannot_unset", &[("given", &given), ("param", &path)]).param(path)
}

fn wrong_shape(wanted: &str, path: &str) -> ApiError {
    ApiError::of("wrong_shape", &[("wanted", &wanted)]).param(path)
}

/// The object shape that best matches the given members.
fn meant<'s>(shapes: &'s [Shape], given: &Body) -> Option<&'s Shape> {
    let objects = shapes.iter().filter(|shape| matches!(shape.kind, Kind::Object(_)));
    objects.min_by_key(|shape| {
        let members = shape.members().unwrap_or_default();
        let strange = given.keys().filter(|name| find(members, name).is_none()).count();
        let other = given.iter().filter(|(name, given)| {
            let values = find(members, name).map_or(&[][..], |member| member.shape.values());
            !values.is_empty() && given.as_str().is_some_and(|text| values.iter().all(|value| value != text))
        });
        strange + other.count()
    })
}

/// More entries than any list param may have.
const ENTRIES: usize = 1000;

/// The maximum number of keys in an object's metadata.
pub(super) const METADATA_KEYS: usize = 50;

fn metadata_limits(name: &str, found: &Json, path: &str) -> ApiResult<()> {
    let value = found.as_str().map_or(0, |text| text.chars().count());
    let lengths =
        [("metadata_key_too_long", name.chars().count(), 40), ("metadata_value_too_long", value, 500)];
    match lengths.into_iter().find(|(_, length, most)| length > most) {
        Some((refusal, length, most)) => {
            Err(ApiError::of(refusal, &[("length", &length), ("most", &most)]).param(path))
        }
        None => Ok(()),
    }
}
