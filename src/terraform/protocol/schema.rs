//! Schemas in their wire form.

use std::collections::BTreeMap;

use prost::Message as _;

use super::Service;
use crate::terraform::Provider;
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::provider::{Family, Schemas};
use crate::terraform::schema::{Attribute, Block, NestedBlock, Nesting, Presence, Schema};
use crate::terraform::wire::tfplugin5::{
    self as wire, ServerCapabilities, StringKind, get_metadata, get_provider_schema, schema as wire_schema,
};

/// The capabilities that Terraform can rely on; most of them hold for every provider that is served here.
const fn capabilities(can_move: bool) -> ServerCapabilities {
    ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: can_move,
        generate_resource_config: false,
    }
}

/// The response to `GetSchema`, the only RPC that needs every schema.
pub(super) fn response<P: Provider>(
    service: &Service<P>,
) -> Result<get_provider_schema::Response, Diagnostic> {
    let (codecs, provider) = (&service.codecs, &service.provider);
    let all = |family| {
        let names = codecs.names(provider, family);
        let schemas =
            names.map(|name| Ok((name.to_owned(), to_wire(codecs.of(provider, family, name)?.schema()))));
        schemas.collect::<Result<BTreeMap<_, _>, Diagnostic>>()
    };
    Ok(get_provider_schema::Response {
        provider: Some(to_wire(codecs.provider(provider).schema())),
        resource_schemas: all(Family::Resource)?,
        data_source_schemas: all(Family::DataSource)?,
        ephemeral_resource_schemas: all(Family::EphemeralResource)?,
        action_schemas: of_actions(all(Family::Action)?),
        list_resource_schemas: all(Family::List)?,
        server_capabilities: Some(capabilities(provider.can_move())),
        ..Default::default()
    })
}

/// The encoded response to `GetSchema`, which [`Provider::encoded_schemas`] may return.
pub fn encoded(schemas: &Schemas) -> Vec<u8> {
    let all = |family| schemas[family].iter().map(|(name, it)| (name.clone(), to_wire(it))).collect();
    let response = get_provider_schema::Response {
        provider: Some(to_wire(&schemas.provider)),
        resource_schemas: all(Family::Resource),
        data_source_schemas: all(Family::DataSource),
        ephemeral_resource_schemas: all(Family::EphemeralResource),
        action_schemas: of_actions(all(Family::Action)),
        list_resource_schemas: all(Family::List),
        server_capabilities: Some(capabilities(schemas.can_move)),
        ..Default::default()
    };
    response.encode_to_vec()
}

/// The response to `GetMetadata`: the names without the schemas.
pub(super) fn metadata<P: Provider>(service: &Service<P>) -> get_metadata::Response {
    let names = |family| service.codecs.names(&service.provider, family).map(str::to_owned);
    let actions = names(Family::Action).map(|type_name| get_metadata::ActionMetadata { type_name });
    let actions: Vec<_> = actions.collect();
    let ephemeral = |type_name| get_metadata::EphemeralResourceMetadata { type_name };
    get_metadata::Response {
        server_capabilities: Some(capabilities(service.provider.can_move())),
        resources: names(Family::Resource)
            .map(|type_name| get_metadata::ResourceMetadata { type_name })
            .collect(),
        data_sources: names(Family::DataSource)
            .map(|type_name| get_metadata::DataSourceMetadata { type_name })
            .collect(),
        ephemeral_resources: names(Family::EphemeralResource).map(ephemeral).collect(),
        list_resources: names(Family::List)
            .map(|type_name| get_metadata::ListResourceMetadata { type_name })
            .collect(),
        actions_in_terraform: actions.clone(),
        actions,
        ..Default::default()
    }
}

fn of_actions(schemas: BTreeMap<String, wire::Schema>) -> BTreeMap<String, wire::ActionSchema> {
    schemas.into_iter().map(|(name, it)| (name, wire::ActionSchema { schema: Some(it) })).collect()
}

fn to_wire(schema: &Schema) -> wire::Schema {
    wire::Schema { version: schema.version, block: Some(block(&schema.block)) }
}

fn block(block: &Block) -> wire_schema::Block {
    wire_schema::Block {
        attributes: block.attributes.iter().map(attribute).collect(),
        block_types: block.blocks.iter().map(nested).collect(),
        description: block.description.clone(),
        description_kind: StringKind::Markdown.into(),
        deprecated: block.deprecation.is_some(),
        deprecation_message: block.deprecation.clone().unwrap_or_default(),
        ..Default::default()
    }
}

fn attribute(attribute: &Attribute) -> wire_schema::Attribute {
    let presence = attribute.presence;
    wire_schema::Attribute {
        name: attribute.name.to_string(),
        r#type: attribute.ty.to_json().to_string().into_bytes(),
        description: attribute.description.clone(),
        description_kind: StringKind::Markdown.into(),
        required: presence == Presence::Required,
        optional: matches!(presence, Presence::Optional | Presence::OptionalComputed),
        computed: presence.is_computed(),
        sensitive: attribute.sensitive,
        write_only: attribute.write_only,
        deprecated: attribute.deprecation.is_some(),
        deprecation_message: attribute.deprecation.clone().unwrap_or_default(),
    }
}

/// Encodes a nested block. A block that occurs at most once becomes a list of at most one element: a
/// single-nested block would be null when absent, which could not be told from one whose content is unknown.
fn nested(nested: &NestedBlock) -> wire_schema::NestedBlock {
    use wire_schema::nested_block::NestingMode;
    let (nesting, max_items) = match nested.nesting {
        Nesting::One => (NestingMode::List, 1),
        Nesting::List => (NestingMode::List, 0),
        Nesting::Set => (NestingMode::Set, 0),
        Nesting::Map => (NestingMode::Map, 0),
    };
    wire_schema::NestedBlock {
        type_name: nested.name.to_string(),
        block: Some(block(&nested.block)),
        nesting: nesting.into(),
        min_items: 0,
        max_items,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::value::Type;

    #[test]
    fn each_presence_sets_its_flags() {
        let flags = |presence| {
            let sent = attribute(&Attribute::new("a", Type::String, presence, "A."));
            (sent.required, sent.optional, sent.computed)
        };
        assert_eq!(flags(Presence::Required), (true, false, false));
        assert_eq!(flags(Presence::Optional), (false, true, false));
        assert_eq!(flags(Presence::Computed), (false, false, true));
        assert_eq!(flags(Presence::OptionalComputed), (false, true, true));
    }

    #[test]
    fn types_are_sent_as_json_and_text_as_markdown() {
        let sent = attribute(
            &Attribute::new("a", Type::map(Type::String), Presence::Optional, "A `b`.").sensitive(),
        );
        assert_eq!(sent.r#type, br#"["map","string"]"#);
        assert_eq!((sent.description.as_str(), sent.description_kind, sent.sensitive), ("A `b`.", 1, true));
    }

    #[test]
    fn flags_are_off_until_they_are_set() {
        let plain = || Attribute::new("a", Type::String, Presence::Optional, "A.");
        let flags = |made: Attribute| {
            let sent = attribute(&made);
            (sent.write_only, sent.deprecated, sent.deprecation_message)
        };
        assert_eq!(flags(plain()), (false, false, String::new()));
        assert_eq!(flags(plain().write_only()), (true, false, String::new()));
        assert_eq!(flags(plain().deprecated("Use `b`.")), (false, true, "Use `b`.".to_owned()));
        let old = block(&Block::new("A block.", vec![plain()]).deprecated("Use `c`."));
        assert!(old.deprecated && old.deprecation_message == "Use `c`." && !old.attributes[0].deprecated);
    }

    #[test]
    fn each_nesting_has_its_mode_and_a_single_block_has_at_most_one_item() {
        let limits = |nesting| {
            let sent = nested(&NestedBlock::new("b", nesting, Block::default()));
            (sent.nesting, sent.min_items, sent.max_items, sent.block.is_some())
        };
        assert_eq!(limits(Nesting::One), (2, 0, 1, true));
        assert_eq!(limits(Nesting::List), (2, 0, 0, true));
        assert_eq!(limits(Nesting::Set), (3, 0, 0, true));
        assert_eq!(limits(Nesting::Map), (4, 0, 0, true));
    }
}
