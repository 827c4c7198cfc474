//! The schemas by type name, each with the type of its objects, worked out once.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{diagnostics, dynamic};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::Schemas;
use crate::terraform::schema::Schema;
use crate::terraform::value::{Path, Type, Value};
use crate::terraform::wire::tfplugin5 as wire;

/// The shapes of everything that is served.
#[derive(Debug)]
pub(super) struct Shapes {
    provider: Shape,
    resources: BTreeMap<&'static str, Shape>,
    data_sources: BTreeMap<&'static str, Shape>,
}

/// A schema and the type of its objects.
#[derive(Debug)]
pub(super) struct Shape {
    schema: &'static Schema,
    /// Made at first use: one run touches few of the types.
    ty: OnceLock<Type>,
}

impl Shapes {
    pub(super) fn new(schemas: &'static Schemas) -> Self {
        let all = |family: &'static BTreeMap<&'static str, Schema>| {
            family.iter().map(|(name, schema)| (*name, Shape::new(schema))).collect()
        };
        Self {
            provider: Shape::new(&schemas.provider),
            resources: all(&schemas.resources),
            data_sources: all(&schemas.data_sources),
        }
    }

    /// The provider block.
    pub(super) fn provider(&self) -> &Shape {
        &self.provider
    }

    /// The resource type of that name.
    pub(super) fn resource(&self, name: &str) -> Result<&Shape, Diagnostic> {
        self.resources.get(name).ok_or_else(|| unknown("Resource Type", name))
    }

    /// The data source of that name.
    pub(super) fn data_source(&self, name: &str) -> Result<&Shape, Diagnostic> {
        self.data_sources.get(name).ok_or_else(|| unknown("Data Source", name))
    }
}

fn unknown(what: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Unknown {what}"),
        format!("This version of the provider has no {} `{name}`.", what.to_lowercase()),
    )
}

impl Shape {
    fn new(schema: &'static Schema) -> Self {
        Self { schema, ty: OnceLock::new() }
    }

    /// Reads an object from the field of that name.
    pub(super) fn decode(
        &self,
        field: &str,
        value: Option<&wire::DynamicValue>,
    ) -> Result<Value, Diagnostic> {
        dynamic::decode(field, value, self.ty())
    }

    /// Reads a stored state and fills in what it lacks.
    pub(super) fn decode_stored(&self, raw: Option<&wire::RawState>) -> Result<Value, Diagnostic> {
        dynamic::decode_stored(raw, self.ty()).map(|state| dynamic::complete(state, &self.schema.block))
    }

    /// Writes an object.
    pub(super) fn encode(&self, value: Value) -> Result<wire::DynamicValue, Diagnostic> {
        dynamic::encode(&dynamic::complete(value, &self.schema.block), self.ty())
    }

    /// Writes as much of an object as fits the schema, and says what was wrong with the rest.
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

    /// Writes messages about an object.
    pub(super) fn diagnostics(&self, diagnostics: Diagnostics) -> Vec<wire::Diagnostic> {
        diagnostics::all_to_wire(diagnostics, self.ty())
    }

    /// Writes paths into an object.
    pub(super) fn paths(&self, paths: &[Path]) -> Vec<wire::AttributePath> {
        let clipped = paths.iter().map(|path| diagnostics::up_to_set(path, self.ty()));
        clipped.map(|path| diagnostics::path_to_wire(&path)).collect()
    }

    fn ty(&self) -> &Type {
        self.ty.get_or_init(|| self.schema.block.ty())
    }
}
