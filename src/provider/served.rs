//! Maps each type name to the code that serves it.

use crate::provider::data_source::DataSource;
use crate::provider::managed::Resource;
use crate::provider::{data_sources, resources, typed};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::Family;
use crate::terraform::schema::Schema;
use crate::terraform::value::Value;

/// The managed resources, each with its type name.
const RESOURCES: [(&str, &dyn Resource); 3] = [
    ("stripe_action", &resources::ActionResource),
    ("stripe_connection", &resources::ConnectionResource),
    ("stripe_entity", &resources::EntityResource),
];

/// The data sources, each with its type name.
const DATA_SOURCES: [(&str, &dyn DataSource); 4] = [
    ("stripe_actions", &data_sources::ActionsDataSource),
    ("stripe_entities", &data_sources::EntitiesDataSource),
    ("stripe_entity", &data_sources::EntityDataSource),
    ("stripe_entity_types", &data_sources::EntityTypesDataSource),
];

/// The type names of a family.
pub(super) fn types(family: Family) -> Vec<&'static str> {
    match family {
        Family::Resource => {
            let generic = RESOURCES.iter().map(|(name, _)| *name);
            generic.chain(typed::resources().keys().map(String::as_str)).collect()
        }
        Family::DataSource => {
            let generic = DATA_SOURCES.iter().map(|(name, _)| *name);
            generic.chain(typed::data_sources().keys().map(String::as_str)).collect()
        }
        Family::EphemeralResource => typed::ephemeral_resources().keys().map(String::as_str).collect(),
        Family::Action => typed::actions().keys().map(String::as_str).collect(),
        Family::List => typed::list_types(),
    }
}

/// The schema of a type.
pub(super) fn schema(family: Family, type_name: &str) -> Option<Schema> {
    match family {
        Family::Resource => resource(type_name).ok().map(Resource::schema),
        Family::DataSource => data_source(type_name).ok().map(DataSource::schema),
        Family::EphemeralResource => ephemeral_resource(type_name).ok().map(typed::EphemeralResource::schema),
        Family::Action => action(type_name).ok().map(typed::TypedAction::schema),
        Family::List => resource(type_name).ok()?.list_schema(),
    }
}

/// Returns the faults of a configuration, or an error if there is no such type.
pub(super) fn validate(family: Family, type_name: &str, config: &Value) -> Result<Diagnostics, Diagnostic> {
    Ok(match family {
        Family::Resource => {
            let resource = resource(type_name)?;
            resource.secrets(config).redact(resource.validate(config))
        }
        Family::DataSource => data_source(type_name)?.validate(config),
        Family::EphemeralResource => ephemeral_resource(type_name)?.validate(config),
        Family::Action => action(type_name)?.validate(config),
        Family::List => resource(type_name)?.validate_list(config),
    })
}

pub(super) fn resource(type_name: &str) -> Result<&'static dyn Resource, Diagnostic> {
    let found = RESOURCES.iter().find(|(name, _)| *name == type_name);
    let generic = found.map(|(_, resource)| *resource);
    let typed = || typed::resources().get(type_name).map(|typed| typed as &dyn Resource);
    generic.or_else(typed).ok_or_else(|| unknown_type(Family::Resource, type_name))
}

pub(super) fn data_source(type_name: &str) -> Result<&'static dyn DataSource, Diagnostic> {
    let found = DATA_SOURCES.iter().find(|(name, _)| *name == type_name);
    let generic = found.map(|(_, source)| *source);
    let typed = || typed::data_sources().get(type_name).map(Box::as_ref);
    generic.or_else(typed).ok_or_else(|| unknown_type(Family::DataSource, type_name))
}

pub(super) fn ephemeral_resource(type_name: &str) -> Result<&'static typed::EphemeralResource, Diagnostic> {
    typed::ephemeral_resources()
        .get(type_name)
        .ok_or_else(|| unknown_type(Family::EphemeralResource, type_name))
}

pub(super) fn action(type_name: &str) -> Result<&'static typed::TypedAction, Diagnostic> {
    typed::actions().get(type_name).ok_or_else(|| unknown_type(Family::Action, type_name))
}

fn unknown_type(family: Family, type_name: &str) -> Diagnostic {
    crate::terraform::messages::unknown(&family.title().to_lowercase(), type_name)
}
