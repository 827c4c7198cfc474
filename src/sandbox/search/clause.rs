//! A query: clauses that must all match (`AND`), or of which one must (`OR`).
//!
//! ```text
//! email:'a@b.c'   name~'ada'   -status:'canceled'   created>=1700000000   metadata['team']:null
//! ```

use serde_json::Value as Json;

use crate::catalog::{Entity, Kind, Member, find};
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::refusal::Values;
use crate::sandbox::search::words::{self, Word};
use crate::sandbox::store::{Body, ObjectQuery, Text, is_indexed, searched_name};

/// The minimum length of a text for a substring match.
const SHORTEST: usize = 3;

/// The maximum length of a text in a store query, which SQL limits.
const LONGEST: usize = 500;

/// The maximum number of texts in one store query, which SQL limits.
const PATTERNS: usize = 8;

/// A parsed query.
#[derive(Debug)]
pub(super) struct Query {
    clauses: Vec<Clause>,
    /// Whether one matching clause is enough (`OR`).
    any: bool,
}

#[derive(Debug)]
struct Clause {
    negated: bool,
    /// The path to the value.
    path: Vec<String>,
    sign: &'static str,
    /// The wanted text in lower case; `None` for `null`.
    wanted: Option<String>,
}

impl Query {
    /// Parses a query over objects of this type.
    pub fn read(text: &str, entity: &Entity) -> ApiResult<Self> {
        let words = words::read(text).map_err(|rest| unreadable(&rest))?;
        let mut rest = words.as_slice();
        let mut query = Self { clauses: Vec::new(), any: false };
        let mut joined = None;
        loop {
            let (clause, after) = Clause::read(rest, entity)?;
            query.clauses.push(clause);
            let Some((word, further)) = after.split_first() else { return Ok(query) };
            let any = match word {
                Word::Bare(word) if word.eq_ignore_ascii_case("and") => false,
                Word::Bare(word) if word.eq_ignore_ascii_case("or") => true,
                other => return Err(unreadable(&spelled(other))),
            };
            if joined.is_some_and(|before| before != any) {
                return Err(ApiError::of("search_and_or", &[]));
            }
            joined = Some(any);
            query.any = any;
            rest = further;
        }
    }

    /// Returns a store query that leaves out what cannot match, as far as the stored text shows it.
    pub fn walk<'w>(&self, object: &'w str) -> ObjectQuery<'w> {
        let mut walk = ObjectQuery::of(object);
        let telling = self.clauses.iter().filter(|clause| !self.any && !clause.negated);
        for (clause, wanted) in telling.filter_map(|clause| Some((clause, clause.told()?))) {
            match clause.path.as_slice() {
                [name] if clause.sign == ":" && is_indexed(name) && walk.alike.is_empty() => {
                    walk.alike.push((name.clone(), wanted.to_owned()));
                }
                path => {
                    let is_part = clause.sign == "~";
                    let name = searched_name(object, path).filter(|_| walk.text.is_none());
                    if is_part || name.is_none() {
                        walk.like.push(pattern(wanted));
                        walk.like.truncate(PATTERNS);
                    }
                    let wanted = if is_part { format!("%{}%", literal(wanted)) } else { wanted.to_owned() };
                    walk.text = walk.text.or(name.map(|name| Text { name, wanted, is_part }));
                }
            }
        }
        walk
    }

    /// Whether an object matches.
    pub fn fits(&self, body: &Body) -> bool {
        let mut clauses = self.clauses.iter();
        if self.any {
            clauses.any(|clause| clause.fits(body))
        } else {
            clauses.all(|clause| clause.fits(body))
        }
    }
}

impl Clause {
    fn read<'w>(words: &'w [Word], entity: &Entity) -> ApiResult<(Self, &'w [Word])> {
        let (negated, words) = match words {
            [Word::Sign("-"), rest @ ..] => (true, rest),
            words => (false, words),
        };
        let (path, rest) = match words {
            [Word::Bare(name), Word::Sign("["), Word::Quoted(key), Word::Sign("]"), rest @ ..] => {
                (vec![name.clone(), key.clone()], rest)
            }
            [Word::Bare(name), rest @ ..] => (name.split('.').map(str::to_owned).collect(), rest),
            [other, ..] => return Err(unreadable(&spelled(other))),
            [] => return Err(ApiError::of("search_empty", &[])),
        };
        let Some(kind) = kind(&entity.fields, &path) else {
            let values: Values<'_> = &[("field", &path.join(".")), ("object", &entity.object)];
            return Err(ApiError::of("search_field_unknown", values));
        };
        let [Word::Sign(sign), value, rest @ ..] = rest else { return Err(unreadable(&path.join("."))) };
        let wanted = match value {
            Word::Bare(word) if word.eq_ignore_ascii_case("null") => None,
            Word::Bare(word) | Word::Quoted(word) => Some(word.to_lowercase()),
            Word::Sign(sign) => return Err(unreadable(sign)),
        };
        let clause = Self { negated, path, sign, wanted };
        clause.check(kind)?;
        Ok((clause, rest))
    }

    /// Returns a text that the stored form of every matching object is certain to contain, in any case, or
    /// `None` if there is no such text.
    fn told(&self) -> Option<&str> {
        let wanted = self.wanted.as_deref().filter(|_| matches!(self.sign, ":" | "~"))?;
        let is_plain = wanted.is_ascii() && wanted.len() <= LONGEST && !wanted.starts_with(['{', '[']);
        is_plain.then_some(wanted)
    }

    fn check(&self, kind: &Kind) -> ApiResult<()> {
        let name = self.path.join(".");
        let is_number = matches!(kind, Kind::Integer | Kind::Time | Kind::Number);
        match (self.sign, &self.wanted) {
            ("~", Some(text)) if is_number || text.chars().count() < SHORTEST => {
                Err(ApiError::of("search_part_too_short", &[("least", &SHORTEST), ("field", &name)]))
            }
            (":", _) | ("~", Some(_)) => Ok(()),
            (">" | ">=" | "<" | "<=", Some(number)) if is_number && number.parse::<f64>().is_ok() => Ok(()),
            (sign, _) => Err(ApiError::of("search_operator_unfit", &[("operator", &sign), ("field", &name)])),
        }
    }

    fn fits(&self, body: &Body) -> bool {
        let mut found = body.get(self.path.first().map_or("", String::as_str));
        for name in self.path.iter().skip(1) {
            found = found.and_then(|value| value.get(name));
        }
        self.compares(found.filter(|value| !value.is_null())) != self.negated
    }

    fn compares(&self, found: Option<&Json>) -> bool {
        let (Some(wanted), Some(found)) = (&self.wanted, found) else {
            return self.wanted.is_none() && found.is_none();
        };
        let found = found.as_str().map_or_else(|| found.to_string(), str::to_lowercase);
        let numbers = || Some((found.parse::<f64>().ok()?, wanted.parse::<f64>().ok()?));
        match self.sign {
            ":" => found == *wanted,
            "~" => found.contains(wanted.as_str()),
            ">" => numbers().is_some_and(|(found, wanted)| found > wanted),
            ">=" => numbers().is_some_and(|(found, wanted)| found >= wanted),
            "<" => numbers().is_some_and(|(found, wanted)| found < wanted),
            _ => numbers().is_some_and(|(found, wanted)| found <= wanted),
        }
    }
}

/// Returns a `LIKE` pattern that finds a text within another.
fn pattern(wanted: &str) -> String {
    let spelled = Json::from(wanted).to_string();
    let inner = spelled.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default();
    format!("%{}%", literal(inner))
}

/// Escapes a text for a `LIKE` pattern.
fn literal(text: &str) -> String {
    let escaped = |letter| matches!(letter, '\\' | '%' | '_').then_some('\\').into_iter().chain([letter]);
    text.chars().flat_map(escaped).collect()
}

/// Returns the kind of the field at a path.
fn kind<'f>(fields: &'f [Member], path: &[String]) -> Option<&'f Kind> {
    let (first, rest) = path.split_first()?;
    let mut kind = &find(fields, first)?.shape.kind;
    for name in rest {
        kind = match kind {
            Kind::Object(inner) => &find(inner, name)?.shape.kind,
            Kind::Map(inner) => &inner.kind,
            Kind::Any => kind,
            _ => return None,
        };
    }
    Some(kind)
}

fn spelled(word: &Word) -> String {
    match word {
        Word::Bare(word) | Word::Quoted(word) => word.clone(),
        Word::Sign(sign) => (*sign).to_owned(),
    }
}

fn unreadable(near: &str) -> ApiError {
    ApiError::of("search_unreadable", &[("near", &near)])
}

#[cfg(test)]
mod tests;
