//! The schemas by type name, and how objects of each are decoded, checked and encoded.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{diagnostics, dynamic};
use crate::terraform::Provider;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::messages;
use crate::terraform::provider::Family;
use crate::terraform::schema::{self, Schema};
use crate::terraform::value::{Path, Type, Value};
use crate::terraform::wire::tfplugin5 as wire;

/// The codecs of all types that a provider serves, each created at its first use: a run touches only a few of
/// the types.
#[derive(Debug, Default)]
pub(super) struct SchemaCodecs {
    provider: OnceLock<SchemaCodec>,
    families: [OnceLock<ByName>; Family::ALL.len()],
    identities: OnceLock<BTreeMap<String, OnceLock<Option<Type>>>>,
}

/// The inner option is `None` if the provider names a type but has no schema for it.
type ByName = BTreeMap<String, OnceLock<Option<SchemaCodec>>>;

/// A schema and the type of its objects.
#[derive(Debug)]
pub(super) struct SchemaCodec {
    schema: Schema,
    /// Computed lazily, because sending a schema does not need it.
    ty: OnceLock<Type>,
    /// The provider's function that hides secrets in a text.
    hide_secrets: fn(&str) -> String,
}

impl SchemaCodecs {
    /// The codec of the provider block.
    pub(super) fn provider<P: Provider>(&self, provider: &P) -> &SchemaCodec {
        self.provider.get_or_init(|| SchemaCodec::new(provider, provider.provider_schema()))
    }

    /// Returns the codec of a type, or an error if there is none with this name.
    pub(super) fn of<P: Provider>(
        &self,
        provider: &P,
        family: Family,
        name: &str,
    ) -> Result<&SchemaCodec, Diagnostic> {
        let codec = self.types(provider, family).get(name).and_then(|codec| {
            let schema = || provider.schema(family, name);
            codec.get_or_init(|| schema().map(|schema| SchemaCodec::new(provider, schema))).as_ref()
        });
        codec.ok_or_else(|| unknown(family, name))
    }

    /// Returns the type of a resource type's identities, or `None` if its objects have no identity.
    pub(super) fn identity<P: Provider>(&self, provider: &P, name: &str) -> Option<&Type> {
        let names =
            || provider.types(Family::Resource).into_iter().map(|it| (it.to_owned(), OnceLock::new()));
        let known = self.identities.get_or_init(|| names().collect());
        known.get(name)?.get_or_init(|| provider.identity_schema(name).map(|it| it.ty())).as_ref()
    }

    /// The names of the types of a family, sorted.
    pub(super) fn names<P: Provider>(&self, provider: &P, family: Family) -> impl Iterator<Item = &str> {
        self.types(provider, family).keys().map(String::as_str)
    }

    #[expect(clippy::indexing_slicing, reason = "there is one for each family")]
    fn types<P: Provider>(&self, provider: &P, family: Family) -> &ByName {
        self.families[family as usize].get_or_init(|| unused(provider.types(family)))
    }
}

fn unused(names: Vec<&str>) -> ByName {
    names.into_iter().map(|name| (name.to_owned(), OnceLock::new())).collect()
}

fn unknown(family: Family, name: &str) -> Diagnostic {
    let what = family.title();
    Diagnostic { summary: format!("Unknown {what}"), ..messages::unknown(&what.to_lowercase(), name) }
}

impl SchemaCodec {
    fn new<P: Provider>(_: &P, schema: Schema) -> Self {
        Self { schema, ty: OnceLock::new(), hide_secrets: P::hide_secrets }
    }

    /// The schema from which it was created.
    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Decodes an object from the field with this name.
    pub(super) fn decode(
        &self,
        field: &str,
        value: Option<&wire::DynamicValue>,
    ) -> Result<Value, Diagnostic> {
        dynamic::decode(field, value, self.ty()).map_err(|error| self.without_secrets(error))
    }

    /// Decodes a configuration, which may be missing altogether.
    pub(super) fn decode_config(&self, value: Option<&wire::DynamicValue>) -> Result<Value, Diagnostic> {
        let config = self.decode("config", value)?;
        Ok(if config.is_null() { self.complete(Value::map::<&str>([])) } else { config })
    }

    /// Decodes an object without its write-only values, which a state never has.
    pub(super) fn decode_state(
        &self,
        field: &str,
        value: Option<&wire::DynamicValue>,
    ) -> Result<Value, Diagnostic> {
        self.decode(field, value).map(|state| self.complete(state))
    }

    /// Decodes a state that was stored under this version of the schema, and fills in what is missing.
    pub(super) fn decode_stored(
        &self,
        raw: Option<&wire::RawState>,
        version: i64,
    ) -> Result<Value, Diagnostic> {
        let is_older = version < self.schema.version;
        let state =
            dynamic::decode_stored(raw, self.ty(), is_older).map_err(|error| self.without_secrets(error))?;
        Ok(self.complete(state))
    }

    /// Finds violations of the schema's rules in a configuration.
    pub(super) fn check(&self, config: &Value) -> Diagnostics {
        schema::check(&self.schema.block, config)
    }

    /// Finds violations of the schema's rules and uses of deprecated attributes in a configuration.
    pub(super) fn validate(&self, config: &Value) -> Diagnostics {
        let mut found = self.check(config);
        found.extend(schema::warn_of_deprecated(&self.schema.block, config));
        found
    }

    /// Reports the write-only values of a configuration as errors.
    pub(super) fn refuse_write_only(&self, config: &Value) -> Diagnostics {
        schema::refuse_write_only(&self.schema.block, config)
    }

    /// Encodes an object without its write-only values.
    pub(super) fn encode(&self, value: Value) -> Result<wire::DynamicValue, Diagnostic> {
        dynamic::encode(&self.complete(value), self.ty()).map_err(|error| self.without_secrets(error))
    }

    /// Encodes as much of an object as fits the schema, and reports what is wrong with the rest.
    pub(super) fn encode_what_fits(
        &self,
        value: Value,
        diagnostics: &mut Diagnostics,
    ) -> Result<wire::DynamicValue, Diagnostic> {
        self.encode(value.clone()).or_else(|error| {
            diagnostics.push(error);
            self.encode(dynamic::salvage(value, self.ty()))
        })
    }

    /// Encodes messages about an object of this schema.
    pub(super) fn diagnostics(&self, diagnostics: Diagnostics) -> Vec<wire::Diagnostic> {
        let shown = diagnostics.into_iter().map(|diagnostic| self.without_secrets(diagnostic));
        diagnostics::all_to_wire(shown.collect(), self.ty())
    }

    /// Encodes paths into an object of this schema.
    pub(super) fn paths(&self, paths: &[Path]) -> Vec<wire::AttributePath> {
        let clipped = paths.iter().map(|path| diagnostics::up_to_set(path, self.ty()));
        clipped.map(|path| diagnostics::path_to_wire(&path)).collect()
    }

    fn without_secrets(&self, diagnostic: Diagnostic) -> Diagnostic {
        let [summary, detail] =
            [&diagnostic.summary, &diagnostic.detail].map(|text| (self.hide_secrets)(text));
        Diagnostic { summary, detail, ..diagnostic }
    }

    fn complete(&self, value: Value) -> Value {
        dynamic::complete(value, &self.schema.block)
    }

    fn ty(&self) -> &Type {
        self.ty.get_or_init(|| self.schema.block.ty())
    }
}
