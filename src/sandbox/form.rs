//! Decodes Stripe's form encoding: `card[number]=4242`, `items[0][price]=p`, `expand[]=data.customer`.
//!
//! The encoding does not distinguish a list with indexes from a map with numeric keys, so the result is a
//! tree of texts, lists (from `[]`) and objects. The catalog tells what an object is when params are checked.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::sandbox::fields::{Body, members};

/// Why a form cannot be decoded.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum FormError {
    /// A percent sign without a byte, or bytes that are not text.
    #[error("invalid percent encoding in {0:?}")]
    Encoding(String),
    /// Unpaired brackets.
    #[error("invalid brackets in {0:?}")]
    Brackets(String),
    /// One name is used both as a value and as a branch.
    #[error("{0:?} is given both as a value and as an object")]
    Mixed(String),
}

/// More brackets than any of Stripe's params has.
const DEEPEST: usize = 24;

/// A form that is being decoded: a tree in which looking up a name is fast, however many there are.
#[derive(Debug, Default)]
pub(super) struct FormTree(Json);

impl FormTree {
    /// Adds one name with its value.
    pub fn put(&mut self, key: &str, value: String) -> Result<(), FormError> {
        insert(&mut self.0, &segments(key)?, value).map_err(|()| FormError::Mixed(key.to_owned()))
    }

    /// Returns the params in the order of their first appearance.
    pub fn read(self) -> Body {
        members(self.0)
    }
}

/// Decodes a query or a body.
pub(super) fn decode(text: &str) -> Result<Body, FormError> {
    let mut form = FormTree::default();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        form.put(&percent_decode(key)?, percent_decode(value)?)?;
    }
    Ok(form.read())
}

/// Sets the value at a path; null marks an empty place.
fn insert(slot: &mut Json, path: &[String], value: String) -> Result<(), ()> {
    match path.split_first() {
        None if slot.is_null() || slot.is_string() => {
            *slot = Json::String(value);
            Ok(())
        }
        None => Err(()),
        Some((name, rest)) if name.is_empty() => append(slot, rest, value),
        Some((name, rest)) => descend(slot, name, rest, value),
    }
}

fn descend(slot: &mut Json, name: &str, rest: &[String], value: String) -> Result<(), ()> {
    if slot.is_null() {
        *slot = Json::Object(Body::new());
    }
    let branches = slot.as_object_mut().ok_or(())?;
    insert(branches.entry(name).or_insert(Json::Null), rest, value)
}

/// `a[][b]=1&a[][c]=2` is one element with two members: a new element starts when a name repeats.
fn append(slot: &mut Json, rest: &[String], value: String) -> Result<(), ()> {
    if slot.is_null() {
        *slot = Json::Array(Vec::new());
    }
    let items = slot.as_array_mut().ok_or(())?;
    let last = items.last().and_then(Json::as_object);
    let goes_on = last.zip(rest.first()).is_some_and(|(members, name)| !members.contains_key(name.as_str()));
    if !goes_on {
        items.push(Json::Null);
    }
    insert(items.last_mut().ok_or(())?, rest, value)
}

/// Splits a name: `a[b][]` becomes `a`, `b` and an empty name.
fn segments(key: &str) -> Result<Vec<String>, FormError> {
    let wrong = || FormError::Brackets(key.to_owned());
    let Some((first, mut rest)) = key.split_once('[') else { return Ok(vec![key.to_owned()]) };
    let mut path = vec![first.to_owned()];
    loop {
        let (name, after) = rest.split_once(']').ok_or_else(wrong)?;
        path.push(name.to_owned());
        if after.is_empty() {
            return Ok(path);
        }
        rest = after.strip_prefix('[').ok_or_else(wrong)?;
        if path.len() > DEEPEST {
            return Err(wrong());
        }
    }
}

/// Decodes one name or value: `+` is a space, `%41` a byte.
pub(super) fn percent_decode(text: &str) -> Result<String, FormError> {
    let wrong = || FormError::Encoding(text.to_owned());
    let starts_byte =
        |rest: &str| rest.len() > 1 && rest.bytes().take(2).all(|digit| digit.is_ascii_hexdigit());
    if !text.split('%').skip(1).all(starts_byte) {
        return Err(wrong());
    }
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8().map(Cow::into_owned).map_err(|_| wrong())
}

#[cfg(test)]
mod tests;
