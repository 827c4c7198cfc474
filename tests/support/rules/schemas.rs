//! The rules that core demands of schemas before it runs any command.

use std::collections::HashSet;

use stripe_provider::terraform::schema::BlockKind;
use stripe_provider::terraform::value::{Path, Type};
use stripe_provider::terraform::wire::tfplugin5::{
    Schema,
    get_provider_schema::Response,
    schema::{Attribute, Block, NestedBlock, nested_block::NestingMode},
};

/// Returns what is broken in the schemas.
pub fn loadable(response: &Response) -> Vec<String> {
    let mut broken: Vec<String> = response.diagnostics.iter().map(|d| d.summary.clone()).collect();
    let families = [
        ("resource", BlockKind::Resource, &response.resource_schemas),
        ("data", BlockKind::DataSource, &response.data_source_schemas),
        // Terraform reserves the same names for both.
        ("ephemeral", BlockKind::DataSource, &response.ephemeral_resource_schemas),
    ];
    let types = families.iter().flat_map(|(family, kind, schemas)| {
        schemas.iter().map(move |(name, schema)| (format!("{family} {name}"), *kind, Some(schema)))
    });
    let provider = ("provider".to_owned(), BlockKind::Provider, response.provider.as_ref());
    for (name, kind, schema) in types.chain([provider]) {
        let found = schema.map_or_else(|| vec!["has no schema".to_owned()], |it| check_schema(it, kind));
        broken.extend(found.into_iter().map(|what| format!("{name}: {what}")));
    }
    for (name, action) in &response.action_schemas {
        let found = action.schema.as_ref().map_or_else(|| vec!["has no schema".to_owned()], check_action);
        broken.extend(found.into_iter().map(|what| format!("action {name}: {what}")));
    }
    broken
}

/// Returns what is broken in the schema of an action, which is written by a configuration and never answered.
fn check_action(schema: &Schema) -> Vec<String> {
    let Some(block) = &schema.block else { return vec!["has no block".to_owned()] };
    let mut found = Vec::new();
    check_block(block, &Path::root(), &mut found);
    if has(block, &|attribute| attribute.computed) {
        found.push("has a computed attribute, which an action answers nothing for".to_owned());
    }
    found
}

fn check_schema(schema: &Schema, kind: BlockKind) -> Vec<String> {
    let Some(block) = &schema.block else { return vec!["has no block".to_owned()] };
    let mut found = Vec::new();
    check_block(block, &Path::root(), &mut found);
    if schema.version < 0 {
        found.push("has a negative version".to_owned());
    }
    let attributes = block.attributes.iter().map(|attribute| &attribute.name);
    let names = attributes.chain(block.block_types.iter().map(|nested| &nested.type_name));
    let reserved = names.filter(|name| kind.reserves(name));
    found.extend(reserved.map(|name| format!("`{name}` is a reserved name")));
    if kind != BlockKind::Resource && has(block, &|attribute| attribute.write_only) {
        found.push("has a write-only attribute, which only a resource may have".to_owned());
    }
    found
}

/// Whether any attribute of the block, or of a block inside it, satisfies `is`.
fn has(block: &Block, is: &dyn Fn(&Attribute) -> bool) -> bool {
    block.attributes.iter().any(is)
        || block.block_types.iter().filter_map(|nested| nested.block.as_ref()).any(|inner| has(inner, is))
}

fn check_block(block: &Block, at: &Path, broken: &mut Vec<String>) {
    let mut names = HashSet::new();
    for attribute in &block.attributes {
        let place = at.name(&attribute.name);
        if !names.insert(attribute.name.as_str()) {
            broken.push(format!("`{place}` is there twice"));
        }
        broken.extend(check_attribute(attribute).map(|what| format!("`{place}` {what}")));
    }
    for nested in &block.block_types {
        let place = at.name(&nested.type_name);
        if !names.insert(nested.type_name.as_str()) {
            broken.push(format!("`{place}` is there twice"));
        }
        broken.extend(check_nesting(nested).map(|what| format!("`{place}` {what}")));
        match &nested.block {
            Some(inner) => check_block(inner, &place, broken),
            None => broken.push(format!("`{place}` has no block")),
        }
    }
}

fn check_attribute(attribute: &Attribute) -> Option<&'static str> {
    let Attribute { required, optional, computed, .. } = *attribute;
    let ty = serde_json::from_slice(&attribute.r#type).ok();
    if ty.and_then(|spelling| Type::from_json(&spelling)).is_none() {
        return Some("has no valid type");
    }
    if !(required || optional || computed) || (required && (optional || computed)) {
        return Some("must be required, optional or computed, or the last two");
    }
    if attribute.write_only && computed {
        return Some("is write-only and computed");
    }
    if !attribute.deprecated && !attribute.deprecation_message.is_empty() {
        return Some("has a message of deprecation and is not deprecated");
    }
    let mut letters = attribute.name.chars();
    let first = letters.next().is_some_and(|letter| letter.is_ascii_lowercase() || letter == '_');
    let rest = letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    (!(first && rest)).then_some("is no name that can be written")
}

fn check_nesting(nested: &NestedBlock) -> Option<&'static str> {
    let (least, most) = (nested.min_items, nested.max_items);
    let unlimited = (least, most) == (0, 0);
    let possible = match nested.nesting() {
        NestingMode::List | NestingMode::Set => least >= 0 && most >= 0 && (most == 0 || least <= most),
        NestingMode::Map => unlimited,
        _ => return Some("is nested in a way that the other rules do not know"),
    };
    if !possible {
        return Some("has impossible limits");
    }
    let block = nested.block.as_ref()?;
    if has(block, &|attribute| attribute.r#type == br#""dynamic""#) {
        return Some(
            "has an attribute of dynamic type, which makes the type of the block depend on its value",
        );
    }
    let in_set = nested.nesting() == NestingMode::Set;
    (in_set && has(block, &|attribute| attribute.write_only))
        .then_some("is a set with a write-only attribute")
}
