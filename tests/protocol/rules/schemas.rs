//! What core demands of schemas before it runs any command.

use std::collections::HashSet;

use stripe_provider::terraform::value::{Path, Type};
use stripe_provider::terraform::wire::tfplugin5::{
    get_provider_schema::Response,
    schema::{Attribute, Block, NestedBlock, nested_block::NestingMode},
};

/// Root names that Terraform keeps for itself in every resource and data block.
const RESERVED: [&str; 6] = ["count", "for_each", "provider", "depends_on", "lifecycle", "locals"];

/// What is broken in the schemas.
pub fn loadable(response: &Response) -> Vec<String> {
    let mut broken: Vec<String> = response.diagnostics.iter().map(|d| d.summary.clone()).collect();
    let families = [("resource", &response.resource_schemas), ("data", &response.data_source_schemas)];
    let types = families.iter().flat_map(|(family, schemas)| {
        schemas.iter().map(move |(name, schema)| (format!("{family} {name}"), Some(schema)))
    });
    for (name, schema) in types.chain([("provider".to_owned(), response.provider.as_ref())]) {
        let Some((schema, block)) = schema.and_then(|schema| Some((schema, schema.block.as_ref()?))) else {
            broken.push(format!("{name}: has no block"));
            continue;
        };
        let mut found = Vec::new();
        check_block(block, &Path::root(), &mut found);
        if schema.version < 0 {
            found.push("has a negative version".to_owned());
        }
        if name != "provider" {
            let names = block.attributes.iter().map(|a| a.name.as_str());
            let reserved = names.filter(|name| RESERVED.contains(name));
            found.extend(reserved.map(|name| format!("`{name}` is a reserved name")));
        }
        broken.extend(found.into_iter().map(|what| format!("{name}: {what}")));
    }
    broken
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
    let mut letters = attribute.name.chars();
    let first = letters.next().is_some_and(|letter| letter.is_ascii_lowercase() || letter == '_');
    let rest = letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    (!(first && rest)).then_some("is no name that can be written")
}

fn check_nesting(nested: &NestedBlock) -> Option<&'static str> {
    if nested.nesting() != NestingMode::List {
        return Some("is not nested as a list, which is all that the other rules know");
    }
    let (least, most) = (nested.min_items, nested.max_items);
    (least < 0 || most < 0 || (most > 0 && least > most)).then_some("has impossible limits")
}
