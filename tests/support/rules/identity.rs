//! The rules that core asserts for identity schemas.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use stripe_provider::terraform::value::Type;
use stripe_provider::terraform::wire::tfplugin5 as wire;

/// The type of a schema's identities.
pub fn identity_type(schema: &wire::ResourceIdentitySchema) -> Type {
    Type::object(schema.identity_attributes.iter().map(|it| {
        let spelling: Json = serde_json::from_slice(&it.r#type).expect("a type");
        (it.name.clone(), Type::from_json(&spelling).expect("a type"))
    }))
}

/// Core can load these schemas: they belong to existing types, and their attributes are single values that
/// are either required or optional for an import.
pub fn identifiable(
    identities: &BTreeMap<String, wire::ResourceIdentitySchema>,
    schema: &wire::get_provider_schema::Response,
) -> Vec<String> {
    let lists = schema.list_resource_schemas.keys().filter(|name| !identities.contains_key(*name));
    let mut broken: Vec<_> = lists.map(|name| format!("{name} is listed and has no identity")).collect();
    for (name, identity) in identities {
        if !schema.resource_schemas.contains_key(name) || identity.version < 0 {
            broken.push(format!("{name} is no type, or its identity has a version below 0"));
        }
        for it in &identity.identity_attributes {
            let single = matches!(&it.r#type[..], br#""string""# | br#""number""# | br#""bool""#);
            if !single || it.required_for_import == it.optional_for_import {
                broken.push(format!("{name}: the identity's {} is not well formed", it.name));
            }
        }
    }
    broken
}
