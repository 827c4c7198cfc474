//! What is hidden before anything is written: by name, by shape, and by knowing it.
//!
//! 1. *Names.* What stands below a secret name, in a form, in JSON or in a header, is hidden
//!    whole. Names come from a fixed list and from the catalog.
//! 2. *Shapes.* Stripe's keys and client secrets, credentials and card numbers are hidden
//!    wherever they stand.
//! 3. *Knowledge.* The key and the passwords of the connection are hidden wherever they stand.
//!
//! What cannot be read is not shown: of a body that breaks off only the length is told.

mod message;
mod names;
mod text;

use std::sync::{Arc, PoisonError, RwLock};

use http::HeaderMap;
use serde_json::{Map, Value as Json};

use crate::secret::Secret;

/// What stands in place of what is hidden.
pub(super) const HIDDEN: &str = "(redacted)";

/// The secrets of one connection that are known.
#[derive(Debug, Default)]
pub(super) struct Known(RwLock<Arc<[Secret]>>);

impl Known {
    /// This is hidden from now on, also where it is written in another way.
    pub(super) fn add(&self, secret: &Secret) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<Secret> = known.iter().cloned().chain(text::spellings(secret)).collect();
        // The longest first: none may hide but a part of another one.
        all.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
        all.dedup();
        *known = all.into();
    }

    /// Hides these, and the fields of an entity that are secret.
    pub(super) fn redactor(&self, sensitive: &'static [String]) -> Redactor {
        let known = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        Redactor { known, sensitive }
    }
}

/// Hides what is secret.
#[derive(Debug)]
pub(super) struct Redactor {
    known: Arc<[Secret]>,
    /// Dotted names of fields.
    sensitive: &'static [String],
}

impl Redactor {
    /// Text without what has a shape of a secret or is a known one.
    pub(super) fn text(&self, text: &str) -> String {
        text::scrubbed(text, &self.known)
    }

    /// Path and query.
    pub(super) fn target(&self, target: &str) -> String {
        match target.split_once('?') {
            None => self.text(target),
            Some((path, query)) => format!("{}?{}", self.text(path), self.form(query)),
        }
    }

    /// All headers, as an object.
    pub(super) fn headers(&self, headers: &HeaderMap) -> Json {
        let mut shown = Map::new();
        for (name, value) in headers {
            let text = String::from_utf8_lossy(value.as_bytes());
            let text = if value.is_sensitive() && !names::is_secret_header(name.as_str()) {
                HIDDEN.to_owned()
            } else {
                self.header(name.as_str(), &text)
            };
            let text = match shown.get(name.as_str()).and_then(Json::as_str) {
                Some(before) => format!("{before}, {text}"),
                None => text,
            };
            shown.insert(name.to_string(), Json::String(text));
        }
        Json::Object(shown)
    }

    /// The value of one header.
    fn header(&self, name: &str, value: &str) -> String {
        if !names::is_secret_header(name) {
            return self.target(value);
        }
        match value.split_once(' ') {
            Some((scheme @ ("Basic" | "Bearer" | "Digest"), _)) => format!("{scheme} {HIDDEN}"),
            _ => HIDDEN.to_owned(),
        }
    }

    /// A body of this content type.
    pub(super) fn body(&self, content_type: &str, bytes: &[u8]) -> String {
        let looks_like_json = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
        if bytes.is_empty() {
            String::new()
        } else if content_type.contains("json") || looks_like_json {
            match serde_json::from_slice(bytes) {
                Ok(json) => self.json(json).to_string(),
                Err(_) => format!("({} bytes that are no JSON, not shown)", bytes.len()),
            }
        } else if content_type.contains("x-www-form-urlencoded") {
            self.form(&String::from_utf8_lossy(bytes))
        } else if content_type.starts_with("text/") {
            self.text(&String::from_utf8_lossy(bytes))
        } else {
            format!("({} bytes, not shown)", bytes.len())
        }
    }

    /// A whole HTTP message as it goes over the wire.
    pub(super) fn message(&self, bytes: &[u8]) -> String {
        message::shown(self, bytes)
    }

    fn form(&self, form: &str) -> String {
        let pairs = form.split('&').map(|pair| match pair.split_once('=') {
            None => self.text(pair),
            Some((name, value)) => {
                let path = names::of_form(&text::decoded(name));
                let hidden = self.is_secret(&path.iter().map(String::as_str).collect::<Vec<_>>());
                let value = if hidden { HIDDEN.to_owned() } else { self.form_value(value) };
                format!("{}={value}", self.form_value(name))
            }
        });
        pairs.collect::<Vec<_>>().join("&")
    }

    /// As it is written, unless something in it is hidden.
    fn form_value(&self, value: &str) -> String {
        let decoded = text::decoded(value);
        let shown = self.string(&decoded);
        if shown == decoded { value.to_owned() } else { shown }
    }

    fn json(&self, value: Json) -> Json {
        self.within(value, &mut Vec::new())
    }

    fn within(&self, value: Json, path: &mut Vec<String>) -> Json {
        match value {
            Json::Object(members) => {
                let shown = members.into_iter().map(|(name, value)| {
                    path.push(name.clone());
                    let hidden = self.is_secret(&path.iter().map(String::as_str).collect::<Vec<_>>());
                    let value = match value {
                        Json::Null => Json::Null,
                        _ if hidden => Json::String(HIDDEN.to_owned()),
                        value => self.within(value, path),
                    };
                    path.pop();
                    (self.text(&name), value)
                });
                Json::Object(shown.collect())
            }
            Json::Array(items) => items.into_iter().map(|item| self.within(item, path)).collect(),
            Json::String(text) => Json::String(self.string(&text)),
            Json::Number(number) => {
                let text = number.to_string();
                let shown = self.text(&text);
                if shown == text { Json::Number(number) } else { Json::String(shown) }
            }
            other => other,
        }
    }

    /// A value that is text; text that is JSON hides what it holds.
    fn string(&self, text: &str) -> String {
        let may_be_json = matches!(text.trim_start().as_bytes().first(), Some(b'{' | b'['));
        match serde_json::from_str(text) {
            Ok(inner) if may_be_json => self.json(inner).to_string(),
            _ => self.text(text),
        }
    }

    fn is_secret(&self, path: &[&str]) -> bool {
        names::is_secret(path) || names::ends_with_any(path, self.sensitive)
    }
}

#[cfg(test)]
mod tests;
