//! Identities: the values that distinguish one object of a resource type from all others.

use prost::Message as _;

use super::{Service, dynamic};
use crate::terraform::Provider;
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::messages;
use crate::terraform::provider::{Schemas, identities_of};
use crate::terraform::schema::IdentitySchema;
use crate::terraform::value::{Type, Value};
use crate::terraform::wire::tfplugin5::{
    self as wire, get_resource_identity_schemas, resource_identity_schema, upgrade_resource_identity,
};

/// The response to `GetResourceIdentitySchemas`.
pub(super) fn schemas<P: Provider>(service: &Service<P>) -> get_resource_identity_schemas::Response {
    response(identities_of(&service.provider))
}

/// The encoded response to `GetResourceIdentitySchemas`, which [`Provider::encoded_identity_schemas`] may
/// return.
pub fn encoded(schemas: &Schemas) -> Vec<u8> {
    response(schemas.identities.clone()).encode_to_vec()
}

fn response(
    schemas: impl IntoIterator<Item = (String, IdentitySchema)>,
) -> get_resource_identity_schemas::Response {
    let identity_schemas = schemas.into_iter().map(|(name, schema)| (name, to_wire(schema))).collect();
    get_resource_identity_schemas::Response { identity_schemas, ..Default::default() }
}

fn to_wire(schema: IdentitySchema) -> wire::ResourceIdentitySchema {
    let attributes = schema.attributes.into_iter().map(|it| resource_identity_schema::IdentityAttribute {
        name: it.name.into_owned(),
        r#type: it.ty.to_json().to_string().into_bytes(),
        required_for_import: it.required,
        optional_for_import: !it.required,
        description: it.description,
    });
    wire::ResourceIdentitySchema { version: schema.version, identity_attributes: attributes.collect() }
}

/// Returns the identity of an object, or `None` while it is unknown.
pub(super) fn of<P: Provider>(
    service: &Service<P>,
    type_name: &str,
    state: &Value,
    private: &[u8],
) -> Result<Option<wire::ResourceIdentityData>, Diagnostic> {
    let Some(ty) = service.codecs.identity(&service.provider, type_name) else { return Ok(None) };
    if state.is_null() {
        return Ok(None);
    }
    let identity = service.provider.identity(type_name, state, private);
    if identity.is_null() || !identity.is_wholly_known() {
        return Ok(None);
    }
    data(&identity, ty).map(Some)
}

/// Decodes an identity that Terraform sent, or null if it sent none.
pub(super) fn decode<P: Provider>(
    service: &Service<P>,
    type_name: &str,
    identity: Option<&wire::ResourceIdentityData>,
) -> Result<Value, Diagnostic> {
    match service.codecs.identity(&service.provider, type_name) {
        Some(ty) => dynamic::decode("identity", identity.and_then(|it| it.identity_data.as_ref()), ty),
        None => Ok(Value::Null),
    }
}

/// Brings a stored identity to its current form: anything it lacks becomes null.
pub(super) fn upgrade<P: Provider>(
    service: &Service<P>,
    request: &upgrade_resource_identity::Request,
) -> Result<upgrade_resource_identity::Response, Diagnostic> {
    let Some(ty) = service.codecs.identity(&service.provider, &request.type_name) else {
        return Err(messages::not_supported("identity of", &request.type_name));
    };
    let stored = dynamic::decode_stored(request.raw_identity.as_ref(), ty, true)?;
    let upgraded_identity = Some(data(&stored, ty)?);
    Ok(upgrade_resource_identity::Response { upgraded_identity, ..Default::default() })
}

/// Encodes an identity in its wire form.
pub(super) fn data(identity: &Value, ty: &Type) -> Result<wire::ResourceIdentityData, Diagnostic> {
    Ok(wire::ResourceIdentityData { identity_data: Some(dynamic::encode(identity, ty)?) })
}
