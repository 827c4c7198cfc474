//! The metadata settings of the provider block: the defaults for every object, and the keys to ignore
//! because others manage them.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::engine::{ParamError, Params, metadata_faults};
use crate::provider::messages::settings;
use crate::provider::sentence::sentence;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::schema::Attribute;
use crate::terraform::value::{Type, Value};

/// The attribute with the default metadata of every object.
pub(super) const DEFAULTS: &str = "default_metadata";
/// The attribute with the keys that others manage.
const IGNORED: &str = "ignore_metadata_keys";
/// The name of the param and of the field.
pub(super) const METADATA: &str = "metadata";

/// The metadata settings of a provider block.
#[derive(Debug, Clone, Default)]
pub(super) struct MetadataRules {
    /// The default metadata of every object; None while it is unknown.
    defaults: Option<Params>,
    ignored: Vec<String>,
}

/// The attributes of the provider block.
pub(super) fn attributes() -> [Attribute; 2] {
    [
        Attribute::optional(
            DEFAULTS,
            Type::map(Type::String),
            "Metadata that is added to every typed resource, ephemeral resource and action; their own keys take precedence. `metadata` shows only the object's own keys; `metadata_all` shows both. A change updates every object.",
        ),
        Attribute::optional(
            IGNORED,
            Type::list(Type::String),
            "Metadata keys that something else manages: typed resources neither show nor change them. A `*` at the end matches any suffix: `ci_*`.",
        ),
    ]
}

/// Returns the faults of the attributes.
pub(super) fn check(config: &Value) -> Diagnostics {
    let rules = MetadataRules::of(config);
    let defaults = rules.defaults.clone().unwrap_or_default();
    let faults = metadata_faults(&defaults, DEFAULTS);
    let mut found: Diagnostics = faults.iter().map(|it| unfit_metadata(it).at_attribute(DEFAULTS)).collect();
    found.extend(
        defaults
            .keys()
            .filter(|key| rules.ignores(key))
            .map(|key| settings::key_of_two_owners(key, DEFAULTS, IGNORED).at_attribute(IGNORED)),
    );
    found
}

fn unfit_metadata(fault: &ParamError) -> Diagnostic {
    settings::unfit_metadata(&sentence(&fault.to_string()))
}

impl MetadataRules {
    /// Reads the rules of a provider block.
    pub(super) fn of(config: &Value) -> Self {
        let written = config.get(DEFAULTS);
        let entries = written
            .as_map()
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.to_string(), Json::from(value.as_str()?))));
        let defaults = written.is_wholly_known().then(|| entries.collect());
        let ignored = config.get(IGNORED).items().iter().filter_map(|key| key.as_str().map(str::to_owned));
        Self { defaults, ignored: ignored.collect() }
    }

    /// The default metadata of every object; None while it is unknown.
    pub(super) fn defaults(&self) -> Option<&Params> {
        self.defaults.as_ref()
    }

    /// Removes the keys that others manage from Stripe's response.
    pub(super) fn hide(&self, body: &mut Json) {
        if let Some(Json::Object(keys)) = body.get_mut(METADATA) {
            keys.retain(|key, _| !self.ignores(key));
        }
    }

    fn ignores(&self, key: &str) -> bool {
        self.ignored.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => key.starts_with(start),
            None => pattern == key,
        })
    }
}

/// Returns params with the defaults added to their metadata.
pub(super) fn with_defaults(mut params: Params, defaults: &Params) -> Params {
    if defaults.is_empty() {
        return params;
    }
    let own = params.get(METADATA).and_then(Json::as_object).cloned().unwrap_or_default();
    let more = defaults.iter().filter(|(key, _)| !own.contains_key(*key));
    let all: Map<String, Json> =
        own.clone().into_iter().chain(more.map(|(k, v)| (k.clone(), v.clone()))).collect();
    params.insert(METADATA.to_owned(), Json::Object(all));
    params
}

/// The reverse: returns the params with only their own metadata, which `own` lists, and the current
/// defaults.
pub(super) fn without_defaults(mut params: Params, own: &Params, defaults: &Params) -> (Params, Params) {
    let written = own.get(METADATA).and_then(Json::as_object);
    let all = params.get(METADATA).and_then(Json::as_object).cloned().unwrap_or_default();
    let is_own = |key: &String| {
        written.is_some_and(|written| written.contains_key(key)) || !defaults.contains_key(key)
    };
    let (mine, others): (BTreeMap<_, _>, BTreeMap<_, _>) = all.into_iter().partition(|(key, _)| is_own(key));
    if written.is_some() {
        params.insert(METADATA.to_owned(), Json::Object(mine.into_iter().collect()));
    } else if !defaults.is_empty() {
        params.shift_remove(METADATA);
    }
    let others = others.into_iter().filter(|(_, value)| !value.is_null()).collect();
    (params, if defaults.is_empty() { Params::new() } else { others })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{DEFAULTS, MetadataRules, Params, Value, check, with_defaults, without_defaults};

    fn params(value: &Json) -> Params {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn defaults_stand_under_what_is_written_and_come_apart_again() {
        let defaults = params(&json!({"team": "a", "env": "test"}));
        let own = params(&json!({"name": "x", "metadata": {"env": "own"}}));
        let both = with_defaults(own.clone(), &defaults);
        assert_eq!(both["metadata"], json!({"env": "own", "team": "a"}));
        assert_eq!(without_defaults(both, &own, &defaults), (own, params(&json!({"team": "a"}))));
        let bare = params(&json!({"name": "x"}));
        let both = with_defaults(bare.clone(), &defaults);
        assert_eq!(without_defaults(both, &bare, &defaults), (bare, defaults));
    }

    #[test]
    fn what_every_object_gets_keeps_the_limits_of_metadata() {
        let told = |entries: Vec<(String, String)>| {
            let defaults = Value::map(entries.into_iter().map(|(key, value)| (key, Value::from(value))));
            let found = check(&Value::map([(DEFAULTS, defaults)]));
            found.into_iter().map(|it| it.detail).collect::<Vec<_>>().join(" ")
        };
        let one = |key: &str, value: &str| told(vec![(key.to_owned(), value.to_owned())]);
        assert_eq!(one("team", "a"), "");
        assert!(one("", "a").contains("keys are not empty"));
        assert!(one("a[b]", "a").contains("no square brackets"));
        assert!(one(&"k".repeat(41), "a").contains("at most 40 characters"));
        assert!(
            one("team", &"v".repeat(501))
                .contains("\"default_metadata.team\" must be at most 500 characters")
        );
        let many = (0..51).map(|n| (n.to_string(), String::new())).collect();
        assert!(told(many).contains("at most 50 keys"));
    }

    #[test]
    fn keys_of_others_are_taken_out_of_an_answer() {
        let ignored = ["team", "ci_*"].map(str::to_owned).to_vec();
        let rules = MetadataRules { ignored, ..MetadataRules::default() };
        let mut body = json!({"metadata": {"team": "1", "teams": "2", "ci_run": "3"}});
        rules.hide(&mut body);
        assert_eq!(body, json!({"metadata": {"teams": "2"}}));
    }
}
