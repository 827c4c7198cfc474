//! Schemas in their wire form.

use std::collections::{BTreeMap, HashMap};

use crate::terraform::provider::Schemas;
use crate::terraform::schema::{Attribute, Block, NestedBlock, Nesting, Presence, Schema};
use crate::terraform::wire::tfplugin5::{
    self as wire, ServerCapabilities, StringKind, get_metadata, get_provider_schema, schema as wire_schema,
};

/// What this provider lets Terraform count on.
pub(super) fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: false,
        generate_resource_config: false,
    }
}

/// The answer to `GetSchema`.
pub(super) fn response(schemas: &Schemas) -> get_provider_schema::Response {
    get_provider_schema::Response {
        provider: Some(to_wire(&schemas.provider)),
        resource_schemas: by_name(&schemas.resources),
        data_source_schemas: by_name(&schemas.data_sources),
        server_capabilities: Some(capabilities()),
        ..Default::default()
    }
}

/// The answer to `GetMetadata`: the names without the schemas.
pub(super) fn metadata(schemas: &Schemas) -> get_metadata::Response {
    let resources = schemas.resources.keys().map(|name| (*name).to_owned());
    let data_sources = schemas.data_sources.keys().map(|name| (*name).to_owned());
    get_metadata::Response {
        server_capabilities: Some(capabilities()),
        resources: resources.map(|type_name| get_metadata::ResourceMetadata { type_name }).collect(),
        data_sources: data_sources.map(|type_name| get_metadata::DataSourceMetadata { type_name }).collect(),
        ..Default::default()
    }
}

fn by_name(schemas: &BTreeMap<&'static str, Schema>) -> HashMap<String, wire::Schema> {
    schemas.iter().map(|(name, schema)| ((*name).to_owned(), to_wire(schema))).collect()
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
        ..Default::default()
    }
}

fn attribute(attribute: &Attribute) -> wire_schema::Attribute {
    let presence = attribute.presence;
    wire_schema::Attribute {
        name: attribute.name.to_owned(),
        r#type: attribute.ty.to_json().to_string().into_bytes(),
        description: attribute.description.clone(),
        description_kind: StringKind::Markdown.into(),
        required: presence == Presence::Required,
        optional: matches!(presence, Presence::Optional | Presence::OptionalComputed),
        computed: presence.is_computed(),
        sensitive: attribute.sensitive,
        ..Default::default()
    }
}

/// A block that occurs at most once is a list of at most one: a single-nested block would
/// be null when absent, and could not be told from one whose content is unknown.
fn nested(nested: &NestedBlock) -> wire_schema::NestedBlock {
    wire_schema::NestedBlock {
        type_name: nested.name.to_owned(),
        block: Some(block(&nested.block)),
        nesting: wire_schema::nested_block::NestingMode::List.into(),
        min_items: 0,
        max_items: match nested.nesting {
            Nesting::One => 1,
            Nesting::List => 0,
        },
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
    fn blocks_are_lists_and_a_single_block_has_at_most_one_item() {
        let limits = |nesting| {
            let sent = nested(&NestedBlock { name: "b", nesting, block: Block::default() });
            (sent.nesting, sent.min_items, sent.max_items, sent.block.is_some())
        };
        assert_eq!(limits(Nesting::One), (2, 0, 1, true));
        assert_eq!(limits(Nesting::List), (2, 0, 0, true));
    }
}
