//! Redacts secrets before anything is written, in three ways.
//!
//! 1. *By name.* Values below a secret name, in a form, in JSON or in a header, are replaced completely. The
//!    names come from a fixed list; the catalog's secrecy test knows further ones.
//! 2. *By shape.* Stripe's keys, client secrets, credentials, card numbers, and the secrets in an address
//!    (its password, a token in its query) are replaced in any text.
//! 3. *By value.* The key and the passwords of the connection, and the contents of secret payloads, are
//!    replaced in any text.
//!
//! A body that cannot be parsed is not written; only its length is.

mod known;
mod message;
mod names;
mod text;
mod url;

use std::sync::{Arc, RwLock};

use http::HeaderMap;
use serde_json::{Map, Value as Json};

use crate::secret::{REDACTED, Secret};
use crate::stripe::trace::Secrecy;
use crate::sync;
use known::KnownTexts;

/// The key and the passwords of one connection.
#[derive(Debug, Default)]
pub(super) struct KnownSecrets(Arc<RwLock<KnownTexts>>);

impl KnownSecrets {
    /// From now on, redacts this secret in all its spellings.
    pub(super) fn add(&self, secret: &Secret) {
        let spellings = text::spellings(secret);
        let mut known = sync::write(&self.0);
        for spelling in &spellings {
            known.add(spelling);
        }
    }

    /// Creates a redactor for these secrets and for the fields that `secrecy` calls secret.
    pub(super) fn redactor(&self, secrecy: Option<&'static dyn Secrecy>) -> Redactor {
        Redactor { known: Arc::clone(&self.0), secrecy }
    }
}

/// Redacts text, headers, bodies and messages.
#[derive(Debug)]
pub(super) struct Redactor {
    known: Arc<RwLock<KnownTexts>>,
    /// The catalog's secrecy test for the entity that the message concerns.
    secrecy: Option<&'static dyn Secrecy>,
}

impl Redactor {
    /// Returns the text without known secrets and without anything that has the shape of one.
    pub(super) fn text(&self, text: &str) -> String {
        let known = sync::read(&self.known);
        text::redact(&url::without_secrets(text), &known)
    }

    /// Redacts the path and query of a request.
    pub(super) fn target(&self, target: &str) -> String {
        match target.split_once('?') {
            None => self.text(target),
            Some((path, query)) => format!("{}?{}", self.text(path), self.form(query)),
        }
    }

    /// Returns all headers as a JSON object; values of headers with equal names are joined by commas.
    pub(super) fn headers(&self, headers: &HeaderMap) -> Json {
        let mut object = Map::new();
        for (name, value) in headers {
            let text = String::from_utf8_lossy(value.as_bytes());
            let text = if value.is_sensitive() && !names::is_secret_header(name.as_str()) {
                REDACTED.to_owned()
            } else {
                self.header(name.as_str(), &text)
            };
            let text = match object.get(name.as_str()).and_then(Json::as_str) {
                Some(previous) => format!("{previous}, {text}"),
                None => text,
            };
            object.insert(name.to_string(), Json::String(text));
        }
        Json::Object(object)
    }

    /// Redacts the value of one header; a secret value keeps its scheme, such as `Bearer`.
    fn header(&self, name: &str, value: &str) -> String {
        if !names::is_secret_header(name) {
            return self.target(value);
        }
        match value.split_once(' ') {
            Some((scheme @ ("Basic" | "Bearer" | "Digest"), _)) => format!("{scheme} {REDACTED}"),
            _ => REDACTED.to_owned(),
        }
    }

    /// Redacts a body of this content type; if it cannot be parsed, only its length is returned.
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

    /// Redacts a complete HTTP message in bytes.
    pub(super) fn message(&self, bytes: &[u8]) -> String {
        message::redacted(self, bytes)
    }

    fn form(&self, form: &str) -> String {
        let pairs = form.split('&').map(|pair| match pair.split_once('=') {
            None => self.text(pair),
            Some((name, value)) => {
                let path = names::form_path(&text::percent_decode(name));
                let hidden = self.is_secret(&path.iter().map(String::as_str).collect::<Vec<_>>());
                let value = if hidden { REDACTED.to_owned() } else { self.form_value(value) };
                format!("{}={value}", self.form_value(name))
            }
        });
        pairs.collect::<Vec<_>>().join("&")
    }

    /// Redacts a part of a form, which stays encoded unless something in it is redacted.
    fn form_value(&self, value: &str) -> String {
        let decoded = text::percent_decode(value);
        let redacted = self.string(&decoded);
        if redacted == decoded { value.to_owned() } else { redacted }
    }

    fn json(&self, value: Json) -> Json {
        self.json_below(value, &mut Vec::new())
    }

    fn json_below(&self, value: Json, path: &mut Vec<String>) -> Json {
        match value {
            Json::Object(members) => {
                let redacted = members.into_iter().map(|(name, value)| {
                    path.push(name.clone());
                    let hidden = self.is_secret(&path.iter().map(String::as_str).collect::<Vec<_>>());
                    let value = match value {
                        Json::Null => Json::Null,
                        _ if hidden => Json::String(REDACTED.to_owned()),
                        value => self.json_below(value, path),
                    };
                    path.pop();
                    (self.text(&name), value)
                });
                Json::Object(redacted.collect())
            }
            Json::Array(items) => items.into_iter().map(|item| self.json_below(item, path)).collect(),
            Json::String(text) => Json::String(self.string(&text)),
            Json::Number(number) => {
                let text = number.to_string();
                let redacted = self.text(&text);
                if redacted == text { Json::Number(number) } else { Json::String(redacted) }
            }
            other => other,
        }
    }

    /// Redacts a text value; JSON inside it is redacted as JSON.
    fn string(&self, text: &str) -> String {
        let may_be_json = matches!(text.trim_start().as_bytes().first(), Some(b'{' | b'['));
        match serde_json::from_str(text) {
            Ok(inner) if may_be_json => self.json(inner).to_string(),
            _ => self.text(text),
        }
    }

    fn is_secret(&self, path: &[&str]) -> bool {
        names::is_secret(path) || self.secrecy.is_some_and(|secrecy| is_secret_inside(secrecy, path))
    }
}

/// Whether a path leads to a secret of the entity, which may be nested anywhere, such as in a page or an
/// event.
fn is_secret_inside(secrecy: &dyn Secrecy, path: &[&str]) -> bool {
    (0..path.len()).any(|from| secrecy.is_secret(&path.get(from..).unwrap_or_default().join(".")))
}

#[cfg(test)]
mod tests;
