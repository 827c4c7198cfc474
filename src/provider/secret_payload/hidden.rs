//! Redacts the values of a secret payload from records, messages and logs.

use serde_json::{Map, Value as Json};

use crate::catalog::Member;
use crate::catalog::names::join_path;
use crate::catalog::names::resolve;
use crate::engine::{WrittenParams, parse};
use crate::provider::payload;
use crate::provider::secret_payload::attributes::SECRET;
use crate::secret::{REDACTED, Secret};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::{Path, Value};

/// The shortest value that is searched for in texts, in bytes; a shorter one is part of many words.
const SHORTEST: usize = 4;
/// The shortest value that is searched for in responses, which contain words of Stripe's own.
const TELLING: usize = 8;

/// The places and values that a secret payload sets.
#[derive(Debug, Clone, Default)]
pub(in crate::provider) struct Hidden {
    /// The dotted paths of the params, in Stripe's spelling.
    places: Vec<String>,
    /// The single values, longest first.
    values: Vec<Secret>,
}

impl Hidden {
    /// Returns what the secret payload of a configuration or a state sets among these params.
    pub(in crate::provider) fn of(state: &Value, known: &[Member]) -> Self {
        let Ok(Some(mut written)) = payload::opened(state.get(SECRET), known) else { return Self::default() };
        let mut values = Vec::new();
        written.members.values().for_each(|value| single_values(value, &mut values));
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        // Values that fill the path of an action are not params.
        written.members.retain(|key, _| resolve(key, known).is_ok());
        written.unknown.retain(|path| path.first().is_some_and(|key| resolve(key, known).is_ok()));
        Self { places: places_of(&written, known), values: values.into_iter().map(Secret::new).collect() }
    }

    /// Hides these values, wherever they were written. A value that is too short would be found in many
    /// words.
    pub(in crate::provider) fn these(values: impl IntoIterator<Item = String>) -> Self {
        let long = values.into_iter().filter(|value| value.len() >= SHORTEST);
        let mut values: Vec<Secret> = long.map(Secret::new).collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.expose().len()));
        Self { places: Vec::new(), values }
    }

    /// Hides every single value inside these.
    pub(in crate::provider) fn inside<'v>(values: impl Iterator<Item = &'v Json>) -> Self {
        let mut found = Vec::new();
        values.for_each(|value| single_values(value, &mut found));
        Self::these(found)
    }

    /// Combines what two payloads set, such as the ones before and after a change.
    #[must_use]
    pub(in crate::provider) fn and(mut self, other: Self) -> Self {
        self.places.extend(other.places);
        self.values.extend(other.values);
        self.values.sort_by_key(|value| std::cmp::Reverse(value.expose().len()));
        self
    }

    /// The values, for a log that must not show them.
    pub(in crate::provider) fn values(&self) -> &[Secret] {
        &self.values
    }

    /// Returns a flat map without the entries at these places and those that repeat one of the values.
    pub(in crate::provider) fn left_out(&self, shown: Value) -> Value {
        let Some(entries) = shown.as_map() else { return shown };
        let kept = entries.iter().filter(|(key, value)| !self.sets(key) && !self.repeats(value));
        Value::map(kept.map(|(key, value)| (key.clone(), value.clone())))
    }

    /// Returns whether the payload sets the value at a dotted path, or a value that contains it.
    pub(super) fn sets(&self, path: &str) -> bool {
        let is_below = |place: &String| path.strip_prefix(place.as_str()).is_some_and(at_a_step);
        self.places.iter().any(is_below)
    }

    fn repeats(&self, value: &Value) -> bool {
        let Some(text) = value.as_str() else { return false };
        let mut telling = self.values.iter().map(Secret::expose).filter(|value| value.len() >= TELLING);
        telling.any(|value| text.contains(value))
    }

    /// Removes the values from messages. A message about the payload that repeated a value is then about
    /// its secret part.
    pub(in crate::provider) fn redact(&self, diagnostics: Diagnostics) -> Diagnostics {
        diagnostics.into_iter().map(|diagnostic| self.redact_one(diagnostic)).collect()
    }

    fn redact_one(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        let mut detail = diagnostic.detail.clone();
        for value in self.values.iter().map(Secret::expose) {
            let quoted = Json::from(value).to_string();
            detail = detail.replace(quoted.trim_matches('"'), REDACTED).replace(value, REDACTED);
        }
        if detail != diagnostic.detail && diagnostic.path == Path::attribute("input_payload") {
            diagnostic.path = Path::attribute(SECRET);
        }
        Diagnostic { detail, ..diagnostic }
    }
}

/// Returns whether the path ends here, or goes on with a new step.
fn at_a_step(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('.')
}

/// Collects the texts and numbers in a value that are long enough to be distinguished from other words.
fn single_values(value: &Json, found: &mut Vec<String>) {
    match value {
        Json::Object(members) => members.values().for_each(|value| single_values(value, found)),
        Json::Array(items) => items.iter().for_each(|value| single_values(value, found)),
        Json::String(text) if text.len() >= SHORTEST => found.push(text.clone()),
        Json::Number(number) if number.to_string().len() >= SHORTEST => found.push(number.to_string()),
        _ => {}
    }
}

/// Returns the places of the params, including unknown ones. A list is one place.
fn places_of(written: &WrittenParams, known: &[Member]) -> Vec<String> {
    let Ok(desired) = parse(written, known) else { return Vec::new() };
    let mut places: Vec<String> = desired.unknown.iter().map(|path| path.join(".")).collect();
    below("", &desired.params, &mut places);
    places
}

fn below(place: &str, params: &Map<String, Json>, found: &mut Vec<String>) {
    for (name, value) in params {
        let place = join_path(place, name);
        match value {
            Json::Object(inside) if !inside.is_empty() => below(&place, inside, found),
            _ => found.push(place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Hidden;
    use crate::catalog::catalog;
    use crate::secret::REDACTED;
    use crate::terraform::diagnostic::Diagnostic;
    use crate::terraform::value::{Path, Value};

    fn hidden(secret: &str) -> Hidden {
        let state = Value::map([("secret_payload", Value::from(secret))]);
        Hidden::of(&state, catalog().entity("Customer").unwrap().params())
    }

    #[test]
    fn a_map_lacks_what_a_secret_payload_sets_and_what_repeats_it() {
        let hidden = hidden(r#"{"Metadata": {"pin": "12"}, "Email": "priv@example.com"}"#);
        let shown = [
            ("id", "cus_1"),
            ("metadata.pin", "12"),
            ("metadata.pins", "12"),
            ("email", "priv@example.com"),
            ("description", "to priv@example.com"),
        ];
        let shown = Value::map(shown.map(|(key, value)| (key, Value::from(value))));
        let left = hidden.left_out(shown);
        let keys: Vec<_> = left.as_map().unwrap().keys().collect();
        assert_eq!(format!("{keys:?}"), r#"["id", "metadata.pins"]"#);
    }

    #[test]
    fn a_message_that_repeats_a_secret_is_told_without_it_at_the_secret_payload() {
        let refused = |detail: &str| Diagnostic::error("Refused", detail).at_attribute("input_payload");
        let hidden = hidden(r#"{"Email": "bad \"SECRET"}"#);
        let redacted = hidden.redact(vec![
            refused("Invalid email address: bad \"SECRET."),
            refused(r#"Not "bad \"SECRET"."#),
            refused("x"),
        ]);
        assert_eq!(redacted[0].detail, format!("Invalid email address: {REDACTED}."));
        assert_eq!(redacted[1].detail, format!("Not \"{REDACTED}\"."));
        let places: Vec<_> = redacted.iter().map(|it| it.path.clone()).collect();
        let at = Path::attribute;
        assert_eq!(places, [at("secret_payload"), at("secret_payload"), at("input_payload")]);
    }
}
